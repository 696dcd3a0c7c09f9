An edit that fits in two places is told with both, and nothing is changed
feature: failures

--- m.py
‸a = 0


def f():
    return 1


def g():
    return 1

--- agent
Ten and twenty.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 10
*** End Patch

--- does
ask "Make it ten."

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py, hunk 1: the text to be replaced stands 2 times, at lines 5, 9: give more of the lines around it. Nothing was applied. Ask again, or in other words.
error: m.py, hunk 1: the text to be replaced stands 2 times, at lines 5, 9: give more of the lines around it. Nothing was applied. Ask again, or in other words.
= m.py
  a = 0


  def f():
      return 1


  def g():
      return 1
