"""State of one area: books per period, open orders, positions, lights, reservations. Changed by `evolve` alone."""

from __future__ import annotations

from collections import Counter
from datetime import date

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu, local_day
from flexbourse_core.money import divide_half_even
from flexbourse_orderbook.domain.agreements.agreed import Agreements
from flexbourse_orderbook.domain.capacity_auction.state import CapacityAuctions
from flexbourse_orderbook.domain.dnut_budget import DnutSpending
from flexbourse_orderbook.domain.entry.activity import Activity, PartyRecord, is_watched, note_trade
from flexbourse_orderbook.domain.entry.collateral import Collateral
from flexbourse_orderbook.domain.entry.standing import Standing, StandingKey
from flexbourse_orderbook.domain.events import HeldRelief, RetryPlace, TradeExecuted
from flexbourse_orderbook.domain.grid.area_grid import AreaTopology, GridPeriod
from flexbourse_orderbook.domain.grid.curtailment_events import CurtailmentProposed
from flexbourse_orderbook.domain.grid.lights import LightBoard, Now
from flexbourse_orderbook.domain.grid.moving_trades import MovingTrade
from flexbourse_orderbook.domain.groups.exclusive_groups import Groups
from flexbourse_orderbook.domain.headroom.events import HeadroomContested, HeadroomReserved
from flexbourse_orderbook.domain.headroom.outside import NOTHING, OutsideTrades
from flexbourse_orderbook.domain.orders import Basis, Order, Product, direction
from flexbourse_orderbook.domain.phases.table import LEGAL, Action, BookPhase, Phase
from flexbourse_orderbook.domain.position import Position
from flexbourse_orderbook.domain.registry_state import Market, RegistryState
from flexbourse_orderbook.domain.resting.blocked_pairs import BlockedPairs
from flexbourse_orderbook.domain.resting.book_side import priority_key
from flexbourse_orderbook.domain.resting.levels import NO_NODE, RestingOrder, resting_order
from flexbourse_orderbook.domain.resting.pair_index import PairKey
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.safeguards.state import Safeguards
from flexbourse_orderbook.domain.spans.index import SpanIndex
from flexbourse_orderbook.domain.spreads.board import SpreadBoard

# The longest span: the quarter-hours of the longest local day.
MAX_SPAN_S = 25 * 3600
_DEVIATION = Basis.DEVIATION
LONGEST_MTU_S = 3600  # a topology is kept until no period that may still be asked for can see it


