What a function does is told where it can be read
feature: explain

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
It returns one.

That is all.

--- does
show "explain `f`"

=== eglot, neovim-0.11, neovim-0.12, sublime, vscode
> show "explain `f`"
progress ends: It returns one.
document: STATE/shown/answer-about-m-py.txt
  | Explain this code.
  | (m.py, line 2)
  |
  | It returns one.
  |
  | That is all. [llm]
= m.py
  def f():
      return 1


  def g():
      return 2

=== helix, kate
> show "explain `f`"
~ a message holds the text, or names the file that does: it shows no documents for a server
progress ends: It returns one.
info: It returns one.

    That is all. [llm]
= m.py  (as above)
