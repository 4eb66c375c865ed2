"""The play of the switching scenario, step by step, and what its platform showed of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_demo.platform_port import Platform
from flexbourse_demo.scenarios import switching_scene as town
from flexbourse_demo.scenarios.heard_stage import HeardStage, Sending, nothing, trades_of
from flexbourse_demo.scene import AREA_ID
from flexbourse_demo.stage import SetupError
from flexbourse_gridmath.model import NetworkModel, switched

PARTIES = (town.SUPPLIER, *town.AGGREGATORS.values(), town.DSO)
SUPPLIER_TICKS = 9_000  # 9 ct/kWh
MAX_CLOSING_STEPS = 40
RUN_ID = "evening"
HOUR_S = 3600


@dataclass(frozen=True)
class Moment:
    """A step as it is shown: when, what it was about, and the lights after it, zone -> colour per period."""

    step: int
    at_s: int
    words: str
    lights: dict[str, list[str]]


@dataclass
class Played:
    """Everything that the report tells."""

    before: NetworkModel
    during: NetworkModel
    moments: list[Moment] = field(default_factory=list)
    events: list[tuple[int, book.OrderEvent]] = field(default_factory=list)
    proposals: list[book.CurtailmentProposed] = field(default_factory=list)
    accounts_micro_euro: dict[str, int] = field(default_factory=dict)
    compensation_micro_euro: dict[str, int] = field(default_factory=dict)
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
    names = {"trade": "trade_id", "curtailment_proposed": "proposal_id", "closed": "order_id"}
    if kind == "trade_curtailed":
        return f"{body.proposal_id}/{body.curtailment.trade_id}".encode()  # type: ignore[attr-defined]
    return str(getattr(body, names[kind])).encode()


class Play(HeardStage):
    """One evening on one platform."""

    def __init__(self, platform: Platform, tell: Callable[[str], None]) -> None:
        super().__init__(platform, PARTIES)
        self._tell = tell
        self._colours: dict[tuple[str, int], str] = {}
        self.played = Played(town.network(), switched(town.network(), [town.LINE_OUT], [town.TIE]))

    def run(self) -> Played:
        """Play it to the last statement; raises SetupError where the platform refuses what the play needs."""
        self._found()
        self._trade_the_evening()
        self._switch()
        self._decide()
        self._go_on()
        self._settle()
        return self.played

    # --- acts --------------------------------------------------------------------------------------------------------

    def _found(self) -> None:
        opening, operator, dso = town.DAY.opening_s, self.client(self.operator_id), self.client(town.DSO)
        self._act(
            opening - 3600,
            "participants and market are registered",
            lambda name: [operator.registry.register(town.founding_entities(), command_id=f"{name}-founding")],
        )
        self._act(opening - 2700, "the network is published; the tie between the streets is open", self._publish)
        self._act(
            opening - 1800,
            "homes, cars and a battery are registered",
            lambda name: [operator.registry.register(town.unit_entities(), command_id=f"{name}-units")],
        )
        self._act(opening - 900, "the forecast of the evening",
                  lambda name: [dso.grid.submit_forecast(town.forecast(), command_id=f"{name}-forecast")])  # fmt: skip

    def _publish(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        return self.publish(name, town.network(), town.DSO)

    def _trade_the_evening(self) -> None:
        opening = town.DAY.opening_s
        self._act(opening + 900, "cars say what they would pay", self._cars)
        self._act(opening + 1800, "the supplier sells: every car is served", self._supplier)
        self._act(opening + 2700, "the evening is traded", nothing)

    def _cars(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        for street, party in town.AGGREGATORS.items():
            wished = [
                self._order(f"{home}:{i}", town.car(home), book.SIDE_BUY, town.CAR_W, town.willingness_ticks(home), mtu)
                for own, home in town.homes()
                if own == street
                for i, mtu in enumerate(town.periods())
            ]
            yield self.client(party).orders.submit(AREA_ID, wished, command_id=f"{name}-{party}")

    def _supplier(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        quantity = 2 * town.HOMES * town.CAR_W
        wished = [
            self._order(f"supply:{i}", town.SUPPLIER_UNIT, book.SIDE_SELL, quantity, SUPPLIER_TICKS, mtu)
            for i, mtu in enumerate(town.periods())
        ]
        yield self.client(town.SUPPLIER).orders.submit(AREA_ID, wished, command_id=f"{name}-supply")

    def _switch(self) -> None:
        noon = town.DAY.start_s + 12 * HOUR_S
        self._act(noon, "a cable of Oak Street comes out from 18:30 to 19:30", self._out)
        self._act(noon + 900, "light unknown: an order for 18:45 is not matched", self._impatient)
        self.played.proposals = list(self.client(town.DSO).orders.curtailments(
            AREA_ID, self.position("orderbook", town.DSO)))  # fmt: skip
        if not self.played.proposals:
            raise SetupError("no curtailment was proposed")
        self._act(noon + 1800, "the light knows the new network: red", nothing)

    def _out(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        grids = self.client(town.DSO).grid
        out = grid.ApplySwitching(
            area_id=AREA_ID, effective_from_s=town.DAY.mtu_start_s(town.OUT_FROM), open_branch_ids=[town.LINE_OUT],
            close_branch_ids=[town.TIE], reason="joint of the first cable of Oak Street to be replaced",
        )  # fmt: skip
        back = grid.ApplySwitching(
            area_id=AREA_ID, effective_from_s=town.DAY.mtu_start_s(town.BACK_FROM), open_branch_ids=[town.TIE],
            close_branch_ids=[town.LINE_OUT], reason="work done",
        )  # fmt: skip
        yield grids.apply_switching(out, command_id=f"{name}-out")
        yield grids.apply_switching(back, command_id=f"{name}-back")

    def _impatient(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        """Let a car buy from the battery, at once or not at all, in a quarter-hour whose light is unknown."""
        mtu = town.periods()[town.OUT_FROM + 1 - town.FIRST]
        self._battery(name, mtu)
        self._car_buys(name, mtu)
        return []

    def _decide(self) -> None:
        def confirm(name: str) -> Iterable[common_pb2.CommandReceipt]:
            for number, proposal in enumerate(self.played.proposals):
                yield self.client(town.DSO).orders.decide_curtailment(
                    AREA_ID, proposal.proposal_id, confirm=True, reason="cable out for repair",
                    command_id=f"{name}-confirm-{number}",
                )  # fmt: skip

        noon = town.DAY.start_s + 12 * HOUR_S
        self._act(noon + 2700, "the operator confirms the curtailments", confirm)
        self._act(noon + 3600, "the streets fit through one cable", nothing)

    def _go_on(self) -> None:
        noon = town.DAY.start_s + 12 * HOUR_S
        self._act(noon + 4500, "the market goes on: under red relief alone, else as before", self._again)
        self._act(noon + 5400, "the lights have calmed", nothing)

    def _again(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        """Let the supplier buy from the battery behind the full cable, a car try there again, and one buy at 18:00."""
        full, free = town.periods()[town.OUT_FROM + 1 - town.FIRST], town.periods()[0]
        bought = self._order(f"{name}:s", town.SUPPLIER_UNIT, book.SIDE_BUY, 3_000, 13_000, full)
        self.client(town.SUPPLIER).orders.submit(AREA_ID, [bought], command_id=f"{name}-relief")
        self._car_buys(name, full)
        self._battery(name, free)
        self._car_buys(f"{name}-free", free)
        return []

    def _battery(self, name: str, mtu: common_pb2.Mtu) -> None:
        order = self._order(f"{name}:b", town.battery(), book.SIDE_SELL, 6_000, 12_000, mtu)
        self.client(town.AGGREGATORS["elm"]).orders.submit(AREA_ID, [order], command_id=f"{name}-battery")

    def _car_buys(self, name: str, mtu: common_pb2.Mtu) -> None:
        order = self._order(f"{name}:c", town.car("oak-6"), book.SIDE_BUY, 3_000, 40_000, mtu)
        order.fill_rule = book.FILL_RULE_FILL_AND_KILL
        self.client(town.AGGREGATORS["oak"]).orders.submit(AREA_ID, [order], command_id=f"{name}-car")

    def _settle(self) -> None:
        meters, end = self.client(town.METERS).settlement, town.DAY.end_s
        self._act(
            end,
            "meters are read",
            lambda name: [meters.submit_readings(AREA_ID, list(self._readings()), command_id=f"{name}-readings")],
        )
        self._act(end + 60, "the evening is settled", lambda name: [
            meters.complete_readings(AREA_ID, town.periods(), RUN_ID, command_id=f"{name}-complete")])  # fmt: skip
        operator = self.client(self.operator_id)
        for extra in range(2, MAX_CLOSING_STEPS):
            self._quiet(end + 60 * extra)
            batches = operator.settlement.batches(self.position("settlement", self.operator_id))
            if batches and all(batch.state == "FINAL" for batch in batches):
                self.played.accounts_micro_euro = dict(sorted(batches[0].accounts_micro_euro.items()))
                self._read_compensations()
                results = operator.grid.results(AREA_ID, self.position("gridcheck", self.operator_id))
                self.played.audit = results.audit_totals
                return
        raise SetupError("the evening's batch did not become final")

    def _readings(self) -> Iterable[settlement.Reading]:
        """Yield what meters show: everybody does what he has traded, as far as it stands."""
        moved: dict[tuple[str, int], int] = {}
        left = {
            body.curtailment.trade_id: body.curtailment.left_w  # type: ignore[attr-defined]
            for _, body in self.played.of("trade_curtailed")
        }
        for trade in self.played.trades():
            for side, sign in ((trade.seller, 1), (trade.buyer, -1)):
                key = side.node_id or "source", trade.mtu.start_s
                moved[key] = moved.get(key, 0) + sign * left.get(trade.trade_id, trade.quantity_w)
        for mtu in town.periods():
            for node in ("source", *(home for _, home in town.homes())):
                base = 0 if node == "source" else -town.HOME_W
                mean = base + moved.get((node, mtu.start_s), 0)
                yield settlement.Reading(metering_point_id=town.meter_id(node), mtu=mtu, mean_w=mean)

    def _read_compensations(self) -> None:
        for party in (*PARTIES, "COMPENSATION"):
            if party not in self.played.accounts_micro_euro:
                continue
            stated = json.loads(self.client(self.operator_id).settlement.statement(RUN_ID, party))
            leaves = [
                leaf["fields"]
                for batch in stated["batches"]
                for group in batch["metering_points"]
                for leaf in group["leaves"]
            ]
            paid = sum(int(leaf["net_micro_euro"]) for leaf in leaves if leaf["kind"] == "compensation")
            if paid:
                self.played.compensation_micro_euro[party] = paid

    # --- steps -------------------------------------------------------------------------------------------------------

    def _order(
        self, key: str, unit: str, side: book.Side, quantity_w: int, ticks: int, mtu: common_pb2.Mtu
    ) -> book.NewOrder:
        return book.NewOrder(
            client_order_id=key, market_id=town.MARKET_ID, product=book.PRODUCT_LOCAL_ENERGY, side=side, mtu=mtu,
            unit_id=unit, quantity_w=quantity_w, limit_price_ticks=ticks, fill_rule=book.FILL_RULE_NORMAL,
        )  # fmt: skip

    def _quiet(self, at_s: int) -> None:
        self.number += 1
        self.step(self.number, at_s, nothing)

    def _act(self, at_s: int, words: str, send: Sending) -> None:
        """Do a step, hear what it led to, and show it."""
        events = self.heard_step(at_s, send)
        self.played.events += [(self.number, event) for event in events]
        self._tell(f"{town.DAY.local(at_s):%a %H:%M}  {words}")
        self.played.moments.append(Moment(self.number, at_s, words, self._lights() if self.number > 1 else {}))

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


def play(platform: Platform, tell: Callable[[str], None]) -> Played:
    """Play the evening on a platform and end nothing of it but our own clients."""
    evening = Play(platform, tell)
    try:
        return evening.run()
    finally:
        evening.close()
