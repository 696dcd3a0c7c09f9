Who wants it always says so in the settings
feature: preview
settings: {"apply": "annotated"}

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Ten.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 10
*** End Patch

--- does
ask "Make it ten." annotated
take

=== eglot, helix, neovim-0.11
> ask "Make it ten." annotated
~ it knows no annotations: the changes wait for review instead
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> take
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
= m.py
  def f():
      return 10


  def g():
      return 2

=== neovim-0.12, sublime, vscode
> ask "Make it ten." annotated
edit: Codex: Ten.
  to confirm: codex-agent
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     return 1
  +     return 10
> take
= m.py  (as above)

=== kate
> ask "Make it ten." annotated  (as above)
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
= m.py  (as above)
