"""Results from outside as settlement takes them: trades and clearings of exchanges, activations, redispatch.

A gateway owns its results; settlement believes it what the venue said, and checks what it can: form, order of versions,
who is named. Each version is bound by a hash that everybody can make who has the venue's document: of the canonical
JSON of venue, result, version, kind, period, whether it is final, reason, SHA-256 of the document and SHA-256 of the
shares. The notary records it; who has a share finds all of its members in his statement.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from flexbourse_core.external_share import Tightening
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import divide_half_even
from flexbourse_core.rejection import Code, Rejection
from flexbourse_settlement.domain.facts import MeteringPoint
from flexbourse_settlement.domain.lines.line import VENUE
from flexbourse_settlement.domain.proofs.leaf import canonical

FORMAT = "flexbourse.external.result.v1"
BLOCKED = "BLOCKED"
SCHEDULED = "SCHEDULED"  # no tightening has this name
KINDS = ("TRADE", "CLEARING", "ACTIVATION", "REDISPATCH", BLOCKED)
VENUE_ID = re.compile(r"[a-z0-9-]{1,40}")
RESULT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}")
MAX_SHARES = 500
MAX_REASON = 500
MAX_LENGTH_S = 86_400
MAX_QUANTITY_W = 10**11
MAX_AMOUNT_MICRO_EURO = 10**15
SHA256_BYTES = 32
SHOWN = 64  # of a text from outside


@dataclass(frozen=True, slots=True)
class Share:
    """What falls to one participant at one connection; injection and income are positive. No area: money alone."""

    party: str
    area_id: str
    metering_point_id: str
    unit_id: str
    order_id: str
    quantity_w: int
    amount_micro_euro: int
    dnut_micro_euro: int = 0  # its part of what the fill changes of the network's cost potential
    tightening: Tightening = Tightening.NONE  # of a blocked call: what is missing, and what it would have brought
    scheduled: bool = False  # in the frozen base already: it is reported, and moves no position

    @property
    def borne_micro_euro(self) -> int:
        """Return what it pays for the network: a relief is not paid, it stays a memo of the period."""
        return max(0, self.dnut_micro_euro)

    @property
    def said(self) -> list[str | int]:
        """Return its members as the hash binds them; tariff, tightening and SCHEDULED where there is one."""
        tariff = [self.dnut_micro_euro] if self.dnut_micro_euro else []
        tightening = [self.tightening.name] if self.tightening else []
        scheduled = [SCHEDULED] if self.scheduled else []
        return [*self.key, self.quantity_w, self.amount_micro_euro, *tariff, *tightening, *scheduled]

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """Return what a share of another version must have in common to be the same one."""
        return self.party, self.area_id, self.metering_point_id, self.unit_id, self.order_id


@dataclass(frozen=True, slots=True)
class Result:
    """A version of a result, whole."""

    venue_id: str
    result_id: str
    version: int
    kind: str
    final: bool
    mtu: Mtu
    shares: tuple[Share, ...]
    document_sha256: bytes
    reason: str

    @property
    def key(self) -> tuple[str, str]:
        """Return which result it is a version of."""
        return self.venue_id, self.result_id

    @property
    def source(self) -> str:
        """Return its name in lines."""
        return f"{self.venue_id}/{self.result_id}"

    @property
    def moves(self) -> bool:
        """Tell whether it moves energy and money of its venue; what was blocked moves neither."""
        return self.kind != BLOCKED

    @property
    def venue_account(self) -> str:
        """Return the account of its venue."""
        return VENUE + self.venue_id

    @property
    def shares_sha256(self) -> bytes:
        """Return the SHA-256 of the canonical JSON of its shares, in their order."""
        return hashlib.sha256(canonical([share.said for share in self.shares])).digest()

    @property
    def content(self) -> bytes:
        """Return the bytes whose SHA-256 the notary records."""
        return version_content(
            venue_id=self.venue_id,
            result_id=self.result_id,
            version=self.version,
            kind=self.kind,
            final=self.final,
            start_s=self.mtu.start_s,
            length_s=self.mtu.length_s,
            document_sha256=self.document_sha256.hex(),
            shares_sha256=self.shares_sha256.hex(),
            reason=self.reason,
        )

    def part(self, share: Share, mtu: Mtu) -> tuple[int, int, int]:
        """Return what of a share falls into a period: mean W over it, its money and DNUT; parts add up exactly."""
        start, end = max(self.mtu.start_s, mtu.start_s), min(self.mtu.end_s, mtu.end_s)
        if end <= start:
            return 0, 0, 0

        def between(micro_euro: int) -> int:
            at_start, at_end = (
                divide_half_even(micro_euro * (second - self.mtu.start_s), self.mtu.length_s) for second in (start, end)
            )
            return at_end - at_start

        power_w = divide_half_even(share.quantity_w * (end - start), mtu.length_s)
        return power_w, between(share.amount_micro_euro), between(share.borne_micro_euro)


def version_content(**members: int | str | bool) -> bytes:
    """Return the canonical JSON of the members of a version."""
    return canonical({"format": FORMAT, **members})


def record_id(venue_id: str, result_id: str) -> str:
    """Return the name under which the notary records a result's versions."""
    return f"external/{venue_id}/{result_id}"


