"""`python -m flexbourse_exchange_simulator`: read the configuration and serve."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flexbourse_exchange_simulator.config import Config, ConfigError, RateLimit, User, checked, read_config
from flexbourse_exchange_simulator.domain.trading import ClientIds
from flexbourse_exchange_simulator.server import serve
from flexbourse_exchange_simulator.values import ValueProblem, read_instant

EXIT_USAGE = 2


def parser(program: str) -> argparse.ArgumentParser:
    """Return the command line; its defaults leave the file's values alone."""
    found = argparse.ArgumentParser(program, description="An energy exchange to test a client against.")
    add = found.add_argument
    add("--config", type=Path, metavar="FILE", help="settings, members, scripted orders and faults (TOML)")
    add("--host", help="address to listen on (127.0.0.1)")
    add("--port", type=int, help="port to listen on, 0 for any (8555)")
    add("--plain-http", action="store_true", help="plain HTTP on an address that others reach")
    add("--certificate", metavar="FILE", help="certificate of the server (PEM): HTTPS")
    add("--key", metavar="FILE", help="its key (PEM)")
    add("--client-ca", metavar="FILE", help="whose certificates clients must show (PEM)")
    add("--user", action="append", metavar="NAME:PASSWORD", help="a member, instead of demo:demo; may be repeated")
    add("--operator", metavar="NAME:PASSWORD", help="the operator, instead of operator:operator")
    add("--stay-active", action="store_true", help="leave members' orders active when they disconnect")
    add("--driven", metavar="INSTANT", help="a clock that starts here and is driven over /simulator/clock")
    add("--seed", type=int, help="of the played members; 0: none (1)")
    add("--rate-limit", metavar="N;w=S", help="requests of a member in S seconds, or none (50;w=10; driven: none)")
    add("--client-order-ids", choices=list(ClientIds), help="what a repeated clientOrderId means (refuse)")
    return found


def configured(arguments: argparse.Namespace) -> Config:
    """Return the file's configuration with the command line's values in it; raises ConfigError."""
    config = Config() if arguments.config is None else read_config(arguments.config)
    named = {"host": arguments.host, "port": arguments.port, "key": arguments.key}
    named |= {"certificate": arguments.certificate, "client_ca": arguments.client_ca}
    named["plain_http"] = arguments.plain_http or None
    server = replace(config.server, **{name: value for name, value in named.items() if value is not None})
    config = replace(config, server=server, users=_users(config, arguments))
    if arguments.driven is not None:
        config = replace(config, driven_from=_driven_from(arguments.driven))
    if arguments.seed is not None:
        config = replace(config, liquidity=replace(config.liquidity, seed=arguments.seed))
    if arguments.client_order_ids is not None:
        ids = ClientIds(arguments.client_order_ids)
        config = replace(config, market=replace(config.market, client_order_ids=ids))
    if arguments.rate_limit is not None:
        config = replace(config, rate_limit=_rate_limit(arguments.rate_limit))
    elif arguments.driven is not None and arguments.config is None:
        config = replace(config, rate_limit=RateLimit(0))
    return checked(config)


def _users(config: Config, arguments: argparse.Namespace) -> tuple[User, ...]:
    members = [user for user in config.users if not user.operator]
    operators = [user for user in config.users if user.operator]
    if arguments.user:
        members = [User(*_name_and_password(text)) for text in arguments.user]
    if arguments.operator:
        operators = [User(*_name_and_password(arguments.operator), operator=True)]
    if arguments.stay_active:
        members = [replace(user, hibernate_on_disconnect=False) for user in members]
    return (*members, *operators)


def _name_and_password(text: str) -> tuple[str, str]:
    name, separator, password = text.partition(":")
    if not (name and separator and password):
        raise ConfigError("--user, --operator: NAME:PASSWORD is needed")
    return name, password


def _driven_from(text: str) -> int:
    try:
        return read_instant(text, "--driven")
    except ValueProblem as problem:
        raise ConfigError(str(problem)) from None


def _rate_limit(text: str) -> RateLimit:
    if text == "none":
        return RateLimit(0)
    requests, separator, seconds = text.partition(";w=")
    if not (separator and requests.isdecimal() and seconds.isdecimal()):
        raise ConfigError(f"--rate-limit: {text} is not of the form 50;w=10")
    return RateLimit(int(requests), int(seconds))


def main(arguments: Sequence[str] | None = None, program: str = "flexbourse-exchange-simulator") -> int:
    """Serve until interrupted; returns the exit code."""
    try:
        config = configured(parser(program).parse_args(arguments))
    except ConfigError as error:
        sys.stderr.write(f"error: {error}\n")
        return EXIT_USAGE
    try:
        asyncio.run(serve(config))
    except OSError as error:
        sys.stderr.write(f"error: {error}\n")
        return EXIT_USAGE
    return 0


if __name__ == "__main__":
    sys.exit(main())
