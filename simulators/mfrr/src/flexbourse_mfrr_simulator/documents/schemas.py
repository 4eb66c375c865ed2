"""Validation against schema files in a folder that the operator names; without the folder it is off."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from flexbourse_mfrr_simulator.documents.elements import MAX_PROBLEMS
from flexbourse_mfrr_simulator.documents.namespaces import SPOKEN


class Schemas:
    """Compiled schemas by namespace, compiled once at the start; `missing` names those that the folder lacks."""

    def __init__(self, folder: Path | None) -> None:
        self._compiled = _compile(folder) if folder else {}
        self.missing = [namespace for namespace in SPOKEN if namespace not in self._compiled]

    @property
    def is_on(self) -> bool:
        """Tell whether anything is validated."""
        return bool(self._compiled)

    def problems(self, root: etree._Element, namespace: str) -> list[str]:
        """Return what a document breaks of its schema; nothing where there is no schema for it."""
        schema = self._compiled.get(namespace)
        if schema is None or schema.validate(root):
            return []
        return [f"line {error.line}: {error.message}" for error in list(schema.error_log)[:MAX_PROBLEMS]]


def _compile(folder: Path) -> dict[str, etree.XMLSchema]:
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder of schemas: {folder}")
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    compiled = {}
    for file in sorted(folder.glob("*.xsd")):
        tree = etree.parse(file, parser)
        namespace = tree.getroot().get("targetNamespace", "")
        if namespace in SPOKEN:
            compiled[namespace] = etree.XMLSchema(tree)
    return compiled
