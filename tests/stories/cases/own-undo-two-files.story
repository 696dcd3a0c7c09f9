The editor's own undo takes one step in each file
feature: own undo

--- m.py
def f():
    return ‸1


def g():
    return 2

--- other.py
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
undo
in other.py
undo

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Rename f to one."
edit: Codex: One.
progress ends: m.py: 1 change, other.py: 2 changes (m.py, other.py parsed) [llm]
m.py:
  - def f():
  + def one():
other.py:
  - from m import f
  + from m import one
  - print(f())
  + print(one())
> take
> undo
m.py:
  - def one():
  + def f():
> in other.py
> undo
other.py:
  - from m import one
  + from m import f
  - print(one())
  + print(f())
= m.py
  def f():
      return 1


  def g():
      return 2
= other.py
  from m import f

  print(f())

=== kate
> ask "Rename f to one."
progress ends: m.py: 1 change, other.py: 2 changes (m.py, other.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change 1 of 3 (−1 +1): One.
    − def f():
    + def one():
other.py:1 hint: Proposed change 2 of 3 (−1 +1): One.
    − from m import f
    + from m import one
other.py:3 hint: Proposed change 3 of 3 (−1 +1): One.
    − print(f())
    + print(one())
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - def f():
  + def one():
other.py:
  - from m import f
  + from m import one
  - print(f())
  + print(one())
m.py: no marks any more
other.py: no marks any more
> undo  (as above)
> in other.py
> undo  (as above)
= m.py  (as above)
= other.py  (as above)
