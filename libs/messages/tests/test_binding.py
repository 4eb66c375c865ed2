"""Binding of dataclasses to messages: both directions, and differences found when it is made."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.market_time import Mtu
from flexbourse_messages.binding import Binding

WAIT_S = 20.0


class Kind(IntEnum):
    NONE = 0
    FEEDER = 1


@dataclass(frozen=True)
class Zone:
    zone_id: str
    kind: Kind
    node_ids: tuple[str, ...]
    element_ids: tuple[str, ...]


@dataclass(frozen=True)
class Topology:
    area_id: str
    version: int
    model: bytes
    sha256: bytes
    zones: tuple[Zone, ...]
    effective_from_s: int
    opened_branch_ids: tuple[str, ...]
    closed_branch_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Retired:
    area_id: str
    mtu: Mtu | None


def test_both_directions_with_enumerations_tuples_and_nested_messages() -> None:
    binding = Binding(Topology, grid.TopologyState)
    zones = (Zone("z", Kind.FEEDER, ("n1", "n2"), ()), Zone("y", Kind.NONE, (), ("e",)))
    value = Topology("a", 2, b"\0m", b"", zones, 900, ("line-1",), (), "works")
    message = binding.encode(value)
    assert message.zones[0].kind == grid.ZONE_KIND_FEEDER
    assert binding.decode(grid.TopologyState.FromString(message.SerializeToString())) == value


def test_what_may_be_absent_stays_absent() -> None:
    binding = Binding(Retired, grid.PeriodRetired)
    for value in (Retired("a", None), Retired("a", Mtu(900, 900))):
        message = binding.encode(value)
        assert message.HasField("mtu") == (value.mtu is not None)
        assert binding.decode(message) == value


def test_a_single_plain_field_is_bound_like_many() -> None:
    @dataclass(frozen=True)
    class Totals:
        answer_ids: tuple[str, ...]

    with pytest.raises(TypeError, match="command_ids"):
        Binding(Totals, common_pb2.GetAnswersRequest)

    @dataclass(frozen=True)
    class Request:
        command_ids: tuple[str, ...]

    binding = Binding(Request, common_pb2.GetAnswersRequest)
    assert binding.decode(binding.encode(Request(("a", "b")))) == Request(("a", "b"))


def test_a_message_of_nested_fields_alone_is_bound_too() -> None:
    @dataclass(frozen=True)
    class Best:
        next_mtu: Mtu | None

    with pytest.raises(TypeError, match="quantity_w"):
        Binding(Best, common_pb2.NextBest)

    @dataclass(frozen=True)
    class Zones:
        zones: tuple[Zone, ...]

    class Message:
        DESCRIPTOR = type("Descriptor", (), {
            "full_name": "zones",
            "fields_by_name": {"zones": grid.TopologyState.DESCRIPTOR.fields_by_name["zones"]},
        })  # fmt: skip

        def __new__(cls, **fields: object) -> grid.TopologyState:  # type: ignore[misc]
            return grid.TopologyState(**fields)  # type: ignore[arg-type]

    binding = Binding(Zones, Message)  # type: ignore[type-var]
    assert binding.encode(Zones((Zone("z", Kind.FEEDER, (), ()),))).zones[0].zone_id == "z"


def test_every_field_that_differs_is_named() -> None:
    with pytest.raises(TypeError, match=r"element_ids.*node_ids.*zone_id"):
        Binding(Zone, light.LightCause)


def test_a_type_without_a_conversion_is_refused() -> None:
    @dataclass(frozen=True)
    class Wrong:
        area_id: float
        mtu: Mtu

    binding = Binding(Wrong, grid.PeriodRetired)
    for way in ("encode", "fields", "decode"):
        with pytest.raises(TypeError, match="area_id"):
            getattr(binding, way)


def test_fields_make_the_same_message_inside_another() -> None:
    binding = Binding(Mtu, common_pb2.Mtu)
    value = Mtu(900, 1_800)
    holder = grid.PeriodRetired(area_id="a", mtu=binding.fields(value))  # type: ignore[arg-type]
    assert holder.mtu == binding.encode(value)
    assert binding.decode(holder.mtu) == value


class Held(dict[Any, Any]):
    """Conversions by hand that keep whoever first asks for one until he is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let_go = threading.Event(), threading.Event()

    def __contains__(self, hint: object) -> bool:
        self.asked.set()
        assert self.let_go.wait(WAIT_S)
        return super().__contains__(hint)


def test_a_thread_that_makes_a_conversion_holds_up_no_other() -> None:
    """Two threads, each in the middle of one conversion and in need of the other's, would wait for ever."""
    held = Held()
    slow, other = Binding(Topology, grid.TopologyState, held), Binding(Topology, grid.TopologyState)
    value = Topology("a", 2, b"\0m", b"", (Zone("z", Kind.FEEDER, ("n1",), ()),), 900, (), (), "")
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(lambda: slow.encode(value))
        try:
            assert held.asked.wait(WAIT_S)
            second = threads.submit(lambda: other.encode(value))
            assert second.result(WAIT_S) == other.encode(value)
        finally:
            held.let_go.set()
        assert first.result(WAIT_S) == other.encode(value)
