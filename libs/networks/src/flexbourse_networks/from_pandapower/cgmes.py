"""CIM CGMES, read by pandapower's converter: one file, a zip of files, or a folder of either."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flexbourse_networks.from_pandapower.network import import_network
from flexbourse_networks.imported import ImportedNetwork, NetworkProblems
from flexbourse_networks.options import ImportOptions

MAX_FILES = 200
MAX_REPORT = 500
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
_PARTS = (".xml", ".rdf", ".zip")
# CGMES 3 is built on CIM 17, whose name space is written so; 2.4.15 is built on CIM 16.
_CIM_17 = re.compile(rb"iec\.ch/TC57/CIM100")
_HEAD_BYTES = 4096


def read_cgmes(path: Path, options: ImportOptions) -> ImportedNetwork:
    """The network of a CGMES file, zip or folder; raises :class:`NetworkProblems` naming everything against it."""
    net, notices = cgmes_network(path)
    return import_network(net, options, notices)


def cgmes_network(path: Path) -> tuple[Any, tuple[str, ...]]:
    """The pandapower network of a CGMES source and the converter's warnings; raises :class:`NetworkProblems`.

    The converter leaves out what it cannot convert and reports it as an error: then nothing is taken.
    """
    from pandapower.converter.cim.cim2pp.from_cim import from_cim_dict  # noqa: PLC0415
    from pandapower.converter.cim.cim_classes import CimParser  # noqa: PLC0415

    files = _files(path)
    version = "3.0" if any(_CIM_17.search(head) for file in files for head in _heads(file)) else "2.4.15"
    parser = CimParser(cgmes_version=version)
    try:
        parser.parse_files(file_list=[str(file) for file in files], prepare_cim_net=True, set_data_types=True)
        net = from_cim_dict(parser, cim_version=version, ignore_errors=False)
    except Exception as e:  # the converter raises whatever a missing part of the file leads to
        raise NetworkProblems([f"file: not a CGMES network of {version}: {type(e).__name__}: {e}"]) from e
    reports = [
        (report.level.value, " ".join(report.message.split())) for report in parser.get_report_container().get_logs()
    ]
    problems = [f"file: {text[:MAX_REPORT]}" for level, text in reports if level in ("ERROR", "EXCEPTION")]
    if not len(net.bus):
        problems.append(f"file: not a CGMES network of {version}: it has no buses")
    if problems:
        raise NetworkProblems(problems)
    net.name = net.name or path.stem
    return net, tuple(f"converter: {text[:MAX_REPORT]}" for level, text in reports if level == "WARNING")


def _files(path: Path) -> list[Path]:
    files = sorted(x for x in path.iterdir() if x.suffix.lower() in _PARTS) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise NetworkProblems([f"file {path.name}: does not exist, or has no {', '.join(_PARTS)} in it"])
    if len(files) > MAX_FILES:
        raise NetworkProblems([f"file {path.name}: {len(files)} files, at most {MAX_FILES}"])
    size = sum(_unpacked_bytes(file) for file in files)
    if size > MAX_UNPACKED_BYTES:
        raise NetworkProblems([f"file {path.name}: {size} bytes unpacked, at most {MAX_UNPACKED_BYTES}"])
    return files


def _unpacked_bytes(file: Path) -> int:
    if file.suffix.lower() != ".zip":
        return file.stat().st_size
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as e:
        raise NetworkProblems([f"file {file.name}: not a zip archive ({e})"]) from e


def _heads(file: Path) -> Iterator[bytes]:
    """The beginning of every document."""
    if file.suffix.lower() != ".zip":
        with file.open("rb") as document:
            yield document.read(_HEAD_BYTES)
        return
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if entry.filename.lower().endswith((".xml", ".rdf")):
                with archive.open(entry) as document:
                    yield document.read(_HEAD_BYTES)
