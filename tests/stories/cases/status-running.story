What runs, and what waits
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
*** End Patch

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
ask "Make it ten." review
begin "Make it twenty."
status
cancel
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten." review
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
> begin "Make it twenty."
> status
- Codex [llm] · context: … of 16,000 tokens: m.py · 1 to review
- proposal: pending
> cancel
progress ends: cancelled
> status
- Codex [llm] · 1 to review
- proposal: pending
= m.py
  def f():
      return 1


  def g():
      return 2
