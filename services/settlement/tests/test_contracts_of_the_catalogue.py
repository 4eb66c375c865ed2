"""The contracts of the catalogue: what they hold, every refusal with its arguments, and what their calls cost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from contracts_on_chains import STRANGER, Deployed, address, chain_of
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_settlement.adapters.chain_errors import Reverted
from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.domain.chain.contracts import ASSET_REGISTRY, CATALOGUE, FLEX_LEDGER, MAX_GAS, NOTARY
from flexbourse_settlement.domain.chain.totals import MAX_IN_ONE
from flexbourse_settlement.domain.external.notary import MEMBER_ROLE

A, B = address(0xA), address(0xB)
HASH = hashlib.sha256(b"content").digest()
REASON = bytes(32)
PRELIMINARY, FINAL = False, True
DISAGREES, AGREES = False, True


@pytest.fixture(scope="module", params=["embedded", "anvil"])
def chains(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Deployed]]:
    with chain_of(request.param, tmp_path_factory.mktemp("chain")) as (chain, signer):
        names = (ASSET_REGISTRY, FLEX_LEDGER, NOTARY)
        yield {name: Deployed(chain, signer, name) for name in names}


def asset(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def test_deploying_costs_no_more_than_its_limit(chains: dict[str, Deployed]) -> None:
    for name, deployed in chains.items():
        assert deployed.deploy_gas * 1.1 <= CATALOGUE[name].deploy_gas <= MAX_GAS, (name, deployed.deploy_gas)


def test_only_its_role_writes(chains: dict[str, Deployed]) -> None:
    calls = [
        (ASSET_REGISTRY, "register", (HASH,)),
        (ASSET_REGISTRY, "grant", (HASH, A, 1, 2, 0)),
        (ASSET_REGISTRY, "moveEnd", (HASH, 1, 2)),
        (ASSET_REGISTRY, "revoke", (HASH, 1)),
        (FLEX_LEDGER, "setCapacities", ([(HASH, 1)],)),
        (FLEX_LEDGER, "revise", ([(HASH, 1, (1, 0, 1, False))],)),
        (NOTARY, "record", (HASH, 1, HASH, FINAL)),
        (NOTARY, "attestFor", (HASH, 1, A, AGREES, REASON)),
    ]
    for name, function, arguments in calls:
        refused = chains[name].refusal(function, *arguments, sender=STRANGER)
        assert refused is not None
        assert refused.name == "AccessControlUnauthorizedAccount", function
    refused = chains[NOTARY].refusal("attest", HASH, 1, AGREES, REASON, sender=STRANGER)
    assert refused is not None
    assert refused.name == "NotAMember"


def test_one_manager_per_asset_and_moment(chains: dict[str, Deployed]) -> None:
    registry, roof = chains[ASSET_REGISTRY], asset("roof")
    assert registry.refusal("grant", roof, A, 1, 2, 0) == Reverted("UnknownAsset", (roof,))
    registry.call("register", roof)
    assert registry.refusal("register", roof) == Reverted("AlreadyRegistered", (roof,))
    assert registry.refusal("grant", roof, address(0), 1, 2, 0) == Reverted("NoManager", (roof,))
    assert registry.refusal("grant", roof, A, 5, 5, 0) == Reverted("EmptyPeriod", (5, 5))
    registry.call("grant", roof, A, 100, 200, 0)
    overlapping = [(100, 200), (199, 300), (50, 101), (120, 130), (50, 300)]
    for start, end in overlapping:
        assert registry.refusal("grant", roof, B, start, end, 0) == Reverted("RightOverlaps", (roof, 100, 200))
    registry.call("grant", roof, B, 200, 300, 0b110)
    at = {moment: registry.read("mayOffer", roof, A, moment, 1) for moment in (99, 100, 199, 200)}
    assert at == {99: False, 100: True, 199: True, 200: False}
    assert [registry.read("mayOffer", roof, B, 250, product) for product in (1, 2, 3)] == [True, True, False]

    assert registry.refusal("moveEnd", roof, 100, 201) == Reverted("RightOverlaps", (roof, 200, 300))
    assert registry.refusal("moveEnd", roof, 100, 100) == Reverted("EmptyPeriod", (100, 100))
    assert registry.refusal("moveEnd", roof, 101, 150) == Reverted("UnknownRight", (roof, 101))
    registry.call("moveEnd", roof, 100, 150)
    assert not registry.read("mayOffer", roof, A, 150, 1)
    assert registry.refusal("revoke", roof, 150) == Reverted("UnknownRight", (roof, 150))
    registry.call("revoke", roof, 100)
    assert not registry.read("mayOffer", roof, A, 100, 1)
    assert registry.read("mayOffer", roof, B, 250, 1)  # the other one stands
    registry.call("grant", roof, B, 100, 200, 0)


def test_rights_of_an_asset_are_bounded(chains: dict[str, Deployed]) -> None:
    registry, shed = chains[ASSET_REGISTRY], asset("shed")
    registry.call("register", shed)
    limit = registry.read("MAX_RIGHTS")
    gas = [registry.call("grant", shed, A, 10 * n, 10 * n + 10, 0).gas_used for n in range(limit)]
    assert registry.refusal("grant", shed, A, 10**6, 10**6 + 1, 0) == Reverted("TooManyRights", (shed, limit))
    functions = CATALOGUE[ASSET_REGISTRY].functions
    assert max(gas) <= functions["grant"].base
    last = 10 * (limit - 1)
    assert registry.call("moveEnd", shed, last, last + 20).gas_used <= functions["moveEnd"].base
    assert registry.call("revoke", shed, last).gas_used <= functions["revoke"].base
    assert registry.call("register", asset("gas")).gas_used <= functions["register"].base


@settings(max_examples=40, deadline=None)
@given(periods=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8), seed=st.integers(0, 2**32))
def test_whatever_is_granted_nobody_shares_a_moment(
    chains: dict[str, Deployed], periods: list[tuple[int, int]], seed: int
) -> None:
    registry, unit = chains[ASSET_REGISTRY], asset(f"drawn {seed} {periods}")
    if registry.read("isRegistered", unit):
        return
    registry.call("register", unit)
    granted: list[tuple[int, int]] = []
    for number, (start, end) in enumerate(periods):
        free = start < end and all(end <= other or until <= start for other, until in granted)
        refused = registry.refusal("grant", unit, address(100 + number), start, end, 0)
        assert (refused is None) is free
        if free:
            registry.call("grant", unit, address(100 + number), start, end, 0)
            granted.append((start, end))
    assert sorted((right[1], right[2]) for right in registry.read("rightsOf", unit)) == sorted(granted)


def total(unit: bytes, start: int, up_w: int, down_w: int, revision: int, *, operated: bool = False):
    return (unit, start, (up_w, down_w, revision, operated))


def test_a_total_stands_once_and_only_grows_in_revision(chains: dict[str, Deployed]) -> None:
    ledger, unit = chains[FLEX_LEDGER], asset("battery")
    first = total(unit, 900, 3_000, 0, 1)
    assert ledger.refusal("revise", [first]) == Reverted("UnknownUnit", (unit,))
    ledger.call("setCapacities", [(unit, 5_000)])
    assert ledger.read("spanOf", unit) == 5_000
    ledger.call("revise", [first])
    assert ledger.refusal("revise", [first]) == Reverted("StaleRevision", (unit, 900, 1, 1))
    ledger.call("revise", [total(unit, 900, 4_000, 1_000, 5), total(unit, 1_800, 1, 0, 1)])
    assert ledger.refusal("revise", [total(unit, 900, 0, 0, 4)]) == Reverted("StaleRevision", (unit, 900, 5, 4))
    twice = [total(unit, 2_700, 1, 0, 1), total(unit, 2_700, 2, 0, 1)]
    assert ledger.refusal("revise", twice) == Reverted("StaleRevision", (unit, 2_700, 1, 1))
    assert tuple(ledger.read("totalOf", unit, 900)) == (4_000, 1_000, 5, False)
    assert tuple(ledger.read("totalOf", unit, 2_700)) == (0, 0, 0, False)


def test_the_same_kilowatt_twice_and_opposed_claims_are_refused_with_the_whole_batch(
    chains: dict[str, Deployed],
) -> None:
    ledger, unit, other = chains[FLEX_LEDGER], asset("boiler"), asset("pump")
    ledger.call("setCapacities", [(unit, 2_000), (other, 1_000)])
    sound = total(other, 0, 1_000, 0, 1)
    doubled_up, doubled_down = total(unit, 0, 2_001, 0, 1), total(unit, 0, 0, 2_001, 1)
    assert ledger.refusal("revise", [sound, doubled_up]) == Reverted("DoubleClaim", (unit, 0, 2_001, 2_000))
    assert ledger.refusal("revise", [sound, doubled_down]) == Reverted("DoubleClaim", (unit, 0, 2_001, 2_000))
    opposed = total(unit, 0, 500, 400, 1, operated=True)
    assert ledger.refusal("revise", [sound, opposed]) == Reverted("OpposedClaim", (unit, 0, 500, 400))
    ledger.call("revise", [sound, total(unit, 0, 500, 400, 1), total(unit, 900, 500, 0, 1, operated=True)])
    assert ledger.refusal("revise", [total(unit, 0, 500, 400, 2, operated=True)]) is not None


def test_a_full_batch_of_totals_stays_within_its_limit(chains: dict[str, Deployed]) -> None:
    ledger, functions = chains[FLEX_LEDGER], CATALOGUE[FLEX_LEDGER].functions
    units = [asset(f"unit {number}") for number in range(MAX_IN_ONE)]
    limits = {name: gas.base + gas.per_item * MAX_IN_ONE for name, gas in functions.items()}
    assert max(limits.values()) <= MAX_GAS
    spans = ledger.call("setCapacities", [(unit, 10**9) for unit in units], gas=MAX_GAS).gas_used
    totals = [total(unit, 2**40 - 1, 10**9, 10**9, 2**32 - 1) for unit in units]
    revised = ledger.call("revise", totals, gas=MAX_GAS).gas_used
    assert spans * 1.1 <= limits["setCapacities"], spans
    assert revised * 1.1 <= limits["revise"], revised
    single = ledger.call("revise", [total(units[0], 5, 1, 0, 1)]).gas_used
    assert single <= functions["revise"].base + functions["revise"].per_item


def test_versions_are_appended_and_never_changed(chains: dict[str, Deployed]) -> None:
    notary, result = chains[NOTARY], asset("result")
    assert notary.refusal("record", result, 1, bytes(32), PRELIMINARY) == Reverted("EmptyHash", (result,))
    assert notary.refusal("record", result, 2, HASH, PRELIMINARY) == Reverted("NotTheNextVersion", (result, 1, 2))
    gas = [notary.call("record", result, 1, HASH, PRELIMINARY).gas_used]
    assert notary.refusal("record", result, 1, asset("other"), PRELIMINARY) == Reverted(
        "NotTheNextVersion", (result, 2, 1)
    )
    gas.append(notary.call("record", result, 2, asset("final"), FINAL).gas_used)
    assert notary.refusal("record", result, 3, HASH, PRELIMINARY) == Reverted("PreliminaryAfterFinal", (result, 3))
    notary.call("record", result, 3, asset("correction"), FINAL)
    kept = [notary.read("versionOf", result, version) for version in (1, 2, 3)]
    assert [(each[0], each[2]) for each in kept] == [(HASH, False), (asset("final"), True), (asset("correction"), True)]
    assert notary.read("versionCount", result) == 3
    assert max(gas) <= CATALOGUE[NOTARY].functions["record"].base


def test_a_member_attests_each_version_once(chains: dict[str, Deployed]) -> None:
    notary, result = chains[NOTARY], asset("attested")
    assert keccak(b"MEMBER_ROLE") == MEMBER_ROLE
    notary.call("record", result, 1, HASH, FINAL)
    assert notary.refusal("attestFor", result, 1, A, AGREES, REASON) == Reverted("NotAMember", (A.lower(),))
    admission = notary.call("grantRole", MEMBER_ROLE, A).gas_used
    notary.call("grantRole", MEMBER_ROLE, B)
    for version in (0, 2):
        refused = notary.refusal("attestFor", result, version, A, AGREES, REASON)
        assert refused == Reverted("UnknownVersion", (result, version))
    first = notary.call("attestFor", result, 1, A, AGREES, REASON).gas_used
    notary.call("attestFor", result, 1, B, DISAGREES, HASH)
    for agrees in (AGREES, DISAGREES):
        refused = notary.refusal("attestFor", result, 1, A, agrees, REASON)
        assert refused == Reverted("AlreadyAttested", (result, 1, A.lower()))
    _, _, final, agreeing, disagreeing = notary.read("versionOf", result, 1)
    assert (final, agreeing, disagreeing) == (True, 1, 1)
    assert [notary.read("saidOf", result, 1, who) for who in (A, B, address(7))] == [1, 2, 0]
    functions = CATALOGUE[NOTARY].functions
    assert admission <= functions["grantRole"].base
    assert first <= functions["attestFor"].base
