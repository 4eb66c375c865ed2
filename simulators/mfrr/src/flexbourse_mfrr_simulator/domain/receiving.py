"""What the platform does with each document that a BSP sends."""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse_mfrr_simulator.domain.bids import Problem, bid_of, megawatts
from flexbourse_mfrr_simulator.domain.faults import strike
from flexbourse_mfrr_simulator.domain.identifiers import is_eic
from flexbourse_mfrr_simulator.domain.messages import (
    Acknowledgement,
    Activation,
    BidAvailability,
    Header,
    Party,
    Reason,
    RedispatchNotice,
    RejectedSeries,
    ReserveBid,
)
from flexbourse_mfrr_simulator.domain.orders import ANSWER, UNAVAILABLE
from flexbourse_mfrr_simulator.domain.profile import MTU_S
from flexbourse_mfrr_simulator.domain.redispatching import offer_problems, take_notice
from flexbourse_mfrr_simulator.domain.rules import MARKET_RULE, Place, document_problems, head_problems
from flexbourse_mfrr_simulator.domain.state import MAX_PARTIES, State, remember

MAX_REASONS = 50
ROLES = ("A34", "A04", "A35")
AVAILABILITY_CAUSES = ("C40", "C41", "C42", "C43", "C44", "C45", "C46")
REQUESTERS = ("A46", "A49", "A50")
Told = Activation | BidAvailability | RedispatchNotice
Received = ReserveBid | Told | Acknowledgement


def receive(state: State, party: str, document: Received, title: str = "") -> str:
    """Take a document at the state's time; returns what became of it.

    That is accepted, refused or dropped (stale, or no room for the party); of an acknowledgement noted or objected.
    """
    if isinstance(document, Acknowledgement):
        state.unacknowledged.pop(document.received_mrid, None)
        return "noted" if document.is_positive else "objected"
    header = document.header
    if not enrol(state, party, header.sender.scheme or _scheme(party)):
        return "dropped"
    if header.created < state.now - state.settings.profile.stale_s:
        return "dropped"
    known = state.answers.get((party, header.mrid))
    if known is not None and known[0] == hash(document):  # sent again: the same answer again, and nothing done twice
        again = known[1]
        state.send(party, again, _ack_kind(header))
        return "accepted" if again.is_positive else "refused"
    fault = strike(state.faults, "negative-ack", party, state.now)
    if fault:
        problems = [Problem("", "999", fault.text)]
    elif known is not None:
        problems = [Problem("", "A51", f"another document had the id {header.mrid}")]
    else:
        problems = _too_many(state, party) or _take(state, party, document)
    answer = acknowledgement(state, party, problems, header, title)
    remember(state.answers, (party, header.mrid), (hash(document), answer))
    state.send(party, answer, _ack_kind(header))
    return "refused" if problems else "accepted"


def refuse(state: State, party: str, problems: Iterable[str], received: Header | None, title: str) -> None:
    """Answer a document that could not be read; `received` is what could be told of it."""
    if not enrol(state, party, _scheme(party)):
        return
    found = [Problem("", "A94", text) for text in problems]
    answer = acknowledgement(state, party, found, received, title)
    state.send(party, answer, _ack_kind(received) if received else "ACK")


def enrol(state: State, party: str, scheme: str) -> bool:
    """Give a party a place; returns whether there is one."""
    if party not in state.parties:
        if len(state.parties) >= MAX_PARTIES:
            return False
        state.parties[party] = scheme
    return True


def acknowledgement(
    state: State, party: str, problems: list[Problem], received: Header | None, title: str
) -> Acknowledgement:
    """Return the answer to a document: accepted as a whole, or refused as a whole with all reasons."""
    by_series: dict[str, list[Reason]] = {}
    for problem in problems:
        by_series.setdefault(problem.series, []).append(Reason(problem.code, problem.text[:512]))
    whole = by_series.pop("", [])
    reasons = [Reason("A02", "Message fully rejected."), *whole[:MAX_REASONS]]
    if by_series:
        reasons.insert(1, Reason("A03", "Series contain errors."))
    rejected = tuple(RejectedSeries(mrid[:60], tuple(found[:MAX_REASONS])) for mrid, found in by_series.items())
    role = received.receiver.role if received and received.receiver.role in ROLES else "A34"
    return Acknowledgement(
        mrid=state.new_id(), created=state.now, sender=state.settings.party(role),
        receiver=Party(party, state.parties[party], "A46"), received_title=title,
        received_mrid=received.mrid if received else "", received_revision=received.revision if received else 0,
        received_kind=received.kind if received else "", received_process=received.process if received else "",
        received_created=(received.created or None) if received else None,
        reasons=tuple(reasons) if problems else (Reason("A01", "Message fully accepted."),), rejected=rejected,
    )  # fmt: skip