@dataclass(frozen=True, slots=True)
class ExternalTaken:
    """A version of a result was taken."""

    result: Result
    shares_sha256: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class ExternalRefused:
    """A version of a result was refused."""

    venue_id: str
    result_id: str
    version: int
    hash: bytes
    rejections: tuple[Rejection, ...]


def form_problems(
    result: Result, participants: Collection[str], metering_points: Mapping[str, MeteringPoint]
) -> Iterator[Rejection]:
    """Iterate over everything that is wrong with a result by itself, or with whom and what it names."""
    for field, value, form in (("venue_id", result.venue_id, VENUE_ID), ("result_id", result.result_id, RESULT_ID)):
        if form.fullmatch(value) is None:
            yield Rejection(Code.FIELD_MALFORMED, f"it has the form {form.pattern}", field, value[:SHOWN])
    if result.version < 1:
        yield Rejection(Code.FIELD_OUT_OF_RANGE, "versions count from 1", "version", value=result.version, limit=1)
    if result.kind not in KINDS:
        yield Rejection(Code.FIELD_MISSING, "a result has a kind", "kind")
    if not result.mtu.is_aligned() or result.mtu.length_s > MAX_LENGTH_S:
        rule = "a result is for a period that starts at a multiple of its length, at most a day"
        yield Rejection(Code.FIELD_MALFORMED, rule, "mtu", value=result.mtu.length_s, limit=MAX_LENGTH_S, unit="s")
    if len(result.document_sha256) != SHA256_BYTES and (result.final or result.document_sha256):
        rule = "a final result names the SHA-256 of the venue's document"
        yield Rejection(Code.FIELD_MALFORMED, rule, "document_sha256", value=len(result.document_sha256))
    if len(result.shares) > MAX_SHARES:
        rule = "a result has a bounded number of shares"
        yield Rejection(Code.TOO_MANY_ENTRIES, rule, "shares", value=len(result.shares), limit=MAX_SHARES)
    if len(result.reason) > MAX_REASON:
        rule = "a reason is short"
        yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, "reason", value=len(result.reason), limit=MAX_REASON)
    yield from _blocked_problems(result)
    for number, share in enumerate(result.shares[:MAX_SHARES]):
        yield from _share_problems(f"shares[{number}]", share, participants, metering_points)


def _blocked_problems(result: Result) -> Iterator[Rejection]:
    for number, share in enumerate(result.shares[:MAX_SHARES]):
        if not result.moves and not share.area_id:
            yield Rejection(Code.FIELD_MISSING, "a blocked call has its area", f"shares[{number}].area_id")
        if result.moves and share.tightening:
            rule = "a tightening is named of a blocked call alone"
            yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, f"shares[{number}].tightening", value=share.tightening)


def _share_problems(
    field: str, share: Share, participants: Collection[str], metering_points: Mapping[str, MeteringPoint]
) -> Iterator[Rejection]:
    if share.party not in participants:
        yield Rejection(Code.UNKNOWN_OBJECT, "a share falls to a participant", f"{field}.party", share.party[:SHOWN])
    point = metering_points.get(share.metering_point_id)
    if (share.area_id or share.metering_point_id) and (point is None or point.area_id != share.area_id):
        rule, name = "a share with an area has a metering point in it", share.metering_point_id[:SHOWN]
        yield Rejection(Code.UNKNOWN_OBJECT, rule, f"{field}.metering_point_id", name)
    if share.dnut_micro_euro and not share.area_id:
        rule = "a share that moves the grid, and is charged for it, has an area"
        yield Rejection(Code.FIELD_MISSING, rule, f"{field}.area_id", value=share.dnut_micro_euro)
    limits = {
        "quantity_w": MAX_QUANTITY_W, "amount_micro_euro": MAX_AMOUNT_MICRO_EURO,
        "dnut_micro_euro": MAX_AMOUNT_MICRO_EURO,
    }  # fmt: skip
    for name, limit in limits.items():
        value = getattr(share, name)
        if abs(value) > limit:
            rule = "a share lies within its bound"
            yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, f"{field}.{name}", value=value, limit=limit)
