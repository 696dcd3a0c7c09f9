"""100,000 generated paths against a reference check."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

from codex_lsp.agent.overlay import Overlay
from codex_lsp.edits.errors import EditError
from codex_lsp.workspace.policy import Root
from tests.attacks.report import Found
from tests.attacks.world import World

PATHS = 100_000
_PARTS = (
    "..", ".", "", "src", "app.py", "links", "out", "up", "chain", "secret.txt", "outside", "project", ".git",
    "config", ".env", "keys", "id_rsa", "ignored", "data.txt", "...", ".. ", "..\u200b", "%2e%2e", "~", "CON",
    "a:b", "\x00", "project-secret", "a.py", "noai", "a.txt", "SRC", "App.py", "loop", "self", "zero",
    "inside.py", "\uff0e\uff0e", "ﬁ", "é", "e\u0301", "x" * 300, "*", "home", ".ssh", "env", "git",
    "passwd", "docs", "guide.md",
)  # fmt: skip
_GOOD = ("src/app.py", "docs/guide.md", "links/inside.py", "src/util.py")
_SLIPS = ("/", "//", "/./", "\\", "/../", "/src/../", "/ ", "\u2215")
_BETWEEN = ("/", "/", "/", "/", "\\", "//", "/./", "\u2215", "%2f")
_BEFORE = ("", "", "", "", "", "/", "./", "\\", "C:", "file://", "{root}/", "{root}-secret/", "{out}/", "~/")


def generated(world: World, count: int, seed: int = 4711) -> Iterator[str]:
    """Paths of parts that lead in, out and astray, the same each time."""
    dice = random.Random(seed)
    for _ in range(count):
        if dice.random() < 0.1:
            yield dice.choice(_SLIPS).join(dice.choice(_GOOD).split("/"))
            continue
        parts = dice.choices(_PARTS, k=dice.randint(1, 6))
        path = "".join(part + dice.choice(_BETWEEN) for part in parts[:-1]) + parts[-1]
        yield dice.choice(_BEFORE).format(root=world.root, out=world.outside) + path


def escapes(world: World, count: int = PATHS) -> list[str]:
    """The paths that were read although a second opinion says that they lead out or are nobody's."""
    overlay = Overlay({}, Root(world.root))
    wrong, read = [], 0
    for path in generated(world, count):
        try:
            text = overlay.read(path)
        except EditError:
            continue
        read += 1
        place = os.path.realpath(world.root / path.replace("\\", "/"))
        inside = place.startswith(f"{world.root}{os.sep}")
        if not inside or world.leaked(text) or Path(place).read_text(encoding="utf-8") != text:
            wrong.append(path)
    # A check that lets nothing through proves nothing.
    return wrong if read > count // 1_000 else [*wrong, f"only {read} of {count} could be read at all"]


def found(folder: Path) -> Found:
    """The figures; each escape is a breach."""
    world = World(folder).build()
    wrong = escapes(world)
    seen = [f"a generated path leads out: {path!r}" for path in wrong[:20]]
    return Found(seen=seen, figures={"paths": PATHS, "path_escapes": len(wrong)})
