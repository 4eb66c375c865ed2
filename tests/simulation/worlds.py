"""Where simulated stories begin: platforms with their grid checked, their books open and their lights known.

Each is prepared once, without faults, and restored from its snapshots for every seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import balancing_platform
import hours
import street
from energy_exchange import Member
from faults import Faults
from hosts import Host, Snapshot
from hours import HOUR_S, HOURS_S, LATE_BEGINS_S, LATE_HOURS_S
from model_log import ModelLog
from outside import Neighbour, Outside
from platform_model import PlatformModel
from readers import FeedReader
from sending import Sent
from street import AREA, DSO, ENERGY, EVENING_S, NOON_S, OPERATOR, RELIEF, SUPPLY
from unit_operators import UnitOperators

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_activation.processor import ActivationProgram
from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck.adapters.grids import Grids
from flexbourse_gridcheck.effects import AuditEffect
from flexbourse_gridcheck.processor import GridProgram
from flexbourse_log.port import ProgramFactory
from flexbourse_market_data.domain.feed import BookName
from flexbourse_messages.catalogue import CATALOGUE, GRID_COMMAND, LIGHT_COMMAND, REGISTRY_COMMAND
from flexbourse_networks.network_import import NetworkImport
from flexbourse_orderbook.processor import OrderBookProgram
from flexbourse_registry.domain.registration import Platform
from flexbourse_registry.processor import RegistryProgram
from flexbourse_settlement.processor import SettlementProgram
from flexbourse_traffic_light.processor import LightProgram

MARKET = ("registry", "gridcheck", "traffic-light", "orderbook", "settlement")
OPENS_BEFORE_DAY_S = 3 * 3600
OPENING_S = street.DAY_S - OPENS_BEFORE_DAY_S
WARMING_UP = 30  # turns after the opening, of two seconds: the lights have stood long enough to be believed


@dataclass(frozen=True)
class World:
    """What a platform begins with; `founding` says what is registered and published, in order."""

    contexts: tuple[str, ...]
    founding: Callable[[], Iterable[Sent]]
    mtu_length_s: int = street.MTU_S
    area_shards: int = 1
    begins_s: int = OPENING_S + 1
    read_s: tuple[int, ...] = (NOON_S, EVENING_S)  # periods of which a reader follows one
    warming_up: int = WARMING_UP
    neighbours: tuple[Callable[[Random, Faults], Neighbour], ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A world where every story of it begins."""

    world: World
    log: ModelLog
    snapshots: Mapping[str, Snapshot]
    programs: Mapping[str, ProgramFactory]
    audit: AuditEffect
    now_ms: int

    def platform(self, seed: int) -> PlatformModel:
        """Return a platform of its own for a seed."""
        log, draw, world = self.log.fork(), Random(seed), self.world
        hosted = frozenset(world.contexts)
        hosts = {}
        for name, snapshot in self.snapshots.items():
            context, _, shard = name.partition("/")
            hosts[name] = Host(
                context, int(shard), self.programs[context], log, hosted, snapshot, area_shards=world.area_shards
            )
        faults = Faults(draw)
        outside = Outside(self.audit, [make(draw, faults) for make in world.neighbours])
        return PlatformModel(
            log, hosts, outside, draw, faults, self.now_ms, _reader(world, draw),
            UnitOperators(draw), world.area_shards,
        )  # fmt: skip


def prepared(world: World) -> Prepared:
    """Return a world that is ready, made where it is not known yet."""
    if world not in _READY:
        _READY[world] = _prepare(world)
    return _READY[world]


_READY: dict[World, Prepared] = {}


def _prepare(world: World) -> Prepared:
    """Register, publish and forecast, without faults."""
    grids, log, draw = Grids(), ModelLog(), Random(0)
    programs = _factories(grids, world.area_shards)
    hosts, hosted = {}, frozenset(world.contexts)
    for context in world.contexts:
        for shard in range(CATALOGUE.shards(context, world.area_shards)):
            host = Host(context, shard, programs[context], log, hosted, area_shards=world.area_shards)
            hosts[host.name] = host
    audit, faults = AuditEffect(grids.find), Faults(draw)
    faults.heal()
    outside = Outside(audit, [make(draw, faults) for make in world.neighbours])
    platform = PlatformModel(
        log, hosts, outside, draw, faults, (world.begins_s - 600) * 1000, _reader(world, draw),
        UnitOperators(draw), world.area_shards,
    )  # fmt: skip
    for sent in world.founding():
        platform.send(sent)
        platform.settle_down()
    platform.now_ms = max(platform.now_ms, world.begins_s * 1000)
    for _ in range(world.warming_up):
        platform.turn()
        platform.now_ms += 2_000
    snapshots = {name: host.state() for name, host in hosts.items()}
    return Prepared(world, log, snapshots, programs, audit, platform.now_ms)


def _reader(world: World, draw: Random) -> FeedReader:
    return FeedReader(BookName(AREA, ENERGY, Mtu(draw.choice(world.read_s), world.mtu_length_s)), 0)


