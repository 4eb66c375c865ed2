"""Statements: a true one verifies, and whatever is changed in one is named."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from settlement_market import AREA, MTU, OPERATOR, drawn_periods, match, period

from flexbourse_core.market_time import Mtu
from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.domain.chain.addresses import kept_address
from flexbourse_settlement.domain.ledger import Period, settle
from flexbourse_settlement.domain.lines.line import DNUT
from flexbourse_settlement.domain.matches import Basis, Product
from flexbourse_settlement.domain.proofs.batch import PreparedBatch, Run, deltas, prepare
from flexbourse_settlement.domain.proofs.leaf import canonical
from flexbourse_settlement.domain.proofs.statement import batch_entry, digest, statement
from flexbourse_settlement.domain.proofs.verify import Difference, OnChain, verify

ANCHOR = {"chain_id": 7, "contract": "0xc0", "transaction": "ab" * 32, "block_number": 3}
RUN = Run(AREA, "day-1", (MTU, Mtu(MTU.end_s, 900)))


def key_of(account: str) -> bytes:
    return account.encode().ljust(32)


def settled_batch(*periods: Period) -> PreparedBatch:
    lines = [line for each in periods for line in settle(each)]
    addresses = {line.account: kept_address(keccak, line.account) for line in lines}
    return prepare(keccak, RUN, lines, deltas(lines, addresses, [OPERATOR]), key_of)


def on_chain(batch: PreparedBatch) -> OnChain:
    accounts = batch.document["accounts"]
    assert isinstance(accounts, list)
    return OnChain(
        root=str(batch.document["root"]),
        data_hash=batch.data_hash.hex(),
        leaf_count=batch.tree.leaf_count,
        chain_id=7,
        contract="0xc0",
        transaction="ab" * 32,
        block_number=3,
        amounts=dict(accounts),
    )


def stated_of(batch: PreparedBatch, account: str) -> dict[str, Any]:
    return statement(account, kept_address(keccak, account), [batch_entry(batch, account, ANCHOR)])


def differences(stated: Mapping[str, Any], batch: PreparedBatch) -> list[Difference]:
    return verify(stated, keccak, lambda batch_id, _anchor: on_chain(batch) if batch_id == RUN.batch_id else None)


def village() -> PreparedBatch:
    first = [
        match(1, seller="mp-1", buyer="mp-4", dnut=700),
        match(2, seller="mp-3", buyer="mp-5", dnut=-900, buyer_basis=Basis.SCHEDULED, buyer_is_aggressor=False),
        match(3, product=Product.FLEX_UP, buyer_basis=Basis.OPERATOR_REQUEST, relief=-50, buyer_is_aggressor=False),
    ]
    second = Mtu(MTU.end_s, 900)
    return settled_batch(
        period(first, metered_w={f"mp-{n}": 90 * n for n in range(1, 7)}),
        period([match(1, quantity_w=250, mtu=second)], mtu=second, bases_w=dict.fromkeys(("mp-1", "mp-4"), -500)),
    )


VILLAGE = village()
ACCOUNTS = sorted(VILLAGE.leaves)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_true_statement_verifies_for_every_account(account: str) -> None:
    assert differences(stated_of(VILLAGE, account), VILLAGE) == []


@given(drawn_periods())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_any_true_statement_verifies(drawn: Period) -> None:
    batch = settled_batch(drawn)
    for account in batch.leaves:
        assert differences(stated_of(batch, account), batch) == []


def numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every number of a statement."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from numbers(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from numbers(inner, (*path, index))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path


def change(value: Any, path: tuple[Any, ...], to: Any) -> Any:
    changed = copy.deepcopy(value)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to(place[path[-1]])
    return changed


def named_by(path: tuple[Any, ...], stated: Mapping[str, Any]) -> tuple[str, str]:
    """Return the leaf and field by which a changed number must be named."""
    if "leaves" in path:
        leaf = stated["batches"][path[1]]["metering_points"][path[3]]["leaves"][path[5]]
        return leaf["fields"]["leaf_id"], str(path[-1])
    if "accounts" in path:
        return "", f"document.accounts.{stated['batches'][path[1]]['document']['accounts'][path[4]][0]}"
    if "mtus" in path:
        return "", "document.mtus"
    if "document" in path or "anchor" in path:
        return "", ".".join(str(step) for step in path[2:])
    if "metering_points" in path:
        point = stated["batches"][path[1]]["metering_points"][path[3]]["metering_point_id"]
        return "", f"metering_points.{point}.net_micro_euro"
    return "", "net_micro_euro"


@pytest.mark.parametrize("account", ["agg-a", OPERATOR, DNUT])
def test_each_changed_number_is_named_with_its_leaf_and_field(account: str) -> None:
    stated = stated_of(VILLAGE, account)
    paths = list(numbers(stated))
    assert len(paths) > 40
    for path in paths:
        found = differences(change(stated, path, lambda number: number + 1), VILLAGE)
        names = [(each.leaf_id, each.field) for each in found]
        wanted = named_by(path, stated)
        assert any(leaf == wanted[0] and field.startswith(wanted[1]) for leaf, field in names), (path, names)
        if "leaves" in path:
            assert {leaf for leaf, _ in names} == {wanted[0]}, (path, names)


def test_the_value_that_it_should_be_is_told_where_others_give_it() -> None:
    stated = stated_of(VILLAGE, "agg-a")
    at = next(path for path in numbers(stated) if path[-1] == "amount_micro_euro")
    was = stated["batches"][0]["metering_points"][at[3]]["leaves"][at[5]]["fields"]["amount_micro_euro"]
    found = differences(change(stated, at, lambda number: number + 10_000), VILLAGE)
    assert [(each.stated, each.expected) for each in found] == [(was + 10_000, was)]
    assert f"is {was + 10_000}, should be {was}" in str(found[0])


def texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, (*path, index))
    elif isinstance(value, str) and value:
        yield path


def flipped(text: str) -> str:
    return text[:-1] + ("1" if text[-1] == "0" else "0")


def test_each_changed_text_salt_hash_and_node_is_found() -> None:
    stated = stated_of(VILLAGE, "agg-a")
    for path in texts(stated):
        assert differences(change(stated, path, flipped), VILLAGE), path


def test_missing_and_added_things_are_found() -> None:
    stated = stated_of(VILLAGE, "agg-a")
    group = stated["batches"][0]["metering_points"][1]

    without_leaf = copy.deepcopy(stated)
    del without_leaf["batches"][0]["metering_points"][1]["leaves"][0]
    assert any(each.field == "leaf_count" for each in differences(without_leaf, VILLAGE))

    added = copy.deepcopy(stated)
    added["batches"][0]["bonus_micro_euro"] = 5
    assert [each.field for each in differences(added, VILLAGE)] == ["batches[0].bonus_micro_euro"]

    twice = copy.deepcopy(stated)
    twice["batches"][0]["metering_points"][1]["leaves"].append(copy.deepcopy(group["leaves"][0]))
    assert differences(twice, VILLAGE)

    no_batches = {**stated, "batches": []}
    assert [each.field for each in differences(no_batches, VILLAGE)] == ["net_micro_euro"]


def test_broken_shapes_are_listed_not_thrown() -> None:
    stated = stated_of(VILLAGE, "agg-a")
    broken: dict[str, Any] = {**stated, "net_micro_euro": 1.5, "account": None}
    assert sorted(each.field for each in differences(broken, VILLAGE)) == ["account", "net_micro_euro"]
    assert verify({}, keccak, lambda *_: None)


def test_a_batch_that_the_chain_does_not_have_is_named() -> None:
    found = verify(stated_of(VILLAGE, "agg-a"), keccak, lambda *_: None)
    assert [each.field for each in found] == ["anchor"]


def test_a_whole_forged_batch_fails_against_the_chain() -> None:
    forged = settled_batch(period([match(1, price_ticks=1)]))
    found = verify(stated_of(forged, "agg-a"), keccak, lambda *_: on_chain(VILLAGE))
    assert any(each.field == "document.root" for each in found)


def test_the_digest_ignores_where_it_was_settled_and_nothing_else() -> None:
    stated = stated_of(VILLAGE, "agg-a")
    elsewhere = statement("agg-a", stated["address"], [
        batch_entry(VILLAGE, "agg-a", {**ANCHOR, "contract": "0xdd", "block_number": 99})
    ])  # fmt: skip
    assert digest(stated) == digest(elsewhere)
    assert digest(json.loads(canonical(stated))) == digest(stated)
    at = next(path for path in numbers(stated) if path[-1] == "quantity_w")
    assert digest(change(stated, at, lambda number: number + 1)) != digest(stated)


def test_the_same_lines_and_keys_give_the_same_bytes() -> None:
    again = village()
    assert again.data_hash == VILLAGE.data_hash
    for account in ACCOUNTS:
        assert canonical(stated_of(again, account)) == canonical(stated_of(VILLAGE, account))


def test_other_keys_hide_the_same_trades_behind_other_leaves() -> None:
    lines = settle(period([match(1)]))
    addresses = {line.account: kept_address(keccak, line.account) for line in lines}
    net = deltas(lines, addresses, [OPERATOR])
    one = prepare(keccak, RUN, lines, net, key_of)
    other = prepare(keccak, RUN, lines, net, lambda _account: b"\0" * 32)
    assert not {leaf.hash for leaf in one.leaves["agg-a"]} & {leaf.hash for leaf in other.leaves["agg-a"]}
