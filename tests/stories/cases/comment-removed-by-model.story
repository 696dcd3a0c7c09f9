A model that takes the comment out itself comes to the same
feature: comments

--- m.py
# AI! return ‸two
def f():
    return 1

--- agent
Two.
*** Begin Patch
*** Update File: m.py
-# AI! return two
 def f():
-    return 1
+    return 2
*** End Patch

--- does
choose "do “return two”"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "do “return two”"
edit: Codex: Two.
progress ends: m.py: 2 changes (m.py parsed) [llm]
m.py:
  - # AI! return two
  -     return 1
  +     return 2
> take
= m.py
  def f():
      return 2

=== kate
> choose "do “return two”"
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change 1 of 2 (−1 +0): Two.
    − # AI! return two
m.py:3 hint: Proposed change 2 of 2 (−1 +1): Two.
    −     return 1
    +     return 2
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - # AI! return two
  -     return 1
  +     return 2
m.py: no marks any more
= m.py  (as above)
