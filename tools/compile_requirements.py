"""Compile the pinned and hashed requirement files, one per image plus those of the workspace.

No file names an index: which one is used is the installing machine's affair.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
SERVICES = (
    "registry", "orderbook", "gridcheck", "traffic-light", "settlement", "activation", "wholesale-gateway",
    "ancillary-gateway", "market-data",
)  # fmt: skip
SIMULATORS = ("exchange", "mfrr")
# With what its process on Kafka needs; embedded it does without.
WORKER = ["services/market-data/pyproject.toml", "--extra", "worker"]
PRODUCT = ["cli/pyproject.toml", "demo/pyproject.toml"]
SETS: dict[str, list[str]] = {
    "uv": ["requirements/uv.in"],
    "build": ["requirements/build.in"],
    "bench": ["requirements/bench.in"],
    **{name: [f"services/{name}/pyproject.toml"] for name in SERVICES},
    **{f"{name}-simulator": [f"simulators/{name}/pyproject.toml"] for name in SIMULATORS},
    "market-data": WORKER,
    "demo": PRODUCT,
    "dev": [
        *PRODUCT,
        *WORKER,
        "libs/testkit/pyproject.toml",
        "requirements/build.in",
        "requirements/dev.in",
    ],
}


def members() -> list[str]:
    """Return the names of our own packages: they are installed from the tree, never from an index."""
    files = [*ROOT.glob("libs/*/pyproject.toml"), *ROOT.glob("services/*/pyproject.toml"),
             *ROOT.glob("simulators/*/pyproject.toml"),
             ROOT / "cli/pyproject.toml", ROOT / "demo/pyproject.toml"]  # fmt: skip
    return sorted(re.search(r'^name = "(.+)"$', file.read_text(), re.M)[1] for file in files)  # type: ignore[index]


def compile_set(name: str, sources: list[str], upgrade: list[str]) -> None:
    """Write requirements/<name>.txt; keeps pins that still fit, so a run changes only what had to change."""
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate",
        "--output-file", f"requirements/{name}.txt", *upgrade, *sources,
    ]  # fmt: skip
    for member in members():
        command += ["--no-emit-package", member]
    print("requirements:", name, flush=True)
    subprocess.run(command, check=True, cwd=ROOT)


def main() -> int:
    """Compile all sets, the widest first: the others take its pins as constraints, so all agree."""
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    compile_set("dev", SETS["dev"], upgrade)
    for name, sources in SETS.items():
        if name != "dev":
            compile_set(name, sources, [*upgrade, "--constraint", "requirements/dev.txt"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
