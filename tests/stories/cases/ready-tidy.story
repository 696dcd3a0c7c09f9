Tidy up what is selected
feature: ready

--- m.py
⟦import sys
import os
⟧
x = 1

--- agent
Tidy.
*** Begin Patch
*** Update File: m.py
-import sys
 import os
+import sys
*** End Patch

--- does
choose "tidy up lines 1–2"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "tidy up lines 1–2"
edit: Codex: Tidy.
progress ends: m.py: 2 changes (m.py parsed) [llm]
m.py:
  + import os
  - import os
> take
= m.py
  import os
  import sys

  x = 1

=== kate
> choose "tidy up lines 1–2"
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change 1 of 2 (−1 +0): Tidy.
    − import sys
m.py:3 hint: Proposed change 2 of 2 (−0 +1): Tidy.
    + import sys
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  + import os
  - import os
m.py: no marks any more
= m.py  (as above)
