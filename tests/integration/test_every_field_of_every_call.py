"""Every field of every call of the contract, with the values that break programs: each is answered, nothing crashes.

Methods, fields and members come from the descriptors: what is new in the contract is here without anybody writing it
down. Who may make a call is found out by making it as everybody.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
import street
from every_call import METHODS, Caller, details_of
from google.protobuf.message import Message
from sensible_requests import sensible_requests
from street import AGG_A, AGG_B, AREA, AUDITOR, DSO, ENERGY, METERS, NOON_S, OPERATOR, SUPPLY, TSO, mtu
from street_day import RUN_ID, StreetDay, order, submit

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_core.rejection import Code
from flexbourse_messages.catalogue import CATALOGUE
from flexbourse_testkit.any_message import broken_ones, every_kind

pytestmark = pytest.mark.timeout(900)  # twenty seconds of work, whatever else the machine does meanwhile
LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
PARTIES = (AGG_A, AGG_B, DSO, METERS, OPERATOR, TSO, SUPPLY, AUDITOR)
ANSWER_S = 60.0  # whatever has no answer by then has none
FOLLOW_S = 0.2  # that a stream is followed
WAIT_S = 0.3  # of a query for a position that nobody has reached
AT_ONCE = 16  # calls under way
BATCH = 400  # commands of a step
DENIED = {"NOT_AUTHENTICATED", "NOT_AUTHORISED", "NOT_OWNER", "NO_RIGHT_TO_OFFER"}
JOURNAL = CATALOGUE.by_name["orderbook"].journal.name
KNOWN: dict[str, Any] = {
    "area_id": AREA, "market_id": ENERGY, "unit_id": "pump-b1", "mtu": mtu(NOON_S), "mtus": [mtu(NOON_S)],
    "order_id": "street.1", "order_ids": ["street.1"], "trade_id": "street.1", "product": book.PRODUCT_LOCAL_ENERGY,
    "metering_point_id": "", "element_id": "", "node_id": "bus-3", "zone_id": "feeder-2", "quantity_w": 1_000,
    "min_quantity_w": 0, "p_w": 100, "limit_price_ticks": 1_000, "price_ticks": 1_000, "participant_id": AGG_B,
    "party": AGG_B, "reason": "why", "run_id": RUN_ID, "clip_w": 0, "clip_step_ticks": 0, "conditional": False,
    "relief_targets": [], "valid_until_ms": 0, "timeout_ms": 60_000, "context": "registry",
    "topic": JOURNAL, "partition": 0, "offset": 0, "pandapower_json": street.network_json(), "page_token": "",
    "length_s": street.MTU_S, "mtu_length_s": street.MTU_S, "operator_id": AGG_A, "dso_id": DSO, "holder_id": AGG_A,
    "unit_ids": ["pump-b1"], "forwarding": 0, "shard": 0, "buyer_node_id": "bus-2", "seller_node_id": "bus-3",
    "window": activation.Window(start_s=NOON_S, end_s=NOON_S + street.MTU_S, mtu_length_s=street.MTU_S),
    **{f"flexbourse.registry.v1.{name}Request.kind": "participant" for name in ("Import", "GetEntity", "ListEntities")},
}  # fmt: skip


@dataclass
class Case:
    """A call with one broken field, or none, and who makes it."""

    method: str
    path: str
    request: Any
    party: str

    def patience_s(self) -> float:
        """Return the deadline: short where there may be nothing to tell before it."""
        if METHODS[self.method].server_streaming:
            return FOLLOW_S
        return WAIT_S if self.path == "min_position.offset" else ANSWER_S

    def __str__(self) -> str:
        return f"{self.method} {self.path} by {self.party}: {str(self.request)[:300]}"


@dataclass
class Told:
    """What became of calls: those in the log by party and id, and what the others were told."""

    waiting: dict[str, dict[str, Case]] = field(default_factory=dict)
    refused: list[tuple[Case, grpc.StatusCode, list[common_pb2.Rejection], set[str]]] = field(default_factory=list)
    answered: list[tuple[Case, common_pb2.Answer]] = field(default_factory=list)
    let_in: set[tuple[str, str]] = field(default_factory=set)


class Fuzz:
    """Makes calls, several at a time, and closes steps so that commands get their answers."""

    def __init__(self, caller: Caller) -> None:
        self.day, self.caller, self.told = caller.day, caller, Told()
        self._under_way: deque[tuple[Case, Any]] = deque()
        self._number = 0

    def make(self, case: Case) -> None:
        """Start a call; its id is its own unless that is what is broken in it."""
        fields = METHODS[case.method].input_type.fields_by_name
        if "command_id" in fields and case.path != "command_id":
            self._number += 1
            case.request.command_id = f"fuzz-{self._number}"
            if case.path != "expires_at_ms":
                case.request.expires_at_ms = self.day.now_ms + 3_600_000
        call = self.caller.start(
            case.method, case.request, f"Bearer {self.caller.token(case.party)}", case.patience_s()
        )
        self._under_way.append((case, call))
        while len(self._under_way) >= AT_ONCE:
            self._end(*self._under_way.popleft())
        if sum(map(len, self.told.waiting.values())) >= BATCH:
            self.settle()

    def settle(self) -> None:
        """Wait for all calls, and close steps until what was decided has gone everywhere."""
        while self._under_way:
            self._end(*self._under_way.popleft())
        waiting, self.told.waiting = self.told.waiting, {}
        for _ in range(2):
            self.day.further(seconds=1)
        for party, cases in waiting.items():
            answers = self.day.client(party).answers(list(cases))
            assert set(answers) == set(cases), [str(cases[lost]) for lost in set(cases) - set(answers)]
            self.told.answered += [(case, answers[command_id].answer) for command_id, case in cases.items()]
        assert self.day.platform.trouble() == ""
        assert {state.state for state in self.day.platform.shards()} == {"running"}

    def _end(self, case: Case, call: Any) -> None:
        try:
            response = next(call, None) if METHODS[case.method].server_streaming else call.result()
        except grpc.RpcError as error:
            rejections, reasons = details_of(error)
            if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED and case.patience_s() < ANSWER_S:
                self.told.let_in.add((case.method, case.party))  # it was over before the platform could say so
                return
            self.told.refused.append((case, error.code(), rejections, reasons))
            if not reasons & DENIED:
                self.told.let_in.add((case.method, case.party))
            return
        finally:
            call.cancel()
        receipt = getattr(response, "receipt", None)
        if isinstance(receipt, common_pb2.CommandReceipt) and receipt.command_id:
            self.told.waiting.setdefault(case.party, {})[receipt.command_id] = case
        else:
            self.told.let_in.add((case.method, case.party))


def copy_of(request: Message) -> Message:
    """Return a copy: each call gets an id of its own."""
    copy = type(request)()
    copy.CopyFrom(request)
    return copy


def every_request() -> Iterator[tuple[str, Message, str]]:
    """Yield requests of every method with a value in every field, one for each member of each choice; nobody's yet."""
    for name, method in METHODS.items():
        for request in every_kind(method.input_type, KNOWN):
            yield name, request, ""


