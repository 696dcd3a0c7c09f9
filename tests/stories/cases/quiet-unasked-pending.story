An editor that asks by itself is offered what waits there
feature: quiet
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
look automatic

=== neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> look automatic
- accept this change [quickfix]
- reject this change [quickfix]
- accept all [quickfix]
- reject all [quickfix]
- show diff [quickfix]
- go to the next change [quickfix]
= m.py
  def f():
      return 1


  def g():
      return 2

=== eglot
> ask "Make it ten."  (as above)
> look automatic
- accept this change [quickfix]
- reject this change [quickfix]
- accept all [quickfix]
- reject all [quickfix]
- refine: make this change smaller [quickfix]
- refine: do this another way [quickfix]
- show diff of this change [quickfix]
- show diff [quickfix]
- go to the next change [quickfix]
- tidy up `f` [refactor.rewrite]
- write docstrings for `f` [refactor.rewrite]
- add types to `f` [refactor.rewrite]
- simplify `f` [refactor.rewrite]
- write tests for `f` [source]
- explain `f` [source]
~ all actions are offered whenever it asks: it does not say that nobody asked for them
= m.py  (as above)

=== helix
> ask "Make it ten."  (as above)
> look automatic
- accept this change [quickfix]
- reject this change [quickfix]
- accept all [quickfix]
- reject all [quickfix]
- show diff [quickfix]
= m.py  (as above)

=== kate
> ask "Make it ten."  (as above)
> look automatic
- accept this change [quickfix]
- reject this change [quickfix]
- accept all [quickfix]
- reject all [quickfix]
- refine: make this change smaller [quickfix]
- refine: do this another way [quickfix]
- show diff of this change [quickfix]
- show diff [quickfix]
- tidy up `f` [refactor.rewrite]
- write docstrings for `f` [refactor.rewrite]
- add types to `f` [refactor.rewrite]
- simplify `f` [refactor.rewrite]
- write tests for `f` [source]
- explain `f` [source]
~ all actions are offered whenever it asks: it does not say that nobody asked for them
= m.py  (as above)