def _factories(grids: Grids, area_shards: int) -> dict[str, ProgramFactory]:
    """Return the programs of all services."""
    platform = Platform(OPERATOR, area_shards)
    return {
        "registry": lambda _shard: RegistryProgram(platform),
        "gridcheck": lambda shard: GridProgram(shard, grids.compiled, OPERATOR),
        "traffic-light": LightProgram,
        "orderbook": lambda shard: OrderBookProgram(shard, OPERATOR),
        "settlement": lambda _shard: SettlementProgram(OPERATOR),
        "ancillary-gateway": lambda _shard: balancing_platform.gateway(),
        "wholesale-gateway": lambda _shard: Member(OPERATOR),
        "activation": lambda shard: ActivationProgram(shard, OPERATOR),
    }


def street_founding(
    entities: Iterable[registry.Entity], periods_s: tuple[int, ...] = street.PERIODS_S, mtu_length_s: int = street.MTU_S
) -> Iterable[Sent]:
    """Iterate over what makes a street of these participants, areas and markets."""
    model = NetworkImport(None).from_json(street.network_json())
    forecast = hours.forecast(periods_s, mtu_length_s)
    bodies = (
        (REGISTRY_COMMAND, OPERATOR, registry.RegisterEntities(entities=entities)),
        (GRID_COMMAND, OPERATOR, grid.GridCommand(publish_topology=grid.PublishTopology(area_id=AREA, model=model))),
        (GRID_COMMAND, DSO, grid.GridCommand(
            set_tariff_parameters=grid.SetTariffParameters(area_id=AREA, parameters=street.TARIFF))),
        (LIGHT_COMMAND, DSO, light.LightCommand(
            set_thresholds=light.SetLightThresholds(area_id=AREA, thresholds=street.THRESHOLDS))),
        (REGISTRY_COMMAND, OPERATOR, registry.RegisterEntities(entities=street.homes())),
        (GRID_COMMAND, DSO, grid.GridCommand(submit_forecast=forecast)),
    )  # fmt: skip
    for number, (topic, party, body) in enumerate(bodies):
        yield Sent(topic, party, f"setup-{number}", body)


def _day_founding() -> Iterable[Sent]:
    """Return the street's own; in its market of energy nobody trades with himself."""
    entities = street.founding()
    for entity in entities:
        if entity.HasField("market"):
            entity.market.opens_before_day_s = OPENS_BEFORE_DAY_S
        if entity.market.market_id == street.ENERGY:
            entity.market.self_trade_prevention = registry.SELF_TRADE_PREVENTION_CANCEL_OLDEST
    return street_founding(entities)


DAY = World(MARKET, _day_founding)


def hourly_founding(
    changes: Mapping[str, Mapping[str, Any]], hours_s: tuple[int, ...] = LATE_HOURS_S, opens_before_day_s: int = 0
) -> Iterable[Sent]:
    """Iterate over what makes a street that trades hours, of markets with these parameters."""
    entities = street.founding()
    known = {entity.market.market_id: entity.market for entity in entities}
    for market_id, own in changes.items():
        if market_id not in known:
            entities.append(registry.Entity(market=street.market(market_id, own["algorithm"])))
            known[market_id] = entities[-1].market
        market = known[market_id]
        market.mtu_length_s, market.opens_before_day_s = HOUR_S, opens_before_day_s
        del market.span_lengths_s[:]
        market.MergeFrom(registry.Market(**own))
        market.min_price_ticks = own.get("min_price_ticks", market.min_price_ticks)  # of capacity 0
    return street_founding(entities, hours_s, HOUR_S)


def trading_founding() -> Iterable[Sent]:
    energy = {
        "self_trade_prevention": registry.SELF_TRADE_PREVENTION_CANCEL_OLDEST, "max_block_mtus": 4,
        "recall_window_s": HOUR_S, "retries_after_match": True,
    }  # fmt: skip
    return hourly_founding({ENERGY: energy, RELIEF: {}})


CAPACITY, POOL = "street-capacity", "street-pool"
CALL_S, FREEZE_S = 120, 10  # from the opening on: it ends in the middle of a story


def _called_founding() -> Iterable[Sent]:
    """Iterate over a street with calls: an auction over all hours of the day, one of capacity, and a pool."""
    called = {"call_s": CALL_S, "freeze_s": FREEZE_S}
    pool = registry.PoolTerms(
        upstream_id=SUPPLY, import_price_ticks=30_000, export_price_ticks=8_000, import_limit_w=100_000,
        export_limit_w=100_000,
    )  # fmt: skip
    capacity = {
        "algorithm": registry.ALGORITHM_NETWORK_CAPACITY, "capacity_rule": registry.CAPACITY_RULE_PREMIUM_AS_BID,
        "use_or_lose_s": 2 * HOUR_S, "min_price_ticks": 0,
    }  # fmt: skip
    return hourly_founding({
        ENERGY: {**called, "uncrossing": registry.UNCROSSING_DAY_AUCTION}, RELIEF: {}, CAPACITY: {**called, **capacity},
        POOL: {**called, "algorithm": registry.ALGORITHM_POOL, "pool": pool},
    }, HOURS_S, OPENS_BEFORE_DAY_S)  # fmt: skip


TRADING = World(MARKET, trading_founding, HOUR_S, begins_s=LATE_BEGINS_S, read_s=LATE_HOURS_S[::2])
CALLED = World(MARKET, _called_founding, HOUR_S)
