With one change left there is nowhere to go
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
reject "return 2"
cursor "return 1"
look only quickfix

=== kate, neovim-0.11, neovim-0.12, sublime, vscode
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
> reject "return 2"
m.py:2 hint: Proposed change (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
> cursor "return 1"
> look only quickfix
- accept this change [quickfix]
- reject this change [quickfix]
- accept all [quickfix]
- reject all [quickfix]
- refine: make this change smaller [quickfix]
- refine: do this another way [quickfix]
- show diff [quickfix]
= m.py
  def f():
      return 1


  def g():
      return 2

=== eglot, helix
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
~ the changes do not name each other: it takes no related information
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> reject "return 2"  (as above)
> cursor "return 1"
> look only quickfix  (as above)
= m.py  (as above)
