"""The hours that stories trade, with what is forecast and metered in each.

A book of the day is walked at each time record, kept in each snapshot and restored at each crash: late in the evening
only the last are open, and a story costs half.
"""

from __future__ import annotations

import street
from street import DAY_S, EVENING_S, NOON_S

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.settlement.v1 import settlement_pb2 as settlement

HOUR_S = 3600
HOURS_S = (NOON_S, NOON_S + HOUR_S, EVENING_S)  # of a world that begins with the opening of its day
LATE_HOURS_S = tuple(DAY_S + hour * HOUR_S for hour in (19, 20, 22))  # all end before the next day opens
LATE_BEGINS_S = DAY_S + 16 * HOUR_S + 1800  # the gate of all hours before them has passed
# A late hour is lived like one by day: its sun shines, and its meters see it.
_LIVED_LIKE = dict(zip(LATE_HOURS_S, HOURS_S, strict=True))


def forecast(periods_s: tuple[int, ...], mtu_length_s: int) -> grid.SubmitForecast:
    """Return the street's forecast of some periods."""
    found = street.forecast(tuple(_LIVED_LIKE.get(start_s, start_s) for start_s in periods_s))
    for period, start_s in zip(found.periods, periods_s, strict=True):
        period.mtu.start_s, period.mtu.length_s = start_s, mtu_length_s
    return found


def readings(periods_s: tuple[int, ...], mtu_length_s: int) -> list[settlement.Reading]:
    """Return what the street's meters say of some periods."""
    found = []
    for start_s in periods_s:
        own = street.readings(_LIVED_LIKE.get(start_s, start_s))
        for reading in own:
            reading.mtu.start_s, reading.mtu.length_s = start_s, mtu_length_s
        found += own
    return found
