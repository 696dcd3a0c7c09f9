All comments of a file that ask are done together
feature: comments

--- m.py
‸a = 1


# AI! two
def f():
    return 1


# AI! three
def g():
    return 1

--- agent
Both.
*** Begin Patch
*** Update File: m.py
 def f():
-    return 1
+    return 2
@@ def g():
-    return 1
+    return 3
*** End Patch

--- does
look only source
choose "do all 2 AI! comments of this file"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> look only source
- do all 2 AI! comments of this file [source]
> choose "do all 2 AI! comments of this file"
edit: Codex: Both.
progress ends: m.py: 4 changes (m.py parsed) [llm]
m.py:
  - # AI! two
  -     return 1
  +     return 2
  - # AI! three
  -     return 1
  +     return 3
> take
= m.py
  a = 1


  def f():
      return 2


  def g():
      return 3

=== kate
> look only source  (as above)
> choose "do all 2 AI! comments of this file"
progress ends: m.py: 4 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:4 hint: Proposed change 1 of 4 (−1 +0): Both.
    − # AI! two
m.py:6 hint: Proposed change 2 of 4 (−1 +1): Both.
    −     return 1
    +     return 2
m.py:9 hint: Proposed change 3 of 4 (−1 +0): Both.
    − # AI! three
m.py:11 hint: Proposed change 4 of 4 (−1 +1): Both.
    −     return 1
    +     return 3
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - # AI! two
  -     return 1
  +     return 2
  - # AI! three
  -     return 1
  +     return 3
m.py: no marks any more
= m.py  (as above)
