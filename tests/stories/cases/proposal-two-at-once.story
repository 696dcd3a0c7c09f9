Two proposals wait side by side, each with its own marks
feature: proposals
settings: {"apply": "review"}

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Ten.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 10
*** End Patch

--- agent
Twenty.
*** Begin Patch
*** Update File: m.py
-    return 2
+    return 20
*** End Patch

--- does
ask "Make it ten."
cursor "return 2"
ask "Make it twenty."
status
accept "return 2"
accept "return 1"
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> cursor "return 2"
> ask "Make it twenty."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change (−1 +1): Twenty.
    −     return 2
    +     return 20
> status
- Codex [llm] · 2 to review
- proposal: pending
- proposal: pending
> accept "return 2"
m.py:
  -     return 2
  +     return 20
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> accept "return 1"
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
> status
- Codex [llm]
- proposal: applied, can be taken back
- proposal: applied, can be taken back
= m.py
  def f():
      return 10


  def g():
      return 20
