# ruff: noqa: E402 - the paths of the world and the measuring come first
"""What a party at a hundred times its quota does to the others: the time to their answers, with the flood ÷ without.

    python services/orderbook/benchmarks/bench_flood.py [--seconds N]

One shard decides what arrives, one after the other. How long each takes is measured in processor time; when it arrives
is the flow's. From both follows when each is done, as if nothing else ran on the machine. Once by the book's own rule
alone, as on a party's own Kafka topic, once behind the door of a process that serves calls.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PERFORMANCE = HERE.parents[2] / "tests" / "performance"
sys.path[:0] = [str(HERE.parent / "tests" / "worlds"), str(PERFORMANCE / "benchmarks")]

from book_world import ENERGY, FLAT, World
from measuring import percentile, show

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import REGISTRY_ENTITY
from flexbourse_orderbook.door import TIMES_OF_QUOTA, Door
from flexbourse_testkit.late_collection import collector_asleep

QUOTA = 20  # orders a second of one party
TIMES = 100
REFERENCE = "the same orders of the others, without the flood"
BID, ASKED = 1_000, 2_000  # ticks
FLOODER, OTHER = "battery-b1", "battery-b2"


def arrivals(seconds: int, flood: int) -> Iterator[tuple[float, str]]:
    """Yield when orders arrive and whose they are, evenly spaced; of the flooder so many a second."""
    own = [(number / QUOTA, OTHER) for number in range(seconds * QUOTA)]
    # Half a distance later, so that nobody always comes first.
    his = [((number + 0.5) / flood, FLOODER) for number in range(seconds * flood)]
    yield from sorted(own + his)


class Doorkeeper:
    """The door on the flow's own time; counts what it turns away, and the processor time that it takes."""

    def __init__(self) -> None:
        self.now_s, self.turned_away, self.seconds = 0.0, 0, 0.0
        self._door = Door(clock=lambda: self.now_s)
        market = registry.Market(market_id=ENERGY, orders_per_second=QUOTA, order_burst=QUOTA)
        state = registry.EntityState(entity=registry.Entity(market=market))
        self._door.fold(Record(REGISTRY_ENTITY, 0, 0, "", b"", {}), state)

    def lets_in(self, party: str, order: pb.NewOrder, at_s: float) -> bool:
        """Tell whether an order reaches the shard."""
        self.now_s = at_s
        body = pb.OrderCommand(submit=pb.SubmitOrders(orders=[order]))
        begun = time.process_time()
        refused = self._door.refuse(party, body, lambda *_: None)
        self.seconds += time.process_time() - begun
        self.turned_away += refused is not None
        return refused is None


def run(seconds: int, flood: int, door: Doorkeeper | None = None) -> tuple[list[float], int, float]:
    """Return how long the others wait for their answers, ascending; how many orders the book refused, and its time."""
    world = World(parameters=FLAT, market_changes={"orders_per_second": QUOTA, "order_burst": QUOTA}).ready()
    waits, refused, refused_s, free_s, second = [], 0, 0.0, 0.0, 0
    for arrives_s, unit in arrivals(seconds, flood):
        if arrives_s >= second + 1:
            second += 1
            world.tick(1_000)
        # They never meet: with a flood the others would more often be the takers, and a match takes longer than a rest.
        order = (
            world.order("SIDE_SELL", unit, 100, ASKED) if unit == FLOODER else world.order("SIDE_BUY", unit, 100, BID)
        )
        if door is not None and not door.lets_in(unit, order, arrives_s):
            continue
        begun = time.process_time()
        result = world.submit(order)[0]
        took_s = time.process_time() - begun
        free_s = max(free_s, arrives_s) + took_s
        if unit == OTHER:
            waits.append(free_s - arrives_s)
            if result.HasField("rejection"):
                raise RuntimeError(f"an order of the others was refused: {result.rejection.code}")
        if result.rejection.code == "RATE_LIMITED":
            refused, refused_s = refused + 1, refused_s + took_s
    return sorted(waits), refused, refused_s


def rows(seconds: int) -> None:
    """Print the rows."""
    with collector_asleep():
        calm, none, _ = run(seconds, QUOTA)
    with collector_asleep():
        flooded, refused, refused_s = run(seconds, QUOTA * TIMES)
    if none or refused != seconds * QUOTA * (TIMES - 1):
        raise RuntimeError(f"{none} and {refused} orders were refused for their pace")
    what = f"time to the answers of the others while one party sends {TIMES} times its quota of {QUOTA} orders/s"
    spent = "ms of the shard a second for refusals"
    figures: dict[str, float | str] = {"refused": refused, spent: round(refused_s * 1e3 / seconds, 1)}
    tell("flood of one party", what, calm, flooded, figures)
    door = Doorkeeper()
    with collector_asleep():
        behind, let_in, let_in_s = run(seconds, QUOTA * TIMES, door)
    figures = {
        "door, times the quota": TIMES_OF_QUOTA, "refused": let_in, "turned away": door.turned_away,
        spent: round(let_in_s * 1e3 / seconds, 1),
        "µs of the door": round(door.seconds * 1e6 / (seconds * QUOTA * (TIMES + 1)), 1),
    }  # fmt: skip
    tell("flood of one party, behind the door", what, calm, behind, figures)


def tell(name: str, what: str, calm: list[float], flooded: list[float], more: dict[str, float | str]) -> None:
    """Print one row."""
    figures: dict[str, float | str] = {
        "p99 without, ms": round(percentile(calm, 99) * 1e3, 3),
        "p99 with, ms": round(percentile(flooded, 99) * 1e3, 3),
        "p50 with ÷ without": round(percentile(flooded, 50) / percentile(calm, 50), 2), **more,
        "answered of the others": len(flooded),
    }  # fmt: skip
    show(name, what, percentile(calm, 99) / percentile(flooded, 99), "–", REFERENCE, figures)


def main() -> None:
    """Print all rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10)
    rows(parser.parse_args().seconds)


if __name__ == "__main__":
    main()