class Period:
    """One period of an area: its books, positions and grid."""

    def __init__(self, area_id: str, mtu: Mtu) -> None:
        self.mtu = mtu
        self._trade_stem = f"{area_id}.{mtu.start_s}."  # of the ids of its trades
        self.is_span = False  # whether several periods are traded in its books
        self.grid = GridPeriod(mtu)
        self.phases: dict[str, BookPhase] = {}  # of the markets that have a book, until it closes
        self.parameters_kept: dict[str, Market] = {}  # of markets that changed at their books' next phase
        self.books: dict[tuple[str, Product], Book] = {}
        self._first_books: dict[str, Book] = {}  # of each market: where it trades one product, nothing else is asked
        self.positions: dict[str, Position] = {}
        # Ids that orders and requests have had, by party: sets that keep their order, so that sorting them is cheap.
        self.used_ids: dict[str, dict[str, None]] = {}
        self.standings: dict[StandingKey, Standing] = {}  # only saves asking again, so it is no state
        self.trade_sequence = 0
        # Whether a pass through all blocked pairs is due, and per book how far the pass under way has come.
        self.retry_due = False
        self.retry_places: dict[tuple[str, Product], RetryPlace] = {}
        self.moving_trades: dict[str, MovingTrade] = {}
        self.recallable: dict[str, TradeExecuted] = {}  # trades that an operator may still take back, by time
        self.held_reliefs: dict[str, HeldRelief] = {}
        self.call_sequence = 0
        self.blocked = BlockedPairs()
        self.spreads = SpreadBoard()
        # Firm orders that headroom of external orders keeps from matching, by order.
        self.contested: dict[str, HeadroomContested] = {}
        self.rechecked_version = 0
        self.proposal: CurtailmentProposed | None = None
        self.proposal_count = 0

    def is_used(self, party: str, name: str) -> bool:
        """Tell whether a party has used an id for an order or request."""
        return name in self.used_ids.get(party, ())

    def use(self, party: str, name: str) -> None:
        """Note that a party has used an id."""
        self.used_by(party)[name] = None

    def used_by(self, party: str) -> dict[str, None]:
        """Return the ids that a party has used; seats know them, so that they are never put anew."""
        own = self.used_ids.get(party)
        if own is None:
            own = self.used_ids[party] = {}
        return own

    def trade_id(self, sequence: int) -> str:
        """Return the id of a trade by its number in the period."""
        return self._trade_stem + str(sequence)

    @property
    def parts(self) -> tuple[Period, ...]:
        """Return the periods that are traded in its books: itself."""
        return (self,)

    def missing_grid(self) -> str:
        """Return which part of the grid's state is missing, or an empty text."""
        return self.grid.missing()

    @property
    def moves(self) -> int:
        """Return a number that rises with every change of an operating point."""
        return self.grid.sequence

    def phase_of(self, market_id: str) -> BookPhase | None:
        """Return the phase of the book of a market, None where there is none."""
        return self.phases.get(market_id)

    def kept_of(self, market_id: str) -> Market | None:
        """Return the parameters that the book of a market keeps until its next phase, None where it keeps none."""
        return self.parameters_kept.get(market_id) if self.parameters_kept else None

    def markets(self) -> list[str]:
        """Return the markets that have a book."""
        return sorted(self.phases)

    def move_resting(self, order: RestingOrder, quantity_w: int) -> None:
        """Let so much more of an order rest in its position, less where it is negative."""
        if order.terms.metering_point_id:
            self.positions[order.terms.metering_point_id].rest(order, quantity_w)

    def due_pairs(self) -> list[PairKey]:
        """Return the blocked pairs that may match at the operating point of now."""
        view = self.grid.view()
        return [] if view is None else list(self.blocked.due(view.point))

    @property
    def open_markets(self) -> list[str]:
        """Return the markets with a book whose trade has begun, and has not ended."""
        return [market_id for market_id, own in self.phases.items() if own.opened]

    def takes(self, market_id: str, action: Action) -> bool:
        """Tell whether the book of a market takes an action in its phase."""
        own = self.phase_of(market_id)
        return own is not None and action in LEGAL[own.phase]

    def collects(self, market_id: str) -> bool:
        """Tell whether what enters the book of a market waits."""
        own = self.phases.get(market_id)
        return own is not None and own.collects

    def keeps_waiting(self, order: RestingOrder) -> bool:
        """Tell whether an order waits for its book to be uncrossed."""
        return order.sequence in self.book(order.terms.market_id, order.terms.product).waiting

    def books_of(self, market_id: str) -> list[Book]:
        """Return the books of a market, by product."""
        return [self.books[key] for key in sorted(self.books) if key[0] == market_id]

    def book(self, market_id: str, product: Product) -> Book:
        """Return a book, made when it is first asked for."""
        book = self.find_book(market_id, product)
        if book is None:
            book = self.books[market_id, product] = Book(market_id, product)
            self._first_books.setdefault(market_id, book)
        return book

    def find_book(self, market_id: str, product: Product) -> Book | None:
        """Return a book, None where there is none."""
        book = self._first_books.get(market_id)
        return book if book is None or book.product is product else self.books.get((market_id, product))

    def contest_ends(self, *orders: str) -> None:
        """Forget that headroom stands against an order, or against a pair."""
        for name, contested in list(self.contested.items()) if self.contested else ():
            if {contested.order_id, contested.resting_order_id}.issuperset(orders):
                del self.contested[name]

    def nodal_ticks(self) -> list[int] | None:
        """Return the nodal tariff in force, None where it is missing or fits another topology."""
        tariff, area = self.grid.tariff, self.grid.area
        if tariff is None or area is None or tariff.topology_version != area.version:
            return None
        return tariff.nodal_ticks

    def sort_again(self) -> None:
        """Put all resting orders in the order of the tariff in force."""
        ticks = self.nodal_ticks()
        for book in self.books.values():
            for side in (book.asks, book.bids):
                side.sort_again(lambda order: priority_key(order, ticks))


