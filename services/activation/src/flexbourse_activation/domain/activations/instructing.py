"""What gateways ask for on their own topics: to claim what they forward, to give it back, to activate, to end.

A gateway's word on whom it speaks for is trusted, because nobody else may write its topic. What it asks is decided by
the same rules as the same command of that party; a refusal is an event that names the instruction. What a gateway
claims it has headroom for: it asks the order book itself, before it forwards anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.events import InstructionDenied
from flexbourse_core.rejection import Code, Rejection

ALLOWED = (c.ClaimTerms, c.ReduceClaim, c.ActivationTerms, c.EndActivation)
MAX_NAME = 64


@dataclass(frozen=True, slots=True)
class InstructionFact:
    """An instruction as it came; no command: it says nothing that is known here."""

    instruction_id: str
    area_id: str
    party: str
    command: c.Command | None


def kind_problems(fact: InstructionFact) -> list[Rejection]:
    """Return why an instruction is none that a gateway may give."""
    if isinstance(fact.command, ALLOWED):
        return []
    rule = "a gateway claims, reduces a claim, activates or ends an activation"
    return [Rejection(Code.NOT_AUTHORISED, rule, "command.body")]


def denied(fact: InstructionFact, problems: list[Rejection]) -> InstructionDenied:
    """Return the event of a refusal, with every rule that stands against the instruction."""
    return InstructionDenied(
        fact.area_id[:MAX_NAME], fact.instruction_id[:MAX_NAME], fact.party[:MAX_NAME], tuple(problems)
    )
