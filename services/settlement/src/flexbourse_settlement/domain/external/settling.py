"""Results from outside become lines: a participant against the account of the venue; a new version, the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro
from flexbourse_settlement.domain.delivery import IMBALANCE_TICK_MICRO_EURO_PER_MWH
from flexbourse_settlement.domain.external.book import ExternalBook, shares_in
from flexbourse_settlement.domain.external.results import Result
from flexbourse_settlement.domain.facts import MeteringPoint
from flexbourse_settlement.domain.lines.external import AdjustmentLine, ExternalLine
from flexbourse_settlement.domain.lines.line import ImbalanceLine, Line, PerimeterLine, PotentialLine

PARTICIPANT, VENUE = "PARTICIPANT", "VENUE"

Part = tuple[int, int, int, int]  # mean W over the period, micro-euro, what is borne of the network, scheduled W
NOTHING: Part = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Posting:
    """A version to post for a period of an area, over the one that is posted."""

    area_id: str
    mtu: Mtu
    result: Result
    former: Result | None = None


@dataclass(frozen=True, slots=True)
class SettledPositions:
    """Of a settled period: the imbalance price in ticks, and who settles the deviation of each metering point."""

    price_ticks: int
    accounts: Mapping[str, str]


def posting_lines(
    posting: Posting,
    metering_points: Mapping[str, MeteringPoint],
    settled: SettledPositions | None = None,
) -> list[Line]:
    """Return the lines of a posting, those of a correction where `settled` says so; they add up to zero."""
    new, old = _parts(posting, posting.result), _parts(posting, posting.former)
    changed = [key for key in sorted({*new, *old}) if new.get(key, NOTHING) != old.get(key, NOTHING)]
    lines: list[Line] = []
    moved: dict[str, int] = {}
    deviates: dict[str, int] = {}
    for party, point, order_id in changed:
        now, before = new.get((party, point, order_id), NOTHING), old.get((party, point, order_id), NOTHING)
        lines.append(_line(posting, (party, point, order_id), PARTICIPANT, now, before))
        moved[point] = moved.get(point, 0) + now[0] - before[0]
        deviates[point] = deviates.get(point, 0) + (now[0] - now[3]) - (before[0] - before[3])
    if not lines:
        return []
    whole, former = _sum(new), _sum(old)
    account = posting.result.venue_account
    lines.append(_line(posting, (account, "", ""), VENUE, whole, former))
    for point in sorted(moved):
        if point and moved[point]:
            lines += _perimeter_lines(posting, metering_points[point], moved[point])
    if settled is not None:
        lines += _adjustments(posting, deviates, settled)
    return lines


def tariff_micro_euro(lines: Iterable[Line]) -> int:
    """Return what the participants among some lines bear of the network for what was sold outside."""
    borne = (each for each in lines if isinstance(each, ExternalLine))
    return sum(each.dnut_micro_euro - each.former_dnut_micro_euro for each in borne)


def network_lines(posting: Posting, lines: Iterable[Line]) -> list[Line]:
    """Return what a posting behind a period's settlement moves on the network account, from the memo to what is billed.

    The potential is as it was: what is billed more is revised less.
    """
    billed = tariff_micro_euro(lines)
    return [PotentialLine(posting.area_id, posting.mtu, 0, 0, billed, 0, -billed, 0, billed)] if billed else []


def final_lines(book: ExternalBook, area_id: str, mtu: Mtu, metering_points: Mapping[str, MeteringPoint]) -> list[Line]:
    """Return the lines of all final results of a period that is being settled, but of blocked calls."""
    lines: list[Line] = []
    for _, result in book.final_in(area_id, mtu):
        if result.moves:
            lines += posting_lines(Posting(area_id, mtu, result), metering_points)
    return lines


def _parts(posting: Posting, result: Result | None) -> dict[tuple[str, str, str], Part]:
    """Return what falls into the period by party, metering point and order."""
    found: dict[tuple[str, str, str], Part] = {}
    for share in () if result is None else shares_in(result, posting.area_id, posting.mtu):
        assert result is not None
        key = share.party, share.metering_point_id, share.order_id
        watts, money, tariff = result.part(share, posting.mtu)
        before = found.get(key, NOTHING)
        scheduled = watts if share.scheduled else 0
        found[key] = (before[0] + watts, before[1] + money, before[2] + tariff, before[3] + scheduled)
    return found


def _sum(parts: Mapping[tuple[str, str, str], Part]) -> Part:
    """Return the venue's side of all parts: it takes the energy and pays for it; it has no base."""
    return -sum(part[0] for part in parts.values()), -sum(part[1] for part in parts.values()), 0, 0


def _line(posting: Posting, key: tuple[str, str, str], side: str, now: Part, before: Part) -> ExternalLine:
    result, (account, point, order_id) = posting.result, key
    return ExternalLine(
        account=account,
        metering_point_id=point,
        area_id=posting.area_id,
        venue_id=result.venue_id,
        result_id=result.result_id,
        version=result.version,
        former_version=0 if posting.former is None else posting.former.version,
        mtu=posting.mtu,
        side=side,
        order_id=order_id,
        quantity_w=now[0],
        former_quantity_w=before[0],
        total_micro_euro=now[1],
        former_micro_euro=before[1],
        amount_micro_euro=now[1] - before[1],
        result_kind=result.kind,
        result_start_s=result.mtu.start_s,
        result_length_s=result.mtu.length_s,
        document_sha256=result.document_sha256.hex(),
        shares_sha256=result.shares_sha256.hex(),
        reason=result.reason,
        dnut_micro_euro=now[2],
        former_dnut_micro_euro=before[2],
        scheduled_w=now[3],
        former_scheduled_w=before[3],
    )


def _perimeter_lines(posting: Posting, point: MeteringPoint, moved_w: int) -> Iterator[Line]:
    """Iterate over the reports of what a result moves: to the metering point's party and to the venue."""
    venue, source = posting.result.venue_account, f"{posting.result.source}/{posting.result.version}"
    for account, other, quantity in ((point.brp_id, venue, moved_w), (venue, point.brp_id, -moved_w)):
        if account:
            yield PerimeterLine(account, point.metering_point_id, source, posting.mtu, other, quantity)


def _adjustments(posting: Posting, moved_w: Mapping[str, int], settled: SettledPositions) -> list[Line]:
    """Return what a correction moves of deviations that are settled: one rounding each, at the price of then."""
    lines: list[Line] = []
    source = f"{posting.result.source}/{posting.result.version}"
    for point in sorted(moved_w):
        account, moved = settled.accounts.get(point), moved_w[point]
        if account is None or not moved:
            continue
        amount = amount_micro_euro(-moved, settled.price_ticks, posting.mtu.length_s, IMBALANCE_TICK_MICRO_EURO_PER_MWH)
        lines.append(
            AdjustmentLine(account, point, posting.area_id, source, posting.mtu, moved, settled.price_ticks, amount)
        )
    total = sum(line.net_micro_euro for line in lines)
    return [*lines, ImbalanceLine(posting.area_id, posting.mtu, -total)] if total else lines
