What would not parse any more waits for a look
feature: failures

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
+    return (1
*** End Patch

--- does
ask "Make it ten."
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: Please look first: m.py would no longer parse: '(' was never closed (line 2). The changes wait as code actions at their places.
warning: Please look first: m.py would no longer parse: '(' was never closed (line 2). The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten and twenty.
    −     return 1
    +     return (1
> take
m.py:
  -     return 1
  +     return (1
m.py: no marks any more
= m.py
  def f():
      return (1


  def g():
      return 2

=== kate
> ask "Make it ten."
progress ends: m.py: 1 change (m.py would no longer parse: '(' was never closed (line 2)) [llm]. The changes wait as code actions at their places.
warning: m.py: 1 change (m.py would no longer parse: '(' was never closed (line 2)) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten and twenty.
    −     return 1
    +     return (1
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return (1
m.py: no marks any more
= m.py  (as above)
