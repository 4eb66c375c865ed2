"""Settlement as an engine runs it."""

from __future__ import annotations

from flexbourse_log.port import Service
from flexbourse_settlement.adapters.account_keys import AccountKeys
from flexbourse_settlement.chain_view import ChainView
from flexbourse_settlement.config import Config
from flexbourse_settlement.effects import CheckEffect, FileEffect, SendEffect, SignEffect
from flexbourse_settlement.external_view import ExternalView
from flexbourse_settlement.figures import SettlementFigures
from flexbourse_settlement.funds_view import FundsView
from flexbourse_settlement.preparing import Preparer
from flexbourse_settlement.processor import SettlementProgram
from flexbourse_settlement.settler import Settler
from flexbourse_settlement.view import SettlementView

CONTEXT = "settlement"


def build(config: Config) -> Service:
    """Return settlement's service: one shard, whatever the number of area shards."""
    view = SettlementView(Preparer(AccountKeys(config.account_keys_dir, config.key_seed.value)))
    settler = Settler(config, view)

    def program(shard: int) -> SettlementProgram:  # noqa: ARG001 - the port's signature
        return SettlementProgram(config.operator_id)

    effects = (SignEffect(config, settler, view), SendEffect(settler), FileEffect(config, view), CheckEffect(settler))
    views = (view, ChainView(), FundsView(), ExternalView())
    return Service(CONTEXT, program, views=views, effects=effects, figures=SettlementFigures())
