What was accepted is taken back; what waits goes on waiting
feature: undo
settings: {"apply": "review"}

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
accept "return 2"
command codexLsp.undo
status
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> accept "return 2"
m.py:
  -     return 2
  +     return 20
m.py:2 hint: Proposed change (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
edit: Codex: Undo: Ten and twenty.
m.py:
  -     return 20
  +     return 2
> status
- Codex [llm] · 1 to review
- proposal: pending, can be taken back
> take
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
= m.py
  def f():
      return 10


  def g():
      return 2

=== kate
> ask "Make it ten."  (as above)
> accept "return 2"  (as above)
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
info: m.py: 1 change. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change (−1 +1): Undo: Ten and twenty.
    −     return 20
    +     return 2
> status
- Codex [llm] · 2 to review
- proposal: partly accepted, can be taken back
- proposal: pending
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return 10
m.py:6 hint: Proposed change (−1 +1): Undo: Ten and twenty.
    −     return 20
    +     return 2
= m.py
  def f():
      return 10


  def g():
      return 20
