"""State of settlement and how facts and events change it. Integers and texts only; no decision is made here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_core.transition import TransitionTable
from flexbourse_settlement.domain.activations.owed import ActivationBook
from flexbourse_settlement.domain.activations.products import ProductsSet
from flexbourse_settlement.domain.chain.calls import CallOutcome
from flexbourse_settlement.domain.chain.chain_work import ChainWork
from flexbourse_settlement.domain.events import (
    Batch,
    BatchClosed,
    BatchFiled,
    BatchStatus,
    ChainChecked,
    CheckRequested,
    Event,
    LinesPosted,
    ReadingsRecorded,
    TransactionFinal,
    TransactionKind,
    TransactionRefused,
    TransactionRequested,
    TransactionSigned,
)
from flexbourse_settlement.domain.external.book import ExternalBook
from flexbourse_settlement.domain.external.notary import RecordAttested, RecordNoted
from flexbourse_settlement.domain.external.results import ExternalRefused, ExternalTaken
from flexbourse_settlement.domain.facts import (
    Acknowledged,
    Area,
    BaseFrozen,
    BookClosed,
    BookOpened,
    Curtailment,
    Fact,
    MeteringPoint,
    Participant,
    Recall,
    RightToOffer,
    Unit,
    UnitTotal,
)
from flexbourse_settlement.domain.funds.events import Allotment, DebtPaid, ExposureSettled, FundsMoved
from flexbourse_settlement.domain.funds.places import Funds
from flexbourse_settlement.domain.lines.blocked import BlockedLine
from flexbourse_settlement.domain.lines.capacity_settling import (
    CapacityAllocated,
    CapacityAllotted,
    CapacityFact,
    CapacityLapsed,
    CapacityUsed,
    changed,
)
from flexbourse_settlement.domain.lines.line import PositionLine
from flexbourse_settlement.domain.matches import Compensation, Match
from flexbourse_settlement.domain.proofs.batch import CORRECTION

MAX_SETTLED_PERIODS = 50_000  # remembered, so that a period is never settled twice; about a year of one area
MAX_FILED_BATCHES = 1_000

PeriodKey = tuple[str, Mtu]

BATCH_LIFE: TransitionTable[BatchStatus, BatchStatus] = TransitionTable(
    "batch",
    {
        (BatchStatus.CLOSED, BatchStatus.SIGNED): BatchStatus.SIGNED,
        (BatchStatus.CLOSED, BatchStatus.REJECTED): BatchStatus.REJECTED,
        (BatchStatus.SIGNED, BatchStatus.FINAL): BatchStatus.FINAL,
        (BatchStatus.SIGNED, BatchStatus.REJECTED): BatchStatus.REJECTED,
    },
)


@dataclass(slots=True)
class Period:
    """One area and MTU until it is settled; afterwards only that it was."""

    area_id: str
    mtu: Mtu
    matches: list[Match] = field(default_factory=list)
    bases_w: dict[str, int] = field(default_factory=dict)
    metered_w: dict[str, int] = field(default_factory=dict)
    open_markets: set[str] = field(default_factory=set)
    closed: bool = False
    start_micro_euro: int = 0
    end_micro_euro: int = 0
    revision_micro_euro: int = 0
    last_sequence: int = 0
    settled: bool = False
    compensations: dict[str, Compensation] = field(default_factory=dict)
    imbalance_price_ticks: int | None = None  # at which it was settled, where results from outside may change it
    settled_positions: dict[str, str] = field(default_factory=dict)  # metering point -> who settles its deviation
    capacity: dict[str, CapacityAllotted] = field(default_factory=dict)  # by request

    @property
    def books_closed(self) -> bool:
        """Tell whether every book of the period has closed."""
        return self.closed and not self.open_markets

    def take(self, match: Match) -> None:
        """Add a match; sequences count from 1 without a gap."""
        if self.settled or match.sequence != self.last_sequence + 1:
            raise InvariantError(f"trade {match.trade_id} follows sequence {self.last_sequence} of its period")
        self.last_sequence = match.sequence
        self.matches.append(match)

    def curtail(self, fact: Curtailment) -> None:
        """Take a part off a match, which is compensated."""
        match = self._amend(fact, fact.left_w)
        side, former = match.seller if fact.compensates_seller else match.buyer, self.compensations.get(fact.trade_id)
        self.compensations[fact.trade_id] = Compensation(
            side.party,
            fact.trade_id,
            fact.quantity_w + (former.quantity_w if former else 0),
            fact.compensation_micro_euro + (former.amount_micro_euro if former else 0),
        )

    def recall(self, fact: Recall) -> None:
        """Take a match back: it stays on the books with nothing left of it."""
        self._amend(fact, 0)

    def _amend(self, fact: Curtailment | Recall, left_w: int) -> Match:
        """Leave less of a match; returns it as it was. A refund is a revision, which a book that closes later has."""
        index = next((i for i, match in enumerate(self.matches) if match.trade_id == fact.trade_id), None)
        if self.settled or index is None or self.matches[index].quantity_w != fact.quantity_w + left_w:
            raise InvariantError(f"trade {fact.trade_id} is reduced by {fact.quantity_w} to {left_w} W")
        match = self.matches[index]
        self.matches[index] = match.less(left_w, fact.dnut_refund_micro_euro, fact.relief_refund_micro_euro)
        if self.closed:
            self.revision_micro_euro += fact.dnut_refund_micro_euro + fact.relief_refund_micro_euro
        return match

    def close(self, book: BookClosed) -> None:
        """Close one market's book; the potential is that of the whole period."""
        if book.last_trade_sequence != self.last_sequence:
            raise InvariantError(
                f"book {book.market_id} {book.mtu.start_s} closed at trade {book.last_trade_sequence}, "
                f"settlement has seen {self.last_sequence}"
            )
        if not self.closed:
            self.start_micro_euro = book.potential_start_micro_euro
        self.closed = True
        self.open_markets.discard(book.market_id)
        self.end_micro_euro = book.potential_end_micro_euro
        self.revision_micro_euro = book.revision_micro_euro


