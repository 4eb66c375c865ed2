"""The play of the switching scenario, step by step, and what its platform showed of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_demo.driving.platform_port import Platform
from flexbourse_demo.driving.scene import AREA_ID
from flexbourse_demo.driving.stage import SetupError
from flexbourse_demo.scenarios.heard_stage import nothing
from flexbourse_demo.scenarios.town import scene as town
from flexbourse_demo.scenarios.town.play import PARTIES, RUN_ID, TownPlay, TownRecord
from flexbourse_gridmath.model import NetworkModel, switched

SUPPLIER_TICKS = 9_000  # 9 ct/kWh
HOUR_S = 3600


@dataclass
class Played(TownRecord):
    """Everything that the report tells."""

    before: NetworkModel = field(default_factory=town.network)
    during: NetworkModel = field(default_factory=lambda: switched(town.network(), [town.LINE_OUT], [town.TIE]))
    proposals: list[book.CurtailmentProposed] = field(default_factory=list)
    compensation_micro_euro: dict[str, int] = field(default_factory=dict)


class Play(TownPlay):
    """One evening on one platform."""

    def __init__(self, platform: Platform, tell: Callable[[str], None]) -> None:
        self.played = Played()
        super().__init__(platform, self.played, tell)

    def run(self) -> Played:
        """Play it to the last statement; raises SetupError where the platform refuses what the play needs."""
        self.found(town.founding_entities(), town.DAY.opening_s - HOUR_S)
        self._trade_the_evening()
        self._switch()
        self._decide()
        self._go_on()
        self.settle({
            body.curtailment.trade_id: body.curtailment.left_w  # type: ignore[attr-defined]
            for _, body in self.played.of("trade_curtailed")
        })  # fmt: skip
        self._read_compensations()
        return self.played

    # --- acts --------------------------------------------------------------------------------------------------------

    def _trade_the_evening(self) -> None:
        opening = town.DAY.opening_s
        self.act(opening + 900, "cars say what they would pay", self._cars)
        self.act(opening + 1800, "the supplier sells: every car is served", self._supplier)
        self.act(opening + 2700, "the evening is traded", nothing)

    def _cars(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        for street, party in town.AGGREGATORS.items():
            wished = [
                self.order(f"{home}:{i}", town.car(home), book.SIDE_BUY, town.CAR_W, town.willingness_ticks(home), mtu)
                for own, home in town.homes()
                if own == street
                for i, mtu in enumerate(town.periods())
            ]
            yield self.client(party).orders.submit(AREA_ID, wished, command_id=f"{name}-{party}")

    def _supplier(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        quantity = 2 * town.HOMES * town.CAR_W
        wished = [
            self.order(f"supply:{i}", town.SUPPLIER_UNIT, book.SIDE_SELL, quantity, SUPPLIER_TICKS, mtu)
            for i, mtu in enumerate(town.periods())
        ]
        yield self.client(town.SUPPLIER).orders.submit(AREA_ID, wished, command_id=f"{name}-supply")

    def _switch(self) -> None:
        noon = town.DAY.start_s + 12 * HOUR_S
        self.act(noon, "a cable of Oak Street comes out from 18:30 to 19:30", self._out)
        self.act(noon + 900, "light unknown: an order for 18:45 is not matched", self._impatient)
        self.played.proposals = list(self.client(town.DSO).orders.curtailments(
            AREA_ID, self.position("orderbook", town.DSO)))  # fmt: skip
        if not self.played.proposals:
            raise SetupError("no curtailment was proposed")
        self.act(noon + 1800, "the light knows the new network: red", nothing)

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
        self.act(noon + 2700, "the operator confirms the curtailments", confirm)
        self.act(noon + 3600, "the streets fit through one cable", nothing)

    def _go_on(self) -> None:
        noon = town.DAY.start_s + 12 * HOUR_S
        self.act(noon + 4500, "the market goes on: under red relief alone, else as before", self._again)
        self.act(noon + 5400, "the lights have calmed", nothing)

    def _again(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        """Let the supplier buy from the battery behind the full cable, a car try there again, and one buy at 18:00."""
        full, free = town.periods()[town.OUT_FROM + 1 - town.FIRST], town.periods()[0]
        bought = self.order(f"{name}:s", town.SUPPLIER_UNIT, book.SIDE_BUY, 3_000, 13_000, full)
        self.client(town.SUPPLIER).orders.submit(AREA_ID, [bought], command_id=f"{name}-relief")
        self._car_buys(name, full)
        self._battery(name, free)
        self._car_buys(f"{name}-free", free)
        return []

    def _battery(self, name: str, mtu: common_pb2.Mtu) -> None:
        order = self.order(f"{name}:b", town.battery(), book.SIDE_SELL, 6_000, 12_000, mtu)
        self.client(town.AGGREGATORS["elm"]).orders.submit(AREA_ID, [order], command_id=f"{name}-battery")

    def _car_buys(self, name: str, mtu: common_pb2.Mtu) -> None:
        order = self.order(f"{name}:c", town.car("oak-6"), book.SIDE_BUY, 3_000, 40_000, mtu)
        order.fill_rule = book.FILL_RULE_FILL_AND_KILL
        self.client(town.AGGREGATORS["oak"]).orders.submit(AREA_ID, [order], command_id=f"{name}-car")

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


def play(platform: Platform, tell: Callable[[str], None]) -> Played:
    """Play the evening on a platform and end nothing of it but our own clients."""
    evening = Play(platform, tell)
    try:
        return evening.run()
    finally:
        evening.close()
