"""The schema files of the standard: read from the folder that the operator names, compiled once.

They are not ours to ship. Which file holds which document is told by its target namespace, not by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from flexbourse_ancillary_gateway.documents.dialects import DIALECTS
from flexbourse_ancillary_gateway.documents.problems import MAX_PROBLEMS, Problem
from flexbourse_core.errors import ConfigurationError


class Schemas:
    """Compiled schemas by namespace; one that knows none says so."""

    def __init__(self, compiled: Mapping[str, etree.XMLSchema]) -> None:
        self._compiled = dict(compiled)

    @property
    def missing(self) -> list[str]:
        """Return the namespaces we speak that no schema was found for, in order."""
        return sorted(set(DIALECTS) - set(self._compiled))

    def find_problems(self, root: etree._Element, namespace: str) -> list[Problem]:
        """Return what the schema of a namespace says against a tree; nothing where there is no schema."""
        schema = self._compiled.get(namespace)
        if schema is None or schema.validate(root):
            return []
        errors = list(schema.error_log)[:MAX_PROBLEMS]
        return [Problem(str(error.path or f"line {error.line}"), str(error.message)) for error in errors]


NO_SCHEMAS = Schemas({})


def load_schemas(folder: Path) -> Schemas:
    """Compile the schema of every document we speak from a folder of XSD files.

    Raises ConfigurationError naming every namespace without a file, or with two, and every file that does not compile.
    """
    problems: list[str] = []
    if not folder.is_dir():
        raise ConfigurationError(f"schema_dir is {folder}, which is no folder")
    files = _files_by_namespace(folder, problems)
    compiled = {}
    for namespace in sorted(DIALECTS):
        found = files.get(namespace, [])
        if len(found) != 1:
            names = ", ".join(path.name for path in found) or "none"
            problems.append(f"{namespace} needs one schema file in {folder}, found {names}")
            continue
        try:
            compiled[namespace] = etree.XMLSchema(etree.parse(found[0], _parser()))
        except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as error:
            problems.append(f"{found[0].name} does not compile: {error}")
    if problems:
        raise ConfigurationError("; ".join(problems))
    return Schemas(compiled)


def _files_by_namespace(folder: Path, problems: list[str]) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.xsd")):
        try:
            namespace = etree.parse(path, _parser()).getroot().get("targetNamespace")
        except etree.XMLSyntaxError as error:
            problems.append(f"{path.name} is no XML: {error}")
            continue
        if namespace in DIALECTS:
            files.setdefault(str(namespace), []).append(path)
    return files


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
