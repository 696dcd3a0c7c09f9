One for another language is not offered
feature: custom

--- own ask: rust.md
---
title: make {} safe
languages: rust
---
Make it safe.

--- m.py
def f():
    return ‸1


def g():
    return 2

--- does
look only refactor

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> look only refactor
- tidy up `f` [refactor.rewrite]
- write docstrings for `f` [refactor.rewrite]
- add types to `f` [refactor.rewrite]
- simplify `f` [refactor.rewrite]
= m.py
  def f():
      return 1


  def g():
      return 2
