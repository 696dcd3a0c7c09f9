An editor that asks by itself is offered nothing
feature: quiet

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
look automatic

=== helix, neovim-0.11, neovim-0.12, sublime, vscode
> look automatic
- nothing is offered
= m.py
  def f():
      return 1


  def g():
      return 2

=== eglot, kate
> look automatic
- tidy up `f` [refactor.rewrite]
- write docstrings for `f` [refactor.rewrite]
- add types to `f` [refactor.rewrite]
- simplify `f` [refactor.rewrite]
- write tests for `f` [source]
- explain `f` [source]
~ all actions are offered whenever it asks: it does not say that nobody asked for them
= m.py  (as above)
