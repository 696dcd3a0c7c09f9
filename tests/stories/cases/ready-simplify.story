Simplify
feature: ready

--- m.py
def add(a, b):
    c ‸= a + b
    return c

--- agent
Shorter.
*** Begin Patch
*** Update File: m.py
-    c = a + b
-    return c
+    return a + b
*** End Patch

--- does
choose "simplify `add`"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "simplify `add`"
edit: Codex: Shorter.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  -     c = a + b
  -     return c
  +     return a + b
> take
= m.py
  def add(a, b):
      return a + b

=== kate
> choose "simplify `add`"
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2-3 hint: Proposed change (−2 +1): Shorter.
    −     c = a + b
    −     return c
    +     return a + b
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  -     c = a + b
  -     return c
  +     return a + b
m.py: no marks any more
= m.py  (as above)
