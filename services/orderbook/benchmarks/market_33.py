"""A day of the published shape on 33 buses, from our own seeded numbers: 222 offers, 121 requests, 24 hours.

71 pairs of offers are blocks: a unit that consumes less in one hour and more in the next, or the other way round. The
feeder is a trunk of 18 buses with three laterals; capacities are little above the flows of the day, so that the network
binds. Requests UP stand for scarcity and are dear, requests DOWN are worth little more than what offers ask.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import numpy as np
from reference_continuous import Bid, Tables

from flexbourse_core.rejection import Rejection
from flexbourse_gridmath.ptdf import LinearBranch, LinearNetwork, LinearState, compile_linear
from flexbourse_orderbook.domain.continuous_flexibility.linear_network import LinearNetworkTest
from flexbourse_orderbook.domain.continuous_flexibility.market import Arrived, ContinuousMarket
from flexbourse_orderbook.domain.continuous_flexibility.network_test import CallKey
from flexbourse_orderbook.domain.continuous_flexibility.orders import Direction, FlexMatch, FlexOrder, Kind

OurMarket = ContinuousMarket[LinearState[CallKey]]

BUSES, MTUS = 33, 24
TRUNK, LATERALS = 18, ((1, 4), (2, 3), (5, 8))
SINGLE_OFFERS, BLOCKS, REQUESTS_UP, REQUESTS_DOWN = 80, 71, 88, 33
SEED = 2026
# Capacity over the largest flow of the day.
SPARE = 1.04
CONDITIONAL_SHARE = 0.5


@dataclass(frozen=True)
class Day:
    """Network, set points in W per hour and bus, and bids in the order of their ids; blocks are tuples of parts."""

    network: LinearNetwork
    setpoints_w: list[list[int]]
    groups: list[tuple[Bid, ...]]

    def singles(self) -> Day:
        """The same day with the parts of blocks standing alone."""
        parts = [(replace(bid, block=""),) for group in self.groups for bid in group]
        return replace(self, groups=parts)

    def with_conditional(self) -> Day:
        """The same day with a share of the requests conditional."""
        draw = random.Random(SEED + 1)
        groups = [
            tuple(
                replace(bid, conditional=bid.kind == "request" and draw.random() < CONDITIONAL_SHARE) for bid in group
            )
            for group in self.groups
        ]
        return replace(self, groups=groups)

    def pressed(self, hours: int) -> Day:
        """The same bids in fewer hours, so that many meet in each."""
        groups = [tuple(replace(bid, mtu=bid.mtu % hours) for bid in group) for group in self.groups]
        return replace(self, groups=groups, setpoints_w=self.setpoints_w[:hours])

    def shuffled(self, seed: int) -> list[list[Bid]]:
        """The arrivals in a random order; time is the place in it."""
        groups = list(self.groups)
        random.Random(seed).shuffle(groups)
        arrivals, time = [], 0
        for group in groups:
            arrivals.append([replace(bid, time=time + i) for i, bid in enumerate(group)])
            time += len(group)
        return arrivals


def make_day(seed: int = SEED) -> Day:
    """The day of a seed."""
    draw = random.Random(seed)
    lines = feeder()
    setpoints = [hour_setpoint(draw, hour) for hour in range(MTUS)]
    buses = [f"n{i + 1}" for i in range(BUSES)]
    open_lines = [LinearBranch(f"l{i + 1}", buses[a], buses[b]) for i, (a, b) in enumerate(lines)]
    factors = compile_linear(buses, open_lines).factors
    flows = np.abs(factors @ (np.array(setpoints).T / 1e6)).max(axis=1)
    network = compile_linear(
        buses,
        [
            replace(line, capacity_mw=round(max(float(flow) * SPARE, 0.1), 3))
            for line, flow in zip(open_lines, flows, strict=True)
        ],
    )
    return Day(network, setpoints, bids(draw))


def feeder() -> list[tuple[int, int]]:
    """Lines of the feeder: the trunk, then the laterals (bus they leave from, number of buses)."""
    lines = [(i, i + 1) for i in range(TRUNK - 1)]
    following = TRUNK
    for start, length in LATERALS:
        before = start
        for _ in range(length):
            lines.append((before, following))
            before, following = following, following + 1
    return lines


def hour_setpoint(draw: random.Random, hour: int) -> list[int]:
    """Injections of an hour in W: loads with a morning and an evening peak, some solar, the first bus balances."""
    shape = 0.55 + 0.25 * (7 <= hour <= 9) + 0.4 * (17 <= hour <= 21) + 0.1 * (10 <= hour <= 16)
    sun = max(0.0, 1 - abs(hour - 13) / 6)
    loads = [-round(draw.uniform(40_000, 160_000) * shape) for _ in range(BUSES - 1)]
    for bus in (17, 24, 31):
        loads[bus] += round(280_000 * sun)
    return [-sum(loads), *loads]


def bids(draw: random.Random) -> list[tuple[Bid, ...]]:
    """All bids of a day; MW and EUR/MWh."""
    groups: list[tuple[Bid, ...]] = []

    def bid(kind: str, direction: str, low: int, high: int, most_kw: int, mtu: int, bus: int, block: str = "") -> Bid:
        number = sum(len(group) for group in groups)
        quantity = draw.randint(1, most_kw // 10) * 10 / 1000
        price = float(draw.randint(low, high))
        return Bid(f"{kind[0]}{number}{direction}", 0, kind, bus, direction, quantity, price, mtu, block=block)

    def place() -> tuple[int, int]:
        return draw.randrange(MTUS), draw.randrange(1, BUSES)

    for block in range(BLOCKS):
        mtu, bus = draw.randrange(MTUS - 1), draw.randrange(1, BUSES)
        directions = draw.sample(["up", "down"], 2)
        parts = [bid("offer", way, 20, 39, 50, mtu + i, bus, f"b{block}") for i, way in enumerate(directions)]
        groups.append(tuple(parts))
    for number in range(SINGLE_OFFERS + REQUESTS_UP + REQUESTS_DOWN):
        if number < SINGLE_OFFERS:
            single = bid("offer", "up" if number % 2 else "down", 20, 39, 50, *place())
        elif number < SINGLE_OFFERS + REQUESTS_UP:
            single = bid("request", "up", 250, 299, 170, *place())
        else:
            single = bid("request", "down", 35, 44, 450, *place())
        groups.append((single,))
    return groups


def market(day: Day) -> OurMarket:
    """Our market on the day's network, before the first bid."""
    return ContinuousMarket.opened(
        LinearNetworkTest(), [LinearState.of(day.network, hour, {}) for hour in day.setpoints_w]
    )


