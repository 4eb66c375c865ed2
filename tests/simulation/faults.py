"""What goes wrong in a simulated story, drawn from its seed: how often, and until when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

# Parts of a thousand of the occasions at which it could happen; each is counted only where it did.
CHANCES = {
    "crash before commit": 40,  # of batches: what was decided is lost, and decided again by the next owner
    "crash after commit": 40,  # of batches: what was decided is there, and what it asked of the outside was not done
    "moved": 20,  # of turns of a shard: a new owner starts from a snapshot
    "commit of an owner before": 30,  # of batches: another owner took over meanwhile, and the log refuses this one
    "input delayed": 250,  # of sources with something new: not read in this turn
    "command repeated": 100,  # the same command stands in the log twice
    "command late": 100,  # of commands: it reaches the log some turns after others that were sent later
    "effect delayed": 400,
    "effect repeated": 150,
    "effect lost": 100,  # done, and its outcome never arrives: it is performed again
    "clock jumps": 8,  # of readings: one is hours ahead, and the shard halts
    "solvers disagree": 150,  # of audits
    "slow reader": 120,  # of turns of a reader of the feed: it stands still for a while
}

# At the exchange and on the line to it.
AT_THE_EXCHANGE = {
    "request lost": 150,
    "request late": 200,  # carried out when nobody waits for it any more
    "answer of the exchange lost": 250,  # of what was carried out
    "order refused": 40,
    "order thought about": 400,  # taken, and decided in a later turn
    "report lost": 150,
    "report late": 250,  # told after what came later
    "report repeated": 250,
    "line cut": 30,  # of turns; our orders sleep there
    "exchange closed": 30,  # of turns
    "result told late": 400,  # of an auction: the one before is told again
    "result corrected": 250,  # of turns behind the final one
}

# At the mFRR platform, and of the mail between.
AT_THE_PLATFORM = {
    "document lost": 150,
    "receipt of a document lost": 150,  # it has arrived, and whoever sent it is told that it has not
    "document late": 200,  # of those that wait, at each look
    "document repeated": 150,
    "platform misbehaves": 60,  # of turns
}


@dataclass
class Faults:
    """Draws faults and counts those that happened; after `heal` nothing goes wrong any more."""

    draw: Random
    chances: dict[str, int] = field(default_factory=lambda: {**CHANCES, **AT_THE_EXCHANGE, **AT_THE_PLATFORM})
    happened: Counter[str] = field(default_factory=Counter)

    def strikes(self, what: str) -> bool:
        """Tell whether something goes wrong now."""
        strikes = self.draw.random() * 1000 < self.chances[what]
        if strikes:
            self.happened[what] += 1
        return strikes

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self.chances = dict.fromkeys(self.chances, 0)
