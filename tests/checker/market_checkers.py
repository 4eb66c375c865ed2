"""Independent checkers of the book's journal: each reads events alone and returns what is wrong, in words.

Nothing here is taken from the order book: priorities, sums and life cycles are worked out anew from what was published.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from followed_books import WHOLE, Books, fills, is_called, is_match, is_paired, match_id, of_a_set, sides_of
from log_access import Log, book_events, decoded, journal

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.catalogue import BOOK_ORDER, BOOK_TRADE, GRID_AUDIT, GRID_TOPOLOGY, LIGHT_ZONE

WATT_SECONDS_PER_MWH = 3_600_000_000
ACTIVE = book.ORDER_STATUS_ACTIVE
FINAL = {
    book.ORDER_STATUS_CANCELLED,
    book.ORDER_STATUS_EXPIRED,
    book.ORDER_STATUS_KILLED,
}


def trades(log: Log, shard: int = 0) -> list[book.TradeExecuted]:
    """Return all trades in the order of the journal."""
    return [body for name, body in book_events(log, shard) if name == "trade"]


def gapless(name: str, numbered: Iterable[tuple[Any, int]]) -> list[str]:
    """Return where the numbers of a key do not run 1, 2, 3 …"""
    last: Counter[Any] = Counter()
    wrong = []
    for key, number in numbered:
        if number != last[key] + 1:
            wrong.append(f"{name} {key}: {number} follows {last[key]}")
        last[key] = number
    return wrong


def sequence_gaps(log: Log) -> list[str]:
    """Return gaps in any published sequence, and in the offsets of the journals."""
    events = list(book_events(log))
    lights = [m for m in journal(log, "traffic-light") if isinstance(m, light.LightState)]
    results = [m for m in journal(log, "gridcheck") if isinstance(m, grid.GridResultState)]
    found = gapless("trade", (((b.area_id, b.mtu.start_s), b.sequence) for n, b in events if n == "trade"))
    found += gapless(
        "operating point", (((b.area_id, b.mtu.start_s), b.sequence) for n, b in events if n == "operating_point")
    )
    found += gapless("order", _places(events))
    found += gapless("light", (((s.area_id, s.zone_id, s.mtu.start_s), s.sequence) for s in lights))
    found += gapless("grid result", ((result.area_id, result.sequence) for result in results))
    for context in ("registry", "gridcheck", "traffic-light", "orderbook", "settlement"):
        offsets = [record.offset for record in log.records(f"flex.{context}.shard.journal.v1")]
        if offsets != sorted(set(offsets)) or not offsets:
            found.append(f"journal of {context}: offsets do not rise")
    return found


def _places(events: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, int]]:
    """Iterate over the numbers that orders got when they took their place: when they entered, or lost it again."""
    held: dict[str, int] = {}
    for name, body in events:
        if name in ("admitted", "replaced") and held.get(body.order.order_id) != body.order.sequence:
            held[body.order.order_id] = body.order.sequence
            yield body.order.area_id, body.order.sequence


def late_trades(log: Log) -> list[str]:
    """Return trades behind the BookClosed of their market and period, and closings that count wrong."""
    closed, count, wrong = set(), Counter[Any](), []
    for name, body in book_events(log):
        if name == "trade":
            period = (body.area_id, body.mtu.start_s)
            count[period] += 1
            if (body.market_id, *period) in closed:
                wrong.append(f"{body.trade_id} came after its book had closed")
        elif name == "book_closed":
            period = (body.area_id, body.mtu.start_s)
            closed.add((body.market_id, *period))
            if body.last_trade_sequence != count[period]:
                wrong.append(f"{period}: closed at trade {body.last_trade_sequence}, {count[period]} happened")
    return wrong


def trades_while_halted(log: Log) -> list[str]:
    """Return trades of an area that was halted, and failed audits that did not halt it before the next trade."""
    halted, due, wrong = False, "", []
    for message in journal(log, "orderbook"):
        if isinstance(message, log_pb2.Adopted) and message.topic == GRID_AUDIT:
            audit = grid.AuditRecorded.FromString(message.value)
            due = f"audit of {audit.mtu.start_s}" if audit.disagreement and not halted else due
        elif isinstance(message, book.OrderEvent):
            name = message.WhichOneof("event")
            if name == "halted":
                halted, due = message.halted.halted, ""
            elif name == "trade" and (halted or due):
                wrong.append(f"{message.trade.trade_id} was made while the area {'is halted' if halted else due}")
    return wrong


@dataclass
class _Life:
    """What an order went through."""

    order: book.Order
    filled_w: int = 0
    end: int = ACTIVE


def order_lives(log: Log) -> list[str]:
    """Return orders that were lost, doubled, or whose quantities do not add up."""
    lives: dict[str, _Life] = {}
    wrong = []
    for name, body in book_events(log):
        if name == "admitted":
            if body.order.order_id in lives:
                wrong.append(f"{body.order.order_id} was admitted twice")
            lives[body.order.order_id] = _Life(body.order)
        elif name == "replaced":
            life = lives[body.order.order_id]
            life.order = body.order
        elif fills(name, body):
            for side in sides_of(body):
                wrong += _fill(lives, body, side)
        elif name == "closed":
            wrong += _close(lives[body.order_id], body)
    return wrong


def _close(life: _Life, closed: book.OrderClosed) -> list[str]:
    wrong = []
    if life.end != ACTIVE:
        wrong.append(f"{closed.order_id} ended twice")
    life.end = closed.status
    if closed.status not in FINAL:
        wrong.append(f"{closed.order_id} closed with status {closed.status}")
    if life.filled_w + closed.open_w != life.order.quantity_w:
        wrong.append(f"{closed.order_id}: {life.filled_w} filled and {closed.open_w} open of {life.order.quantity_w}")
    return wrong


def _fill(lives: dict[str, _Life], trade: book.TradeExecuted | book.SpanMatched, side: book.MatchSide) -> list[str]:
    life = lives.get(side.order_id)
    if life is None:
        return [f"{match_id(trade)} fills {side.order_id}, which nobody admitted"]
    found = []
    if life.end != ACTIVE:
        found.append(f"{match_id(trade)} fills {side.order_id}, which had ended")
    life.filled_w += trade.quantity_w
    if (side.filled_w, side.filled_w + side.open_w) != (life.filled_w, life.order.quantity_w):
        found.append(f"{match_id(trade)}: {side.order_id} says {side.filled_w} filled, {life.filled_w} were")
    if trade.quantity_w <= 0:
        found.append(f"{match_id(trade)} trades {trade.quantity_w} W")
    if side.open_w == 0:
        life.end = book.ORDER_STATUS_FILLED
    return found


def wrong_money(log: Log) -> list[str]:
    """Return amounts that are not one rounding, tariffs that are not ΔΦ, and periods whose ΔΦ is not explained."""
    explained: Counter[Any] = Counter()
    revised: Counter[Any] = Counter()
    wrong = []
    for name, body in book_events(log):
        key = (body.area_id, body.mtu.start_s) if hasattr(body, "mtu") else None
        if name == "trade":
            exact = Fraction(
                body.quantity_w * body.price_ticks * body.mtu.length_s * body.tick_micro_euro_per_mwh,
                WATT_SECONDS_PER_MWH,
            )
            if body.amount_micro_euro != round(exact):  # of a Fraction: half to even
                wrong.append(f"{body.trade_id}: amount {body.amount_micro_euro}, exact {exact}")
            change = body.potential_after_micro_euro - body.potential_before_micro_euro
            billed = (body.dnut_micro_euro, body.relief_micro_euro)
            request = body.buyer.basis == book.BASIS_OPERATOR_REQUEST or is_paired(body)
            if _wrong_spread(body):
                wrong.append(
                    f"{body.trade_id}: spread {body.spread.amount_micro_euro} of {body.spread.spread_ticks} ticks"
                )
            if billed != ((0, change) if request else (change, 0)):
                wrong.append(f"{body.trade_id}: bills {billed} for a change of {change}")
            explained[key] += sum(billed)
        elif name == "potential_revised":
            revised[key] += body.after_micro_euro - body.before_micro_euro
        elif name in ("trade_curtailed", "trade_recalled"):
            back = body.curtailment if name == "trade_curtailed" else body
            refund = back.dnut_refund_micro_euro + back.relief_refund_micro_euro
            explained[key] -= refund
            revised[key] += refund
        elif name == "book_closed":
            change = body.potential_end_micro_euro - body.potential_start_micro_euro
            if change != explained[key] + body.revision_micro_euro or body.revision_micro_euro != revised[key]:
                wrong.append(f"{key}: change {change}, billed {explained[key]}, revised {body.revision_micro_euro}")
    return wrong


def _wrong_spread(trade: book.TradeExecuted) -> bool:
    """Tell whether an operator's spread is not the difference of two amounts, each rounded once."""
    energy = Fraction(trade.quantity_w * trade.mtu.length_s * trade.tick_micro_euro_per_mwh, WATT_SECONDS_PER_MWH)
    bought = round(energy * (trade.price_ticks - trade.spread.spread_ticks))
    return trade.spread.amount_micro_euro != (trade.amount_micro_euro - bought if trade.HasField("spread") else 0)