def orders(arrivals: list[list[Bid]]) -> list[tuple[FlexOrder, ...]]:
    """The same arrivals as orders of ours: whole watts, prices in micro-euro."""
    return [
        tuple(
            FlexOrder(
                bid.id, bid.time, Kind(bid.kind), bid.bus, Direction.UP if bid.direction == "up" else Direction.DOWN,
                round(bid.quantity * 1e6), round(bid.price * 1e6), bid.mtu, bid.conditional, bid.block,
            )
            for bid in group
        )
        for group in arrivals
    ]  # fmt: skip


def run(day: Day, arrivals: list[tuple[FlexOrder, ...]]) -> list[FlexMatch]:
    """Let all arrivals come."""
    return matches(let_arrive(market(day), arrivals))


def let_arrive(ours: OurMarket, arrivals: list[tuple[FlexOrder, ...]]) -> list[Arrived | Rejection]:
    """Answers to all arrivals."""
    return [ours.arrive_block(group) if group[0].block else ours.arrive(group[0]) for group in arrivals]


def matches(answers: list[Arrived | Rejection]) -> list[FlexMatch]:
    """Return all matches that the answers tell of."""
    found: list[FlexMatch] = []
    for answer in answers:
        if not isinstance(answer, Arrived):
            raise RuntimeError(f"refused: {answer}")
        found += answer.matches
    return found


def welfare(found: list[FlexMatch]) -> float:
    """Welfare of all matches, EUR per hour of delivery."""
    return sum(match.welfare for match in found) / 1e12


def tables(day: Day, kind: type[Tables] = Tables) -> Tables:
    """The network as the reference reads it."""
    return kind(day.network.factors.tolist(), day.network.capacity_mw.tolist())


def setpoints_mw(day: Day) -> list[list[float]]:
    """The set points as the reference reads them."""
    return [[value / 1e6 for value in hour] for hour in day.setpoints_w]
