"""The shape of a statement file: which members it has and of what type; nothing else may stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

HEX = re.compile(r"(0x)?([0-9a-fA-F]{2})*")

Problem = tuple[str, object, str]  # path, what was found, rule


class OneOf:
    """A mapping whose members depend on the value of one of them."""

    def __init__(self, name: str, shapes: Mapping[str, Mapping[str, Any]]) -> None:
        self.name = name
        self.shapes = shapes


class Maybe:
    """A member that may be absent."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape


class Each:
    """A mapping from any name to values of one shape."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape


_EVERY_LEAF = {
    "batch_id": str, "leaf_id": str, "account": str, "metering_point_id": str, "kind": str, "net_micro_euro": int,
}  # fmt: skip
_IN_A_PERIOD = {**_EVERY_LEAF, "mtu_start_s": int, "mtu_length_s": int, "amount_micro_euro": int}
_FIELDS = OneOf(
    "kind",
    {
        "trade": {
            **_IN_A_PERIOD, "trade_id": str, "product": str, "side": str, "basis": str, "counterparty": str,
            "quantity_w": int, "price_ticks": int, "tick_micro_euro_per_mwh": int, "dnut_micro_euro": int,
            "withheld_micro_euro": int,
        },
        "position": {
            **_IN_A_PERIOD, "base_w": int, "contracted_w": int, "position_w": int, "metered_w": int,
            "deviation_w": int, "settled": bool, "price_ticks": int, "activated_w": Maybe(int),
            "external_w": Maybe(int),
        },
        "potential": {
            **_IN_A_PERIOD, "area_id": str, "start_micro_euro": int, "end_micro_euro": int, "billed_micro_euro": int,
            "relief_micro_euro": int, "revision_micro_euro": int, "withheld_micro_euro": int,
        },
        "imbalance": {**_IN_A_PERIOD, "area_id": str},
        "compensation": {**_IN_A_PERIOD, "area_id": str, "trade_id": str, "quantity_w": int},
        "reservation": {
            **_IN_A_PERIOD, "reservation_id": str, "side": str, "counterparty": str, "quantity_w": int,
            "unused_w": int, "price_micro_euro_per_mw_h": int, "unused_permille": int, "penalty_micro_euro": int,
        },
        "activation": {
            **_IN_A_PERIOD, "activation_id": str, "side": str, "counterparty": str, "purpose": str, "direction": str,
            "baseline_method": str, "baseline_w": int, "metered_w": int, "owed_w": int, "ordered_w": int,
            "delivered_w": int, "credited_w": int, "pays_from_permille": int, "price_micro_euro_per_mwh": int,
            "penalty_permille": int, "platform_fee_permille": int, "penalty_micro_euro": int,
            "platform_fee_micro_euro": int,
        },
        "collected": {**_IN_A_PERIOD, "area_id": str},
        "external": {
            **_IN_A_PERIOD, "area_id": str, "venue_id": str, "result_id": str, "version": int, "former_version": int,
            "side": str, "order_id": str, "quantity_w": int, "former_quantity_w": int, "total_micro_euro": int,
            "former_micro_euro": int, "result_kind": str, "result_start_s": int, "result_length_s": int,
            "document_sha256": str, "shares_sha256": str, "reason": str, "dnut_micro_euro": Maybe(int),
            "former_dnut_micro_euro": Maybe(int), "scheduled_w": Maybe(int), "former_scheduled_w": Maybe(int),
        },
        "adjustment": {
            **_IN_A_PERIOD, "area_id": str, "source": str, "moved_w": int, "price_ticks": int,
        },
        "blocked": {
            **_IN_A_PERIOD, "area_id": str, "venue_id": str, "result_id": str, "version": int, "former_version": int,
            "side": str, "counterparty": str, "order_id": str, "tightening": str, "quantity_w": int,
            "former_quantity_w": int, "bid_micro_euro": int, "former_bid_micro_euro": int, "settled": bool,
            "price_ticks": int, "cost_micro_euro": int, "former_cost_micro_euro": int,
            "compensation_micro_euro": int, "result_kind": str, "result_start_s": int, "result_length_s": int,
            "document_sha256": str, "shares_sha256": str, "reason": str,
        },
        "capacity": {
            **_IN_A_PERIOD, "area_id": str, "request_id": str, "quantity_w": int, "unused_w": int,
            "refund_micro_euro": int,
        },
        "spread": {
            **_IN_A_PERIOD, "trade_id": str, "side": str, "counterparty": str, "quantity_w": int, "price_ticks": int,
            "spread_ticks": int, "tick_micro_euro_per_mwh": int,
        },
        "perimeter": {
            **_EVERY_LEAF, "mtu_start_s": int, "mtu_length_s": int, "source": str, "counterparty": str,
            "quantity_w": int,
        },
        "total": {**_EVERY_LEAF, "leaf_count": int},
    },
)  # fmt: skip
_LEAF = {"fields": _FIELDS, "salt": HEX, "hash": HEX, "node": int, "marks": str}
_DOCUMENT = {
    "format": str, "batch_id": str, "area_id": str, "run_id": str, "kind": str, "version": int,
    "mtus": [[int, int]], "root": HEX, "leaf_count": int, "accounts": [[str, int]],
    "sums_micro_euro": Each(int),
    "potential_micro_euro": {
        "start": int, "end": int, "billed": int, "relief": int, "revision": int, "withheld": int,
    },
}  # fmt: skip
STATEMENT: Mapping[str, Any] = {
    "format": str,
    "account": str,
    "address": str,
    "net_micro_euro": int,
    "batches": [
        {
            "document": _DOCUMENT,
            "document_marks": str,
            "net_micro_euro": int,
            "metering_points": [{"metering_point_id": str, "net_micro_euro": int, "leaves": [_LEAF]}],
            "siblings": Each(HEX),
            "anchor": {"chain_id": int, "contract": str, "transaction": HEX, "block_number": int},
        }
    ],
}


def shape_problems(value: Any, shape: Any, path: str = "") -> list[Problem]:
    """Return everything whose shape is wrong: path, what was found, what it should be."""
    return list(_problems(value, shape, path))


def _problems(value: Any, shape: Any, path: str) -> Iterator[Problem]:
    if isinstance(shape, (Mapping, OneOf, Each)):
        yield from _mapping_problems(value, shape, path)
    elif isinstance(shape, list):
        yield from _list_problems(value, shape, path)
    elif isinstance(shape, re.Pattern):
        if not isinstance(value, str) or shape.fullmatch(value) is None:
            yield path, value, "must be bytes in hex"
    elif type(value) is not shape:  # a bool is an int to isinstance, and 1.0 is not 1
        yield path, value, f"must be of type {shape.__name__}"


def _mapping_problems(value: Any, shape: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield path, value, "must be an object"
        return
    if isinstance(shape, Each):
        for name, inner in value.items():
            yield from _problems(inner, shape.shape, f"{path}.{name}")
        return
    members = shape
    if isinstance(shape, OneOf):
        found = shape.shapes.get(str(value.get(shape.name)))
        if found is None:
            yield f"{path}.{shape.name}", value.get(shape.name), f"must be one of {sorted(shape.shapes)}"
            return
        members = found
    for name in sorted(members.keys() | value.keys()):
        inside = f"{path}.{name}".lstrip(".")
        if name not in value:
            if not isinstance(members[name], Maybe):
                yield inside, None, "is missing"
        elif name not in members:
            yield inside, value[name], "is not part of a statement"
        else:
            shape = members[name]
            yield from _problems(value[name], shape.shape if isinstance(shape, Maybe) else shape, inside)


def _list_problems(value: Any, shape: list[Any], path: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield path, value, "must be a list"
        return
    if len(shape) == 1:
        for index, inner in enumerate(value):
            yield from _problems(inner, shape[0], f"{path}[{index}]")
    elif len(value) != len(shape):
        yield path, value, f"must have {len(shape)} values"
    else:
        for index, (inner, expected) in enumerate(zip(value, shape, strict=True)):
            yield from _problems(inner, expected, f"{path}[{index}]")
