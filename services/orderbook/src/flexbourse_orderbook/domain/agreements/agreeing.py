"""Agreements are proposed, confirmed, declined, withdrawn, and expire; the last word that was missing executes them.

Who stands on a side must agree: the proposer by proposing, everybody else by confirming. A unit is traded by who holds
the right to offer it, so an aggregator or community needs no further word for units whose right it holds. Who has no
part in a trade himself proposes it as a community or an aggregator. A proposal reserves nothing: rights, positions,
collateral and grid are looked at when the last word comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flexbourse_core.ids import is_command_id
from flexbourse_core.market_time import gate_closes_at_s
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.agreements.agreed import (
    AgreedTrade,
    Agreement,
    AgreementConfirmed,
    AgreementEnded,
    AgreementOutcome,
    AgreementProposed,
    Answer,
    AnswerAgreement,
    ProposeAgreement,
    parties_of,
)
from flexbourse_orderbook.domain.agreements.executing import MAX_TRADES, Refused, deals_of, execute, refuse_sides
from flexbourse_orderbook.domain.orders import MAX_TEXT
from flexbourse_orderbook.domain.registry_state import Role
from flexbourse_orderbook.domain.state import AreaState

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

# Proposed agreements of one party in an area that have not ended.
MAX_PROPOSED = 16
USUAL_VALIDITY_MS, MAX_VALIDITY_MS = 3_600_000, 86_400_000


def propose(book: AreaBook, party: str, wish: ProposeAgreement) -> str | Rejection:
    """Take a proposal, and execute it where no other word is missing; returns its id, or why not."""
    state = book.state
    refusal = _refuse_form(state, party, wish)
    if refusal is None:
        refused = refuse_sides(list(deals_of(state, wish.market_id, wish.trades)))
        refusal = None if refused is None else _of_trade(refused)
    if refusal is not None:
        return refusal
    sequence = state.agreements.sequence + 1
    agreement = Agreement(
        agreement_id=f"{state.area_id}.a.{sequence}",
        area_id=state.area_id,
        market_id=wish.market_id,
        proposer=party,
        client_agreement_id=wish.client_agreement_id,
        trades=wish.trades,
        awaited=tuple(name for name in dict.fromkeys(parties_of(wish.trades)) if name != party),
        valid_until_ms=_valid_until_ms(state, wish),
        proposed_at_ms=state.now.at_ms,
        sequence=sequence,
    )
    book.emit(AgreementProposed(agreement))
    refusal = None if agreement.awaited else _execute(book, agreement)
    return agreement.agreement_id if refusal is None else refusal


def answer(book: AreaBook, party: str, wish: AnswerAgreement) -> Rejection | None:
    """Take a party's word; returns why not, or why what all agreed on is not executed."""
    agreement = book.state.agreements.open.get(wish.agreement_id)
    if agreement is None or party not in agreement.parties:
        rule = "an agreement is answered while it waits, by who has part in it"
        return Rejection(Code.AGREEMENT_UNKNOWN, rule, field="agreement_id", element=wish.agreement_id[:MAX_TEXT])
    if wish.answer is Answer.DECLINE:
        own = party == agreement.proposer
        end(book, agreement, AgreementOutcome.WITHDRAWN if own else AgreementOutcome.DECLINED, party)
        return None
    if wish.answer is Answer.UNSPECIFIED:
        return Rejection(Code.FIELD_MISSING, "an answer confirms or declines", field="answer")
    if party not in agreement.awaited:
        rule = "who has not yet, confirms an agreement"
        return Rejection(Code.NOT_IN_THIS_STATE, rule, field="answer", element=agreement.agreement_id)
    book.emit(AgreementConfirmed(agreement.area_id, agreement.agreement_id, party, agreement.parties))
    agreement = book.state.agreements.open[agreement.agreement_id]
    return None if agreement.awaited else _execute(book, agreement)


def pass_time(book: AreaBook) -> None:
    """Let agreements expire whose time has come."""
    for agreement in book.state.agreements.due(book.state.now.at_ms):
        end(book, agreement, AgreementOutcome.EXPIRED, "")


def end_all_of(book: AreaBook, party: str) -> None:
    """End everything that a party has part in, because it was stopped."""
    for agreement in book.state.agreements.of(party):
        own = party == agreement.proposer
        end(book, agreement, AgreementOutcome.WITHDRAWN if own else AgreementOutcome.DECLINED, party)


def end(
    book: AreaBook, agreement: Agreement, outcome: AgreementOutcome, party: str, *,
    rejection: Rejection | None = None, trade_ids: Sequence[str] = (),
) -> None:  # fmt: skip
    """Let an agreement end."""
    book.emit(
        AgreementEnded(
            agreement.area_id, agreement.agreement_id, outcome, party, rejection, tuple(trade_ids), agreement.parties
        )
    )


