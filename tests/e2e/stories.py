"""What is asked for, and answered, in the stories that are played in several real editors."""

from __future__ import annotations

from typing import Protocol

ASK = "make both bigger"
ONE = "def one():\n    return 10\n\n\ndef two():\n    return 2\n"
"""What `TEXT` is with the first of the changes alone, and without the comment."""
TWO = ONE.replace("return 2", "return 20")
TEXT = f"# {ASK} AI!\n" + ONE.replace("10", "1")
BOTH = """Done.
*** Begin Patch
*** Update File: m.py
@@
-# make both bigger AI!
 def one():
-    return 1
+    return 10
@@
-    return 2
+    return 20
*** End Patch
"""

UNUSED = "import os\n\n\ndef one():\n    return 1\n"
"""A file in which a linter finds something, which the offline agent can mend."""
MEND = UNUSED.replace("import os", "import os  # remove the unused import AI!")
"""The same, with words beside it."""
MENDED = UNUSED.replace("import os\n", "")


class Editor(Protocol):
    """What a story needs of a real editor that shows the file: code actions by their words, and to look."""

    async def act(self, line: int, words: str) -> None: ...

    async def waiting(self, count: int) -> None: ...

    async def has(self, text: str) -> None: ...


async def reviewed(editor: Editor) -> None:
    """`TEXT` becomes `ONE`: the comment asks, the first change is accepted, the second is not.

    The endpoint answers `BOTH`. What goes with the comment is a change of its own, and is accepted last.
    """
    await editor.act(1, f"do “{ASK}”")
    await editor.waiting(3)
    await editor.act(3, "accept this change")
    await editor.waiting(2)
    await editor.act(7, "reject this change")
    await editor.waiting(1)
    await editor.act(1, "accept this change")
    await editor.waiting(0)
    await editor.has(ONE)


UNDONE = f"# {ASK} AI!\n{ONE}"
"""What the editor's own undo makes of it."""
