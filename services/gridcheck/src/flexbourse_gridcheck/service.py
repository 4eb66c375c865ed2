"""Gridcheck as an engine runs it."""

from __future__ import annotations

from flexbourse_gridcheck.adapters.grids import Grids
from flexbourse_gridcheck.config import Config
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridcheck.effects import AuditEffect
from flexbourse_gridcheck.figures import GridFigures
from flexbourse_gridcheck.processor import GridProgram
from flexbourse_gridcheck.schedule_view import ScheduleView
from flexbourse_gridcheck.view import GridView
from flexbourse_log.port import Service
from flexbourse_networks.network_import import NetworkImport

CONTEXT = "gridcheck"


def build(config: Config) -> Service:
    """Return gridcheck's service. Shards, view and effect share what this process has compiled."""
    grids = Grids()
    view = GridView(grids, NetworkImport(config.data_dir))

    def program(shard: int) -> GridProgram:
        return GridProgram(shard, grids.compiled, config.operator_id)

    def find_grid(digest: bytes) -> Grid | None:
        model = view.model(digest)
        return grids.find(digest) or (grids.compiled(model) if model is not None else None)

    views = (view, ScheduleView())
    return Service(CONTEXT, program, views=views, effects=(AuditEffect(find_grid),), figures=GridFigures())
