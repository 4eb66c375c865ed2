"""Compiled networks of this process, by the digest of their model: a bounded memory of a pure function."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from flexbourse_gridcheck.domain.grid import Grid, compile_grid

MAX_GRIDS = 32  # a grid of 3,000 nodes holds about 15 MB, one of 100 nodes half a megabyte


class Grids:
    """Used by shards, views and effects, each in its own thread."""

    def __init__(self) -> None:
        self._grids: OrderedDict[bytes, Grid] = OrderedDict()
        self._lock = threading.Lock()

    def compiled(self, model: bytes) -> Grid:
        """Return the compiled network; raises flexbourse_gridmath.model.ModelError naming every problem."""
        digest = hashlib.sha256(model).digest()
        found = self.find(digest)
        if found is not None:
            return found
        grid = compile_grid(model)
        with self._lock:
            self._grids[digest] = grid
            while len(self._grids) > MAX_GRIDS:
                self._grids.popitem(last=False)
        return grid

    def find(self, digest: bytes) -> Grid | None:
        """Return the network of a digest, where this process has compiled it."""
        with self._lock:
            grid = self._grids.get(digest)
            if grid is not None:
                self._grids.move_to_end(digest)
            return grid
