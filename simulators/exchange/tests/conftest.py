"""Lets the tests of this folder share `exchange_process`, and gives each the simulators that it starts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from exchange_process import Client, Exchange


@pytest.fixture
def start() -> Iterator[Callable[..., Exchange]]:
    """Start simulators; they end with the test."""
    running: list[Exchange] = []

    def started(*arguments: str) -> Exchange:
        running.append(Exchange(*arguments))
        return running[-1]

    yield started
    for exchange in running:
        exchange.stop()


@pytest.fixture(scope="session")
def shared() -> Iterator[Exchange]:
    """Start one simulator with a driven clock and nobody else on the market."""
    running = Exchange("--driven", "2026-01-15T08:00:00Z", "--seed", "0", "--user", "ann:a", "--user", "bob:b")
    yield running
    assert running.stop() == ""


@pytest.fixture
def exchange(shared: Exchange) -> Exchange:
    """Return the shared simulator as it was at its start."""
    assert shared.operator.post("/simulator/reset").status == 204
    return shared


@pytest.fixture
def ann(exchange: Exchange) -> Client:
    """Return a member."""
    return exchange.client("ann")


@pytest.fixture
def bob(exchange: Exchange) -> Client:
    """Return another member."""
    return exchange.client("bob")
