The diff of a file that is to come
feature: show
settings: {"apply": "review"}

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
cursor START
show "show diff"

=== eglot, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Add a file."
progress ends: new.py: new (new.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: new.py (new): A file.
> cursor START
> show "show diff"
document: STATE/shown/diff-of-new-py.diff
  | # A file.
  | # new.py parsed.
  |
  | --- /dev/null
  | +++ b/new.py
  | @@ -0,0 +1 @@
  | +x = 1
= m.py
  def f():
      return 1


  def g():
      return 2

=== helix, kate
> ask "Add a file."  (as above)
> cursor START
> show "show diff"
~ a message holds the text, or names the file that does: it shows no documents for a server
info: --- /dev/null
    +++ b/new.py
    @@ -0,0 +1 @@
    +x = 1

= m.py  (as above)
