"""The catalogue of topics: each declared once, with its owner, key, payload and why.

Kafka resources, ACLs, AsyncAPI and the table in the documentation are generated from here; a record whose type is not
declared for its topic is refused.
"""

from __future__ import annotations

from google.protobuf.message import Message

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as ancillary
from flexbourse.external.v1 import external_pb2 as external
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.market_data.v1 import market_data_pb2 as market_data
from flexbourse.orderbook.v1 import feed_pb2 as feed
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as wholesale
from flexbourse_messages.declaring import FEED_RETENTION_DAYS
from flexbourse_messages.declaring import command as _command
from flexbourse_messages.declaring import context as _context
from flexbourse_messages.declaring import event as _event
from flexbourse_messages.declaring import state as _state
from flexbourse_messages.lookup import Catalogue
from flexbourse_messages.topic import Context, Input, Projector, Sharding, Topic

REGISTRY_ENTITY = "flex.registry.entity.state.v1"
GRID_TOPOLOGY = "flex.gridcheck.topology.state.v1"
GRID_BASE_CASE = "flex.gridcheck.base-case.state.v1"
GRID_MARGIN = "flex.gridcheck.margin.state.v1"
GRID_TARIFF = "flex.gridcheck.tariff.state.v1"
GRID_RESULT = "flex.gridcheck.result.state.v1"
GRID_AUDIT = "flex.gridcheck.audit.event.v1"
GRID_SCHEDULE = "flex.gridcheck.schedule.state.v1"
LIGHT_ZONE = "flex.traffic-light.zone.state.v1"
BOOK_TRADE = "flex.orderbook.trade.event.v1"
BOOK_ORDER = "flex.orderbook.order.event.v1"
BOOK_OPERATING_POINT = "flex.orderbook.operating-point.event.v1"
BOOK_HEADROOM = "flex.orderbook.headroom.event.v1"
BOOK_COLLATERAL = "flex.orderbook.collateral.event.v1"
BOOK_LEFTOVER = "flex.orderbook.leftover.event.v1"
BOOK_FEED = "flex.orderbook.feed.event.v1"
SETTLEMENT_BATCH = "flex.settlement.batch.event.v1"
SETTLEMENT_CHAIN = "flex.settlement.chain.state.v1"
SETTLEMENT_ALLOTMENT = "flex.settlement.allotment.state.v1"
ACTIVATION_LIFE = "flex.activation.life.event.v1"
ACTIVATION_ORDER = "flex.activation.order.state.v1"
ACTIVATION_CLAIM = "flex.activation.claim.event.v1"
ACTIVATION_HEADROOM = "flex.activation.headroom.event.v1"
ANCILLARY_BID = "flex.ancillary-gateway.bid.event.v1"
ANCILLARY_HEADROOM = "flex.ancillary-gateway.headroom.event.v1"
ANCILLARY_CLAIM = "flex.ancillary-gateway.claim.event.v1"
ANCILLARY_RESULT = "flex.ancillary-gateway.result.event.v1"
WHOLESALE_ORDER = "flex.wholesale-gateway.order.event.v1"
WHOLESALE_HEADROOM = "flex.wholesale-gateway.headroom.event.v1"
WHOLESALE_RESULT = "flex.wholesale-gateway.result.event.v1"
MODEL_TABLE = "flex.market-data.model.state.v1"

REGISTRY_COMMAND = "flex.registry.registration.command.v1"
GRID_COMMAND = "flex.gridcheck.network.command.v1"
LIGHT_COMMAND = "flex.traffic-light.override.command.v1"
BOOK_COMMAND = "flex.orderbook.order.command.v1"
SETTLEMENT_COMMAND = "flex.settlement.reading.command.v1"
ACTIVATION_COMMAND = "flex.activation.request.command.v1"
ANCILLARY_COMMAND = "flex.ancillary-gateway.offer.command.v1"
WHOLESALE_COMMAND = "flex.wholesale-gateway.forwarding.command.v1"

REGISTRY = _context(
    "registry",
    (registry.EntityRegistered, registry.EntitiesRegistered, registry.ImportStaged, registry.ImportEnded),
    (
        _command(
            "registry",
            "registration",
            Sharding.SINGLE,
            10,
            registry.RegisterEntities,
            registry.AdvanceUnits,
            registry.StageImport,
            registry.CommitImport,
        ),
    ),
    (
        _state(
            "registry",
            "entity",
            20,
            "kind/id",
            (registry.EntityState,),
            why="who may offer what, where, on which market",
        ),
    ),
    (Input("registry", SETTLEMENT_CHAIN, feedback=True),),
)

