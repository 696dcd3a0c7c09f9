A comment above a function asks, in several lines, and its lines go with the change
feature: comments

--- m.py
import os


# AI! return two
# instead of ‸one
def f():
    return 1

--- agent
Two.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 2
*** End Patch

--- does
choose "do “return two instead of one”"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "do “return two instead of one”"
edit: Codex: Two.
progress ends: m.py: 2 changes (m.py parsed) [llm]
m.py:
  - # AI! return two
  - # instead of one
  -     return 1
  +     return 2
> take
= m.py
  import os


  def f():
      return 2

=== kate
> choose "do “return two instead of one”"
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:4-5 hint: Proposed change 1 of 2 (−2 +0): Two.
    − # AI! return two
    − # instead of one
m.py:7 hint: Proposed change 2 of 2 (−1 +1): Two.
    −     return 1
    +     return 2
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - # AI! return two
  - # instead of one
  -     return 1
  +     return 2
m.py: no marks any more
= m.py  (as above)
