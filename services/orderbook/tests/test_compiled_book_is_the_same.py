"""The compiled book is of the same source: written-out values are the dataclasses, and the twins hold against it.

Compiling takes minutes, so that is done in long mode alone (FLEXBOURSE_LONG=1): the twins and a replay run against it.
"""

from __future__ import annotations

import copy
import dataclasses
import importlib
import importlib.util
import inspect
import os
import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ROOT / "tools"
COMPILED = ROOT / "build" / "compiled"
LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
TWINS = (
    "twins/test_fast_book_equals_naive_book.py",
    "orders/test_matching_scenarios.py",
    "test_nothing_for_the_collector.py",
)
LIMIT_S = 3_600
SAMPLE = '''
from __future__ import annotations
from dataclasses import dataclass
from enum import IntEnum

class Kind(IntEnum):
    A = 1
    B = 2

_A, _B = Kind.A, Kind.B
_C = Kind.A
_K = Kind
MOST: int = 3
CHANGED = 1
CHANGED = 2

@dataclass(frozen=True, slots=True, order=True)
class Value:
    """A value."""

    a: int
    b: str | None = None  # with a comment

    @property
    def twice(self) -> int:
        return 2 * self.a

@dataclass(frozen=True, slots=True)
class Checked:
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low lies above high")

@dataclass(frozen=True, slots=True, eq=False)
class Known:
    a: int

@dataclass(slots=True)
class Counted:
    a: int
    b: int = 0
'''


def tool(name: str) -> ModuleType:
    """Return one of the tools as a module."""
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[name] = found
    spec.loader.exec_module(found)
    return found


EXPANDED = tool("expanded_values")
COMPILE = tool("compile_book")


def written_out(source: str, name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Run a module with its values written out, in plain Python."""
    monkeypatch.setitem(sys.modules, "flexbourse_core.described_values", tool("described_values"))
    module = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(EXPANDED.expand(source), name, "exec", dont_inherit=True), module.__dict__)
    return module


def as_told(kind: type[Any]) -> list[object]:
    """Return what a dataclass says of itself."""
    fields = [(f.name, str(f.type), f.default) for f in dataclasses.fields(kind)]
    parameters = [(p.name, p.default) for p in inspect.signature(kind).parameters.values()]
    hints = {name: str(hint).replace(kind.__module__, "") for name, hint in get_type_hints(kind).items()}
    return [kind.__name__, fields, parameters, hints, kind.__match_args__]


@pytest.mark.parametrize("path", COMPILE.MODULES)
def test_written_out_values_say_what_the_dataclasses_say(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dotted = path.removesuffix(".py").replace("/", ".")
    original = importlib.import_module(dotted)
    assert original.__file__ is not None
    made = written_out(Path(original.__file__).read_text(), f"{dotted}_written_out", monkeypatch)
    for name, kind in list(vars(original).items()):
        if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind.__module__ == dotted:
            assert as_told(getattr(made, name)) == as_told(kind)


def test_a_written_out_value_behaves_as_the_dataclass(monkeypatch: pytest.MonkeyPatch) -> None:
    made = written_out(SAMPLE, "written_out_sample", monkeypatch)
    value = made.Value(1, "x")
    assert not hasattr(made.Value, "__dict__") or "__setattr__" not in vars(made.Value)  # written out, not decorated
    assert repr(value) == "Value(a=1, b='x')"
    assert value == made.Value(a=1, b="x")
    assert value != made.Value(1)
    assert value != (1, "x")
    assert hash(value) == hash((1, "x"))
    assert made.Value(1, "a") < made.Value(1, "b") <= made.Value(2, "a")
    assert not made.Value(1, "a") > made.Value(1, "b")
    assert value.twice == 2
    for again in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert again == value
    for replaced in (value.__replace__(a=3), dataclasses.replace(value, a=3)):
        assert (replaced.a, replaced.b, value.a) == (3, "x", 1)
    with pytest.raises(TypeError, match="no such field"):
        value.__replace__(c=1)
    with pytest.raises(ValueError, match="low lies above high"):
        made.Checked(2, 1)
    with pytest.raises(ValueError, match="low lies above high"):
        made.Checked(1, 2).__replace__(low=3)
    assert made.Known(1) != made.Known(1)
    counted = made.Counted(1)
    counted.b += 2
    assert counted == made.Counted(1, 2) != made.Counted(1)
    assert copy.copy(counted) == counted
    with pytest.raises(TypeError, match="unhashable type: 'Counted'"):
        hash(counted)
    assert (made._A, made._B, made._C, made._K.A, made.MOST, made.CHANGED) == (1, 2, 1, 1, 3, 2)


def test_constants_become_final_and_nothing_else_does() -> None:
    lines = EXPANDED.expand(SAMPLE).splitlines()
    finals = [line.split(":")[0] for line in lines if ": Final" in line]
    assert finals == ["_A", "_B", "_C", "MOST"]


def test_frozen_values_alone_are_kept_from_the_collector() -> None:
    lines = EXPANDED.expand(SAMPLE).splitlines()
    marked = [lines[place + 1] for place, line in enumerate(lines) if line == EXPANDED.ACYCLIC]
    assert marked == ["class Value:", "class Checked:", "class Known:"]


def test_another_source_is_another_fingerprint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stamp = tmp_path / COMPILE.STAMP
    monkeypatch.setattr(COMPILE, "RESULT", tmp_path)
    assert not COMPILE.is_current()
    stamp.write_text(COMPILE.fingerprint())
    assert COMPILE.is_current()
    monkeypatch.setattr(COMPILE, "DESCRIBED", ROOT / "Makefile")
    assert not COMPILE.is_current()


def replay_of(*paths: str) -> str:
    """Return the hash of the state after a replayed flow, and the file of the book that decided it."""
    script = """
import hashlib, sys
sys.path[:0] = sys.argv[1:]
from core_book import CoreBook
from order_flow import operations
import flexbourse_orderbook.domain.book as module
book, digest = CoreBook(), hashlib.sha256()
class Heard:
    def __init__(self, book):
        self.book = book
    def __getattr__(self, name):
        return getattr(self.book, name)
    def take_events(self):
        events = self.book.take_events()
        digest.update(repr(events).encode())
        return events
book._book = Heard(book._book)
book.take(book.wishes(operations(20_000, 16)))
print(digest.hexdigest(), module.__file__)
"""
    benches = [ROOT / "services/orderbook/benchmarks", ROOT / "tests/performance/reference"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", script, *map(str, benches)]
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


if LONG:

    def test_the_compiled_book_decides_the_same() -> None:
        subprocess.run([sys.executable, TOOLS / "compile_book.py"], check=True, timeout=LIMIT_S)
        plain, compiled = (replay_of(*paths).split() for paths in ((), (str(COMPILED),)))
        assert plain[0] == compiled[0]
        assert COMPILED in Path(compiled[1]).parents
        path = os.pathsep.join([str(COMPILED), os.environ.get("PYTHONPATH", "")])
        twins = [str(Path(__file__).parent / name) for name in TWINS]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *twins]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, check=True, timeout=LIMIT_S)
