Changes of a file that is not open are accepted with the rest
feature: hunks
settings: {"apply": "review"}

--- m.py
def f():
    return ‸1


def g():
    return 2

--- on disk: other.py
from m import f

--- agent
One.
*** Begin Patch
*** Update File: m.py
-def f():
+def one():
*** Update File: other.py
-from m import f
+from m import one
*** End Patch

--- does
ask "Rename f to one."
accept all
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Rename f to one."
progress ends: m.py: 1 change, other.py: 1 change (m.py, other.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: other.py (changed): One.
m.py:1 hint: Proposed change (−1 +1): One.
    − def f():
    + def one():
> accept all
m.py:
  - def f():
  + def one():
other.py is open
m.py: no marks any more
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
