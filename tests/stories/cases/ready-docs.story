Docstrings
feature: ready

--- m.py
import sys
import os


def add(a, b):
    re‸turn a + b

--- agent
Said.
*** Begin Patch
*** Update File: m.py
 def add(a, b):
+    """Return the sum."""
     return a + b
*** End Patch

--- does
choose "write docstrings for `add`"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "write docstrings for `add`"
edit: Codex: Said.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  +     """Return the sum."""
> take
= m.py
  import sys
  import os


  def add(a, b):
      """Return the sum."""
      return a + b

=== kate
> choose "write docstrings for `add`"
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:6 hint: Proposed change (−0 +1): Said.
    +     """Return the sum."""
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  +     """Return the sum."""
m.py: no marks any more
= m.py  (as above)
