No comment asks before the person does
feature: quiet

--- m.py
# AI! t‸wo
x = 1

--- does
look automatic

=== helix, neovim-0.11, neovim-0.12, sublime, vscode
> look automatic
- nothing is offered
= m.py
  # AI! two
  x = 1

=== eglot, kate
> look automatic
- do “two” [refactor.rewrite]
- do the AI! comment in line 1 [source]
~ all actions are offered whenever it asks: it does not say that nobody asked for them
= m.py  (as above)
