"""The scene of the trading day: the town of the switching scenario, its market with phases, and who wants what.

Nothing is drawn. At 18:45 every car wants to charge faster than its street can carry; at the other quarter-hours all
of them fit.
"""

from __future__ import annotations

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_demo.scenarios.town import scene as town

PRE_OPEN_S, CALL_S, FREEZE_S, RECALL_WINDOW_S = 1800, 1800, 900, 3600
PEAK, HOUR, MISTAKEN = 3, 4, 7  # places of 18:45, of the hour from 19:00 on, and of 19:45 among the quarter-hours
HOUR_COUNT = 4
CAR_W, PEAK_CAR_W = 9_000, 18_000
# What the supplier offers in the call, a staircase: power in W, price in ticks (0.01 EUR/MWh: 1,000 are a ct/kWh).
STAIRCASE = ((60_000, 9_000), (60_000, 12_000), (120_000, 15_000))
# What the battery offers in the call: the same power from 19:00 to 20:00, at least half of it or nothing.
CALL_BLOCK_W, CALL_BLOCK_TICKS, CALL_BLOCK_MINIMUM_PPM = 6_000, 8_000, 500_000
# The block of the next day: an hour for a car, all of it in all quarter-hours or none.
BLOCK_W, BLOCK_BID_TICKS, BLOCK_ASK_TICKS = 4_000, 24_000, 20_000
ICEBERG_W, CLIP_W, ICEBERG_TICKS, CLIP_STEP_TICKS = 24_000, 6_000, 14_000, 500
THIRST_W = (5_000, 4_000, 8_000)  # what three cars buy of the iceberg, one after the other
WRONG_TICKS, RIGHT_TICKS, MISTAKEN_W = 1_600, 16_000, 10_000


def founding_entities() -> list[registry.Entity]:
    """Return participants, area, and the market with its phases."""
    entities = town.founding_entities()
    for entity in entities:
        if entity.HasField("market"):
            market = entity.market
            market.pre_open_s, market.call_s, market.freeze_s = PRE_OPEN_S, CALL_S, FREEZE_S
            market.uncrossing = registry.UNCROSSING_DAY_AUCTION
            market.max_block_mtus, market.recall_window_s = HOUR_COUNT, RECALL_WINDOW_S
    return entities
