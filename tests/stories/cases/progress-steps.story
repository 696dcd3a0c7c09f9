An agent's run, step by step
feature: progress

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
ask "Make it ten."

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
edit: Codex: Ten and twenty.
progress: Codex: Make it ten.
progress: … reaching the endpoint
progress: … asking an agent (llm)
progress: … context: … of 16,000 tokens: m.py
progress: … m.py parsed.
progress: … applying: m.py
progress ends: m.py: 2 changes (m.py parsed) [llm]
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
= m.py
  def f():
      return 10


  def g():
      return 20

=== kate
> ask "Make it ten."
progress: Codex: Make it ten.
progress: … reaching the endpoint
progress: … asking an agent (llm)
progress: … context: … of 16,000 tokens: m.py
progress: … m.py parsed.
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
= m.py
  def f():
      return 1


  def g():
      return 2
