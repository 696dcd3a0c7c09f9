Where the person changed the same lines meanwhile, theirs stay and the rest can be had
feature: proposals

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent waits

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
begin "Make it ten."
replace "return 1" "return 1 + 1"
go on
look only quickfix
accept all
status

=== eglot, neovim-0.11, neovim-0.12, sublime, vscode
> begin "Make it ten."
> replace "return 1" "return 1 + 1"
> go on
progress ends: m.py, line 2, was changed meanwhile at the same place. Nothing was applied. Lines that conflict are marked, with what was proposed for them. The changes wait as code actions at their places.
warning: m.py, line 2, was changed meanwhile at the same place. Nothing was applied. Lines that conflict are marked, with what was proposed for them. The changes wait as code actions at their places.
m.py:6 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
m.py:2 information: Proposed change 2 of 2 conflicts with what was typed: Ten and twenty.
    Proposed was:
        return 10
> look only quickfix
- put the proposed lines in place of mine [quickfix]
- keep my lines, drop the proposed ones [quickfix]
- accept all [quickfix]
- reject all [quickfix]
- show diff [quickfix]
- go to the next change [quickfix]
> accept all
m.py:
  -     return 2
  +     return 20
m.py:2 information: Proposed change conflicts with what was typed: Ten and twenty.
    Proposed was:
        return 10
> status
- Codex [llm] · 1 to review
- proposal: conflicted, can be taken back
= m.py
  def f():
      return 1 + 1


  def g():
      return 20

=== helix, kate
> begin "Make it ten."
> replace "return 1" "return 1 + 1"
> go on  (as above)
> look only quickfix
- put the proposed lines in place of mine [quickfix]
- keep my lines, drop the proposed ones [quickfix]
- accept all [quickfix]
- reject all [quickfix]
- show diff [quickfix]
> accept all  (as above)
> status  (as above)
= m.py  (as above)
