With nothing to take back that is said
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
command codexLsp.undo
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> command codexLsp.undo
- {"undone": false, "redone": false, "proposal": null}
info: There is nothing to take back.
> status
- Codex
= m.py
  def f():
      return 1


  def g():
      return 2
