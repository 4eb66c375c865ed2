"""Cancel all, sessions, the kill switch and bounded open orders: the book and its slow twin agree in every step."""

from __future__ import annotations

from book_world import AREA, BRP, DSO, ENERGY
from both_books import BothBooks
from drawn_wishes import PLAIN, Instructions

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

OF_SESSION = Instructions(session="s")
AGR = "agr-1"  # of batteries a1 and b1


class Story(BothBooks):
    """What parties and operators do to many orders at once."""

    def cancels_all(self, party: str, product: str = "") -> None:
        wanted = {"": pb.PRODUCT_UNSPECIFIED, "energy": pb.PRODUCT_LOCAL_ENERGY, "up": pb.PRODUCT_FLEX_UP}[product]
        self.world.command(pb.OrderCommand(area_id=AREA, cancel_all=pb.CancelAll(product=wanted)), party)
        self.naive.safeguards.cancel_all(party, product)
        self.both_agree()

    def session(self, party: str, for_ms: int) -> None:
        body = pb.KeepSession(session_id="s", timeout_ms=for_ms)
        self.world.command(pb.OrderCommand(area_id=AREA, keep_session=body), party)
        self.naive.safeguards.keep(party, "s", for_ms)
        self.both_agree()

    def switch(self, party: str, *, stopped: bool, by: str) -> None:
        body = pb.SetKillSwitch(participant_id=party, engaged=stopped, reason="a story")
        self.world.command(pb.OrderCommand(area_id=AREA, set_kill_switch=body), by)
        self.naive.safeguards.switch(party, stopped=stopped, by_operator=by == DSO)
        self.both_agree()

    def offers(self, *prices: int, battery: str = "b1", instructions: Instructions = PLAIN) -> None:
        for price in prices:
            self.submit(
                f"battery-{battery}", "energy", buys=False, quantity=1_000, price=price, fill="normal",
                instructions=instructions,
            )  # fmt: skip
        self.both_agree()

    def hibernates(self, index: int) -> None:
        entry = self.naive.open_entries()[index]
        body = pb.HibernateOrders(order_ids=[entry.order_id])
        self.world.command(pb.OrderCommand(area_id=AREA, hibernate=body), entry.party)
        self.naive.sleep(index)
        self.both_agree()

    def open_orders(self) -> int:
        self.both_agree()
        return len(self.naive.open_entries())


def test_cancel_all_takes_what_sleeps_and_frees_what_waits() -> None:
    story = Story()
    story.sell("battery-b1", 2_000, 900, fill="aon")
    story.offers(950, 1_000)
    story.sell("battery-b1", 500, 1_000, product="up")
    story.offers(1_000, battery="b2")
    story.hibernates(1)
    story.cancels_all(AGR, "energy")
    assert story.open_orders() == 2
    story.cancels_all(AGR)
    assert story.open_orders() == 1


def test_orders_of_a_session_go_with_it() -> None:
    story = Story()
    story.offers(1_000, instructions=OF_SESSION)
    assert story.open_orders() == 0
    story.session(AGR, 3_500)
    story.offers(1_000, 1_100, instructions=OF_SESSION)
    story.offers(1_200)
    story.hibernates(0)
    story.session(BRP, 10**6)
    for _ in range(4):
        assert story.open_orders() == 2
        story.time_passes()
    assert story.open_orders() == 1
    story.session(AGR, 10**6)
    story.offers(1_000, instructions=OF_SESSION)
    story.session(AGR, 0)
    assert story.open_orders() == 1


def test_who_is_stopped_enters_nothing_until_he_is_released() -> None:
    story = Story()
    story.offers(1_000, 1_100)
    story.hibernates(0)
    story.switch(AGR, stopped=True, by=DSO)
    story.offers(1_000)
    story.switch(AGR, stopped=False, by=AGR)
    story.offers(1_000)
    assert story.open_orders() == 0
    story.switch(AGR, stopped=False, by=DSO)
    story.offers(1_000)
    story.switch(AGR, stopped=True, by=AGR)
    assert story.open_orders() == 0
    story.switch(AGR, stopped=False, by=AGR)
    story.offers(1_000)
    assert story.open_orders() == 1


def test_a_party_has_so_many_open_orders_in_a_market() -> None:
    story = Story()
    story.publish(ENERGY, max_open_orders=2)
    story.offers(1_000, 1_100, 1_200)
    story.offers(1_300, battery="b2")
    assert story.open_orders() == 3
    story.buy("battery-a2", 1_000, 30_000)
    story.offers(1_200)
    story.hibernates(0)
    story.offers(1_250)
    story.wakes(0)
    assert story.open_orders() == 4
