"""Attacks by a hostile model and hostile repositories, and harmless twins: `python -m tests.attacks`."""
