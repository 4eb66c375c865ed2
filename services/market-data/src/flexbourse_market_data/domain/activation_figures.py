"""What became of activations: how many were asked for, taken, carried out, and how much of what was ordered came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from flexbourse_market_data.domain.changes import NOTHING, Changes, Entry

# Activations of an area that are kept while they are open; the oldest are forgotten, and count as requested alone.
MAX_OPEN = 20_000


class Step(IntEnum):
    """Steps of an activation that figures count; numbers as on the wire."""

    ORDER = 1
    ACKNOWLEDGE = 2
    CONFIRM = 6
    CANCEL = 7
    FAIL = 8
    REFUSE = 10


_COUNTED = {
    Step.ORDER: "ordered",
    Step.ACKNOWLEDGE: "acknowledged",
    Step.CONFIRM: "confirmed",
    Step.CANCEL: "cancelled",
    Step.FAIL: "failed",
    Step.REFUSE: "refused",
}
_LAST = frozenset({Step.CONFIRM, Step.CANCEL, Step.FAIL, Step.REFUSE})


@dataclass(frozen=True, slots=True)
class OpenActivation:
    """An activation that has not come to its end; `ordered_ws` is W times seconds over its window."""

    area_id: str
    activation_id: str
    direction: int
    ordered_ws: int
    mtu_length_s: int


@dataclass(frozen=True, slots=True)
class ActivationStepped:
    """An activation took a step; `delivered_w` per period where it was confirmed."""

    area_id: str
    activation_id: str
    step: Step
    delivered_w: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ActivationFigures:
    """Figures of an area in one direction."""

    area_id: str
    direction: int
    requested: int = 0
    ordered: int = 0
    acknowledged: int = 0
    confirmed: int = 0
    refused: int = 0
    failed: int = 0
    cancelled: int = 0
    ordered_ws: int = 0
    delivered_ws: int = 0
    offset: int = -1


class ActivationBoard:
    """Figures of all areas that one reader holds."""

    def __init__(self) -> None:
        self._open: dict[str, dict[str, OpenActivation]] = {}
        self._figures: dict[tuple[str, int], ActivationFigures] = {}

    def take(self, seen: OpenActivation | ActivationStepped, offset: int) -> Changes:
        """Take a record in; one that is in already changes nothing."""
        opened = self._open.setdefault(seen.area_id, {})
        known = seen if isinstance(seen, OpenActivation) else opened.get(seen.activation_id)
        if known is None:
            return NOTHING
        figures = self._figures.get((known.area_id, known.direction), ActivationFigures(known.area_id, known.direction))
        if offset <= figures.offset:
            return NOTHING
        group, field = f"activation/{seen.area_id}", f"a{seen.activation_id}"
        entries: list[Entry] = []
        if isinstance(seen, OpenActivation):
            opened[seen.activation_id] = seen
            entries.append(Entry(group, field, seen))
            if len(opened) > MAX_OPEN:
                oldest = next(iter(opened))
                del opened[oldest]
                entries.append(Entry(group, f"a{oldest}", None))
            figures = replace(figures, requested=figures.requested + 1, offset=offset)
        else:
            figures = _stepped(figures, known, seen, offset)
        self._figures[known.area_id, known.direction] = figures
        entries.append(Entry(group, f"f{known.direction}", figures))
        if isinstance(seen, ActivationStepped) and seen.step in _LAST:
            del opened[seen.activation_id]
            entries.append(Entry(group, field, None))
        return Changes(tuple(entries))

    def restore(self, value: OpenActivation | ActivationFigures) -> None:
        """Take an entry in as it was kept."""
        if isinstance(value, OpenActivation):
            self._open.setdefault(value.area_id, {})[value.activation_id] = value
        else:
            self._figures[value.area_id, value.direction] = value


def _stepped(
    figures: ActivationFigures, known: OpenActivation, seen: ActivationStepped, offset: int
) -> ActivationFigures:
    name = _COUNTED[seen.step]
    figures = replace(figures, offset=offset, **{name: getattr(figures, name) + 1})
    if seen.step is not Step.CONFIRM:
        return figures
    delivered_ws = min(known.ordered_ws, sum(seen.delivered_w) * known.mtu_length_s)
    return replace(
        figures,
        ordered_ws=figures.ordered_ws + known.ordered_ws,
        delivered_ws=figures.delivered_ws + delivered_ws,
    )
