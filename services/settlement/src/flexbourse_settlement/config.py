"""Configuration of settlement: `FLEXBOURSE_SETTLEMENT_…`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flexbourse_runtime.config import ProcessConfig, Secret
from flexbourse_settlement.adapters.opening import EMBEDDED
from flexbourse_settlement.domain.chain.addresses import ADDRESS
from flexbourse_settlement.domain.chain.contracts import CATALOGUE

MAX_CONFIRMATIONS = 1_000
NO_SEED = Secret("")


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of settlement. An empty path stands for a place in the data folder."""

    chain_url: str = ""  # embedded:///FILE or http(s)://HOST:PORT; empty: the file chain.db of the data folder
    chain_id: int = 0  # what the node must answer; 0: any
    contract: str = ""  # 0x-address of a ledger contract that is there; empty: one is deployed
    contracts: str = ""  # other contracts that are there: NAME=0x-address, separated by commas
    confirmations: int = 0  # blocks behind a transaction before it is final; BFT and embedded chains need none
    settler_key_file: Path | None = None
    key_seed: Secret = NO_SEED  # demonstrations only: salts that are the same each time

    def problems(self) -> list[str]:
        """Return everything that is wrong with the values."""
        found = super().problems()
        if self.chain_url and not self.chain_url.startswith((EMBEDDED, "http://", "https://")):
            found.append(f"chain_url is {self.chain_url!r}, it is embedded:///FILE or http(s)://HOST:PORT")
        if not 0 <= self.confirmations <= MAX_CONFIRMATIONS:
            found.append(f"confirmations is {self.confirmations}, it lies in 0..{MAX_CONFIRMATIONS}")
        found += [
            f"contracts names {name!r} at {address!r}, it names contracts of the catalogue at 0x-addresses"
            for name, address in self._named_contracts().items()
            if name not in CATALOGUE or ADDRESS.fullmatch(address.lower()) is None
        ]
        if self.chain_id < 0:
            found.append(f"chain_id is {self.chain_id}, it is 0 or the chain's id")
        return found

    def _named_contracts(self) -> dict[str, str]:
        pairs = (each.partition("=") for each in self.contracts.split(",") if each.strip())
        return {name.strip(): address.strip() for name, _, address in pairs}

    @property
    def existing_contracts(self) -> dict[str, str]:
        """Return the addresses of contracts that are there already, by name; the ledger's name is empty."""
        return {**({"": self.contract} if self.contract else {}), **self._named_contracts()}

    @property
    def chain_address(self) -> str:
        """Return where the chain is."""
        return self.chain_url or f"{EMBEDDED}{(self.data_dir / 'chain.db').absolute()}"

    @property
    def settler_key_path(self) -> Path:
        """Return the file of the key that settles."""
        return self.settler_key_file or self.data_dir / "keys" / "settler.key"

    @property
    def account_keys_dir(self) -> Path:
        """Return the folder of the keys that salt leaves."""
        return self.data_dir / "keys" / "accounts"

    @property
    def commitment_keys_dir(self) -> Path:
        """Return the folder of the keys that salt identifiers on the chain."""
        return self.data_dir / "keys" / "commitments"

    @property
    def statements_dir(self) -> Path:
        """Return the folder of statement files."""
        return self.data_dir / "statements"
