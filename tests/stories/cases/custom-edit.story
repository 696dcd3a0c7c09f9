An ask of one's own is offered beside the others
feature: custom

--- own ask: async.md
---
title: make {} async
kind: edit
languages: python
---
Make it asynchronous.

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Async.
*** Begin Patch
*** Update File: m.py
-def f():
+async def f():
*** End Patch

--- does
look only refactor
choose "make `f` async"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> look only refactor
- tidy up `f` [refactor.rewrite]
- write docstrings for `f` [refactor.rewrite]
- add types to `f` [refactor.rewrite]
- simplify `f` [refactor.rewrite]
- make `f` async [refactor.rewrite]
> choose "make `f` async"
edit: Codex: Async.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  - def f():
  + async def f():
> take
= m.py
  async def f():
      return 1


  def g():
      return 2

=== kate
> look only refactor  (as above)
> choose "make `f` async"
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change (−1 +1): Async.
    − def f():
    + async def f():
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - def f():
  + async def f():
m.py: no marks any more
= m.py  (as above)
