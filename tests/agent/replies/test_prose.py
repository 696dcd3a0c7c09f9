from __future__ import annotations

import pytest

from codex_lsp.agent.replies.prose import beside_edits

PATCH = "*** Begin Patch\n*** Update File: a.py\n-x\n+y\n*** End Patch"
BLOCK = "```python\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n```"
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (f"Done.\n\n{PATCH}", "Done."),
        (f"{PATCH}\nDone.", "Done."),
        (f"Done.\n\nsrc/a.py\n{BLOCK}\n\nb.py\n{BLOCK}\n", "Done."),
        (f"**a.py**\n\n{BLOCK}\n\nIt is done.\nBoth are.", "It is done.\nBoth are."),
        (f"Done.\n```diff\n{DIFF}```\n", "Done."),
        (f"Done.\n{DIFF}", "Done."),
        ("Done:\n```\ny\n```\nMore words.", "Done:"),
        ("```\ny\n```", ""),
        ("I looked at a.py.\n\n```\ny\n```", "I looked at a.py."),
        ("It is fine as it is.\n", "It is fine as it is."),
    ],
)
def test_the_words_and_not_the_edits(reply: str, words: str) -> None:
    assert beside_edits(reply) == words
