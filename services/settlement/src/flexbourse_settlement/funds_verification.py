"""Compares participants' money in the ledger with the vault's: what `flexbourse funds verify` does.

The ledger says which of its moves the chain lacks. One of these may just have been made there and not be told yet: the
vault knows the numbers of all that it made, and tokens of a deposit may have come before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.errors import ConfigurationError
from flexbourse_settlement import funds_wire
from flexbourse_settlement.adapters.opening import EMBEDDED, open_chain
from flexbourse_settlement.adapters.vault import is_made, read_vault
from flexbourse_settlement.domain.chain.contracts import EURO_TOKEN, SETTLEMENT_VAULT
from flexbourse_settlement.domain.funds.comparison import FundsDifference, Vault, compare, expected
from flexbourse_settlement.domain.funds.on_chain import ChainMove
from flexbourse_settlement.domain.funds.places import problems_of
from flexbourse_settlement.verification import EMBEDDED_FILE

__all__ = ["FundsDifference", "embedded_chain", "ledger_problems", "verify_funds"]


def embedded_chain(data_dir: Path) -> str:
    """Return the address of the chain in an installation's data folder."""
    return f"{EMBEDDED}{(data_dir / EMBEDDED_FILE).absolute()}"


def verify_funds(state: pb.FundsState, chain_url: str) -> list[FundsDifference]:
    """Return every number that differs between the ledger's state and the chain at an address.

    Of a state that is not whole, what its participants have is compared, and nothing of the others.
    Raises ConfigurationError where no chain is there, TransientError where it does not answer.
    """
    funds, lacking = funds_wire.funds_from(state), list(funds_wire.chain_from(state).moves.values())
    if not state.vault or not state.token:
        nothing = compare(expected(funds, lacking), Vault({}, 0))
        return [each for each in nothing if state.whole or each.participant_id]
    chain = open_chain(chain_url, read_only=True)
    try:
        for name, address in ((SETTLEMENT_VAULT, state.vault), (EURO_TOKEN, state.token)):
            if not chain.has_code(address):
                raise ConfigurationError(f"the chain has no {name} at {address}")
        lacking = [replace(move, made=is_made(chain, state.vault, move.moved.number)) for move in lacking]
        found = compare(expected(funds, lacking), read_vault(chain, state.vault, state.token, sorted(funds.accounts)))
    finally:
        chain.close()
    if not state.whole:
        return [each for each in found if each.participant_id]
    return [each for each in found if not _have_just_come(each, lacking)]


def ledger_problems(state: pb.FundsState) -> list[str]:
    """Return what is wrong with the sums of a whole state: nothing, ever."""
    return problems_of(funds_wire.funds_from(state)) if state.whole else []


def _have_just_come(difference: FundsDifference, lacking: Iterable[ChainMove]) -> bool:
    """Tell whether a difference is the tokens of one deposit that is under way."""
    more = difference.chain_micro_euro - difference.ledger_micro_euro
    return difference.field == "tokens" and any(
        not move.minted and move.is_under_way and move.moved.amount_micro_euro == more for move in lacking
    )
