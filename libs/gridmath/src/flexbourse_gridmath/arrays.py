"""Names of the array types, and arrays that cannot be changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Complex = npt.NDArray[np.complex128]
Real = npt.NDArray[np.float64]
Integer = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def frozen(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same values, contiguous and read-only."""
    result = np.array(values, order="C")
    result.setflags(write=False)
    return result


def integers(values: Iterable[int]) -> Integer:
    """The values in a read-only array, int64."""
    return frozen(np.array(list(values), dtype=np.int64))
