What waits of a file that is closed sleeps, and is there again with the file
feature: proposals
settings: {"apply": "review"}

--- other.py
other = 1

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Ten and twenty.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 10
@@ def g():
-    return 2
+    return 20
*** End Patch

--- does
ask "Make it ten."
save
close m.py
status
open m.py
accept all

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> save
> close m.py
m.py is not open any more
m.py: no marks any more
other.py:1 hint: Proposed elsewhere: m.py (changed): Ten and twenty.
> status
- Codex [llm] · 1 to review
- proposal: pending
> open m.py
m.py is open
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
other.py: no marks any more
> accept all
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
m.py: no marks any more
= m.py
  def f():
      return 10


  def g():
      return 20
= other.py
  other = 1
