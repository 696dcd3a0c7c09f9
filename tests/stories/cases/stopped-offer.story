What a run had made that failed can be had, by a button or an action
feature: stopped

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent calls
edit {"patch": "*** Begin Patch\n*** Update File: m.py\n-    return 1\n+    return 10\n*** End Patch"}

--- agent fails
The endpoint is gone. Ask again.

--- does
press "Show what was made"
ask "Make it ten."
offer
accept all
status

=== eglot, helix, neovim-0.11, neovim-0.12
> press "Show what was made"
> ask "Make it ten."
progress ends: The endpoint is gone. Ask again. What was made of m.py until then is kept, not applied.
error: The endpoint is gone. Ask again. What was made of m.py until then is kept, not applied. A code action there shows it.
> offer
~ a code action instead of a button: it shows none in messages
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
- Codex · failed
- proposal: applied, can be taken back
- last error: model
= m.py
  def f():
      return 10


  def g():
      return 2

=== kate, sublime, vscode
> press "Show what was made"
> ask "Make it ten."
progress ends: The endpoint is gone. Ask again. What was made of m.py until then is kept, not applied.
info: m.py: 1 change (m.py parsed). The changes wait as code actions at their places.
error: The endpoint is gone. Ask again. What was made of m.py until then is kept, not applied. [Show what was made]
m.py:2 hint: Proposed change (−1 +1): Unfinished: Make it ten.
    −     return 1
    +     return 10
> offer
> accept all  (as above)
> status  (as above)
= m.py  (as above)
