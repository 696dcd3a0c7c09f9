What would be sent, without sending it
feature: show
settings: {"road": "agent"}

--- m.py
def f():
    return ‸1


def g():
    return 2

--- does
prompt "Make it ten."
status

=== eglot, neovim-0.11, neovim-0.12, sublime, vscode
> prompt "Make it ten."
document: STATE/shown/prompt-for-m-py.txt
  | # What would be sent to an agent
  |
  | Context: … of 16,000 tokens: m.py
  |
  | ## user
  |
  | Path: m.py
  | Lines: 1-2
  | Instruction: Make it ten.
  |
  | ## codex_agent
  |
  | {
  |   "workspace": {
  |     "files": [
  |       {
  |         "path": "m.py",
  |         "text": "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
  |       }
  |     ],
  |     "focus": {
  |       "path": "m.py",
  |       "start": {
  |         "line": 0,
  |         "character": 0
  |       },
  |       "end": {
  |         "line": 2,
  |         "character": 0
  |       },
  |       "diagnostics": []
  |     }
  |   }
  | }
> status
- Codex
= m.py
  def f():
      return 1


  def g():
      return 2

=== helix, kate
> prompt "Make it ten."
~ a message holds the text, or names the file that does: it shows no documents for a server
info: # What would be sent to an agent

    Context: … of 16,000 tokens: m.py

    ## user

    Path: m.py
    Lines: 1-2
    Instruction: Make it ten.

    ## codex_agent

    {
      "workspace": {
        "files": [
          {
            "path": "m.py",
            "text": "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
          }
        ],
        "focus": {
          "path": "m.py",
          "start": {
            "line": 0,
            "character": 0
          },
          "end": {
            "line": 2,
            "character": 0
          },
          "diagnostics": []
        }
      }
    }

> status  (as above)
= m.py  (as above)
