"""Run the edit engine on recorded cases of other projects: `python -m tests.conformance DIR`.

`cases` reads a folder, `tiers` says how much is asked of a case, `adapters` and `structure` put a case's
envelope into our own words and call the engine, `compare` says what came of it, `declared` holds the
deviations that are decisions, `run` and `report` count. The cases themselves are third-party data and stay
where they are.
"""
