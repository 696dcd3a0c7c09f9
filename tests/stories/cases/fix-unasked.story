An editor that asks by itself is offered the fix, and nothing else
feature: diagnostics

--- m.py
import ‸os
import sys


def f():
    return 1

--- does
look automatic
problem "os" "`os` imported but unused"
look automatic

=== helix, neovim-0.11, neovim-0.12, sublime
> look automatic
- nothing is offered
> problem "os" "`os` imported but unused"
> look automatic
- nothing is offered
= m.py
  import os
  import sys


  def f():
      return 1

=== eglot, kate
> look automatic
- sort the imports [refactor.rewrite]
~ all actions are offered whenever it asks: it does not say that nobody asked for them
> problem "os" "`os` imported but unused"
> look automatic
- sort the imports [refactor.rewrite]
= m.py  (as above)

=== vscode
> look automatic  (as above)
> problem "os" "`os` imported but unused"
> look automatic
- fix “`os` imported but unused” [quickfix]
= m.py  (as above)
