"""What both books are asked: the values that commands are drawn from."""

from __future__ import annotations

from typing import NamedTuple

from book_world import HOMES
from hypothesis import strategies as st

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

RULES = {
    "normal": pb.FILL_RULE_NORMAL, "fak": pb.FILL_RULE_FILL_AND_KILL, "fok": pb.FILL_RULE_FILL_OR_KILL,
    "aon": pb.FILL_RULE_ALL_OR_NONE,
}  # fmt: skip
# Injections of the homes of each street: calm; a surplus that wants to leave a street; a cable far outside its limit.
BASES = {
    "calm": {"a": -1_500, "b": -1_500}, "a sells": {"a": 6_000, "b": -9_000}, "b sells": {"a": -6_000, "b": 9_000},
    "a is overloaded": {"a": -9_000, "b": 1_000}, "a is amber": {"a": -4_300, "b": 2_000},
    "both are amber": {"a": -4_300, "b": 38_000},
}  # fmt: skip

units = st.builds("{}-{}".format, st.sampled_from(["battery", "battery", "house"]), st.sampled_from(HOMES))
# Some of them lie off the step or outside the market's limits.
quantities = st.sampled_from([100, 500, 1_000, 1_000, 3_000, 8_000, 8_000, 25_000, 45_000, 150, 1_000_100])
prices = st.sampled_from([-50_000, 900, 990, 1_000, 1_000, 1_010, 1_100, 2_000, 30_000, 400_000, -50_001, 400_001])
fills = st.sampled_from(["normal", "normal", *RULES])
colours = st.sampled_from(["green", "green", "green", "amber", "red", "unknown"])
groups = st.sampled_from(["", "", "", "", "g", "h"])
products = st.sampled_from(["energy", "energy", "up", "down"])
# Amber of loading and of voltage: those of old records, and some above and below them.
thresholds = st.sampled_from([(80_000, 50_000), (20_000, 50_000), (99_000, 50_000), (80_000, 5_000), (99_000, 90_000)])
rule_changes = st.fixed_dictionaries(
    {},
    optional={
        "quantity_step_w": st.sampled_from([100, 300]),
        "min_quantity_w": st.sampled_from([0, 1_000]),
        "min_price_ticks": st.just(950),
        "max_price_ticks": st.just(2_000),
        "reliability_permille": st.sampled_from([0, 500, 1_000]),
        "automatic_matching": st.sampled_from([False]),
        "either_side_missing": st.sampled_from([False]),
        "retries_after_match": st.sampled_from([True]),
        "self_trade_prevention": st.sampled_from([1, 2, 3]),
    },
)


class Instructions(NamedTuple):
    """How an order restricts its matches."""

    least: int = 0
    clip: int = 0
    clip_step: int = 0
    lasts_ms: int = 0
    session: str = ""


PLAIN = Instructions()
instructions = st.one_of(
    st.just(PLAIN),
    st.just(PLAIN),
    st.builds(
        Instructions,
        st.sampled_from([0, 0, 500, 1_000, 150]),
        st.sampled_from([0, 0, 500, 1_000, 3_000]),
        st.sampled_from([0, 0, 1, 10, 20_000]),
        st.sampled_from([0, 0, 1_500, 4_000, -1_000]),
    ),
)


class Wish(NamedTuple):
    """One order to be."""

    subject: str
    product: str
    buys: bool
    quantity: int
    price: int
    fill: str
