"""The state of a simulator for people and tests, as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flexbourse_mfrr_simulator.documents.elements import minute, second
from flexbourse_mfrr_simulator.documents.schemas import Schemas
from flexbourse_mfrr_simulator.domain.orders import ActivationOrder
from flexbourse_mfrr_simulator.domain.platform import Platform
from flexbourse_mfrr_simulator.domain.state import Mtu
from flexbourse_mfrr_simulator.mailbox import Mailbox

MAX_LISTED: Final = 200


def status(platform: Platform, mailbox: Mailbox, counts: Mapping[str, int], schemas: Schemas) -> dict[str, Any]:
    """Return time, counts, the last MTUs and orders, and what waits."""
    state = platform.state
    mtus = [(start, record) for start, record in sorted(state.mtus.items()) if record.selected or record.direct]
    return {
        "now": second(platform.now),
        "down": platform.is_down(),
        "profile": state.settings.profile.name,
        "price_rule": state.settings.price_rule,
        "schema_validation": schemas.is_on,
        "schemas_missing": schemas.missing,
        "counts": dict(counts),
        "parties": dict(sorted(state.parties.items())),
        "suspended_until": {party: second(until) for party, until in sorted(state.suspended.items())},
        "bids": len(state.book.bids),
        "waiting": mailbox.waiting(),
        "lost": mailbox.lost,
        "unacknowledged": [
            {"document": mrid, "party": party, "kind": kind, "sent": second(at)}
            for mrid, (party, kind, at) in list(state.unacknowledged.items())[-MAX_LISTED:]
        ],
        "mtus": [_mtu(start, record) for start, record in mtus[-MAX_LISTED:]],
        "orders": [_order(order) for order in list(state.orders.values())[-MAX_LISTED:]],
        "redispatch": [
            {"id": key, "name": call.call.name, "offers": sorted(call.offers)}
            for key, call in list(state.redispatches.items())[-MAX_LISTED:]
        ],
    }


def _mtu(start: int, record: Mtu) -> dict[str, Any]:
    return {
        "start": minute(start),
        "scheduled_kw": record.scheduled,
        "direct_kw": record.direct,
        "prices": {zone: None if price is None else price / 100 for zone, price in record.prices.items()},
        "flows": record.flows,
        "left_behind_mw": record.left_behind,
        "make_whole": {key: loss / 100 for key, loss in record.make_whole.items()},
        "welfare": record.welfare / 100,
        "proven": record.proven,
    }


def _order(order: ActivationOrder) -> dict[str, Any]:
    return {
        "id": order.id,
        "party": order.party,
        "kind": "heartbeat" if order.is_heartbeat else order.kind,
        "revision": order.revision,
        "state": order.state.value,
        "start": minute(order.delivery.start),
        "end": minute(order.delivery.end),
        "noticed": order.noticed,
        "bids": {mrid: {"kw": line.quantity_kw, "status": line.status} for mrid, line in order.lines.items()},
    }
