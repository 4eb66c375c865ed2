"""Makes the shard of these tests importable, and gives one whose journal is folded at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from gridcheck_world import GridShard


@pytest.fixture
def shard() -> Iterator[GridShard]:
    """Return a shard with the small street; at the end its journal must lead to the live state."""
    world = GridShard()
    yield world
    world.drive.recovered()
