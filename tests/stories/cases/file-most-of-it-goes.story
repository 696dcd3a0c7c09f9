Where more than half of a file would go, the person looks first
feature: files

--- m.py
‸a = 1
b0 = 0
b1 = 1
b2 = 2
b3 = 3
b4 = 4
b5 = 5
b6 = 6
b7 = 7
b8 = 8
b9 = 9
b10 = 10
b11 = 11
b12 = 12
b13 = 13
b14 = 14
b15 = 15
b16 = 16
b17 = 17
b18 = 18
b19 = 19
b20 = 20
b21 = 21
b22 = 22
b23 = 23
b24 = 24
b25 = 25
b26 = 26
b27 = 27
b28 = 28
b29 = 29
b30 = 30
b31 = 31
b32 = 32
b33 = 33
b34 = 34
b35 = 35
b36 = 36
b37 = 37
b38 = 38
b39 = 39

--- agent
Short.
*** Begin Patch
*** Update File: m.py
 a = 1
-b0 = 0
-b1 = 1
-b2 = 2
-b3 = 3
-b4 = 4
-b5 = 5
-b6 = 6
-b7 = 7
-b8 = 8
-b9 = 9
-b10 = 10
-b11 = 11
-b12 = 12
-b13 = 13
-b14 = 14
-b15 = 15
-b16 = 16
-b17 = 17
-b18 = 18
-b19 = 19
-b20 = 20
-b21 = 21
-b22 = 22
-b23 = 23
-b24 = 24
-b25 = 25
-b26 = 26
-b27 = 27
-b28 = 28
-b29 = 29
-b30 = 30
-b31 = 31
-b32 = 32
-b33 = 33
-b34 = 34
-b35 = 35
-b36 = 36
-b37 = 37
-b38 = 38
-b39 = 39
*** End Patch

--- does
ask "Shorten it."
accept all
status

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Shorten it."
progress ends: Please look first: more than half of m.py would be removed. The changes wait as code actions at their places.
warning: Please look first: more than half of m.py would be removed. The changes wait as code actions at their places.
m.py:2-41 hint: Proposed change (−40 +0): Short.
    − b0 = 0
    − b1 = 1
    − b2 = 2
    − b3 = 3
    − b4 = 4
    − b5 = 5
    − … 34 more
> accept all
m.py:
  - b0 = 0
  - b1 = 1
  - b2 = 2
  - b3 = 3
  - b4 = 4
  - b5 = 5
  - b6 = 6
  - b7 = 7
  - b8 = 8
  - b9 = 9
  - b10 = 10
  - b11 = 11
  - b12 = 12
  - b13 = 13
  - b14 = 14
  - b15 = 15
  - b16 = 16
  - b17 = 17
  - b18 = 18
  - b19 = 19
  - b20 = 20
  - b21 = 21
  - b22 = 22
  - b23 = 23
  - b24 = 24
  - b25 = 25
  - b26 = 26
  - b27 = 27
  - b28 = 28
  - b29 = 29
  - b30 = 30
  - b31 = 31
  - b32 = 32
  - b33 = 33
  - b34 = 34
  - b35 = 35
  - b36 = 36
  - b37 = 37
  - b38 = 38
  - b39 = 39
m.py: no marks any more
> status
- Codex [llm]
- proposal: applied, can be taken back
= m.py
  a = 1

=== kate
> ask "Shorten it."
progress ends: m.py: 1 change (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2-41 hint: Proposed change (−40 +0): Short.
    − b0 = 0
    − b1 = 1
    − b2 = 2
    − b3 = 3
    − b4 = 4
    − b5 = 5
    − … 34 more
> accept all  (as above)
> status  (as above)
= m.py  (as above)
