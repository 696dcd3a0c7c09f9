An endpoint that fails is told once, with what to do
feature: failures

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent fails
The endpoint cannot be reached: is it running? codex-lsp doctor tells more.

--- does
ask "Make it ten."
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: The endpoint cannot be reached: is it running? codex-lsp doctor tells more.
error: The endpoint cannot be reached: is it running? codex-lsp doctor tells more.
> status
- Codex · failed
- last error: model
= m.py
  def f():
      return 1


  def g():
      return 2
