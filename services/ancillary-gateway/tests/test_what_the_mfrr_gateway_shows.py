"""The gateway's own metrics, as a scrape gets them: from first bids over a block to a silent platform."""

from __future__ import annotations

from pathlib import Path

from gateway_builders import START_S
from mfrr_world import World, refusal

from flexbourse_ancillary_gateway.config import Config
from flexbourse_ancillary_gateway.service import build
from flexbourse_testkit.drive import Drive
from flexbourse_testkit.scraping import scraped

CLAIMED_S = START_S - 2_700 - 1_200
ORDERED_S = START_S - 450


def shown(world: World) -> list[str]:
    assert world.service.figures is not None
    return scraped(world.service.figures, world.drive)


def forwarded(world: World) -> None:
    for number, watts in enumerate((704_000, 655_000, 388_000, 297_000)):
        world.offer(f"u{number}", watts, count=1)
        world.mark(f"u{number}")
    world.at(CLAIMED_S)


def test_bids_in_force_and_a_document_without_a_receipt(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.receipts = False
    forwarded(world)
    world.at(CLAIMED_S + 25)  # sent again after a pause of 20 s
    assert shown(world) == [
        'ancillary_bids_watts{direction="up",shard="0",stage="sent"} 2e+06',
        'ancillary_unanswered_documents{shard="0"} 1.0',
        'ancillary_oldest_unanswered_seconds{shard="0"} 25.0',
        'ancillary_untold_deliveries{shard="0"} 0.0',
        'ancillary_platform_silent{shard="0"} 0.0',
        'ancillary_configured{shard="0"} 1.0',
        'ancillary_schema_validation{shard="0"} 0.0',
        'ancillary_dead_letters{shard="0"} 0.0',
        'ancillary_documents_total{outcome="sent",shard="0"} 1.0',
        'ancillary_documents_total{outcome="sent_again",shard="0"} 1.0',
    ]


def test_a_block_is_shown_by_its_cause(tmp_path: Path) -> None:
    world = World(tmp_path)
    forwarded(world)
    world.at(ORDERED_S)
    world.deny_confirm = lambda _: refusal(unit="mpct")
    world.post(world.order(*((bid, bid.quantity_w) for bid in world.bids())))
    world.post_bytes(b"<not xml")
    world.settle()
    world.settle()
    world.at(ORDERED_S + 30)
    assert shown(world) == [
        'ancillary_bids_watts{direction="up",shard="0",stage="standing"} 2e+06',
        'ancillary_unanswered_documents{shard="0"} 0.0',
        'ancillary_oldest_unanswered_seconds{shard="0"} 0.0',
        'ancillary_untold_deliveries{shard="0"} 0.0',
        'ancillary_platform_heard_seconds{shard="0"} 30.0',
        'ancillary_platform_silent{shard="0"} 0.0',
        'ancillary_configured{shard="0"} 1.0',
        'ancillary_schema_validation{shard="0"} 0.0',
        'ancillary_dead_letters{shard="0"} 1.0',
        'ancillary_documents_total{outcome="received",shard="0"} 4.0',
        'ancillary_documents_total{outcome="sent",shard="0"} 4.0',
        'ancillary_answers_total{outcome="grid",shard="0"} 5.0',
        'ancillary_limits_published_total{cause="thermal",shard="0"} 5.0',
    ]


def test_open_activations_are_shown_and_silence(tmp_path: Path) -> None:
    world = World(tmp_path, {"silent_after_s": 600})
    forwarded(world)
    world.at(ORDERED_S)
    world.post(world.order(*((bid, bid.quantity_w) for bid in world.bids())))
    world.settle()
    world.at(ORDERED_S + 601)
    assert shown(world) == [
        'ancillary_bids_watts{direction="up",shard="0",stage="standing"} 2e+06',
        'ancillary_activations{shard="0",stage="delivering"} 1.0',
        'ancillary_unanswered_documents{shard="0"} 0.0',
        'ancillary_oldest_unanswered_seconds{shard="0"} 0.0',
        'ancillary_untold_deliveries{shard="0"} 0.0',
        'ancillary_platform_heard_seconds{shard="0"} 601.0',
        'ancillary_platform_silent{shard="0"} 1.0',
        'ancillary_configured{shard="0"} 1.0',
        'ancillary_schema_validation{shard="0"} 0.0',
        'ancillary_dead_letters{shard="0"} 0.0',
        'ancillary_documents_total{outcome="received",shard="0"} 3.0',
        'ancillary_documents_total{outcome="sent",shard="0"} 3.0',
        'ancillary_answers_total{outcome="activated",shard="0"} 5.0',
    ]


def test_refused_parcels_are_counted_by_code(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.deny_room = lambda _: refusal("LIGHT_UNKNOWN")
    forwarded(world)
    assert shown(world) == [
        'ancillary_unanswered_documents{shard="0"} 0.0',
        'ancillary_oldest_unanswered_seconds{shard="0"} 0.0',
        'ancillary_untold_deliveries{shard="0"} 0.0',
        'ancillary_platform_silent{shard="0"} 0.0',
        'ancillary_configured{shard="0"} 1.0',
        'ancillary_schema_validation{shard="0"} 0.0',
        'ancillary_dead_letters{shard="0"} 0.0',
        'ancillary_parcels_refused_total{code="LIGHT_UNKNOWN",shard="0"} 2.0',
    ]


def test_without_a_platform_the_gateway_says_so(tmp_path: Path) -> None:
    service = build(Config(data_dir=tmp_path))
    assert service.figures is not None
    assert scraped(service.figures, Drive(service.program, "ancillary-gateway")) == [
        'ancillary_unanswered_documents{shard="0"} 0.0',
        'ancillary_oldest_unanswered_seconds{shard="0"} 0.0',
        'ancillary_untold_deliveries{shard="0"} 0.0',
        'ancillary_platform_silent{shard="0"} 0.0',
        'ancillary_configured{shard="0"} 0.0',
        'ancillary_schema_validation{shard="0"} 0.0',
        'ancillary_dead_letters{shard="0"} 0.0',
    ]