class SpanPeriod(Period):
    """The books of a span of consecutive periods, its parts, which have the positions and the grid."""

    def __init__(self, area_id: str, mtu: Mtu, parts: tuple[Period, ...]) -> None:
        super().__init__(area_id, mtu)
        self.is_span = True
        self._parts = parts
        # The mean tariff, and what it is the mean of.
        self._mean: tuple[list[list[int]], list[int]] | None = None

    @property
    def parts(self) -> tuple[Period, ...]:
        """Return the periods that are traded in its books."""
        return self._parts

    def missing_grid(self) -> str:
        """Return which part of the grid's state is missing in the first period that lacks one, or an empty text."""
        return next((missing for part in self._parts if (missing := part.missing_grid())), "")

    @property
    def moves(self) -> int:
        """Return a number that rises with every change of an operating point."""
        return sum(part.moves for part in self._parts)

    def phase_of(self, market_id: str) -> BookPhase | None:
        """Return a phase: it trades while all its periods trade continuously, and stands still while one does not."""
        found = [part.phases.get(market_id) for part in self._parts]
        if None in found:
            return None
        waits = next((own for own in found if own is not None and own.phase is not Phase.CONTINUOUS), None)
        if waits is None:
            return found[0]
        return BookPhase(Phase.HALTED, waits.opened, cause=waits.cause, reason=waits.reason)

    def kept_of(self, market_id: str) -> Market | None:
        """Return the parameters that the book of its first period keeps."""
        return self._parts[0].kept_of(market_id)

    def markets(self) -> list[str]:
        """Return the markets that have a book."""
        return sorted({market_id for market_id, _ in self.books})

    def move_resting(self, order: RestingOrder, quantity_w: int) -> None:
        """Let so much more of an order rest in each period's position."""
        for part in self._parts:
            part.move_resting(order, quantity_w)

    def due_pairs(self) -> list[PairKey]:
        """Return all blocked pairs: each may wait for any of the periods."""
        return self.blocked.all()

    def contest_ends(self, *orders: str) -> None:
        """Forget that headroom of one of its periods stands against an order, or against a pair."""
        for part in self._parts:
            part.contest_ends(*orders)

    def nodal_ticks(self) -> list[int] | None:
        """Return the mean of the tariffs in force, None where one is missing."""
        tariffs = [ticks for part in self._parts if (ticks := part.nodal_ticks()) is not None]
        if len(tariffs) < len(self._parts):
            return None
        if self._mean is None or any(one is not other for one, other in zip(self._mean[0], tariffs, strict=True)):
            count = len(tariffs)
            self._mean = tariffs, [divide_half_even(sum(ticks), count) for ticks in zip(*tariffs, strict=True)]
        return self._mean[1]


def has_topology_due(period: Period) -> bool:
    """Tell whether accepted trades or what is held of a period were not looked at yet on the topology in force."""
    grid = period.grid
    if grid.area is None or period.rechecked_version == grid.area.version:
        return False
    return bool(grid.held) or bool(grid.held_matches) or bool(grid.accepted_p.any()) or bool(grid.accepted_q.any())


