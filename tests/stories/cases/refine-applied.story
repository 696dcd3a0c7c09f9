What was applied is refined on the text as it is
feature: refine

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
Eleven.
*** Begin Patch
*** Update File: m.py
-    return 10
+    return 11
*** End Patch

--- does
ask "Make it ten."
take
refine "Eleven, please."
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
> refine "Eleven, please."
edit: Codex: Eleven.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     return 10
  +     return 11
> take
> status
- Codex [llm]
- proposal: applied, can be taken back
- proposal: applied, can be taken back
= m.py
  def f():
      return 11


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
> refine "Eleven, please."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Eleven.
    −     return 10
    +     return 11
> take
m.py:
  -     return 10
  +     return 11
m.py: no marks any more
> status  (as above)
= m.py  (as above)
