"""MATPOWER case files, version 2: the tables of a .m file or of a .mat file.

A .m file is a program. Only the assignments of plain tables are read; everything else that does something is refused,
but for the two conversions that published distribution cases carry at their end: impedances from ohms, powers from kW.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from flexbourse_networks.imported import NetworkProblems

Table = npt.NDArray[np.float64]
# Least number of columns that a version 2 file has.
_WIDTHS = {"bus": 13, "gen": 10, "branch": 11}
_OPTIONAL = {"dcline": 3}
BASE_KV, PD, QD = 9, 2, 3
_BR_R, _BR_X = 2, 3

_TEXT_OR_COMMENT = re.compile(r"('(?:[^'\n]|'')*')|%[^\n]*")
_TEXT = re.compile(r"'(?:[^'\n]|'')*'")
_ASSIGNMENT = re.compile(r"mpc\.(\w+)\s*=\s*(\[[^\]]*\]|\{[^}]*\}|'[^'\n]*'|[^;\n\[{']+)\s*;?")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eEdD][+-]?\d+)?|\.\d+(?:[eEdD][+-]?\d+)?|Inf|inf|NaN|nan)")
_HEADER = re.compile(r"function\s+\w*mpc\w*\s*=\s*\w+|end")
_INDEX_NAMES = re.compile(r"\[[A-Za-z0-9_,\s.]+\]\s*=\s*idx_(?:bus|brch|gen)")
_TO_OHM = (
    re.compile(r"Vbase\s*=\s*mpc\.bus\(1,\s*BASE_KV\)\s*\*\s*1e3"),
    re.compile(r"Sbase\s*=\s*mpc\.baseMVA\s*\*\s*1e6"),
    re.compile(
        r"mpc\.branch\(:,\s*\[BR_R,?\s*BR_X\]\)\s*=\s*mpc\.branch\(:,\s*\[BR_R,?\s*BR_X\]\)\s*/\s*"
        r"\(Vbase\^2\s*/\s*Sbase\)"
    ),
)
_TO_MW = re.compile(r"mpc\.bus\(:,\s*\[PD,?\s*QD\]\)\s*=\s*mpc\.bus\(:,\s*\[PD,?\s*QD\]\)\s*/\s*1e3")


@dataclass(frozen=True, slots=True)
class Case:
    """The tables of a case, columns as MATPOWER defines them."""

    base_mva: float
    bus: Table
    gen: Table
    branch: Table
    dcline: Table = field(default_factory=lambda: np.zeros((0, 3)))
    bus_names: tuple[str, ...] = ()


def read_m(content: bytes) -> Case:
    """The case of a .m file; raises :class:`NetworkProblems` naming everything that cannot be read."""
    text = content.decode("utf-8", errors="replace").replace("\r", "").replace("...\n", " ")
    bare = _TEXT_OR_COMMENT.sub(lambda found: found[1] or "", text)
    values = {found[1]: found[2] for found in _ASSIGNMENT.finditer(bare)}
    problems: list[str] = []
    if values.get("version", "").strip("' \"") != "2":
        problems.append("file: not a MATPOWER case of version 2 (mpc.version)")
    tables = {name: _table(name, values.get(name, ""), problems) for name in (*_WIDTHS, *_OPTIONAL)}
    base = _NUMBER.fullmatch(values.get("baseMVA", "").strip())
    if not base:
        problems.append("file: mpc.baseMVA is missing or not a number")
    conversions = _conversions(_ASSIGNMENT.sub("", bare), problems)
    if problems or base is None:
        raise NetworkProblems(problems)
    names = tuple(found[0][1:-1] for found in _TEXT.finditer(values.get("bus_name", "")))
    case = _case({"baseMVA": float(base[0]), **tables}, names)
    _convert(case, conversions)
    return case


def read_mat(content: bytes) -> Case:
    """The case of a .mat file: its structure ``mpc``, or the only structure; raises :class:`NetworkProblems`."""
    from scipy.io import loadmat  # noqa: PLC0415

    try:
        variables = loadmat(io.BytesIO(content), squeeze_me=True, struct_as_record=False)
    except Exception as e:  # readers of damaged files raise anything
        raise NetworkProblems([f"file: not a MATLAB file: {type(e).__name__}: {e}"]) from e
    structures = {name: value for name, value in variables.items() if hasattr(value, "_fieldnames")}
    mpc: Any = structures.get("mpc", next(iter(structures.values()), None) if len(structures) == 1 else None)
    if mpc is None:
        raise NetworkProblems([f"file: no structure mpc (has {', '.join(sorted(structures)) or 'none'})"])
    problems: list[str] = []
    if str(getattr(mpc, "version", "")) not in ("2", "2.0"):
        problems.append("file: not a MATPOWER case of version 2 (mpc.version)")
    tables = {}
    for name, width in (_WIDTHS | _OPTIONAL).items():
        found = np.atleast_2d(np.array(getattr(mpc, name, np.zeros((0, width))), dtype=np.float64))
        tables[name] = found if found.size else np.zeros((0, width))
        problems += _width_problems(name, tables[name], found.shape[1])
    base = np.atleast_1d(getattr(mpc, "baseMVA", np.nan))
    if not (base.size == 1 and np.isfinite(base[0])):
        problems.append("file: mpc.baseMVA is missing or not a number")
    if problems:
        raise NetworkProblems(problems)
    names = tuple(str(name) for name in np.atleast_1d(getattr(mpc, "bus_name", [])))
    return _case({"baseMVA": float(base[0]), **tables}, names)


def _case(values: Mapping[str, Any], names: tuple[str, ...]) -> Case:
    if names and len(names) != len(values["bus"]):
        raise NetworkProblems([f"file: {len(names)} bus names for {len(values['bus'])} buses"])
    return Case(values["baseMVA"], values["bus"], values["gen"], values["branch"], values["dcline"], names)


def _table(name: str, text: str, problems: list[str]) -> Table:
    width = (_WIDTHS | _OPTIONAL)[name]
    if not text:
        problems += [f"file: mpc.{name} is missing"] if name in _WIDTHS else []
        return np.zeros((0, width))
    if not text.startswith("["):
        problems.append(f"file: mpc.{name} is not a plain table")
        return np.zeros((0, width))
    rows: list[list[float]] = []
    for row in re.split(r"[;\n]", text[1:-1]):
        cells = row.replace(",", " ").split()
        bad = [cell for cell in cells if not _NUMBER.fullmatch(cell)]
        if bad:
            problems.append(f"file: mpc.{name} row {len(rows) + 1}: not a number ({bad[0][:32]})")
        if cells:
            rows.append([float(cell.replace("d", "e").replace("D", "e")) for cell in cells if cell not in bad])
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        problems.append(f"file: mpc.{name} has rows of different length ({', '.join(map(str, sorted(lengths)))})")
        return np.zeros((0, width))
    table = np.array(rows, dtype=np.float64).reshape(len(rows), max(lengths, default=width))
    problems += _width_problems(name, table, table.shape[1])
    return table


def _width_problems(name: str, table: Table, width: int) -> Iterator[str]:
    least = (_WIDTHS | _OPTIONAL)[name]
    if len(table) and width < least:
        yield f"file: mpc.{name} has {width} columns, at least {least}"
    if not len(table) and name in _WIDTHS:
        yield f"file: mpc.{name} is empty"


def _conversions(rest: str, problems: list[str]) -> set[str]:
    """Which of the two known conversions the program makes; any other statement is a problem."""
    seen: set[int] = set()
    conversions: set[str] = set()
    for raw in re.split(r"[;\n](?![^\[\]]*\])", rest):
        statement = " ".join(raw.split())
        if not statement or _HEADER.fullmatch(statement) or _INDEX_NAMES.fullmatch(statement):
            continue
        step = next((i for i, known in enumerate(_TO_OHM) if known.fullmatch(statement)), None)
        if step is not None:
            seen.add(step)
        elif _TO_MW.fullmatch(statement):
            conversions.add("kW")
        else:
            problems.append(f"file: a statement that is no plain table, save the case from MATPOWER ({statement[:80]})")
    if 2 in seen:
        conversions.add("ohm")
        if seen != {0, 1, 2}:
            problems.append("file: the conversion from ohms lacks Vbase or Sbase")
    return conversions


def _convert(case: Case, conversions: set[str]) -> None:
    if "ohm" in conversions:
        case.branch[:, [_BR_R, _BR_X]] /= (case.bus[0, BASE_KV] * 1e3) ** 2 / (case.base_mva * 1e6)
    if "kW" in conversions:
        case.bus[:, [PD, QD]] /= 1e3
