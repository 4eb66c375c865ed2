"""Every draw of the day comes from here: one seed, one stream per purpose.

A stream is named, so that a new draw in one place does not move the draws of another.
"""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """Return the generator of one purpose.

    Args:
        seed: seed of the whole day, not negative.
        purpose: names and numbers that say what is drawn, for example ``("solar", "h-3-11")``.
    """
    if seed < 0:
        raise ValueError(f"seed was {seed}, must not be negative")
    return np.random.default_rng([seed, zlib.crc32("/".join(map(str, purpose)).encode())])
