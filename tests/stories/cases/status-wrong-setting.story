A setting that is wrong is told once
feature: status
settings: {"apply": "yolo"}

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

--- does
status
ask "Make it ten."

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
warning: codexLsp.apply must be one of "auto", "review", "annotated", "direct", but is "yolo"; "auto" is used.
> status
- Codex
> ask "Make it ten."
edit: Codex: Ten and twenty.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     return 1
  +     return 10
= m.py
  def f():
      return 10


  def g():
      return 2

=== kate
warning: codexLsp.apply must be one of "auto", "review", "annotated", "direct", but is "yolo"; "auto" is used.
> status  (as above)
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
= m.py
  def f():
      return 1


  def g():
      return 2