GRIDCHECK = _context(
    "gridcheck",
    (
        grid.TopologyState,
        grid.BaseCaseState,
        grid.MarginState,
        grid.TariffState,
        grid.GridResultState,
        grid.GridHeartbeat,
        grid.AuditIntended,
        grid.AuditRecorded,
        grid.TariffParametersSet,
        grid.PeriodRetired,
        grid.BaseCaseCorrected,
        grid.SchedulesRecorded,
        grid.SchedulesRetired,
    ),
    (_command("gridcheck", "network", Sharding.AREA, 11, grid.GridCommand),),
    (
        _state(
            "gridcheck",
            "topology",
            30,
            "area/version",
            (grid.TopologyState,),
            why="never overwritten: others adopt it by reference",
            versioned=True,
        ),
        _state("gridcheck", "base-case", 31, "area/mtu", (grid.BaseCaseState,)),
        _state("gridcheck", "margin", 32, "area/mtu", (grid.MarginState,)),
        _state("gridcheck", "tariff", 33, "area/mtu", (grid.TariffState,)),
        _state("gridcheck", "result", 34, "area/mtu", (grid.GridResultState, grid.GridHeartbeat)),
        _event("gridcheck", "audit", 35, "area/mtu", (grid.AuditRecorded,)),
        _state(
            "gridcheck",
            "schedule",
            36,
            "area/mtu/unit",
            (grid.ScheduleState,),
            why="what operators of units say they will do without the market: evidence for the base case",
        ),
    ),
    (Input("gridcheck", REGISTRY_ENTITY), Input("gridcheck", BOOK_OPERATING_POINT)),
)

TRAFFIC_LIGHT = _context(
    "traffic-light",
    (light.LightState, light.LightHeartbeat, light.OverrideChanged, light.ThresholdsChanged, light.LightRetired),
    (_command("traffic-light", "override", Sharding.AREA, 12, light.LightCommand),),
    (
        _state(
            "traffic-light",
            "zone",
            40,
            "area/zone/mtu",
            (light.LightState, light.LightHeartbeat),
            why="read by control rooms and every participant: the last value is always there",
            public=True,
        ),
    ),
    (
        Input("traffic-light", REGISTRY_ENTITY),
        Input("traffic-light", GRID_TOPOLOGY),
        Input("traffic-light", GRID_RESULT),
    ),
)

ORDERBOOK = _context(
    "orderbook",
    (book.OrderEvent,),
    (_command("orderbook", "order", Sharding.AREA, 13, book.OrderCommand, ingress="order.command.v1"),),
    (
        _event(
            "orderbook",
            "trade",
            50,
            "area/mtu",
            (book.OrderEvent,),
            why="trades, frozen bases, openings and closings: for settlement and read models",
        ),
        _event("orderbook", "order", 51, "party", (book.PartyEvent,), egress="order.event.v1"),
        _event("orderbook", "operating-point", 52, "area/mtu", (book.OperatingPointChanged,)),
        _event(
            "orderbook",
            "headroom",
            53,
            "area",
            (book.OrderEvent,),
            why="what became of headroom that other services hold",
        ),
        _event(
            "orderbook",
            "collateral",
            54,
            "participant",
            (book.OrderEvent,),
            why="of which allotments a shard uses no more than was asked: settlement gives the rest free",
        ),
        _event(
            "orderbook",
            "leftover",
            55,
            "area/mtu",
            (book.OrderEvent,),
            why="what is left of forwardable orders as their books close, and the closings",
        ),
        _event(
            "orderbook",
            "feed",
            56,
            "area/market/mtu",
            (feed.FeedEvent,),
            why="all that everybody may know of each book, numbered without a gap: a stranger has the book from it",
            public=True,
            retention_days=FEED_RETENTION_DAYS,
        ),
    ),
    (
        Input("orderbook", REGISTRY_ENTITY),
        Input("orderbook", GRID_TOPOLOGY, feedback=True),
        Input("orderbook", GRID_BASE_CASE, feedback=True),
        Input("orderbook", GRID_MARGIN, feedback=True),
        Input("orderbook", GRID_TARIFF, feedback=True),
        Input("orderbook", GRID_AUDIT, feedback=True),
        Input("orderbook", LIGHT_ZONE, feedback=True),
        Input("orderbook", ACTIVATION_HEADROOM, feedback=True),
        Input("orderbook", ANCILLARY_HEADROOM, feedback=True),
        Input("orderbook", WHOLESALE_HEADROOM, feedback=True),
        Input("orderbook", SETTLEMENT_ALLOTMENT, feedback=True),
        Input("orderbook", WHOLESALE_RESULT, feedback=True),
    ),
)

