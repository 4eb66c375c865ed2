"""Recovered state is not walked by the garbage collector again; later garbage is."""

from __future__ import annotations

import gc
import weakref

from flexbourse_runtime.serve import freeze_recovered


class Node:
    """Something that can be part of a cycle."""

    def __init__(self) -> None:
        self.other: Node = self


def test_what_stands_is_frozen_and_what_comes_later_is_collected() -> None:
    gone, kept = weakref.ref(Node()), Node()
    try:
        freeze_recovered()
        assert gone() is None, "garbage is not kept for ever"
        assert gc.get_freeze_count() > 0
        assert not any(found is kept for found in gc.get_objects())
        later = weakref.ref(Node())
        gc.collect()
        assert later() is None
    finally:
        gc.unfreeze()
