"""Days of documents: a document speaks of one day of Central European Time, 23, 24 or 25 hours long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_core.market_time import day_bounds_s, local_day

ZONE = "Europe/Brussels"  # documents follow CET and CEST, whatever the clock of their senders


def document_day(second: int) -> date:
    """Return the day in which a UTC second lies."""
    return local_day(second, ZONE)


def document_bounds_s(day: date) -> tuple[int, int]:
    """Return the first second of the day and of the next one."""
    return day_bounds_s(day, ZONE)


def split_into_documents(bids: Iterable[Bid], max_series: int) -> list[tuple[Bid, ...]]:
    """Split bids into documents of one day and at most `max_series` series, groups never apart, order kept.

    A group with more members than a document holds stays whole; the check of the document then refuses it.
    """
    by_day: dict[date, dict[tuple[str, str], list[Bid]]] = {}
    for bid in bids:
        key = bid.groups[0] if bid.groups else ("", bid.bid_id)
        by_day.setdefault(document_day(bid.mtu.start_s), {}).setdefault(key, []).append(bid)
    documents: list[tuple[Bid, ...]] = []
    for _, units in sorted(by_day.items()):
        current: list[Bid] = []
        for unit in units.values():
            if current and len(current) + len(unit) > max_series:
                documents.append(tuple(current))
                current = []
            current += unit
        documents.append(tuple(current))
    return documents
