"""codex-lsp: a language server that puts a coding agent into every editor."""

__version__ = "0.1.0"
