"""What a late collection of garbage finds: nothing, where all that a process drops goes by its reference count."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_asleep() -> Iterator[None]:
    """Have nothing collected inside, and what stands at the beginning out of sight."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.unfreeze()
        gc.enable()


def left_behind() -> Counter[str]:
    """Return the types of what only the collector would free, with their count; inside `collector_asleep`."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    found = Counter(f"{type(thing).__module__}.{type(thing).__qualname__}" for thing in gc.garbage)
    gc.set_debug(0)
    gc.garbage.clear()
    return found
