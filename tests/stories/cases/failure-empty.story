An empty reply is told
feature: failures

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent

--- does
ask "Make it ten."
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: The model answered with nothing, so nothing was changed: ask again, or in other words.
error: The model answered with nothing, so nothing was changed: ask again, or in other words.
> status
- Codex · failed
- last error: unfinished
= m.py
  def f():
      return 1


  def g():
      return 2
