"""Writes the list of jars a local Kafka broker runs on, each with its SHA-256.

Run it when the Kafka version changes: `python tools/pin_kafka_jars.py 4.2.1`. It resolves the whole
dependency graph once, here; a start of the broker resolves nothing and takes exactly the files of the list.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from pathlib import Path

import jgo
from jgo.maven import MavenContext

# The broker declares no binding of its log to a writer; without one a failed start leaves no word behind. It is
# added after resolution: resolving it together moves other versions away from those Kafka was released with.
LOGGING_BINDING = ("org.apache.logging.log4j", "log4j-slf4j-impl", "2.25.4")
LIST = Path(__file__).parent.parent / "libs/log/src/flexbourse_log/kafka/jars.sha256"


def resolved_jars(version: str) -> dict[str, str]:
    """SHA-256 by path in a Maven repository, for the broker of this version and all it needs at run time."""
    # kafka-clients is named on its own: the resolver otherwise takes an older one from a transitive entry.
    endpoint = f"org.apache.kafka:kafka_2.13:{version}+org.apache.kafka:kafka-clients:{version}"
    wanted = [(found.groupId, found.artifactId, found.version) for found in jgo.resolve(endpoint)]
    sums: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder))
        for group, artifact_id, artifact_version in [*wanted, LOGGING_BINDING]:
            artifact = context.project(group, artifact_id).at_version(artifact_version).artifact()
            jar = Path(artifact.resolve())
            sums[jar.relative_to(folder).as_posix()] = hashlib.sha256(jar.read_bytes()).hexdigest()
    return sums


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", help="Apache Kafka's version, for example 4.2.1")
    sums = resolved_jars(parser.parse_args().version)
    LIST.write_text("".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items())))
    print(f"{len(sums)} jars written to {LIST.name}")


if __name__ == "__main__":
    main()
