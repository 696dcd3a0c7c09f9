A long answer is a document, or in a file that a message names
feature: explain

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Line 0 of what is to be said about a function that returns one and does nothing else.
Line 1 of what is to be said about a function that returns one and does nothing else.
Line 2 of what is to be said about a function that returns one and does nothing else.
Line 3 of what is to be said about a function that returns one and does nothing else.
Line 4 of what is to be said about a function that returns one and does nothing else.
Line 5 of what is to be said about a function that returns one and does nothing else.
Line 6 of what is to be said about a function that returns one and does nothing else.
Line 7 of what is to be said about a function that returns one and does nothing else.
Line 8 of what is to be said about a function that returns one and does nothing else.

--- does
show "explain `f`"

=== eglot, neovim-0.11, neovim-0.12, sublime, vscode
> show "explain `f`"
progress ends: Line 0 of what is to be said about a function that returns one and does nothing else.
document: STATE/shown/answer-about-m-py.txt
  | Explain this code.
  | (m.py, line 2)
  |
  | Line 0 of what is to be said about a function that returns one and does nothing else.
  | Line 1 of what is to be said about a function that returns one and does nothing else.
  | Line 2 of what is to be said about a function that returns one and does nothing else.
  | Line 3 of what is to be said about a function that returns one and does nothing else.
  | Line 4 of what is to be said about a function that returns one and does nothing else.
  | Line 5 of what is to be said about a function that returns one and does nothing else.
  | Line 6 of what is to be said about a function that returns one and does nothing else.
  | Line 7 of what is to be said about a function that returns one and does nothing else.
  | Line 8 of what is to be said about a function that returns one and does nothing else. [llm]
= m.py
  def f():
      return 1


  def g():
      return 2

=== helix, kate
> show "explain `f`"
~ a message holds the text, or names the file that does: it shows no documents for a server
progress ends: Line 0 of what is to be said about a function that returns one and does nothing else.
info: Codex: the answer about m.py is in STATE/shown/answer-about-m-py.txt
= m.py  (as above)
