After the editor's own undo there is nothing of it to take back
feature: own undo

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
undo
command codexLsp.undo
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
> undo
m.py:
  -     return 10
  +     return 1
  -     return 20
  +     return 2
> command codexLsp.undo
- {"undone": false, "redone": false, "proposal": null}
info: There is nothing to take back.
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def f():
      return 1


  def g():
      return 2

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
> undo  (as above)
> command codexLsp.undo  (as above)
> status  (as above)
= m.py  (as above)
