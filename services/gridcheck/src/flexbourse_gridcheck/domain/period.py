"""State of one period of an area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck.domain.events import BaseCaseState, FreeViolation, MarginState, TariffState
from flexbourse_gridcheck.domain.grid import Grid

Deviations = Mapping[str, tuple[int, int]]  # node -> W, var

# The book may still accept on a base case that was replaced a moment ago; more than this is never in flight.
KEPT_BASE_CASES = 4


@dataclass(slots=True)
class Period:
    """Base cases with their margins (oldest first), what the book accepted, and what was audited of it."""

    mtu: Mtu
    base_cases: list[BaseCaseState] = field(default_factory=list)
    margins: list[MarginState] = field(default_factory=list)
    tariff: TariffState | None = None
    accepted: dict[str, tuple[int, int]] = field(default_factory=dict)
    operating_point_sequence: int = 0
    accepted_base_case_version: int = 0
    audited: dict[str, tuple[int, int]] = field(default_factory=dict)
    audited_sequence: int = 0
    audited_case_version: int = 0
    free_violations: tuple[FreeViolation, ...] = ()

    @property
    def base_case(self) -> BaseCaseState | None:
        """Return the base case in force."""
        return self.base_cases[-1] if self.base_cases else None

    def audit_case(self, topology_version: int) -> BaseCaseState | None:
        """Return the base case on which the book accepted last: the one it named, where it is still kept."""
        for case in reversed(self.base_cases):
            if case.version == self.accepted_base_case_version and case.topology_version == topology_version:
                return case
        return self.base_case

    def is_audit_due(self, *, has_controls: bool) -> bool:
        """Tell whether a second solver should look: at new matches, and at a new base case that controls react to."""
        if self.operating_point_sequence > self.audited_sequence:
            return True
        case = self.base_case
        return has_controls and case is not None and case.version > self.audited_case_version

    def margin_of(self, case: BaseCaseState) -> MarginState:
        """Return the margins of a kept base case."""
        return next(margin for margin in self.margins if margin.version == case.version)

    def keep(self, case: BaseCaseState) -> None:
        """Put a base case in force."""
        self.base_cases = [*self.base_cases, case][-KEPT_BASE_CASES:]

    def keep_margin(self, margin: MarginState) -> None:
        """Keep the margins of the newest base case."""
        self.margins = [*self.margins, margin][-KEPT_BASE_CASES:]


def injections(grid: Grid, case: BaseCaseState, deviations: Deviations) -> tuple[list[int], list[int]]:
    """Return W and var of every node: base case plus deviations; nodes that no longer exist are left out."""
    p_w, q_var = list(case.p_w), list(case.q_var)
    for node_id, (active, reactive) in deviations.items():
        index = grid.index_of(node_id)
        if index is not None:
            p_w[index] += active
            q_var[index] += reactive
    return p_w, q_var
