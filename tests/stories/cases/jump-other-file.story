The next change may be in another open file
feature: jump
settings: {"apply": "review"}

--- m.py
def f():
    return ‸1


def g():
    return 2

--- other.py
from m import f

--- agent
One.
*** Begin Patch
*** Update File: m.py
-def f():
+def one():
*** Update File: other.py
-from m import f
+from m import one
*** End Patch

--- does
ask "Rename f to one."
cursor "def f"
jump
in other.py
jump

=== neovim-0.11, neovim-0.12, sublime, vscode
> ask "Rename f to one."
progress ends: m.py: 1 change, other.py: 1 change (m.py, other.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change 1 of 2 (−1 +1): One.
    − def f():
    + def one():
    → other.py:1 change 2
other.py:1 hint: Proposed change 2 of 2 (−1 +1): One.
    − from m import f
    + from m import one
    → m.py:1 change 1
> cursor "def f"
> jump
goes to other.py:1
> in other.py
> jump
goes to m.py:1
= m.py
  def f():
      return 1


  def g():
      return 2
= other.py
  from m import f

=== eglot
> ask "Rename f to one."
progress ends: m.py: 1 change, other.py: 1 change (m.py, other.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change 1 of 2 (−1 +1): One.
    − def f():
    + def one():
~ the changes do not name each other: it takes no related information
other.py:1 hint: Proposed change 2 of 2 (−1 +1): One.
    − from m import f
    + from m import one
> cursor "def f"
> jump  (as above)
> in other.py
> jump  (as above)
= m.py  (as above)
= other.py  (as above)

=== helix
> ask "Rename f to one."
progress ends: m.py: 1 change, other.py: 1 change (m.py, other.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change 1 of 2 (−1 +1): One.
    − def f():
    + def one():
~ the changes do not name each other: it takes no related information
other.py:1 hint: Proposed change 2 of 2 (−1 +1): One.
    − from m import f
    + from m import one
> cursor "def f"
> jump
~ from change to change by its own list of diagnostics: it goes nowhere for a server
> in other.py
> jump
= m.py  (as above)
= other.py  (as above)

=== kate
> ask "Rename f to one."  (as above)
> cursor "def f"
> jump
~ from change to change by its own list of diagnostics: it goes nowhere for a server
> in other.py
> jump
= m.py  (as above)
= other.py  (as above)
