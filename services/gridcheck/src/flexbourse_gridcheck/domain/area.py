"""State of one area: its network, its periods, and the counters of what it published."""

from __future__ import annotations

from dataclasses import dataclass, field

from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck.domain.audit import AuditTotals
from flexbourse_gridcheck.domain.events import BaseCaseState, TariffParameters, TariffParametersSet
from flexbourse_gridcheck.domain.grid import Network
from flexbourse_gridcheck.domain.period import Period
from flexbourse_gridcheck.domain.tariff import MAX_KEPT_SETS, parameters_before, with_ceiling


@dataclass(slots=True)
class Area:
    """One area of the shard."""

    area_id: str
    network: Network | None = None
    parameter_sets: list[TariffParametersSet] = field(default_factory=list)
    result_sequence: int = 0
    heartbeat_at_ms: int = 0
    audit_sequence: int = 0
    audits: AuditTotals = field(default_factory=AuditTotals)
    periods: dict[Mtu, Period] = field(default_factory=dict)

    def period(self, mtu: Mtu) -> Period:
        """Return a period, made where it is new."""
        if mtu not in self.periods:
            self.periods[mtu] = Period(mtu)
        return self.periods[mtu]

    def ordered(self) -> list[Period]:
        """Return the periods by time."""
        return sorted(self.periods.values(), key=lambda period: period.mtu.start_s)

    def keep_parameters(self, entry: TariffParametersSet) -> None:
        """Keep a set of parameters."""
        self.parameter_sets = [*self.parameter_sets, entry][-MAX_KEPT_SETS:]

    def solvable_case(self, period: Period) -> BaseCaseState | None:
        """Return the base case in force where it belongs to the topology in force."""
        case = period.base_case
        if self.network is None or case is None or case.topology_version != self.network.version:
            return None
        return case

    def parameters_of(self, period: Period, opens_at_ms: int | None, now_ms: int) -> TariffParameters:
        """Return the parameters of a period: frozen once its book may be open."""
        is_open = opens_at_ms is not None and opens_at_ms <= now_ms
        if is_open and period.tariff is not None:
            return period.tariff.parameters
        chosen = parameters_before(self.parameter_sets, opens_at_ms)
        return with_ceiling(self.network.grid, chosen, period.mtu.length_s) if self.network else chosen
