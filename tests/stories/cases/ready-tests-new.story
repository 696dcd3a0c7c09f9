Tests go into a new file where the language has them
feature: ready

--- m.py
import sys
import os


def add(a, b):
    re‸turn a + b

--- on disk: tests/test_other.py

--- agent
A test.
*** Begin Patch
*** Add File: tests/test_m.py
+from m import add
+
+
+def test_add():
+    assert add(1, 2) == 3
*** End Patch

--- does
choose "write tests for `add`"
take

=== helix, neovim-0.11, neovim-0.12, vscode
> choose "write tests for `add`"
edit: Codex: A test.
progress ends: tests/test_m.py: new (tests/test_m.py parsed) [llm]
tests/test_m.py is open
> take
= m.py
  import sys
  import os


  def add(a, b):
      return a + b
= tests/test_m.py
  from m import add


  def test_add():
      assert add(1, 2) == 3
= tests/test_other.py on disk

=== eglot, sublime
> choose "write tests for `add`"
progress ends: This editor cannot create files for a server (tests/test_m.py). Make it and open it empty, and its text is offered there. The changes wait as code actions at their places.
warning: This editor cannot create files for a server (tests/test_m.py). Make it and open it empty, and its text is offered there. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: tests/test_m.py (new): A test.
> take
~ a new file is made by hand, and then filled; one that goes is deleted by hand: it does no file operations for a server
tests/test_m.py is open
m.py: no marks any more
= m.py  (as above)
= tests/test_m.py  (as above)
= tests/test_other.py on disk

=== kate
> choose "write tests for `add`"
progress ends: tests/test_m.py: new (tests/test_m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: tests/test_m.py (new): A test.
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
~ a new file is made by hand, and then filled; one that goes is deleted by hand: it does no file operations for a server
tests/test_m.py is open
m.py: no marks any more
= m.py  (as above)
= tests/test_m.py  (as above)
= tests/test_other.py on disk
