Changes that were accepted one by one are taken back together
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
type "# mine\n" before START
accept "return 1"
command codexLsp.undo
take
status

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
> type "# mine\n" before START
m.py:3 hint: Proposed change (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
> accept "return 1"
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
edit: Codex: Undo: Ten and twenty.
m.py:
  -     return 10
  +     return 1
  -     return 20
  +     return 2
> take
> status
- Codex [llm]
- proposal: undone, can be taken back
= m.py
  # mine
  def f():
      return 1


  def g():
      return 2

=== kate
> ask "Make it ten."  (as above)
> accept "return 2"  (as above)
> type "# mine\n" before START  (as above)
> accept "return 1"  (as above)
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
info: m.py: 2 changes. The changes wait as code actions at their places.
m.py:3 hint: Proposed change 1 of 2 (−1 +1): Undo: Ten and twenty.
    −     return 10
    +     return 1
m.py:7 hint: Proposed change 2 of 2 (−1 +1): Undo: Ten and twenty.
    −     return 20
    +     return 2
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 10
  +     return 1
  -     return 20
  +     return 2
m.py: no marks any more
> status  (as above)
= m.py  (as above)
