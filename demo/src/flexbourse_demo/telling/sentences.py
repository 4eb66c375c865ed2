"""Sentences about what happened; the terminal tells them, live and at the end. What did not happen is not told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flexbourse_demo.driving.notes import RefusalNote, TradeNote, home_of
from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.modelled.village import DeviceKind
from flexbourse_demo.robots.base import supplier_cent
from flexbourse_demo.robots.market_view import MarketView, Product
from flexbourse_demo.telling.labels import cents, device_label, element_label, unit_label
from flexbourse_demo.telling.record import DayRecord


def trade_sentence(trade: TradeNote, model: DayModel) -> str:
    """Return one match as a sentence."""
    village, kw = model.village, trade.quantity_w / 1000
    seller = unit_label(trade.seller_unit, village)
    clock, price = model.day.clock(trade.index), f"{cents(trade.price_ticks):.1f} ct"
    if trade.product is Product.FLEX_UP:
        return f"{clock}  {seller} sells {kw:.1f} kW of relief to the operator at {price}"
    return f"{clock}  {unit_label(trade.buyer_unit, village)} buys {kw:.1f} kW from {seller} at {price}"


def refusal_sentence(note: RefusalNote, model: DayModel, labels: dict[str, str]) -> str:
    """Return one refusal as a sentence."""
    refusal, placed = note.refusal, note.placed
    who = device_label(placed.unit_id, model.village)
    element = element_label(refusal.element_id, labels, model.village)
    missing, wish = note.missing_w / 1000, placed.quantity_w / 1000
    words = f"{model.day.clock(placed.index)}  REFUSED {who}, {missing:.1f} of {wish:.1f} kW"
    if refusal.value is not None and refusal.limit is not None and refusal.unit == "mpct":
        words += f": {element} would reach {refusal.value / 1000:.1f} %, limit {refusal.limit / 1000:.1f}"
    else:
        words += f": {element} is full"
    if refusal.next_index is not None:
        words += f"; all of it from {model.day.clock(refusal.next_index)}"
    return words


def latest(
    trades: Sequence[TradeNote], refusals: Sequence[RefusalNote], model: DayModel, labels: dict[str, str], count: int
) -> list[str]:
    """Return the most telling sentences of some matches and refusals: relief and refusals before the largest trades."""
    refused = [refusal_sentence(n, model, labels) for n in refusals if n.refusal.code.startswith("GRID")]
    relief = [trade_sentence(t, model) for t in trades if t.product is Product.FLEX_UP]
    energy = sorted((t for t in trades if t.product is Product.LOCAL_ENERGY), key=lambda t: -t.quantity_w)
    return [*refused[:2], *relief[:2], *(trade_sentence(t, model) for t in energy[:count])][:count]


def offer_sentence(view: MarketView, model: DayModel) -> str:
    """Return one offer of the supplier as two homes of the crowded street see it, where the tariff differs most now."""
    village = model.village
    nodes = [village.home(h) for h in village.crowded.home_ids if village.home(h).charger]
    if len(nodes) < 2:
        return ""
    near, far = nodes[0], nodes[-1]

    def seen(index: int, node_id: str) -> int:
        return view.tariff_ticks(index, node_id, village.source_node)

    known = [index for index in view.nodal_ticks if 0 <= index < model.day.count]
    if not known:
        return ""
    index = max(known, key=lambda i: seen(i, far.node_id) - seen(i, near.node_id))
    price = float(supplier_cent(model)[index])
    prices = [price + cents(seen(index, home.node_id)) for home in (near, far)]
    return (
        f"one offer of {price:.1f} ct for {model.day.clock(index)}: {near.name} sees {prices[0]:.1f} ct, "
        f"{far.name} {prices[1]:.1f} ct; why: the cable between"
    )


def noon_sentence(model: DayModel, trades: Sequence[TradeNote], record: DayRecord) -> str:
    """Return how the sun of the sunny street filled a battery of the crowded one; empty where it did not."""
    sunny = {home for street in model.village.streets if street.sunny for home in street.home_ids}
    crowded = set(model.village.crowded.home_ids)
    found = [
        t
        for t in trades
        if home_of(t.seller_unit) in sunny
        and home_of(t.buyer_unit) in crowded
        and t.buyer_unit.endswith(DeviceKind.BATTERY)
    ]
    if not found:
        return ""
    trade = max(found, key=lambda t: t.quantity_w)
    percents = list(record.cable.percent.values())
    return (
        f"{model.day.clock(trade.index)}  the sun of {unit_label(trade.seller_unit, model.village)} fills the battery "
        f"of {unit_label(trade.buyer_unit, model.village)} at {cents(trade.price_ticks):.1f} ct; "
        f"{record.cable.label} {percents[0][trade.index]:.0f} → {percents[2][trade.index]:.0f} %"
    )


def closing_sentences(record: DayRecord, model: DayModel, trades: Sequence[TradeNote]) -> Iterator[str]:
    """Yield what is told of noon, evening, amber and prices."""
    noon = noon_sentence(model, trades, record)
    if noon:
        yield noon
    for card in record.refusals[:1]:
        reach = (
            ""
            if card.would_percent is None
            else f" would reach {card.would_percent:.1f} %, limit {card.limit_percent:.1f}"
        )
        later = f"; all of it from {card.next_period}" if card.next_period else ""
        yield (
            f"{card.period}  REFUSED {card.who}, {card.wish_kw - card.fits_kw:.1f} of {card.wish_kw:.1f} kW: "
            f"{card.element}{reach}{later}"
        )
    if record.relief:
        case = max(record.relief, key=lambda c: sum(offer.taken_kw for offer in c.offers))
        sellers = [offer.who for offer in case.offers if offer.taken_kw]
        low = min(offer.cent for offer in case.offers if offer.taken_kw)
        high = max(offer.cent for offer in case.offers if offer.taken_kw)
        yield (
            f"{case.period}  AMBER: the operator asks {case.need_kw:.1f} kW less at {case.element}; "
            f"{len(sellers)} sell at {low:.1f} to {high:.1f} ct: {', '.join(sellers[:3])}"
            + (" …" if len(sellers) > 3 else "")
        )
    if record.two_prices:
        two = record.two_prices
        seen = [
            f"{view.who} {two.offer_cent + view.losses_cent + view.scarcity_cent + view.voltage_cent:.1f} ct"
            for view in two.views
        ]
        yield f"{two.period}  one offer of {two.seller}, two prices: {', '.join(seen)}. Why: the cable between"