def _scheme(party: str) -> str:
    """Return the coding scheme that an identifier most likely is of: EIC, else GS1."""
    return "A01" if is_eic(party) else "A10"


def _ack_kind(header: Header) -> str:
    return f"ACK-{header.kind}" if header.kind else "ACK"


def _too_many(state: State, party: str) -> list[Problem]:
    current = state.now // MTU_S
    since, count = state.counted.get(party, (current, 0))
    count = count + 1 if since == current else 1
    state.counted[party] = (current, count)
    most = state.settings.profile.max_messages
    return [Problem("", MARKET_RULE, f"more than {most} messages in one quarter of an hour")] if count > most else []


def _place(state: State) -> Place:
    zones = frozenset(zone.value for zone in state.settings.zones)
    return Place(state.settings.party("A34"), zones)


def _take(state: State, party: str, document: ReserveBid | Told) -> list[Problem]:
    if isinstance(document, ReserveBid):
        return _take_bids(state, party, document)
    heads = head_problems(document.header, party, state.now, _place(state), state.settings.profile)
    problems = [Problem("", code, text) for code, text in heads]
    if problems:
        return problems
    match document:
        case Activation():
            return _take_answer(state, party, document)
        case BidAvailability():
            return _take_limits(state, document)
    return take_notice(state, party, document)


def _take_bids(state: State, party: str, document: ReserveBid) -> list[Problem]:
    profile = state.settings.profile
    if document.header.process == "A41":
        return _take_offers(state, party, document)
    problems = document_problems(document, party, state.now, _place(state), profile)
    if document.header.process != "A47":
        problems.append(Problem("", MARKET_RULE, f"the process is {document.header.process}, mFRR is A47"))
    return problems or state.book.submit(document, profile)


def _take_offers(state: State, party: str, document: ReserveBid) -> list[Problem]:
    problems = offer_problems(state, party, document, _place(state))
    if problems:
        return problems
    for place, series in enumerate(document.series):
        sender = document.header.sender
        bid = bid_of(series, sender.mrid, sender.scheme, document.header.mrid, state.book.sequence + place)
        offers = state.redispatches[series.auction].offers
        if bid.quantity_kw:
            offers[bid.mrid] = bid
        else:
            offers.pop(bid.mrid, None)
    state.book.sequence += len(document.series)
    return []


def _take_answer(state: State, party: str, document: Activation) -> list[Problem]:
    order = state.orders.get(document.order)
    if document.header.kind != ANSWER:
        return [Problem("", MARKET_RULE, f"the type is {document.header.kind}, answers are A41")]
    if order is None or order.party != party:
        return [Problem("", "A55", f"there is no order {document.order}")]
    problems = order.answer(document, state.now)
    if not problems and order.is_heartbeat and any(s.status == UNAVAILABLE for s in document.series):
        state.suspended[party] = order.mtu + MTU_S * (1 + state.settings.profile.heartbeat_quarters)
    elif not problems and order.is_heartbeat:
        state.suspended.pop(party, None)
    return problems


def _take_limits(state: State, document: BidAvailability) -> list[Problem]:
    """Take what limits bids: by the BSP itself, a DSO or a TSO, for a cause of the grid or of the unit."""
    problems = []
    offers = {mrid: bid for call in state.redispatches.values() for mrid, bid in call.offers.items()}
    if document.header.kind != "B45":
        problems.append(Problem("", MARKET_RULE, f"the type is {document.header.kind}, availability is B45"))
    for series in document.series:
        bid = state.book.bids.get(series.mrid) or offers.get(series.mrid)
        found = [
            (bid is None, "A55", "there is no such bid"),
            (bid is not None and bid.party != document.header.sender.mrid, "A55", "the bid is another party's"),
            (series.requesting_role not in REQUESTERS, MARKET_RULE, f"role {series.requesting_role} cannot ask for it"),
            (series.business_type not in AVAILABILITY_CAUSES, MARKET_RULE, f"{series.business_type} is no cause"),
            (series.limit is not None and series.limit < 0, "A42", "the limit is below zero"),
            (
                bid is not None and series.limit is not None and series.limit > megawatts(bid.quantity_kw),
                "A42", "the limit is above the bid's quantity",
            ),
        ]  # fmt: skip
        problems += [Problem(series.mrid, code, text) for broken, code, text in found if broken]
    if not problems:
        state.limits |= {series.mrid: series for series in document.series}
    return problems
