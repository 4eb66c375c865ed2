"""The play of the region, step by step: the sun goes on to the exchange, the batteries to the balancing platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as mfrr
from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as wholesale
from flexbourse_demo.driving.platform_port import Platform
from flexbourse_demo.driving.scene import AREA_ID
from flexbourse_demo.driving.stage import SetupError
from flexbourse_demo.modelled.market_day import MTU_LENGTH_S
from flexbourse_demo.scenarios.founding import Founding, found, meter_id
from flexbourse_demo.scenarios.heard_stage import HeardStage, Sending, nothing, trades_of
from flexbourse_demo.scenarios.region import scene as valley
from flexbourse_demo.scenarios.region.venues import BalancingPlatform, Exchange

PARTIES = (valley.SUPPLIER, *(valley.aggregator(village) for village in valley.VILLAGES))
HOMES_TICKS, SUN_TICKS = 9_000, 5_500  # 9 ct/kWh for the homes' supply, 5.5 ct/kWh asked for the sun
CITY_EURO, CITY_MW = 62.0, 1.1  # what the city buys on the exchange of each quarter-hour
BATTERY_EURO = 180
LIMIT_W = 800_000  # of the southern feeder in the second quarter-hour, after a joint was found hot
SHORTFALL_W = 30_000  # that the battery of birch does not deliver
RUN_ID = "noon"
OVER = (activation.ACTIVATION_STATE_ENDED, activation.ACTIVATION_STATE_DEACTIVATED)
MINUTE_S, HOUR_S = 60, 3600
ANSWER_STEP_S, ANSWER_STEPS = 15, 12  # while the platform waits for its answer
MAX_CLOSING_STEPS = 60


@dataclass(frozen=True)
class Moment:
    """A step as it is told."""

    step: int
    at_s: int
    words: str


@dataclass
class Played:
    """Everything that the report tells."""

    moments: list[Moment] = field(default_factory=list)
    events: list[book.OrderEvent] = field(default_factory=list)
    external_orders: list[wholesale.ExternalOrderView] = field(default_factory=list)
    parcels: list[mfrr.ForwardedParcel] = field(default_factory=list)
    platform_orders: list[mfrr.PlatformOrderState] = field(default_factory=list)
    activations: list[activation.Activation] = field(default_factory=list)
    records: list[settlement.RecordState] = field(default_factory=list)
    exchange_trades: list[Any] = field(default_factory=list)
    platform_status: dict[str, Any] = field(default_factory=dict)
    accounts_micro_euro: dict[str, int] = field(default_factory=dict)
    audit: grid.AuditTotals = field(default_factory=grid.AuditTotals)

    def trades(self) -> list[book.TradeExecuted]:
        """Return every local trade once; each party sees its own side."""
        return trades_of(self.events)


class Play(HeardStage):
    """One noon on one platform between two venues."""

    def __init__(
        self, platform: Platform, exchange: Exchange, balancing: BalancingPlatform, tell: Callable[[str], None]
    ) -> None:
        super().__init__(platform, PARTIES)
        self._exchange = exchange
        self._balancing = balancing
        self._tell = tell
        self._acknowledged: set[str] = set()
        self.played = Played()

    def run(self) -> Played:
        """Play it to the last statement; raises SetupError where the platform refuses what the play needs."""
        self._found()
        self._trade()
        self._forward()
        self._offer()
        self._noon()
        self._settle()
        return self.played

    # --- acts --------------------------------------------------------------------------------------------------------

    def _found(self) -> None:
        words = (
            "four villages, their grid operator and a market are registered", "the network of the valley is published",
            "solar fields, batteries and homes are registered", "a clear noon is forecast",
        )  # fmt: skip
        entities, units = valley.founding_entities(), valley.unit_entities()
        founding = Founding(valley.DSO, entities, valley.network(), units, valley.forecast(), words)
        found(self, self._act, founding, valley.DAY.opening_s - HOUR_S)

    def _trade(self) -> None:
        opening = valley.DAY.opening_s
        self._act(opening + 15 * MINUTE_S, "the villages sell their sun", self._sell_sun)
        self._act(opening + 30 * MINUTE_S, "homes buy from the fields next door", self._supply_homes)

    def _sell_sun(self, name: str) -> Iterator[common_pb2.CommandReceipt]:
        for village in valley.VILLAGES:
            wished = [
                self._order(f"{village}:sun:{i}", valley.unit(village, "solar"), book.SIDE_SELL,
                            valley.SUN_W[village], SUN_TICKS, mtu, book.FORWARDING_AT_CLOSURE)
                for i, mtu in enumerate(valley.periods())
            ]  # fmt: skip
            party = valley.aggregator(village)
            yield self.client(party).orders.submit(AREA_ID, wished, command_id=f"{name}-{party}")

    def _supply_homes(self, name: str) -> Iterator[common_pb2.CommandReceipt]:
        wished = [
            self._order(f"{village}:homes:{i}", valley.unit(village, "homes"), book.SIDE_BUY,
                        valley.HOMES_W[village], HOMES_TICKS, mtu)
            for village in valley.VILLAGES
            for i, mtu in enumerate(valley.periods())
        ]  # fmt: skip
        yield self.client(valley.SUPPLIER).orders.submit(AREA_ID, wished, command_id=f"{name}-homes")

    def _forward(self) -> None:
        """Let the books of noon close: what is left of the sun goes on to the exchange, where the city buys."""
        for mtu in valley.periods():
            self._exchange.buy(mtu.start_s, mtu.length_s, CITY_MW, CITY_EURO)
        closing = valley.DAY.gate_s(valley.FIRST)
        for minute, words in enumerate(
            ("the first book of noon closes", "what is left of the sun is pooled to lots", "the exchange has it",
             "the city has bought it")
        ):  # fmt: skip
            self._act(closing + (minute + 1) * MINUTE_S, words, nothing)

    def _offer(self) -> None:
        """Offer the batteries to the balancing platform: its gate is 45 minutes before delivery."""
        noon = valley.DAY.mtu_start_s(valley.FIRST)
        self._act(noon - 80 * MINUTE_S, "the batteries are offered upward", self._offer_batteries)
        self._act(noon - 78 * MINUTE_S, "and may go to the balancing platform", self._mark_batteries)
        for at_s in range(noon - 64 * MINUTE_S, noon - 30 * MINUTE_S, 3 * MINUTE_S):
            self._act(at_s, "units are claimed, room is held, one megawatt is bid for each quarter-hour", nothing)

    def _offer_batteries(self, name: str) -> Iterator[common_pb2.CommandReceipt]:
        noon = valley.DAY.mtu_start_s(valley.FIRST)
        window = activation.Window(start_s=noon, end_s=noon + 2 * MTU_LENGTH_S, mtu_length_s=MTU_LENGTH_S)
        for village in valley.VILLAGES:
            offer = activation.OfferTerms(
                offer_id=f"{village}-up", unit_id=valley.unit(village, "battery"), direction=activation.DIRECTION_UP,
                window=window, quantity_w=valley.BATTERY_W,
                activation_price_micro_euro_per_mwh=BATTERY_EURO * 1_000_000,
            )  # fmt: skip
            yield self.client(valley.aggregator(village)).activation.submit(
                activation.ActivationCommand(area_id=AREA_ID, offer=offer), command_id=f"{name}-{village}"
            )

    def _mark_batteries(self, name: str) -> Iterator[common_pb2.CommandReceipt]:
        for village in valley.VILLAGES:
            terms = mfrr.MarkTerms(
                area_id=AREA_ID, offer_id=f"{village}-up", price_ticks=BATTERY_EURO * 100,
                product=mfrr.PRODUCT_SCHEDULED,
            )  # fmt: skip
            yield self.client(valley.aggregator(village)).ancillary.mark(terms, command_id=f"{name}-{village}")

    def _tighten(self) -> None:
        """Limit the southern feeder behind the platform's selection: what was bid is called all the same."""
        mtu = valley.periods()[valley.BLOCKED]
        limit = book.CapacityLimit(
            mtu=mtu, scope=book.CAPACITY_SCOPE_FEEDER, subject_id="feeder-south", max_injection_w=LIMIT_W
        )
        found = mtu.start_s - 11 * MINUTE_S
        self._act(
            found,
            "a joint of the southern feeder runs hot: 800 kW at most from 12:15 on",
            lambda name: [
                self.client(valley.DSO).orders.set_capacity_limits(AREA_ID, [limit], command_id=f"{name}-limit")
            ],
        )
        self._act(found + MINUTE_S, "what is held there does not fit any more", nothing)

    def _noon(self) -> None:
        first, second = valley.periods()[: valley.BLOCKED + 1]
        self._answer(first.start_s, "the platform calls one megawatt for 12:00")
        self._act(first.start_s, "12:00: the batteries deliver", self._acknowledge)
        self._tighten()
        self._answer(second.start_s, "the platform calls one megawatt for 12:15")
        self._act(second.start_s, "12:15: what the grid takes is delivered", self._acknowledge)
        self._act(second.start_s + MTU_LENGTH_S, "12:30: the call is over", self._acknowledge)
        for minute in range(1, 6):
            at_s = second.start_s + MTU_LENGTH_S + minute * MINUTE_S
            self._act(at_s, "what was delivered is told", self._confirm)

    def _answer(self, start_s: int, words: str) -> None:
        """Let the platform call, and our side answer within its two minutes."""
        called = start_s - 7 * MINUTE_S - 30
        self._act(called - MINUTE_S, "all quiet", nothing)
        for step in range(ANSWER_STEPS):
            self._act(
                called + 5 + step * ANSWER_STEP_S, words if step == 0 else "verdict, answer, orders", self._acknowledge
            )

    def _acknowledge(self, name: str) -> Iterator[common_pb2.CommandReceipt]:
        for village, own in self._own_activations():
            if own.state == activation.ACTIVATION_STATE_ORDERED and own.activation_id not in self._acknowledged:
                self._acknowledged.add(own.activation_id)
                taken = activation.AcknowledgeOrder(
                    activation_id=own.activation_id, order_revision=own.order_revision, accepted=True
                )
                yield self._to_activation(village, f"{name}-{village}-{own.activation_id}", acknowledge=taken)

    def _confirm(self, name: str) -> Iterator[common_pb2.CommandReceipt]:
        for village, own in self._own_activations():
            if own.state in OVER:
                short = any(given < asked for asked, given in _delivered(village, own))
                done = activation.ConfirmDelivery(
                    activation_id=own.activation_id,
                    delivered_w=[given for _, given in _delivered(village, own)],
                    reason="the battery was warm" if short else "",
                )
                yield self._to_activation(village, f"{name}-{village}-{own.activation_id}", confirm=done)

    def _own_activations(self) -> Iterator[tuple[str, activation.Activation]]:
        for village in valley.VILLAGES:
            party = valley.aggregator(village)
            listed = self.client(party).activation.list(AREA_ID, min_position=self.position("activation", party))
            for own in sorted(listed, key=lambda each: each.activation_id):
                if own.unit_id == valley.unit(village, "battery"):
                    yield village, own

    def _to_activation(self, village: str, command_id: str, **body: Any) -> common_pb2.CommandReceipt:
        command = activation.ActivationCommand(area_id=AREA_ID, **body)
        return self.client(valley.aggregator(village)).activation.submit(command, command_id=command_id[:64])

    # --- the end -----------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        self._read_gateways()
        meters, end = self.client(valley.METERS).settlement, valley.DAY.end_s
        self._act(
            end,
            "meters are read",
            lambda name: [meters.submit_readings(AREA_ID, list(self._readings()), command_id=f"{name}-readings")],
        )
        self._act(end + MINUTE_S, "noon is settled", lambda name: [
            meters.complete_readings(AREA_ID, valley.periods(), RUN_ID, command_id=f"{name}-complete")])  # fmt: skip
        operator = self.client(self.operator_id)
        for extra in range(2, MAX_CLOSING_STEPS):
            self._step(end + MINUTE_S * extra, nothing)
            batches = operator.settlement.batches(self.position("settlement", self.operator_id))
            if batches and all(batch.state == "FINAL" for batch in batches) and self._is_notarised():
                self.played.accounts_micro_euro = dict(sorted(batches[0].accounts_micro_euro.items()))
                results = operator.grid.results(AREA_ID, self.position("gridcheck", self.operator_id))
                self.played.audit = results.audit_totals
                return
        raise SetupError("noon's batch did not become final")

    def _read_gateways(self) -> None:
        operator, played = self.client(self.operator_id), self.played
        played.external_orders = list(operator.exchange.orders())
        played.parcels = list(operator.ancillary.bids())
        played.platform_orders = list(operator.ancillary.orders())
        played.activations = list(
            operator.activation.list(AREA_ID, min_position=self.position("activation", self.operator_id))
        )
        played.exchange_trades = self._exchange.trades()
        played.platform_status = self._balancing.status()

    def _is_notarised(self) -> bool:
        records = self.client(self.operator_id).notary.records(
            min_position=self.position("settlement", self.operator_id)
        )
        self.played.records = list(records.records)
        return bool(self.played.records)

    def _readings(self) -> Iterator[settlement.Reading]:
        """Yield what meters show: everybody does what he was ordered, birch a little less."""
        moved: dict[tuple[str, int], int] = {}
        for village, own in self._own_activations():
            if own.state in (*OVER, activation.ACTIVATION_STATE_CONFIRMED):
                for i, (_, given) in enumerate(_delivered(village, own)):
                    at = f"{village}-battery", own.window.start_s + i * MTU_LENGTH_S
                    moved[at] = moved.get(at, 0) + given
        for mtu in valley.periods():
            for node, base_w in valley.meters():
                mean = base_w + moved.get((node, mtu.start_s), 0)
                yield settlement.Reading(metering_point_id=meter_id(node), mtu=mtu, mean_w=mean)

    # --- steps -------------------------------------------------------------------------------------------------------

    def _order(
        self, key: str, unit: str, side: book.Side, quantity_w: int, ticks: int, mtu: common_pb2.Mtu,
        forwarding: book.Forwarding = book.FORWARDING_UNSPECIFIED,
    ) -> book.NewOrder:  # fmt: skip
        return book.NewOrder(
            client_order_id=key, market_id=valley.MARKET_ID, product=book.PRODUCT_LOCAL_ENERGY, side=side, mtu=mtu,
            unit_id=unit, quantity_w=quantity_w, limit_price_ticks=ticks, fill_rule=book.FILL_RULE_NORMAL,
            forwarding=forwarding,
        )  # fmt: skip

    def _act(self, at_s: int, words: str, send: Sending) -> None:
        """Do a step and tell it, unless it was told before."""
        self._step(at_s, send)
        if not self.played.moments or self.played.moments[-1].words != words:
            self._tell(f"{valley.DAY.local(at_s):%a %H:%M}  {words}")
            self.played.moments.append(Moment(self.number, at_s, words))

    def _step(self, at_s: int, send: Sending) -> None:
        """Let both venues come to a time, then the platform; hear what the step led to."""
        self._exchange.advance(at_s)
        self._balancing.advance(at_s)
        self.played.events += self.heard_step(at_s, send)


def _delivered(village: str, own: activation.Activation) -> list[tuple[int, int]]:
    """Return what was ordered and what is delivered of an activation, by quarter-hour of its window, in W."""
    ordered = [sum(share.quantities_w[i] for share in own.shares) for i in range(len(own.shares[0].quantities_w))]
    short = SHORTFALL_W if village == "birch" else 0
    return [(asked, max(0, asked - short)) for asked in ordered]


def play(platform: Platform, exchange: Exchange, balancing: BalancingPlatform, tell: Callable[[str], None]) -> Played:
    """Play noon on a platform and end nothing of it but our own clients."""
    noon = Play(platform, exchange, balancing, tell)
    try:
        return noon.run()
    finally:
        noon.close()
