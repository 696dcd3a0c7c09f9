Of two changes one is accepted; the other stays in its place
feature: hunks
settings: {"apply": "review"}

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
look only quickfix
accept "return 1"
status
accept "return 2"
status

=== eglot, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> look only quickfix
- accept this change [quickfix]
- reject this change [quickfix]
- accept all [quickfix]
- reject all [quickfix]
- refine: make this change smaller [quickfix]
- refine: do this another way [quickfix]
- show diff of this change [quickfix]
- show diff [quickfix]
- go to the next change [quickfix]
> accept "return 1"
m.py:
  -     return 1
  +     return 10
m.py:6 hint: Proposed change (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> status
- Codex [llm] · 1 to review
- proposal: partly accepted, can be taken back
> accept "return 2"
m.py:
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

=== helix, kate
> ask "Make it ten."  (as above)
> look only quickfix
- accept this change [quickfix]
- reject this change [quickfix]
- accept all [quickfix]
- reject all [quickfix]
- refine: make this change smaller [quickfix]
- refine: do this another way [quickfix]
- show diff of this change [quickfix]
- show diff [quickfix]
> accept "return 1"  (as above)
> status  (as above)
> accept "return 2"  (as above)
> status  (as above)
= m.py  (as above)
