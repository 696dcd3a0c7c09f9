An answer in words leaves what waits as it is
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
I am.

--- does
ask "Make it ten."
refine "Are you sure?"
accept all

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> refine "Are you sure?"
progress ends: No change. I am.
info: No change. I am. [llm]
> accept all
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
= m.py
  def f():
      return 10


  def g():
      return 2
