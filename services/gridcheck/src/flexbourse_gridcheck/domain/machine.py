"""Gridcheck's shard: commands and facts lead to events, events and facts to state.

`take`, `tick` and `evolve` change the state and decide nothing; every other public method decides, applies what it
decided and returns it. Folding the same facts and events from the same start leads to the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck.domain import audit, forecast, measurement, switching, tariff
from flexbourse_gridcheck.domain.area import Area
from flexbourse_gridcheck.domain.commands import (
    ApplySwitching,
    AreaFact,
    CorrectBaseCase,
    Fact,
    ForecastSource,
    MarketClosed,
    MarketFact,
    OperatingPointFact,
    PeriodForecast,
    PublishTopology,
    RecordAudit,
    RoleFact,
    SetTariffParameters,
    SubmitForecast,
)
from flexbourse_gridcheck.domain.events import (
    AuditIntended,
    AuditRecorded,
    BaseCaseCorrected,
    BaseCaseState,
    Event,
    GridHeartbeat,
    GridResultState,
    MarginState,
    PeriodRetired,
    TariffParametersSet,
    TariffState,
    TopologyState,
    ZoneResult,
)
from flexbourse_gridcheck.domain.free_controls import with_free_violations
from flexbourse_gridcheck.domain.grid import Grid, Network
from flexbourse_gridcheck.domain.opening import authority_problems, opens_at_ms, tick_of
from flexbourse_gridcheck.domain.period import Period, injections
from flexbourse_gridcheck.domain.topology_record import size_problems
from flexbourse_gridcheck.domain.zone_result import zone_results
from flexbourse_gridmath.model import ModelError
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint

HEARTBEAT_EVERY_MS = 15_000
RESULTS_EVERY_MS = 1_000  # what changed is solved at once if this much has passed since time advanced last
HEARTBEAT_VALID_MS = 45_000
HEARTBEAT_VALID_STEPS = 2

Decided = list[Event] | list[Rejection]
Compile = Callable[[bytes], Grid]


class GridCheck:
    """State machine of one shard. `operator_id` is the platform's first market operator."""

    def __init__(self, shard: int, compile_model: Compile, operator_id: str = "") -> None:
        self.shard = shard
        self.now_ms = 0
        self.step = 0
        self.roles: dict[str, RoleFact] = {}
        self.area_facts: dict[str, AreaFact] = {}
        self.markets: dict[str, MarketFact] = {}
        self.areas: dict[str, Area] = {}
        self._compile = compile_model
        self._operator_id = operator_id

    # --- commands ----------------------------------------------------------------------------------------------------

    def publish_topology(self, command: PublishTopology, party: str) -> Decided:
        """Put a network in force and carry its periods over, or name every problem it has."""
        problems = self._authority(command.area_id, party)
        if problems:
            return problems
        problems = size_problems(command.model)
        if problems:
            return problems
        try:
            grid = self._compile(command.model)
        except ModelError as e:
            return [
                Rejection(Code.NETWORK_INVALID, problem, "model") for problem in e.problems[: forecast.MAX_PROBLEMS]
            ]
        area = self.areas.get(command.area_id) or Area(command.area_id)
        if len(area.networks) == 1 and area.networks[0].state.sha256 == grid.sha256:
            return []
        problems = size_problems(command.model, grid.zones)
        if problems:
            return problems
        version = area.network.version + 1 if area.network else 1
        return self._put_network(area, TopologyState(command.area_id, version, command.model, grid.sha256, grid.zones))

    def apply_switching(self, command: ApplySwitching, party: str) -> Decided:
        """Put the network after a switching in force from a period on, or name every branch and node in its way."""
        problems = self._authority(command.area_id, party)
        area = self.areas.get(command.area_id)
        if problems:
            return problems
        if area is None or area.network is None:
            return [Rejection(Code.GRID_STATE_MISSING, "switching needs a topology", "area_id", command.area_id)]
        switched = switching.switched_state(area, area.network, command, self.now_ms // 1000)
        if isinstance(switched, list):
            return switched
        return self._put_network(area, switched)

    def submit_forecast(self, command: SubmitForecast, party: str) -> Decided:
        """Put base cases and margins in force, all or none; a first one also brings its period's tariff."""
        problems = self._authority(command.area_id, party)
        area = self.areas.get(command.area_id)
        if problems:
            return problems
        if area is None or area.network is None:
            return [Rejection(Code.GRID_STATE_MISSING, "a forecast needs a topology", "area_id", command.area_id)]
        problems = forecast.find_problems(command, area.network.grid, area.periods, self.now_ms // 1000)
        new = {entry.mtu for entry in command.periods} - area.periods.keys()
        if len(area.periods) + len(new) > forecast.MAX_KEPT_PERIODS:
            problems.append(
                Rejection(Code.TOO_MANY_ENTRIES, "periods of an area", "periods", limit=forecast.MAX_KEPT_PERIODS)
            )
        if problems:
            return problems
        pairs: list[tuple[BaseCaseState, MarginState]] = []
        for entry in command.periods:
            network = area.network_of(entry.mtu) or area.network
            case = self._case(area, network, entry, command.source)
            margin = forecast.margins(network.grid, case, entry) if case else None
            if isinstance(margin, NotConverged):
                problems.append(forecast.not_solvable(entry.mtu))
            elif case is not None and margin is not None:
                pairs.append((case, margin))
        if problems:
            return problems
        events: list[Event] = []
        for case, margin in pairs:
            events += self._put(area, case, margin)
        return events

    def correct_base_case(self, command: CorrectBaseCase, party: str) -> Decided:
        """Correct base cases by a measurement, or name every rule that it breaks; all or none."""
        problems = self._authority(command.area_id, party)
        area = self.areas.get(command.area_id)
        if problems:
            return problems
        if area is None or area.network is None:
            return [Rejection(Code.GRID_STATE_MISSING, "a measurement needs a topology", "area_id", command.area_id)]
        corrected = measurement.corrected(area, command, party, self.now_ms)
        if isinstance(corrected, list):
            return corrected
        events = self._apply([corrected.event])
        for case, margin in corrected.cases:
            events += self._put(area, case, margin)
        return events

    def set_tariff_parameters(self, command: SetTariffParameters, party: str) -> Decided:
        """Set parameters for the periods whose book has not opened; those that are open keep theirs."""
        problems = self._authority(command.area_id, party) + tariff.find_problems(command.parameters)
        if problems:
            return problems
        events = self._apply([TariffParametersSet(command.area_id, command.parameters, self.now_ms)])
        area = self.areas[command.area_id]
        for period in area.ordered():
            opens = self._opens_at_ms(area, period)
            if opens is None or opens > self.now_ms:
                events += self._refresh_tariff(area, period, self._point(area, period))
        return events

    def record_audit(self, command: RecordAudit) -> list[Event]:
        """Take the second solver's verdicts."""
        return self._apply(list(command.audits)) if command.area_id in self.areas else []

    # --- time --------------------------------------------------------------------------------------------------------

    def advance(self, at_ms: int, step: int) -> list[Event]:
        """Move to a time: renew heartbeats, solve the periods that changed, ask for audits, drop what is old."""
        self.tick(at_ms, step)
        events: list[Event] = []
        for _, area in sorted(self.areas.items()):
            if area.network is None:
                continue
            horizon_s = at_ms // 1000 - forecast.RETAINED_S
            events += self._apply(
                PeriodRetired(area.area_id, period.mtu) for period in area.ordered() if period.mtu.end_s < horizon_s
            )
            if step or at_ms >= area.heartbeat_at_ms + HEARTBEAT_EVERY_MS:
                until_ms, until_step = (0, step + HEARTBEAT_VALID_STEPS) if step else (at_ms + HEARTBEAT_VALID_MS, 0)
                events += self._apply([GridHeartbeat(area.area_id, until_ms, until_step)])
            for period in area.unsolved():
                events += self._publish_result(area, period)
            events += self._audits(area)
        return events

    def next_timer_ms(self) -> int | None:
        """Return when `advance` has something to do at latest."""
        with_network = [area for area in self.areas.values() if area.network]
        times = [area.heartbeat_at_ms + HEARTBEAT_EVERY_MS for area in with_network]
        if any(area.unsolved() for area in with_network):
            times.append(self.now_ms + RESULTS_EVERY_MS)
        return min(times, default=None)

    def role_of(self, party: str) -> RoleFact | None:
        """Return what a party may do, None where the registry has said nothing of it; the platform's own operator runs
        the market."""
        if party == self._operator_id:
            return RoleFact(party, system_operator=False, market_operator=True)
        return self.roles.get(party)

    # --- parts of decisions ------------------------------------------------------------------------------------------

    def _authority(self, area_id: str, party: str) -> list[Rejection]:
        return authority_problems(area_id, self.area_facts.get(area_id), self.role_of(party))

    def _case(
        self, area: Area, network: Network, entry: PeriodForecast, source: ForecastSource
    ) -> BaseCaseState | None:
        """Return the next base case of a period, or None where nothing in it changes."""
        period = area.periods.get(entry.mtu)
        last = period.base_case if period else None
        included = period.accepted if period and source is ForecastSource.MEASUREMENT else {}
        versions = (last.version + 1 if last else 1, network.version)
        case = forecast.base_case(network.grid, area.area_id, entry, versions, included)
        # Scenarios move margins alone, which are not compared: a forecast that has them is always a new version.
        unchanged = last is not None and not entry.scenario_count and _same_numbers(case, last)
        return None if unchanged else case

    def _put(self, area: Area, case: BaseCaseState, margin: MarginState) -> list[Event]:
        events = self._apply([case, margin])
        period = area.period(case.mtu)
        if period.tariff is None or period.tariff.topology_version != case.topology_version:
            events += self._refresh_tariff(area, period, self._point(area, period))
        return events

    def _put_network(self, area: Area, state: TopologyState) -> list[Event]:
        """Put a network in force and carry the base cases of its periods over; they have no results until then."""
        before = list(area.networks)
        events = self._apply([state])
        return events + self._carry_over(self.areas[area.area_id], before) if before else events

    def _carry_over(self, area: Area, before: list[Network]) -> list[Event]:
        events: list[Event] = []
        grids = {network.version: network.grid for network in before}
        for period in area.ordered():
            case, network = period.base_case, area.network_of(period.mtu)
            if case is None or network is None or case.topology_version == network.version:
                continue
            former = grids.get(case.topology_version, before[-1].grid)
            if len(case.p_w) != former.topology.n_nodes:
                continue
            moved = forecast.carried_over(case, former, network.grid, network.version)
            margin = forecast.margins(network.grid, moved)
            if not isinstance(margin, NotConverged):  # else the period stays without results: its lights are unknown
                events += self._put(area, moved, margin)
        return events

    def _point(self, area: Area, period: Period) -> OperatingPoint | None:
        case, network = area.solvable_case(period), area.network_of(period.mtu)
        if case is None or network is None:
            return None
        point = network.grid.solve(*injections(network.grid, case, period.accepted))
        return None if isinstance(point, NotConverged) else point

    def _publish_result(self, area: Area, period: Period) -> list[Event]:
        case, network, point = area.solvable_case(period), area.network_of(period.mtu), self._point(area, period)
        if case is None or network is None:
            return []
        result = GridResultState(
            area_id=area.area_id,
            mtu=period.mtu,
            sequence=area.result_sequence + 1,
            topology_version=network.version,
            base_case_version=case.version,
            operating_point_sequence=period.operating_point_sequence,
            zones=self._zones(network.grid, period, case, point) if point else (),
        )
        return self._apply([result]) + self._refresh_tariff(area, period, point)

    @staticmethod
    def _zones(grid: Grid, period: Period, case: BaseCaseState, point: OperatingPoint) -> tuple[ZoneResult, ...]:
        found = zone_results(grid, point, period.margin_of(case))
        return with_free_violations(found, grid, period.free_violations)

    def _refresh_tariff(self, area: Area, period: Period, point: OperatingPoint | None) -> list[Event]:
        case, network = area.solvable_case(period), area.network_of(period.mtu)
        if point is None or case is None or network is None:
            return []
        parameters = area.parameters_of(period, self._opens_at_ms(area, period), self.now_ms)
        tick = tick_of(self._markets_of(area))
        ticks = tariff.nodal_ticks(network.grid, parameters, period.mtu.length_s, point, tick)
        following = tariff.next_tariff(case, period.tariff, parameters, ticks, tick) if ticks else None
        return self._apply([following]) if following else []

    def _audits(self, area: Area) -> list[Event]:
        events: list[Event] = []
        for network in area.networks:
            controls = network.grid.model.has_controls
            seen = [period for period in area.ordered() if area.network_of(period.mtu) is network]
            points = [audit.audit_point(network, p) for p in seen if p.is_audit_due(has_controls=controls)]
            found = [point for point in points if point is not None]
            first = area.audit_sequence + 1
            events += self._apply(audit.intents(network, area.area_id, found, shard=self.shard, first=first))
        return events

    def _markets_of(self, area: Area) -> list[MarketFact]:
        return [market for _, market in sorted(self.markets.items()) if market.area_id == area.area_id]

    def _opens_at_ms(self, area: Area, period: Period) -> int | None:
        fact = self.area_facts.get(area.area_id)
        return opens_at_ms(period.mtu, fact, self._markets_of(area)) if fact else None

    def _apply(self, events: Iterable[Event]) -> list[Event]:
        applied = list(events)
        for event in applied:
            self.evolve(event)
        return applied

    # --- state -------------------------------------------------------------------------------------------------------

    def tick(self, at_ms: int, step: int) -> None:
        """Time has advanced."""
        self.now_ms, self.step = at_ms, step

    def take(self, fact: Fact) -> None:
        """Take a fact of another service into the state."""
        if isinstance(fact, RoleFact):
            self.roles[fact.participant_id] = fact
        elif isinstance(fact, AreaFact):
            if fact.shard == self.shard:
                self.area_facts[fact.area_id] = fact
        elif isinstance(fact, MarketFact):
            self.markets[fact.market_id] = fact
        elif isinstance(fact, MarketClosed):
            self.markets.pop(fact.market_id, None)
        else:
            self._take_operating_point(fact)

    def _take_operating_point(self, fact: OperatingPointFact) -> None:
        area = self.areas.setdefault(fact.area_id, Area(fact.area_id))
        period = area.period(fact.mtu)
        for node_id, deviation in fact.accepted.items():
            if deviation == (0, 0):
                period.accepted.pop(node_id, None)
            else:
                period.accepted[node_id] = deviation
        period.operating_point_sequence = fact.sequence
        period.accepted_base_case_version = fact.base_case_version
        area.changed.add(fact.mtu)

    def evolve(self, event: Event) -> None:
        """Apply an event."""
        area = self.areas.setdefault(event.area_id, Area(event.area_id))
        if isinstance(event, TopologyState):
            area.put_network(Network(event, self._compile(event.model)), self.now_ms // 1000 - forecast.RETAINED_S)
        elif isinstance(event, TariffParametersSet):
            area.keep_parameters(event)
        elif isinstance(event, BaseCaseCorrected):
            area.corrected_at_ms = event.measured_at_ms
        elif isinstance(event, GridHeartbeat):
            area.heartbeat_at_ms = self.now_ms
        elif isinstance(event, AuditRecorded):
            _evolve_audit(area, event)
        elif isinstance(event, AuditIntended):
            area.audit_sequence += 1
            for point in event.points:
                period = area.period(point.mtu)
                period.audited = dict(period.accepted)
                period.audited_sequence = point.operating_point_sequence
                period.audited_case_version = period.base_case.version if period.base_case else 0
        elif isinstance(event, PeriodRetired):
            area.periods.pop(event.mtu, None)
            area.changed.discard(event.mtu)
        else:
            _evolve_period(area, area.period(event.mtu), event)


def _evolve_audit(area: Area, event: AuditRecorded) -> None:
    area.audits.add(event)
    period = area.periods.get(event.mtu)
    if not event.free_checked or period is None:
        return
    if period.free_violations != event.free_violations:
        area.changed.add(event.mtu)
    period.free_violations = event.free_violations


def _evolve_period(
    area: Area, period: Period, event: BaseCaseState | MarginState | TariffState | GridResultState
) -> None:
    if isinstance(event, BaseCaseState):
        period.keep(event)
        area.changed.add(event.mtu)
    elif isinstance(event, MarginState):
        period.keep_margin(event)
    elif isinstance(event, TariffState):
        period.tariff = event
    else:
        area.result_sequence = event.sequence
        area.changed.discard(event.mtu)


def _same_numbers(one: BaseCaseState, other: BaseCaseState) -> bool:
    return (one.topology_version, one.p_w, one.q_var, one.p95_consumption_w, one.p95_injection_w) == (
        other.topology_version,
        other.p_w,
        other.q_var,
        other.p95_consumption_w,
        other.p95_injection_w,
    )
