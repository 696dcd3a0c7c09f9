"""What is asked for, and answered, in the stories that are played in several real editors."""

from __future__ import annotations

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
