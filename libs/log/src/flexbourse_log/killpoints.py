"""Places where a test may have the process killed: `FLEXBOURSE_KILL_AT=<name>:<n>` ends it at the n-th passage.

SIGKILL, so that nothing is flushed, closed or finished. Without the variable a passage costs one comparison.
"""

from __future__ import annotations

import os
import signal

AFTER_PRODUCE = "after-produce"  # outputs handed over, nothing committed
BEFORE_COMMIT = "before-commit"
AFTER_COMMIT = "after-commit"  # committed, nobody told
DURING_SNAPSHOT = "during-snapshot"  # some chunks written
DURING_RECOVERY = "during-recovery"  # some of the journal folded
INSIDE_EFFECT = "inside-effect"  # done outside, outcome not written
NAMES = (AFTER_PRODUCE, BEFORE_COMMIT, AFTER_COMMIT, DURING_SNAPSHOT, DURING_RECOVERY, INSIDE_EFFECT)
VARIABLE = "FLEXBOURSE_KILL_AT"


class KillPoints:
    """Counts passages of the armed place."""

    def __init__(self, setting: str) -> None:
        """Take `name:n`, or an empty string for none; raises ValueError for anything else."""
        self._name, _, count = setting.partition(":")
        self._left = 0
        if not setting:
            return
        if self._name not in NAMES or not count.isdigit() or int(count) < 1:
            raise ValueError(f"{VARIABLE}={setting!r}: expected <name>:<n>, n from 1, name one of {', '.join(NAMES)}")
        self._left = int(count)

    def passed(self, name: str) -> None:
        """Note a passage; does not return from the one that was asked for."""
        if name != self._name:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


# Read here and not in the configuration: a fault must work in every process of a run without any wiring.
_armed = KillPoints(os.environ.get(VARIABLE, ""))  # noqa: TID251
passed = _armed.passed