SETTLEMENT = _context(
    "settlement",
    (settlement.SettlementEvent,),
    (_command("settlement", "reading", Sharding.SINGLE, 14, settlement.SettlementCommand),),
    (
        _event("settlement", "batch", 60, "batch id", (settlement.BatchState,)),
        _state(
            "settlement",
            "allotment",
            61,
            "shard/participant",
            (settlement.AllotmentState,),
            why="what of a participant's collateral a shard of the order book may use",
        ),
        _state(
            "settlement",
            "chain",
            62,
            "right/id",
            (settlement.RightChainState,),
            why="what the chain holds of rights to offer: granted, refused with the reason, revoked",
        ),
    ),
    (
        Input("settlement", REGISTRY_ENTITY),
        Input("settlement", BOOK_TRADE),
        Input("settlement", BOOK_COLLATERAL),
        Input("settlement", ACTIVATION_LIFE),
        Input("settlement", ACTIVATION_CLAIM),
        Input("settlement", GRID_SCHEDULE),
        Input("settlement", WHOLESALE_RESULT),
        Input("settlement", ANCILLARY_RESULT),
    ),
)

ACTIVATION = _context(
    "activation",
    (activation.ActivationEvent,),
    (
        _command(
            "activation",
            "request",
            Sharding.AREA,
            16,
            activation.ActivationCommand,
            ingress="activation.command.v1",
        ),
    ),
    (
        _event(
            "activation",
            "life",
            70,
            "area",
            (activation.ActivationEvent,),
            why="offers, claims, activations and their steps: for settlement, gateways and read models",
        ),
        _state(
            "activation",
            "order",
            71,
            "area/activation",
            (activation.ActivationOrder,),
            egress="activation-order.event.v1",
            why="what each unit's operator is to do; the newest order of each activation is always there",
        ),
        _event(
            "activation",
            "claim",
            72,
            "area/unit/mtu",
            (activation.UnitTotal,),
            why="all that is claimed of a unit in a period, the newest revision holds: ready for a chain",
        ),
        _event(
            "activation",
            "headroom",
            73,
            "area",
            (book.HeadroomInstruction,),
            why="what activation holds of an area's headroom",
        ),
    ),
    (
        Input("activation", REGISTRY_ENTITY),
        Input("activation", GRID_TOPOLOGY),
        Input("activation", GRID_BASE_CASE),
        Input("activation", BOOK_TRADE),
        Input("activation", BOOK_HEADROOM),
        Input("activation", LIGHT_ZONE),
        Input("activation", WHOLESALE_RESULT),
        Input("activation", ANCILLARY_CLAIM, feedback=True),
    ),
)

ANCILLARY_GATEWAY = _context(
    "ancillary-gateway",
    (ancillary.AncillaryEvent,),
    (
        _command(
            "ancillary-gateway",
            "offer",
            Sharding.SINGLE,
            18,
            ancillary.AncillaryCommand,
        ),
    ),
    (
        _event(
            "ancillary-gateway",
            "bid",
            84,
            "kind of event",
            (ancillary.AncillaryEvent,),
            why="offers, bids, orders and documents of the balancing platform: for read models",
        ),
        _event(
            "ancillary-gateway",
            "headroom",
            85,
            "area",
            (book.HeadroomInstruction,),
            why="what the gateway holds of areas' headroom for what is forwarded",
        ),
        _event(
            "ancillary-gateway",
            "claim",
            86,
            "area",
            (activation.GatewayInstruction,),
            why="what the gateway claims of units, and has activated",
        ),
        _event(
            "ancillary-gateway",
            "result",
            87,
            "venue/result",
            (external.ExternalResult,),
            why="what activations of balancing energy bring to whom, preliminary and final: for settlement",
        ),
    ),
    (
        Input("ancillary-gateway", REGISTRY_ENTITY),
        Input("ancillary-gateway", BOOK_HEADROOM),
        Input("ancillary-gateway", ACTIVATION_LIFE),
    ),
)

