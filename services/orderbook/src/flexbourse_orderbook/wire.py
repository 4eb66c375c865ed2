"""Messages and domain values of the order book: commands and events both ways, records of other services inwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.external.v1 import external_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import snapshot_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.tariff import TariffParameters
from flexbourse_gridmath.topology import Integer, Topology, compile_topology
from flexbourse_messages.binding import Binding
from flexbourse_messages.rejections import rejection_from_message, rejection_to_message
from flexbourse_orderbook import capacity_wire
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain import registry_state as r
from flexbourse_orderbook.domain.agreements import agreed as ag
from flexbourse_orderbook.domain.auctions.events import AuctionCleared
from flexbourse_orderbook.domain.entry.activity import PartyActivity
from flexbourse_orderbook.domain.entry.collateral import Allotment, AllotmentAcknowledged
from flexbourse_orderbook.domain.findings import NodeChange
from flexbourse_orderbook.domain.flexibility.calls import EndCall
from flexbourse_orderbook.domain.grid import curtailment_events as c
from flexbourse_orderbook.domain.grid.area_grid import AreaTopology, BaseCase, Tariff
from flexbourse_orderbook.domain.grid.capacity import CapacityLimit, CapacityLimitsSet, CapacityScope, SetCapacityLimits
from flexbourse_orderbook.domain.grid.grid_view import Margin
from flexbourse_orderbook.domain.grid.moving_trades import MovingTrade
from flexbourse_orderbook.domain.grid.topology_change import Decision
from flexbourse_orderbook.domain.groups.exclusive_groups import GroupMember
from flexbourse_orderbook.domain.headroom import events as h
from flexbourse_orderbook.domain.headroom.outside import OutsideShare, TradedOutside
from flexbourse_orderbook.domain.hitting import Hit
from flexbourse_orderbook.domain.operation import events as o
from flexbourse_orderbook.domain.operation.operating import CancelFor, HaltBooks, ResumeBooks
from flexbourse_orderbook.domain.operation.recall import RecallTrade
from flexbourse_orderbook.domain.orders import Basis, FillRule, Forwarding, NewOrder, Order, Product, Side
from flexbourse_orderbook.domain.phases import table as p
from flexbourse_orderbook.domain.pools.events import PoolCleared
from flexbourse_orderbook.domain.resting.replacement import Replacement
from flexbourse_orderbook.domain.safeguards import events as sg
from flexbourse_orderbook.domain.safeguards.ending import CancelAll, KeepSession, SetKillSwitch
from flexbourse_orderbook.domain.spreads import events as sp
from flexbourse_orderbook.domain.spreads.requests import RequestSpread


def mtu_out(mtu: Mtu) -> common_pb2.Mtu:
    """Return the message of a period."""
    return common_pb2.Mtu(start_s=mtu.start_s, length_s=mtu.length_s)


def mtu_in(message: common_pb2.Mtu) -> Mtu:
    """Return a period."""
    return Mtu(message.start_s, message.length_s)


def _present(message: Message, name: str) -> int | None:
    """Return an optional number, None where it is absent."""
    number: int | None = getattr(message, name) if message.HasField(name) else None
    return number


class _Lenient(dict[int, Any]):
    """The members of an enumeration from outside: a number that is not known here counts as unspecified."""

    def __init__(self, kind: type[Any]) -> None:
        super().__init__((int(entry), entry) for entry in kind)
        self._unspecified = kind.UNSPECIFIED

    def __missing__(self, number: int) -> Any:
        return self._unspecified


MAX_TOPOLOGIES = 8  # one of 3,000 nodes holds about 15 MB
_GIVEN = {Rejection: (rejection_to_message, rejection_from_message)}
_FROM_OUTSIDE = {
    kind: (int, _Lenient(kind).__getitem__)
    for kind in (Product, Side, FillRule, CapacityScope, Forwarding, ag.TariffBearer, ag.Answer)
}

NEW_ORDER = Binding(NewOrder, pb.NewOrder, _FROM_OUTSIDE)
ORDER = Binding(Order, pb.Order)
REPLACEMENT = Binding(Replacement, pb.ReplaceOrder)
RESERVE = Binding(h.ReserveHeadroom, pb.ReserveHeadroom)
CONFIRM = Binding(h.ConfirmHeadroom, pb.ConfirmHeadroom)
RELEASE = Binding(h.ReleaseHeadroom, pb.ReleaseHeadroom)
RESERVED = Binding(h.HeadroomReserved, pb.HeadroomReserved)
NODE_CHANGE = Binding(NodeChange, pb.NodeChange)
RETRY_PLACE = Binding(e.RetryPlace, pb.RetryPlace)
PROPOSED = Binding(c.CurtailmentProposed, pb.CurtailmentProposed)
CAPACITY_LIMIT = Binding(CapacityLimit, pb.CapacityLimit)
HELD_RELIEF = Binding(e.HeldRelief, pb.HeldRelief)
HELD_CALL = Binding(e.FlexibilityHeld, pb.FlexibilityHeld)
PAIR_BLOCKED = Binding(e.PairBlocked, pb.PairBlocked)
CONTESTED = Binding(h.HeadroomContested, pb.HeadroomContested)
SET_CAPACITY = Binding(SetCapacityLimits, pb.SetCapacityLimits, _FROM_OUTSIDE)
DECISION = Binding(Decision, pb.DecideCurtailment)
HALT = Binding(HaltBooks, pb.HaltBooks)
RESUME = Binding(ResumeBooks, pb.ResumeBooks)
CANCEL_FOR = Binding(CancelFor, pb.CancelFor)
RECALL = Binding(RecallTrade, pb.RecallTrade)
END_CALL = Binding(EndCall, pb.EndCall)
MOVING_TRADE = Binding(MovingTrade, snapshot_pb2.MovingTrade)
TRADE = Binding(e.TradeExecuted, pb.TradeExecuted)
AUCTION = Binding(AuctionCleared, pb.AuctionCleared, _GIVEN)
OUTSIDE = Binding(TradedOutside, pb.TradedOutside)
_COLLAR = Binding(r.PriceCollar, registry.PriceCollar)
_POOL_TERMS = Binding(r.PoolTerms, registry.PoolTerms)
ALLOTMENT = Binding(Allotment, settlement.AllotmentState)

REQUEST_SPREAD = Binding(RequestSpread, pb.RequestSpread, _FROM_OUTSIDE)
SPREAD_REQUESTED = Binding(sp.SpreadRequested, pb.SpreadRequested)
GROUP_MEMBER = Binding(GroupMember, snapshot_pb2.GroupMember)
ACTIVITY = Binding(PartyActivity, snapshot_pb2.PartyActivity)
SESSION = Binding(sg.SessionKept, pb.SessionKept)
KILL_SWITCH = Binding(sg.KillSwitchSet, pb.KillSwitchSet)
CANCEL_ALL = Binding(CancelAll, pb.CancelAll, _FROM_OUTSIDE)
KEEP_SESSION = Binding(KeepSession, pb.KeepSession)
PROPOSE_AGREEMENT = Binding(ag.ProposeAgreement, pb.ProposeAgreement, _FROM_OUTSIDE)
ANSWER_AGREEMENT = Binding(ag.AnswerAgreement, pb.AnswerAgreement, _FROM_OUTSIDE)
AGREEMENT = Binding(ag.Agreement, pb.Agreement)
SET_KILL_SWITCH = Binding(SetKillSwitch, pb.SetKillSwitch)

# Field of `OrderEvent` → binding of what it holds.
_EVENTS: dict[str, Binding[Any, Any]] = {
    "base_frozen": Binding(e.BaseFrozen, pb.BaseFrozen),
    "admitted": Binding(e.OrderAdmitted, pb.OrderAdmitted),
    "refused": Binding(e.OrderRefused, pb.OrderRefused, {**_GIVEN, **_FROM_OUTSIDE}),
    "trade": TRADE,
    "skipped": Binding(e.CandidateSkipped, pb.CandidateSkipped, _GIVEN),
    "closed": Binding(e.OrderClosed, pb.OrderClosed, _GIVEN),
    "replaced": Binding(e.OrderReplaced, pb.OrderReplaced),
    "opened": Binding(e.BookOpened, pb.BookOpened),
    "book_closed": Binding(e.BookClosed, pb.BookClosed),
    "potential_revised": Binding(e.PotentialRevised, pb.PotentialRevised),
    "operating_point": Binding(e.OperatingPointChanged, pb.OperatingPointChanged),
    "reserved": RESERVED,
    "headroom_filled": Binding(h.HeadroomFilled, pb.HeadroomFilled),
    "headroom_settled": Binding(h.HeadroomSettled, pb.HeadroomSettled),
    "headroom_denied": Binding(h.HeadroomDenied, pb.HeadroomDenied, _GIVEN),
    "headroom_reduced": Binding(h.HeadroomReduced, pb.HeadroomReduced),
    "headroom_contested": CONTESTED,
    "headroom_short": Binding(h.HeadroomShort, pb.HeadroomShort),
    "halted": Binding(e.AreaHalted, pb.AreaHalted),
    "sorted": Binding(e.BookSorted, pb.BookSorted),
    "retried": Binding(e.PairsRetried, pb.PairsRetried),
    "curtailment_proposed": PROPOSED,
    "curtailment_withdrawn": Binding(c.CurtailmentWithdrawn, pb.CurtailmentWithdrawn),
    "trade_curtailed": Binding(c.TradeCurtailed, pb.TradeCurtailed),
    "topology_rechecked": Binding(c.TopologyRechecked, pb.TopologyRechecked),
    "capacity_limits_set": Binding(CapacityLimitsSet, pb.CapacityLimitsSet),
    "relief_released": Binding(e.ReliefReleased, pb.ReliefReleased),
    "held": HELD_CALL,
    "call_ended": Binding(e.CallEnded, pb.CallEnded),
    "pair_blocked": PAIR_BLOCKED,
    "traded_outside": OUTSIDE,
    "hibernated": Binding(sg.OrderHibernated, pb.OrderHibernated),
    "session_kept": SESSION,
    "kill_switch_set": KILL_SWITCH,
    "phase_changed": Binding(p.PhaseChanged, pb.PhaseChanged),
    "order_released": Binding(p.OrderReleased, pb.OrderReleased),
    "market_halted": Binding(o.MarketHalted, pb.MarketHalted),
    "operator_acted": Binding(o.OperatorActed, pb.OperatorActed),
    "trade_recalled": Binding(o.TradeRecalled, pb.TradeRecalled),
    "agreement_proposed": Binding(ag.AgreementProposed, pb.AgreementProposed),
    "agreement_confirmed": Binding(ag.AgreementConfirmed, pb.AgreementConfirmed),
    "agreement_ended": Binding(ag.AgreementEnded, pb.AgreementEnded, _GIVEN),
    "span_matched": Binding(e.SpanMatched, pb.SpanMatched),
    "auction_cleared": AUCTION,
    "pool_cleared": Binding(PoolCleared, pb.PoolCleared, _GIVEN),
    "spread_requested": SPREAD_REQUESTED,
    "spread_skipped": Binding(sp.SpreadSkipped, pb.SpreadSkipped, _GIVEN),
    "spread_ended": Binding(sp.SpreadEnded, pb.SpreadEnded),
    "spreads_tried": Binding(sp.SpreadsTried, pb.SpreadsTried),
    "allotment_acknowledged": Binding(AllotmentAcknowledged, pb.AllotmentAcknowledged),
    **capacity_wire.EVENTS,
}
_FIELD_OF = {binding.domain: field for field, binding in _EVENTS.items()}

# Fields that are no events of the domain: what of an event, or of a book, the public sees.
OF_THE_FEED = {"feed", "pictured"}
if set(_EVENTS) | OF_THE_FEED != set(pb.OrderEvent.DESCRIPTOR.fields_by_name):
    differing = set(_EVENTS) ^ (set(pb.OrderEvent.DESCRIPTOR.fields_by_name) - OF_THE_FEED)
    raise TypeError(f"events and OrderEvent differ in {differing}")


def field_of(event: e.Event | AllotmentAcknowledged) -> str:
    """Return the field of `OrderEvent` that holds such an event."""
    return _FIELD_OF[type(event)]


def event_to_message(event: e.Event | AllotmentAcknowledged, feed: Sequence[dict[str, Any]] = ()) -> pb.OrderEvent:
    """Return the journal record of an event; `feed` are the fields of its places in the public feed."""
    field = _FIELD_OF[type(event)]
    made = {field: _EVENTS[field].fields(event)}
    return pb.OrderEvent(**made, feed=feed) if feed else pb.OrderEvent(**made)  # type: ignore[arg-type]


def event_from_message(message: pb.OrderEvent) -> e.Event | AllotmentAcknowledged:
    """Return the event of a journal record."""
    field = message.WhichOneof("event")
    event: e.Event | AllotmentAcknowledged = _EVENTS[field].decode(getattr(message, field))
    return event


def area_of(event: e.Event) -> str:
    """Return the area that an event belongs to."""
    if isinstance(event, (e.OrderAdmitted, e.OrderReplaced, sg.OrderHibernated)):
        return event.order.area_id
    if isinstance(event, h.HeadroomReserved):
        return event.reservation.area_id
    if isinstance(event, ag.AgreementProposed):
        return event.agreement.area_id
    return event.area_id


def hit_in(message: pb.HitOrder) -> Hit:
    """Return what somebody hits."""
    target = message.WhichOneof("target")
    return Hit(
        NEW_ORDER.decode(message.order),
        message.resting_sequence if target == "resting_sequence" else None,
        message.level_ticks if target == "level_ticks" else None,
    )


def outside_in(message: external_pb2.ExternalResult, area_id: str, basis_of: Callable[[str], Basis]) -> TradedOutside:
    """Return what of a result concerns an area; shares without a metering point are money alone."""
    own = (share for share in message.shares if share.area_id == area_id and share.metering_point_id)
    shares = (OutsideShare(x.metering_point_id, x.unit_id, basis_of(x.unit_id), x.quantity_w) for x in own)
    return TradedOutside(
        area_id, mtu_in(message.mtu), message.venue_id, message.result_id, message.version, tuple(shares)
    )


def registry_object(entity: registry.Entity) -> r.RegistryObject | None:
    """Return what the order book keeps of an object of the registry; None for kinds that it does not look at."""
    kind = entity.WhichOneof("kind")
    reader = _REGISTRY.get(kind)
    return None if reader is None else reader(getattr(entity, kind))


def _picked(kind: type[Any], message: Message, **other: Any) -> Any:
    names = [name for name in kind.__dataclass_fields__ if name not in other]
    return kind(**{name: getattr(message, name) for name in names}, **other)


def _unit(message: registry.Unit) -> r.Unit:
    """Return a unit with the power that the grid operator approved, as far as it has any."""
    most, least = message.max_power_w, message.min_power_w
    if not message.HasField("life"):
        return _picked(r.Unit, message, approved_from_s=0, approved_to_s=0, qualified_for=None)  # type: ignore[no-any-return]
    grid = message.life.grid
    most = min(most, grid.max_power_w) if grid.HasField("max_power_w") else most
    least = max(least, grid.min_power_w) if grid.HasField("min_power_w") else least
    qualified = (each.product for each in message.life.products if each.state == registry.PRODUCT_STATE_QUALIFIED)
    return _picked(  # type: ignore[no-any-return]
        r.Unit,
        message,
        max_power_w=most,
        min_power_w=least,
        approved_from_s=grid.valid_from_s,
        approved_to_s=grid.valid_to_s,
        qualified_for=frozenset(qualified),
    )


def granted_to_s(message: registry.RightToOffer) -> int:
    """Return until when the chain grants a right, 0 where it does not."""
    granted = message.on_chain.status == registry.RIGHT_CHAIN_STATUS_GRANTED
    return message.on_chain.valid_to_s if granted else 0


def market_in(message: registry.Market) -> r.Market:
    """Return a market."""
    market: r.Market = _picked(
        r.Market,
        message,
        dnut_budget_micro_euro=_present(message, "dnut_budget_micro_euro"),
        feeder_ids=frozenset(message.feeder_ids),
        span_lengths_s=tuple(message.span_lengths_s),
        price_collars=tuple(map(_COLLAR.decode, message.price_collars)),
        pool=_POOL_TERMS.decode(message.pool) if message.HasField("pool") else None,
    )
    return market


def market_out(market: r.Market) -> registry.Market:
    """Return the message of what the order book knows of a market."""
    fields = {name: getattr(market, name) for name in r.Market.__dataclass_fields__}
    fields["feeder_ids"] = sorted(market.feeder_ids)
    fields["pool"] = None if market.pool is None else _POOL_TERMS.encode(market.pool)
    fields["price_collars"] = [_COLLAR.encode(collar) for collar in market.price_collars]
    return registry.Market(**fields)


_REGISTRY: dict[str | None, Any] = {
    "participant": lambda m: _picked(r.Participant, m, roles=frozenset(m.roles)),
    "metering_point": lambda m: _picked(r.MeteringPoint, m),
    "unit": _unit,
    "area": lambda m: _picked(r.Area, m),
    "market": market_in,
    "right": lambda m: _picked(r.RightToOffer, m, products=frozenset(m.products), granted_to_s=granted_to_s(m)),
    "enrolment": lambda m: _picked(r.Enrolment, m),
}


def _integers(values: Sequence[int]) -> Integer:
    array: Integer = np.array(values, dtype=np.int64)
    array.setflags(write=False)
    return array


def topology_in(message: grid.TopologyState) -> AreaTopology:
    """Return the compiled topology; raises ModelError where it cannot be used, which gridcheck does not publish."""
    return AreaTopology(message.version, _compiled(message.model), message.effective_from_s)


@lru_cache(maxsize=MAX_TOPOLOGIES)
def _compiled(model: bytes) -> Topology:
    """Return a network compiled once in this process, whoever recovers: nothing in it is ever written."""
    return compile_topology(NetworkModel.from_bytes(model))


def base_case_in(message: grid.BaseCaseState) -> BaseCase:
    """Return a base case."""
    return BaseCase(message.version, message.topology_version, _integers(message.p_w), _integers(message.q_var))


def margin_in(message: grid.MarginState) -> Margin:
    """Return forecast margins."""
    return Margin(
        message.version,
        message.topology_version,
        _integers(message.loading_margin_mpct),
        _integers(message.voltage_margin_upu),
    )


def tariff_in(message: grid.TariffState) -> Tariff:
    """Return a tariff."""
    ticks = list(message.nodal_ticks)
    return Tariff(message.version, message.topology_version, ticks, parameters_in(message.parameters))


def parameters_in(message: grid.TariffParameters) -> TariffParameters:
    """Return the parameters of the potential, without those of period and topology."""
    return TariffParameters(
        energy_price_micro_eur_per_mwh=message.energy_micro_euro_per_mwh,
        scarcity_price_micro_eur_per_mwh=message.scarcity_micro_euro_per_mwh,
        voltage_price_micro_eur_per_pu_h=message.voltage_micro_euro_per_pu_h,
        loading_amber_mpct=message.amber_loading_mpct,
        loading_red_mpct=message.red_loading_mpct,
        deviation_amber_micro_pu=message.amber_voltage_upu,
        deviation_red_micro_pu=message.red_voltage_upu,
        v_reference_micro_pu=message.reference_voltage_upu,
    )


def parameters_out(parameters: TariffParameters) -> grid.TariffParameters:
    """Return the message of the parameters."""
    return grid.TariffParameters(
        energy_micro_euro_per_mwh=parameters.energy_price_micro_eur_per_mwh,
        scarcity_micro_euro_per_mwh=parameters.scarcity_price_micro_eur_per_mwh,
        voltage_micro_euro_per_pu_h=parameters.voltage_price_micro_eur_per_pu_h,
        amber_loading_mpct=parameters.loading_amber_mpct,
        red_loading_mpct=parameters.loading_red_mpct,
        amber_voltage_upu=parameters.deviation_amber_micro_pu,
        red_voltage_upu=parameters.deviation_red_micro_pu,
        reference_voltage_upu=parameters.v_reference_micro_pu,
    )
