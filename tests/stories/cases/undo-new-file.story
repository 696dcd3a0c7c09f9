A file that came goes again
feature: undo

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
A file.
*** Begin Patch
*** Add File: new.py
+x = 1
*** End Patch

--- does
ask "Add a file."
take
command codexLsp.undo
take
status

=== helix, neovim-0.11, neovim-0.12, vscode
> ask "Add a file."
edit: Codex: A file.
progress ends: new.py: new (new.py parsed) [llm]
new.py is open
> take
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
edit: Codex: Undo: A file.
new.py is not open any more
> take
> status
- Codex [llm]
- proposal: undone, can be taken back
= m.py
  def f():
      return 1


  def g():
      return 2

=== eglot, sublime
> ask "Add a file."
progress ends: This editor cannot create files for a server (new.py). Make it and open it empty, and its text is offered there. The changes wait as code actions at their places.
warning: This editor cannot create files for a server (new.py). Make it and open it empty, and its text is offered there. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: new.py (new): A file.
> take
~ a new file is made by hand, and then filled; one that goes is deleted by hand: it does no file operations for a server
new.py is open
m.py: no marks any more
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
edit: Codex: Undo: A file.
new.py:
  - x = 1
> take
> status  (as above)
= m.py  (as above)
= new.py

=== kate
> ask "Add a file."
progress ends: new.py: new (new.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: new.py (new): A file.
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
~ a new file is made by hand, and then filled; one that goes is deleted by hand: it does no file operations for a server
new.py is open
m.py: no marks any more
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
info: new.py: 1 change. The changes wait as code actions at their places.
new.py:1 hint: Proposed change (−1 +0): Undo: A file.
    − x = 1
> take
new.py:
  - x = 1
new.py: no marks any more
> status  (as above)
= m.py  (as above)
= new.py
