"""What the simulator is told at its start: a TOML file, overridden by the command line. All problems at once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flexbourse_exchange_simulator.domain.periods import PRODUCT_MINUTES
from flexbourse_exchange_simulator.domain.trading import ClientIds, Entry
from flexbourse_exchange_simulator.faults import Fault, read_faults
from flexbourse_exchange_simulator.reading import read_entry
from flexbourse_exchange_simulator.values import ValueProblem, read_instant

MAX_USERS = 100
MAX_SCRIPTED_ORDERS = 10_000
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ConfigError(ValueError):
    """A configuration that cannot be used; the text names every problem."""


@dataclass(frozen=True, slots=True)
class User:
    """A login of a member, or of the simulator's operator."""

    name: str
    password: str = field(repr=False)
    hibernate_on_disconnect: bool = True
    operator: bool = False
    certificate: str = ""  # the common name that the client's certificate must have; empty: any that is trusted


@dataclass(frozen=True, slots=True)
class Server:
    """Where the simulator listens. Without certificate files it speaks plain HTTP."""

    host: str = "127.0.0.1"
    port: int = 8555
    certificate: str = ""
    key: str = ""
    client_ca: str = ""
    plain_http: bool = False  # allow plain HTTP on an address that others reach
    heartbeat_seconds: float = 20.0
    waiting_messages: int = 5_000  # to one WebSocket; who reads more slowly is disconnected


