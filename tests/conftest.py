"""What holds for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SLOW = ("e2e/", "cli/test_ask.py", "cli/test_demo.py", "llm/test_example.py", "faults/test_endpoint.py")

# Read when LiteLLM is imported, which a test module may do before it imports ours: no network, no `.env`.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_MODE"] = "PRODUCTION"


def pytest_configure(config: pytest.Config) -> None:
    # pydantic's, about LiteLLM's types, at their first use.
    config.addinivalue_line("filterwarnings", "ignore:.*using the `ReadOnly` qualifier:UserWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts whole programs, LiteLLM and all, as slow: `tests/run --quick` leaves it out."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.path.relative_to(HERE).as_posix().startswith(SLOW):
            item.add_marker(pytest.mark.slow)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI nothing is skipped: a missing part is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("under CI=true a skipped test is a failure", red=True)
