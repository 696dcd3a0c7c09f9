Two runs at the same time both end in the text
feature: proposals

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent waits

--- agent waits

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
begin "Make it ten."
cursor "return 2"
begin "Make it twenty."
go on
go on
take
take
status

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> begin "Make it ten."
> cursor "return 2"
> begin "Make it twenty."
> go on
edit: Codex: Ten.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     return 1
  +     return 10
> go on
edit: Codex: Twenty.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     return 2
  +     return 20
> take
> take
> status
- Codex [llm]
- proposal: applied, can be taken back
- proposal: applied, can be taken back
= m.py
  def f():
      return 10


  def g():
      return 20

=== kate
> begin "Make it ten."
> cursor "return 2"
> begin "Make it twenty."
> go on
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> go on
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change (−1 +1): Twenty.
    −     return 2
    +     return 20
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return 10
m.py:6 hint: Proposed change (−1 +1): Twenty.
    −     return 2
    +     return 20
> take
m.py:
  -     return 2
  +     return 20
m.py: no marks any more
> status  (as above)
= m.py  (as above)