@dataclass(frozen=True, slots=True)
class MarketSettings:
    """The intraday market."""

    zone: str = "Europe/Bratislava"
    opens_hour: int = 15
    closes_before_minutes: int = 30
    products: tuple[int, ...] = PRODUCT_MINUTES
    client_order_ids: ClientIds = ClientIds.REFUSE


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Requests and messages of one user in a window of fixed length; 0 requests: no limit."""

    requests: int = 50
    seconds: int = 10


@dataclass(frozen=True, slots=True)
class AuctionSettings:
    """When the day-ahead auction closes, local time of the day before, and publishes, minutes after."""

    closes_hour: int = 12
    closes_minute: int = 0
    preliminary_after_minutes: int = 30
    final_after_minutes: int = 60


@dataclass(frozen=True, slots=True)
class Liquidity:
    """The members that the simulator plays itself. Seed 0: none."""

    seed: int = 1
    products: tuple[int, ...] = (15, 60)
    refresh_seconds: int = 60
    mean_price: int = 80  # EUR/MWh
    spread: int = 4  # EUR/MWh between the best buy and the best sell
    levels: int = 3
    quantity: int = 5  # MW on each level


@dataclass(frozen=True, slots=True)
class ScriptedOrders:
    """Orders of a played member, entered at an instant."""

    at: int
    user: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Config:
    """Everything."""

    server: Server = field(default_factory=Server)
    market: MarketSettings = field(default_factory=MarketSettings)
    rate_limit: RateLimit = field(default_factory=RateLimit)
    auction: AuctionSettings = field(default_factory=AuctionSettings)
    liquidity: Liquidity = field(default_factory=Liquidity)
    driven_from: int | None = None
    users: tuple[User, ...] = (User("demo", "demo"), User("operator", "operator", operator=True))
    orders: tuple[ScriptedOrders, ...] = ()
    faults: tuple[Fault, ...] = ()

    def problems(self) -> list[str]:
        """Return everything that forbids to start with this configuration."""
        found = [*_server_problems(self.server), *_range_problems(self)]
        try:
            ZoneInfo(self.market.zone)
        except (ZoneInfoNotFoundError, ValueError):
            found.append(f"market.zone: {self.market.zone} is no time zone")
        found += [
            f"{part}.products: only {', '.join(map(str, PRODUCT_MINUTES))} minutes"
            for part, products in (("market", self.market.products), ("liquidity", self.liquidity.products))
            if not all(minutes in PRODUCT_MINUTES for minutes in products)
        ]
        names = [user.name for user in self.users]
        if len(set(names)) != len(names) or not 1 <= len(names) <= MAX_USERS or not all(names):
            found.append(f"users: 1 to {MAX_USERS} with a name each, no name twice")
        return found


SECTIONS: dict[str, type] = {
    "server": Server,
    "market": MarketSettings,
    "rate_limit": RateLimit,
    "auction": AuctionSettings,
    "liquidity": Liquidity,
}


def read_config(path: Path) -> Config:
    """Read a TOML file; raises ConfigError with every problem found."""
    try:
        document = tomllib.loads(path.read_text(), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from None
    problems = [
        f"{name}: unknown section"
        for name in document
        if name not in {*SECTIONS, "users", "orders", "faults", "driven_from"}
    ]
    read: dict[str, Any] = {}
    for name, kind in SECTIONS.items():
        read[name] = _section(name, kind, document.get(name, {}), problems)
    if "users" in document:
        users = [_section(f"users[{place}]", User, entry, problems) for place, entry in enumerate(document["users"])]
        read["users"] = tuple(users)
    if "driven_from" in document:
        read["driven_from"] = _instant(str(document["driven_from"]), "driven_from", problems)
    read["orders"] = _scripted_orders(document.get("orders", []), problems)
    faults, wrong = read_faults(document.get("faults", []))
    read["faults"] = tuple(faults)
    problems += wrong
    if problems:
        raise ConfigError("\n".join(problems))
    return checked(Config(**read))


def checked(config: Config) -> Config:
    """Return a configuration; raises ConfigError with every problem of it."""
    if problems := config.problems():
        raise ConfigError("\n".join(problems))
    return config


def _section(name: str, kind: type, document: Any, problems: list[str]) -> Any:
    """Return a section with the values of the file in the place of the defaults."""
    if not isinstance(document, dict):
        problems.append(f"{name}: must be a table")
        document = {}
    required = {"name": "", "password": ""} if kind is User else {}
    known = {entry.name for entry in fields(kind)}
    problems += [f"{name}.{unknown}: unknown setting" for unknown in sorted(set(document) - known)]
    problems += [f"{name}.{missing}: missing" for missing in sorted(set(required) - set(document))]
    default = kind(**required)
    values: dict[str, Any] = {}
    for key in set(document) & known:
        value, present = document[key], getattr(default, key)
        if isinstance(present, ClientIds) and value in list(ClientIds):
            values[key] = ClientIds(value)
        elif isinstance(present, tuple) and isinstance(value, list):
            values[key] = tuple(value)
        elif isinstance(present, float) and isinstance(value, int | Decimal):
            values[key] = float(value)
        elif type(value) is type(present):
            values[key] = value
        else:
            problems.append(f"{name}.{key}: {value!r} is not of the kind of {present!r}")
    return replace(default, **values)


def _instant(text: str, name: str, problems: list[str]) -> int:
    try:
        return read_instant(text, name)
    except ValueProblem as problem:
        problems.append(str(problem))
        return 0


def _scripted_orders(document: Any, problems: list[str]) -> tuple[ScriptedOrders, ...]:
    if not isinstance(document, list) or len(document) > MAX_SCRIPTED_ORDERS:
        problems.append(f"orders: a list of at most {MAX_SCRIPTED_ORDERS}")
        return ()
    found = []
    for place, entry in enumerate(document):
        if not isinstance(entry, dict) or not isinstance(entry.get("at"), str):
            problems.append(f"orders[{place}]: a table with at, an instant as a text, and the fields of an order")
            continue
        order = {key: value for key, value in entry.items() if key not in {"at", "user"}}
        at = _instant(entry["at"], f"orders[{place}].at", problems)
        read = read_entry(place, order)
        problems += [f"orders[{place}]: {wrong.message}" for wrong in read.problems]
        found.append(ScriptedOrders(at, str(entry.get("user", "script")), read))
    return tuple(found)


def _server_problems(server: Server) -> list[str]:
    found = []
    if bool(server.certificate) != bool(server.key):
        found.append("server: a certificate and its key go together")
    if server.client_ca and not server.certificate:
        found.append("server.client_ca: needs a certificate of the server")
    files = (("certificate", server.certificate), ("key", server.key), ("client_ca", server.client_ca))
    found += [f"server.{name}: {file} is no file" for name, file in files if file and not Path(file).is_file()]
    if server.host not in LOOPBACK and not server.certificate and not server.plain_http:
        found.append(f"server.host: {server.host} is reached by others; give certificate files or set plain_http")
    return found


def _range_problems(config: Config) -> list[str]:
    ranges: list[tuple[str, float, float, float]] = [
        ("server.port", config.server.port, 0, 65_535),
        ("server.heartbeat_seconds", config.server.heartbeat_seconds, 0.1, 3_600),
        ("server.waiting_messages", config.server.waiting_messages, 10, 100_000),
        ("market.opens_hour", config.market.opens_hour, 0, 23),
        ("market.closes_before_minutes", config.market.closes_before_minutes, 0, 1_440),
        ("rate_limit.requests", config.rate_limit.requests, 0, 1_000_000),
        ("rate_limit.seconds", config.rate_limit.seconds, 1, 86_400),
        ("auction.closes_hour", config.auction.closes_hour, 0, 23),
        ("auction.closes_minute", config.auction.closes_minute, 0, 59),
        ("auction.preliminary_after_minutes", config.auction.preliminary_after_minutes, 0, 600),
        (
            "auction.final_after_minutes",
            config.auction.final_after_minutes,
            config.auction.preliminary_after_minutes,
            660,
        ),
        ("liquidity.refresh_seconds", config.liquidity.refresh_seconds, 1, 86_400),
        ("liquidity.mean_price", config.liquidity.mean_price, -5_000, 5_000),
        ("liquidity.spread", config.liquidity.spread, 1, 1_000),
        ("liquidity.levels", config.liquidity.levels, 1, 20),
        ("liquidity.quantity", config.liquidity.quantity, 1, 100),
    ]
    return [
        f"{name}: {value} must lie between {low} and {high}"
        for name, value, low, high in ranges
        if not low <= value <= high
    ]
