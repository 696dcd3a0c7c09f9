"""The offline agent: a deterministic rule engine for Python, behind the same wire as a language model."""
