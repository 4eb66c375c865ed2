"""Answers as the deduplication window keeps them: in bytes, long ones compressed.

An answer to a batch of 500 orders repeats each order, 90 kB; an hour of them is most of a shard's memory, and was most
of the time that a snapshot took. Nearly all of it is names that come again and again.
"""

from __future__ import annotations

import zlib

from flexbourse.common.v1 import common_pb2

PLAIN, COMPRESSED = b"\x00", b"\x01"
COMPRESS_FROM_BYTES = 2_048  # below, the time is not worth the room
FASTEST = 1


def pack(value: bytes) -> bytes:
    """Return what to keep of an encoded answer; equal answers give equal bytes."""
    if len(value) < COMPRESS_FROM_BYTES:
        return PLAIN + value
    return COMPRESSED + zlib.compress(value, FASTEST)


def unpack(packed: bytes) -> common_pb2.Answer:
    """Return the answer."""
    value = packed[1:]
    return common_pb2.Answer.FromString(zlib.decompress(value) if packed[:1] == COMPRESSED else value)
