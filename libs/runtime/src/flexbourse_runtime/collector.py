"""When Python's cycle collector works in a process that holds recovered state, and on what.

What a shard holds has no reference cycles, so that reference counts free all of it, and a walk over it finds nothing:
55 ms between two batches on an empty platform, and more with every order that rests. Modules and recovered state are
therefore taken out of the collector's sight. What comes later it still looks at while it is young: clients, servers and
exceptions make cycles, of short life.
"""

from __future__ import annotations

import gc

YOUNG = 10_000  # more new than freed containers until the newest are looked at: below a millisecond
MIDDLE = 10  # looks at the newest until those that survived one are looked at again: some milliseconds
OLD = 1_000  # and so many of these until everything since the start is: a hundred million containers later


def suspend_collector() -> None:
    """Clear what the start has left, then let recovery allocate as much as it needs without any walk."""
    gc.collect()
    gc.disable()


def freeze_recovered() -> None:
    """Take what stands in memory now out of the collector's sight and let it work on; once, after recovery."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    gc.enable()
