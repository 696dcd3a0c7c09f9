Ready, with nothing to tell
feature: status

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
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> status
- Codex
= m.py
  def f():
      return 1


  def g():
      return 2
