A file that is no ask is told once, with what to do
feature: custom

--- own ask: broken.md
Make it better.

--- m.py
def f():
    return ‸1


def g():
    return 2

--- does
look only refactor
look only refactor

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> look only refactor
- tidy up `f` [refactor.rewrite]
- write docstrings for `f` [refactor.rewrite]
- add types to `f` [refactor.rewrite]
- simplify `f` [refactor.rewrite]
warning: Your own asks: asks/broken.md is not offered: begin it with a line `---`, `title: …` and a line `---`.
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
