"""Results from outside with all their versions, and for which periods which of them is posted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flexbourse_core.market_time import Mtu
from flexbourse_settlement.domain.external.results import Result, Share

MAX_RESULTS = 50_000  # the oldest are forgotten: a correction of them is refused
MAX_VERSIONS = 1_000
DAY_S = 86_400

PeriodKey = tuple[str, Mtu]


@dataclass(slots=True)
class ExternalRecord:
    """One result. `posted` is the version that stands in the ledger, by area and period."""

    versions: list[Result] = field(default_factory=list)
    posted: dict[PeriodKey, int] = field(default_factory=dict)

    @property
    def newest(self) -> Result:
        """Return the newest version."""
        return self.versions[-1]

    @property
    def final(self) -> Result | None:
        """Return the newest version if it is final; what is preliminary is not posted."""
        return self.newest if self.newest.final else None

    def posted_for(self, key: PeriodKey) -> Result | None:
        """Return the version that is posted for an area and period."""
        number = self.posted.get(key)
        return None if number is None else self.versions[number - 1]


@dataclass(slots=True)
class ExternalBook:
    """All results, in the order in which they were first taken."""

    records: dict[tuple[str, str], ExternalRecord] = field(default_factory=dict)
    _by_day: dict[tuple[str, int], dict[tuple[str, str], None]] = field(default_factory=dict)

    def take(self, result: Result) -> None:
        """Take a version; it follows the one before."""
        record = self.records.setdefault(result.key, ExternalRecord())
        record.versions.append(result)
        for area_id in {share.area_id for share in result.shares}:
            for day in days_of(result.mtu):
                self._by_day.setdefault((area_id, day), {})[result.key] = None
        while len(self.records) > MAX_RESULTS:
            self._forget(next(iter(self.records)))

    def _forget(self, key: tuple[str, str]) -> None:
        for result in self.records.pop(key).versions:
            for share in result.shares:
                for day in days_of(result.mtu):
                    self._by_day.get((share.area_id, day), {}).pop(key, None)

    def concerns(self, area_id: str, mtu: Mtu) -> bool:
        """Tell whether anything was ever taken for an area around a period: then corrections may follow."""
        return any(self._by_day.get((area_id, day)) for day in days_of(mtu))

    def final_in(self, area_id: str, mtu: Mtu) -> Iterator[tuple[ExternalRecord, Result]]:
        """Iterate over results whose newest version is final and has a share of an area in a period."""
        keys = {key: None for day in days_of(mtu) for key in self._by_day.get((area_id, day), ())}
        for key in keys:
            record = self.records[key]
            result = record.final
            if result is not None and any(True for _ in shares_in(result, area_id, mtu)):
                yield record, result

    def moved_w(self, area_id: str, mtu: Mtu) -> dict[str, int]:
        """Return by how much final results move the position of each metering point of an area in a period.

        What is scheduled is in the frozen base already, and moves nothing.
        """
        moved: dict[str, int] = {}
        for _, result in self.final_in(area_id, mtu):
            for share in shares_in(result, area_id, mtu) if result.moves else ():
                if not share.scheduled:
                    name = share.metering_point_id
                    moved[name] = moved.get(name, 0) + result.part(share, mtu)[0]
        return moved

    def settle(self, area_id: str, mtu: Mtu) -> None:
        """Note that all final results of a period are posted."""
        for record, result in self.final_in(area_id, mtu):
            record.posted[area_id, mtu] = result.version


def days_of(mtu: Mtu) -> range:
    """Return the days since 1970 that a period touches."""
    return range(mtu.start_s // DAY_S, (mtu.end_s - 1) // DAY_S + 1)


def shares_in(result: Result, area_id: str, mtu: Mtu) -> Iterator[Share]:
    """Iterate over the shares of a result that belong to an area, where the result touches the period."""
    if result.mtu.start_s < mtu.end_s and mtu.start_s < result.mtu.end_s:
        yield from (share for share in result.shares if share.area_id == area_id)
