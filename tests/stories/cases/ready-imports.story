Sort the imports
feature: ready

--- m.py
import ‸sys
import os

--- agent
Sorted.
*** Begin Patch
*** Update File: m.py
-import sys
 import os
+import sys
*** End Patch

--- does
choose "sort the imports"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "sort the imports"
edit: Codex: Sorted.
progress ends: m.py: 2 changes (m.py parsed) [llm]
m.py:
  + import os
  - import os
> take
= m.py
  import os
  import sys

=== kate
> choose "sort the imports"
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change 1 of 2 (−1 +0): Sorted.
    − import sys
m.py:3 hint: Proposed change 2 of 2 (−0 +1): Sorted.
    + import sys
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  + import os
  - import os
m.py: no marks any more
= m.py  (as above)
