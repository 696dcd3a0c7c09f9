A model's run, tool by tool
feature: progress

--- m.py
def f():
    return ‸1


def g():
    return 2

--- on disk: other.py
x = 1

--- agent calls
read_file {"path": "other.py", "start": null, "end": null}

--- agent calls
edit {"patch": "*** Begin Patch\n*** Update File: m.py\n-    return 1\n+    return 10\n*** End Patch"}

--- agent
Ten.

--- does
ask "Make it ten."
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
edit: Codex: Ten.
progress: Codex: Make it ten.
progress: … reaching the endpoint
progress: … asking a model
progress: … context: … of 16,000 tokens: m.py
progress: … read other.py
progress: … edited m.py
progress: … m.py parsed.
progress: … applying: m.py
progress ends: m.py: 1 change (m.py parsed)
m.py:
  -     return 1
  +     return 10
> take
= m.py
  def f():
      return 10


  def g():
      return 2
= other.py on disk
  x = 1

=== kate
> ask "Make it ten."
progress: Codex: Make it ten.
progress: … reaching the endpoint
progress: … asking a model
progress: … context: … of 16,000 tokens: m.py
progress: … read other.py
progress: … edited m.py
progress: … m.py parsed.
progress ends: m.py: 1 change (m.py parsed). The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     return 1
  +     return 10
m.py: no marks any more
= m.py  (as above)
= other.py on disk  (as above)