@dataclass(slots=True)
class State:
    """The shard's state. At most one transaction is under way: a chain takes a sender's transactions in order."""

    participants: dict[str, Participant] = field(default_factory=dict)
    metering_points: dict[str, MeteringPoint] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    funds: Funds = field(default_factory=Funds)
    activation_books: dict[str, ActivationBook] = field(default_factory=dict)
    external: ExternalBook = field(default_factory=ExternalBook)
    periods: dict[PeriodKey, Period] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    contract: str = ""  # of the ledger
    chain: ChainWork = field(default_factory=ChainWork)  # besides the ledger
    opened: set[str] = field(default_factory=set)  # addresses
    requested: TransactionRequested | None = None
    signed: TransactionSigned | None = None
    blocked: bool = False
    next_nonce: int = 0
    transaction_count: int = 0
    check_count: int = 0
    checked_at_ms: int = 0
    checking: bool = False
    now_ms: int = 0

    def period(self, area_id: str, mtu: Mtu) -> Period:
        """Return a period, a new one where nothing was heard of it."""
        key = (area_id, mtu)
        if key not in self.periods:
            self.periods[key] = Period(area_id, mtu)
        return self.periods[key]

    def take(self, fact: Fact) -> None:
        """Take a fact of another service over. An acknowledgement leaves nothing: what follows of it are events."""
        match fact:
            case Participant():
                self.participants[fact.participant_id] = fact
            case MeteringPoint():
                self.metering_points[fact.metering_point_id] = fact
                self._heard(f"metering_point/{fact.metering_point_id}")
            case Unit():
                self.units[fact.unit_id] = fact
                self._heard(f"unit/{fact.unit_id}")
            case Area():
                self.areas[fact.area_id] = fact
                self._heard(f"area/{fact.area_id}")
            case RightToOffer() | UnitTotal():
                self._take_for_chain(fact)
            case BaseFrozen() | BookOpened() | BookClosed() | Curtailment() | Recall() | Match():
                _take_book(self.period(fact.area_id, fact.mtu), fact)
            case CapacityAllocated() | CapacityUsed() | CapacityLapsed():
                self._take_capacity(fact)
            case Acknowledged():
                pass
            case _:
                self.activation_book(fact.area_id).take(fact)

    def _take_for_chain(self, fact: RightToOffer | UnitTotal) -> None:
        if isinstance(fact, RightToOffer):
            self.chain.take_right(fact, self.right_waits_for(fact.unit_id))
            return
        area = self.areas.get(fact.area_id)
        if area is not None and area.totals_on_chain:
            self.chain.totals.take(fact)

    def _take_capacity(self, fact: CapacityFact) -> None:
        if isinstance(fact, CapacityAllocated):
            for mtu, payment in fact.payments:
                own = replace(fact.allotted, payment_micro_euro=payment)
                self.period(fact.area_id, mtu).capacity[own.request_id] = own
            return
        known = self.period(fact.area_id, fact.mtu).capacity
        known[fact.request_id] = changed(known, fact)

    def activation_book(self, area_id: str) -> ActivationBook:
        """Return what of an area's activations is to be settled."""
        return self.activation_books.setdefault(area_id, ActivationBook(area_id))

    def advance(self, at_ms: int) -> None:
        """Set the time; what the chain refused may be tried again."""
        self.now_ms = at_ms
        self.blocked = False

    def _heard(self, of: str) -> None:
        """Let rights that waited for something ask the chain."""
        for right in self.chain.rights.heard(of):
            self.chain.take_right(right, self.right_waits_for(right.unit_id))

    def right_waits_for(self, unit_id: str) -> str:
        """Return what must be heard before the chain is asked for a right to offer a unit; empty: nothing."""
        unit = self.units.get(unit_id)
        if unit is None:
            return f"unit/{unit_id}"
        point = self.metering_points.get(unit.metering_point_id)
        if point is None:
            return f"metering_point/{unit.metering_point_id}"
        area = self.areas.get(point.area_id)
        return "" if area is not None and area.rights_on_chain else f"area/{point.area_id}"

    def span_of(self, unit_id: str) -> int:
        """Return the most by which a unit can deviate in one direction, in W; 0 where it is not known."""
        unit = self.units.get(unit_id)
        return 0 if unit is None else unit.span_w

    def evolve(self, event: Event) -> None:
        """Apply an event."""
        match event:
            case ReadingsRecorded() | BatchClosed() | BatchFiled() | LinesPosted():
                self._evolve_run(event)
            case FundsMoved() | Allotment() | ExposureSettled() | DebtPaid():
                self.funds.evolve(event)
                if isinstance(event, FundsMoved):
                    self.chain.ask(self.chain.funds.take(event))
            case CheckRequested():
                self.check_count = event.check_number
                self.checked_at_ms = event.at_ms
                self.checking = True
            case ChainChecked():
                self.checking = False
                self.chain.checked()
            case ExternalTaken():
                self.external.take(event.result)
            case ExternalRefused():
                pass  # for views
            case ProductsSet():
                book = self.activation_book(event.area_id)
                book.products |= {product.purpose: product for product in event.products}
            case RecordNoted() | RecordAttested():
                self.chain.take_record(event)
            case _:
                self._evolve_transaction(event)

    def _evolve_run(self, event: ReadingsRecorded | BatchClosed | BatchFiled | LinesPosted) -> None:
        match event:
            case ReadingsRecorded():
                for reading in event.readings:
                    metered = self.period(event.area_id, reading.mtu).metered_w
                    metered[reading.metering_point_id] = reading.mean_w
            case BatchClosed():
                self._close(event)
            case BatchFiled():
                self.batches[event.batch_id] = replace(self.batches[event.batch_id], filed=True)
                self._forget_filed()
            case LinesPosted():
                self._keep_positions(event)

    def _evolve_transaction(
        self, event: TransactionRequested | TransactionSigned | TransactionFinal | TransactionRefused
    ) -> None:
        match event:
            case TransactionRequested():
                self.requested = event
                self.transaction_count += 1
                if event.call is not None:
                    self.chain.requested(event.call)
            case TransactionSigned():
                self._sign(event)
            case TransactionFinal():
                self._finish(event)
            case TransactionRefused():
                self.requested = None
                if event.kind is TransactionKind.SETTLE:
                    self.step(event.batch_id, BatchStatus.REJECTED)
                elif event.call is not None:
                    self.chain.called(CallOutcome(event.call, event.error))
                elif event.contract_name:
                    self.chain.deployed(event.contract_name, "")
                else:
                    self.blocked = True

    def step(self, batch_id: str, status: BatchStatus) -> None:
        """Move a batch on."""
        batch = self.batches[batch_id]
        self.batches[batch_id] = replace(batch, status=BATCH_LIFE.next(batch.status, status))

    def _keep_positions(self, event: LinesPosted) -> None:
        """Keep who settled which deviation where results from outside may change it; the rest is for views."""
        for line in event.lines:
            if isinstance(line, BlockedLine) and line.settled:
                self.period(line.area_id, line.mtu).imbalance_price_ticks = line.price_ticks
            if not isinstance(line, PositionLine) or not line.settled:
                continue
            area_id = self.metering_points[line.metering_point_id].area_id
            if self.external.concerns(area_id, line.mtu):
                period = self.period(area_id, line.mtu)
                period.imbalance_price_ticks = line.price_ticks
                period.settled_positions[line.metering_point_id] = line.account

    def _post_correction(self, event: BatchClosed) -> None:
        self.batches[event.batch_id] = Batch(event)
        record = self.external.records[event.venue_id, event.result_id]
        record.posted |= {(event.area_id, mtu): event.version for mtu in event.mtus}

    def _close(self, event: BatchClosed) -> None:
        if event.kind == CORRECTION:
            self._post_correction(event)
            return
        self.batches[event.batch_id] = Batch(event)
        book = self.activation_books.get(event.area_id)
        for mtu in event.mtus:
            self.external.settle(event.area_id, mtu)
            former = self.period(event.area_id, mtu)
            if book is not None:
                point_of = {unit: self.units[unit].metering_point_id for unit in book.unit_ids if unit in self.units}
                book.remember(mtu.start_s, mtu.end_s, former.metered_w, point_of)
                book.forget(mtu.start_s, mtu.end_s)
            self.periods[event.area_id, mtu] = Period(
                event.area_id,
                mtu,
                closed=True,
                settled=True,
                imbalance_price_ticks=former.imbalance_price_ticks,
                settled_positions=former.settled_positions,
            )
        settled = sorted(key for key, period in self.periods.items() if period.settled)
        for key in sorted(settled, key=lambda key: key[1])[:-MAX_SETTLED_PERIODS]:
            del self.periods[key]

    def _sign(self, event: TransactionSigned) -> None:
        self.signed = replace(event, batch=None)  # the batch stands below, once
        self.next_nonce = max(self.next_nonce, event.signed.nonce + 1)
        if event.kind is TransactionKind.SETTLE:
            signed = event.signed
            self.step(event.batch_id, BatchStatus.SIGNED)
            self.batches[event.batch_id] = replace(
                self.batches[event.batch_id],
                root=signed.root,
                data_hash=signed.data_hash,
                leaf_count=signed.leaf_count,
            )

    def _finish(self, event: TransactionFinal) -> None:
        self.requested = None
        self.signed = None
        self.checked_at_ms = self.now_ms
        mined = event.mined
        if event.kind is TransactionKind.SETTLE:
            self.step(event.batch_id, BatchStatus.FINAL if mined.succeeded else BatchStatus.REJECTED)
            self.batches[event.batch_id] = replace(
                self.batches[event.batch_id], gas_used=mined.gas_used, block_number=mined.block_number
            )
        elif event.call is not None:
            self.chain.called(CallOutcome(event.call, mined.error, event.hash, mined.block_number))
        elif event.contract_name:
            self.chain.deployed(event.contract_name, mined.contract if mined.succeeded else "")
        elif not mined.succeeded:
            self.blocked = True
        elif event.kind is TransactionKind.DEPLOY:
            self.contract = mined.contract
        else:
            self.opened.update(event.addresses)

    def _forget_filed(self) -> None:
        filed = [batch_id for batch_id, batch in self.batches.items() if batch.filed]
        for batch_id in filed[:-MAX_FILED_BATCHES]:
            del self.batches[batch_id]


def _take_book(period: Period, fact: BaseFrozen | BookOpened | BookClosed | Curtailment | Recall | Match) -> None:
    match fact:
        case BaseFrozen():
            period.bases_w[fact.metering_point_id] = fact.base_w
        case BookOpened():
            period.open_markets.add(fact.market_id)
        case BookClosed():
            period.close(fact)
        case Curtailment():
            period.curtail(fact)
        case Recall():
            period.recall(fact)
        case Match():
            period.take(fact)
