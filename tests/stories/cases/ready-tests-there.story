Tests are added to the file that has them
feature: ready

--- m.py
import sys
import os


def add(a, b):
    re‸turn a + b

--- on disk: tests/test_m.py
from m import add

--- agent
A test.
*** Begin Patch
*** Update File: tests/test_m.py
 from m import add
+
+
+def test_add():
+    assert add(1, 2) == 3
*** End Patch

--- does
choose "write tests for `add`"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "write tests for `add`"
edit: Codex: A test.
progress ends: tests/test_m.py: 1 change (tests/test_m.py parsed) [llm]
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

=== kate
> choose "write tests for `add`"
progress ends: tests/test_m.py: 1 change (tests/test_m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: tests/test_m.py (changed): A test.
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
tests/test_m.py is open
m.py: no marks any more
= m.py  (as above)
= tests/test_m.py  (as above)
