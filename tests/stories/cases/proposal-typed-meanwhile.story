Who goes on typing keeps what was typed, and gets the change where it belongs now
feature: proposals

--- m.py
def f():
    return ‸1


def g():
    return 2


last = 3

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
type "import os\n\n\n" before START
type "# the end\n" before END
go on
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> begin "Make it ten."
> type "import os\n\n\n" before START
> type "# the end\n" before END
> go on
edit: Codex: Ten and twenty.
progress ends: m.py: 2 changes (m.py parsed) [llm]
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
> take
= m.py
  import os


  def f():
      return 10


  def g():
      return 20


  last = 3
  # the end

=== kate
> begin "Make it ten."
> type "import os\n\n\n" before START
> type "# the end\n" before END
> go on
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:5 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:9 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
m.py: no marks any more
= m.py  (as above)
