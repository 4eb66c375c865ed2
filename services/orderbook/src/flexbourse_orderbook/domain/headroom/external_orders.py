"""Who holds headroom for orders that rest elsewhere: a service of the platform, at any fill until it hears of one.

Such headroom is given up for the sake of firm local orders, and when the grid is tightened, but by its holder alone: an
order that rests on an exchange may be filled until its cancel is confirmed. What an operator has reserved by activation
is his own and paid for: it is held at any fill too, but nothing goes before it.
"""

from __future__ import annotations

from flexbourse_orderbook.domain.headroom.events import HeadroomReserved

SERVICE = "service:"  # before the context of a service that holds headroom; no participant's id has a colon
OF_OPERATORS = SERVICE + "activation"


def is_service(party: str) -> bool:
    """Tell whether a holder of headroom is another service of the platform."""
    return party.startswith(SERVICE)


def is_external(reserved: HeadroomReserved) -> bool:
    """Tell whether a reservation is of external orders that are not executed yet."""
    return reserved.reservation.any_fill and is_service(reserved.party) and reserved.party != OF_OPERATORS
