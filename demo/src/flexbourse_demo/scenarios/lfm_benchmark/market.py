"""The benchmark case traded on the platform: providers offer, the operator requests relief until nothing violates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.money import amount_micro_euro
from flexbourse_demo.driving.stage import SetupError, Stage
from flexbourse_demo.scenarios.lfm_benchmark import scene
from flexbourse_demo.scenarios.lfm_benchmark.files import DAYS, HOURS, BenchmarkFiles
from flexbourse_demo.scenarios.lfm_benchmark.network import BenchmarkGrid, injections, solve
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.relief_offers import Need, find_needs

# Times the operator asks again for an hour that still violates; steps lie a minute apart.
MAX_ROUNDS = 3
STEP_S = 60
# Elements that one request may name.
MAX_TARGETS = 64
START_S = scene.FIRST_DAY_S - 12 * scene.HOUR_S

Hour = tuple[str, int]
Send = Callable[[str], Iterable[common_pb2.CommandReceipt]]


@dataclass(frozen=True, slots=True)
class Bought:
    """One match: what the operator bought of a provider in an hour, at the provider's own price."""

    day: str
    hour: int
    provider: int
    trafo: int
    quantity_w: int
    price_ct_per_mwh: int
    amount_micro_euro: int


@dataclass(slots=True)
class MarketRun:
    """What the market came to: matches, states before and after, rounds, refusals, and the second solver's audits."""

    bought: list[Bought] = field(default_factory=list)
    before: dict[Hour, OperatingPoint] = field(default_factory=dict)
    after: dict[Hour, OperatingPoint] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    rounds: int = 0
    audited: int = 0
    disagreements: int = 0


