A file with CRLF keeps them, in what is new, too
feature: proposals
line ends: crlf

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
+    ten = 10
+    return ten
*** End Patch

--- does
ask "Make it ten."
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
edit: Codex: Ten and twenty.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     return 1␍
  +     ten = 10␍
  +     return ten␍
> take
= m.py
  def f():␍
      ten = 10␍
      return ten␍
  ␍
  ␍
  def g():␍
      return 2␍

=== kate
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +2): Ten and twenty.
    −     return 1
    +     ten = 10
    +     return ten
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1␍
  +     ten = 10␍
  +     return ten␍
m.py: no marks any more
= m.py  (as above)
