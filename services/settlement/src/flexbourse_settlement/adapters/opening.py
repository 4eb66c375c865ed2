"""Opens a chain by its address: a file in this process, or a node over JSON-RPC.

`embedded:///path/chain.db` or `http://host:port`. web3 and the embedded node take seconds to import, so they are
imported when a chain is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flexbourse_core.errors import ConfigurationError

if TYPE_CHECKING:
    from flexbourse_settlement.adapters.chain import Chain

EMBEDDED = "embedded://"
REQUEST_TIMEOUT_S = 10


def open_chain(url: str, *, funded: str = "", read_only: bool = False, confirmations: int = 0) -> Chain:
    """Open the chain at `url`.

    `funded` is the account that owns the coins of an embedded chain when it is created. `confirmations` is how many
    blocks must follow before a transaction counts as final; the embedded chain and BFT chains need none.
    Raises ConfigurationError for an address that has neither form, or where a chain to be read does not exist.
    """
    if url.startswith(EMBEDDED):
        return _open_embedded(Path(url.removeprefix(EMBEDDED)), funded, read_only=read_only)
    if url.startswith(("http://", "https://")):
        return _open_remote(url, confirmations)
    raise ConfigurationError(f"a chain's address is embedded:///FILE or http(s)://HOST:PORT, not {url!r}")


def _open_embedded(path: Path, funded: str, *, read_only: bool) -> Chain:
    if read_only and not path.is_file():
        raise ConfigurationError(f"there is no chain in {path}")
    from flexbourse_settlement.adapters.chain import Chain  # noqa: PLC0415 -- takes seconds
    from flexbourse_settlement.adapters.embedded_node import READER, EmbeddedProvider  # noqa: PLC0415

    path.parent.mkdir(parents=True, exist_ok=True)
    owner = bytes.fromhex(funded.removeprefix("0x")) or None
    provider = EmbeddedProvider(path, funded=owner, read_only=read_only)
    return Chain(provider, reader=_checksum(READER), confirmations=0)


def _open_remote(url: str, confirmations: int) -> Chain:
    from web3 import HTTPProvider  # noqa: PLC0415 -- takes seconds

    from flexbourse_settlement.adapters.chain import Chain  # noqa: PLC0415

    # no retries of its own: a transaction that is sent twice unseen comes back as an error we would misread
    provider = HTTPProvider(url, request_kwargs={"timeout": REQUEST_TIMEOUT_S}, exception_retry_configuration=None)
    return Chain(provider, reader="0x" + "00" * 20, confirmations=confirmations)


def _checksum(address: bytes) -> str:
    from web3 import Web3  # noqa: PLC0415

    return Web3.to_checksum_address(address)
