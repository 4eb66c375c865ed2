"""The composition root: a platform on either engine, started.

platform = start(PlatformOptions(data_dir=Path("var/flexbourse"), stepped=True))
client = platform.client("sun-agg")
platform.step(1, at_ms)
platform.stop()
"""

from __future__ import annotations

from flexbourse_cli.platform import EMBEDDED, ENGINES, KAFKA, Platform, PlatformOptions
from flexbourse_cli.services import CONTEXTS
from flexbourse_core.errors import ConfigurationError
from flexbourse_runtime import logs


def start(options: PlatformOptions) -> Platform:
    """Start the platform; returns when it serves. Raises ConfigurationError."""
    unknown = [name for name in options.contexts if name not in CONTEXTS]
    if unknown:
        raise ConfigurationError(f"contexts are {', '.join(CONTEXTS)}, not {', '.join(unknown)}")
    logs.configure("flexbourse", options.log_level)
    options.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if options.engine == EMBEDDED:
        from flexbourse_cli.embedded import EmbeddedPlatform  # noqa: PLC0415 - one engine does without the other

        return EmbeddedPlatform(options)
    if options.engine == KAFKA:
        from flexbourse_cli.kafka import KafkaPlatform  # noqa: PLC0415

        return KafkaPlatform(options)
    raise ConfigurationError(f"engine is one of {', '.join(ENGINES)}, not {options.engine}")
