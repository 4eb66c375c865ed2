"""Rights to offer on the chain: granted, moved and revoked there as the registry has them.

A right is followed where the area of its unit asks for rights on the chain. Of one right one call is under way at a
time, so that what is asked next stands on what the chain said. A wish is asked once: what the chain refused is asked
again when the registry changes the right, or when the chain lets go of another right of the same unit; what never
reached a contract, when the chain was checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum

from flexbourse_settlement.domain.chain.calls import (
    NOT_ON_CHAIN,
    QUEUE_FULL,
    AccountOf,
    CallOutcome,
    CallPurpose,
    ChainCall,
    Commitment,
)
from flexbourse_settlement.domain.chain.contracts import ASSET_REGISTRY
from flexbourse_settlement.domain.facts import RightToOffer

REGISTER, GRANT, MOVE_END, REVOKE = "register", "grant", "moveEnd", "revoke"
_KNOWN_ALREADY = "AlreadyRegistered"


class RightChainStatus(IntEnum):
    """What the chain says of a right."""

    UNSPECIFIED = 0
    GRANTED = 1
    REFUSED = 2
    REVOKED = 3


@dataclass(frozen=True, slots=True)
class RightOnChain:
    """A right as the chain holds it; `reason` says why it refused the last thing that was asked of it."""

    status: RightChainStatus
    reason: str
    valid_to_s: int
    transaction: bytes
    block_number: int


@dataclass(frozen=True, slots=True)
class RightChainState:
    """What others read of a right on the chain."""

    right_id: str
    on_chain: RightOnChain


@dataclass(frozen=True, slots=True)
class RightFollowed:
    """A right: as the registry has it, as the chain has it, and what was asked last (an end, 0: none)."""

    right: RightToOffer
    on_chain: RightOnChain | None = None
    pending: bool = False
    asked_end_s: int = 0

    @property
    def granted(self) -> bool:
        """Tell whether the chain holds it."""
        return self.on_chain is not None and self.on_chain.status is RightChainStatus.GRANTED


@dataclass(slots=True)
class Rights:
    """Rights by id, and the units that the chain was told of."""

    followed: dict[str, RightFollowed] = field(default_factory=dict)
    assets: set[str] = field(default_factory=set)
    _of_unit: dict[str, set[str]] = field(default_factory=dict)
    _waiting: dict[str, set[str]] = field(default_factory=dict)

    def load(self, followed: RightFollowed, waits_for: str) -> None:
        """Put a right as a snapshot has it; `waits_for` as in `take`."""
        right = followed.right
        self.followed[right.right_id] = followed
        self._of_unit.setdefault(right.unit_id, set()).add(right.right_id)
        if waits_for:
            self._waiting.setdefault(waits_for, set()).add(right.right_id)

    def take(self, right: RightToOffer, waits_for: str) -> Iterator[ChainCall]:
        """Take a right as the registry has it; iterate over the calls that follow.

        `waits_for` names what settlement has yet to hear before it knows that the chain is asked for, empty: it knows.
        """
        kept = self.followed.get(right.right_id)
        self.load(RightFollowed(right) if kept is None else replace(kept, right=right), waits_for)
        if not waits_for:
            yield from self._next(right.right_id)

    def heard(self, of: str) -> tuple[RightToOffer, ...]:
        """Return the rights that waited for something, by id; they wait for it no more."""
        return tuple(self.followed[right_id].right for right_id in sorted(self._waiting.pop(of, ())))

    def after(self, outcome: CallOutcome) -> RightChainState | None:
        """Return what the chain says of a right after a call about it, None where the call was about a unit."""
        call = outcome.call
        if call.function == REGISTER:
            return None
        kept = self.followed[call.subject].on_chain
        here = (outcome.hash, outcome.block_number)
        if not outcome.error:
            status = RightChainStatus.REVOKED if call.function == REVOKE else RightChainStatus.GRANTED
            end_s = self.followed[call.subject].asked_end_s
            return RightChainState(call.subject, RightOnChain(status, "", end_s, *here))
        if kept is None or call.function == GRANT:
            return RightChainState(call.subject, RightOnChain(RightChainStatus.REFUSED, outcome.error, 0, *here))
        return RightChainState(call.subject, replace(kept, reason=outcome.error))

    def called(self, outcome: CallOutcome) -> Iterator[ChainCall]:
        """Take what became of a call; iterate over the calls that follow."""
        call, state = outcome.call, self.after(outcome)
        if state is None:
            if outcome.error and not outcome.error.startswith(_KNOWN_ALREADY):
                self.assets.discard(call.subject)
            return
        kept = self.followed[call.subject]
        self.followed[call.subject] = replace(kept, on_chain=state.on_chain, pending=False)
        yield from self._next(call.subject)
        if not outcome.error and call.function in (REVOKE, MOVE_END):
            yield from self._again(kept.right.unit_id)

    def retry(self) -> Iterator[ChainCall]:
        """Ask once more for what no contract has refused: there was none, or no room for the call."""
        for right_id in sorted(self.followed):
            kept = self.followed[right_id]
            if kept.on_chain is None or kept.pending or not kept.on_chain.reason.endswith((NOT_ON_CHAIN, QUEUE_FULL)):
                continue
            self.followed[right_id] = replace(kept, asked_end_s=kept.on_chain.valid_to_s)
            yield from self._next(right_id)

    def _again(self, unit_id: str) -> Iterator[ChainCall]:
        """Ask once more for what was refused of a unit: room has come."""
        for right_id in sorted(self._of_unit[unit_id]):
            kept = self.followed[right_id]
            if kept.on_chain is not None and kept.on_chain.reason and not kept.pending:
                self.followed[right_id] = replace(kept, asked_end_s=kept.on_chain.valid_to_s)
                yield from self._next(right_id)

    def _next(self, right_id: str) -> Iterator[ChainCall]:
        """Ask for what the registry has and was not asked for yet."""
        kept = self.followed[right_id]
        right = kept.right
        end_s = 0 if right.revoked else right.valid_to_s
        if kept.pending or end_s == kept.asked_end_s:
            return
        asks = bool(end_s) or kept.granted
        self.followed[right_id] = replace(kept, asked_end_s=end_s, pending=asks)
        if not asks:
            return
        if right.unit_id not in self.assets:
            self.assets.add(right.unit_id)
            yield ChainCall(CallPurpose.RIGHT, right.unit_id, ASSET_REGISTRY, REGISTER, (Commitment(right.unit_id),))
        if not end_s:
            yield _call(right, REVOKE)
        elif kept.granted:
            yield _call(right, MOVE_END, end_s)
        else:
            yield _call(right, GRANT, end_s)


def _call(right: RightToOffer, function: str, end_s: int = 0) -> ChainCall:
    asset = Commitment(right.unit_id)
    if function == GRANT:
        mask = sum(1 << product for product in right.products)
        arguments = (asset, AccountOf(right.holder_id), right.valid_from_s, end_s, mask)
        return ChainCall(CallPurpose.RIGHT, right.right_id, ASSET_REGISTRY, function, arguments)
    period = (right.valid_from_s, end_s) if function == MOVE_END else (right.valid_from_s,)
    return ChainCall(CallPurpose.RIGHT, right.right_id, ASSET_REGISTRY, function, (asset, *period))
