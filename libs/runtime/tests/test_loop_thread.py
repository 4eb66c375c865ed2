"""A loop in a thread of its own is there while it runs, and leaves nothing open."""

from __future__ import annotations

import asyncio
import gc
import warnings

from flexbourse_runtime.loop_thread import LoopThread


def test_a_thread_that_never_began_leaves_nothing_open() -> None:
    gc.collect()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", ResourceWarning)
        LoopThread("never begun").stop()
        gc.collect()
    assert [str(warning.message) for warning in seen] == []


def test_a_loop_is_closed_with_what_still_ran_on_it() -> None:
    thread = LoopThread("begun")
    thread.start()
    waiting = asyncio.run_coroutine_threadsafe(asyncio.sleep(3_600), thread.loop)
    assert thread.run(asyncio.sleep(0, "done"), 10) == "done"
    thread.stop()
    assert waiting.cancelled()
    assert thread.loop.is_closed()
