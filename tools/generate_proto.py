"""Generate the committed protobuf and gRPC stubs from proto/.

Run it without arguments to write them, with --check to compare: exit 1 names every stub that differs.
"""

from __future__ import annotations

import filecmp
import shutil
import sys
import tempfile
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
STUBS = ROOT / "libs" / "messages" / "src" / "flexbourse"


def generate(into: Path) -> None:
    """Write all stubs below the folder `into`; raises RuntimeError where protoc refuses a file."""
    files = sorted(str(path) for path in PROTO.rglob("*.proto"))
    well_known = Path(protoc.__file__).parent / "_proto"
    arguments = [
        "protoc",
        f"-I{PROTO}",
        f"-I{well_known}",
        f"--python_out={into}",
        f"--pyi_out={into}",
        f"--grpc_python_out={into}",
        *files,
    ]
    if protoc.main(arguments) != 0:
        raise RuntimeError("protoc refused a file; its message stands above")
    for stub in into.rglob("*_pb2_grpc.py"):
        if not any("Stub" in line for line in stub.read_text().splitlines()):
            stub.unlink()


def differences(fresh: Path) -> list[str]:
    """Return the committed stubs that differ from those freshly generated below `fresh`."""
    fresh_names = {path.relative_to(fresh) for path in fresh.rglob("*.py*")}
    kept_names = {path.relative_to(STUBS) for path in STUBS.rglob("*.py*") if "__pycache__" not in path.parts}
    changed = {name for name in fresh_names & kept_names if not filecmp.cmp(fresh / name, STUBS / name, shallow=False)}
    return sorted(str(name) for name in (fresh_names ^ kept_names) | changed)


def main() -> int:
    """Write or compare the stubs; returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        fresh = Path(folder) / "flexbourse"
        if "--check" in sys.argv:
            wrong = differences(fresh)
            for name in wrong:
                print(f"stub differs from proto/: {name}", file=sys.stderr)
            return 1 if wrong else 0
        shutil.rmtree(STUBS, ignore_errors=True)
        shutil.copytree(fresh, STUBS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
