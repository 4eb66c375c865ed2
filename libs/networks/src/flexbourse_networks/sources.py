"""One entrance for every format: what a source is called decides how it is read, for a file its name and content."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from flexbourse_gridmath.model import UNLIMITED_RATING_KA
from flexbourse_networks.from_pandapower.library import UNRATED_NOTICE, library_network, library_options
from flexbourse_networks.imported import ImportedNetwork, NetworkProblems
from flexbourse_networks.options import ImportOptions
from flexbourse_networks.ratings_file import read_ratings

SIMBENCH = "simbench:"
MAX_FILE_BYTES = 64 * 1024 * 1024
_SUFFIXES = (".json", ".xlsx", ".m", ".mat", ".zip", ".xml", ".rdf")


def load(
    source: str | Path,
    *,
    base_dir: Path | None = None,
    season: str | None = None,
    ratings: str | Path | None = None,
    default_rating_ka: float | None = None,
    slack: str | None = None,
) -> ImportedNetwork:
    """Import a network.

    Args:
        source: a name of the library (``cigre-lv``, ``case33bw``, ``create_kerber_dorfnetz``), ``simbench:<code>``, or
            a path: pandapower (.json, .xlsx), power-grid-model (.json), MATPOWER (.m, .mat), CGMES (.zip, .xml or a
            folder of them).
        base_dir: what relative paths are relative to; the working directory if None.
        season: the rating set to use, from columns such as ``max_i_ka_winter`` or from ``ratings``.
        ratings: a CSV file of ratings, see :mod:`flexbourse_networks.ratings_file`.
        default_rating_ka: what branches without a usable rating may carry; ``math.inf``: they have no limit.
        slack: the element that is the source (``ext_grid 1``), where several are.

    Raises:
        NetworkProblems: naming everything that stands against the network; nothing of it is imported then.

    """
    folder = base_dir or Path()
    rows = read_ratings(_text(folder / ratings)) if ratings is not None else ()
    options = ImportOptions(season=season, ratings=rows, default_rating_ka=default_rating_ka, source=slack)
    name = str(source)
    if name.startswith(SIMBENCH):
        from flexbourse_networks.from_pandapower.simbench import read_simbench  # noqa: PLC0415

        return read_simbench(name.removeprefix(SIMBENCH), options)
    path = folder / name
    if isinstance(source, Path) or path.suffix.lower() in _SUFFIXES or path.is_dir():
        return _read_file(path, options)
    return read_library(name, options)


def read_library(name: str, options: ImportOptions) -> ImportedNetwork:
    """A network of pandapower's library; raises as :func:`load`."""
    from flexbourse_networks.from_pandapower.network import import_network  # noqa: PLC0415

    found = import_network(library_network(name), library_options(name, options))
    unrated = options.default_rating_ka is None and any(
        branch.rating_from_ka == UNLIMITED_RATING_KA for branch in found.model.branches
    )
    return replace(found, notices=(*found.notices, UNRATED_NOTICE)) if unrated else found


def read_json(content: bytes, options: ImportOptions) -> ImportedNetwork:
    """A JSON file of pandapower or power-grid-model, told apart by its content; raises as :func:`load`."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as e:
        raise NetworkProblems([f"file: not JSON: {e}"]) from e
    if isinstance(document, dict) and {"data", "is_batch", "type"} <= document.keys():
        from flexbourse_networks.from_power_grid_model.network import read_power_grid_model  # noqa: PLC0415

        return read_power_grid_model(document, options)
    from flexbourse_networks.from_pandapower import files  # noqa: PLC0415

    return _import(files.read_json(document, content), options)


def _read_file(path: Path, options: ImportOptions) -> ImportedNetwork:
    suffix = path.suffix.lower()
    if suffix in (".zip", ".xml", ".rdf") or path.is_dir():
        from flexbourse_networks.from_pandapower.cgmes import read_cgmes  # noqa: PLC0415

        return read_cgmes(path, options)
    content = _content(path)
    if suffix == ".xlsx":
        from flexbourse_networks.from_pandapower import files  # noqa: PLC0415

        return _import(files.read_excel(path), options)
    if suffix in (".m", ".mat"):
        from flexbourse_networks.from_matpower.network import read_matpower  # noqa: PLC0415

        return read_matpower(path.stem, content, options)
    return read_json(content, options)


def _import(net: Any, options: ImportOptions, notices: Iterable[str] = ()) -> ImportedNetwork:
    from flexbourse_networks.from_pandapower.network import import_network  # noqa: PLC0415

    return import_network(net, options, notices)


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise NetworkProblems([f"file: {size} bytes, at most {MAX_FILE_BYTES}"])
        return path.read_bytes()
    except OSError as e:
        raise NetworkProblems([f"file {path.name}: cannot be read ({e.strerror})"]) from e


def _text(path: Path) -> str:
    try:
        return _content(path).decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise NetworkProblems([f"file {path.name}: not UTF-8 ({e.reason})"]) from e
