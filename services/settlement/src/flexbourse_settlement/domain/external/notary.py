"""The notary: results from elsewhere as versions of records on the chain, and what members say of each.

Whoever takes a result from elsewhere notes it while it decides:

    noted = note(state.notary, record_id, content, final=result.final)
    events = [result_taken] if noted is None else [result_taken, noted]

`content` is what the result says, in bytes that everybody who has the result can make; its SHA-256 goes on the chain.
The same content again is nothing new, anything else is the next version. What the chain makes of it stands in
`Records`; a refusal stands there with its reason and keeps nothing from settling.

A record is known on the chain by the SHA-256 of its id: whoever knows the id finds it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum

from flexbourse_core.rejection import Code, Rejection
from flexbourse_settlement.domain.chain.calls import AccountOf, CallOutcome, CallPurpose, ChainCall
from flexbourse_settlement.domain.chain.contracts import NOTARY
from flexbourse_settlement.domain.facts import Participant

MEMBER = "MEMBER"
MEMBER_ROLE = bytes.fromhex("829b824e2329e205435d941c9f13baf578548505283d29261236d8e6596d4636")  # keccak of MEMBER_ROLE
MAX_REASON = 500
MAX_RECORDS = 50_000
MAX_VERSIONS = 1_000
MAX_ATTESTATIONS = 500  # of one version
NO_REASON = bytes(32)

_NO_MEMBER = "NotAMember"
_RECORD, _ATTEST, _ADMIT = "record", "attestFor", "grantRole"


class ChainProgress(IntEnum):
    """How far something is that the chain is to hold."""

    UNSPECIFIED = 0
    WAITING = 1
    DONE = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class RecordNoted:
    """A version of a record is to go on the chain. `hash` is the SHA-256 of its content; versions count from 1."""

    record_id: str
    version: int
    hash: bytes
    final: bool


@dataclass(frozen=True, slots=True)
class RecordAttested:
    """A member said whether its own copy of a version has the same hash."""

    record_id: str
    version: int
    member: str
    agree: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a member said of a version, and whether the chain took it."""

    member: str
    agree: bool
    reason: str
    progress: ChainProgress = ChainProgress.WAITING
    error: str = ""


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """A version of a record; attestations stand in the order in which they were given."""

    version: int
    hash: bytes
    final: bool
    progress: ChainProgress = ChainProgress.WAITING
    error: str = ""
    transaction: bytes = b""
    block_number: int = 0
    attestations: tuple[Attestation, ...] = ()

    @property
    def disputed(self) -> bool:
        """Tell whether a member disagrees."""
        return any(not each.agree for each in self.attestations)


@dataclass(slots=True)
class Records:
    """Records by id, in the order in which they were first noted, and the members that the chain was told of."""

    versions: dict[str, tuple[RecordVersion, ...]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)

    def take(self, event: RecordNoted | RecordAttested) -> Iterator[ChainCall]:
        """Apply an event; iterate over the calls that follow from it."""
        if isinstance(event, RecordNoted):
            version = RecordVersion(event.version, event.hash, event.final)
            self.versions[event.record_id] = (*self.versions.get(event.record_id, ()), version)
            self._forget()
            yield _record_call(event)
            return
        kept = self.versions[event.record_id][event.version - 1]
        said = Attestation(event.member, event.agree, event.reason)
        self._put(event.record_id, replace(kept, attestations=(*kept.attestations, said)))
        if event.member not in self.members:
            self.members.add(event.member)
            yield _admission_call(event.member)
        yield _attest_call(event)

    def called(self, outcome: CallOutcome) -> None:
        """Take what became of a call. One that nobody could be told of is forgotten with its record."""
        call, progress = outcome.call, ChainProgress.REFUSED if outcome.error else ChainProgress.DONE
        if call.function == _ADMIT:
            if outcome.error:
                self.members.discard(call.subject)  # told again with his next attestation
            return
        number = call.arguments[1]
        versions = self.versions.get(call.subject)
        if versions is None or not isinstance(number, int):
            return
        kept = versions[number - 1]
        if call.function == _RECORD:
            self._put(
                call.subject,
                replace(
                    kept, progress=progress, error=outcome.error, transaction=outcome.hash,
                    block_number=outcome.block_number,
                ),
            )  # fmt: skip
            return
        # The chain takes a sender's transactions in order: the first that waits is the one that was answered.
        attestations = list(kept.attestations)
        place = next(i for i, each in enumerate(attestations) if each.progress is ChainProgress.WAITING)
        if outcome.error.startswith(_NO_MEMBER):
            self.members.discard(attestations[place].member)  # he settles on another address by now
        attestations[place] = replace(attestations[place], progress=progress, error=outcome.error)
        self._put(call.subject, replace(kept, attestations=tuple(attestations)))

    def _put(self, record_id: str, version: RecordVersion) -> None:
        versions = self.versions[record_id]
        self.versions[record_id] = (*versions[: version.version - 1], version, *versions[version.version :])

    def _forget(self) -> None:
        while len(self.versions) > MAX_RECORDS:
            del self.versions[next(iter(self.versions))]


