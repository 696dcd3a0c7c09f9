While it is off nothing is offered, and an editor that can says why
feature: status
settings: {"state": "off"}

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
status
look
ask "Make it ten."

=== eglot, kate, neovim-0.11, sublime
> status
- Codex: off
> look
- nothing is offered
~ nothing says why nothing is offered: it shows no disabled actions
> ask "Make it ten."
- refused: codex-agent is off: set LITELLM_ENABLE_CODEX_AGENT=1 and restart the server to use it.
warning: codex-agent is off: set LITELLM_ENABLE_CODEX_AGENT=1 and restart the server to use it.
= m.py
  def f():
      return 1


  def g():
      return 2

=== helix, neovim-0.12, vscode
> status  (as above)
> look
- ask the agent [refactor.rewrite] (disabled: codex-agent is off: set LITELLM_ENABLE_CODEX_AGENT=1 and restart the server.)
> ask "Make it ten."  (as above)
= m.py  (as above)
