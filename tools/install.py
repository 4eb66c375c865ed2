"""Install what a target needs into .venv, from the pinned and hashed requirement files, with visible progress.

Run with any CPython 3.11 to 3.13, nothing else is needed: `python3.11 tools/install.py demo|dev`.
`demo` is the lean set of the demo; `dev` adds what tests and checks need, and the npm tools.
Does nothing where the same set, or a larger one, is there already.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
REQUIREMENTS = ROOT / "requirements"
NPM = ROOT / "tools" / "npm"
PACKAGES = [
    *(f"libs/{name}" for name in ("core", "messages", "gridmath", "auction", "networks")),
    *(f"libs/{name}" for name in ("log", "runtime", "bulk", "client")),
    *(f"services/{name}" for name in ("registry", "orderbook", "gridcheck", "traffic-light", "settlement")),
    "services/activation",
    "services/market-data",
    "services/ancillary-gateway",
    "services/wholesale-gateway",
    "simulators/exchange",
    "simulators/mfrr",
    "cli",
    "demo",
]
SETS = {"demo": PACKAGES, "dev": [*PACKAGES, "libs/testkit"]}


def fingerprint(name: str) -> str:
    """Return a hash of everything that decides what a set installs."""
    files = [REQUIREMENTS / f"{part}.txt" for part in ("uv", "build", name)]
    files += [ROOT / package / "pyproject.toml" for package in SETS[name]]
    if name == "dev":
        files.append(NPM / "package-lock.json")
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def stamp(name: str) -> Path:
    """Return the file that says which set stands in the environment."""
    return VENV / f".installed-{name}"


def is_installed(name: str) -> bool:
    """Tell whether a set stands in the environment as the files ask for it now."""
    return any(stamp(held).exists() and stamp(held).read_text() == fingerprint(held) for held in ("dev", name))


def run(*command: str | Path) -> None:
    """Run a command with its output shown; ends the program with its exit code where it fails."""
    # The certificates that the machine trusts are the ones that count, for node as for uv.
    environment = os.environ | {"NODE_USE_SYSTEM_CA": "1"}
    outcome = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=False)
    if outcome.returncode != 0:
        print(f"install: this step failed: {' '.join(map(str, command))}", file=sys.stderr)
        sys.exit(outcome.returncode)


def uv_install(*arguments: str | Path) -> None:
    """Install into the environment with uv; on a terminal uv shows megabytes and a bar for each download."""
    quiet = [] if sys.stdout.isatty() else ["--no-progress"]
    run(BIN / "python", "-m", "uv", "pip", "install", "--system-certs", "--python", BIN / "python", *quiet, *arguments)


def install(name: str) -> None:
    """Install one set, step by step."""
    steps = 4 if name == "dev" else 3
    print(f"1 of {steps}: an environment in .venv and the installer (25 MB)", flush=True)
    if not (BIN / "python").exists():
        venv.create(VENV, with_pip=True)
    run(BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
        "-r", REQUIREMENTS / "uv.txt")  # fmt: skip
    size = "1.6 GB" if name == "dev" else "660 MB"
    print(f"2 of {steps}: pinned packages, each checked by its hash ({size} on disk)", flush=True)
    uv_install("--compile-bytecode", "--require-hashes", "-r", REQUIREMENTS / f"{name}.txt")
    uv_install("--require-hashes", "-r", REQUIREMENTS / "build.txt")
    print(f"3 of {steps}: Flexbourse itself, from this folder", flush=True)
    editable = [part for package in SETS[name] for part in ("-e", f"./{package}")]
    uv_install("--no-deps", "--no-build-isolation", "--no-index", *editable)
    if name == "dev":
        print(f"4 of {steps}: tools from npm, by the committed lock file", flush=True)
        run(BIN / "npm", "ci", "--prefix", NPM, "--no-fund", "--no-audit", "--loglevel=error")
    stamp(name).write_text(fingerprint(name))


def main() -> int:
    """Install the set named on the command line."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        print(f"install: CPython 3.11 to 3.13 is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    if len(sys.argv) != 2 or sys.argv[1] not in SETS:
        print("usage: install.py demo|dev", file=sys.stderr)
        return 2
    if not is_installed(sys.argv[1]):
        install(sys.argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
