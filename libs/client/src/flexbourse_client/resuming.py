"""Streams that go on where they broke."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from flexbourse_client.errors import NotAuthenticatedError, NotDecidedError

MAX_ATTEMPTS = 10  # in a row, without a response between
FIRST_PAUSE_S = 0.1
MAX_PAUSE_S = 5.0

Response = TypeVar("Response")


def resumed(
    ask: Callable[[int], Iterator[Response]], place_of: Callable[[Response], int], after: int
) -> Iterator[Response]:
    """Yield the responses of a stream for ever; where it breaks, ask for those behind the last one's place.

    Raises NotDecidedError after many vain attempts in a row.
    """
    failures, pause_s = 0, FIRST_PAUSE_S
    while True:
        try:
            for response in ask(after):
                after = place_of(response)
                failures, pause_s = 0, FIRST_PAUSE_S
                yield response
        except (NotDecidedError, NotAuthenticatedError):
            failures += 1
            if failures >= MAX_ATTEMPTS:
                raise
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, MAX_PAUSE_S)
