Two files are changed together; one of them was not open
feature: proposals

--- m.py
def f():
    return ‸1


def g():
    return 2

--- on disk: other.py
from m import f

print(f())

--- agent
One.
*** Begin Patch
*** Update File: m.py
-def f():
+def one():
*** Update File: other.py
-from m import f
+from m import one
@@
-print(f())
+print(one())
*** End Patch

--- does
ask "Rename f to one."
take
status

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Rename f to one."
edit: Codex: One.
progress ends: m.py: 1 change, other.py: 2 changes (m.py, other.py parsed) [llm]
m.py:
  - def f():
  + def one():
other.py is open
> take
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def one():
      return 1


  def g():
      return 2
= other.py
  from m import one

  print(one())

=== kate
> ask "Rename f to one."
progress ends: m.py: 1 change, other.py: 2 changes (m.py, other.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: other.py (changed): One.
m.py:1 hint: Proposed change (−1 +1): One.
    − def f():
    + def one():
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - def f():
  + def one():
other.py is open
m.py: no marks any more
> status  (as above)
= m.py  (as above)
= other.py  (as above)
