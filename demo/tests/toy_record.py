"""A whole recorded day, traded on the toy exchange, for tests of the report."""

from __future__ import annotations

from functools import cache

from toy_exchange import ToyExchange
from village_fixtures import kerber_day, kerber_model, kerber_topology

from flexbourse_demo.telling.assemble import DayMaterial, assemble, compute_worlds
from flexbourse_demo.telling.record import DayRecord, ProofRecord, RunFacts


@cache
def toy_material(seed: int = 1) -> DayMaterial:
    exchanges = []
    for checked in (True, False):
        exchange = ToyExchange(kerber_day(seed), kerber_topology(), checked=checked)
        exchange.run()
        exchanges.append(exchange.notes())
    return DayMaterial(kerber_day(seed), kerber_model(), kerber_topology(), *exchanges)


@cache
def toy_record(seed: int = 1) -> DayRecord:
    material = toy_material(seed)
    notes = material.checked
    facts = RunFacts(
        "kerber-dorf", "Kerber Dorfnetz, a published rural German grid", "2026-02-26", seed,
        f"flexbourse demo --network kerber-dorf --date 2026-02-26 --seed {seed}", "toy", {"flexbourse": "0.1.0"},
        {"trades": "ab" * 32, "statements": "cd" * 32}, 31.4, len(notes.view.orders), 101, len(notes.trades),
        sum(t.quantity_w for t in notes.trades) / 4000, notes.refusals_by_code(), notes.light_minutes,
    )  # fmt: skip
    proof = ProofRecord(
        "Alder Energy", "Chestnut Lane 11 bought 4.2 kW at 21:30 for 27.4 ct/kWh", "12" * 32, ("34" * 32, "56" * 32), 9,
        "78" * 32, 1, 4100, 301_222, 7, {"alder-energy": -1_000_001, "village-supply": 1_000_001},
        "Statement of Alder Energy: 812 lines, root as on the chain.", "One cent changed: line 17, amount differs.",
    )  # fmt: skip
    return assemble(material, compute_worlds(material), facts, proof, (31.0, 14_600.0))
