"""Whatever is entered, withdrawn or matched: no crossed book is left, and no lot appears or gets lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_exchange_simulator.domain.book import Book, Fill
from flexbourse_exchange_simulator.domain.order import Indication, Order, Side, Terms
from flexbourse_exchange_simulator.domain.periods import Period

BLOCK = Period(0, 7_200_000, is_block=True)
LOWEST, HIGHEST = -100, 100

terms = st.builds(
    Terms,
    side=st.sampled_from(Side),
    period=st.just(BLOCK),
    quantity=st.integers(1, 12),
    price=st.integers(-3, 3),
    indication=st.sampled_from(Indication),
)
icebergs = st.builds(
    lambda side, quantity, price, peak, delta: Terms(
        side, BLOCK, quantity, price, peak_quantity=min(peak, quantity - 1), peak_price_delta=delta
    ),
    st.sampled_from(Side),
    st.integers(2, 12),
    st.integers(-3, 3),
    st.integers(1, 5),
    st.integers(0, 2),
)
steps = st.lists(st.one_of(terms, icebergs, st.integers(0, 30)), max_size=40)


def order(number: int, said: Terms) -> Order:
    """Return an order as the market would enter it."""
    return Order(number, "member", said, 0, 0, number, remaining=said.quantity)


def resting(book: Book) -> list[Order]:
    """Return everything that rests."""
    return [*book.side(Side.BUY), *book.side(Side.SELL)]


def check_fills(entered: Order, fills: list[Fill]) -> None:
    """A fill is inside both limits; what is matched at once or not at all is matched so."""
    for fill in fills:
        buy, sell = (fill.maker, fill.taker) if fill.maker.terms.side is Side.BUY else (fill.taker, fill.maker)
        assert (buy.terms.side, sell.terms.side) == (Side.BUY, Side.SELL)
        assert sell.terms.price <= fill.price <= buy.terms.price
        assert fill.quantity > 0
    if entered.terms.indication is Indication.FILL_OR_KILL:
        assert sum(fill.quantity for fill in fills if entered in (fill.maker, fill.taker)) in (
            0,
            entered.terms.quantity,
        )


def check_book(book: Book) -> None:
    """Sides are in priority, nothing that may be split crosses, whole orders are whole."""
    for side in Side:
        keys = [entry.key for entry in book.side(side)]
        assert keys == sorted(keys)
    divisible = {side: [entry for entry in book.side(side) if not entry.whole_only] for side in Side}
    if divisible[Side.BUY] and divisible[Side.SELL]:
        assert divisible[Side.BUY][0].slice_price < divisible[Side.SELL][0].slice_price
    for entry in resting(book):
        assert 0 < entry.slice_left <= entry.remaining
        if entry.whole_only:
            assert entry.remaining == entry.terms.quantity


@settings(max_examples=400, deadline=None)
@given(steps)
def test_no_book_is_crossed_and_no_lot_is_lost(script: list[Terms | int]) -> None:
    book = Book(BLOCK, LOWEST, HIGHEST)
    orders: list[Order] = []
    matched: dict[int, int] = {}
    for step in script:
        if isinstance(step, int):
            candidates = resting(book)
            if candidates:
                book.withdraw(candidates[step % len(candidates)])
        else:
            entered = order(len(orders), step)
            orders.append(entered)
            fills = book.enter(entered)
            check_fills(entered, fills)
            for fill in fills:
                for side in (fill.maker, fill.taker):
                    matched[side.id] = matched.get(side.id, 0) + fill.quantity
        check_book(book)
    for entered in orders:
        assert matched.get(entered.id, 0) + entered.remaining == entered.terms.quantity


def naive_fills(said: list[Terms]) -> list[tuple[int, int, int, int]]:
    """Match plain limit orders by looking at every pair: maker, taker, lots, price."""
    book: list[list[int]] = []  # number, lots left
    found = []
    for number, mine in enumerate(said):
        left = mine.quantity
        opposite = [entry for entry in book if said[entry[0]].side is not mine.side and entry[1]]
        opposite.sort(key=lambda entry: (-mine.side.sign * said[entry[0]].price, entry[0]))
        for entry in opposite:
            theirs = said[entry[0]]
            buy, sell = (mine, theirs) if mine.side is Side.BUY else (theirs, mine)
            if left and buy.price >= sell.price:
                lots = min(left, entry[1])
                found.append((entry[0], number, lots, theirs.price))
                left -= lots
                entry[1] -= lots
        book.append([number, left])
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(terms.map(lambda said: replace(said, indication=Indication.NONE)), max_size=30))
def test_plain_orders_are_matched_as_a_naive_book_would(said: list[Terms]) -> None:
    book = Book(BLOCK, LOWEST, HIGHEST)
    fills = [fill for number, entry in enumerate(said) for fill in book.enter(order(number, entry))]
    assert [(fill.maker.id, fill.taker.id, fill.quantity, fill.price) for fill in fills] == naive_fills(said)


def test_a_whole_order_waits_until_several_small_ones_fill_it() -> None:
    book = Book(BLOCK, LOWEST, HIGHEST)
    whole = Terms(Side.SELL, BLOCK, 5, 40, Indication.ALL_OR_NONE)
    small = Terms(Side.BUY, BLOCK, 3, 50)
    assert book.enter(order(1, whole)) == []
    assert book.enter(order(2, small)) == []
    fills = book.enter(order(3, replace(small, quantity=4, price=45)))
    assert [(fill.maker.id, fill.taker.id, fill.quantity, fill.price) for fill in fills] == [
        (2, 1, 3, 40),
        (3, 1, 2, 40),
    ]
    assert [(entry.id, entry.remaining) for entry in resting(book)] == [(3, 2)]


def test_each_part_of_an_iceberg_waits_at_the_end_of_the_queue_and_moves_by_its_delta() -> None:
    book = Book(BLOCK, LOWEST, HIGHEST)
    book.enter(order(1, Terms(Side.SELL, BLOCK, 6, 10, peak_quantity=2, peak_price_delta=1)))
    book.enter(order(2, Terms(Side.SELL, BLOCK, 2, 10)))
    fills = book.enter(order(3, Terms(Side.BUY, BLOCK, 7, 12)))
    assert [(fill.maker.id, fill.quantity, fill.price) for fill in fills] == [
        (1, 2, 10),
        (2, 2, 10),
        (1, 2, 11),
        (1, 1, 12),
    ]


def test_a_whole_order_is_taken_by_one_that_is_exactly_as_large() -> None:
    book = Book(BLOCK, LOWEST, HIGHEST)
    book.enter(order(1, Terms(Side.SELL, BLOCK, 5, 40, Indication.ALL_OR_NONE)))
    assert book.enter(order(2, Terms(Side.BUY, BLOCK, 4, 40, Indication.FILL_OR_KILL))) == []
    assert len(book.enter(order(3, Terms(Side.BUY, BLOCK, 5, 40, Indication.FILL_OR_KILL)))) == 1


def test_icebergs_at_one_price_take_turns() -> None:
    book = Book(BLOCK, LOWEST, HIGHEST)
    for number in range(1, 8):
        book.enter(order(number, Terms(Side.SELL, BLOCK, 4, 10, peak_quantity=1)))
    fills = book.enter(order(8, Terms(Side.BUY, BLOCK, 23, 10)))
    assert [fill.maker.id for fill in fills] == [*range(1, 8)] * 3 + [1, 2]
    fills = book.enter(order(9, Terms(Side.BUY, BLOCK, 5, 10)))
    assert [fill.maker.id for fill in fills] == [3, 4, 5, 6, 7]
