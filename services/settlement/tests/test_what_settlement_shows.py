"""Settlement's own metrics, as a scrape gets them."""

from __future__ import annotations

from pathlib import Path

from settlement_market import match
from settlement_rig import Rig

from flexbourse_settlement.figures import SettlementFigures
from flexbourse_testkit.scraping import scraped


def test_a_batch_is_pending_until_it_is_final(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    rig.trade([match(1, seller="mp-1", buyer="mp-4", dnut=700)])
    assert scraped(SettlementFigures(), rig.drive) == [
        'settlement_batches{shard="0",status="closed"} 0.0',
        'settlement_batches{shard="0",status="rejected"} 0.0',
        'settlement_batches{shard="0",status="signed"} 0.0',
        'settlement_waiting_calls{shard="0"} 0.0',
        'settlement_unsettled_periods{shard="0"} 1.0',
        'settlement_chain_blocked{shard="0"} 0.0',
    ]
    rig.meter(mean_w=lambda _: 100)
    rig.complete()
    assert scraped(SettlementFigures(), rig.drive) == [
        'settlement_batches{shard="0",status="closed"} 1.0',
        'settlement_batches{shard="0",status="rejected"} 0.0',
        'settlement_batches{shard="0",status="signed"} 0.0',
        'settlement_waiting_calls{shard="0"} 0.0',
        'settlement_unsettled_periods{shard="0"} 0.0',
        'settlement_chain_blocked{shard="0"} 0.0',
        'settlement_transactions_total{outcome="asked",shard="0"} 1.0',
    ]
    rig.settle_everything()
    assert scraped(SettlementFigures(), rig.drive) == [
        'settlement_batches{shard="0",status="closed"} 0.0',
        'settlement_batches{shard="0",status="rejected"} 0.0',
        'settlement_batches{shard="0",status="signed"} 0.0',
        'settlement_waiting_calls{shard="0"} 0.0',
        'settlement_unsettled_periods{shard="0"} 0.0',
        'settlement_chain_blocked{shard="0"} 0.0',
        'settlement_chain_checked_seconds{shard="0"} 1.0',
        'settlement_transactions_total{outcome="asked",shard="0"} 3.0',
        'settlement_transactions_total{outcome="final",shard="0"} 3.0',
    ]
