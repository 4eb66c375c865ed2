"""What the vault on the chain says of participants' money."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eth_utils.address import to_checksum_address

from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.domain.chain.addresses import kept_address
from flexbourse_settlement.domain.chain.contracts import EURO_TOKEN, SETTLEMENT_VAULT
from flexbourse_settlement.domain.funds.comparison import Vault, VaultAccount
from flexbourse_settlement.domain.funds.on_chain import vault_account

if TYPE_CHECKING:
    from flexbourse_settlement.adapters.chain import Chain


def read_vault(chain: Chain, vault: str, token: str, participants: Iterable[str]) -> Vault:
    """Return the accounts of participants in the vault at an address, and its tokens.

    What the vault has for others stands under an empty name: nothing, where it keeps the ledger's money alone.
    """
    accounts = {}
    for name in participants:
        address = to_checksum_address(kept_address(keccak, vault_account(name)))
        accounts[name] = VaultAccount(*chain.read(SETTLEMENT_VAULT, vault, "accountOf", address))
    known = sum(own.free_micro_euro + own.held_micro_euro for own in accounts.values())
    total: int = chain.read(SETTLEMENT_VAULT, vault, "total")
    if total != known:
        accounts[""] = VaultAccount(total - known, 0)
    return Vault(accounts, chain.read(EURO_TOKEN, token, "balanceOf", to_checksum_address(vault)))


def is_made(chain: Chain, vault: str, number: int) -> bool:
    """Tell whether the vault has made a move."""
    made: bool = chain.read(SETTLEMENT_VAULT, vault, "isMade", number)
    return made
