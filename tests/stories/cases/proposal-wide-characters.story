Characters that some encodings count twice shift nothing
feature: proposals

--- m.py
name = '😀 naïve 文字'; one = ‸1  # 😀
rest = '文字'

--- agent
Ten and twenty.
*** Begin Patch
*** Update File: m.py
-name = '😀 naïve 文字'; one = 1  # 😀
+name = '😀 naïve 文字'; one = 10  # 😀
*** End Patch

--- does
ask "Make it ten."
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
edit: Codex: Ten and twenty.
progress ends: m.py: 1 change (m.py parsed) [llm]
m.py:
  - name = '😀 naïve 文字'; one = 1  # 😀
  + name = '😀 naïve 文字'; one = 10  # 😀
> take
= m.py
  name = '😀 naïve 文字'; one = 10  # 😀
  rest = '文字'

=== kate
> ask "Make it ten."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:1 hint: Proposed change (−1 +1): Ten and twenty.
    − name = '😀 naïve 文字'; one = 1  # 😀
    + name = '😀 naïve 文字'; one = 10  # 😀
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.py:
  - name = '😀 naïve 文字'; one = 1  # 😀
  + name = '😀 naïve 文字'; one = 10  # 😀
m.py: no marks any more
= m.py  (as above)
