"""Entries of read models as they are kept: bytes of their messages, by group and field."""

from __future__ import annotations

from typing import Any

from flexbourse.market_data.v1 import market_data_pb2 as pb
from flexbourse_market_data.domain.activation_figures import ActivationFigures, OpenActivation
from flexbourse_market_data.domain.feed import BookStatus
from flexbourse_market_data.domain.feeders import Feeder
from flexbourse_market_data.domain.networks import NodalTariff, NodeList
from flexbourse_market_data.domain.public_books import BookHead, ProductStatistics
from flexbourse_market_data.taking import PUBLIC_ORDER, status_in, status_out
from flexbourse_messages.binding import Binding

FEEDER = Binding(Feeder, pb.FeederState)
STATISTICS = Binding(ProductStatistics, pb.ProductStatistics)
FIGURES = Binding(ActivationFigures, pb.ActivationFigures)
HEAD = Binding(BookHead, pb.BookHead, {BookStatus: (status_out, status_in)})
# (family of the group, first character of the field) → how it is kept; none: whatever the field.
_KEPT: dict[tuple[str, str], Binding[Any, Any]] = {
    ("feeders", ""): FEEDER,
    ("book", "h"): HEAD,
    ("book", "o"): PUBLIC_ORDER,
    ("book", "s"): STATISTICS,
    ("nodes", "n"): Binding(NodeList, pb.NodeList),
    ("tariff", "t"): Binding(NodalTariff, pb.NodalTariff),
    ("activation", "a"): Binding(OpenActivation, pb.OpenActivation),
    ("activation", "f"): FIGURES,
}
_BY_TYPE = {binding.domain: binding for binding in _KEPT.values()}


def kept(value: object) -> bytes:
    """Return the bytes of an entry's value."""
    encoded: bytes = _BY_TYPE[type(value)].encode(value).SerializeToString(deterministic=True)
    return encoded


def read(group: str, field: str, value: bytes) -> Any:
    """Return the value of an entry."""
    family = group.partition("/")[0]
    binding = _KEPT.get((family, field[:1])) or _KEPT[family, ""]
    return binding.decode(binding.wire.FromString(value))


def key_text(group: str, field: str) -> str:
    """Return where an entry stands in the table."""
    return f"{group}#{field}"


def kept_at(key: str) -> tuple[str, str]:
    """Return group and field of such a key."""
    group, _, field = key.partition("#")
    return group, field
