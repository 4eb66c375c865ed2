"""The catalogue of contracts: what of each can be called, what it needs besides, and the most it may cost.

The ledger of batches is not among them: its calls are made of batches (`chain/transactions.py`).
A contract is put on the chain when the first call asks for it, never before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ASSET_REGISTRY = "AssetRegistry"
FLEX_LEDGER = "FlexLedger"
NOTARY = "Notary"
EURO_TOKEN = "EuroToken"
SETTLEMENT_VAULT = "SettlementVault"

MAX_GAS = 16_777_216  # of one transaction, EIP-7825


@dataclass(frozen=True, slots=True)
class Gas:
    """The limit of a call: `base`, and `per_item` for each item of its first list. Measured, plus a quarter."""

    base: int
    per_item: int = 0


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract. Its constructor takes the administrator's address, then those of what it `needs`."""

    name: str
    deploy_gas: int
    functions: Mapping[str, Gas]
    needs: tuple[str, ...] = ()


_CONTRACTS = (
    Contract(
        ASSET_REGISTRY,
        1_600_000,
        {
            "register": Gas(75_000),
            "grant": Gas(250_000),
            "moveEnd": Gas(250_000),
            "revoke": Gas(250_000),
        },
    ),
    Contract(
        FLEX_LEDGER,
        1_600_000,
        {"setCapacities": Gas(60_000, 40_000), "revise": Gas(60_000, 50_000)},
    ),
    Contract(
        NOTARY,
        1_800_000,
        {"record": Gas(160_000), "attestFor": Gas(140_000), "grantRole": Gas(80_000)},
    ),
    Contract(EURO_TOKEN, 1_600_000, {"allow": Gas(62_000), "mint": Gas(100_000)}),
    Contract(
        SETTLEMENT_VAULT,
        2_000_000,
        {
            "deposit": Gas(140_000),
            "hold": Gas(80_000),
            "release": Gas(80_000),
            "withdraw": Gas(100_000),
            "pause": Gas(60_000),
            "unpause": Gas(60_000),
        },
        needs=(EURO_TOKEN,),
    ),
)
CATALOGUE: Mapping[str, Contract] = MappingProxyType({contract.name: contract for contract in _CONTRACTS})
