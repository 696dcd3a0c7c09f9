"""The table of what works how in which editor, from what the stories show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.stories import notes
from tests.stories.story import Story
from tests.support.editor_clients import NAMES

FEATURES: Mapping[str, str] = {
    "proposals": "Proposals: several, over several files, following the text",
    "hunks": "Change by change: accept, reject, show",
    "jump": "From change to change",
    "files": "Files that come, go, move",
    "preview": "The editor's own preview",
    "refine": "Refine with words or without",
    "undo": "Take back and bring back, after typing",
    "own undo": "The editor's undo: one step a file",
    "comments": "`AI!` and `AI?` comments",
    "diagnostics": "Fix a diagnostic, fix all",
    "ready": "Ready-made asks",
    "custom": "Your own asks",
    "explain": "Answers to read",
    "show": "Diffs and prompts to read",
    "quiet": "Nothing unasked",
    "failures": "Failures, once, with what to do",
    "stopped": "What a stopped run had made",
    "progress": "Progress, cancel",
    "status": "Status, and why nothing is offered",
}
TITLES: Mapping[str, str] = {
    "eglot": "Emacs (Eglot)",
    "helix": "Helix",
    "kate": "Kate",
    "neovim-0.11": "Neovim 0.11",
    "neovim-0.12": "Neovim 0.12",
    "sublime": "Sublime Text",
    "vscode": "VS Code",
}

# Where the stories are that were played in the real editor, and which marks tell of what they show.
REAL: Mapping[str, str] = {
    "eglot": "emacs/test_*.py",
    "helix": "helix/test_*.py",
    "neovim-0.11": "neovim/test_*.py",
    "neovim-0.12": "neovim/test_*.py",
    "vscode": "test_vscode.py",
}
SEEN = " ✓"
_MARK = re.compile(r"^@pytest\.mark\.seen\(([^)]*)\)$", re.MULTILINE)
_E2E = Path(__file__).parent.parent / "e2e"


def seen(editor: str) -> set[str]:
    """The features that were seen in the real editor, with its plugin where there is one."""
    texts = (file.read_text(encoding="utf-8") for file in _E2E.glob(REAL[editor])) if editor in REAL else ()
    return {
        name for text in texts for marked in _MARK.findall(text) for name in re.findall(r'"([^"]+)"', marked)
    }


def table(stories: Iterable[Story]) -> str:
    """Markdown: features by editors, with a line for each thing that is done otherwise, or not at all."""
    found = list(stories)
    rows = [
        f"| feature | {' | '.join(TITLES[name] for name in NAMES)} |",
        "|---|" + "---|" * len(NAMES),
    ]
    numbers: dict[str, int] = {}
    for feature, title in FEATURES.items():
        mine = [each for each in found if each.feature == feature]
        cells = [_cell(mine, editor, numbers) + (SEEN if feature in seen(editor) else "") for editor in NAMES]
        rows.append(f"| {title} ({len(mine)}) | {' | '.join(cells)} |")
    rows += ["", *(f"{number}. {text[0].upper()}{text[1:]}." for text, number in numbers.items())]
    return "\n".join(rows) + "\n"


def _cell(stories: Iterable[Story], editor: str, numbers: dict[str, int]) -> str:
    said = [line for each in stories for line in each.results[editor].splitlines()]
    less = _numbers(said, notes.LESS, numbers)
    lacking = _numbers(said, notes.NOT, numbers)
    parts = [f"not possible {lacking}" if lacking else "", f"otherwise {less}" if less else ""]
    return ", ".join(filter(None, parts)) or "full"


def _numbers(said: Iterable[str], mark: str, numbers: dict[str, int]) -> str:
    texts = dict.fromkeys(line.removeprefix(mark) for line in said if line.startswith(mark))
    return " ".join(f"[{numbers.setdefault(text, len(numbers) + 1)}]" for text in texts)
