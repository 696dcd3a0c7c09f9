A file outside of the folder is not touched
feature: failures

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Ten and twenty.
*** Begin Patch
*** Update File: ../secret.py
-a = 1
+a = 2
*** End Patch

--- does
ask "Make it ten."

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: the path '../secret.py' leaves the workspace. Nothing was applied. Ask again, or in other words.
error: the path '../secret.py' leaves the workspace. Nothing was applied. Ask again, or in other words.
= m.py
  def f():
      return 1


  def g():
      return 2
