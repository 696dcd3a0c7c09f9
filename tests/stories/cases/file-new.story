A file comes with the change
feature: files

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
A file.
*** Begin Patch
*** Add File: pkg/new.py
+x = 1
*** Update File: m.py
-    return 1
+    return 10
*** End Patch

--- does
ask "Add a file."
take
status

=== helix, neovim-0.11, neovim-0.12, vscode
> ask "Add a file."
edit: Codex: A file.
progress ends: m.py: 1 change, pkg/new.py: new (m.py, pkg/new.py parsed) [llm]
m.py:
  -     return 1
  +     return 10
pkg/new.py is open
> take
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def f():
      return 10


  def g():
      return 2
= pkg/new.py
  x = 1

=== eglot, sublime
> ask "Add a file."
progress ends: This editor cannot create files for a server (pkg/new.py). Make it and open it empty, and its text is offered there. The changes wait as code actions at their places.
warning: This editor cannot create files for a server (pkg/new.py). Make it and open it empty, and its text is offered there. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: pkg/new.py (new): A file.
m.py:2 hint: Proposed change (−1 +1): A file.
    −     return 1
    +     return 10
> take
~ a new file is made by hand, and then filled; one that goes is deleted by hand: it does no file operations for a server
m.py:
  -     return 1
  +     return 10
pkg/new.py is open
m.py: no marks any more
> status  (as above)
= m.py  (as above)
= pkg/new.py  (as above)

=== kate
> ask "Add a file."
progress ends: m.py: 1 change, pkg/new.py: new (m.py, pkg/new.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: pkg/new.py (new): A file.
m.py:2 hint: Proposed change (−1 +1): A file.
    −     return 1
    +     return 10
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
~ a new file is made by hand, and then filled; one that goes is deleted by hand: it does no file operations for a server
m.py:
  -     return 1
  +     return 10
pkg/new.py is open
m.py: no marks any more
> status  (as above)
= m.py  (as above)
= pkg/new.py  (as above)