def note(records: Records, record_id: str, content: bytes, *, final: bool) -> RecordNoted | None:
    """Return the event that puts a result on record; None where its newest version says the same, or too many stand.

    A correction of a final version is a new version and final itself: the chain refuses a preliminary one.
    """
    versions = records.versions.get(record_id, ())
    digest = hashlib.sha256(content).digest()
    if versions and (versions[-1].hash, versions[-1].final) == (digest, final):
        return None
    if len(versions) >= MAX_VERSIONS:
        return None
    return RecordNoted(record_id, len(versions) + 1, digest, final)


def attest(records: Records, who: Participant | None, wish: RecordAttested) -> RecordAttested | list[Rejection]:
    """Return the event of a member's attestation, or everything that speaks against it."""
    found: list[Rejection] = []
    if who is None or not who.active or MEMBER not in who.roles:
        found.append(Rejection(Code.NOT_AUTHORISED, "an active participant with the role MEMBER attests", "party"))
    if len(wish.reason) > MAX_REASON:
        rule = f"a reason has at most {MAX_REASON} characters"
        found.append(Rejection(Code.FIELD_OUT_OF_RANGE, rule, "reason", value=len(wish.reason), limit=MAX_REASON))
    if not wish.agree and not wish.reason.strip():
        found.append(Rejection(Code.FIELD_MISSING, "who disagrees says why", "reason"))
    versions = records.versions.get(wish.record_id, ())
    if not 1 <= wish.version <= len(versions):
        rule = "record_id and version name a version that was noted"
        found.append(Rejection(Code.UNKNOWN_OBJECT, rule, "version", wish.record_id[:64], wish.version, len(versions)))
        return found
    given = versions[wish.version - 1].attestations
    if any(each.member == wish.member and each.progress is not ChainProgress.REFUSED for each in given):
        rule = "a member attests each version once"
        found.append(Rejection(Code.ALREADY_ATTESTED, rule, "version", wish.record_id[:64]))
    if len(given) >= MAX_ATTESTATIONS:
        rule = f"a version has at most {MAX_ATTESTATIONS} attestations"
        found.append(Rejection(Code.TOO_MANY_ENTRIES, rule, "version", value=len(given), limit=MAX_ATTESTATIONS))
    return found or wish


def document_of(record_id: str) -> bytes:
    """Return the 32 bytes under which the chain knows a record."""
    return hashlib.sha256(b"flexbourse record " + record_id.encode()).digest()


def _record_call(noted: RecordNoted) -> ChainCall:
    arguments = (document_of(noted.record_id), noted.version, noted.hash, noted.final)
    return ChainCall(CallPurpose.RECORD, noted.record_id, NOTARY, _RECORD, arguments)


def _admission_call(member: str) -> ChainCall:
    return ChainCall(CallPurpose.RECORD, member, NOTARY, _ADMIT, (MEMBER_ROLE, AccountOf(member)))


def _attest_call(attested: RecordAttested) -> ChainCall:
    reason = hashlib.sha256(attested.reason.encode()).digest() if attested.reason else NO_REASON
    document = document_of(attested.record_id)
    arguments = (document, attested.version, AccountOf(attested.member), attested.agree, reason)
    return ChainCall(CallPurpose.RECORD, attested.record_id, NOTARY, _ATTEST, arguments)
