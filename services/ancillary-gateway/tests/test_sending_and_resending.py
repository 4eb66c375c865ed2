"""A document is sent until a receipt comes, never once it would be dropped as stale, and never without an end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_ancillary_gateway.domain.mail.sending import (
    MAX_WAITING,
    DocumentGivenUp,
    DocumentQueued,
    DocumentReceived,
    DocumentRefused,
    SendingRules,
    Sendings,
    SendRequested,
    Waiting,
)
from flexbourse_core.errors import InvariantError

RULES = SendingRules(first_pause_s=20, most_attempts=4, stale_after_s=900, stale_margin_s=30)


def sent(created_s: int = 1_000) -> Sendings:
    state = Sendings(RULES)
    assert state.queue("d", created_s, 1_000) == [DocumentQueued("d", created_s), SendRequested("d", 1, 1_000)]
    return state


def test_pauses_double_and_end() -> None:
    state = sent()
    for attempt, at_s in ((2, 1_020), (3, 1_060), (4, 1_140)):
        assert state.next_timer_s() == at_s
        assert state.advance(at_s - 1) == []
        assert state.advance(at_s) == [SendRequested("d", attempt, at_s)]
    assert state.advance(1_299) == []
    (given_up,) = state.advance(1_300)
    assert given_up == DocumentGivenUp("d", 4, "no receipt after the last attempt")
    assert state.next_timer_s() is None


def test_the_earliest_of_several_documents_is_due_first() -> None:
    state = sent()
    state.queue("e", 1_010, 1_010)
    assert state.next_timer_s() == 1_020
    assert state.advance(1_029) == [SendRequested("d", 2, 1_020 + 9)]
    assert state.advance(1_030) == [SendRequested("e", 2, 1_030)]


def test_what_would_be_dropped_as_stale_is_not_sent_again() -> None:
    state = sent(created_s=1_000 - 860)
    assert state.next_timer_s() == 1_010
    (given_up,) = state.advance(1_010)
    assert given_up == DocumentGivenUp("d", 1, "no receipt as long as it was of use")


def test_receipts_end_the_waiting_and_later_ones_change_nothing() -> None:
    assert sent().receipt("d", accepted=True) == [DocumentReceived("d")]
    state = sent()
    reasons = (("series", "A57", "gate closed"),)
    assert state.receipt("d", accepted=False, reasons=reasons) == [DocumentRefused("d", reasons)]
    assert state.receipt("d", accepted=True) == []
    assert state.receipt("other", accepted=True) == []


def test_a_document_is_queued_once_and_there_is_an_end_to_waiting() -> None:
    state = sent()
    with pytest.raises(InvariantError):
        state.queue("d", 1, 1)
    full = Sendings(RULES, {str(number): Waiting(0) for number in range(MAX_WAITING)})
    with pytest.raises(InvariantError):
        full.queue("d", 1, 1)


step = st.one_of(
    st.tuples(st.just("queue"), st.sampled_from("abc"), st.integers(-100, 0)),
    st.tuples(st.just("receipt"), st.sampled_from("abc"), st.booleans()),
    st.tuples(st.just("time"), st.integers(1, 400)),
)


@given(st.lists(step, max_size=40))
def test_every_document_ends_in_one_way_and_the_fold_is_the_state(steps: list[tuple]) -> None:
    live, folded, now_s = Sendings(RULES), Sendings(RULES), 1_000
    ended: dict[str, int] = {}
    queued: dict[str, int] = {}
    created: dict[str, int] = {}
    for kind, value, *rest in steps:
        events: list = []
        if kind == "queue" and value not in live.waiting:
            created[value] = now_s + rest[0]
            events = live.queue(value, created[value], now_s)
        elif kind == "receipt":
            events = live.receipt(value, accepted=rest[0])
        elif kind == "time":
            now_s += value
            events = live.advance(now_s)
        for event in events:
            folded.evolve(event)
            if isinstance(event, DocumentQueued):
                queued[event.document_id] = queued.get(event.document_id, 0) + 1
            elif isinstance(event, SendRequested):
                assert event.attempt <= RULES.most_attempts
                assert event.attempt == 1 or now_s < created[event.document_id] + 870
            else:
                ended[event.document_id] = ended.get(event.document_id, 0) + 1
        assert folded == live
    for _ in range(20):
        now_s += 400
        live.advance(now_s)
    assert live.waiting == {}
    assert all(ended.get(name, 0) in (count, count - 1) for name, count in queued.items())
