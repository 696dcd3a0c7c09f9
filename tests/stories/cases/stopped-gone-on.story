A run that was stopped is gone on with
feature: stopped

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent calls
edit {"patch": "*** Begin Patch\n*** Update File: m.py\n-    return 1\n+    return 10\n*** End Patch"}

--- agent waits

--- agent calls
edit {"patch": "*** Begin Patch\n*** Update File: m.py\n@@ def g():\n-    return 2\n+    return 20\n*** End Patch"}

--- agent
Done.

--- does
begin "Make it ten."
cancel
command codexLsp.offer
refine "Go on."
accept all

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> begin "Make it ten."
> cancel
progress ends: cancelled. What was made of m.py until then is kept, not applied.
> command codexLsp.offer
- {"offered": "RUN-1"}
info: m.py: 1 change (m.py parsed). The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Unfinished: Make it ten.
    −     return 1
    +     return 10
> refine "Go on."
progress ends: m.py: 2 changes (m.py parsed). The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Done.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Done.
    −     return 2
    +     return 20
> accept all
m.py:
  -     return 1
  +     return 10
  -     return 2
  +     return 20
m.py: no marks any more
= m.py
  def f():
      return 10


  def g():
      return 20
