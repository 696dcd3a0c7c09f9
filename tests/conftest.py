"""What holds for every test."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import runtime_folder, workers

HERE = Path(__file__).parent
SLOW = (
    "bench/test_bench.py",
    "bench/test_cli.py",
    "cli/test_ask.py",
    "cli/test_demo.py",
    "cli/test_light.py",
    "e2e/",
    "endpoint/test_door.py",
    "endpoint/test_probe_stack.py",
    "endpoint/test_remote.py",
    "endpoint/test_shared.py",
    "faults/test_endpoint",
    "llm/test_example.py",
    "packages/test_contents.py",
    "services/mini/",
    "stories/test_anything.py",
)

# Read when LiteLLM is imported, which a test module may do before it imports ours: no network, no `.env`.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_MODE"] = "PRODUCTION"
# No worker is shared with the person who runs the tests, and no run of a test is on their record.
os.environ["XDG_RUNTIME_DIR"] = os.environ["XDG_STATE_HOME"] = runtime_folder()


def pytest_configure(config: pytest.Config) -> None:
    # pydantic's, about LiteLLM's types, at their first use.
    config.addinivalue_line("filterwarnings", "ignore:.*using the `ReadOnly` qualifier:UserWarning")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What is left out anyhow is not even imported: it takes as long as a tenth of the quick tests."""
    return True if config.getoption("markexpr") == "not slow" and is_slow(collection_path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts whole programs, LiteLLM and all, as slow: `tests/run --quick` leaves it out."""
    for item in items:
        if is_slow(item.path):
            item.add_marker(pytest.mark.slow)


def is_slow(path: Path) -> bool:
    return path.is_relative_to(HERE) and path.relative_to(HERE).as_posix().startswith(SLOW)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI nothing is skipped: a missing part is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("under CI=true a skipped test is a failure", red=True)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder of the test's own, in the environment; its workers are gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="cl-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    deadline = time.monotonic() + 5
    while left := workers(folder):
        assert time.monotonic() < deadline, f"workers {left} were left behind"
        time.sleep(0.02)
    shutil.rmtree(folder)
