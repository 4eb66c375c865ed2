"""Lets the tests of this folder share the street and its day, and runs the day once for all that only look at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from street_day import FinishedDay, embedded_day  # the path above has to come first


@pytest.fixture(scope="session")
def finished_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FinishedDay]:
    """One whole day on the embedded engine, the platform stopped afterwards; nobody changes its folder."""
    with embedded_day(tmp_path_factory.mktemp("street") / "data") as day:
        yield day
