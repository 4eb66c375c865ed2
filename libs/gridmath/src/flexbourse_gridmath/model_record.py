"""How a model's bytes stand in a record: as they are while they are few, compressed beyond.

Compressed by bzip2: one implementation of one fixed algorithm wherever Python runs, so that equal models have equal
records on every machine, and 3,000 nodes take an eighth of what a record may hold. Deflate has several
implementations in use whose output differs.
"""

from __future__ import annotations

import bz2

# Records up to this size are adopted by value by those who follow a topology.
PLAIN_BYTES = 64 * 1024
LEVEL = 9
_COMPRESSED = b"BZh"


def packed(model: bytes) -> bytes:
    """The form of canonical model bytes in a record."""
    return model if len(model) <= PLAIN_BYTES else bz2.compress(model, LEVEL)


def unpacked(stored: bytes, max_bytes: int) -> bytes:
    """The model bytes of either form; raises ValueError where they are damaged or more than ``max_bytes``."""
    if not stored.startswith(_COMPRESSED):
        return stored
    decompressor = bz2.BZ2Decompressor()
    try:
        model = decompressor.decompress(stored, max_bytes + 1)
    except OSError as e:
        raise ValueError(f"damaged compression: {e}") from e
    if len(model) > max_bytes:
        raise ValueError(f"more than {max_bytes} bytes when decompressed")
    if not decompressor.eof or decompressor.unused_data:
        raise ValueError("damaged compression: cut off, or more behind its end")
    return model
