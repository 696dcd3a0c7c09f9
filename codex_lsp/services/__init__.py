"""The HTTP endpoints that this project ships, so far the offline agent. They know no LSP and no LiteLLM."""
