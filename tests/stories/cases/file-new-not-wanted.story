A file that is to come is not wanted, the rest is
feature: files
settings: {"apply": "review"}

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
cursor START
choose "do not create pkg/new.py"
accept "return 1"
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Add a file."
progress ends: m.py: 1 change, pkg/new.py: new (m.py, pkg/new.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: pkg/new.py (new): A file.
m.py:2 hint: Proposed change (−1 +1): A file.
    −     return 1
    +     return 10
> cursor START
> choose "do not create pkg/new.py"
m.py:2 hint: Proposed change (−1 +1): A file.
    −     return 1
    +     return 10
> accept "return 1"
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def f():
      return 10


  def g():
      return 2