WHOLESALE_GATEWAY = _context(
    "wholesale-gateway",
    (wholesale.WholesaleEvent,),
    (_command("wholesale-gateway", "forwarding", Sharding.SINGLE, 17, wholesale.WholesaleCommand),),
    (
        _event(
            "wholesale-gateway",
            "headroom",
            74,
            "area",
            (book.HeadroomInstruction,),
            why="what the gateway holds of each area's headroom, for every fill of what rests on the exchange",
        ),
        _event(
            "wholesale-gateway",
            "result",
            75,
            "venue/result",
            (external.ExternalResult,),
            why="trades of the exchange split over participants, each correction a version: for settlement and notary",
        ),
        _event(
            "wholesale-gateway",
            "order",
            76,
            "intent",
            (wholesale.WholesaleEvent,),
            why="lives of orders on the exchange: for read models and operators",
        ),
    ),
    (
        Input("wholesale-gateway", REGISTRY_ENTITY),
        Input("wholesale-gateway", BOOK_HEADROOM),
        Input("wholesale-gateway", BOOK_LEFTOVER),
    ),
)

CONTEXTS: tuple[Context, ...] = (
    REGISTRY,
    GRIDCHECK,
    TRAFFIC_LIGHT,
    ORDERBOOK,
    SETTLEMENT,
    ACTIVATION,
    WHOLESALE_GATEWAY,
    ANCILLARY_GATEWAY,
)

_READ_BY_MARKET_DATA = (GRID_TOPOLOGY, GRID_TARIFF, LIGHT_ZONE, BOOK_TRADE, BOOK_FEED, ACTIVATION_LIFE)
MARKET_DATA = Projector(
    "market-data",
    tuple(Input("market-data", topic) for topic in _READ_BY_MARKET_DATA),
    (
        Topic(
            MODEL_TABLE, "market-data", "group#field", Sharding.AREA,
            (
                market_data.FeederState, market_data.BookHead, book.PublicOrder, market_data.ProductStatistics,
                market_data.NodeList, market_data.NodalTariff, market_data.OpenActivation,
                market_data.ActivationFigures,
            ),
            rank=95, compacted=True,
            why="read models as they stand, so that a restart reads no year of trades; may be deleted and replayed",
        ),
    ),
)  # fmt: skip

PROJECTORS: tuple[Projector, ...] = (MARKET_DATA,)


def topics() -> tuple[Topic, ...]:
    """Return every topic, in order of rank and name."""
    found = [
        topic
        for context in CONTEXTS
        for topic in (
            context.journal, context.snapshot, context.answer, context.control, *context.commands, *context.outputs,
        )
    ]  # fmt: skip
    found += [topic for projector in PROJECTORS for topic in projector.tables]
    return tuple(sorted(found, key=lambda topic: (topic.rank, topic.name)))


TOPICS: dict[str, Topic] = {topic.name: topic for topic in topics()}
BY_NAME: dict[str, Context] = {context.name: context for context in CONTEXTS}


def message_class(topic: str, type_name: str) -> type[Message]:
    """Return the class of a record's type; raises KeyError where the topic does not declare it."""
    for payload in TOPICS[topic].payloads:
        if payload.DESCRIPTOR.full_name == type_name:
            return payload
    raise KeyError(f"topic {topic} does not declare the type {type_name!r}")


def check_feedback() -> None:
    """Raise ValueError where inputs that are not feedback form a cycle of contexts."""
    edges: dict[str, set[str]] = {context.name: set() for context in CONTEXTS}
    for context in CONTEXTS:
        for entry in context.inputs:
            if not entry.feedback:
                edges[context.name].add(TOPICS[entry.topic].owner)
    done: set[str] = set()
    while len(done) < len(edges):
        ready = [name for name, sources in edges.items() if name not in done and sources <= done]
        if not ready:
            raise ValueError(f"inputs form a cycle among {sorted(set(edges) - done)}: declare one as feedback")
        done.update(ready)


check_feedback()

CATALOGUE = Catalogue(CONTEXTS, PROJECTORS)
