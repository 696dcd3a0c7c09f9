"""A story as a file: what there is, what a person does, and what each editor then shows and holds.

    Accept one change of two
    feature: hunks
    settings: {"apply": "review"}

    --- m.py
    def f():
        return ‸1

    --- agent
    *** Begin Patch
    …

    --- does
    ask "Make it ten."
    accept "return 1"

    === helix, kate
    …

The first line is the title. A section that begins with `---` is an open document by its path, with `‸` for
the cursor or `⟦…⟧` around the selection, or one of `on disk: PATH`, `own ask: NAME.md`, `agent` (a reply),
`agent calls` (tools, a line each: `NAME {json}`), `agent waits` (until the person lets it go on),
`agent fails` (with these words), `does`. From the first `===` on it is made by `python -m tests.stories
--update`: what came of it, once for all editors with which the same came of it, and of the others what is
other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases"
CURSOR, OPEN, CLOSE = "‸", "⟦", "⟧"
SAME = "  (as above)"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a story: its kind, what it is about, and its text, which ends with a line end if any."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """What there is and what is done. `results` are the transcripts that the file has, by editor."""

    name: str
    title: str
    feature: str
    settings: Mapping[str, Any]
    crlf: bool
    sections: tuple[Section, ...]
    does: tuple[str, ...]
    source: str
    results: Mapping[str, str] = field(default_factory=dict)


def names() -> list[str]:
    """All stories, by name."""
    return sorted(path.stem for path in FOLDER.glob("*.story"))


def load(name: str) -> Story:
    """One of `names`; raises `ValueError` for a file that is no story."""
    return parse(name, (FOLDER / f"{name}.story").read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Story:
    """The story in a file's text."""
    source, *results = text.split("\n=== ")
    head, *parts = f"\n{source}".split("\n--- ")
    title, *members = head.strip().splitlines()
    said = dict(line.split(": ", 1) for line in members if line.strip())
    sections = [_section(part) for part in parts]
    does = [each for each in sections if each.kind == "does"]
    if len(does) != 1 or set(said) - {"feature", "settings", "line ends"} or "feature" not in said:
        raise ValueError(f"{name} is no story: it needs one part `does`, a feature, and nothing unknown")
    return Story(
        name,
        title,
        said["feature"],
        json.loads(said.get("settings", "{}")),
        said.get("line ends") == "crlf",
        tuple(each for each in sections if each.kind != "does"),
        tuple(line for line in does[0].text.splitlines() if line.strip()),
        source.rstrip() + "\n",
        dict(_results(results)),
    )


def _section(part: str) -> Section:
    head, _, text = part.partition("\n")
    text = f"{text.rstrip()}\n" if text.strip() else ""
    for kind in ("on disk", "own ask"):
        if head.startswith(f"{kind}: "):
            return Section(kind, head.removeprefix(f"{kind}: "), text)
    if head == "does" or head.partition(" ")[0] == "agent":
        return Section(head, "", text)
    return Section("open", head, text)


def _results(results: Sequence[str]) -> Iterator[tuple[str, str]]:
    first: list[str] = []
    for each in results:
        editors, _, transcript = each.partition("\n")
        blocks = _blocks(transcript)
        first = first or blocks
        whole = [first[at] if block.endswith(SAME) else block for at, block in enumerate(blocks)]
        for editor in editors.split(", "):
            yield editor, "\n".join(whole) + "\n"


def _blocks(transcript: str) -> list[str]:
    """A transcript step by step, and text by text in the end."""
    return re.split(r"\n(?=[>=] )", transcript.strip("\n"))


def written(story: Story, results: Mapping[str, str]) -> str:
    """The file's text with these transcripts by editor: those that are alike once, then what is other."""
    alike: dict[str, list[str]] = {}
    for editor in sorted(results):
        alike.setdefault(results[editor], []).append(editor)
    groups = sorted(alike.items(), key=lambda each: (-len(each[1]), each[1]))
    first = _blocks(groups[0][0]) if groups else []
    text = story.source
    for number, (told, editors) in enumerate(groups):
        blocks = _blocks(told)
        if number:
            blocks = [_other(block, first[at : at + 1]) for at, block in enumerate(blocks)]
        text += f"\n=== {', '.join(editors)}\n" + "\n".join(blocks) + "\n"
    return text


def _other(block: str, first: Sequence[str]) -> str:
    # A step that shows nothing is as short as what would be said of it.
    return block.partition("\n")[0] + SAME if [block] == list(first) and "\n" in block else block
