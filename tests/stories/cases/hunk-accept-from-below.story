The changes are accepted from the last to the first
feature: hunks
settings: {"apply": "review"}

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Longer.
*** Begin Patch
*** Update File: m.py
-    return 1
+    a = 1
+    b = 2
+    return a + b
@@ def g():
-    return 2
+    c = 2
+    return c
*** End Patch

--- does
ask "Three lines for one."
accept "return 2"
accept "return 1"

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Three lines for one."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +3): Longer.
    −     return 1
    +     a = 1
    +     b = 2
    +     return a + b
m.py:6 hint: Proposed change 2 of 2 (−1 +2): Longer.
    −     return 2
    +     c = 2
    +     return c
> accept "return 2"
m.py:
  -     return 2
  +     c = 2
  +     return c
m.py:2 hint: Proposed change (−1 +3): Longer.
    −     return 1
    +     a = 1
    +     b = 2
    +     return a + b
> accept "return 1"
m.py:
  -     return 1
  +     a = 1
  +     b = 2
  +     return a + b
m.py: no marks any more
= m.py
  def f():
      a = 1
      b = 2
      return a + b


  def g():
      c = 2
      return c
