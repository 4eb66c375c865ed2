"""Every call that reads a read model waits first until it has caught up, whichever service it belongs to."""

from __future__ import annotations

import ast
from pathlib import Path

SERVICES = Path(__file__).parents[2] / "services"
READ = ("_view", "_models", "_schedules")  # how attributes end that hold read models
WAITS = {"wait_for", "caught_up", "_caught_up", "_operator"}  # the last is of the ancillary gateway, and waits itself
LEAST_QUERIES = 40


def calls() -> list[tuple[str, ast.AsyncFunctionDef]]:
    """Return the methods of all servicers that gRPC calls, with where they stand."""
    return [
        (f"{path.parent.name}/{path.name}: {own.name}", own)
        for path in sorted(SERVICES.glob("*/src/*/*api.py"))
        for own in ast.walk(ast.parse(path.read_text()))
        if isinstance(own, ast.AsyncFunctionDef) and own.name[0].isupper()
    ]


def attributes(node: ast.AST) -> list[tuple[int, str]]:
    """Return the names of the attributes that are looked up, with their lines."""
    return [(own.lineno, own.attr) for own in ast.walk(node) if isinstance(own, ast.Attribute)]


def test_who_reads_a_read_model_waits_before() -> None:
    queries, hasty = 0, []
    for place, method in calls():
        found = attributes(method)
        read = [line for line, name in found if name.endswith(READ)]
        waited = [line for line, name in found if name in WAITS]
        queries += bool(read)
        if read and (not waited or min(waited) > min(read)):
            hasty.append(place)
    assert hasty == []
    assert queries >= LEAST_QUERIES
