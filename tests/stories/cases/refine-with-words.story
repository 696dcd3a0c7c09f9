A waiting proposal is refined with words, after the person typed
feature: refine
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
Eleven.
*** Begin Patch
*** Update File: m.py
-    return 10
+    return 11
*** End Patch

--- does
ask "Make it ten."
type "import os\n\n\n" before START
refine "Eleven, please."
accept all
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> type "import os\n\n\n" before START
m.py:5 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> refine "Eleven, please."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:5 hint: Proposed change (−1 +1): Eleven.
    −     return 1
    +     return 11
> accept all
m.py:
  -     return 1
  +     return 11
m.py: no marks any more
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  import os


  def f():
      return 11


  def g():
      return 2
