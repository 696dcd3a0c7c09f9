What was typed at a change's place can stay, and the change is gone
feature: hunks
settings: {"apply": "review"}

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Ten.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 10
*** End Patch

--- does
ask "Make it ten."
replace "return 1" "return 11"
reject "return 11"
status

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change (−1 +1): Ten.
    −     return 1
    +     return 10
> replace "return 1" "return 11"
m.py:2 information: Proposed change conflicts with what was typed: Ten.
    Proposed was:
        return 10
> reject "return 11"
m.py: no marks any more
> status
- Codex [llm]
- proposal: rejected
= m.py
  def f():
      return 11


  def g():
      return 2
