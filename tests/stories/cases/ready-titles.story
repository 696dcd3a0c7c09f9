What is offered names the function around the cursor, or the lines selected
feature: ready

--- m.py
import sys
import os


def add(a, b):
    re‸turn a + b

--- does
look only refactor
look only source
select "import sys\nimport os"
look only refactor

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> look only refactor
- tidy up `add` [refactor.rewrite]
- write docstrings for `add` [refactor.rewrite]
- add types to `add` [refactor.rewrite]
- simplify `add` [refactor.rewrite]
> look only source
- write tests for `add` [source]
- explain `add` [source]
> select "import sys\nimport os"
> look only refactor
- tidy up lines 1–2 [refactor.rewrite]
- write docstrings for lines 1–2 [refactor.rewrite]
- add types to lines 1–2 [refactor.rewrite]
- simplify lines 1–2 [refactor.rewrite]
- sort the imports [refactor.rewrite]
= m.py
  import sys
  import os


  def add(a, b):
      return a + b
