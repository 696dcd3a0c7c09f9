Nothing of an answer is a link or an image
feature: explain

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
See [this](command:evil.run) and ![that](https://example.com/x.png) or <img src=x>.

--- does
show "explain `f`"

=== eglot, neovim-0.11, neovim-0.12, sublime, vscode
> show "explain `f`"
progress ends: See [this] (command:evil.run) and ![that] (https://example.com/x.png) or < img src=x>.
document: STATE/shown/answer-about-m-py.txt
  | Explain this code.
  | (m.py, line 2)
  |
  | See [this](command:evil.run) and ![that](https://example.com/x.png) or <img src=x>. [llm]
= m.py
  def f():
      return 1


  def g():
      return 2

=== helix, kate
> show "explain `f`"
~ a message holds the text, or names the file that does: it shows no documents for a server
progress ends: See [this] (command:evil.run) and ![that] (https://example.com/x.png) or < img src=x>.
info: See [this] (command:evil.run) and ![that] (https://example.com/x.png) or < img src=x>. [llm]
= m.py  (as above)
