"""Recovered state is not walked by the garbage collector; what is garbage before and after it is collected."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from flexbourse_runtime.collector import freeze_recovered, suspend_collector


class Node:
    """Something that can be part of a cycle."""

    def __init__(self) -> None:
        self.other: Node = self


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    known = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*known)
    gc.enable()


def test_what_stands_is_frozen_and_what_comes_later_is_collected() -> None:
    gone, kept = weakref.ref(Node()), Node()
    suspend_collector()
    assert gone() is None, "garbage is not kept for ever"
    freeze_recovered()
    assert gc.get_freeze_count() > 0
    assert not any(found is kept for found in gc.get_objects())
    later = weakref.ref(Node())
    gc.collect()
    assert later() is None


def test_recovery_is_not_interrupted_and_young_garbage_goes_by_itself() -> None:
    looks: list[str] = []
    watch = lambda phase, _info: looks.append(phase)  # noqa: E731 - a callback of one line
    suspend_collector()
    gc.callbacks.append(watch)
    try:
        state = [[] for _ in range(100_000)]
        assert looks == [], "no walk while state is recovered"
        freeze_recovered()
        later = weakref.ref(Node())
        state += [[] for _ in range(100_000)]
        assert later() is None, "nobody asked for it"
    finally:
        gc.callbacks.remove(watch)
