"""The edge relay's rules: the topic proves the party, the area names the shard, nothing undecodable gets in."""

from __future__ import annotations

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2
from flexbourse_log.codec import encode, type_name
from flexbourse_log.edge import Egress, Ingress
from flexbourse_log.port import (
    AREA,
    CE_ID,
    CE_SOURCE,
    CE_SPECVERSION,
    CE_TYPE,
    CORRELATION_ID,
    EXPIRES_AT,
    PARTY,
    TRACEPARENT,
    WRITER,
    WRITER_SEQUENCE,
    Record,
)
from flexbourse_messages.catalogue import BOOK_COMMAND, BOOK_ORDER, CONTEXTS
from flexbourse_messages.lookup import Catalogue
from flexbourse_messages.topic import MAX_COMMAND_BYTES, MAX_RECORD_BYTES
from flexbourse_testkit.late_collection import collector_asleep, left_behind

CATALOGUE = Catalogue(CONTEXTS)
INGRESS = Ingress(CATALOGUE, {"north": 2}.get)
EGRESS = Egress(CATALOGUE, {"agr-1"}.__contains__)
SOUND = {
    CE_ID: "command-1",
    CE_TYPE: type_name(orderbook_pb2.OrderCommand),
    EXPIRES_AT: "1700000000000",
    AREA: "north",
}


def sent(headers: dict[str, str], value: bytes = b"") -> Record:
    return Record("flex.in.agr-1.order.command.v1", 0, 41, "", value, headers)


def dead_letter(record: Record) -> log_pb2.DeadLetter:
    outgoing = INGRESS.relay(record)
    assert outgoing.topic == f"{BOOK_COMMAND}.dlq"
    return log_pb2.DeadLetter.FromString(outgoing.value)


def test_a_sound_record_becomes_a_command_of_the_topics_party() -> None:
    outgoing = INGRESS.relay(sent({**SOUND, PARTY: "dso-1", WRITER: "forged"}))
    assert (outgoing.topic, outgoing.partition, outgoing.key) == (BOOK_COMMAND, 2, "command-1")
    assert outgoing.headers[PARTY] == "agr-1"
    assert (outgoing.headers[CE_SPECVERSION], outgoing.headers[CE_SOURCE]) == ("1.0", "flex.in.agr-1.order.command.v1")
    assert (outgoing.headers[WRITER], outgoing.headers[WRITER_SEQUENCE]) == ("flex.in.agr-1.order.command.v1", "42")


def test_a_record_carried_twice_is_the_same_command() -> None:
    assert INGRESS.relay(sent(SOUND)) == INGRESS.relay(sent(SOUND))


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        ({**SOUND, AREA: "south"}, b"", "unknown area 'south'"),
        ({name: text for name, text in SOUND.items() if name != AREA}, b"", "header area is missing"),
        ({name: text for name, text in SOUND.items() if name != CE_ID}, b"", "ce_id"),
        ({**SOUND, EXPIRES_AT: "soon"}, b"", "expires_at"),
        ({**SOUND, CE_TYPE: "no.such.Type"}, b"", "does not declare"),
        ({**SOUND, CE_TYPE: type_name(log_pb2.Step)}, b"", "not a participant's to send"),
        (SOUND, b"\xff\xff\xff", "bytes are no"),
        (SOUND, bytes(600 * 1024), "at most"),
        ({**SOUND, EXPIRES_AT: "9" * 20}, b"", "expires_at"),
        ({**SOUND, EXPIRES_AT: "１７００"}, b"", "expires_at"),
    ],
)  # fmt: skip
def test_what_cannot_be_relayed_becomes_a_dead_letter(headers: dict[str, str], value: bytes, reason: str) -> None:
    letter = dead_letter(sent(headers, value))
    assert reason in letter.reason
    assert (letter.source.topic, letter.source.offset) == ("flex.in.agr-1.order.command.v1", 41)
    assert dict(letter.headers) == headers


def test_a_dead_letter_names_all_problems_and_keeps_the_original() -> None:
    letter = dead_letter(sent({CE_TYPE: "x"}, b"original"))
    assert all(name in letter.reason for name in (CE_ID, AREA, EXPIRES_AT, "declare"))
    assert letter.value == b"original"


def test_a_dead_letter_is_bounded_whatever_it_tells_of() -> None:
    long = "x" * 200_000
    headers = {
        **SOUND,
        CE_ID: long,
        AREA: long,
        EXPIRES_AT: long,
        CE_TYPE: long,
        **dict.fromkeys(map(str, range(99)), long),
    }
    record = Record("flex.in.agr-1.order.command.v1", 0, 41, long, bytes(MAX_COMMAND_BYTES), headers)
    outgoing = INGRESS.relay(record)
    letter = log_pb2.DeadLetter.FromString(outgoing.value)
    assert len(outgoing.value) + len(outgoing.key) < MAX_RECORD_BYTES
    assert all(name in letter.reason for name in (CE_ID, AREA, EXPIRES_AT, "declare"))
    assert letter.value == record.value
    assert letter.headers[CE_ID].endswith("(200000 characters)")


def test_a_header_that_only_traces_goes_along_where_it_is_well_formed() -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    sound = INGRESS.relay(sent({**SOUND, CORRELATION_ID: "mine", TRACEPARENT: trace}))
    assert (sound.headers[CORRELATION_ID], sound.headers[TRACEPARENT]) == ("mine", trace)
    for wrong in ("", "x" * 100_000, "a b", "\x00"):
        found = INGRESS.relay(sent({**SOUND, CORRELATION_ID: wrong, TRACEPARENT: wrong}))
        assert found.topic == BOOK_COMMAND
        assert not {CORRELATION_ID, TRACEPARENT} & set(found.headers)


def test_answers_and_own_events_go_to_the_party_alone() -> None:
    answer = encode(common_pb2.Answer(command_id="c", party="agr-1"))
    topic = "flex.orderbook.request.answer.v1"
    mine = EGRESS.relay(Record(topic, 3, 5, "c", answer, {PARTY: "agr-1", CE_TYPE: "x"}))
    assert mine is not None
    assert (mine.topic, mine.partition, mine.value) == ("flex.out.agr-1.answer.event.v1", 0, answer)
    event = EGRESS.relay(Record(BOOK_ORDER, 3, 5, "agr-1", b"e", {CE_TYPE: "x"}))
    assert event is not None
    assert event.topic == "flex.out.agr-1.order.event.v1"
    assert EGRESS.relay(Record(topic, 3, 5, "c", answer, {PARTY: "agr-2", CE_TYPE: "x"})) is None


def test_step_markers_stay_inside() -> None:
    headers = {CE_TYPE: type_name(log_pb2.Step), PARTY: "agr-1"}
    assert EGRESS.relay(Record(BOOK_ORDER, 0, 5, "agr-1", b"x", headers)) is None


def test_a_late_collection_finds_nothing_of_what_was_relayed() -> None:
    answer = encode(common_pb2.Answer(command_id="c", party="agr-1"))
    told = Record(CONTEXTS[0].answer.name, 0, 7, "c", answer, {PARTY: "agr-1", CE_TYPE: type_name(common_pb2.Answer)})
    with collector_asleep():
        for number in range(500):
            INGRESS.relay(sent(SOUND))
            INGRESS.relay(sent({**SOUND, AREA: "nowhere"}, b"\xff" if number % 2 else b""))
            EGRESS.relay(told)
        assert left_behind() == {}
