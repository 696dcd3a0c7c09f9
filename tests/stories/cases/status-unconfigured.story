Without an endpoint what is chosen says what to set
feature: status
settings: {"state": "unconfigured"}

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
choose "simplify"

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> status
- Codex: unconfigured
> choose "simplify"
- refused: No agent endpoint is configured: set CODEX_AGENT_API_BASE to its address, or start one of your own with `codex-lsp agent --model offline`.
warning: No agent endpoint is configured: set CODEX_AGENT_API_BASE to its address, or start one of your own with `codex-lsp agent --model offline`.
= m.py
  def f():
      return 1


  def g():
      return 2
