"""A network of the library does not depend on who else draws random numbers in the process."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Iterator

import pytest

from flexbourse_networks.from_pandapower.library import library_network

DRAWN = "kerber-dorf"  # its house connections have cables of two types, by chance


def cables() -> list[str]:
    return [str(kind) for kind in library_network(DRAWN).line.std_type]


@pytest.fixture
def somebody_draws() -> Iterator[None]:
    """Draw from the process's generator all the time, in another thread that gets its turn often."""
    over, interval = threading.Event(), sys.getswitchinterval()

    def draw() -> None:
        while not over.is_set():
            random.random()

    thread = threading.Thread(target=draw)
    sys.setswitchinterval(1e-5)
    thread.start()
    yield
    over.set()
    thread.join()
    sys.setswitchinterval(interval)


def test_the_same_cables_alone_and_beside_a_thread_that_draws(
    request: pytest.FixtureRequest,
) -> None:
    alone = cables()
    assert len(set(alone)) > 1
    request.getfixturevalue("somebody_draws")
    assert cables() == alone


def test_the_process_keeps_its_own_generator() -> None:
    random.seed(7)
    expected = random.random()
    random.seed(7)
    cables()
    assert random.random() == expected
