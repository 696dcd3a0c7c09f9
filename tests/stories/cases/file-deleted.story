A file goes only after a look
feature: files

--- m.py
‸def f():
    return 1


def g():
    return 2

--- on disk: old.py
y = 1

--- agent
Without it.
*** Begin Patch
*** Delete File: old.py
*** End Patch

--- does
ask "Remove old.py."
look only quickfix
take
status

=== helix, neovim-0.11, neovim-0.12, vscode
> ask "Remove old.py."
progress ends: Please look first: old.py would be deleted. The changes wait as code actions at their places.
warning: Please look first: old.py would be deleted. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: old.py (deleted): Without it.
> look only quickfix
- accept all [quickfix]
- reject all [quickfix]
- show diff [quickfix]
> take
m.py: no marks any more
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def f():
      return 1


  def g():
      return 2

=== eglot, sublime
> ask "Remove old.py."  (as above)
> look only quickfix
- reject all [quickfix]
- show diff [quickfix]
> take
~ a new file is made by hand, and then filled; one that goes is deleted by hand: it does no file operations for a server
m.py: no marks any more
> status  (as above)
= m.py  (as above)

=== kate
> ask "Remove old.py."
progress ends: old.py: deleted [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: old.py (deleted): Without it.
> look only quickfix
- reject all [quickfix]
- show diff [quickfix]
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
~ a new file is made by hand, and then filled; one that goes is deleted by hand: it does no file operations for a server
m.py: no marks any more
> status  (as above)
= m.py  (as above)
