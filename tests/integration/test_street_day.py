"""A market day through all five services: what was asked for is what came out, and every independent checker agrees."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import street
from all_checkers import CHECKERS
from log_access import Log, book_events, decoded, journal, statements
from market_checkers import trades
from street_day import RUN_ID, FinishedDay

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_log.codec import encode
from flexbourse_log.port import Record
from flexbourse_settlement.verification import verify_file


def rejections(answers: dict[str, common_pb2.Answer]) -> dict[str, list[str]]:
    """Return the codes of refusals by command."""
    found = {
        command_id: [result.rejection.code for result in answer.results if result.HasField("rejection")]
        for command_id, answer in answers.items()
    }
    return {command_id: codes for command_id, codes in found.items() if codes}


def named(finished_day: FinishedDay, client_order_id: str) -> book.TradeExecuted:
    """Return the one trade of an order."""
    found = [
        trade
        for trade in trades(finished_day.log)
        if client_order_id in (trade.seller.client_order_id, trade.buyer.client_order_id)
    ]
    assert len(found) == 1
    return found[0]


def test_nothing_is_refused_but_what_the_script_means_to_be(finished_day: FinishedDay) -> None:
    assert rejections(finished_day.answers) == {
        "s12-agg-b-car": ["GRID_LIMIT_EXCEEDED"],
        "s12-agg-b-car-part": ["GRID_LIMIT_EXCEEDED"],
        "s19-agg-a-late": ["GATE_CLOSED"],
    }


def test_scheduled_energy_moves_nothing_and_costs_no_tariff(finished_day: FinishedDay) -> None:
    trade = named(finished_day, "house-1")
    assert (trade.quantity_w, trade.price_ticks, trade.dnut_micro_euro) == (3_000, 18_000, 0)
    assert (trade.seller.moved_w, trade.buyer.moved_w) == (0, 0)
    assert (trade.seller.basis, trade.buyer.basis) == (book.BASIS_SCHEDULED, book.BASIS_SCHEDULED)


def test_a_deviation_meets_the_best_offers_in_turn_and_bears_the_tariff(finished_day: FinishedDay) -> None:
    met = [trade for trade in trades(finished_day.log) if trade.buyer.client_order_id == "car-1"]
    assert [(trade.seller.client_order_id, trade.quantity_w) for trade in met] == [("sun-1", 2_000), ("bat-1", 6_000)]
    assert all(trade.dnut_micro_euro > 0 for trade in met)


def test_a_refusal_by_the_grid_says_element_limit_headroom_and_next_best(finished_day: FinishedDay) -> None:
    [killed] = [
        body for name, body in book_events(finished_day.log) if name == "closed" and body.client_order_id == "car-2"
    ]
    refusal = killed.rejection
    assert refusal.code == "GRID_LIMIT_EXCEEDED"
    assert refusal.element == street.STREET_B_HEAD
    assert refusal.value > refusal.limit > 0
    assert refusal.unit == "mpct"
    assert refusal.headroom_w == refusal.next_best.quantity_w == 32_200
    assert refusal.next_best.nearest_node_id == "bus-1"


def test_what_the_grid_takes_of_an_order_is_matched(finished_day: FinishedDay) -> None:
    trade = named(finished_day, "car-3")
    assert trade.quantity_w == 32_200
    assert trade.gate.binding_element_id == street.STREET_B_HEAD


def test_the_operator_buys_relief_in_amber_from_whom_it_helps(finished_day: FinishedDay) -> None:
    trade = named(finished_day, "dso-1")
    assert trade.seller.client_order_id == "bat-up"  # the cheaper offer lies on the other street
    assert (trade.quantity_w, trade.dnut_micro_euro) == (5_000, 0)
    assert trade.relief_micro_euro < 0
    assert [(relief.element_id, relief.bought) for relief in trade.reliefs] == [(street.STREET_A_HEAD, True)]
    assert trade.reliefs[0].relief_mpct > 10_000


def test_a_trade_that_relieves_is_refunded_for_its_metered_share(finished_day: FinishedDay) -> None:
    trade = named(finished_day, "bat-2")
    assert trade.dnut_micro_euro < 0
    [line] = [
        line.trade
        for message in journal(finished_day.log, "settlement")
        if isinstance(message, settlement.SettlementEvent)
        for line in message.lines.lines
        if line.trade.trade_id == trade.trade_id and line.trade.side == "SELLER"
    ]
    paid = -trade.dnut_micro_euro - line.withheld_micro_euro
    assert paid == -trade.dnut_micro_euro * 2_037 // 3_000  # the battery gave 2,037 of 3,000 W


def test_a_new_forecast_is_a_revision_and_no_trade(finished_day: FinishedDay) -> None:
    revisions = [body for name, body in book_events(finished_day.log) if name == "potential_revised"]
    assert [body.mtu.start_s for body in revisions if body.before_micro_euro != body.after_micro_euro] == [
        street.PERIODS_S[-1]
    ]


def test_the_street_is_amber_in_the_evening_and_green_at_noon_until_it_trades(finished_day: FinishedDay) -> None:
    first = {
        (message.zone_id, message.mtu.start_s): message.light
        for message in reversed(list(journal(finished_day.log, "traffic-light")))
        if isinstance(message, light.LightState)
    }
    assert first["feeder-1", street.EVENING_S] == light.LIGHT_AMBER
    assert first["feeder-1", street.NOON_S] == light.LIGHT_GREEN
    assert light.LIGHT_UNKNOWN not in first.values()


def test_the_run_is_final_on_the_chain_once(finished_day: FinishedDay) -> None:
    states = [message for _, message in decoded(finished_day.log, "flex.settlement.batch.event.v1")]
    final = [state for state in states if state.state == "FINAL"]
    assert [state.run_id for state in final] == [RUN_ID]
    assert final[0].sum_micro_euro == 0
    assert sum(final[0].accounts_micro_euro.values()) == 0


def test_all_statements_add_up_to_zero_and_verify(finished_day: FinishedDay) -> None:
    found = statements(finished_day.data_dir)
    assert {"agg-a", "agg-b", "supply", "dso"} < set(found)
    assert sum(statement["net_micro_euro"] for statement in found.values()) == 0
    for name in found:
        path = finished_day.data_dir / "statements" / f"{name}.json"
        assert verify_file(path, data_dir=finished_day.data_dir) == [], name


def test_a_participants_trades_add_up_to_his_statement(finished_day: FinishedDay) -> None:
    mine = [t for t in trades(finished_day.log) if "agg-a" in (t.seller.party, t.buyer.party)]
    expected = {(t.trade_id, "SELLER"): t.amount_micro_euro for t in mine if t.seller.party == "agg-a"}
    expected |= {(t.trade_id, "BUYER"): -t.amount_micro_euro for t in mine if t.buyer.party == "agg-a"}
    stated = {
        (fields["trade_id"], fields["side"]): fields["amount_micro_euro"]
        for batch in statements(finished_day.data_dir)["agg-a"]["batches"]
        for group in batch["metering_points"]
        for fields in (leaf["fields"] for leaf in group["leaves"])
        if fields["kind"] == "trade"
    }
    assert stated == expected


@pytest.mark.parametrize("field", ["price_ticks", "quantity_w", "net_micro_euro", "dnut_micro_euro"])
def test_one_number_changed_in_a_statement_is_named(finished_day: FinishedDay, tmp_path: Path, field: str) -> None:
    source = finished_day.data_dir / "statements" / "agg-b.json"
    statement = json.loads(source.read_text())
    leaf = next(
        leaf
        for group in statement["batches"][0]["metering_points"]
        for leaf in group["leaves"]
        if leaf["fields"]["kind"] == "trade"
    )
    leaf["fields"][field] += 1
    changed = tmp_path / "agg-b.json"
    changed.write_text(json.dumps(statement))
    differences = verify_file(changed, data_dir=finished_day.data_dir)
    assert (leaf["fields"]["leaf_id"], field) in [(each.leaf_id, each.field) for each in differences]


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_checker_finds_nothing(finished_day: FinishedDay, checker: Callable[[Log], list[str]]) -> None:
    assert checker(finished_day.log) == []


class EditedLog:
    """A log in which one message was changed; shows that the checkers can fail."""

    def __init__(self, log: Log, topic: str, edit: Callable[[Any], bool]) -> None:
        self._log = log
        self._topic = topic
        self._edit = edit

    def records(self, topic: str, partition: int = 0) -> Iterator[Record]:
        """Iterate over the records; `edit` changes a message and says whether it was the one to be changed."""
        if topic != self._topic:
            yield from self._log.records(topic, partition)
            return
        messages = {record.offset: message for record, message in decoded(self._log, topic, partition)}
        changed = False
        for record in self._log.records(topic, partition):
            message = messages.get(record.offset)
            if not changed and message is not None and self._edit(message):
                changed = True
                yield Record(topic, partition, record.offset, record.key, encode(message), record.headers)
            else:
                yield record
        assert changed, "nothing was changed: the case is void"


BOOK_JOURNAL = "flex.orderbook.shard.journal.v1"


def _on_trade(change: Callable[[Any], Any], client_order_id: str = "") -> Callable[[Any], bool]:
    def edit(message: Any) -> bool:
        if not isinstance(message, book.OrderEvent) or message.WhichOneof("event") != "trade":
            return False
        sides = (message.trade.seller.client_order_id, message.trade.buyer.client_order_id)
        if client_order_id and client_order_id not in sides:
            return False
        change(message.trade)
        return True

    return edit


def _set(**values: Any) -> Callable[[Any], None]:
    def change(message: Any) -> None:
        for name, value in values.items():
            setattr(message, name, value)

    return change


def _on_all(change: Callable[[Any], None]) -> Callable[[Any], bool]:
    def edit(message: Any) -> bool:
        change(message)
        return True

    return edit


def _better_price(message: Any) -> bool:
    """Give the offer that was met second a better price than the first one's."""
    if not isinstance(message, book.OrderEvent) or message.WhichOneof("event") != "admitted":
        return False
    if message.admitted.order.client_order_id != "bat-1":
        return False
    message.admitted.order.limit_price_ticks = 1_000
    return True


