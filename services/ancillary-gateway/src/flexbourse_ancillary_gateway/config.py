"""Configuration of the mFRR gateway: `FLEXBOURSE_ANCILLARY_GATEWAY_…`. Without a platform nothing is forwarded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId
from flexbourse_ancillary_gateway.documents.mappings.envelope import Parties
from flexbourse_ancillary_gateway.domain.bids.eic import is_eic
from flexbourse_ancillary_gateway.domain.grid_gate.method import METHODS, Method
from flexbourse_ancillary_gateway.domain.platform_rules import RULES, PlatformRules
from flexbourse_core.ids import is_participant_id
from flexbourse_runtime.config import ProcessConfig

MAX_PARTY = 16
_REQUIRED = ("bidder", "tso", "control_area", "market_area", "zone")
_LIMITS = (("stale_after_s", 0, 86_400), ("silent_after_s", 0, 86_400), ("claim_lead_s", 300, 7_200))
_AREAS = ("control_area", "market_area", "zone")


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of the gateway. Either a folder or an address leads to the platform; codes of areas are EIC."""

    platform_folder: Path | None = None  # holds outbox, inbox and done
    platform_url: str = ""  # https://HOST:PORT of a mailbox
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    token_file: Path | None = None

    party: str = ""  # who claims units for the gateway: a BSP or market operator of the registry; empty: operator_id
    bidder: str = ""  # our id at the platform
    bidder_scheme: str = "A01"
    tso: str = ""  # the platform's operator
    tso_scheme: str = "A01"
    dso: str = ""  # who asks for limits of the grid
    dso_scheme: str = "A01"
    control_area: str = ""
    market_area: str = ""
    zone: str = ""  # bidding zone
    resource: str = ""  # name of our resource at the platform, where bids have to carry one
    resource_scheme: str = "A01"
    venue: str = "mfrr"  # how results name the platform

    rules: str = "QH-25"
    stale_after_s: int = 0  # documents older than this are dropped at the other side; 0: as the rules say
    silent_after_s: int = 0  # a platform with heartbeats that was not heard for so long is down; 0: it sends none
    forwarding: str = "filter"  # when the grid is asked: filter, corrective or interface
    claim_lead_s: int = 1_200  # units are claimed so long before the gate of bids
    schema_dir: Path | None = None  # XSD files of the standard; without them structure alone is checked

    def problems(self) -> list[str]:
        """Return everything that is wrong with the values."""
        found = super().problems()
        if self.rules not in RULES:
            found.append(f"rules is {self.rules!r}, it is one of {', '.join(sorted(RULES))}")
        if self.forwarding not in METHODS:
            found.append(f"forwarding is {self.forwarding!r}, it is one of {', '.join(METHODS)}")
        if self.party and not is_participant_id(self.party):
            found.append(f"party is {self.party!r}, it has the form [a-z0-9-]{{1,40}}")
        found += [
            f"{name} is {getattr(self, name)}, it lies in {least}..{most}"
            for name, least, most in _LIMITS
            if not least <= getattr(self, name) <= most
        ]
        return found + (self._platform_problems() if self.configured else [])

    def _platform_problems(self) -> list[str]:
        found = [f"{name} is missing, a platform needs it" for name in _REQUIRED if not getattr(self, name)]
        if self.platform_folder is not None and self.platform_url:
            found.append("platform_folder and platform_url are both set, one of them leads to the platform")
        found += [
            f"{name} is {getattr(self, name)!r}, no EIC with its check character"
            for name in _AREAS
            if getattr(self, name) and not is_eic(getattr(self, name))
        ]
        found += [
            f"{name} is {getattr(self, name)!r}, it has at most {MAX_PARTY} characters"
            for name in ("bidder", "tso", "dso")
            if len(getattr(self, name)) > MAX_PARTY
        ]
        if bool(self.certificate_file) != bool(self.key_file):
            found.append("certificate_file and key_file go together")
        return found

    @property
    def configured(self) -> bool:
        """Tell whether there is a platform."""
        return self.platform_folder is not None or bool(self.platform_url)

    @property
    def platform_rules(self) -> PlatformRules:
        """Return the rules of the platform."""
        rules = RULES[self.rules]
        return replace(
            rules,
            stale_after_s=self.stale_after_s or rules.stale_after_s,
            silent_after_s=self.silent_after_s or rules.silent_after_s,
        )

    @property
    def method(self) -> Method:
        """Return the method of forwarding."""
        return METHODS[self.forwarding]

    @property
    def claiming_party(self) -> str:
        """Return who claims units for the gateway."""
        return self.party or self.operator_id

    def parties(self) -> Parties:
        """Return the ends of the connection."""
        return Parties(
            bidder=CodedId(value=self.bidder, coding_scheme=self.bidder_scheme),
            operator=CodedId(value=self.tso, coding_scheme=self.tso_scheme),
            control_area=CodedId(value=self.control_area, coding_scheme="A01"),
            market_area=CodedId(value=self.market_area, coding_scheme="A01"),
            dso=CodedId(value=self.dso, coding_scheme=self.dso_scheme) if self.dso else None,
            resource_scheme=self.resource_scheme,
        )

    @property
    def dead_letters_dir(self) -> Path:
        """Return the folder of what could not be read or sent."""
        return self.data_dir / "mfrr-dead-letters"
