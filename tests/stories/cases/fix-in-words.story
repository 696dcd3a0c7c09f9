A problem that the editor does not tell of is told in a comment
feature: diagnostics

--- m.py
import os  # AI! remove the un‸used import
import sys

--- agent
Gone.
*** Begin Patch
*** Update File: m.py
-import os  # AI! remove the unused import
 import sys
*** End Patch

--- does
choose "do “remove the unused import”"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "do “remove the unused import”"
edit: Codex: Gone.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  - import os  # AI! remove the unused import
> take
= m.py
  import sys

=== kate
> choose "do “remove the unused import”"
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change (−1 +0): Gone.
    − import os  # AI! remove the unused import
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - import os  # AI! remove the unused import
m.py: no marks any more
= m.py  (as above)
