"""The jars a local Kafka broker runs on: fetched once, checked against the committed list at every start.

The list `jars.sha256` (written by `tools/pin_kafka_jars.py`) names each file by its path in a Maven
repository. Nothing that is not in the list, or whose SHA-256 differs, ever reaches the class path. Needs the
extra `flexbourse-log[broker]`.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PARALLEL_DOWNLOADS = 4
DOWNLOAD_ATTEMPTS = 3
DOWNLOAD_TIMEOUT_S = 60

Progress = Callable[[int, int, str], None]
"""Called after each jar with (jars ready, jars in the list, file name)."""


class JarError(Exception):
    """A jar cannot be had, or is not the file the committed list names."""


@dataclass(frozen=True)
class PinnedJar:
    """One line of the list: path in a Maven repository and SHA-256 in hex."""

    path: str
    sha256: str

    @property
    def name(self) -> str:
        """File name."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def coordinate(self) -> tuple[str, str, str]:
        """Maven group, artifact, version."""
        *group, artifact, version, _name = self.path.split("/")
        return ".".join(group), artifact, version

    def is_sound(self, file: Path) -> bool:
        """Whether `file` exists and is exactly the pinned one."""
        return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == self.sha256


def pinned_jars() -> tuple[PinnedJar, ...]:
    """The committed list."""
    text = importlib.resources.files(__package__).joinpath("jars.sha256").read_text()
    lines = (line.split() for line in text.splitlines() if line)
    return tuple(PinnedJar(path, digest) for digest, path in lines)


def default_cache() -> Path:
    """The user's cache folder for the jars."""
    return Path.home() / ".cache" / "flexbourse" / "kafka-jars"


def class_path(cache: Path | None = None, progress: Progress | None = None) -> list[Path]:
    """The checked jars, fetched into `cache` first where missing or damaged.

    Raises:
        JarError: naming the file, if it cannot be fetched or its SHA-256 differs from the list.
    """
    folder = cache or default_cache()
    folder.mkdir(parents=True, exist_ok=True)
    pinned = pinned_jars()
    missing = [jar for jar in pinned if not jar.is_sound(folder / jar.name)]
    ready = len(pinned) - len(missing)
    if missing:
        with ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
            for name in pool.map(lambda jar: _fetch(jar, folder), missing):
                ready += 1
                if progress:
                    progress(ready, len(pinned), name)
    elif progress:
        progress(ready, len(pinned), "")
    return [folder / jar.name for jar in pinned]


def _fetch(jar: PinnedJar, folder: Path) -> str:
    """Downloads into a folder of its own, moves the checked file: parallel starts cannot harm each other."""
    last: Exception | None = None
    for _ in range(DOWNLOAD_ATTEMPTS):
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            try:
                file = _download(jar, Path(scratch))
            except (OSError, RuntimeError) as error:  # requests' errors are OSErrors, jgo's are RuntimeErrors
                last = error
                continue
            if not jar.is_sound(file):
                raise JarError(f"{jar.name}: SHA-256 differs from the committed list ({jar.sha256})")
            file.replace(folder / jar.name)
            return jar.name
    raise JarError(f"{jar.name}: not to be had after {DOWNLOAD_ATTEMPTS} attempts: {last}") from last


def _download(jar: PinnedJar, scratch: Path) -> Path:
    from jgo.config import GlobalSettings  # noqa: PLC0415 - optional extra, absent from service images
    from jgo.maven import MavenContext  # noqa: PLC0415

    # The user's own jgo settings may name a mirror; it is asked before the resolver's default repository.
    default = MavenContext().remote_repos
    repositories = {**GlobalSettings.load().repositories, **default}
    context = MavenContext(repo_cache=scratch, remote_repos=repositories, timeout=DOWNLOAD_TIMEOUT_S)
    group, artifact, version = jar.coordinate
    return Path(context.project(group, artifact).at_version(version).artifact().resolve())
