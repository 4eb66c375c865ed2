"""The proof that is shown: one line of a statement, its root on the chain, and what a changed cent does."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flexbourse_demo.driving.notes import home_of
from flexbourse_demo.driving.settling import Settled
from flexbourse_demo.driving.traded_world import TradedWorld
from flexbourse_demo.modelled.village import AGGREGATORS
from flexbourse_demo.robots.market_view import Product
from flexbourse_demo.telling.labels import cents
from flexbourse_demo.telling.record import ProofRecord
from flexbourse_demo.telling.stories import chosen_home

ONE_CENT_MICRO_EURO = 10_000
SHOWN_HASHES = 4

# Verifies a statement file with the chain in a data folder; returns what differs, in words.
VerifyFile = Callable[[Path, Path], Sequence[str]]


def proof_of(world: TradedWorld, settled: Settled, folder: Path, verify_file: VerifyFile | None) -> ProofRecord:
    """Return the proof of the largest energy trade of the home that the report tells of."""
    home = chosen_home(world.model, world.notes)
    stated = settled.statements[home.aggregator_id]
    leaf = _largest_trade(stated, home.home_id)
    verified, tampered = _verify(stated, leaf, home.aggregator_id, folder, verify_file)
    batch = stated["batches"][0]
    return ProofRecord(
        participant=dict(AGGREGATORS)[home.aggregator_id],
        leaf_words=_words(world, leaf),
        leaf=str(leaf["hash"]),
        path=tuple(list(batch["siblings"].values())[:SHOWN_HASHES]),
        path_length=len(batch["siblings"]),
        root=settled.root,
        batches=settled.batches,
        leaves=settled.leaves,
        gas=settled.gas,
        block=settled.block,
        accounts_micro_euro=settled.accounts_micro_euro,
        verify_words=verified,
        tampered_words=tampered,
    )


def _largest_trade(stated: dict[str, Any], home_id: str) -> dict[str, Any]:
    leaves = [
        leaf
        for batch in stated["batches"]
        for group in batch["metering_points"]
        for leaf in group["leaves"]
        if leaf["fields"]["kind"] == "trade"
    ]
    return max(leaves, key=lambda leaf: (leaf["fields"]["metering_point_id"] == home_id, leaf["fields"]["quantity_w"]))


def _words(world: TradedWorld, leaf: dict[str, Any]) -> str:
    fields, village = leaf["fields"], world.model.village
    home = village.by_id.get(home_of(fields["metering_point_id"]))
    who = home.name if home else fields["metering_point_id"]
    did = "sold" if fields["side"] == "SELLER" else "bought"
    what = "" if fields["product"] != Product.FLEX_UP else " of relief"
    clock = world.model.day.clock(world.model.day.index_of(int(fields["mtu_start_s"])))
    return (
        f"{who} {did} {int(fields['quantity_w']) / 1000:.1f} kW{what} at {clock} for "
        f"{cents(int(fields['price_ticks'])):.1f} ct/kWh."
    )


def _verify(
    stated: dict[str, Any], leaf: dict[str, Any], party: str, folder: Path, verify_file: VerifyFile | None
) -> tuple[str, str]:
    """Return the verdict on the statement and on a copy in which one cent is changed; empty without a verifier."""
    path = folder / "statements" / f"{party}.json"
    if verify_file is None or not path.exists():
        return "", ""
    differences = verify_file(path, folder)
    verdict = "OK, every number is bound by the chain or recomputed" if not differences else differences[0]
    changed = copy.deepcopy(stated)
    for batch in changed["batches"]:
        for group in batch["metering_points"]:
            for other in group["leaves"]:
                if other["hash"] == leaf["hash"]:
                    other["fields"]["amount_micro_euro"] = (
                        int(other["fields"]["amount_micro_euro"]) + ONE_CENT_MICRO_EURO
                    )
    forged = folder / "forged-statement.json"
    forged.write_text(json.dumps(changed))
    try:
        found = verify_file(forged, folder)
    finally:
        forged.unlink()
    said = found[0] if found else "nothing, which is a defect"
    return f"verify {path.name}: {verdict}", f"one cent changed: {said}"
