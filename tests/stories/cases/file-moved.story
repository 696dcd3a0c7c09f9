A file moves, with a change in it
feature: files

--- m.py
def f():
    return ‸1


def g():
    return 2

--- on disk: old.py
y = 1

--- agent
Moved.
*** Begin Patch
*** Update File: old.py
*** Move to: new.py
-y = 1
+y = 2
*** End Patch

--- does
ask "Call it new.py."
take
status

=== helix, neovim-0.11, neovim-0.12, vscode
> ask "Call it new.py."
edit: Codex: Moved.
progress ends: old.py: moved (new.py parsed) [llm]
new.py is open
> take
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def f():
      return 1


  def g():
      return 2
= new.py
  y = 2

=== eglot, sublime
> ask "Call it new.py."
progress ends: This editor cannot rename files for a server (old.py). The changes wait as code actions at their places.
warning: This editor cannot rename files for a server (old.py). The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: old.py (moved): Moved.
> take
✗ no file is moved: it does no file operations for a server
> status
- Codex [llm] · 1 to review
- proposal: pending
= m.py  (as above)
= old.py on disk
  y = 1

=== kate
> ask "Call it new.py."
progress ends: old.py: moved (new.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: old.py (moved): Moved.
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
✗ no file is moved: it does no file operations for a server
> status
- Codex [llm] · 1 to review
- proposal: pending
= m.py  (as above)
= old.py on disk
  y = 1
