"""Events of the activation service for tests of settlement: a few words per event."""

from __future__ import annotations

from settlement_market import AREA, MTU, OPERATOR, party_of

from flexbourse.activation.v1 import activation_pb2 as life
from flexbourse_core.market_time import Mtu

EURO = 1_000_000
TSO = "tso"
STEPS = {
    "CONFIRM": life.ACTIVATION_STEP_CONFIRM, "CANCEL": life.ACTIVATION_STEP_CANCEL, "FAIL": life.ACTIVATION_STEP_FAIL,
    "REFUSE": life.ACTIVATION_STEP_REFUSE, "END": life.ACTIVATION_STEP_END,
}  # fmt: skip


def window(first: int = 0, count: int = 1) -> life.Window:
    """Return quarter-hours from the tests' period on."""
    start = MTU.start_s + 900 * first
    return life.Window(start_s=start, end_s=start + 900 * count, mtu_length_s=900)


def shares(quantities: dict[str, int | list[int]], count: int = 1) -> list[life.Share]:
    """Return what units of metering points give, the same in every quarter-hour where one number is told."""
    return [
        life.Share(unit_id=f"u-{point}", quantities_w=[w] * count if isinstance(w, int) else w)
        for point, w in quantities.items()
    ]


def claimed(claim_id: str, quantities: dict[str, int | list[int]], count: int = 1) -> life.ActivationEvent:
    claim = life.Claim(
        claim_id=claim_id, area_id=AREA, window=window(0, count), shares=shares(quantities, count),
        direction=life.DIRECTION_UP,
    )  # fmt: skip
    return life.ActivationEvent(claim_made=life.ClaimMade(claim=claim))


def reduced(claim_id: str, quantities: dict[str, int | list[int]], count: int = 1) -> life.ActivationEvent:
    left = life.ClaimReduced(area_id=AREA, claim_id=claim_id, shares=shares(quantities, count))
    return life.ActivationEvent(claim_reduced=left)


def reserved(
    name: str,
    quantities: dict[str, int | list[int]],
    price: int = 5,
    buyer: str = OPERATOR,
    count: int = 1,
    call: str = "",
) -> list[life.ActivationEvent]:
    """Return a reservation in EUR/MW/h with its claim, perhaps won in a call."""
    own = life.Reservation(
        terms=life.ReservationTerms(reservation_id=name, purpose=life.PURPOSE_CONGESTION, window=window(0, count)),
        party=buyer, operator_id=party_of(next(iter(quantities))), price_micro_euro_per_mw_h=price * EURO,
        call_id=call,
    )  # fmt: skip
    made = life.ActivationEvent(reserved=life.Reserved(area_id=AREA, reservation=own))
    return [claimed(f"reservation/{name}", quantities, count), made]


def requested(
    name: str,
    quantities: dict[str, int | list[int]],
    price: int = 80,
    *,
    up: bool = True,
    buyer: str = OPERATOR,
    claim: str = "",
    reservation: str = "",
    override: bool = False,
    count: int = 1,
) -> list[life.ActivationEvent]:
    """Return an activation in EUR/MWh, with its claim where it has one of its own, and its order."""
    claim_id = claim or (f"reservation/{reservation}" if reservation else f"activation/{name}")
    own = life.Activation(
        activation_id=name, area_id=AREA, party=buyer, purpose=life.PURPOSE_CONGESTION,
        operator_id=party_of(next(iter(quantities))),
        direction=life.DIRECTION_UP if up else life.DIRECTION_DOWN, window=window(0, count),
        shares=shares(quantities, count), price_micro_euro_per_mwh=price * EURO, claim_id=claim_id,
        reservation_id=reservation, is_override=override,
    )  # fmt: skip
    made = life.ActivationEvent(requested=life.ActivationRequested(activation=own))
    return [made] if reservation or claim else [claimed(claim_id, quantities, count), made]


def ordered(name: str, quantities: dict[str, int | list[int]], count: int = 1) -> life.ActivationEvent:
    order = life.ActivationOrder(
        area_id=AREA, activation_id=name, window=window(0, count), shares=shares(quantities, count)
    )
    return life.ActivationEvent(order_issued=life.OrderIssued(order=order))


def moved(name: str, step: str) -> life.ActivationEvent:
    return life.ActivationEvent(moved=life.ActivationMoved(area_id=AREA, activation_id=name, step=STEPS[step]))


def overridden(name: str, point: str, claim: str, lost_w: int, price: int) -> life.ActivationEvent:
    """Return a contract that gives way to the operator's override, at its price in EUR/MWh."""
    lost = life.ContractOverridden(
        area_id=AREA, override_id=name, unit_id=f"u-{point}", claim_id=claim, paid_to=party_of(point),
        paid_by=OPERATOR, direction=life.DIRECTION_DOWN, window=window(), quantities_w=[lost_w],
        price_micro_euro_per_mwh=price * EURO,
    )  # fmt: skip
    return life.ActivationEvent(overridden=lost)


def need(name: str, buyer: str = OPERATOR) -> life.ActivationEvent:
    own = life.Need(terms=life.NeedTerms(need_id=name, window=window()), party=buyer)
    return life.ActivationEvent(need_stated=life.NeedStated(area_id=AREA, need=own))


def waived(*names: str) -> life.ActivationEvent:
    return life.ActivationEvent(need_served=life.NeedServed(area_id=AREA, need_id="of-tso", waived_need_ids=names))


def over(before: Mtu = MTU, since: Mtu = MTU) -> life.ActivationEvent:
    told = life.WindowsOver(area_id=AREA, from_s=since.start_s, before_s=before.end_s)
    return life.ActivationEvent(windows_over=told)
