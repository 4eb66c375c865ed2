"""The conformance suite on the embedded engine, and what only that engine promises."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite(
    "flexbourse_testkit.conformance.cases",
    "flexbourse_testkit.conformance.showing",
    "flexbourse_testkit.conformance.sources",
    "flexbourse_testkit.conformance.killing",
)

from flexbourse_testkit.conformance.embedded import EmbeddedHarness  # noqa: E402
from flexbourse_testkit.conformance.showing import FigureConformance  # noqa: E402 - after its asserts are registered


class TestEmbeddedEngine(FigureConformance):
    """Every case on a log in a folder."""

    @pytest.fixture
    def harness(self, tmp_path: Path) -> EmbeddedHarness:
        """Return an empty log with one shard."""
        return EmbeddedHarness(tmp_path / "log")

    @pytest.fixture
    def stepped_harness(self, tmp_path: Path, request: pytest.FixtureRequest) -> EmbeddedHarness:
        """Return an empty log with as many shards as the case asks for."""
        shards = request.node.callspec.params.get("area_shards", 1) if hasattr(request.node, "callspec") else 1
        return EmbeddedHarness(tmp_path / "log", shards)
