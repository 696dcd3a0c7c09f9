Nothing happens when a file is saved
feature: quiet

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
type "# typed\n" before START
save
look only source.fixAll
look only source.organizeImports
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> type "# typed\n" before START
> save
> look only source.fixAll
- nothing is offered
> look only source.organizeImports
- nothing is offered
> status
- Codex
= m.py
  # typed
  def f():
      return 1


  def g():
      return 2
