The message of a commit, from what git has put into the file
feature: ready

--- COMMIT_EDITMSG
‸
# Please enter the commit message for your changes.
# Changes to be committed:
#	modified:   m.py

--- agent
Said.
*** Begin Patch
*** Update File: COMMIT_EDITMSG
+Set a to two
 
 # Please enter the commit message for your changes.
*** End Patch

--- does
look
choose "write the commit message"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> look
- write the commit message [refactor.rewrite]
> choose "write the commit message"
edit: Codex: Said.
progress ends: COMMIT_EDITMSG: 1 change [llm]
COMMIT_EDITMSG:
  + Set a to two
> take
= COMMIT_EDITMSG
  Set a to two

  # Please enter the commit message for your changes.
  # Changes to be committed:
  #	modified:   m.py

=== kate
> look  (as above)
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
