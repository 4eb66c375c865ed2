"""Compile the order book's hot modules with mypyc into build/compiled: optional, of the same source, checked by hash.

    python tools/compile_book.py            compile, unless what stands there is of this very source
    python tools/compile_book.py --check    tell whether it is; exit code 1 where it is not

Needs a C compiler (`CC` names another than cc) and the headers of this Python. The result holds whole packages; whoever
puts the folder first on PYTHONPATH runs them: `PYTHONPATH=build/compiled .venv/bin/flexbourse …`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import version
from pathlib import Path

from expanded_values import expand

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
RESULT = ROOT / "build" / "compiled"
STAMP = "SOURCES.sha256"
DESCRIBED = TOOLS / "described_values.py"
PACKAGES = {
    "flexbourse_core": ROOT / "libs/core/src/flexbourse_core",
    "flexbourse_orderbook": ROOT / "services/orderbook/src/flexbourse_orderbook",
}
# What a plain order passes: every object of a module that is not here is met by looking its fields up by name.
DOMAIN = (
    "book", "dnut_budget", "events", "evolve", "findings", "hitting", "matching", "matching_plan", "orders", "outcome",
    "position", "registry_state", "settling", "state", "trial", "capacity_auction/state", "entry/activity",
    "entry/admission", "entry/application", "entry/clearance", "entry/collars", "entry/collateral",
    "entry/covered_orders", "entry/eligibility", "entry/party_limits", "entry/position_room", "entry/seats",
    "entry/self_trade", "entry/standing", "flexibility/requests", "grid/area_grid", "grid/grid_view", "grid/lights",
    "grid/moving_trades", "groups/group_bounds", "headroom/contest", "headroom/outside", "phases/evolving",
    "phases/table", "phases/volatility", "resting/blocked_pairs", "resting/book_side", "resting/clips",
    "resting/evolving", "resting/levels", "resting/lowering", "resting/pair_index", "resting/quantity_waits",
    "resting/replacement", "resting/resting_book", "resting/retry_at_once", "safeguards/state", "spans/index",
    "spans/matching",
)  # fmt: skip
CORE = ("dedupe", "ids", "market_time", "money", "rejection", "transition")
MODULES = [
    *(f"flexbourse_core/{name}.py" for name in CORE),
    *(f"flexbourse_orderbook/domain/{name}.py" for name in DOMAIN),
]
# `replace` of a written-out class is typed by its result alone; the source itself keeps the stricter check.
STRICT_REPLACE = "    from dataclasses import replace\n"
LOOSE_REPLACE = "    def replace(value: Value, /, **changes: Any) -> Value: ...\n"
OPTIMISATION = "2"
# What one module asks of another stays inside the library: a call by its address, not through a table.
FLAGS = "-fvisibility=hidden -fno-plt"
SETTINGS = """\
[mypy]
explicit_package_bases = true
namespace_packages = true
follow_imports = silent
ignore_missing_imports = true
"""
BUILD = """\
import sys
from mypyc.build import mypycify
from setuptools import setup
level, *files = sys.argv.pop().split()
flags = sys.argv.pop().split()
modules = mypycify(
    ["--config-file", "mypy.ini", *files], opt_level=level, debug_level="0", multi_file=True, group_name="book")
for module in modules:
    module.extra_compile_args += flags
setup(name="book", packages=[], ext_modules=modules)
"""


def fingerprint() -> str:
    """Return a hash of everything that decides what is compiled, and by what."""
    digest = hashlib.sha256(f"{version('mypy')} {sys.implementation.cache_tag} {sysconfig.get_platform()}".encode())
    files = [file for folder in PACKAGES.values() for file in sorted(folder.rglob("*.py"))]
    for file in [*files, DESCRIBED, TOOLS / "expanded_values.py", Path(__file__)]:
        digest.update(f"{file.relative_to(ROOT)}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    """Tell whether a compiled book stands in build/compiled, and is of this very source."""
    stamp = RESULT / STAMP
    return stamp.exists() and stamp.read_text() == fingerprint()


def missing() -> list[str]:
    """Return what this machine lacks to compile."""
    problems = []
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        problems.append(f"a C compiler: {compiler} is not on the path (CC names another)")
    header = Path(sysconfig.get_paths()["include"]) / "Python.h"
    if not header.exists():
        problems.append(f"the headers of this Python: no {header} (a package such as python3-dev brings them)")
    return problems


def prepare(folder: Path) -> None:
    """Write the packages to compile into a folder, frozen dataclasses of the compiled modules written out."""
    for name, package in PACKAGES.items():
        shutil.copytree(package, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(DESCRIBED, folder / "flexbourse_core")
    for name in MODULES:
        module = folder / name
        module.write_text(expand(module.read_text()))
    values = folder / "flexbourse_core" / "values.py"
    text = values.read_text()
    if STRICT_REPLACE not in text:
        raise SystemExit(f"compile: {values.name} no longer imports replace for the type checker as this tool expects")
    values.write_text(text.replace(STRICT_REPLACE, LOOSE_REPLACE))
    (folder / "mypy.ini").write_text(SETTINGS)


def compile_in(folder: Path) -> None:
    """Compile a prepared folder in place; ends the program with what the compiler said where it fails."""
    libraries = [str(found) for found in sorted(ROOT.glob("libs/*/src")) if found.parent.name != "core"]
    environment = os.environ | {"MYPYPATH": os.pathsep.join([".", *libraries])}
    log = folder / "compile.log"
    command = [sys.executable, "-c", BUILD, "build_ext", "--inplace", FLAGS, " ".join([OPTIMISATION, *MODULES])]
    with log.open("w") as out:
        outcome = subprocess.run(
            command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT, check=False
        )
    if outcome.returncode != 0:
        print("\n".join(log.read_text().splitlines()[-20:]), file=sys.stderr)
        raise SystemExit(f"compile: failed; all of it is in {log.relative_to(ROOT)}")
    for rest in ("build", ".mypy_cache"):
        shutil.rmtree(folder / rest, ignore_errors=True)


def main() -> int:
    """Compile or check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only tell whether the compiled book is of this source")
    chosen = parser.parse_args()
    where = RESULT.relative_to(ROOT)
    if is_current():
        print(f"compile: {where} is of this source")
        return 0
    if chosen.check:
        print(f"compile: {where} is not there, or of another source: run `make compiled`")
        return 1
    problems = missing()
    for problem in problems:
        print(f"compile: needs {problem}", file=sys.stderr)
    if problems:
        return 1
    work = RESULT.with_name("compiled.new")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    print(f"1 of 2: {len(MODULES)} modules, values written out", flush=True)
    before = fingerprint()
    prepare(work)
    print("2 of 2: types, C, machine code (two minutes of one processor)", flush=True)
    compile_in(work)
    (work / STAMP).write_text(before)
    shutil.rmtree(RESULT, ignore_errors=True)
    work.rename(RESULT)
    print(f"compile: done; run with PYTHONPATH={where}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
