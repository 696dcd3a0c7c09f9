In markup, too
feature: comments

--- m.html
<p>
  <!-- AI! say hel‸lo -->
</p>

--- agent
Hello.
*** Begin Patch
*** Update File: m.html
 <p>
+  Hello
   <!-- AI! say hello -->
*** End Patch

--- does
choose "do “say hello”"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "do “say hello”"
edit: Codex: Hello.
progress ends: m.html: 1 change (m.html parsed) [llm]
m.html:
  -   <!-- AI! say hello -->
  +   Hello
> take
= m.html
  <p>
    Hello
  </p>

=== kate
> choose "do “say hello”"
progress ends: m.html: 1 change (m.html parsed) [llm]. The changes wait as code actions at their places.
m.html:2 hint: Proposed change (−1 +1): Hello.
    −   <!-- AI! say hello -->
    +   Hello
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.html:
  -   <!-- AI! say hello -->
  +   Hello
m.html: no marks any more
= m.html  (as above)
