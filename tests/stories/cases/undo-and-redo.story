What was taken back can be brought back, and taken back again
feature: undo

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
take
command codexLsp.undo
take
type "# mine\n" before END
command codexLsp.undo
take
status

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
edit: Codex: Ten and twenty.
progress ends: m.py: 2 changes (m.py parsed) [llm]
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
> take
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
edit: Codex: Undo: Ten and twenty.
m.py:
  -     return 10
  +     return 1
  -     return 20
  +     return 2
> take
> type "# mine\n" before END
> command codexLsp.undo
- {"undone": false, "redone": true, "proposal": "RUN-1"}
edit: Codex: Redo: Ten and twenty.
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
> take
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def f():
      return 10


  def g():
      return 20
  # mine

=== kate
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
m.py: no marks any more
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
info: m.py: 2 changes. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Undo: Ten and twenty.
    −     return 10
    +     return 1
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Undo: Ten and twenty.
    −     return 20
    +     return 2
> take
m.py:
  -     return 10
  +     return 1
  -     return 20
  +     return 2
m.py: no marks any more
> type "# mine\n" before END
> command codexLsp.undo
- {"undone": false, "redone": true, "proposal": "RUN-1"}
info: m.py: 2 changes. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Redo: Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Redo: Ten and twenty.
    −     return 2
    +     return 20
> take
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
m.py: no marks any more
> status  (as above)
= m.py  (as above)
