"""Addresses of accounts on the chain: the participant's own where he names a good one, else one the platform keeps.

A participant can write anything into his registration, so a name counts only if it is an address, not zero, nobody
else's, and none that the platform keeps. Two who name the same address both settle on kept ones until one of them
lets go of it: nobody can take another's place, and no run fails because of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from flexbourse_settlement.domain.facts import Participant
from flexbourse_settlement.domain.lines.line import SYSTEM_ACCOUNTS
from flexbourse_settlement.domain.proofs.merkle import Hash

ADDRESS = re.compile(r"0x[0-9a-f]{40}")
MAX_REMEMBERED = 100_000


@lru_cache(maxsize=MAX_REMEMBERED)
def kept_address(keccak: Hash, account: str) -> str:
    """Return the address the platform keeps for an account: nobody has a key to it."""
    return "0x" + keccak(b"flexbourse account " + account.encode())[12:].hex()


def addresses(keccak: Hash, participants: Mapping[str, Participant], others: Iterable[str] = ()) -> dict[str, str]:
    """Return the address of every participant, of the platform's own accounts and of others, all different."""
    kept = {account: kept_address(keccak, account) for account in (*SYSTEM_ACCOUNTS, *participants, *others)}
    named = {account: fact.chain_account.lower() for account, fact in participants.items() if fact.chain_account}
    shared = Counter(named.values())
    reserved = set(kept.values())
    own = {
        account: address
        for account, address in named.items()
        if ADDRESS.fullmatch(address) and int(address, 16) and shared[address] == 1 and address not in reserved
    }
    return {**kept, **own}
