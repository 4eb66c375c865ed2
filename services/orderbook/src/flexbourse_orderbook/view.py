"""Read model of the order book: orders by party, resting orders by book, and the grid that quotes rest on."""

from __future__ import annotations

import math
from collections import deque
from copy import deepcopy
from functools import partial

from google.protobuf.message import Message

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import quotes_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.values import replace
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import (
    BOOK_OPERATING_POINT,
    BOOK_ORDER,
    BOOK_TRADE,
    GRID_BASE_CASE,
    GRID_TARIFF,
    GRID_TOPOLOGY,
    REGISTRY_ENTITY,
)
from flexbourse_orderbook.auction_view import Auctions
from flexbourse_orderbook.capacity_auction_view import NetworkCapacity
from flexbourse_orderbook.capacity_view import CapacitySchedule
from flexbourse_orderbook.domain.grid.area_grid import AreaTopology
from flexbourse_orderbook.funding import Funds
from flexbourse_orderbook.phase_view import Phases
from flexbourse_orderbook.quoting import QuotedPeriod, Quotes, SolvedPeriod, plain_entry
from flexbourse_orderbook.viewer_quotes import QuotedBook, asked_quantity
from flexbourse_orderbook.wire import topology_in

# Closed orders that are kept for queries, all parties together; the oldest are forgotten.
MAX_CLOSED_ORDERS = 100_000
MAX_ENTRIES_PER_SIDE = 25
# Versions of one area's topology that are kept: as many as may be planned ahead; compiled: those asked for lately.
MAX_TOPOLOGIES = 32
MAX_COMPILED = 4

# Area, market, product, start, and the length of a span, 0: one of the market's periods.
BookKey = tuple[str, str, int, int, int]
PeriodKey = tuple[str, int]


