"""Lines of the ledger and their messages; fields are compared at import."""

from __future__ import annotations

from flexbourse.common.v1 import common_pb2
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.market_time import Mtu
from flexbourse_messages.binding import Binding
from flexbourse_settlement.domain.lines.blocked import BlockedLine
from flexbourse_settlement.domain.lines.capacity import CapacityLine
from flexbourse_settlement.domain.lines.external import AdjustmentLine, ExternalLine
from flexbourse_settlement.domain.lines.line import (
    ActivationLine,
    CollectedLine,
    CompensationLine,
    ImbalanceLine,
    Line,
    PerimeterLine,
    PositionLine,
    PotentialLine,
    ReservationLine,
    TradeLine,
)
from flexbourse_settlement.domain.lines.spreads import SpreadLine

_MTU = Binding(Mtu, common_pb2.Mtu)

# fields of a line that stand beside its kind, and what a kind has on the wire
_LINE_KINDS: dict[str, type[Line]] = {
    "trade": TradeLine,
    "position": PositionLine,
    "potential": PotentialLine,
    "imbalance": ImbalanceLine,
    "compensation": CompensationLine,
    "reservation": ReservationLine,
    "activation": ActivationLine,
    "collected": CollectedLine,
    "perimeter": PerimeterLine,
    "external": ExternalLine,
    "adjustment": AdjustmentLine,
    "blocked": BlockedLine,
    "capacity": CapacityLine,
    "spread": SpreadLine,
}
_KIND_OF = {kind: name for name, kind in _LINE_KINDS.items()}
_COMMON = frozenset({"account", "metering_point_id", "area_id"})


def line_to(line: Line) -> pb.LedgerLine:
    """Return the message of a line."""
    name = _KIND_OF[type(line)]
    message = pb.LedgerLine(
        leaf_id=line.leaf_id, account=line.account, metering_point_id=line.metering_point_id,
        area_id=getattr(line, "area_id", ""),
    )  # fmt: skip
    part = getattr(message, name)
    for field in _LINE_FIELDS[name]:
        if field == "mtu":
            part.mtu.CopyFrom(_MTU.encode(line.mtu))
        else:
            setattr(part, field, getattr(line, field))
    return message


def line_from(message: pb.LedgerLine) -> Line:
    """Return the line of a message; raises InvalidMessageError for a kind it does not know."""
    name = message.WhichOneof("kind")
    if name is None:
        raise InvalidMessageError(f"line {message.leaf_id} has no kind")
    kind, part = _LINE_KINDS[name], getattr(message, name)
    values = {field: getattr(part, field) for field in _LINE_FIELDS[name]}
    values["mtu"] = _MTU.decode(part.mtu)
    values |= {field: getattr(message, field) for field in _COMMON & set(kind.__slots__)}
    return kind(**values)


def _line_fields() -> dict[str, list[str]]:
    """Return the fields of each kind on the wire; raises TypeError where message and domain differ."""
    found = {}
    for name, kind in _LINE_KINDS.items():
        wire = type(getattr(pb.LedgerLine(), name)).DESCRIPTOR.fields_by_name
        if set(wire) | (_COMMON & set(kind.__slots__)) != set(kind.__slots__):
            raise TypeError(f"{kind.__name__} and its message differ in {sorted(set(wire) ^ set(kind.__slots__))}")
        found[name] = list(wire)
    return found


_LINE_FIELDS = _line_fields()
