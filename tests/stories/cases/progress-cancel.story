A run is cancelled where its progress is shown
feature: progress

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
@@ def g():
-    return 2
+    return 20
*** End Patch

--- does
begin "Make it ten."
cancel
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> begin "Make it ten."
progress: Codex: Make it ten.
progress: … reaching the endpoint
progress: … asking an agent (llm)
progress: … context: … of 16,000 tokens: m.py
> cancel
progress ends: cancelled
> status
- Codex
= m.py
  def f():
      return 1


  def g():
      return 2
