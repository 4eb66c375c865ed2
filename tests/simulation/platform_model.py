"""All shards of a platform in one thread on a model log and a virtual clock; the seed decides who runs when."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random

import street
from faults import Faults
from hosts import Host, Snapshot
from model_log import ModelLog
from outside import Outside
from story import LAST_S, Sent, Story, meters, resume
from street import AREA, DAY_S, DSO, GATE_S, OPERATOR, PERIODS_S

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridcheck.adapters.grids import Grids
from flexbourse_gridcheck.processor import GridProgram
from flexbourse_log.clock import Reading
from flexbourse_log.codec import encode, type_name
from flexbourse_log.control import CLOCK_JUMP
from flexbourse_log.port import CE_ID as COMMAND_ID
from flexbourse_log.port import CE_TYPE, EXPIRES_AT, PARTY, ProgramFactory
from flexbourse_messages.catalogue import BY_NAME, GRID_COMMAND, LIGHT_COMMAND, REGISTRY_COMMAND
from flexbourse_networks.network_import import NetworkImport
from flexbourse_orderbook.processor import OrderBookProgram
from flexbourse_registry.domain.registration import Platform
from flexbourse_registry.processor import RegistryProgram
from flexbourse_settlement.processor import SettlementProgram
from flexbourse_traffic_light.processor import LightProgram

# The next day's books open when all is over.
OPENS_BEFORE_DAY_S = 3 * 3600
OPENING_S = DAY_S - OPENS_BEFORE_DAY_S
TURNS = 30
COMMANDS_A_TURN = (0, 1, 2, 3, 5)
# After the longest one the lights have lapsed.
PAUSES_MS = (200, 200, 1_000, 1_000, 1_000, 5_000, 20_000, 50_000)
PASSES = 400  # until all is quiet; more is a livelock
LIFETIME_MS = 6 * 3_600_000
JUMP_MS = 3 * 3_600_000
READ_AT_ONCE = 200


def factories(grids: Grids) -> dict[str, ProgramFactory]:
    """Return the programs of all services that a day on the street needs."""
    platform = Platform(OPERATOR, 1)
    return {
        "registry": lambda _shard: RegistryProgram(platform),
        "gridcheck": lambda shard: GridProgram(shard, grids.compiled, OPERATOR),
        "traffic-light": LightProgram,
        "orderbook": lambda shard: OrderBookProgram(shard, OPERATOR),
        "settlement": lambda _shard: SettlementProgram(OPERATOR),
    }


@dataclass
class PlatformModel:
    """The platform between two turns."""

    log: ModelLog
    hosts: dict[str, Host]
    outside: Outside
    draw: Random
    faults: Faults
    now_ms: int
    first_snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)  # shards whose new owner knew something else

    def send(self, sent: Sent) -> None:
        """Append a command, perhaps twice."""
        self.sent.append(sent)
        for _ in range(2 if self.faults.strikes("command repeated") else 1):
            self._append(sent)

    def _append(self, sent: Sent) -> None:
        headers = {
            COMMAND_ID: sent.command_id, PARTY: sent.party, EXPIRES_AT: str(self.now_ms + LIFETIME_MS),
            CE_TYPE: type_name(sent.body),
        }  # fmt: skip
        self.log.append(sent.topic, 0, sent.command_id, encode(sent.body), headers)

    def turn(self) -> None:
        """Let every shard run once, in an order of the seed."""
        hosts = list(self.hosts.values())
        self.draw.shuffle(hosts)
        for host in hosts:
            self._run(host)
            self._effects(host)

    def _run(self, host: Host) -> None:
        for source in host.runner.sources:
            if not self.faults.strikes("input delayed"):
                host.read(source.topic, source.partition, self.draw.randint(1, READ_AT_ONCE))
        batch = host.decide(self._reading(host))
        if self.faults.strikes("crash before commit"):
            host.take_over()
            return
        if batch is not None:
            host.commit(batch)
        if self.faults.strikes("crash after commit"):
            self._hand_over(host)
        elif self.faults.strikes("moved"):
            host.take_snapshot()
            self._hand_over(host)
        self._look_after(host)

    def _hand_over(self, host: Host) -> None:
        """Let a new owner take a shard over; note where he knows something else than the one before."""
        lived = host.runner.state.dump()
        host.take_over()
        if host.runner.state.dump() != lived:
            self.unlike.append(host.name)

    def _reading(self, host: Host) -> Reading:
        """Return the clocks; a process that starts with a clock that is ahead cannot know it."""
        jump = JUMP_MS if host.has_read_clock and self.faults.strikes("clock jumps") else 0
        return Reading(self.now_ms + jump, self.now_ms)

    def _look_after(self, host: Host) -> None:
        """Do what an operator does: confirm the time of a shard that halted at a jump."""
        if host.runner.halted.startswith(CLOCK_JUMP):
            confirm = log_pb2.ControlCommand(
                confirm_time=log_pb2.ConfirmTime(at_ms=self.now_ms), reason="the clock is right again"
            )
            topic = BY_NAME[host.context].control.name
            self._append(Sent(topic, OPERATOR, f"confirm-{self.log.end(topic, 0)}", confirm))
        assert not host.runner.halted or host.runner.halted.startswith(CLOCK_JUMP), (host.name, host.runner.halted)

    def _effects(self, host: Host) -> None:
        for intent in list(host.open.values()):
            if self.faults.strikes("effect delayed"):
                continue
            disagrees = self.faults.strikes("solvers disagree")
            for _ in range(2 if self.faults.strikes("effect repeated") else 1):
                outcome = self.outside.perform(intent, disagrees=disagrees)
                if not self.faults.strikes("effect lost"):
                    self._append(Sent(outcome.topic, outcome.party, outcome.command_id, outcome.body))
            if disagrees:
                self.send(resume(len(self.sent)))

    def settle_down(self) -> None:
        """Take turns until nobody has anything left to do."""
        for _ in range(PASSES):
            self.turn()
            self.now_ms += 1_000
            if not any(host.is_behind() or host.open for host in self.hosts.values()):
                return
        behind = [host.name for host in self.hosts.values() if host.is_behind() or host.open]
        raise AssertionError(f"never quiet: {behind}")

    def digest(self) -> str:
        """Return the SHA-256 of all journals."""
        found = hashlib.sha256()
        for place, records in self.log.journals():
            found.update(repr(place).encode())
            for record in records:
                found.update(record.value)
        return found.hexdigest()


@dataclass(frozen=True)
class Prepared:
    """The street with its books open and its lights known: where every simulated day begins."""

    log: ModelLog
    snapshots: dict[str, Snapshot]
    programs: dict[str, ProgramFactory]
    outside: Callable[[], Outside]
    now_ms: int

    def platform(self, seed: int) -> PlatformModel:
        """Return a platform of its own for a seed."""
        log, draw = self.log.fork(), Random(seed)
        hosts = {name: Host(name, 0, self.programs[name], log, self.snapshots[name]) for name in self.snapshots}
        return PlatformModel(log, hosts, self.outside(), draw, Faults(draw), self.now_ms, self.snapshots)


@cache
def prepared() -> Prepared:
    """Register, publish and forecast, without faults."""
    grids, log = Grids(), ModelLog()
    programs = factories(grids)
    hosts = {name: Host(name, 0, program, log) for name, program in programs.items()}
    draw = Random(0)
    faults = Faults(draw)
    faults.heal()
    begins_ms = (OPENING_S - 600) * 1000
    platform = PlatformModel(log, hosts, Outside(grids.find), draw, faults, begins_ms)
    for sent in _founding():
        platform.send(sent)
        platform.settle_down()
    platform.now_ms = max(platform.now_ms, (OPENING_S + 1) * 1000)
    for _ in range(30):
        platform.turn()
        platform.now_ms += 2_000
    for host in hosts.values():
        host.take_snapshot()
    snapshots = {name: host.snapshot for name, host in hosts.items() if host.snapshot is not None}
    return Prepared(log, snapshots, programs, lambda: Outside(grids.find), platform.now_ms)


def _founding() -> Iterable[Sent]:
    model = NetworkImport(None).from_json(street.network_json())
    bodies = (
        (REGISTRY_COMMAND, OPERATOR, registry.RegisterEntities(entities=_entities())),
        (GRID_COMMAND, OPERATOR, grid.GridCommand(publish_topology=grid.PublishTopology(area_id=AREA, model=model))),
        (GRID_COMMAND, DSO, grid.GridCommand(
            set_tariff_parameters=grid.SetTariffParameters(area_id=AREA, parameters=street.TARIFF))),
        (LIGHT_COMMAND, DSO, light.LightCommand(
            set_thresholds=light.SetLightThresholds(area_id=AREA, thresholds=street.THRESHOLDS))),
        (REGISTRY_COMMAND, OPERATOR, registry.RegisterEntities(entities=street.homes())),
        (GRID_COMMAND, DSO, grid.GridCommand(submit_forecast=street.forecast())),
    )  # fmt: skip
    for number, (topic, party, body) in enumerate(bodies):
        yield Sent(topic, party, f"setup-{number}", body)


def _entities() -> list[registry.Entity]:
    """Return the street's own; in its market of energy nobody trades with himself."""
    entities = street.founding()
    for entity in entities:
        if entity.HasField("market"):
            entity.market.opens_before_day_s = OPENS_BEFORE_DAY_S
        if entity.market.market_id == street.ENERGY:
            entity.market.self_trade_prevention = registry.SELF_TRADE_PREVENTION_CANCEL_OLDEST
    return entities


def day(seed: int) -> PlatformModel:
    """Return the platform behind a whole day."""
    platform = prepared().platform(seed)
    live(platform)
    return platform


def live(platform: PlatformModel) -> None:
    """Run a whole day: trade while things go wrong, then heal, close, meter and settle."""
    story = Story(platform.draw)
    for _ in range(TURNS):
        for _ in range(platform.draw.choice(COMMANDS_A_TURN)):
            platform.send(story.next())
        platform.turn()
        platform.now_ms += platform.draw.choice(PAUSES_MS)
    platform.faults.heal()
    platform.settle_down()
    for at_s in (*(start_s - GATE_S for start_s in PERIODS_S), LAST_S):
        platform.now_ms = max(platform.now_ms, at_s * 1000)
        platform.settle_down()
        platform.send(story.next())  # too late for at least one book
        platform.settle_down()
    for sent in meters():
        platform.send(sent)
        platform.settle_down()
    platform.now_ms += 60_000
    platform.settle_down()
