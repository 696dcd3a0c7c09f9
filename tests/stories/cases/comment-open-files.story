Those of all open files are done together when the person says so
feature: comments

--- m.py
‸# AI! two
def f():
    return 1

--- other.py
# AI! three
x = 1

--- agent
Both.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 2
*** Update File: other.py
-x = 1
+x = 3
*** End Patch

--- does
choose "do all 2 AI! comments of 2 open files"
take
status

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "do all 2 AI! comments of 2 open files"
edit: Codex: Both.
progress ends: m.py: 2 changes, other.py: 1 change (m.py, other.py parsed) [llm]
m.py:
  - # AI! two
  -     return 1
  +     return 2
other.py:
  - # AI! three
  - x = 1
  + x = 3
> take
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def f():
      return 2
= other.py
  x = 3

=== kate
> choose "do all 2 AI! comments of 2 open files"
progress ends: m.py: 2 changes, other.py: 1 change (m.py, other.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change 1 of 3 (−1 +0): Both.
    − # AI! two
m.py:3 hint: Proposed change 2 of 3 (−1 +1): Both.
    −     return 1
    +     return 2
other.py:1-2 hint: Proposed change 3 of 3 (−2 +1): Both.
    − # AI! three
    − x = 1
    + x = 3
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - # AI! two
  -     return 1
  +     return 2
other.py:
  - # AI! three
  - x = 1
  + x = 3
m.py: no marks any more
other.py: no marks any more
> status  (as above)
= m.py  (as above)
= other.py  (as above)
