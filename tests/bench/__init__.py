"""Benchmarks: `python -m tests.bench SUITE [--json] [--quick]`; docs/BENCHMARKS.md has what they show."""
