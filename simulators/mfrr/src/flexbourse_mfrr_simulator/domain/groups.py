"""Rules of groups (exclusive, multipart, inclusive), over the bids as they would stand after a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flexbourse_mfrr_simulator.domain.bids import KW_PER_MW, Bid, Problem
from flexbourse_mfrr_simulator.domain.rules import MARKET_RULE, QUANTITY


def group_problems(bids: Iterable[Bid]) -> list[Problem]:
    """Return every broken rule of every group among the bids, on each member's account.

    Members of one group have one party, MTU, zone and product; only the sum of an inclusive group must be whole MW.
    """
    groups: dict[str, list[Bid]] = {}
    for bid in bids:
        if bid.group:
            groups.setdefault(bid.group, []).append(bid)
    problems = []
    for name, members in groups.items():
        kind = name.split(" ", 1)[0]
        for code, text in (*_common(members), *_RULES[kind](members)):
            problems += [Problem(member.mrid, code, f"{kind} group: {text}") for member in members]
    return problems


def _common(members: list[Bid]) -> Iterator[tuple[str, str]]:
    for name in ("party", "mtu", "zone", "product"):
        if len({getattr(member, name) for member in members}) > 1:
            yield MARKET_RULE, f"members differ in {name}"
    if len({member.technical_link for member in members}) > 1:
        yield MARKET_RULE, "members share one technical link or have none"


def _exclusive(members: list[Bid]) -> Iterator[tuple[str, str]]:
    yield from _unconditional(members)


def _multipart(members: list[Bid]) -> Iterator[tuple[str, str]]:
    yield from _unconditional(members)
    if len({member.direction for member in members}) > 1:
        yield MARKET_RULE, "members differ in direction"
    if len({member.price for member in members}) < len(members):
        yield MARKET_RULE, "members must differ in price"


def _inclusive(members: list[Bid]) -> Iterator[tuple[str, str]]:
    for name in ("direction", "price"):
        if len({getattr(member, name) for member in members}) > 1:
            yield MARKET_RULE, f"members differ in {name}"
    total = sum(member.quantity_kw for member in members)
    if total % KW_PER_MW:
        yield QUANTITY, f"the sum is {total / KW_PER_MW:g} MW, it must be a whole MW"


def _unconditional(members: list[Bid]) -> Iterator[tuple[str, str]]:
    if any(member.links for member in members):
        yield MARKET_RULE, "members have no conditional links"


_RULES = {"exclusive": _exclusive, "multipart": _multipart, "inclusive": _inclusive}
