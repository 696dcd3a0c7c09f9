"""The run: from an ask over snapshots to a proposal. Knows Model and Overlay, never LiteLLM, never LSP."""