def broken_priority(log: Log) -> list[str]:
    """Return trades of a new order that passed over a better resting one without an event that says why.

    Local energy alone: flexibility is ranked by effect. Retries follow another order and are left out, as are hits.
    """
    books, wrong = Books(), []
    for message in journal(log, "orderbook"):
        if isinstance(message, log_pb2.Adopted):
            books.adopt(message)
        elif isinstance(message, book.OrderEvent):
            name = message.WhichOneof("event")
            body = getattr(message, name)
            is_own = is_match(name, body) and not (of_a_set(body) or is_paired(body))
            is_own = is_own and body.market_id not in books.clicked
            if is_own and body.product == book.PRODUCT_LOCAL_ENERGY:
                wrong += _passed_over(books, body)
            books.follow(name, body)
    return wrong


def unexplained_sizes(log: Log) -> list[str]:
    """Return matches that are smaller than both sides had for each other and do not name the rule that made them so.

    Clips end where the next one stands behind others; shares of exclusive groups, of requests with targets and of pairs
    that an operator pays for are bound: of those only what the gate took off is asked for.
    """
    books, wrong = Books(), []
    for name, body in book_events(log):
        if is_match(name, body) and not (of_a_set(body) or is_called(body)):
            wrong += _unexplained_size(books, body)
        books.follow(name, body)
    return wrong


