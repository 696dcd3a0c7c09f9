Lines that only come are marked where they will be
feature: hunks
settings: {"apply": "review"}

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
A docstring.
*** Begin Patch
*** Update File: m.py
 def f():
+    """One."""
     return 1
*** End Patch

--- does
ask "Write a docstring."
accept "return 1"

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Write a docstring."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−0 +1): A docstring.
    +     """One."""
> accept "return 1"
m.py:
  +     """One."""
m.py: no marks any more
= m.py
  def f():
      """One."""
      return 1


  def g():
      return 2
