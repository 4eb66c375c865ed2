"""How the command line reads what a request is to bring elements to."""

from __future__ import annotations

import pytest

from flexbourse_cli.commands.order import _starts, _target
from flexbourse_cli.commands.own_orders import PRODUCT_NAMES
from flexbourse_cli.markets import PRODUCTS


@pytest.mark.parametrize(
    ("text", "element", "value"),
    [("line-3=95%", "line-3", 95_000), ("bus-7=0.93pu", "bus-7", 930_000), ("a=b=80.125%", "a=b", 80_125)],
)
def test_a_target_names_an_element_and_a_value(text: str, element: str, value: int) -> None:
    found = _target(text)
    assert (found.element_id, found.value) == (element, value)


@pytest.mark.parametrize("text", ["line-3", "=95%", "line-3=95", "line-3=-1%", "line-3=1e3%"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="must be like line-3=95%"):
        _target(text)


def test_periods_of_a_request_are_counted_from_start_to_end() -> None:
    first = 1_768_496_400  # 2026-01-15T18:00 in Berlin
    at, most = "2026-01-15T18:00", 16
    assert _starts(at, None, "Europe/Berlin", 900, most) == [first]
    assert _starts(at, "2026-01-15T18:45", "Europe/Berlin", 900, most) == [first, first + 900, first + 1_800]
    for end in (at, "2026-01-15T22:15"):
        with pytest.raises(ValueError, match="1 to 16 periods"):
            _starts(at, end, "Europe/Berlin", 900, most)


def test_every_product_of_the_command_is_known() -> None:
    assert set(PRODUCT_NAMES) == set(PRODUCTS)
