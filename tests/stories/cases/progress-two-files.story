Several files are told by name
feature: progress

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

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Rename f to one."
edit: Codex: One.
progress: Codex: Rename f to one.
progress: … reaching the endpoint
progress: … asking an agent (llm)
progress: … context: … of 16,000 tokens: m.py, other.py
progress: … m.py, other.py parsed.
progress: … applying: m.py, other.py
progress ends: m.py: 1 change, other.py: 1 change (m.py, other.py parsed) [llm]
m.py:
  - def f():
  + def one():
other.py:
  - from m import f
  + from m import one
= m.py
  def one():
      return 1


  def g():
      return 2
= other.py
  from m import one

=== kate
> ask "Rename f to one."
progress: Codex: Rename f to one.
progress: … reaching the endpoint
progress: … asking an agent (llm)
progress: … context: … of 16,000 tokens: m.py, other.py
progress: … m.py, other.py parsed.
progress ends: m.py: 1 change, other.py: 1 change (m.py, other.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change 1 of 2 (−1 +1): One.
    − def f():
    + def one():
other.py:1 hint: Proposed change 2 of 2 (−1 +1): One.
    − from m import f
    + from m import one
= m.py
  def f():
      return 1


  def g():
      return 2
= other.py
  from m import f
