What is switched off is not offered
feature: quiet
settings: {"hiddenActions": ["docs", "types", "explain", "python:simplify"]}

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
look

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> look
- tidy up `f` [refactor.rewrite]
- write tests for `f` [source]
= m.py
  def f():
      return 1


  def g():
      return 2
