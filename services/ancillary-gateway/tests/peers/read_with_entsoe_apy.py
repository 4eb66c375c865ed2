"""Read documents with entsoe-apy, in an environment of its own: prints for each file what it understood.

That package is GPL: it runs as a program of its own and is no part of ours.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

from xsdata_pydantic.bindings import XmlParser


def model_of(namespace: str, root: str) -> type:
    """Return the class that the package has for a document."""
    from entsoe import xml_models

    folder = Path(xml_models.__path__[0])
    for path in sorted(folder.glob("iec62325_451_*.py")):
        if f'"{namespace}"' in path.read_text(encoding="utf-8"):
            module = importlib.import_module(f"entsoe.xml_models.{path.stem}")
            names = {root, root.replace("_", "")}
            return next(kind for name, kind in vars(module).items() if name in names)
    raise SystemExit(f"no model for {namespace}")


def main() -> None:
    """Read every file named on the command line."""
    for name in sys.argv[1:]:
        content = Path(name).read_bytes()
        tag = ElementTree.fromstring(content).tag  # our own bytes
        namespace, root = tag[1:].split("}")
        document = XmlParser().from_bytes(content, model_of(namespace, root))
        print(json.dumps({"mrid": document.m_rid, "content": document.model_dump(mode="json")}))


if __name__ == "__main__":
    main()
