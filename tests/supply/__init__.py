"""What codex-lsp stands on: an audit of the locked requirements, and the list of them for programs."""
