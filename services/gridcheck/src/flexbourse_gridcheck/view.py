"""Read model of gridcheck, folded from its own topics and the book's operating points."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from google.protobuf.message import Message

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_gridcheck.adapters.grids import Grids
from flexbourse_gridcheck.domain.switching import MAX_NETWORKS
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import (
    BOOK_OPERATING_POINT,
    GRID_AUDIT,
    GRID_BASE_CASE,
    GRID_MARGIN,
    GRID_RESULT,
    GRID_TARIFF,
    GRID_TOPOLOGY,
)
from flexbourse_networks.network_import import NetworkImport

MAX_MODELS = 256  # an audit asks for the topology of a moment ago, never for one that was replaced so often


@dataclass(slots=True)
class PeriodView:
    """The newest records of one period."""

    result: grid.GridResultState | None = None
    tariff: grid.TariffState | None = None
    base_case: grid.BaseCaseState | None = None
    margin: grid.MarginState | None = None
    audit: grid.AuditRecorded | None = None
    accepted: dict[str, tuple[int, int]] = field(default_factory=dict)
    operating_point_sequence: int = 0


@dataclass(slots=True)
class AreaView:
    """One area: its newest topology and the latest ones by version, its periods by start, its audits."""

    topology: grid.TopologyState | None = None
    topologies: OrderedDict[int, grid.TopologyState] = field(default_factory=OrderedDict)
    periods: dict[int, PeriodView] = field(default_factory=dict)
    audits: grid.AuditTotals = field(default_factory=grid.AuditTotals)


class GridView:
    """Areas by id, and the models that were in force lately by their digest.

    Carries what answering queries takes besides the fold: the compiled networks and the imports of this process.
    """

    topics: tuple[str, ...] = (
        GRID_TOPOLOGY,
        GRID_BASE_CASE,
        GRID_MARGIN,
        GRID_TARIFF,
        GRID_RESULT,
        GRID_AUDIT,
        BOOK_OPERATING_POINT,
    )

    def __init__(self, grids: Grids, imports: NetworkImport) -> None:
        self.grids = grids
        self.imports = imports
        self._areas: dict[str, AreaView] = {}
        self._models: OrderedDict[bytes, bytes] = OrderedDict()

    def fold(self, record: Record, message: Message | None) -> None:
        """Take one record in."""
        if message is None:
            area_id, _, start = record.key.partition("/")
            self.area(area_id).periods.pop(int(start), None)
        elif isinstance(message, grid.TopologyState):
            self._models[hashlib.sha256(message.model).digest()] = message.model
            while len(self._models) > MAX_MODELS:
                self._models.popitem(last=False)
            area = self.area(message.area_id)
            area.topology = area.topologies[message.version] = message
            while len(area.topologies) > MAX_NETWORKS:
                area.topologies.popitem(last=False)
        elif isinstance(message, book.OperatingPointChanged):
            period = self._period(message.area_id, message.mtu.start_s)
            period.operating_point_sequence = message.sequence
            period.accepted.update({change.node_id: (change.p_w, change.q_var) for change in message.accepted})
        elif isinstance(message, grid.AuditRecorded):
            totals = self.area(message.area_id).audits
            totals.checked_count += message.checked_count
            totals.disagreement_count += message.disagreement
            totals.violation_count += message.violation_count
            self._period(message.area_id, message.mtu.start_s).audit = message
        else:
            self._fold_period(message)

    def model(self, digest: bytes) -> bytes | None:
        """Return a model by its SHA-256; may be called from another thread."""
        return self._models.get(digest)

    def area(self, area_id: str) -> AreaView:
        """Return an area, empty where nothing is known of it."""
        return self._areas.setdefault(area_id, AreaView())

    def period(self, area_id: str, start_s: int) -> PeriodView | None:
        """Return a period."""
        return self.area(area_id).periods.get(start_s)

    def periods(self, area_id: str) -> Iterator[PeriodView]:
        """Return the periods of an area by time."""
        return (period for _, period in sorted(self.area(area_id).periods.items()))

    def _period(self, area_id: str, start_s: int) -> PeriodView:
        return self.area(area_id).periods.setdefault(start_s, PeriodView())

    def _fold_period(self, message: Message) -> None:
        if isinstance(message, grid.GridResultState):
            self._period(message.area_id, message.mtu.start_s).result = message
        elif isinstance(message, grid.TariffState):
            self._period(message.area_id, message.mtu.start_s).tariff = message
        elif isinstance(message, grid.BaseCaseState):
            self._period(message.area_id, message.mtu.start_s).base_case = message
        elif isinstance(message, grid.MarginState):
            self._period(message.area_id, message.mtu.start_s).margin = message
