From one change to the next, and round to the first
feature: jump
settings: {"apply": "review"}

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
jump
cursor "return 2"
jump

=== neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
    → m.py:6 change 2
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
    → m.py:2 change 1
> jump
goes to m.py:6
> cursor "return 2"
> jump
goes to m.py:2
= m.py
  def f():
      return 1


  def g():
      return 2

=== eglot
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
~ the changes do not name each other: it takes no related information
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> jump  (as above)
> cursor "return 2"
> jump  (as above)
= m.py  (as above)

=== helix
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
~ the changes do not name each other: it takes no related information
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> jump
~ from change to change by its own list of diagnostics: it goes nowhere for a server
> cursor "return 2"
> jump
= m.py  (as above)

=== kate
> ask "Make it ten."  (as above)
> jump
~ from change to change by its own list of diagnostics: it goes nowhere for a server
> cursor "return 2"
> jump
= m.py  (as above)
