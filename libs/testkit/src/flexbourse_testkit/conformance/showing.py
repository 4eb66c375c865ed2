"""Cases about what services show of themselves."""

from __future__ import annotations

from flexbourse_log.engine import Engine
from flexbourse_testkit.conformance.cases import add
from flexbourse_testkit.conformance.harness import Harness, Shape, until
from flexbourse_testkit.conformance.sources import SourceConformance

Shown = dict[tuple[str, tuple[str, ...]], float]


class FigureConformance(SourceConformance):
    """All cases, and those of figures."""

    def test_gauges_outlive_a_process_and_counters_begin_anew(self, harness: Harness, shape: Shape) -> None:
        """Gauges are read from the state, counters from what this process has committed: a refusal counts nothing."""
        with self.running(harness, shape) as engine:
            self.calls(engine, add("c-1", 5), add("c-2", 7, account="b"), add("too-much", 2_000_000))
            # An answer is told before its batch is counted.
            until(lambda: _shown(engine).get(("added", ())) == 12, "both amounts to be counted")
            shown = {("balance", ("a",)): 5, ("balance", ("b",)): 7, ("added", ()): 12}
            until(lambda: _shown(engine) == shown, "balances beside them")
            shards = {("counter", 0), ("ledger", 0)}
            until(lambda: {(shard.context, shard.shard) for shard in engine.figures()} == shards, "both shards")
        with self.running(harness, shape) as engine:
            until(lambda: _shown(engine) == {("balance", ("a",)): 5, ("balance", ("b",)): 7}, "counters begun anew")
            self.calls(engine, add("c-3", 1))
            until(lambda: _shown(engine).get(("added", ())) == 1, "the amount to be counted")
        assert not engine.figures(), "an engine that has stopped shows nothing"


def _shown(engine: Engine) -> Shown:
    return {(each.name, each.labels): each.value for shard in engine.figures() for each in shard.figures}
