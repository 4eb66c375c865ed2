"""Keccak-256, the hash of Ethereum chains (not SHA3-256: the padding differs).

A batch hashes three times per leaf, so the call itself counts: an extension type takes a fifth of the time of one that
is driven over a foreign-function interface. It is built for Linux alone; elsewhere web3's own hash is taken.
"""

from __future__ import annotations

from collections.abc import Callable


def _found() -> Callable[[bytes], bytes]:
    try:
        from sha3 import keccak_256  # noqa: PLC0415 - it may be absent
    except ImportError:
        from eth_hash.auto import keccak as hashed  # noqa: PLC0415 - it looks for a backend when it is imported

        return hashed
    return lambda data: bytes(keccak_256(data).digest())


_hash = _found()


def keccak(data: bytes) -> bytes:
    """Return the Keccak-256 of some bytes, 32 bytes."""
    return _hash(data)
