A waiting change is refined without words
feature: refine
settings: {"apply": "review"}

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Ten, named.
*** Begin Patch
*** Update File: m.py
-    return 1
+    ten = 10
+    return ten
*** End Patch

--- agent
Ten.
*** Begin Patch
*** Update File: m.py
-    ten = 10
-    return ten
+    return 10
*** End Patch

--- does
ask "Make it ten."
choose "refine: make this change smaller"
accept all
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +2): Ten, named.
    −     return 1
    +     ten = 10
    +     return ten
> choose "refine: make this change smaller"
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> accept all
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def f():
      return 10


  def g():
      return 2
