"""Configuration of the wholesale gateway: `FLEXBOURSE_WHOLESALE_GATEWAY_…`; rules of forwarding are state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from flexbourse_runtime.config import ProcessConfig
from flexbourse_wholesale_gateway.adapters.okte_login import Login

MAX_VENUE = 40


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of the wholesale gateway. Without an exchange it forwards nothing."""

    exchange_url: str = ""
    exchange_user: str = ""
    exchange_password_file: Path | None = None
    exchange_certificate_file: Path | None = None  # of the client, with its key
    exchange_key_file: Path | None = None
    exchange_ca_file: Path | None = None  # who signs the exchange's certificate; none: the system's authorities
    exchange_zone: str = "Europe/Bratislava"  # on whose clock auctions end; never changed while one is open
    venue_id: str = "okte"  # names the exchange in results; never changed once there are any

    def problems(self) -> list[str]:
        """Return everything that is wrong with the values."""
        found = super().problems()
        if self.exchange_url and not (self.exchange_user and self.exchange_password_file):
            found.append("exchange_url is set: exchange_user and exchange_password_file are needed")
        if (self.exchange_certificate_file is None) != (self.exchange_key_file is None):
            found.append("exchange_certificate_file and exchange_key_file are set together")
        if not 0 < len(self.venue_id) <= MAX_VENUE:
            found.append(f"venue_id is {self.venue_id!r}, it has 1 to {MAX_VENUE} characters")
        if self.exchange_zone not in available_timezones():
            found.append(f"exchange_zone is {self.exchange_zone!r}, it is a name such as Europe/Bratislava")
        return found

    @property
    def login(self) -> Login | None:
        """Return how the exchange is reached; None where none is configured."""
        if not self.exchange_url or self.exchange_password_file is None:
            return None
        return Login(
            url=self.exchange_url, user=self.exchange_user, password_file=self.exchange_password_file,
            certificate_file=self.exchange_certificate_file, key_file=self.exchange_key_file,
            ca_file=self.exchange_ca_file,
        )  # fmt: skip
