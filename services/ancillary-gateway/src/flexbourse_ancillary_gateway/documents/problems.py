"""What is wrong with a document: every place, the rule it breaks and the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flexbourse_core.errors import InvalidMessageError

MAX_PROBLEMS = 200  # of one document; whoever has more has enough to do with these


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule; `place` is the path of the element, `found` what stood there."""

    place: str
    rule: str
    found: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.rule}" + (f", found {self.found!r}" if self.found else "")


class DocumentError(InvalidMessageError):
    """A document that cannot be read, or may not be sent; carries all problems, up to `MAX_PROBLEMS`."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems[:MAX_PROBLEMS])
        super().__init__("; ".join(map(str, self.problems)))
