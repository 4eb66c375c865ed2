"""Each command once; a life cycle has no step that its table lacks."""

from __future__ import annotations

import pytest

from flexbourse_core.dedupe import MAX_LIFETIME_MS, DedupeWindow, Entry
from flexbourse_core.errors import InvariantError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.transition import TransitionTable


def entry(expires_at_ms: int = 1000, content: bytes = b"c") -> Entry:
    return Entry("agr-1", "cmd-1", content, expires_at_ms, b"answer")


def test_same_content_gets_the_stored_answer_and_other_content_a_refusal() -> None:
    window = DedupeWindow()
    window.store(entry())
    assert window.look_up("agr-1", "cmd-1", b"c") == entry()
    assert window.look_up("agr-2", "cmd-1", b"c") is None
    refusal = window.look_up("agr-1", "cmd-1", b"other")
    assert isinstance(refusal, Rejection)
    assert refusal.code is Code.DUPLICATE_IDENTIFIER


def test_an_id_that_left_the_window_has_expired() -> None:
    window = DedupeWindow()
    window.store(entry(expires_at_ms=1000))
    window.advance(999)
    assert len(window) == 1
    window.advance(1000)
    assert len(window) == 0
    refusal = window.check_expiry(1000, 1000)
    assert refusal is not None
    assert refusal.code is Code.COMMAND_EXPIRED


def test_expiry_lies_at_most_a_day_ahead() -> None:
    refusal = DedupeWindow().check_expiry(MAX_LIFETIME_MS + 1, 0)
    assert refusal is not None
    assert (refusal.code, refusal.limit) == (Code.EXPIRY_OUT_OF_RANGE, MAX_LIFETIME_MS)
    assert DedupeWindow().check_expiry(MAX_LIFETIME_MS, 0) is None


def test_codes_have_numbers_of_their_own() -> None:
    numbers = [code.number for code in Code]
    assert len(set(numbers)) == len(numbers)


def test_an_illegal_step_is_a_bug() -> None:
    table = TransitionTable("order", {("active", "fill"): "filled"})
    assert table.next("active", "fill") == "filled"
    assert not table.allows("filled", "fill")
    with pytest.raises(InvariantError, match="no step fill from state filled"):
        table.next("filled", "fill")
