The editor asks for each change, and the person says yes
feature: preview

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
ask "Make it ten." annotated
take
status

=== eglot, helix, neovim-0.11
> ask "Make it ten." annotated
~ it knows no annotations: the changes wait for review instead
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> take
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
m.py: no marks any more
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  def f():
      return 10


  def g():
      return 20

=== neovim-0.12, sublime, vscode
> ask "Make it ten." annotated
edit: Codex: Ten and twenty.
  to confirm: codex-agent
progress ends: m.py: 2 changes (m.py parsed) [llm]
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
> take
> status  (as above)
= m.py  (as above)

=== kate
> ask "Make it ten." annotated  (as above)
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
m.py: no marks any more
> status  (as above)
= m.py  (as above)
