"""The stack's suite yields what it promises."""

from __future__ import annotations

import pytest

from tests.bench.conftest import Quick


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_stack_suite_runs_and_is_right(quick: Quick) -> None:
    shown = quick("stack")
    figures = shown["figures"]
    both = {"chat", "run", "together_50", "sidecar"}
    names = {f"stack.{what}.{unit}" for what in both for unit in ("ms", "ratio")}
    assert set(figures) == names | {"stack.first_step.ms"}
    assert all(value > 0 for value in figures.values())
