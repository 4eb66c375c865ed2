"""What became of activations: each counted once, by direction, with what was delivered of what was ordered."""

from __future__ import annotations

import asyncio

import pytest
from market_records import AREA

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse_market_data import queries
from flexbourse_market_data.kept_models import MemoryModels
from flexbourse_market_data.model import MarketModel

UP, DOWN = pb.DIRECTION_UP, pb.DIRECTION_DOWN


def requested(name: str, direction: int, *quantities_w: int) -> pb.ActivationEvent:
    shares = [pb.Share(unit_id="battery", quantities_w=quantities_w)]
    window = pb.Window(start_s=900, end_s=900 + 900 * len(quantities_w), mtu_length_s=900)
    activation = pb.Activation(
        activation_id=name,
        area_id=AREA,
        party="dso",
        direction=direction,
        window=window,
        shares=shares,  # type: ignore[arg-type]
    )
    return pb.ActivationEvent(requested=pb.ActivationRequested(activation=activation))


def moved(name: str, step: int, *delivered_w: int) -> pb.ActivationEvent:
    body = pb.ActivationMoved(area_id=AREA, activation_id=name, step=step, delivered_w=delivered_w)  # type: ignore[arg-type]
    return pb.ActivationEvent(moved=body)


LIFE = [
    requested("a", UP, 1_000, 2_000),
    requested("b", DOWN, 500),
    moved("a", pb.ACTIVATION_STEP_GRANT),
    moved("a", pb.ACTIVATION_STEP_ORDER),
    moved("b", pb.ACTIVATION_STEP_REFUSE),
    moved("a", pb.ACTIVATION_STEP_ACKNOWLEDGE),
    moved("a", pb.ACTIVATION_STEP_START),
    moved("a", pb.ACTIVATION_STEP_CONFIRM, 900, 1_500),
    requested("c", UP, 1_000),
    moved("c", pb.ACTIVATION_STEP_FAIL),
    moved("unheard-of", pb.ACTIVATION_STEP_CONFIRM, 9_999),
]


@pytest.mark.parametrize("back", range(len(LIFE)))
def test_each_step_counts_once_however_often_it_comes(back: int) -> None:
    model, models = MarketModel(), MemoryModels()
    for offset in [*range(len(LIFE)), *range(back, len(LIFE))]:
        models.write(model.take(LIFE[offset], offset, b""))
    up, down = asyncio.run(queries.activation_figures(models, AREA)).figures
    assert (up.direction, up.requested, up.ordered, up.acknowledged, up.confirmed, up.failed) == (UP, 2, 1, 1, 1, 1)
    assert (up.ordered_ws, up.delivered_ws) == (3_000 * 900, 2_400 * 900)
    assert (down.direction, down.requested, down.refused, down.ordered_ws) == (DOWN, 1, 1, 0)
    left = [name for name in asyncio.run(models.fields(f"activation/{AREA}")) if name.startswith("a")]
    assert not left, "what came to its end is not kept"
