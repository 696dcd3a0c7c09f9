A comment that ends a line asks for a change, and goes with it
feature: comments

--- m.py
def f():
    return 1  # AI! re‸turn two

--- agent
Two.
*** Begin Patch
*** Update File: m.py
-    return 1  # AI! return two
+    return 2  # AI! return two
*** End Patch

--- does
look
choose "do “"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> look
- do “return two” [refactor.rewrite]
- do the AI! comment in line 2 [source]
- tidy up `f` [refactor.rewrite]
- write docstrings for `f` [refactor.rewrite]
- add types to `f` [refactor.rewrite]
- simplify `f` [refactor.rewrite]
- write tests for `f` [source]
- explain `f` [source]
> choose "do “"
edit: Codex: Two.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     return 1  # AI! return two
  +     return 2
> take
= m.py
  def f():
      return 2

=== kate
> look  (as above)
> choose "do “"
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Two.
    −     return 1  # AI! return two
    +     return 2
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1  # AI! return two
  +     return 2
m.py: no marks any more
= m.py  (as above)
