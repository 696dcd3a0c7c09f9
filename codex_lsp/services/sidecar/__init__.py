"""The Codex sidecar: the real Codex CLI behind the contract of all agents, a workspace in and a patch out."""
