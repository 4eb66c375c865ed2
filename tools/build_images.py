"""Build one container image per service and simulator with docker or buildah.

Settings come from the environment: ENGINE (docker, or buildah where no Docker engine runs), BASE (base image),
TAG (default: dev), ONLY (one service).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICES = (
    "registry", "orderbook", "gridcheck", "traffic-light", "settlement", "activation", "wholesale-gateway",
    "ancillary-gateway", "market-data",
)  # fmt: skip
SIMULATORS = ("exchange", "mfrr")
FOLDERS = {
    **{name: f"services/{name}" for name in SERVICES},
    **{f"{name}-simulator": f"simulators/{name}" for name in SIMULATORS},
}


def command(engine: str, service: str) -> list[str]:
    """Return the command that builds one image."""
    tag = f"flexbourse/{service}:{os.environ.get('TAG', 'dev')}"
    build = (
        ["docker", "build"] if engine == "docker" else ["buildah", "bud", "--format", "docker", "--isolation", "chroot"]
    )
    base = os.environ.get("BASE")
    return [
        *build, *(["--build-arg", f"BASE={base}"] if base else []),
        "-f", f"{FOLDERS[service]}/Dockerfile", "-t", tag, ".",
    ]  # fmt: skip


def main() -> int:
    """Build the images; the first that fails ends the run with its exit code."""
    engine = os.environ.get("ENGINE") or ("docker" if shutil.which("docker") else "buildah")
    if shutil.which(engine) is None:
        print(f"images: {engine} is not installed; set ENGINE to docker or buildah", file=sys.stderr)
        return 2
    for service in [os.environ["ONLY"]] if os.environ.get("ONLY") else FOLDERS:
        print("image:", service, flush=True)
        outcome = subprocess.run(command(engine, service), cwd=ROOT, check=False)
        if outcome.returncode != 0:
            return outcome.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
