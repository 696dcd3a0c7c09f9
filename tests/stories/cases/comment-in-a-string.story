What only looks like a comment asks for nothing
feature: comments

--- m.py
x = "# AI! ‸two"

--- does
look only source

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> look only source
- nothing is offered
= m.py
  x = "# AI! two"
