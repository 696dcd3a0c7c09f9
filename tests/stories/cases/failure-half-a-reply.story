Half a reply is no edit
feature: failures

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
*** Begin Patch
*** Update File: m.py
-    return 1

--- does
ask "Make it ten."

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: The patch has no '*** End Patch' line: the reply is not whole. Nothing was applied. Ask again, or in other words.
error: The patch has no '*** End Patch' line: the reply is not whole. Nothing was applied. Ask again, or in other words.
= m.py
  def f():
      return 1


  def g():
      return 2