@pytest.fixture(scope="module")
def fuzz(open_street: StreetDay) -> Iterator[Fuzz]:
    """All calls, each with every field broken in turn, by those who may make it."""
    day = open_street
    day.further(submit(AGG_A, "resting", order("resting", "buy", NOON_S, 1_000, 1_000, unit="pump-b1")))
    caller = Caller(day)
    made = Fuzz(caller)
    ask_everybody(made)
    break_every_field(made)
    yield made
    caller.close()


def ask_everybody(made: Fuzz) -> None:
    """Make every call as everybody: `let_in` tells afterwards who may."""
    for name, request, _ in every_request():
        for party in PARTIES:
            made.make(Case(name, "", copy_of(request), party))
    made.settle()
    made.told.let_in |= {
        (case.method, case.party)
        for case, answer in made.told.answered
        if not {result.rejection.code for result in answer.results} & DENIED
    }


def break_every_field(made: Fuzz) -> None:
    """Make every call with one field broken, by one after the other of those who may make it, or by all of them.

    Of requests that fit, the whole one goes last: what a broken one changed is as it was.
    """
    count, seen = 0, set[tuple[str, str, bytes]]()
    for name, request, sender in [*every_request(), *sensible_requests()]:
        senders = [sender] if sender else [party for party in PARTIES if (name, party) in made.told.let_in]
        for path, broken in broken_ones(request):
            key = (name, path, broken.SerializeToString(deterministic=True))
            if key in seen:
                continue
            seen.add(key)
            for party in senders if LONG else [senders[count % len(senders)] if senders else OPERATOR]:
                made.make(Case(name, path, copy_of(broken), party))
            count += 1
        if sender:
            made.make(Case(name, "", copy_of(request), sender))
    made.settle()


def test_no_call_fails_without_a_reason_of_its_own(fuzz: Fuzz) -> None:
    wrong = [
        f"{code.name} {reasons} {case}" for case, code, rejections, reasons in fuzz.told.refused
        if not reasons or reasons & {"INTERNAL", "UNKNOWN"}
        or code in {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.UNIMPLEMENTED}
    ]  # fmt: skip
    assert wrong == []


def test_each_refusal_has_a_code_and_says_what_it_is_about(fuzz: Fuzz) -> None:
    refusals = [(case, refusal) for case, _, refusals, _ in fuzz.told.refused for refusal in refusals]
    refusals += [
        (case, result.rejection)
        for case, answer in fuzz.told.answered
        for result in answer.results
        if result.HasField("rejection")
    ]
    assert len(refusals) > 1_000
    codes = {code.name for code in Code}
    wrong = [
        f"{refusal.code} {refusal.rule} of {case}" for case, refusal in refusals
        if refusal.code not in codes or not (refusal.field or refusal.element)
    ]  # fmt: skip
    assert wrong == []


def test_an_ordinary_order_is_answered_afterwards(fuzz: Fuzz) -> None:
    wish = order("afterwards", "buy", street.EVENING_S, 1_000, 1_000, unit="pump-b1")
    answer = fuzz.day.further(submit(AGG_A, "afterwards", wish))["afterwards"]
    assert [result.rejection.code for result in answer.results] == [""]