def _unexplained_size(books: Books, match: book.TradeExecuted | book.SpanMatched) -> list[str]:
    orders = [books.orders[side.order_id] for side in sides_of(match)]
    open_w = min(side.open_w + match.quantity_w for side in sides_of(match))
    by_gate = isinstance(match, book.TradeExecuted) and match.gate.wanted_w > match.quantity_w
    bound = is_paired(match) or any(o.instructions.clip_w or o.exclusive_group or o.relief_targets for o in orders)
    told = match.quantity_w < match.asked_w <= open_w if match.shrunk_by else not (match.asked_w or by_gate)
    if told and (bound or open_w == (match.asked_w or match.quantity_w)):
        return []
    why = f"{match.shrunk_by or 'nothing'} against {match.asked_w} W"
    return [f"{match_id(match)} takes {match.quantity_w} W of {open_w} W and says {why}"]


def trades_out_of_phase(log: Log) -> list[str]:
    """Return trades of a book that was neither trading continuously nor being uncrossed."""
    books, wrong = Books(), []
    for name, body in book_events(log):
        phase = books.phases.get((body.market_id, body.mtu.start_s)) if name == "trade" else None
        if name == "trade" and phase not in (book.PHASE_CONTINUOUS, book.PHASE_UNCROSSING):
            wrong.append(f"{body.trade_id} was made in phase {phase}")
        books.follow(name, body)
    return wrong


