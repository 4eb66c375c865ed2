"""What an operator wants of the simulated mFRR platform at once and against congestion, in a scenario's words.

A direct activation is ordered within its quarter-hour, or shortly before, and runs to the end of the next; it may be
told to end earlier, while it runs or before. A call for redispatch goes out before units are claimed for the market, or
behind that, when it finds little.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

DIRECT_AT_S = (-420, -120, 120, 300)  # from the beginning of the quarter-hour
ENDED_AT_S = (180, 480, 840)
ENDS_S = (600, 900, 900, 1_200)
ANNOUNCED_S = (-3_920, -3_910, -3_860)
BID_GATE_S, REDISPATCH_ORDER_S = 2_700, 2_400  # before the quarter-hour
MOST_REDISPATCH_MW = 3


def time_text(second: int) -> str:
    """Return a second as the simulator reads it."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def calls(draw: Random, mtu_s: int, party: str) -> str:
    """Return two direct needs, most often a deactivation, and a call for redispatch, as drawn."""
    wishes = [
        f"[[direct]]\n{_what(1)}at = {time_text(mtu_s + at_s)}\nmtu = {time_text(mtu_s)}\n"
        for at_s in sorted(draw.sample(DIRECT_AT_S, 2))
    ]
    if draw.randrange(8):
        at_s, end_s = mtu_s + draw.choice(ENDED_AT_S), mtu_s + draw.choice(ENDS_S)
        wishes.append(f'[[deactivate]]\nparty = "{party}"\nat = {time_text(at_s)}\nend = {time_text(end_s)}\n')
    wishes.append(
        f"[[redispatch]]\n{_what(draw.randint(1, MOST_REDISPATCH_MW))}"
        f"announced = {time_text(mtu_s + draw.choice(ANNOUNCED_S))}\n"
        f"offers_until = {time_text(mtu_s - BID_GATE_S)}\nordered = {time_text(mtu_s - REDISPATCH_ORDER_S)}\n"
        f"from = {time_text(mtu_s)}\nto = {time_text(mtu_s + 900)}\n"
    )
    return "".join(wishes)


def _what(megawatts: int) -> str:
    return f'zone = "south"\ndirection = "up"\nquantity = {megawatts}\n'
