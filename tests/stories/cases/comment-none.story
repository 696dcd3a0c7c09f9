Where no comment asks nothing of the kind is offered
feature: comments

--- m.py
# Ask AI about ‸it!
x = 1

--- does
look only source
command codexLsp.askComments {"uri": "DOCUMENT"}

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> look only source
- nothing is offered
> command codexLsp.askComments {"uri": "DOCUMENT"}
- {"run": null, "error": {"code": "no_comments", "message": "There is no comment here that asks: begin or end one with AI!"}}
warning: There is no comment here that asks: begin or end one with AI!
= m.py
  # Ask AI about it!
  x = 1
