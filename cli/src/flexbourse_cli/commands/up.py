"""`flexbourse up`: serve everything on this machine until interrupted."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import (
    EXIT_BUG,
    EXIT_CHECK,
    Failure,
    data_option,
    fail_quietly,
    failures,
    json_option,
    print_json,
)

WATCH_S = 0.5


@click.command("up")
@click.option("--engine", type=click.Choice(["embedded", "kafka"]), default="embedded", show_default=True)
@data_option
@click.option("--shards", type=click.IntRange(1, 60), default=1, show_default=True, help="Area shards, at creation.")
@click.option("--grpc-port", type=click.IntRange(0, 65_535), default=0, help="0 takes a free port.")
@click.option("--http-port", type=click.IntRange(0, 65_535), default=0, help="Probes and metrics; 0: a free port.")
@click.option("--stepped", is_flag=True, help="Time comes in steps from a driver.")
@click.option("--redis", metavar="URL", help="With --engine kafka: run the market data, and keep it there.")
@click.option("--exchange", metavar="URL", help="Energy exchange that leftovers are forwarded to; default: none.")
@click.option("--exchange-user", metavar="NAME", default="", help="Our user there.")
@click.option("--exchange-password", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File.")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="warning")
@json_option
@failures
def command(
    engine: str,
    data_dir: Path,
    shards: int,
    grpc_port: int,
    http_port: int,
    stepped: bool,
    redis: str | None,
    exchange: str | None,
    exchange_user: str,
    exchange_password: Path | None,
    log_level: str,
    as_json: bool,
) -> None:
    """Serve everything on this machine; Ctrl-C ends it in order."""
    from flexbourse_cli.platform import Platform, PlatformOptions  # noqa: PLC0415
    from flexbourse_cli.starting import start  # noqa: PLC0415
    from flexbourse_log.engine import EngineStoppedError  # noqa: PLC0415
    from flexbourse_runtime.collector import freeze_recovered, suspend_collector  # noqa: PLC0415
    from flexbourse_runtime.serve import stop_signal  # noqa: PLC0415

    started_at = time.monotonic()
    stopping = stop_signal()
    options = PlatformOptions(
        engine=engine,
        data_dir=data_dir,
        shards=shards,
        stepped=stepped,
        grpc_port=grpc_port,
        http_port=http_port,
        log_level=log_level,
        settings=_outside(redis, exchange, exchange_user, exchange_password),
        progress=lambda doing: click.echo(f"{doing} …", err=True),
    )
    options.progress(f"starting on {data_dir}")
    suspend_collector()
    try:
        platform: Platform = start(options)
    except EngineStoppedError as error:
        raise Failure(str(error), EXIT_BUG) from None
    freeze_recovered()
    _announce(platform, time.monotonic() - started_at, as_json=as_json)
    while not stopping.wait(WATCH_S):
        if platform.trouble():
            click.echo(f"error: {platform.trouble()}", err=True)
            break
    trouble = platform.trouble()
    if not as_json:
        click.echo("stopping …", err=True)
    if not platform.stop() or trouble:
        fail_quietly(EXIT_CHECK)


def _outside(redis: str | None, exchange: str | None, user: str, password: Path | None) -> dict[str, dict[str, Any]]:
    """Return the settings of services that reach something outside."""
    from flexbourse_runtime.config import Secret  # noqa: PLC0415

    found: dict[str, dict[str, Any]] = {}
    if redis:
        found["market-data"] = {"redis_url": Secret(redis)}
    if exchange:
        login = {"exchange_url": exchange, "exchange_user": user, "exchange_password_file": password}
        found["wholesale-gateway"] = login
    return found


def _announce(platform: object, seconds: float, *, as_json: bool) -> None:
    from flexbourse_cli.platform import Platform  # noqa: PLC0415

    assert isinstance(platform, Platform)
    data = platform.data_dir
    if as_json:
        print_json(
            {
                "engine": platform.options.engine,
                "grpc": dict(platform.endpoints.grpc),
                "http": dict(platform.endpoints.http),
                "issuer": platform.issuer_url,
                "data": str(data),
                "seconds": round(seconds, 3),
            }
        )
        return
    click.echo(f"Flexbourse runs ({platform.options.engine}, {seconds:.1f} s). For one machine, not for production.")
    for context, address in platform.endpoints.grpc.items():
        click.echo(f"  gRPC {context:<14} {address}")
    for context, address in platform.endpoints.http.items():
        click.echo(f"  HTTP {context:<14} {address}  /ready /live /metrics")
    click.echo(f"  tokens              {platform.issuer_url}")
    click.echo(f"  data and logins     {data}")
    click.echo("Next:")
    click.echo(f"  flexbourse shard status --data {data}")
    click.echo(f"  flexbourse registry import participants.csv --kind participant --data {data}")
    click.echo("  flexbourse demo")
