What waits moves with the text while the person types above, between and below
feature: proposals
settings: {"apply": "review"}

--- m.py
def f():
    return ‸1


def g():
    return 2


last = 3

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
type "import os\n\n\n" before START
type "# between\n" before "def g"
type "# the end\n" before END
accept all

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> type "import os\n\n\n" before START
m.py:5 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:9 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> type "# between\n" before "def g"
m.py:5 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:10 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> type "# the end\n" before END
> accept all
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
m.py: no marks any more
= m.py
  import os


  def f():
      return 10


  # between
  def g():
      return 20


  last = 3
  # the end
