"""What goes wrong in a simulated day, drawn from its seed: how often, and until when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

# Parts of a thousand turns of a shard, or of a command or effect.
CHANCES = {
    "crash before commit": 30,  # what was decided is lost, and decided again by the next owner
    "crash after commit": 30,  # what was decided is there, and what it asked of the outside was not done
    "moved": 20,  # a new owner starts from a snapshot
    "input delayed": 200,  # a source is not read in this turn
    "command repeated": 100,  # the same command stands in the log twice
    "effect delayed": 400,
    "effect repeated": 150,
    "effect lost": 100,  # done, and its outcome never arrives: it is performed again
    "clock jumps": 8,  # one reading of the wall clock is hours ahead
    "solvers disagree": 120,  # of audits
}


@dataclass
class Faults:
    """Draws faults and counts those that happened; after `heal` nothing goes wrong any more."""

    draw: Random
    chances: dict[str, int] = field(default_factory=lambda: dict(CHANCES))
    happened: Counter[str] = field(default_factory=Counter)

    def strikes(self, what: str) -> bool:
        """Tell whether something goes wrong now."""
        strikes = self.draw.randrange(1000) < self.chances[what]
        self.happened[what] += strikes
        return strikes

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self.chances = dict.fromkeys(self.chances, 0)
