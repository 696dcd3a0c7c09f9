A diagnostic of another server is fixed
feature: diagnostics

--- m.py
import ‸os
import sys


def f():
    return 1

--- agent
Gone.
*** Begin Patch
*** Update File: m.py
-import os
 import sys
*** End Patch

--- does
problem "os" "`os` imported but unused"
look only quickfix
choose "fix “`os` imported but unused”"
take

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime
> problem "os" "`os` imported but unused"
> look only quickfix
- nothing is offered
> choose "fix “`os` imported but unused”"
- not offered
✗ it does not tell a server of other servers' diagnostics; ask in words, such as an `AI!` comment
> take
= m.py
  import os
  import sys


  def f():
      return 1

=== vscode
> problem "os" "`os` imported but unused"
> look only quickfix
- fix “`os` imported but unused” [quickfix]
> choose "fix “`os` imported but unused”"
edit: Codex: Gone.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  - import os
> take
= m.py
  import sys


  def f():
      return 1
