A question is answered; the comment stays
feature: comments

--- m.py
def f():
    return 1  # AI? wh‸at for

--- agent
For nothing.

--- does
look only source
show "answer “what for”"

=== eglot, neovim-0.11, neovim-0.12, sublime, vscode
> look only source
- answer “what for” [source]
- write tests for `f` [source]
- explain `f` [source]
> show "answer “what for”"
progress ends: For nothing.
document: STATE/shown/answer-about-m-py.txt
  | what for
  | (m.py, lines 1–2)
  |
  | For nothing. [llm]
= m.py
  def f():
      return 1  # AI? what for

=== helix, kate
> look only source  (as above)
> show "answer “what for”"
~ a message holds the text, or names the file that does: it shows no documents for a server
progress ends: For nothing.
info: For nothing. [llm]
= m.py  (as above)
