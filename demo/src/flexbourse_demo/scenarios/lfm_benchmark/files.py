"""Reads the files of the published benchmark case for local flexibility markets (Panagi 2026).

The data set (Zenodo 10.5281/zenodo.21775990, Apache-2.0) is not shipped: the folder holds `base_` and
`stress_load_P_mw.csv` and `_Q_mvar.csv` (24 hours by load) and `bids_offers.csv` (hour, provider, transformer, kW,
price). A file `baseline_pf_generated.csv` beside them is compared with our own power flow where it is there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

HOURS = 24
DAYS = ("base", "stress")
MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_POWER_MW, MAX_OFFER_KW, MAX_PRICE = 1_000.0, 10_000.0, 10_000.0
OFFERS_FILE, REFERENCE_FILE = "bids_offers.csv", "baseline_pf_generated.csv"
_OFFER_COLUMNS = ("hour", "bidder", "pandapower_trafo_idx", "p_max_kw", "price_eur_per_mwh")
_REFERENCE_COLUMNS = (
    "scenario", "hour", "vm_min_pu", "line_loading_max_percent", "trafo_loading_max_percent", "losses_mw",
)  # fmt: skip

Megawatts = npt.NDArray[np.float64]


class FilesError(ValueError):
    """The folder cannot be used; ``problems`` names every reason with file and row."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True, slots=True)
class PublishedOffer:
    """What one provider offers in one hour behind one secondary transformer."""

    hour: int
    provider: int
    trafo: int
    quantity_w: int
    price_ct_per_mwh: int


@dataclass(frozen=True, slots=True)
class ReferenceFlow:
    """What another program found for one hour: lowest voltage, largest loadings, losses."""

    day: str
    hour: int
    vm_min_pu: float
    line_percent: float
    trafo_percent: float
    losses_mw: float


@dataclass(frozen=True, slots=True, eq=False)
class BenchmarkFiles:
    """All files: loads in the order of ``load_ids``, [hours, loads] in MW and Mvar by day; offers; reference flows."""

    load_ids: tuple[int, ...]
    p_mw: dict[str, Megawatts]
    q_mvar: dict[str, Megawatts]
    offers: tuple[PublishedOffer, ...]
    reference: tuple[ReferenceFlow, ...]


def read_files(folder: Path) -> BenchmarkFiles:
    """Read the folder; raises FilesError naming everything that stands against it."""
    problems: list[str] = []
    tables = {
        (day, kind): _load_table(folder / f"{day}_load_{kind}.csv", problems)
        for day in DAYS
        for kind in ("P_mw", "Q_mvar")
    }
    load_ids = next(iter(tables.values()))[0]
    for (day, kind), (own, _) in tables.items():
        if own != load_ids:
            problems.append(f"{day}_load_{kind}.csv: names other loads than {DAYS[0]}_load_P_mw.csv")
    offers = tuple(_offers(folder / OFFERS_FILE, problems))
    reference = tuple(_reference(folder / REFERENCE_FILE, problems)) if (folder / REFERENCE_FILE).is_file() else ()
    if problems:
        raise FilesError(problems)
    return BenchmarkFiles(
        load_ids=load_ids,
        p_mw={day: tables[day, "P_mw"][1] for day in DAYS},
        q_mvar={day: tables[day, "Q_mvar"][1] for day in DAYS},
        offers=offers,
        reference=reference,
    )


def _rows(path: Path, problems: list[str]) -> list[dict[str, str]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.append(f"{path.name}: cannot be read: {error.strerror}")
        return []
    if len(content) > MAX_FILE_BYTES:
        problems.append(f"{path.name}: {len(content)} bytes, at most {MAX_FILE_BYTES}")
        return []
    try:
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        problems.append(f"{path.name}: is no CSV in UTF-8: {error}")
        return []


def _number(row: dict[str, str], column: str, low: float, high: float, where: str, problems: list[str]) -> float:
    """Return a cell's number within bounds; 0 where it is none, which is a problem."""
    try:
        value = float(row[column])
    except (KeyError, TypeError, ValueError):
        problems.append(f"{where}, {column}: must be a number")
        return 0.0
    if not low <= value <= high:
        problems.append(f"{where}, {column}: was {value:g}, must be {low:g} to {high:g}")
        return 0.0
    return value


def _load_table(path: Path, problems: list[str]) -> tuple[tuple[int, ...], Megawatts]:
    rows = _rows(path, problems)
    names = [name for name in (rows[0] if rows else {}) if name and name != "hour"]
    strange = [name for name in names if not name.removeprefix("load_").isdigit()]
    problems.extend(f"{path.name}, {name}: a column is hour or load_N" for name in strange)
    if rows and [row.get("hour") for row in rows] != [str(hour) for hour in range(HOURS)]:
        problems.append(f"{path.name}, hour: must count from 0 to {HOURS - 1}")
    if strange or len(rows) != HOURS:
        return (), np.zeros((HOURS, 0))
    values = [
        [_number(row, name, -MAX_POWER_MW, MAX_POWER_MW, f"{path.name}, hour {hour}", problems) for name in names]
        for hour, row in enumerate(rows)
    ]
    return tuple(int(name.removeprefix("load_")) for name in names), np.array(values)


def _missing(path: Path, rows: list[dict[str, str]], columns: Iterable[str], problems: list[str]) -> bool:
    absent = [name for name in columns if not rows or name not in rows[0]]
    problems.extend(f"{path.name}: column {name} is missing" for name in absent)
    return bool(absent)


def _offers(path: Path, problems: list[str]) -> Iterable[PublishedOffer]:
    rows = _rows(path, problems)
    if _missing(path, rows, _OFFER_COLUMNS, problems):
        return
    for number, row in enumerate(rows, 2):
        where = f"{path.name}, row {number}"
        hour, provider, trafo = (
            int(_number(row, name, 0, high, where, problems))
            for name, high in (("hour", HOURS - 1), ("bidder", 999), ("pandapower_trafo_idx", 999))
        )
        quantity = _number(row, "p_max_kw", 0, MAX_OFFER_KW, where, problems)
        price = _number(row, "price_eur_per_mwh", 0, MAX_PRICE, where, problems)
        yield PublishedOffer(hour, provider, trafo, round(quantity * 1e3), round(price * 100))


def _reference(path: Path, problems: list[str]) -> Iterable[ReferenceFlow]:
    rows = _rows(path, problems)
    if _missing(path, rows, _REFERENCE_COLUMNS, problems):
        return
    for number, row in enumerate(rows, 2):
        where = f"{path.name}, row {number}"
        values = [_number(row, name, 0, 1e6, where, problems) for name in _REFERENCE_COLUMNS[1:]]
        yield ReferenceFlow(row["scenario"], int(values[0]), *values[1:])
