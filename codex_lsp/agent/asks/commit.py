"""Messages of commits, as git puts them before an editor; the text tells all, and git is not run."""

from __future__ import annotations

import re

# Below it `git commit -v` puts the change itself; the first character is the one that comments begin with.
_SCISSORS = re.compile(r"^(\S) -+ >8 -+", re.MULTILINE)
_TOLD = re.compile(
    r"^diff --(?:git|cc|combined) |^.[ \t]+(?:modified|new file|deleted|renamed|copied):", re.M
)
_NAMES = ("COMMIT_EDITMSG", "MERGE_MSG", "SQUASH_MSG", "TAG_EDITMSG")


def is_message(path: str) -> bool:
    """Whether a path or URI is that of a message."""
    return path.replace("\\", "/").rpartition("/")[2] in _NAMES


def tells_change(text: str) -> bool:
    """Whether the text shows what is committed: the diff, or at least the files."""
    return _TOLD.search(text) is not None


def message_end(text: str) -> int:
    """The offset at which the message ends: where git's own lines begin."""
    scissors = _SCISSORS.search(text)
    mark = scissors[1] if scissors else "#"
    comment = re.compile(rf"^{re.escape(mark)}", re.MULTILINE).search(text)
    return comment.start() if comment else len(text)
