"""The agent's endpoint as this process sees it: configuration, typed errors, and the worker that talks to it.

Nothing here imports LiteLLM. `codex_lsp.llm` does, and runs in a child process (`remote.RemoteModel`).
"""
