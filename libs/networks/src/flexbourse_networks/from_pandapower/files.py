"""pandapower networks out of JSON and Excel files.

Such files can name any class to be constructed, so what they name is looked at before the library reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flexbourse_networks.imported import NetworkProblems

# What a network file may ask the library to construct; anything else could run code of the sender's choice.
ALLOWED_MODULES = re.compile(r"(pandapower|pandas|numpy|networkx|geojson|shapely)(\.[A-Za-z_.]*)?")
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, UserWarning, ImportError)


def read_json(document: Any, content: bytes) -> Any:
    """The network of a parsed JSON document and its text; raises :class:`NetworkProblems`."""
    import pandapower  # noqa: PLC0415

    _refuse_strange(_modules(document))
    try:
        net = pandapower.from_json_string(content.decode())
    except _UNREADABLE as e:
        raise NetworkProblems([f"file: not a pandapower network: {e}"]) from e
    return _checked(net)


def read_excel(path: Path) -> Any:
    """The network of an Excel file; raises :class:`NetworkProblems`."""
    import openpyxl  # noqa: PLC0415
    import pandapower  # noqa: PLC0415

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
        _refuse_strange(name for cell in cells if isinstance(cell, str) for name in _modules(cell))
        net = pandapower.from_excel(str(path))
    except NetworkProblems:
        raise
    except Exception as e:  # readers of damaged archives raise anything
        raise NetworkProblems([f"file: not a pandapower network: {type(e).__name__}: {e}"]) from e
    return _checked(net)


def _checked(net: Any) -> Any:
    import pandapower  # noqa: PLC0415

    if not isinstance(net, pandapower.pandapowerNet) or not len(net.bus):
        raise NetworkProblems(["file: not a pandapower network"])
    return net


def _refuse_strange(names: Iterator[str] | Any) -> None:
    strange = sorted({name for name in names if not ALLOWED_MODULES.fullmatch(name)})
    if strange:
        raise NetworkProblems([f"file: objects of the module {name[:64]}" for name in strange])


def _modules(value: Any) -> Iterator[str]:
    """Return every module that a document names, in the documents inside its strings too."""
    if isinstance(value, dict):
        if "_module" in value:
            yield str(value["_module"])
        for entry in value.values():
            yield from _modules(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _modules(entry)
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            return
        yield from _modules(inner)
