"""What the service shows of itself in the metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from google.protobuf.message import Message

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse_activation.domain import passing
from flexbourse_activation.domain.life import OVER, ReservationState
from flexbourse_activation.processor import ActivationProgram
from flexbourse_log.port import Figure, Program
from flexbourse_runtime import service_metrics as m

TRADE, INSTRUCTION = "trade", "instruction"
_LATE = {
    passing.NOT_ACKNOWLEDGED: "acknowledgement",
    passing.NOT_CONFIRMED: "confirmation",
    passing.NO_GRID: "grid",
    passing.NO_HEADROOM: "headroom",
}


class ActivationFigures:
    """Activations, reservations and needs; deadlines that were missed, claims that were refused."""

    def gauges(self, program: Program) -> Iterator[Figure]:
        """Return how the areas of a shard stand."""
        if not isinstance(program, ActivationProgram):
            raise TypeError(f"{type(program).__name__} is not activation's")
        states = [desk.state for desk in program.machine.desks.values()]
        found = Counter(own.state for state in states for own in state.activations.values() if own.state not in OVER)
        yield from (m.ACTIVATION_OPEN.at(count, state.name.lower()) for state, count in found.items())
        held = (own.state is ReservationState.HELD for state in states for own in state.reservations.values())
        yield m.ACTIVATION_RESERVATIONS.at(sum(held))
        yield m.ACTIVATION_NEEDS.at(sum(len(state.needs) for state in states))

    def counts(self, event: Message) -> Iterator[Figure]:
        """Count steps, missed deadlines and refusals."""
        if not isinstance(event, pb.ActivationEvent):
            return
        match event.WhichOneof("event"):
            case "moved":
                name = pb.ActivationStep.Name(event.moved.step)
                yield m.ACTIVATION_STEPS.at(1, name.removeprefix("ACTIVATION_STEP_").lower())
                if event.moved.step == pb.ACTIVATION_STEP_FAIL and event.moved.reason in _LATE:
                    yield m.ACTIVATION_MISSED.at(1, _LATE[event.moved.reason])
            case "claim_denied":
                yield m.ACTIVATION_REFUSED.at(1, TRADE, event.claim_denied.rule)
            case "instruction_denied":
                codes = {rejection.code for rejection in event.instruction_denied.rejections}
                yield from (m.ACTIVATION_REFUSED.at(1, INSTRUCTION, code) for code in sorted(codes))
