A waiting change is made in another way
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
A sum.
*** Begin Patch
*** Update File: m.py
-    return 10
+    return 5 + 5
*** End Patch

--- does
ask "Make it ten."
choose "refine: do this another way"
accept all

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> choose "refine: do this another way"
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): A sum.
    −     return 1
    +     return 5 + 5
> accept all
m.py:
  -     return 1
  +     return 5 + 5
m.py: no marks any more
= m.py
  def f():
      return 5 + 5


  def g():
      return 2
