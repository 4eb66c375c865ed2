"""A quickly made value is a frozen dataclass in everything but what it costs."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from flexbourse_core.values import quickly_made, replace


@dataclass(frozen=True, slots=True)
class Plain:
    a: int
    b: str = "b"
    c: tuple[int, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    a: int
    b: str = "b"
    c: tuple[int, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Checked:
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low lies above high")


@quickly_made
@dataclass(frozen=True, slots=True)
class Named:
    """Its fields have the names that a constructor might use itself."""

    kind: str
    draft: int
    become: int
    new: int
    value: int
    changes: int
    field: int
    name: int = 8


@pytest.mark.parametrize("arguments", [((1,), {}), ((1, "x"), {"c": (2,)}), ((), {"a": 3, "b": "y"})])
def test_it_is_what_the_plain_class_makes(arguments: tuple[tuple[int], dict[str, object]]) -> None:
    given, named = arguments
    quick, plain = Quick(*given, **named), Plain(*given, **named)  # type: ignore[arg-type]
    assert dataclasses.astuple(quick) == dataclasses.astuple(plain)
    assert repr(quick).removeprefix("Quick") == repr(plain).removeprefix("Plain")
    assert hash(quick) == hash(plain)
    assert type(quick) is Quick
    assert quick == Quick(*given, **named)  # type: ignore[arg-type]
    for again in (copy.copy(quick), copy.deepcopy(quick), pickle.loads(pickle.dumps(quick)), replace(quick)):
        assert again == quick
        assert type(again) is Quick


def test_it_stays_frozen() -> None:
    for value in (Quick(1), replace(Quick(1), b="c")):
        with pytest.raises(FrozenInstanceError):
            value.a = 2  # type: ignore[misc]


def test_any_name_may_be_a_fields() -> None:
    made = Named("one", 2, 3, 4, 5, 6, 7)
    assert dataclasses.astuple(made) == ("one", 2, 3, 4, 5, 6, 7, 8)
    changed = replace(made, kind="other", value=0, changes=1, field=2, name=3)
    assert dataclasses.astuple(changed) == ("other", 2, 3, 4, 0, 1, 2, 3)


def test_wrong_arguments_are_errors() -> None:
    for wrong in ((), (1, "b", (), 4)):
        with pytest.raises(TypeError):
            Quick(*wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Quick(1, d=2)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        replace(Quick(1), d=2)


def test_a_changed_copy_leaves_the_value() -> None:
    first = Quick(1, c=(5,))
    second = replace(first, a=2, b="z")
    assert (first, second) == (Quick(1, "b", (5,)), Quick(2, "z", (5,)))
    assert dataclasses.replace(first, a=2, b="z") == second
    assert replace(Plain(1), b="z") == Plain(1, "z")


def test_a_value_is_looked_at_once_it_is_whole() -> None:
    assert replace(Checked(1, 2), high=3) == Checked(1, 3)
    with pytest.raises(ValueError, match="above"):
        Checked(2, 1)
    with pytest.raises(ValueError, match="above"):
        replace(Checked(1, 2), low=9)


def test_other_classes_are_no_values() -> None:
    @dataclass
    class Loose:
        a: int

    @dataclass(frozen=True, slots=True)
    class Made:
        a: list[int] = field(default_factory=list)

    for kind in (Loose, Made):
        with pytest.raises(TypeError, match="not a plain frozen dataclass"):
            quickly_made(kind)
