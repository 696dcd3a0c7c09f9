An ask for a change that is answered in words says that nothing changes
feature: explain

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
It is one already.

--- does
ask "Make it one."
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it one."
progress ends: No change. It is one already.
info: No change. It is one already. [llm]
> status
- Codex [llm]
= m.py
  def f():
      return 1


  def g():
      return 2
