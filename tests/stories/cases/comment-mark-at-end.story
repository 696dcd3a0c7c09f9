The mark may be at the end, and other comments stay
feature: comments

--- m.py
# Of the first function.

# return two ‸AI!
def f():
    return 1

--- agent
Two.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 2
*** End Patch

--- does
choose "do “return two”"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "do “return two”"
edit: Codex: Two.
progress ends: m.py: 2 changes (m.py parsed) [llm]
m.py:
  - # return two AI!
  -     return 1
  +     return 2
> take
= m.py
  # Of the first function.

  def f():
      return 2

=== kate
> choose "do “return two”"
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:3 hint: Proposed change 1 of 2 (−1 +0): Two.
    − # return two AI!
m.py:5 hint: Proposed change 2 of 2 (−1 +1): Two.
    −     return 1
    +     return 2
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - # return two AI!
  -     return 1
  +     return 2
m.py: no marks any more
= m.py  (as above)
