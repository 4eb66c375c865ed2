"""A worker that is far behind says so: its probe is not ready, and the lag is told per partition."""

from __future__ import annotations

import pytest

from flexbourse_log.engine import Phase
from flexbourse_market_data.process import MAX_READY_LAG, statuses
from flexbourse_runtime.health import is_ready


class Worker:
    """As much of a worker as its probe looks at."""

    def __init__(self, *, recovered: bool, lags: tuple[int, ...]) -> None:
        self.is_ready, self._lags = recovered, lags

    def partitions(self) -> list[int]:
        return list(range(len(self._lags)))

    def lag(self, partition: int) -> int:
        return self._lags[partition]


@pytest.mark.parametrize(
    ("recovered", "lags", "ready"),
    [
        pytest.param(True, (0, MAX_READY_LAG), True, id="close enough"),
        pytest.param(True, (0, MAX_READY_LAG + 1), False, id="one partition is far behind"),
        pytest.param(False, (0, 0), False, id="its table is not read yet"),
        pytest.param(True, (), True, id="it holds no partition, and answers from what others keep"),
    ],
)
def test_readiness(recovered: bool, lags: tuple[int, ...], ready: bool) -> None:
    found = statuses(Worker(recovered=recovered, lags=lags))  # type: ignore[arg-type]
    assert is_ready(found) == ready
    assert [status.lag for status in found] == list(lags)
    assert all(status.phase in (Phase.RUNNING, Phase.RECOVERING) for status in found)
