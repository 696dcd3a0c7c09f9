Types
feature: ready

--- m.py
import sys
import os


def add(a, b):
    re‸turn a + b

--- agent
Typed.
*** Begin Patch
*** Update File: m.py
-def add(a, b):
+def add(a: int, b: int) -> int:
*** End Patch

--- does
choose "add types to `add`"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "add types to `add`"
edit: Codex: Typed.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  - def add(a, b):
  + def add(a: int, b: int) -> int:
> take
= m.py
  import sys
  import os


  def add(a: int, b: int) -> int:
      return a + b

=== kate
> choose "add types to `add`"
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:5 hint: Proposed change (−1 +1): Typed.
    − def add(a, b):
    + def add(a: int, b: int) -> int:
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - def add(a, b):
  + def add(a: int, b: int) -> int:
m.py: no marks any more
= m.py  (as above)
