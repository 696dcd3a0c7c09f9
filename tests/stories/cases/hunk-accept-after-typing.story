A change is accepted after lines were typed right above it
feature: hunks
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

--- does
ask "Make it ten."
type "    # mine\n" before "    return 1"
accept "return 1"

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> type "    # mine\n" before "    return 1"
m.py:2-3 information: Proposed change conflicts with what was typed: Ten.
    Proposed was:
        return 10
> accept "return 1"
m.py:
  -     # mine
  -     return 1
  +     return 10
m.py: no marks any more
= m.py
  def f():
      return 10


  def g():
      return 2