def _execute(book: AreaBook, agreement: Agreement) -> Rejection | None:
    """Execute what all have agreed on, or end it with the reason why not."""
    state = book.state
    before = {mtu: period.grid.sequence for mtu, period in state.periods.items()}
    found = execute(book, agreement)
    if isinstance(found, Refused):
        refusal = _of_trade(found)
        end(book, agreement, AgreementOutcome.REFUSED, found.party, rejection=refusal)
        return refusal
    end(book, agreement, AgreementOutcome.EXECUTED, "", trade_ids=found)
    for mtu, sequence in before.items():
        if state.periods[mtu].grid.sequence != sequence:
            book.try_blocked(state.periods[mtu])
    return None


def _of_trade(refused: Refused) -> Rejection:
    """Return a refusal that names the trade of the agreement, where it is about one."""
    if refused.number < 0:
        return refused.rejection
    field = f"trades[{refused.number}]" + (f".{refused.rejection.field}" if refused.rejection.field else "")
    return replace(refused.rejection, field=field)


def _valid_until_ms(state: AreaState, wish: ProposeAgreement) -> int:
    """Return until when an agreement waits: never beyond the first gate of its periods."""
    market = state.registry.markets[wish.market_id]
    mtus = [mtu for trade in wish.trades for mtu in trade.mtus]
    gate_ms = min(gate_closes_at_s(mtu, market.gate_closure_s) for mtu in mtus) * 1000
    return min(wish.valid_until_ms or state.now.at_ms + USUAL_VALIDITY_MS, gate_ms)


def _refuse_form(state: AreaState, party: str, wish: ProposeAgreement) -> Rejection | None:
    """Return what is wrong with a proposal whoever stands on its sides, or None."""
    if not is_command_id(wish.client_agreement_id):
        return Rejection(
            Code.FIELD_MALFORMED, "an agreement's id is 1 to 64 of A-Z a-z 0-9 . _ : -", field="client_agreement_id",
            element=wish.client_agreement_id[:MAX_TEXT],
        )  # fmt: skip
    count = sum(len(trade.mtus) for trade in wish.trades)
    if not 0 < count <= MAX_TRADES or not all(trade.mtus for trade in wish.trades):
        return Rejection(
            Code.TOO_MANY_ENTRIES if count > MAX_TRADES else Code.FIELD_MISSING,
            "an agreement has 1 to 100 trades, each period one", field="trades", value=count, limit=MAX_TRADES,
            unit="trades",
        )  # fmt: skip
    return _refuse_texts(wish) or _refuse_validity(state, wish) or _refuse_proposer(state, party, wish.trades)


def _refuse_texts(wish: ProposeAgreement) -> Rejection | None:
    """Texts are no longer than ids, and no period stands twice in a trade."""
    for number, trade in enumerate(wish.trades):
        if len(set(trade.mtus)) < len(trade.mtus):
            rule = "a trade names each of its periods once"
            return Rejection(Code.FIELD_MALFORMED, rule, field=f"trades[{number}].mtus")
        for side in trade.sides:
            if not is_command_id(side.party) or (side.reference and not is_command_id(side.reference)):
                rule = "a side names its party, and perhaps a reference: 1 to 64 of A-Z a-z 0-9 . _ : -"
                return Rejection(
                    Code.FIELD_MALFORMED, rule, field=f"trades[{number}].party", element=side.party[:MAX_TEXT]
                )
    return None


def _refuse_validity(state: AreaState, wish: ProposeAgreement) -> Rejection | None:
    now_ms, until_ms = state.now.at_ms, wish.valid_until_ms
    if until_ms == 0 or now_ms < until_ms <= now_ms + MAX_VALIDITY_MS:
        return None
    return Rejection(
        Code.FIELD_OUT_OF_RANGE, "an agreement waits for a day at most", field="valid_until_ms", value=until_ms,
        limit=now_ms if until_ms <= now_ms else now_ms + MAX_VALIDITY_MS, unit="ms",
    )  # fmt: skip


def _refuse_proposer(state: AreaState, party: str, trades: Sequence[AgreedTrade]) -> Rejection | None:
    """Return why the party does not propose these trades, or none more, or None."""
    speaks_for_others = state.registry.has_role(party, Role.COMMUNITY, Role.AGR)
    for number, trade in enumerate(trades):
        if not speaks_for_others and party not in (side.party for side in trade.sides):
            rule = "a party proposes its own trades; a community or an aggregator those of its members"
            return Rejection(Code.NOT_AUTHORISED, rule, field=f"trades[{number}]", element=party)
    own = sum(each.proposer == party for each in state.agreements.open.values())
    if own < MAX_PROPOSED:
        return None
    return Rejection(
        Code.TOO_MANY_ENTRIES, "the proposed agreements of a party are bounded", field="trades", value=own + 1,
        limit=MAX_PROPOSED, unit="agreements",
    )  # fmt: skip
