"""Both packages, built once."""

from __future__ import annotations

import pytest

from tests.packages.built import Built, build


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The wheel and the sdist of this checkout."""
    return build(tmp_path_factory.mktemp("built"))
