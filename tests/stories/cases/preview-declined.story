The person says no; the changes wait
feature: preview

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
decline
ask "Make it ten." annotated
status

=== eglot, helix, kate, neovim-0.11
> decline
> ask "Make it ten." annotated
~ it knows no annotations: the changes wait for review instead
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> status
- Codex [llm] · 1 to review
- proposal: pending
= m.py
  def f():
      return 1


  def g():
      return 2

=== neovim-0.12, sublime, vscode
> decline
> ask "Make it ten." annotated
edit: Codex: Ten and twenty.
  to confirm: codex-agent
progress ends: The editor did not apply the change. The changes wait as code actions at their places.
warning: The editor did not apply the change. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> status  (as above)
= m.py  (as above)
