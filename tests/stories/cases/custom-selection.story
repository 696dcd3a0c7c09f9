One for a selection is offered where something is selected
feature: custom

--- own ask: extract.md
---
title: extract {}
context: selection
---
Make a function of it.

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Extracted.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return one()
*** End Patch

--- does
look only refactor
select "return 1"
choose "extract line 2"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> look only refactor
- tidy up `f` [refactor.rewrite]
- write docstrings for `f` [refactor.rewrite]
- add types to `f` [refactor.rewrite]
- simplify `f` [refactor.rewrite]
> select "return 1"
> choose "extract line 2"
edit: Codex: Extracted.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     return 1
  +     return one()
> take
= m.py
  def f():
      return one()


  def g():
      return 2

=== kate
> look only refactor  (as above)
> select "return 1"
> choose "extract line 2"
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Extracted.
    −     return 1
    +     return one()
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return one()
m.py: no marks any more
= m.py  (as above)
