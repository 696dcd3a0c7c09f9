One change as a diff
feature: show
settings: {"apply": "review"}

--- m.py
def f():
    return ‸1


def g():
    return 2

--- agent
Ten and twenty.
*** Begin Patch
*** Update File: m.py
-    return 1
+    return 10
@@ def g():
-    return 2
+    return 20
*** End Patch

--- does
ask "Make it ten."
show "show diff of this change"

=== eglot, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Make it ten."
progress ends: m.py: 2 changes (m.py parsed) [llm]. The changes wait as code actions at their places.
m.py:2 hint: Proposed change 1 of 2 (−1 +1): Ten and twenty.
    −     return 1
    +     return 10
m.py:6 hint: Proposed change 2 of 2 (−1 +1): Ten and twenty.
    −     return 2
    +     return 20
> show "show diff of this change"
document: STATE/shown/diff-of-m-py.diff
  | # Ten and twenty.
  | # m.py parsed.
  |
  | --- a/m.py
  | +++ b/m.py
  | @@ -1,5 +1,5 @@
  |  def f():
  | -    return 1
  | +    return 10
  |
  |
  |  def g():
= m.py
  def f():
      return 1


  def g():
      return 2

=== helix, kate
> ask "Make it ten."  (as above)
> show "show diff of this change"
~ a message holds the text, or names the file that does: it shows no documents for a server
info: --- a/m.py
    +++ b/m.py
    @@ -1,5 +1,5 @@
     def f():
    -    return 1
    +    return 10


     def g():

= m.py  (as above)
