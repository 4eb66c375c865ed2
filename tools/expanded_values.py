"""Dataclasses with slots written out as plain classes, so that a compiler makes native ones of them.

A compiled book is made of the same source. mypyc turns a plain class into a native one, whose fields are read and
written without a lookup, but leaves a decorated dataclass to the interpreter. So the copy that is compiled holds each
dataclass of the module written out: fields, constructor, equality, hash, order, text, copies. What the class
then says of itself (`dataclasses.fields`, its type hints) is told by `described_values`. And a constant of the module,
named in capitals, becomes final there, so that it is no lookup either.

What a native value lacks: assigning to a field of it is no error at run time. The type checker sees it beforehand.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

FINAL = "from typing import Any, Final"
NATIVE = "from mypy_extensions import mypyc_attr"
# A frozen value was whole before anything could refer to it, so it stands in no cycle: the collector need not know it.
# Most come and go one by one: the last one that went is the next one's place.
ACYCLIC = "@mypyc_attr(acyclic=True, free_list_len=1)"
DESCRIBE = "from flexbourse_core.described_values import describe as _describe"
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]+|_[A-Z]")
ORDERINGS = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a class: its name, and type and default as they are written."""

    name: str
    type: str
    default: str | None
    first_line: int
    last_line: int


def expand(source: str) -> str:
    """Return a module with every dataclass with slots written out; the same where there is nothing to write out."""
    body = ast.parse(source).body
    once = {name for name, times in Counter(name for node in body for name in _names(node)).items() if times == 1}
    lines = source.split("\n")
    dropped: set[int] = set()
    added: defaultdict[int, list[str]] = defaultdict(list)  # after the line of that number
    described: list[str] = []
    changed = False
    for node in body:
        options = _slotted(node)
        if isinstance(node, ast.ClassDef) and options is not None:
            fields = _fields(node)
            added[node.lineno - 1] += [ACYCLIC] * options.get("frozen", False)
            for part in node.decorator_list:
                dropped.update(range(part.lineno, (part.end_lineno or part.lineno) + 1))
            for field in fields:
                dropped.update(range(field.first_line, field.last_line + 1))
                added[field.last_line].append(f"    {field.name}: {field.type}")
            added[node.end_lineno or node.lineno] += _methods(node, fields, options)
            described.append(_description(node.name, fields, options))
        elif once.issuperset(_names(node)) and (finals := _constants(node)):
            dropped.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
            added[node.end_lineno or node.lineno] += finals
            changed = True
    if not described and not changed:
        return source
    found: list[str] = []
    for number, line in enumerate(lines, 1):
        if number not in dropped:
            found.append(line)
        if line.startswith("from __future__"):
            found += [FINAL, NATIVE]
        found += added[number]
    return "\n".join([*found, *([DESCRIBE, *described, ""] if described else [])])


def _slotted(node: ast.stmt) -> dict[str, bool] | None:
    """Return the options of a dataclass with slots, without bases and factories, None of anything else."""
    if not isinstance(node, ast.ClassDef) or node.bases:
        return None
    for part in node.decorator_list:
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "dataclass":
            options = {keyword.arg or "": ast.unparse(keyword.value) == "True" for keyword in part.keywords}
            factory = any("field(" in (field.default or "") for field in _fields(node))
            return options if options.get("slots") and not factory else None
    return None


def _fields(node: ast.ClassDef) -> list[Field]:
    return [
        Field(
            ast.unparse(part.target), ast.unparse(part.annotation), None if part.value is None else
            ast.unparse(part.value), part.lineno, part.end_lineno or part.lineno,
        )
        for part in node.body
        if isinstance(part, ast.AnnAssign) and not ast.unparse(part.annotation).startswith("ClassVar")
    ]  # fmt: skip


