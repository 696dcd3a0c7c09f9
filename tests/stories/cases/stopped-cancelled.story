What a run had made that was cancelled can be had, and nobody is disturbed
feature: stopped

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent calls
edit {"patch": "*** Begin Patch\n*** Update File: m.py\n-    return 1\n+    return 10\n*** End Patch"}

--- agent waits

--- agent
Done.

--- does
begin "Make it ten."
cancel
status
choose "show what the stopped run had changed"
accept all
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> begin "Make it ten."
> cancel
progress ends: cancelled. What was made of m.py until then is kept, not applied.
> status
- Codex
> choose "show what the stopped run had changed"
info: m.py: 1 change (m.py parsed). The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Unfinished: Make it ten.
    −     return 1
    +     return 10
> accept all
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
> status
- Codex
- proposal: applied, can be taken back
= m.py
  def f():
      return 10


  def g():
      return 2
