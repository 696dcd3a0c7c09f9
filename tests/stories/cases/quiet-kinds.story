What is asked for by kind is what is offered
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
look only refactor.extract
look only refactor.rewrite.codex
look only source.codex

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> look only refactor.extract
- nothing is offered
> look only refactor.rewrite.codex
- tidy up `f` [refactor.rewrite]
- write docstrings for `f` [refactor.rewrite]
- add types to `f` [refactor.rewrite]
- simplify `f` [refactor.rewrite]
> look only source.codex
- write tests for `f` [source]
- explain `f` [source]
= m.py
  def f():
      return 1


  def g():
      return 2
