"""What is wrong with the files of a study: all of it at once, each with file, place and rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from flexbourse_cli.console import EXIT_USAGE, Failure

# More are only counted: a file of the wrong kind has one in every cell.
MAX_SHOWN = 200


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what keeps a file from being written into a Failure."""
    try:
        yield
    except OSError as error:
        problems = Problems()
        problems.add(path, 0, "", "", f"cannot be written: {error.strerror}")
        problems.stop()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where (row 1 is the header, 0 the whole file), what stood there, and the rule it breaks."""

    file: str
    row: int
    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        place = [self.file]
        if self.row:
            place.append(f"row {self.row}")
        if self.column:
            place.append(self.column)
        found = f" was {self.value!r}," if self.value else ""
        return f"{', '.join(place)}:{found} {self.rule}"


class Problems:
    """Collects what is wrong with several files."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, file: Path | str, row: int, column: str, value: str, rule: str) -> None:
        """Take one problem."""
        self.found.append(Problem(str(file), row, column, value, rule))

    def add_all(self, file: Path | str, rules: Iterable[str]) -> None:
        """Take problems of a whole file."""
        for rule in rules:
            self.add(file, 0, "", "", rule)

    def stop(self) -> None:
        """Raise Failure with everything found, if anything was."""
        if not self.found:
            return
        files = list(dict.fromkeys(problem.file for problem in self.found))
        found = sorted(self.found, key=lambda problem: (files.index(problem.file), problem.row))
        lines = [str(problem) for problem in found[:MAX_SHOWN]]
        if len(found) > MAX_SHOWN:
            lines.append(f"... and {len(found) - MAX_SHOWN} more")
        shown = [asdict(problem) for problem in found[:MAX_SHOWN]]
        document = {"problems": shown, "problem_count": len(found)}
        raise Failure("\n".join(lines), EXIT_USAGE, document)
