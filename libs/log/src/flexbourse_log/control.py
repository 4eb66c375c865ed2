"""Operator's orders to a shard: skip the input that halted it, try it again, confirm a jump of the clock."""

from __future__ import annotations

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.clock import MAX_JUMP_MS, JumpGuard, Reading
from flexbourse_log.deciding import Decider, Taken
from flexbourse_log.port import Command, Position, Record, rejected
from flexbourse_log.state import Fetch, ReplayedState
from flexbourse_log.writing import BatchWriter, Cause, cause_of

CLOCK_JUMP = "clock jump"


class Control:
    """Takes the records of a shard's control topic."""

    def __init__(
        self, state: ReplayedState, writer: BatchWriter, decider: Decider, guard: JumpGuard, fetch: Fetch
    ) -> None:
        self._state = state
        self._writer = writer
        self._decider = decider
        self._guard = guard
        self._fetch = fetch

    def take(self, taken: Taken, reading: Reading) -> None:
        """Carry an order out, or refuse it with a reason; answers once."""
        command = taken.command
        assert command is not None  # control topics carry commands only
        body = command.body
        assert isinstance(body, log_pb2.ControlCommand)  # the catalogue declares nothing else
        cause = cause_of(taken.record)
        if self._decider.known(command, taken.content_sha256, cause):
            return
        refusal = self._refusal(body, reading)
        if refusal is None:
            self._carry_out(command, body, reading, cause)
        result = rejected(refusal) if refusal is not None else common_pb2.Result(id=command.command_id)
        self._decider.answer(command, taken.content_sha256, [result], cause)

    def _refusal(self, body: log_pb2.ControlCommand, reading: Reading) -> Rejection | None:
        order = body.WhichOneof("order")
        if order is None:
            return Rejection(Code.FIELD_MISSING, "an order says skip, resume or confirm_time", "order")
        if not body.reason:
            return Rejection(Code.FIELD_MISSING, "an order to a shard says why", "reason")
        halted = self._state.halted
        if halted is None:
            return Rejection(Code.UNKNOWN_OBJECT, "only a halted shard takes this order", "order")
        jumped = halted.reason.startswith(CLOCK_JUMP)
        if jumped != (order == "confirm_time"):
            return Rejection(Code.FIELD_OUT_OF_RANGE, f"the shard is halted by: {halted.reason}", "order")
        return self._skip_refusal(body.skip, halted) if order == "skip" else self._time_refusal(body, reading)

    @staticmethod
    def _time_refusal(body: log_pb2.ControlCommand, reading: Reading) -> Rejection | None:
        if body.confirm_time.at_ms and abs(body.confirm_time.at_ms - reading.now_ms) > MAX_JUMP_MS:
            return Rejection(
                Code.FIELD_OUT_OF_RANGE, "the confirmed time is the clock's", "confirm_time.at_ms",
                value=body.confirm_time.at_ms, limit=reading.now_ms, unit="ms",
            )  # fmt: skip
        return None

    def _skip_refusal(self, skip: log_pb2.SkipInput, halted: log_pb2.ShardHalted) -> Rejection | None:
        if not halted.HasField("input"):
            return Rejection(Code.FIELD_MISSING, "no input halted the shard; resume it", "skip")
        if skip.HasField("input") and skip.input != halted.input:
            return Rejection(
                Code.UNKNOWN_OBJECT, "only the input that halted the shard can be skipped", "skip.input",
                element=f"{halted.input.topic}/{halted.input.partition}/{halted.input.offset}",
            )  # fmt: skip
        return None

    def _carry_out(self, command: Command, body: log_pb2.ControlCommand, reading: Reading, cause: Cause) -> None:
        if body.WhichOneof("order") == "skip":
            halted = self._state.halted
            assert halted is not None  # refused above
            self._skip(command.party, halted.input, body.reason, cause)
            return
        if body.WhichOneof("order") == "confirm_time":
            self._guard.confirm(reading)
        self._writer.journal(log_pb2.ShardResumed(party=command.party, reason=body.reason), cause)
        self._writer.batch.retry_allowed = True

    def _skip(self, party: str, source: common_pb2.LogPosition, reason: str, cause: Cause) -> None:
        place = Position(source.topic, source.partition, source.offset)
        self._writer.journal(log_pb2.InputSkipped(input=source, party=party, reason=reason), cause)
        record = self._fetch(place)
        self._writer.dead_letter(place, record, reason)
        if record is not None:
            self._answer_sender(record, reason, cause)

    def _answer_sender(self, record: Record, reason: str, cause: Cause) -> None:
        try:
            command = self._decider.understand(record)
        except InvalidMessageError:
            self._answer_unreadable(record, reason, cause)
            return
        if command.command is not None:
            self._decider.answer(command.command, command.content_sha256, [_skipped(reason)], cause)

    def _answer_unreadable(self, record: Record, reason: str, cause: Cause) -> None:
        sender, name = record.headers.get("party", ""), record.headers.get("ce_id", "")
        if sender and name:
            self._decider.refuse(sender, name, _skip_reason(reason), cause)


def _skip_reason(reason: str) -> Rejection:
    return Rejection(Code.INPUT_SKIPPED, f"an operator set the command aside: {reason}")


def _skipped(reason: str) -> common_pb2.Result:
    return rejected(_skip_reason(reason))
