"""What holds for every test."""

from __future__ import annotations

import os

import pytest

# Read when LiteLLM is imported, which a test module may do before it imports ours: no network, no `.env`.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_MODE"] = "PRODUCTION"


def pytest_configure(config: pytest.Config) -> None:
    # pydantic's, about LiteLLM's types, at their first use.
    config.addinivalue_line("filterwarnings", "ignore:.*using the `ReadOnly` qualifier:UserWarning")