class BenchmarkMarket:
    """Drives one platform through both days."""

    def __init__(self, stage: Stage, files: BenchmarkFiles, grid: BenchmarkGrid, network_json: bytes) -> None:
        self._stage, self._files, self._grid, self._network_json = stage, files, grid, network_json
        self._limits = Limits.of(grid.topology)
        self._now_s, self._number = START_S, 0
        self._run = MarketRun()
        self._offer_of = {scene.unit_id(offer.trafo): offer for offer in files.offers}

    def run(self) -> MarketRun:
        """Trade; raises SetupError where the platform refuses what the case needs."""
        self._set_up()
        run = self._run
        for day in DAYS:
            for hour in range(HOURS):
                run.before[day, hour] = solve(self._grid, *injections(self._grid, self._files, day, hour))
        run.after = dict(run.before)
        self._step(self._send_offers)
        while run.rounds < MAX_ROUNDS and (requests := self._requests()):
            run.rounds += 1
            self._request(requests)
            if not self._take():
                break
        self._step(lambda _name: [])  # the second solver audits what was accepted
        newest = self._stage.position("gridcheck", scene.DSO_ID)
        results = self._stage.client(scene.DSO_ID).grid.results(scene.AREA_ID, newest)
        run.audited = results.audit_totals.checked_count
        run.disagreements = results.audit_totals.disagreement_count
        return run

    def _step(self, send: Send) -> None:
        self._now_s += STEP_S
        self._number += 1
        self._stage.step(self._number, self._now_s, send)

    def _register(self, entities: list[registry.Entity]) -> None:
        operator = self._stage.client(self._stage.operator_id)
        self._step(lambda name: [operator.registry.register(entities, command_id=f"{name}-entities")])

    def _set_up(self) -> None:
        stage, dso = self._stage, self._stage.client(scene.DSO_ID)
        self._register(scene.founding())

        def send(name: str) -> Iterable[common_pb2.CommandReceipt]:
            imported = stage.client(stage.operator_id).grid.import_network(
                scene.AREA_ID, pandapower_json=self._network_json, command_id=f"{name}-network"
            )
            if imported.problems:
                raise SetupError("; ".join(f"{problem.element}: {problem.rule}" for problem in imported.problems))
            thresholds = light.SetLightThresholds(area_id=scene.AREA_ID, thresholds=scene.THRESHOLDS)
            yield imported.receipt
            yield dso.grid.set_tariff_parameters(scene.AREA_ID, scene.TARIFF, command_id=f"{name}-tariff")
            yield dso.lights.set_thresholds(thresholds, command_id=f"{name}-thresholds")

        self._step(send)
        self._register(scene.providers(self._files, self._grid))
        message = scene.forecast(self._files, self._grid)
        self._step(lambda name: [dso.grid.submit_forecast(message, command_id=f"{name}-forecast")])
        self._step(lambda _name: [])  # the books open on the state that the grid check has published

    def _send_offers(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        for provider in sorted({offer.provider for offer in self._files.offers}):
            own = [offer for offer in self._files.offers if offer.provider == provider and offer.quantity_w > 0]
            orders = [
                book.NewOrder(
                    client_order_id=f"offer-{day}-{offer.hour}-{offer.trafo}",
                    market_id=scene.MARKET_ID,
                    product=book.PRODUCT_FLEX_UP,
                    side=book.SIDE_SELL,
                    mtu=scene.mtu_of(day, offer.hour),
                    unit_id=scene.unit_id(offer.trafo),
                    quantity_w=offer.quantity_w,
                    limit_price_ticks=offer.price_ct_per_mwh,
                    fill_rule=book.FILL_RULE_NORMAL,
                )
                for day in DAYS
                for offer in own
            ]
            client = self._stage.client(scene.provider_id(provider))
            yield client.orders.submit(scene.AREA_ID, orders, command_id=f"{name}-{provider}")

    def _requests(self) -> list[book.NewOrder]:
        """Return one request for each hour that violates: all its elements, each brought to its limit."""
        found = []
        for (day, hour), point in self._run.after.items():
            targets = [self._target(need) for need in find_needs([point], [self._limits])]
            if targets:
                found.append(
                    book.NewOrder(
                        client_order_id=f"relief-{day}-{hour}-{self._run.rounds}",
                        market_id=scene.MARKET_ID,
                        product=book.PRODUCT_FLEX_UP,
                        side=book.SIDE_BUY,
                        mtu=scene.mtu_of(day, hour),
                        element_id=targets[0].element_id,
                        quantity_w=scene.MAX_QUANTITY_W,
                        limit_price_ticks=scene.MAX_PRICE_TICKS,
                        fill_rule=book.FILL_RULE_FILL_AND_KILL,
                        relief_targets=targets[:MAX_TARGETS],
                    )
                )
        return found

    def _target(self, need: Need) -> book.ReliefTarget:
        topology, limits, i = self._grid.topology, self._limits, need.index
        if need.kind == "branch":
            return book.ReliefTarget(element_id=topology.branch_ids[i], value=int(limits.loading_mpct[i]))
        return book.ReliefTarget(element_id=topology.node_ids[i], value=int(limits.v_low_micro_pu[i]))

    def _request(self, requests: list[book.NewOrder]) -> None:
        """Send the operator's requests and note what was refused; one that is not filled whole is no refusal."""
        dso, sent = self._stage.client(scene.DSO_ID), []

        def send(name: str) -> Iterable[common_pb2.CommandReceipt]:
            sent.append(dso.orders.submit(scene.AREA_ID, requests, command_id=f"{name}-relief").command_id)
            return []

        self._step(send)
        for receipt in dso.answers(sent).values():
            for result in receipt.answer.results:
                if not result.HasField("detail"):
                    refusal = result.rejection
                    self._run.refusals.append(f"{refusal.code} {refusal.element}: {refusal.rule}")

    def _take(self) -> bool:
        """Ask the providers what of their offers was bought; tell whether it is more than before."""
        newest = self._stage.position("orderbook", scene.DSO_ID)
        found = [
            self._bought(order)
            for provider in sorted({offer.provider for offer in self._files.offers})
            for order in self._stage.client(scene.provider_id(provider)).orders.list(scene.AREA_ID, min_position=newest)
            if order.filled_w
        ]
        more = sum(one.quantity_w for one in found) > sum(one.quantity_w for one in self._run.bought)
        self._run.bought = found
        for day, hour in {(one.day, one.hour) for one in found}:
            p_w, q_var = injections(self._grid, self._files, day, hour)
            for one in found:
                if (one.day, one.hour) == (day, hour):
                    p_w[self._grid.trafo_nodes[one.trafo]] += one.quantity_w
            self._run.after[day, hour] = solve(self._grid, p_w, q_var)
        return more

    def _bought(self, order: book.Order) -> Bought:
        """Return what was bought of an offer; the resting order sets the price, so it is the offer's own."""
        day, seconds = divmod(order.mtu.start_s - scene.FIRST_DAY_S, scene.DAY_S)
        offer = self._offer_of[order.unit_id]
        return Bought(
            day=DAYS[day],
            hour=seconds // scene.HOUR_S,
            provider=offer.provider,
            trafo=offer.trafo,
            quantity_w=order.filled_w,
            price_ct_per_mwh=order.limit_price_ticks,
            amount_micro_euro=amount_micro_euro(
                order.filled_w, order.limit_price_ticks, scene.HOUR_S, scene.TICK_MICRO_EURO_PER_MWH
            ),
        )
