"""What plays in the town share: what is kept of them, steps that are told, orders, and the evening settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_demo.driving.platform_port import Platform
from flexbourse_demo.driving.scene import AREA_ID
from flexbourse_demo.driving.stage import SetupError
from flexbourse_demo.scenarios.founding import Founding, found, meter_id
from flexbourse_demo.scenarios.heard_stage import HeardStage, Sending, nothing, trades_of
from flexbourse_demo.scenarios.town import scene as town

PARTIES = (town.SUPPLIER, *town.AGGREGATORS.values(), town.DSO)
MAX_CLOSING_STEPS = 40
RUN_ID = "evening"
# What names an event of a kind: several parties hear the same one.
_NAMES = {"trade": "trade_id", "curtailment_proposed": "proposal_id", "closed": "order_id"}


@dataclass(frozen=True)
class Moment:
    """A step as it is shown: when, what it was about, and the lights after it, zone -> colour per period."""

    step: int
    at_s: int
    words: str
    lights: dict[str, list[str]]


@dataclass
class TownRecord:
    """What every play in the town leaves behind."""

    moments: list[Moment] = field(default_factory=list)
    events: list[tuple[int, book.OrderEvent]] = field(default_factory=list)
    accounts_micro_euro: dict[str, int] = field(default_factory=dict)
    audit: grid.AuditTotals = field(default_factory=grid.AuditTotals)

    def of(self, kind: str) -> list[tuple[int, object]]:
        """Return (step, body) of all events of a kind, each once."""
        found: dict[bytes, tuple[int, object]] = {}
        for step, event in self.events:
            if event.WhichOneof("event") == kind:
                body = getattr(event, kind)
                found.setdefault(_identity(kind, body), (step, body))
        return list(found.values())

    def trades(self) -> list[book.TradeExecuted]:
        """Return every trade once, with the node of each side: each party sees its own side alone."""
        return trades_of((event for _, event in self.events))


def _identity(kind: str, body: object) -> bytes:
    if kind == "trade_curtailed":
        return f"{body.proposal_id}/{body.curtailment.trade_id}".encode()  # type: ignore[attr-defined]
    if kind in _NAMES:
        return str(getattr(body, _NAMES[kind])).encode()
    content: bytes = body.SerializeToString(deterministic=True)  # type: ignore[attr-defined]
    return content


class TownPlay(HeardStage):
    """An evening in the town on one platform."""

    def __init__(self, platform: Platform, record: TownRecord, tell: Callable[[str], None]) -> None:
        super().__init__(platform, PARTIES)
        self._tell = tell
        self.record = record

    def found(self, entities: Sequence[registry.Entity], first_s: int) -> None:
        """Found the market of the evening, in four steps."""
        words = (
            "participants and market are registered", "the network is published; the tie between the streets is open",
            "homes, cars and a battery are registered", "the forecast of the evening",
        )  # fmt: skip
        founding = Founding(town.DSO, entities, town.network(), town.unit_entities(), town.forecast(), words)
        found(self, self.act, founding, first_s)

    def act(self, at_s: int, words: str, send: Sending) -> list[book.OrderEvent]:
        """Do a step, hear what it led to, and show it."""
        events = self.heard_step(at_s, send)
        self.record.events += [(self.number, event) for event in events]
        self._tell(f"{town.DAY.local(at_s):%a %H:%M}  {words}")
        self.record.moments.append(Moment(self.number, at_s, words, self._lights() if self.number > 1 else {}))
        return events

    def quiet(self, at_s: int) -> None:
        """Do a step that is not shown."""
        self.number += 1
        self.step(self.number, at_s, nothing)

    def order(
        self, key: str, unit: str, side: book.Side, quantity_w: int, ticks: int, mtu: common_pb2.Mtu
    ) -> book.NewOrder:
        """Return an order of local energy that rests."""
        return book.NewOrder(
            client_order_id=key, market_id=town.MARKET_ID, product=book.PRODUCT_LOCAL_ENERGY, side=side, mtu=mtu,
            unit_id=unit, quantity_w=quantity_w, limit_price_ticks=ticks, fill_rule=book.FILL_RULE_NORMAL,
        )  # fmt: skip

    def settle(self, left_w: Mapping[str, int]) -> None:
        """Read the meters, settle, and wait until it is final; `left_w` is what is left of trades that were cut."""
        meters, end = self.client(town.METERS).settlement, town.DAY.end_s
        readings = list(self._readings(left_w))
        self.act(
            end,
            "meters are read",
            lambda name: [meters.submit_readings(AREA_ID, readings, command_id=f"{name}-readings")],
        )
        self.act(end + 60, "the evening is settled", lambda name: [
            meters.complete_readings(AREA_ID, town.periods(), RUN_ID, command_id=f"{name}-complete")])  # fmt: skip
        operator = self.client(self.operator_id)
        for extra in range(2, MAX_CLOSING_STEPS):
            self.quiet(end + 60 * extra)
            batches = operator.settlement.batches(self.position("settlement", self.operator_id))
            if batches and all(batch.state == "FINAL" for batch in batches):
                self.record.accounts_micro_euro = dict(sorted(batches[0].accounts_micro_euro.items()))
                results = operator.grid.results(AREA_ID, self.position("gridcheck", self.operator_id))
                self.record.audit = results.audit_totals
                return
        raise SetupError("the evening's batch did not become final")

    def _readings(self, left_w: Mapping[str, int]) -> Iterable[settlement.Reading]:
        """Yield what meters show: everybody does what he has traded, as far as it stands."""
        moved: dict[tuple[str, int], int] = {}
        for trade in self.record.trades():
            for side, sign in ((trade.seller, 1), (trade.buyer, -1)):
                key = side.node_id or "source", trade.mtu.start_s
                moved[key] = moved.get(key, 0) + sign * left_w.get(trade.trade_id, trade.quantity_w)
        for mtu in town.periods():
            for node in ("source", *(home for _, home in town.homes())):
                base = 0 if node == "source" else -town.HOME_W
                mean = base + moved.get((node, mtu.start_s), 0)
                yield settlement.Reading(metering_point_id=meter_id(node), mtu=mtu, mean_w=mean)

    def _lights(self) -> dict[str, list[str]]:
        listed = self.client(town.DSO).lights.list(
            AREA_ID, min_position=self.position("traffic-light", town.DSO)
        )  # fmt: skip
        starts = {mtu.start_s: i for i, mtu in enumerate(town.periods())}
        found: dict[str, list[str]] = {}
        for state in listed.lights:
            if state.mtu.start_s in starts and state.zone_id.startswith(("feeder-", "trafo")):
                row = found.setdefault(state.zone_id, ["UNKNOWN"] * len(starts))
                row[starts[state.mtu.start_s]] = light.Light.Name(state.light).removeprefix("LIGHT_")
        return dict(sorted(found.items()))
