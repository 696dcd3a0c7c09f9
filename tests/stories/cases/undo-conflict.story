Lines that were changed since are marked, not guessed
feature: undo

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Ten and twenty.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 10
@@ def g():
-    return 2
+    return 20
*** End Patch

--- does
ask "Make it ten."
take
replace "return 10" "return 100"
command codexLsp.undo
take
status
accept "return 100"
status

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
edit: Codex: Ten and twenty.
progress ends: m.py: 2 changes (m.py parsed) [llm]
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
> take
> replace "return 10" "return 100"
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
edit: Codex: Undo: Ten and twenty.
warning: m.py: 1 change. What conflicts with your text (1) is still marked there.
m.py:
  -     return 20
  +     return 2
m.py:2 information: Proposed change conflicts with what was typed: Undo: Ten and twenty.
    Proposed was:
        return 1
> take
> status
- Codex [llm] · 1 to review
- proposal: undone, can be taken back
- proposal: conflicted
> accept "return 100"
m.py:
  -     return 100
  +     return 1
m.py: no marks any more
> status
- Codex [llm]
- proposal: undone, can be taken back
= m.py
  def f():
      return 1


  def g():
      return 2

=== kate
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
m.py: no marks any more
> replace "return 10" "return 100"
> command codexLsp.undo
- {"undone": true, "redone": false, "proposal": "RUN-1"}
info: m.py: 1 change. Lines that conflict are marked, with what was proposed for them. The changes wait as code actions at their places.
m.py:6 hint: Proposed change 1 of 2 (−1 +1): Undo: Ten and twenty.
    −     return 20
    +     return 2
m.py:2 information: Proposed change 2 of 2 conflicts with what was typed: Undo: Ten and twenty.
    Proposed was:
        return 1
> take
m.py:
  -     return 20
  +     return 2
m.py:2 information: Proposed change conflicts with what was typed: Undo: Ten and twenty.
    Proposed was:
        return 1
> status
- Codex [llm] · 1 to review
- proposal: conflicted
- proposal: undone, can be taken back
> accept "return 100"  (as above)
> status  (as above)
= m.py  (as above)
