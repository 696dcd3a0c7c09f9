Lines that only go are marked, all of them
feature: hunks
settings: {"apply": "review"}

--- m.py
def ‸f():
    return 1


def g():
    return 2


def h():
    return 3

--- agent
Without g.
*** Begin Patch
*** Update File: m.py
     return 1
 
 
-def g():
-    return 2
-
-
 def h():
*** End Patch

--- does
ask "Remove g."
accept "def g"

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Remove g."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:5-8 hint: Proposed change (−4 +0): Without g.
    − def g():
    −     return 2
    −
    −
> accept "def g"
m.py:
  -
  -
  - def g():
  -     return 2
m.py: no marks any more
= m.py
  def f():
      return 1


  def h():
      return 3
