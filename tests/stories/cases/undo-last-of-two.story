Of two the later one is taken back
feature: undo

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

--- agent
Twenty.
*** Begin Patch
*** Update File: m.py
-    return 2
+    return 20
*** End Patch

--- does
ask "Make it ten."
take
cursor "return 2"
ask "Make it twenty."
take
command codexLsp.undo
take
status

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
edit: Codex: Ten.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     return 1
  +     return 10
> take
> cursor "return 2"
> ask "Make it twenty."
edit: Codex: Twenty.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     return 2
  +     return 20
> take
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
edit: Codex: Undo: Twenty.
m.py:
  -     return 20
  +     return 2
> take
> status
- Codex [llm]
- proposal: applied, can be taken back
- proposal: undone, can be taken back
= m.py
  def f():
      return 10


  def g():
      return 2

=== kate
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
> cursor "return 2"
> ask "Make it twenty."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:6 hint: Proposed change (−1 +1): Twenty.
    −     return 2
    +     return 20
> take
m.py:
  -     return 2
  +     return 20
m.py: no marks any more
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
info: m.py: 1 change. The changes wait as code actions at their places.
m.py:6 hint: Proposed change (−1 +1): Undo: Twenty.
    −     return 20
    +     return 2
> take
m.py:
  -     return 20
  +     return 2
m.py: no marks any more
> status  (as above)
= m.py  (as above)