def _passed_over(books: Books, trade: book.TradeExecuted | book.SpanMatched) -> list[str]:
    own, met = (trade.buyer, trade.seller) if trade.buyer_is_aggressor else (trade.seller, trade.buyer)
    if own.order_id != books.aggressor:
        return []  # a retry of two resting orders
    taking, met_order = books.orders[own.order_id], books.orders[met.order_id]
    if taking.fill_rule in WHOLE and not own.open_w and met_order.instructions.min_quantity_w:
        return []  # a pair that waited: both are large enough for each other, who is better was too small for the one
    return [
        f"{match_id(trade)} met {met.order_id}, {other.order_id} was better"
        for other in books.orders.values()
        if other.market_id == met_order.market_id
        and other.mtu == met_order.mtu
        and other.side == met_order.side
        and other.order_id not in books.passed
        and books.is_enough(taking, own.open_w + trade.quantity_w, other)
        and books.rank(other) < books.rank(met_order)
    ]


def trades_in_the_dark(log: Log) -> list[str]:
    """Return trades with a side in a zone whose light was unknown, missing or lapsed at the book's own step."""
    zone_of: dict[str, str] = {}
    lights: dict[tuple[str, int], int] = {}
    alive: dict[str, int] = {}
    step, wrong = 0, []
    for message in journal(log, "orderbook"):
        if isinstance(message, log_pb2.TimeAdvanced):
            step = message.step
        elif isinstance(message, log_pb2.Adopted):
            _adopt_light(message, zone_of, lights, alive)
        elif isinstance(message, book.OrderEvent) and message.WhichOneof("event") == "trade":
            trade = message.trade
            for side in (trade.seller, trade.buyer):
                zone = zone_of.get(side.node_id, "")
                if not side.node_id:
                    continue
                shown = lights.get((zone, trade.mtu.start_s), light.LIGHT_UNKNOWN)
                if shown == light.LIGHT_UNKNOWN or step > alive.get(zone, 0):
                    wrong.append(f"{trade.trade_id}: the light of {zone} was not known in step {step}")
    return wrong


def _adopt_light(
    adopted: log_pb2.Adopted, zone_of: dict[str, str], lights: dict[tuple[str, int], int], alive: dict[str, int]
) -> None:
    if adopted.topic == GRID_TOPOLOGY and adopted.value:
        for zone in grid.TopologyState.FromString(adopted.value).zones:
            zone_of.update(dict.fromkeys(zone.node_ids, zone.zone_id))
    elif adopted.topic == LIGHT_ZONE and adopted.type.endswith("LightState"):
        state = light.LightState.FromString(adopted.value)
        lights[state.zone_id, state.mtu.start_s] = state.light
    elif adopted.topic == LIGHT_ZONE and adopted.type.endswith("LightHeartbeat"):
        beat = light.LightHeartbeat.FromString(adopted.value)
        alive[beat.zone_id] = beat.valid_until_step


def lights_out_of_turn(log: Log) -> list[str]:
    """Return lights that went from red to green without amber, or whose `previous` is not what was."""
    last: dict[tuple[str, int], int] = {}
    strained: dict[tuple[str, int], bool] = defaultdict(bool)
    wrong = []
    for message in journal(log, "traffic-light"):
        if not isinstance(message, light.LightState):
            continue
        key, shown = (message.zone_id, message.mtu.start_s), message.light
        if shown == light.LIGHT_RED:
            strained[key] = True
        elif shown == light.LIGHT_AMBER:
            strained[key] = False
        elif shown == light.LIGHT_GREEN and strained[key]:
            wrong.append(f"{key}: green after red")
        if key in last and shown != last[key] and message.previous != last[key]:
            wrong.append(f"{key}: says {message.previous} was before, {last[key]} was")
        last[key] = shown
    return wrong


