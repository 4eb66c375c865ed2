"""Operators' requests for pairs over two locations, sent to both books amid all else."""

from __future__ import annotations

from typing import Any

from book_world import AREA, DSO, ENERGY, HOMES, NOON, ZONES, mtu_message
from both_books import STATES, BothBooks
from drawn_wishes import PLAIN, RULES, Instructions, groups, quantities
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from naive_calls import hash_of
from naive_spreads import PLACES, NaiveSpreads

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

places = st.sampled_from(["", *PLACES])
requests = st.fixed_dictionaries(
    {
        "up": places,
        "down": places,
        "quantity": quantities,
        "most": st.sampled_from([-500, 0, 300, 300, 5_000]),
        "rule": st.sampled_from(["normal", "normal", "fak", "fok", "aon"]),
        "element": st.sampled_from(["", "", "", "bar-a1", "a1-a2", "bar-b1"]),
    }
)


class SpreadBooks(BothBooks):
    """Commands for both; hypothesis shrinks a difference to the shortest story."""

    twin = NaiveSpreads
    naive: NaiveSpreads

    @rule(
        homes=st.permutations(HOMES), sellers=st.integers(1, 3), buyers=st.integers(1, 3), group=groups,
        quantities=st.lists(quantities, min_size=6, max_size=6), apart=st.sampled_from([0, 100, 200, -100]),
        kinds=st.lists(st.sampled_from(["battery"] * 7 + ["house"]), min_size=6, max_size=6),
        own=st.sampled_from([*[PLAIN] * 3, Instructions(500), Instructions(0, 500), Instructions(lasts_ms=4_000)]),
    )  # fmt: skip
    def offer(
        self, homes: list[str], sellers: int, buyers: int, group: str, quantities: list[int], apart: int,
        kinds: list[str], own: Instructions,
    ) -> None:  # fmt: skip
        """Let orders rest that do not cross, but may be paired."""
        for number, (home, quantity) in enumerate(zip(homes, quantities, strict=True)):
            buys = number >= sellers
            if number < sellers + buyers:
                price = 1_000 - 10 * (number % 2) if buys else 1_000 + apart + 10 * (number % 3)
                self.submit(
                    f"{kinds[number]}-{home}", "energy", buys, quantity, price, "normal", spread_offer=True,
                    group=group if number == 0 else "", instructions=own if number < 2 else PLAIN,
                )  # fmt: skip

    @rule(asked=requests, colour=st.sampled_from(["amber", "amber", "red", None]))
    def ask(self, asked: dict[str, Any], colour: str | None) -> None:
        """Let the operator ask for pairs, mostly under a light that lets him."""
        if colour and (asked["up"] or asked["down"]):
            name = asked["up"] or asked["down"]
            self.light_changes("street-b" if "b" in name.replace("bar", "") else "street-a", colour)
        self.world.orders += 1
        wish = pb.RequestSpread(
            client_request_id=f"s{self.world.orders}", market_id=ENERGY, mtu=mtu_message(NOON),
            up=[asked["up"]] if asked["up"] else [], down=[asked["down"]] if asked["down"] else [],
            quantity_w=asked["quantity"], max_spread_ticks=asked["most"], fill_rule=RULES[asked["rule"]],
            element_id=asked["element"],
        )  # fmt: skip
        (result,) = self.world.command(pb.OrderCommand(area_id=AREA, request_spread=wish), DSO)
        assert self.naive.request(**asked) is not result.HasField("rejection"), result

    @precondition(lambda self: self.naive.requests)
    @rule(data=st.data())
    def end_request(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.naive.requests) - 1))
        name = f"{AREA}.{NOON}.s.{self.naive.requests[index].number}"
        self.world.command(pb.OrderCommand(area_id=AREA, cancel_spread=pb.CancelSpread(request_id=name)), DSO)
        self.naive.end_request(index)

    @rule(
        asked=requests, street=st.sampled_from("ab"), quantity=st.sampled_from([3_000, 8_000, 20_000]),
        prevention=st.sampled_from([0, 1]), way_back=st.booleans(),
    )  # fmt: skip
    def pair_over_streets(
        self, asked: dict[str, Any], street: str, quantity: int, prevention: int, way_back: bool
    ) -> None:
        """Let two streets be calm, the one amber, and pairs be asked for that lie in both; perhaps trade back then."""
        self.publish(ENERGY, self_trade_prevention=prevention)
        other = "b" if street == "a" else "a"
        self.base_case_and_tariff_change("calm", 1.0, dearer=False)
        for zone in ZONES:
            self.light_changes(zone, "amber" if zone == f"street-{street}" else "green")
        for number in (1, 2, 3):
            part = quantity // number // 100 * 100
            for home, price in ((street, 1_100 + number), (other, 1_000)):
                self.submit(
                    f"battery-{home}{number}", "energy", home == other, part, price, "normal", spread_offer=True
                )
        here = {"up": f"street-{street}", "down": f"street-{other}", "quantity": 2 * quantity, "most": 300}
        self.ask(asked | here, None)
        if way_back:
            self.sell(f"battery-{other}2", quantity, 1_050)
            self.buy(f"battery-{street}3", quantity, 400_000, fill="fak")
            self.time_passes()

    @invariant()
    def spreads_agree(self) -> None:
        waits = self.world.program_period(NOON).spreads.requests.values()
        told = self.naive.told_of_spreads()
        fast = (
            [(own.sequence, own.open_w) for own in waits],
            [
                (_number(own.request_id), own.ask_order_id, own.bid_order_id, own.reason.code)
                for own in self.world.events("spread_skipped")
            ]
            if not self.naive.scan.has_run
            else [],
            [(_number(own.request_id), STATES[own.status], own.open_w) for own in self.world.events("spread_ended")],
            [
                (number, trade.spread.spread_ticks)
                for number, trade in enumerate(self.world.trades())
                if trade.HasField("spread")
            ],
        )
        assert hash_of(fast) == hash_of(told), (fast, told)


def _number(request_id: str) -> int:
    return int(request_id.rpartition(".")[2])
