An edit that fits nowhere is told, and nothing is changed
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
-    return 7
+    return 10
*** End Patch

--- does
ask "Make it ten."
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py, hunk 1: the text to be replaced is not in the file; the place most like it is at line 2 (88% alike), but the edit has '    return 7' where the file has '    return 1' (line 2). Nothing was applied. Ask again, or in other words.
error: m.py, hunk 1: the text to be replaced is not in the file; the place most like it is at line 2 (88% alike), but the edit has '    return 7' where the file has '    return 1' (line 2). Nothing was applied. Ask again, or in other words.
> status
- Codex · failed
- last error: edit
= m.py
  def f():
      return 1


  def g():
      return 2