def _more_power(message: Any) -> bool:
    if not isinstance(message, book.OrderEvent) or message.WhichOneof("event") != "operating_point":
        return False
    for change in message.operating_point.accepted:
        if change.p_w < -30_000:
            change.p_w -= 10_000
            return True
    return False


def _dearer_revision(message: Any) -> bool:
    """Let a new forecast cost one tenth of a cent more than it does."""
    if not isinstance(message, book.OrderEvent) or message.WhichOneof("event") != "potential_revised":
        return False
    message.potential_revised.after_micro_euro += 1_000
    return True


def _darkness(message: Any) -> bool:
    if message.DESCRIPTOR.name != "Adopted" or not message.type.endswith("LightState"):
        return False
    state = light.LightState.FromString(message.value)
    if (state.zone_id, state.mtu.start_s) != ("feeder-1", street.NOON_S):
        return False
    state.light = light.LIGHT_UNKNOWN
    message.value = state.SerializeToString()
    return True


def _wrong_account(message: Any) -> bool:
    if not isinstance(message, settlement.SettlementEvent) or message.WhichOneof("event") != "closed":
        return False
    message.closed.accounts[0].amount_micro_euro += 1
    return True


FAULTS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "sequence_gaps": (BOOK_JOURNAL, _on_trade(_set(sequence=7))),
    "late_trades": (BOOK_JOURNAL, _on_trade(lambda trade: trade.mtu.CopyFrom(street.mtu(street.NOON_S + 900)))),
    "order_lives": (BOOK_JOURNAL, _on_trade(_set(quantity_w=2_900))),
    "wrong_prices": (BOOK_JOURNAL, _on_trade(_set(dnut_micro_euro=10_000_000), "car-1")),
    "wrong_money": (BOOK_JOURNAL, _on_trade(_set(dnut_micro_euro=-1))),
    "broken_priority": (BOOK_JOURNAL, _better_price),
    "trades_in_the_dark": (BOOK_JOURNAL, _darkness),
    "projections_that_differ": (BOOK_JOURNAL, _on_trade(_set(quantity_w=2_900))),
    "unbalanced_batches": ("flex.settlement.shard.journal.v1", _wrong_account),
    "broken_promises": (BOOK_JOURNAL, _more_power),
    "wrong_potentials": (BOOK_JOURNAL, _dearer_revision),
    "unaudited_points": ("flex.gridcheck.audit.event.v1", _on_all(_set(operating_point_sequence=0))),
    "failed_audits": ("flex.gridcheck.audit.event.v1", _on_all(_set(disagreement=True))),
}


@pytest.mark.parametrize("name", FAULTS)
def test_checker_sees_one_wrong_number(finished_day: FinishedDay, name: str) -> None:
    topic, edit = FAULTS[name]
    checker = next(checker for checker in CHECKERS if checker.__name__ == name)
    assert checker(EditedLog(finished_day.log, topic, edit)) != []


def test_verify_on_the_command_line_names_what_was_changed(finished_day: FinishedDay, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from flexbourse_cli.main import cli

    copy = tmp_path / "data"
    shutil.copytree(finished_day.data_dir, copy)
    path = copy / "statements" / "agg-b.json"
    good = CliRunner().invoke(cli, ["verify", str(path), "--data", str(copy)])
    assert good.exit_code == 0, good.output
    path.write_text(path.read_text().replace('"price_ticks":19000', '"price_ticks":19001', 1))
    bad = CliRunner().invoke(cli, ["verify", str(path), "--data", str(copy)])
    assert bad.exit_code == 1
    assert "price_ticks: is 19001, should be" in bad.output or "price_ticks: is 19001" in bad.output
    assert "trade/" in bad.output
