All diagnostics of the file are fixed in one proposal
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
-import sys
-
-
 def f():
*** End Patch

--- does
problem "os" "`os` imported but unused"
problem "sys" "`sys` imported but unused"
select "import os\nimport sys"
choose "fix all 2 problems" only source.codex.fixAll
take
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime
> problem "os" "`os` imported but unused"
> problem "sys" "`sys` imported but unused"
> select "import os\nimport sys"
> choose "fix all 2 problems" only source.codex.fixAll
- not offered
✗ it does not tell a server of other servers' diagnostics; ask in words, such as an `AI!` comment
> take
> status
- Codex
= m.py
  import os
  import sys


  def f():
      return 1

=== vscode
> problem "os" "`os` imported but unused"
> problem "sys" "`sys` imported but unused"
> select "import os\nimport sys"
> choose "fix all 2 problems" only source.codex.fixAll
edit: Codex: Gone.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  - import os
  - import sys
  -
  -
> take
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def f():
      return 1
