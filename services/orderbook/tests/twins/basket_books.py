"""Linked baskets sent to both books, in one period over its products and over several periods."""

from __future__ import annotations

from typing import Any, NamedTuple

from book_world import AREA, BRP, PARTIES, World, mtu_message
from both_books import PRODUCTS, BothBooks
from drawn_wishes import RULES, prices, quantities
from hypothesis import strategies as st
from hypothesis.stateful import rule
from naive_baskets import Leg, submit_basket
from naive_book import NaiveBook
from naive_spans import NaiveDay
from test_span_books_agree import SpanBooks

from flexbourse.orderbook.v1 import orderbook_pb2 as pb


class Part(NamedTuple):
    """One order of a basket to be."""

    street: str
    product: str
    buys: bool
    quantity: int
    price: int
    rule: str = "fok"
    number: int = 0  # of its period


streets, every_product = st.sampled_from("ab"), st.sampled_from(["energy", "up", "down"])
rules = st.sampled_from(["fok"] * 9 + ["fak", "normal"])
parts = st.builds(Part, streets, every_product, st.booleans(), quantities, prices, rules, number=st.just(0))
parties = st.sampled_from([*PARTIES, PARTIES[0], BRP])


class Met(NamedTuple):
    """A basket to be that finds what it would match, or lacks a little in its last order."""

    party: str
    products: list[str]
    numbers: list[int]
    count: int
    street: str
    quantity: int
    buys: bool
    lacks: int
    margin: int

    def basket(self) -> list[Part]:
        """Return its orders: over products, or of one product over periods."""
        wanted = [product for product in self.products if self.party != BRP or product != "energy"]
        places = zip(wanted, [0] * 4, strict=False)
        if self.numbers:
            places = zip([wanted[0]] * 4, self.numbers, strict=False)
        each = [Part(self.street, own, self.buys, self.quantity, 1_000, number=number) for own, number in places]
        return each[: self.count]

    def what_it_meets(self) -> list[tuple[str, Part]]:
        """Return orders that it would match whole but for what it lacks, of others of its street or the other one."""
        found, basket = [], self.basket()
        for index, part in enumerate(basket):
            home = PARTIES[(PARTIES.index(self.party) + 1) % 3 if self.party in PARTIES else 0]
            street = part.street if index else {"a": "b", "b": "a"}[part.street]
            buys = self.party != BRP and (part.product != "energy" or not part.buys)
            quantity = max(100, part.quantity - (self.lacks if index == len(basket) - 1 else 0))
            price = 1_000 + self.margin if buys else 1_000 - self.margin
            found.append((f"{street}{home[-1]}", part._replace(buys=buys, quantity=quantity, price=price)))
        return found


def met(numbers: st.SearchStrategy[list[int]]) -> st.SearchStrategy[list[Met]]:
    """Draw some baskets that find what they would match."""
    each = st.builds(
        Met, parties, st.permutations(["energy", "up", "down"]), numbers, st.integers(1, 4), streets,
        st.sampled_from([500, 1_000, 3_000, 8_000, 15_000]), st.booleans(), st.sampled_from([0, 0, 0, 100]),
        st.sampled_from([0, 29_000, 29_000]),
    )  # fmt: skip
    return st.lists(each, min_size=1, max_size=3)


def send(world: World, whole: NaiveBook | NaiveDay, party: str, basket: list[Part]) -> None:
    """Send a basket to both; a balance responsible party buys flexibility, others sell it."""
    orders, legs = [], []
    for part in basket:
        turn = PARTIES.index(party) + 1 if party in PARTIES else 1
        subject, product, buys = f"battery-{part.street}{turn}", part.product, part.buys
        changes: dict[str, Any] = {
            "fill_rule": RULES[part.rule], "product": PRODUCTS[product], "mtu": mtu_message(world.starts[part.number]),
        }  # fmt: skip
        if party == BRP:
            product, buys = ("up" if product == "energy" else product), True
            subject = f"mp-{subject}"
            changes |= {"product": PRODUCTS[product], "unit_id": "", "metering_point_id": subject}
        elif product != "energy":
            buys = False
        side = pb.SIDE_BUY if buys else pb.SIDE_SELL
        orders.append(world.order(side, subject, part.quantity, part.price, **changes))
        book = whole.book(part.number, 1) if isinstance(whole, NaiveDay) else whole
        legs.append(Leg(book, subject, product, buys, part.quantity, part.price, part.rule))
    world.command(pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders(orders=orders, basket=True)), party)
    submit_basket(whole, legs)


class BasketBooks(BothBooks):
    """Baskets over the products of one period amid all else."""

    @rule(party=parties, basket=st.lists(parts, min_size=1, max_size=3))
    def send_a_basket(self, party: str, basket: list[Part]) -> None:
        send(self.world, self.naive, party, basket)

    @rule(baskets=met(st.just([])))
    def meet_baskets(self, baskets: list[Met]) -> None:
        """Let rest what a basket would match, or a little less, then send it."""
        for own in baskets:
            for home, part in own.what_it_meets():
                self.submit(f"battery-{home}", part.product, part.buys, part.quantity, part.price, "normal")
            send(self.world, self.naive, own.party, own.basket())


class BasketsOfADay(SpanBooks):
    """Baskets over the periods of a day amid orders of them and of spans."""

    @rule(party=parties, basket=st.lists(parts, min_size=1, max_size=4), numbers=st.permutations(range(4)))
    def send_a_basket(self, party: str, basket: list[Part], numbers: list[int]) -> None:
        places = [part._replace(number=number) for part, number in zip(basket, numbers, strict=False)]
        send(self.world, self.naive, party, places)

    @rule(baskets=met(st.permutations(range(4))))
    def meet_baskets(self, baskets: list[Met]) -> None:
        """Let rest what a basket would match in each of its periods, or a little less, then send it."""
        for own in baskets:
            for home, part in own.what_it_meets():
                where = (part.number, 1)
                self.submit(home, "battery", part.product, part.buys, part.quantity, part.price, "normal", where)
            send(self.world, self.naive, own.party, own.basket())
