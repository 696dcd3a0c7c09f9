With git commit -v the diff below the scissors stays
feature: ready

--- COMMIT_EDITMSG
‸
# Changes to be committed:
#	modified:   m.py
#
# ------------------------ >8 ------------------------
# Do not modify or remove the line above.
diff --git a/m.py b/m.py
@@ -1 +1 @@
-a = 1
+a = 2

--- agent
Said.
*** Begin Patch
*** Update File: COMMIT_EDITMSG
+Set a to two
 
 # Changes to be committed:
*** End Patch

--- does
choose "write the commit message"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "write the commit message"
edit: Codex: Said.
progress ends: COMMIT_EDITMSG: 1 change [llm]
COMMIT_EDITMSG:
  + Set a to two
> take
= COMMIT_EDITMSG
  Set a to two

  # Changes to be committed:
  #	modified:   m.py
  #
  # ------------------------ >8 ------------------------
  # Do not modify or remove the line above.
  diff --git a/m.py b/m.py
  @@ -1 +1 @@
  -a = 1
  +a = 2

=== kate
> choose "write the commit message"
progress ends: COMMIT_EDITMSG: 1 change [llm]. The changes wait as code actions at their places.
COMMIT_EDITMSG:1 hint: Proposed change (−0 +1): Said.
    + Set a to two
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
COMMIT_EDITMSG:
  + Set a to two
COMMIT_EDITMSG: no marks any more
= COMMIT_EDITMSG  (as above)
