An ask of one's own that is answered
feature: custom

--- own ask: review.md
---
title: review {}
kind: answer
---
What is wrong with it?

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Nothing.

--- does
show "review `f`"

=== eglot, neovim-0.11, neovim-0.12, sublime, vscode
> show "review `f`"
progress ends: Nothing.
document: STATE/shown/answer-about-m-py.txt
  | What is wrong with it?
  | (m.py, line 2)
  |
  | Nothing. [llm]
= m.py
  def f():
      return 1


  def g():
      return 2

=== helix, kate
> show "review `f`"
~ a message holds the text, or names the file that does: it shows no documents for a server
progress ends: Nothing.
info: Nothing. [llm]
= m.py  (as above)
