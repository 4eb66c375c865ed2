"""Keccak-256, the hash of Ethereum chains (not SHA3-256: the padding differs)."""

from __future__ import annotations

from Crypto.Hash import keccak as _keccak


def keccak(data: bytes) -> bytes:
    """Return the Keccak-256 of some bytes, 32 bytes."""
    return _keccak.new(digest_bits=256, data=data).digest()
