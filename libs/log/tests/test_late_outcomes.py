"""An effect's outcome that comes after its expiry counts for nothing: the intent is performed once more."""

from __future__ import annotations

from flexbourse.log.v1 import log_pb2
from flexbourse_log.effects import EffectRunner
from flexbourse_log.port import Intent, OutgoingCommand

INTENT = Intent("intent-1", "mail", log_pb2.Step(step=1))
PATIENCE_S = 60.0


class CountingEffect:
    """Counts how often it was performed."""

    kind = "mail"

    def __init__(self) -> None:
        self.count = 0

    def perform(self, intent: Intent) -> OutgoingCommand | None:  # noqa: ARG002
        """Count."""
        self.count += 1
        return None


def test_an_intent_is_performed_again_only_when_it_is_offered_as_lost() -> None:
    effect, crashes = CountingEffect(), list[BaseException]()
    runner = EffectRunner("test", [effect], append=lambda _: None, shard_time=lambda: 0, crashed=crashes.append)
    runner.start()
    counts = []
    for opened, settled in (([INTENT], []), ([INTENT], []), ([INTENT], [INTENT.intent_id]), ([], [INTENT.intent_id])):
        runner.offer(opened, settled)
        assert runner.wait_idle(PATIENCE_S)
        counts.append(effect.count)
    assert runner.stop(PATIENCE_S)
    assert counts == [1, 1, 2, 2]
    assert crashes == []
