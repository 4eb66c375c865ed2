"""The figures of a day as JSON: what tests and comparisons read."""

from __future__ import annotations

from typing import Any

from flexbourse_demo.driving.traded_world import TradedWorld
from flexbourse_demo.telling.record import DayRecord

LIGHT_NAMES = {"G": "GREEN", "A": "AMBER", "R": "RED", "?": "UNKNOWN"}


def figures(world: TradedWorld, record: DayRecord) -> dict[str, Any]:
    """Return the figures of a traded world and of the three worlds beside each other."""
    facts, settled, audit = record.facts, world.settled, world.notes.audit
    return {
        "network": facts.network,
        "date": facts.date,
        "seed": facts.seed,
        "engine": facts.engine,
        "seconds": round(facts.seconds, 2),
        "orders": facts.orders,
        "robots": facts.robots,
        "trades": facts.trades,
        "energy_kwh": round(facts.energy_kwh, 3),
        "refusals": facts.refusals,
        "light_minutes": {LIGHT_NAMES[letter]: minutes for letter, minutes in facts.light_minutes.items()},
        "audit": {
            "checked": audit.checked,
            "disagreements": audit.disagreements,
            "violations": audit.violations,
        },
        "settlement": {
            "batches": settled.batches if settled else 0,
            "gas": settled.gas if settled else 0,
            "root": settled.root if settled else "",
            "leaves": settled.leaves if settled else 0,
            "balance_check": sum(settled.accounts_micro_euro.values()) if settled else 0,
        },
        "digests": facts.digests,
        "worlds": [
            {
                "name": one.name,
                "overloaded_quarters": one.overloaded_quarters,
                "worst_percent": one.worst_percent,
                "lowest_volt": round(one.lowest_volt, 3),
                "bill_euro": one.bill_euro,
                "refused_kwh": one.refused_kwh,
                "losses_kwh": one.losses_kwh,
                "car_kwh": one.car_kwh,
            }
            for one in record.worlds
        ],
    }