class OrderBookView:
    """Folded from the order book's own topics, the grid's and the registry's markets."""

    topics: tuple[str, ...] = (
        REGISTRY_ENTITY,
        GRID_TOPOLOGY,
        GRID_BASE_CASE,
        GRID_TARIFF,
        BOOK_TRADE,
        BOOK_ORDER,
        BOOK_OPERATING_POINT,
    )

    def __init__(self) -> None:
        self._orders: dict[str, dict[str, pb.Order]] = {}
        self._resting: dict[BookKey, dict[str, pb.Order]] = {}
        self._closed: deque[tuple[str, str]] = deque()
        self._phases = Phases()
        self._capacity = NetworkCapacity()
        self.auctions = Auctions()
        self._funds = Funds()
        self._models: dict[str, dict[int, grid.TopologyState]] = {}
        self._topologies: dict[str, dict[int, AreaTopology]] = {}
        self._proposals: dict[PeriodKey, pb.CurtailmentProposed] = {}
        self._schedules: dict[str, CapacitySchedule] = {}
        self._agreements: dict[str, dict[str, pb.Agreement]] = {}
        self._periods: dict[PeriodKey, QuotedPeriod] = {}

    def fold(self, record: Record, message: Message | None) -> None:
        """Take one record in."""
        match message:
            case pb.PartyEvent():
                self._hear(message)
            case pb.OrderEvent():
                self._public(message)
            case pb.OperatingPointChanged():
                self._period(message.area_id, message.mtu.start_s).accept(message)
            case grid.TopologyState():
                self._keep_model(message)
            case grid.BaseCaseState():
                self._period(message.area_id, message.mtu.start_s).base = message
            case grid.TariffState():
                self._period(message.area_id, message.mtu.start_s).tariff = message
            case registry.EntityState():
                self._funds.know(message.entity)
            case None:
                self._forget(record.key)

    def _forget(self, key: str) -> None:
        area_id, _, start = key.partition("/")
        if start.isdigit():
            self._periods.pop((area_id, int(start)), None)
            self._proposals.pop((area_id, int(start)), None)
            if area_id in self._schedules:
                self._schedules[area_id].forget(int(start))

    def _keep_model(self, topology: grid.TopologyState) -> None:
        models = self._models.setdefault(topology.area_id, {})
        models[topology.version] = topology
        if len(models) > MAX_TOPOLOGIES:
            del models[min(models)]

    def _period(self, area_id: str, start_s: int) -> QuotedPeriod:
        return self._periods.setdefault((area_id, start_s), QuotedPeriod())

    def _public(self, event: pb.OrderEvent) -> None:
        field = event.WhichOneof("event")
        self._funds.hear(event)
        self._phases.hear(event)
        self._capacity.hear_public(event)
        self.auctions.hear(event)
        if field == "curtailment_proposed":
            proposed = event.curtailment_proposed
            self._proposals[proposed.area_id, proposed.mtu.start_s] = proposed
        elif field in ("curtailment_withdrawn", "trade_curtailed"):
            ended = getattr(event, field)
            self._proposals.pop((ended.area_id, ended.mtu.start_s), None)

    def proposals(self, area_id: str) -> list[pb.CurtailmentProposed]:
        """Return an area's curtailments that nobody has decided, by period."""
        return [proposal for key, proposal in sorted(self._proposals.items()) if key[0] == area_id]

    def capacity_limits(self, request: pb.ListCapacityLimitsRequest) -> pb.ListCapacityLimitsResponse:
        """Return an area's capacity-limit schedule."""
        return self._schedules.get(request.area_id, CapacitySchedule()).within(request.from_s, request.to_s)

    def network_capacity(self, area_id: str, party: str) -> pb.ListNetworkCapacityResponse:
        """Return auctions of network capacity in an area, and a party's own requests and allocations."""
        return self._capacity.listed(area_id, party)

    def _hear(self, message: pb.PartyEvent) -> None:
        event = message.event
        self._capacity.hear_own(event)
        field = event.WhichOneof("event")
        own = self._orders.setdefault(message.party, {})
        if field in ("admitted", "replaced"):
            order = pb.Order()
            order.CopyFrom(getattr(event, field).order)
            own[order.order_id] = order
            self._resting.setdefault(self._book_key(order), {})[order.order_id] = order
        elif field == "hibernated":
            order = event.hibernated.order
            own[order.order_id].CopyFrom(order)
            self._resting.get(self._book_key(order), {}).pop(order.order_id, None)
        elif field in ("held", "span_matched") or (field == "trade" and _fills(event.trade)):
            match = getattr(event, field)
            for side in (match.seller, match.buyer):
                filled = own.get(side.order_id)
                if filled is not None:
                    filled.open_w, filled.filled_w, filled.hidden_w = side.open_w, side.filled_w, side.hidden_w
                    if side.open_w == 0:
                        self._leave(message.party, filled, pb.ORDER_STATUS_FILLED)
        elif field == "closed":
            left = own.get(event.closed.order_id)
            if left is not None:
                self._leave(message.party, left, event.closed.status)
        else:
            self._hear_other(message.party, event)

    def _hear_other(self, party: str, event: pb.OrderEvent) -> None:
        """Keep what is no order: a capacity-limit schedule, and agreements until they end."""
        own = self._agreements.setdefault(party, {})
        match event.WhichOneof("event"):
            case "capacity_limits_set":
                limits = event.capacity_limits_set
                self._schedules.setdefault(limits.area_id, CapacitySchedule()).set(limits)
            case "agreement_proposed":
                agreement = event.agreement_proposed.agreement
                own[agreement.agreement_id] = agreement
            case "agreement_ended":
                own.pop(event.agreement_ended.agreement_id, None)

    def agreements(self, party: str, request: pb.ListAgreementsRequest) -> list[pb.Agreement]:
        """Return a party's proposed agreements that have not ended, the newest last."""
        own = self._agreements.get(party, {}).values()
        return [agreement for agreement in own if request.area_id in ("", agreement.area_id)]

    def _leave(self, party: str, order: pb.Order, status: pb.OrderStatus) -> None:
        order.status = status
        book = self._resting.get(self._book_key(order), {})
        book.pop(order.order_id, None)
        if not book:
            self._resting.pop(self._book_key(order), None)
        self._closed.append((party, order.order_id))
        if len(self._closed) > MAX_CLOSED_ORDERS:
            oldest_party, oldest = self._closed.popleft()
            self._orders[oldest_party].pop(oldest, None)

    def _book_key(self, order: pb.Order | pb.GetBookRequest | quotes_pb2.GetQuotesRequest) -> BookKey:
        own_length = order.mtu.length_s in (0, self._funds.period_s(order.market_id))
        length_s = 0 if own_length else order.mtu.length_s
        return order.area_id, order.market_id, int(order.product), order.mtu.start_s, length_s

    def market_of(self, party: str, order_id: str) -> str | None:
        """Return the market of a party's order, None where it is not known here."""
        order = self._orders.get(party, {}).get(order_id)
        return order.market_id if order is not None else None

    def orders(self, party: str, request: pb.ListOrdersRequest) -> list[pb.Order]:
        """Return a party's orders that a request asks for, by sequence."""
        found = [
            order
            for order in self._orders.get(party, {}).values()
            if request.area_id in ("", order.area_id)
            and (not request.HasField("mtu") or request.mtu.start_s == order.mtu.start_s)
            and (not request.open_only or order.status == pb.ORDER_STATUS_ACTIVE)
        ]
        return sorted(found, key=lambda order: (order.area_id, order.sequence))

    def book(self, request: pb.GetBookRequest) -> pb.GetBookResponse:
        """Return a book as a node sees it: quotes for a quantity, the best by what they cost there first."""
        key = self._book_key(request)
        period = self._periods.get((request.area_id, request.mtu.start_s)) or QuotedPeriod()
        response = pb.GetBookResponse(
            operating_point_sequence=period.sequence,
            tariff_version=period.tariff.version if period.tariff is not None else 0,
            **self._phases.of(request.area_id, request.market_id, request.mtu.start_s),
        )
        quotes = None if key[-1] else self._quotes(period, request)
        quantity = asked_quantity(request.quantity_w)
        resting = self._resting.get(key, {}).values()
        for side, into, sign in ((pb.SIDE_SELL, response.asks, 1), (pb.SIDE_BUY, response.bids, -1)):
            own = [order for order in resting if order.side == side]
            rank = quotes.priority if quotes else _by_limit
            ranked = sorted(own, key=rank)[:MAX_ENTRIES_PER_SIDE]
            entries = [quotes.entry(order, quantity) if quotes else plain_entry(order) for order in ranked]
            into.extend(sorted(entries, key=lambda e: (sign * e.availability_ticks, e.sequence)))
        return response

    def has_node(self, request: pb.GetBookRequest) -> bool:
        """Tell whether who looks is a node of the area; of a network that is not known yet every node may be."""
        period = self._periods.get((request.area_id, request.mtu.start_s))
        area = self._topology_of(request.area_id, period) if request.node_id and period is not None else None
        return area is None or request.node_id in area.topology.node_index

    def _quotes(self, period: QuotedPeriod, request: pb.GetBookRequest) -> Quotes | None:
        if not request.node_id:
            return None
        solved = self._solved(request.area_id, period)
        viewer = solved.topology.node_index.get(request.node_id) if solved is not None else None
        if solved is None or viewer is None:
            return None
        market, start_s = request.market_id, request.mtu.start_s
        return Quotes(solved, viewer, self._funds.tick(market), partial(self._funds.pays, market, start_s))

    def _solved(self, area_id: str, period: QuotedPeriod) -> SolvedPeriod | None:
        return period.solved(self._topology_of(area_id, period))

    def _topology_of(self, area_id: str, period: QuotedPeriod) -> AreaTopology | None:
        """Return the topology of a period's base case, None where either is not known."""
        return None if period.base is None else self._topology(area_id, period.base.topology_version)

    def quoted_book(self, request: quotes_pb2.GetQuotesRequest) -> QuotedBook:
        """Return what is needed to quote a book to its viewers; nothing of it changes any more."""
        key = self._book_key(request)
        period = self._periods.get((request.area_id, request.mtu.start_s)) or QuotedPeriod()
        head = quotes_pb2.GetQuotesResponse(
            operating_point_sequence=period.sequence,
            tariff_version=period.tariff.version if period.tariff is not None else 0,
            topology_version=period.base.topology_version if period.base is not None else 0,
            open=self._phases.is_open(request.area_id, request.market_id, request.mtu.start_s),
        )
        return QuotedBook(
            head=head,
            orders=tuple(deepcopy(order) for order in self._resting.get(key, {}).values()),
            solved=None if key[-1] else self._solved(request.area_id, period),
            tick=self._funds.tick(request.market_id),
            fund=partial(self._funds.pays, request.market_id, request.mtu.start_s),
        )

    def quoted_periods(self, request: quotes_pb2.GetTariffTableRequest) -> list[tuple[QuotedPeriod, AreaTopology]]:
        """Return the periods of a request that have a tariff, each with its topology, by start; copies."""
        last_s = request.to_s or math.inf
        found = []
        for (area_id, start_s), period in sorted(self._periods.items()):
            if area_id == request.area_id and request.from_s <= start_s < last_s and period.tariff is not None:
                topology = self._topology(area_id, period.tariff.topology_version)
                if topology is not None:
                    found.append((replace(period, accepted=dict(period.accepted)), topology))
        return found

    def _topology(self, area_id: str, version: int) -> AreaTopology | None:
        """Return a version of an area's topology; compiled when it is first asked for."""
        model = self._models.get(area_id, {}).get(version)
        if model is None:
            return None
        known = self._topologies.setdefault(area_id, {})
        if version not in known:
            known[version] = topology_in(model)
            if len(known) > MAX_COMPILED:
                del known[min(known)]
        return known[version]


def _fills(trade: pb.TradeExecuted) -> bool:
    """Tell whether a trade fills orders: what is called was filled when it was held, a span's by its match."""
    return not (trade.call_id or trade.span_match_id)


def _by_limit(order: pb.Order) -> tuple[float, int]:
    return (order.limit_price_ticks if order.side == pb.SIDE_SELL else -order.limit_price_ticks), order.sequence