def projections_that_differ(log: Log) -> list[str]:
    """Return public trades and parties' events that are not what the journal holds."""
    own = [body for name, body in book_events(log) if name == "trade"]
    public = [message.trade for _, message in decoded(log, BOOK_TRADE) if message.WhichOneof("event") == "trade"]
    wrong = [] if own == public else [f"the journal holds {len(own)} trades, the topic {len(public)}, or others"]
    heard: Counter[tuple[str, str]] = Counter()
    for _, message in decoded(log, BOOK_ORDER):
        if message.event.WhichOneof("event") == "trade":
            heard[message.party, message.event.trade.trade_id] += 1
    told: Counter[tuple[str, str]] = Counter()
    for trade in own:
        operator = {trade.spread.party} if trade.HasField("spread") else set()
        told.update({(party, trade.trade_id): 1 for party in {trade.seller.party, trade.buyer.party} | operator})
    if heard != told:
        wrong.append(f"parties heard of {sum(heard.values())} trades, should have of {sum(told.values())}")
    return wrong


def commands_decided_twice(log: Log) -> list[str]:
    """Return command ids with more than one entry in a dedupe window."""
    wrong = []
    for context in ("registry", "gridcheck", "traffic-light", "orderbook", "settlement"):
        decided: Counter[tuple[str, str]] = Counter()
        for message in journal(log, context):
            if isinstance(message, log_pb2.Answered) and message.content_sha256:
                decided[message.party, message.command_id] += 1
        wrong += [f"{context}: {key} was decided {count} times" for key, count in decided.items() if count > 1]
    return wrong


def unbalanced_batches(log: Log) -> list[str]:
    """Return batches whose accounts or lines do not add up to zero, and settled periods with unexplained ΔΦ."""
    wrong, lines = [], Counter[str]()
    for message in journal(log, "settlement"):
        if not isinstance(message, settlement.SettlementEvent):
            continue
        if message.WhichOneof("event") == "lines":
            for line in message.lines.lines:
                lines[message.lines.batch_id] += _net(line)
                if line.WhichOneof("kind") == "potential":
                    wrong += _unexplained(line.potential)
        elif message.WhichOneof("event") == "closed":
            closed = message.closed
            total = sum(account.amount_micro_euro for account in closed.accounts)
            if total or lines[closed.batch_id]:
                wrong.append(f"run {closed.run_id}: accounts add up to {total}, lines to {lines[closed.batch_id]}")
    return wrong


def _net(line: settlement.LedgerLine) -> int:
    kind = line.WhichOneof("kind")
    body = getattr(line, kind)
    if kind == "trade":
        return int(body.amount_micro_euro - body.dnut_micro_euro - body.withheld_micro_euro)
    if kind == "perimeter":
        return 0  # reported, not paid
    kept = getattr(body, "penalty_micro_euro", 0) + getattr(body, "platform_fee_micro_euro", 0)
    if kind == "external":
        kept = body.dnut_micro_euro - body.former_dnut_micro_euro
    return int(body.amount_micro_euro - kept)


def _unexplained(line: settlement.PotentialLine) -> list[str]:
    explained = line.billed_micro_euro + line.relief_micro_euro + line.revision_micro_euro
    change = line.end_micro_euro - line.start_micro_euro
    return [] if explained == change else [f"{line.mtu.start_s}: {explained} explained of {change}"]


MARKET_CHECKERS = (
    sequence_gaps,
    late_trades,
    trades_while_halted,
    trades_out_of_phase,
    order_lives,
    wrong_money,
    broken_priority,
    unexplained_sizes,
    trades_in_the_dark,
    lights_out_of_turn,
    projections_that_differ,
    commands_decided_twice,
    unbalanced_batches,
)
