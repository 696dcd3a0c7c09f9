In other languages, in the comments of these
feature: comments

--- m.js
/* AI! two,
 * ple‸ase
 */
function f() {
  return 1;
}

--- agent
Two.
*** Begin Patch
*** Update File: m.js
-  return 1;
+  return 2;
*** End Patch

--- does
choose "do “two, please”"
take

=== eglot, helix, neovim-0.11, neovim-0.12, sublime, vscode
> choose "do “two, please”"
edit: Codex: Two.
progress ends: m.js: 2 changes (m.js parsed) [llm]
m.js:
  - /* AI! two,
  -  * please
  -  */
  -   return 1;
  +   return 2;
> take
= m.js
  function f() {
    return 2;
  }

=== kate
> choose "do “two, please”"
progress ends: m.js: 2 changes (m.js parsed) [llm]. The changes wait as code actions at their places.
m.js:1-3 hint: Proposed change 1 of 2 (−3 +0): Two.
    − /* AI! two,
    −  * please
    −  */
m.js:5 hint: Proposed change 2 of 2 (−1 +1): Two.
    −   return 1;
    +   return 2;
> take
~ the changes wait as code actions and are accepted there: it takes no edits from a server
m.js:
  - /* AI! two,
  -  * please
  -  */
  -   return 1;
  +   return 2;
m.js: no marks any more
= m.js  (as above)
