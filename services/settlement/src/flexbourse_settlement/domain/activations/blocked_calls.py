"""Calls that were blocked behind the gate of bids become lines: the bidder's imbalance, and who compensates it.

What is missing costs its imbalance price less what the bid would have been paid for it, at least nothing. The bidder is
debited; who has tightened the grid behind the gate gives it back to him. Nobody else: he bears it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flexbourse_core.external_share import Tightening
from flexbourse_core.money import amount_micro_euro
from flexbourse_settlement.domain.delivery import IMBALANCE_TICK_MICRO_EURO_PER_MWH
from flexbourse_settlement.domain.external.book import ExternalBook, PeriodKey, shares_in
from flexbourse_settlement.domain.external.results import Result
from flexbourse_settlement.domain.external.settling import Posting
from flexbourse_settlement.domain.facts import Area, Participant
from flexbourse_settlement.domain.lines.blocked import BIDDER, CAUSE, BlockedLine
from flexbourse_settlement.domain.lines.line import DNUT, ImbalanceLine, Line

# Decisions of the network's operator, whose cost he bears; what else the grid says of itself is the network account's.
OF_THE_OPERATOR = (Tightening.TOPOLOGY, Tightening.CAPACITY_LIMITS, Tightening.CURTAILMENT, Tightening.OVERRIDE)

Key = tuple[str, str, str, Tightening]  # party, metering point, order, what has tightened the grid
Part = tuple[int, int]  # mean W that is missing, and what it would have brought
NOTHING: Part = (0, 0)


@dataclass(frozen=True, slots=True)
class Bearers:
    """Who bears what is not the bidder's own risk in an area: the network's operator where it is known."""

    operator: str

    @classmethod
    def of(cls, area: Area | None, participants: Mapping[str, Participant]) -> Bearers:
        """Return the bearers of an area."""
        return cls(area.dso_id if area is not None and area.dso_id in participants else DNUT)

    def account(self, tightening: Tightening) -> str:
        """Return who compensates the bidder; empty: nobody."""
        if tightening in OF_THE_OPERATOR:
            return self.operator
        return DNUT if tightening else ""


def missing_cost_micro_euro(quantity_w: int, bid_micro_euro: int, price_ticks: int, length_s: int) -> int:
    """Return what missing energy costs at the imbalance price beyond what the bid would have brought, at least 0."""
    amount = amount_micro_euro(quantity_w, price_ticks, length_s, IMBALANCE_TICK_MICRO_EURO_PER_MWH)
    return max(0, amount - bid_micro_euro)


def blocked_lines(posting: Posting, bearers: Bearers, price_ticks: int | None) -> list[Line]:
    """Return the lines of a posting, without the imbalance account's side; no price: they are reports alone."""
    new, old = _parts(posting, posting.result), _parts(posting, posting.former)
    lines: list[Line] = []
    for key in sorted({*new, *old}):
        now, before = new.get(key, NOTHING), old.get(key, NOTHING)
        if now != before:
            lines += _lines(posting, key, bearers.account(key[3]), price_ticks, (now, before))
    return lines


def final_blocked(book: ExternalBook, key: PeriodKey, bearers: Bearers, price_ticks: int | None) -> list[Line]:
    """Return the lines of all final blocked calls of a period that is being settled."""
    lines: list[Line] = []
    for _, result in book.final_in(*key):
        if not result.moves:
            lines += blocked_lines(Posting(*key, result), bearers, price_ticks)
    return lines


def taken_by_imbalance(lines: Iterable[Line]) -> int:
    """Return what the imbalance account takes of bidders among some lines."""
    return -sum(line.amount_micro_euro for line in lines if isinstance(line, BlockedLine) and line.side == BIDDER)


def late_blocked(posting: Posting, bearers: Bearers, price_ticks: int | None) -> list[Line]:
    """Return all lines of a posting behind its period's settlement; they add up to zero."""
    lines = blocked_lines(posting, bearers, price_ticks)
    taken = taken_by_imbalance(lines)
    return [*lines, ImbalanceLine(posting.area_id, posting.mtu, taken)] if taken else lines


def _parts(posting: Posting, result: Result | None) -> dict[Key, Part]:
    """Return what falls into the period by party, metering point, order and tightening."""
    found: dict[Key, Part] = {}
    for share in () if result is None else shares_in(result, posting.area_id, posting.mtu):
        assert result is not None
        key = share.party, share.metering_point_id, share.order_id, share.tightening
        watts, money, _ = result.part(share, posting.mtu)
        before = found.get(key, NOTHING)
        found[key] = (before[0] + watts, before[1] + money)
    return found


def _lines(posting: Posting, key: Key, cause: str, price: int | None, parts: tuple[Part, Part]) -> list[Line]:
    party, cause = key[0], "" if cause == key[0] else cause
    lines: list[Line] = [_line(posting, key, (BIDDER, party, cause), price, parts)]
    return [*lines, _line(posting, key, (CAUSE, cause, party), price, parts)] if cause else lines


def _line(
    posting: Posting, key: Key, who: tuple[str, str, str], price: int | None, parts: tuple[Part, Part]
) -> BlockedLine:
    (side, account, other), (now, before) = who, parts
    length = posting.mtu.length_s
    cost, former = (0 if price is None else missing_cost_micro_euro(*part, price, length) for part in parts)
    result = posting.result
    return BlockedLine(
        account=account,
        metering_point_id=key[1] if side == BIDDER else "",
        area_id=posting.area_id,
        venue_id=result.venue_id,
        result_id=result.result_id,
        version=result.version,
        former_version=0 if posting.former is None else posting.former.version,
        mtu=posting.mtu,
        side=side,
        counterparty=other,
        order_id=key[2],
        tightening=key[3].name if key[3] else "",
        quantity_w=now[0],
        former_quantity_w=before[0],
        bid_micro_euro=now[1],
        former_bid_micro_euro=before[1],
        settled=price is not None,
        price_ticks=price or 0,
        cost_micro_euro=cost,
        former_cost_micro_euro=former,
        amount_micro_euro=former - cost,
        compensation_micro_euro=cost - former if side == BIDDER and other else 0,
        result_kind=result.kind,
        result_start_s=result.mtu.start_s,
        result_length_s=result.mtu.length_s,
        document_sha256=result.document_sha256.hex(),
        shares_sha256=result.shares_sha256.hex(),
        reason=result.reason,
    )
