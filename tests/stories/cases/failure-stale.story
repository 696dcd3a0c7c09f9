An action that was offered for another text is refused, with what to do
feature: failures

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
stale "simplify `f`"

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> stale "simplify `f`"
- refused: The document changed since the action was offered: ask again.
warning: The document changed since the action was offered: ask again.
= m.py
  # typed
  def f():
      return 1


  def g():
      return 2
