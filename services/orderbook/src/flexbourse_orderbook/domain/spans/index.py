"""Spans of consecutive periods by start and length, and by each of their periods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from flexbourse_core.market_time import Mtu

Span = TypeVar("Span")


class SpanIndex(Generic[Span]):
    """Spans of one area that an order named, until their first period has ended."""

    __slots__ = ("_over", "_parts", "_spans")

    def __init__(self) -> None:
        self._spans: dict[Mtu, Span] = {}
        self._parts: dict[Mtu, tuple[Mtu, ...]] = {}
        self._over: dict[Mtu, set[Mtu]] = {}

    def __len__(self) -> int:
        return len(self._spans)

    def get(self, mtu: Mtu) -> Span | None:
        """Return a span, None where there is none."""
        return self._spans.get(mtu)

    def put(self, mtu: Mtu, span: Span, parts: tuple[Mtu, ...]) -> None:
        """Keep a span."""
        self._spans[mtu], self._parts[mtu] = span, parts
        for part in parts:
            self._over.setdefault(part, set()).add(mtu)

    def drop(self, part: Mtu) -> None:
        """Forget the spans of a period that has ended."""
        for mtu in tuple(self._over.get(part, ())):
            del self._spans[mtu]
            for each in self._parts.pop(mtu):
                self._over[each].discard(mtu)
        self._over.pop(part, None)

    def all(self) -> list[tuple[Mtu, Span]]:
        """Return all spans, by start and length."""
        return sorted(self._spans.items(), key=lambda entry: entry[0])

    def over(self, parts: Iterable[Mtu]) -> list[Span]:
        """Return the spans that hold one of some periods, by start and length."""
        if not self._spans:
            return []
        found = {mtu for part in parts for mtu in self._over.get(part, ())}
        return [self._spans[mtu] for mtu in sorted(found)]
