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
    networks: list[Network] = field(default_factory=list)  # oldest first, each from its own period on
    parameter_sets: list[TariffParametersSet] = field(default_factory=list)
    result_sequence: int = 0
    heartbeat_at_ms: int = 0
    corrected_at_ms: int = 0
    audit_sequence: int = 0
    audits: AuditTotals = field(default_factory=AuditTotals)
    periods: dict[Mtu, Period] = field(default_factory=dict)
    changed: set[Mtu] = field(default_factory=set)  # periods since whose last result something has changed

    @property
    def network(self) -> Network | None:
        """Return the newest network."""
        return self.networks[-1] if self.networks else None

    def network_of(self, mtu: Mtu) -> Network | None:
        """Return the network that a period sees."""
        found = [network for network in self.networks if network.state.effective_from_s <= mtu.start_s]
        return found[-1] if found else self.network

    def put_network(self, network: Network, forgotten_s: int) -> None:
        """Put a network in force from its period on; drop those that no period after `forgotten_s` sees."""
        kept = [own for own in self.networks if own.state.effective_from_s < network.state.effective_from_s]
        kept.append(network)
        while len(kept) > 1 and kept[1].state.effective_from_s <= forgotten_s:
            del kept[0]
        self.networks = kept

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
        case, network = period.base_case, self.network_of(period.mtu)
        if network is None or case is None or case.topology_version != network.version:
            return None
        return case

    def unsolved(self) -> list[Period]:
        """Return the periods by time that changed and can be solved."""
        if not self.changed:
            return []  # as at most inputs: this is asked at each
        changed = (self.period(mtu) for mtu in sorted(self.changed, key=lambda mtu: (mtu.start_s, mtu.length_s)))
        return [period for period in changed if self.solvable_case(period) is not None]

    def parameters_of(self, period: Period, opens_at_ms: int | None, now_ms: int) -> TariffParameters:
        """Return the parameters of a period: frozen once its book may be open."""
        is_open = opens_at_ms is not None and opens_at_ms <= now_ms
        if is_open and period.tariff is not None:
            return period.tariff.parameters
        chosen = parameters_before(self.parameter_sets, opens_at_ms)
        network = self.network_of(period.mtu)
        return with_ceiling(network.grid, chosen, period.mtu.length_s) if network else chosen
