What the text already has is told, not done again
feature: proposals

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent waits

--- agent
Ten and twenty.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 10
*** End Patch

--- does
begin "Make it ten."
replace "return 1" "return 10"
go on
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> begin "Make it ten."
> replace "return 1" "return 10"
> go on
progress ends: The text already is as proposed.
> status
- Codex [llm]
= m.py
  def f():
      return 10


  def g():
      return 2
