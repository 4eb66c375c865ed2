"""What an order that comes would do: the matches found for it, one after the other, and who was passed over."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.rejection import Rejection
from flexbourse_core.values import quickly_made
from flexbourse_gridmath.conditional import Call
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.dnut_budget import paid
from flexbourse_orderbook.domain.entry.self_trade import Prevention
from flexbourse_orderbook.domain.events import Relief
from flexbourse_orderbook.domain.findings import GateFinding, GridEffect
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.groups.exclusive_groups import Shares
from flexbourse_orderbook.domain.headroom.contest import Contest
from flexbourse_orderbook.domain.resting.blocked_pairs import Blocked
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.spreads.events import Spread


@quickly_made
@dataclass(frozen=True, slots=True)
class Fill:
    """A match that a plan found.

    `before` and the point `after` it are None where nothing moves; `bought` where an operator buys relief; `stopped_by`
    tells what stood against more of `asked_w`, `by_grid` the grid, `contest` that external orders hold what it lacks.
    With a `call` it is held. Of a span `legs` are its matches, one of each period; all but sums stands there. Of a set
    cleared at once, `set_id`, the resting side bears `other_dnut_micro_euro`. An operator pays a pair's `spread`.
    """

    resting: RestingOrder
    quantity_w: int
    price_ticks: int
    dnut_micro_euro: int
    before: GridView | None
    after: OperatingPoint | None
    change: Change | None
    effect: GridEffect | None
    finding: GateFinding | None
    bought: bool
    reliefs: tuple[Relief, ...]
    stopped_by: Rejection | None
    by_grid: bool = False
    call: Call | None = None
    contest: Contest | None = None
    legs: tuple[Fill, ...] = ()
    other_dnut_micro_euro: int = 0
    set_id: str = ""
    spread: Spread | None = None
    asked_w: int = 0  # of a match that was made smaller

    @property
    def shrunk_by(self) -> str:
        """Return the code of what stood against more."""
        return self.stopped_by.code.name if self.stopped_by is not None and self.asked_w else ""

    @property
    def is_still(self) -> bool:
        """Tell whether it is a trade that moves nothing, of an order that matches in every part."""
        return self.change is None and self.call is None and not self.legs and self.resting.is_plain

    @property
    def billed_micro_euro(self) -> int:
        """Return the DNUT that is billed: none where an operator buys relief."""
        return 0 if self.bought else self.dnut_micro_euro


@quickly_made
@dataclass(frozen=True, slots=True)
class Skip:
    """A candidate that was passed over; for its party's own sake it may leave the book, or the aggressor."""

    resting: RestingOrder
    reason: Rejection
    operating_point_sequence: int
    blocked_by: Blocked | None = None
    contest: Contest | None = None
    prevention: Prevention = Prevention.NONE


@quickly_made
@dataclass(frozen=True, slots=True)
class Refused:
    """Why two orders do not match."""

    reason: Rejection
    blocked_by: Blocked | None = None
    contest: Contest | None = None
    prevention: Prevention = Prevention.NONE


class Plan:
    """What an aggressor would do. `open_w` is left; `stopped_by` tells why the last candidate was not filled whole.

    `dnut_spent` is what the market has paid for negative DNUT of the delivery day, the plan's own fills included.
    """

    __slots__ = ("dnut_spent", "last", "open_w", "shares", "start", "steps", "stopped_by")

    def __init__(
        self, open_w: int, start: GridView | None, dnut_spent: int, steps: list[Fill | Skip] | None = None,
        stopped_by: Rejection | None = None, last: Fill | None = None,
    ) -> None:  # fmt: skip
        self.open_w = open_w
        self.start = start
        self.dnut_spent = dnut_spent
        self.steps: list[Fill | Skip] = [] if steps is None else steps
        self.stopped_by = stopped_by
        self.last = last  # the last fill that moves something
        self.shares: Shares = {}  # of exclusive groups, that the plan would execute

    def view(self) -> GridView | None:
        """Return what the next candidate is checked on; made only where there is one."""
        last = self.last
        if last is not None and last.before is not None and last.after is not None and last.effect is not None:
            potential_after = last.before.potential + last.dnut_micro_euro
            self.start, self.last = last.before.after(last.after, last.effect, potential_after), None
        return self.start

    def take(self, fill: Fill) -> None:
        """Go on behind a match that was found at the plan's view."""
        self.steps.append(fill)
        self.open_w -= fill.quantity_w
        if fill.dnut_micro_euro:
            self.dnut_spent += paid(fill.billed_micro_euro)
        self.stopped_by = fill.stopped_by
        if fill.call is not None and self.start is not None:
            self.start = self.start.holding(fill.call)
        if fill.after is not None:
            self.last = fill

    @property
    def fills(self) -> list[Fill]:
        """Return the matches."""
        return [step for step in self.steps if isinstance(step, Fill)]

    def pending(self) -> Rejection | None:
        """Return that external orders stand against more of a step, the first one, None where they do not."""
        for step in self.steps:
            if step.contest is not None:
                reason = step.reason if isinstance(step, Skip) else step.stopped_by
                if reason is not None:
                    return reason
        return None