def _methods(node: ast.ClassDef, fields: list[Field], options: dict[str, bool]) -> list[str]:
    """Return what `dataclass` would have added, and a quick `__replace__`, but for what the class has itself."""
    own = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
    name = node.name
    given = [f"{f.name}: {f.type}" + ("" if f.default is None else f" = {f.default}") for f in fields]
    mine, theirs = (f"({', '.join(f'{whose}.{f.name}' for f in fields)},)" for whose in ("self", "other"))
    foreign = [f"        if not isinstance(other, {name}):", "            return NotImplemented"]
    equal = " and ".join(f"self.{f.name} == other.{f.name}" for f in fields)
    shown = ", ".join(f"{f.name}={{self.{f.name}!r}}" for f in fields)
    changed = ", ".join(f"changes.pop({f.name!r}, self.{f.name})" for f in fields)
    made: dict[str, list[str]] = {
        "__init__": [
            f"    def __init__(self, {', '.join(given)}) -> None:",
            *(f"        self.{f.name} = {f.name}" for f in fields),
            *(["        self.__post_init__()"] if "__post_init__" in own else []),
        ],
        "__repr__": ["    def __repr__(self) -> str:", f'        return f"{name}({shown})"'],
        "__reduce__": ["    def __reduce__(self) -> tuple[Any, ...]:", f"        return {name}, {mine}"],
        "__replace__": [
            f"    def __replace__(self, /, **changes: Any) -> {name}:",
            f"        made = {name}({changed})",
            "        if changes:",
            "            raise TypeError(f'no such field: {sorted(changes)}')",
            "        return made",
        ],
    }
    if options.get("eq", True):
        made["__eq__"] = ["    def __eq__(self, other: object) -> bool:", *foreign, f"        return {equal}"]
        made["__hash__"] = ["    def __hash__(self) -> int:", f"        return hash({mine})"]
        if not options.get("frozen"):
            made["__hash__"][1:] = [f"        raise TypeError(\"unhashable type: '{name}'\")"]
    if options.get("order"):
        for method, sign in ORDERINGS.items():
            head = f"    def {method}(self, other: object) -> bool:"
            made[method] = [head, *foreign, f"        return {mine} {sign} {theirs}"]
    return [line for method, body in made.items() if method not in own for line in body]


def _description(name: str, fields: list[Field], options: dict[str, bool]) -> str:
    types = {field.name: field.type for field in fields}
    defaults = ", ".join(f"{field.name!r}: {field.default}" for field in fields if field.default is not None)
    return f"_describe({name}, {types!r}, {{{defaults}}}, frozen={options.get('frozen', False)})"


def _names(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a module binds, as far as they are constants or may be mistaken for one."""
    if isinstance(node, ast.Assign):
        targets = [each for target in node.targets for each in _parts(target)]
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    else:
        return []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _parts(expression: ast.expr) -> list[ast.expr]:
    return expression.elts if isinstance(expression, ast.Tuple) else [expression]


def _constants(node: ast.stmt) -> list[str]:
    """Return constants, `A = 1`, `_B: int = 2`, `_C, _D = Kind.C, Kind.D`, as final ones; of anything else none."""
    if isinstance(node, ast.AnnAssign):
        own, value, kind = [node.target], node.value, ast.unparse(node.annotation)
        values = [] if value is None or kind.startswith("Final") else [value]
        final = f"Final[{kind}]"
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        own, final = _parts(node.targets[0]), "Final"
        values = _parts(node.value) if isinstance(node.targets[0], ast.Tuple) else [node.value]
    else:
        return []
    fits = len(own) == len(values) and all(
        isinstance(name, ast.Name) and CONSTANT.fullmatch(name.id) and not _is_alias(name.id, value)
        for name, value in zip(own, values, strict=True)
    )
    if not fits:
        return []
    return [f"{ast.unparse(name)}: {final} = {ast.unparse(value)}" for name, value in zip(own, values, strict=True)]


def _is_alias(name: str, value: ast.expr) -> bool:
    """Tell whether a short name stands for a class: `_P = Phase`."""
    return len(name) <= len("_P") and not isinstance(value, ast.Attribute)