class AreaState:
    """The books of one area; `registry` and `collateral` are the whole shard's."""

    def __init__(self, area_id: str, registry: RegistryState, collateral: Collateral) -> None:
        self.area_id = area_id
        self.id_stem = f"{area_id}."  # of the ids of orders
        self.registry = registry
        self.collateral = collateral
        self.topologies: list[AreaTopology] = []  # oldest first, each from its own period on
        self.lights = LightBoard()
        self.now = Now()
        self._today = (-1, "")  # the second it was looked up for, and the day
        self.periods: dict[Mtu, Period] = {}
        self.spans: SpanIndex[SpanPeriod] = SpanIndex()
        self.orders: dict[str, RestingOrder] = {}
        self.order_sequence = 0
        self.capacity_version = 0
        self.halted_reason = ""
        self.openings: dict[str, int] = {}
        self.announced: dict[str, int] = {}  # up to where books came into a phase before their opening
        self.market_halts: dict[str, str] = {}  # reasons of the operator, by market
        self.reservations: dict[str, HeadroomReserved] = {}
        self.dnut_spending = DnutSpending()
        self.outside = OutsideTrades()
        self.hibernated: dict[str, RestingOrder] = {}  # out of every book
        self.safeguards = Safeguards()
        self.activity = Activity()
        self.open_blocks: dict[str, Counter[int]] = {}  # of call auctions, by market: how many orders of each stand
        self.groups = Groups()
        self.agreements = Agreements()
        self.capacity_auctions = CapacityAuctions()

    def period(self, mtu: Mtu) -> Period:
        """Return a period or span that exists."""
        period = self.periods.get(mtu) or self.spans.get(mtu)
        if period is None:
            raise InvariantError(f"area {self.area_id} has no period {mtu}")
        return period

    def make_period(self, mtu: Mtu) -> Period:
        """Return a period, made when it is first asked for."""
        period = self.periods.get(mtu)
        if period is None:
            period = self.periods[mtu] = Period(self.area_id, mtu)
            topology = self.topology_of(mtu)
            if topology is not None:
                period.grid.fit(topology)
        return period

    def find_period(self, mtu: Mtu) -> Period | None:
        """Return a period or span, None where there is none."""
        return self.periods.get(mtu) or self.spans.get(mtu)

    def period_of(self, mtu: Mtu, length_s: int) -> Period | None:
        """Return a period of a length, or a span of such periods; None where one of these is not there."""
        if mtu.length_s <= length_s:
            return self.periods.get(mtu)
        known = self.spans.get(mtu)
        if known is not None or mtu.length_s > MAX_SPAN_S:
            return known
        found = (self.periods.get(Mtu(start, length_s)) for start in range(mtu.start_s, mtu.end_s, length_s))
        parts = tuple(period for period in found if period is not None)
        return SpanPeriod(self.area_id, mtu, parts) if len(parts) * length_s == mtu.length_s else None

    def make_span(self, mtu: Mtu, length_s: int) -> Period:
        """Return a span of periods of a length, made when it is first asked for."""
        found = self.period_of(mtu, length_s)
        if found is None:
            raise InvariantError(f"area {self.area_id} has no span {mtu}")
        if isinstance(found, SpanPeriod):
            self.spans.put(mtu, found, tuple(part.mtu for part in found.parts))
        return found

    def find(self, order_id: str) -> RestingOrder | None:
        """Return an order that rests or hibernates, None where there is none."""
        return self.orders.get(order_id) or self.hibernated.get(order_id)

    def market_of(self, market_id: str, mtu: Mtu) -> Market:
        """Return a market with the parameters that hold in its book of a period."""
        period = self.find_period(mtu)
        kept = period.kept_of(market_id) if period is not None else None
        return self.registry.markets[market_id] if kept is None else kept

    def position_of(self, metering_point_id: str, mtu: Mtu) -> Position | None:
        """Return a position beside what was traded outside, None where there is neither."""
        period, outside = self.periods.get(mtu), self.outside.of(metering_point_id, mtu)
        here = None if period is None else period.positions.get(metering_point_id)
        return here if outside == NOTHING else (here or Position(0, 0)).beside(outside)

    @property
    def topology(self) -> AreaTopology | None:
        """Return the newest topology. All that are in force have the same nodes and zones; branches may differ."""
        return self.topologies[-1] if self.topologies else None

    def topology_of(self, mtu: Mtu) -> AreaTopology | None:
        """Return the topology that a period sees."""
        found = [topology for topology in self.topologies if topology.effective_from_s <= mtu.start_s]
        return found[-1] if found else self.topology

    def place(self, terms: Order, period: Period) -> RestingOrder:
        """Return an order with its place in topology and priority; it does not rest yet."""
        moves = direction(terms.product, terms.side) if terms.basis is _DEVIATION else 0
        node = self.node(terms.node_id)
        order = resting_order(terms, node, moves)
        order.key = priority_key(order, period.nodal_ticks() if moves and node != NO_NODE else None)
        return order

    def node(self, node_id: str) -> int:
        """Return the index of a node in the topology in force, NO_NODE where there is none."""
        if not self.topologies or not node_id:
            return NO_NODE
        return self.topologies[-1].node_index.get(node_id, NO_NODE)

    def minimum_w(self, order: RestingOrder) -> int:
        """Return the smallest fill that the order's unit can deliver."""
        unit = self.registry.units.get(order.terms.unit_id)
        return 0 if unit is None or order.is_reactive else unit.min_activation_w

    def count_block(self, terms: Order, orders: int) -> None:
        """Count an order of a block that comes to rest, or leaves (-1)."""
        blocks = self.open_blocks.setdefault(terms.market_id, Counter())
        blocks[terms.block_sequence] += orders
        if not blocks[terms.block_sequence]:
            del blocks[terms.block_sequence]

    def count_order(self, party: str, market_id: str) -> None:
        """Count an order, or a change of one, of a party."""
        market = self.registry.markets.get(market_id)
        if market is not None and is_watched(market):
            self.activity.count_order(party, market, self.now.at_ms, self.today())

    def count_trade(self, market_id: str, one: PartyRecord, other: PartyRecord) -> None:
        """Count a match of two parties, which may be one."""
        market = self.registry.markets[market_id]
        if is_watched(market):
            at_ms, day = self.now.at_ms, self.today()
            note_trade(one, market, at_ms, day)
            if other is not one:
                note_trade(other, market, at_ms, day)

    def today(self) -> str:
        """Return the local day of now; looked up once a second."""
        second = self.now.at_ms // 1000
        if self._today[0] != second:
            self._today = second, self.local_day(second).isoformat()
        return self._today[1]

    def local_day(self, second: int) -> date:
        """Return the area's local day in which a UTC second lies; the registry never changes an area's time zone."""
        return local_day(second, self.registry.areas[self.area_id].time_zone)

    def is_past(self, mtu: Mtu) -> bool:
        """Tell whether a period or span has ended and is kept by no open book, which a late record still closes."""
        return mtu.end_s * 1000 <= self.now.at_ms and mtu not in self.periods and self.spans.get(mtu) is None

    def advance(self, now: Now) -> None:
        """Set the time and forget past days, and periods that have ended and hold no open book."""
        self.now = now
        ended = [mtu for mtu, period in self.periods.items() if mtu.end_s * 1000 <= now.at_ms and not period.phases]
        for mtu in ended:
            del self.periods[mtu]
            self.spans.drop(mtu)
        for period in self.periods.values():
            if period.recallable:
                self._forget_recallable(period)
        self._drop_topologies()
        self.lights.forget(self.is_past)
        self.outside.forget(now.at_ms)
        self.groups.forget(self.is_past)
        self.capacity_auctions.forget(now.at_ms)
        if self.dnut_spending.first_day() is not None:
            self.dnut_spending.forget(self.local_day(now.at_ms // 1000))

    def _forget_recallable(self, period: Period) -> None:
        """Forget trades that can no longer be taken back."""
        for trade_id, trade in list(period.recallable.items()):
            window_ms = self.market_of(trade.market_id, trade.mtu).recall_window_s * 1000
            if trade.executed_at_ms + window_ms < self.now.at_ms:
                del period.recallable[trade_id]

    def _drop_topologies(self) -> None:
        """Forget topologies that neither a period of now nor a later one sees."""
        while len(self.topologies) > 1:
            first_s = min((mtu.start_s for mtu in self.periods), default=self.now.at_ms // 1000 - LONGEST_MTU_S)
            if self.topologies[1].effective_from_s > min(first_s, self.now.at_ms // 1000 - LONGEST_MTU_S):
                return
            del self.topologies[0]
