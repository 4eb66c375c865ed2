"""The wholesale gateway as an engine runs it."""

from __future__ import annotations

from flexbourse_log.port import Service, Source
from flexbourse_wholesale_gateway.auction_effects import AskAwardsEffect, SubmitEffect
from flexbourse_wholesale_gateway.config import Config
from flexbourse_wholesale_gateway.effects import CancelStrayEffect, EnterEffect, LookUpEffect, OperateEffect
from flexbourse_wholesale_gateway.figures import WholesaleFigures
from flexbourse_wholesale_gateway.first_sending import FirstSendings
from flexbourse_wholesale_gateway.processor import WholesaleProgram
from flexbourse_wholesale_gateway.telling import AskingSource, NoExchange, StreamSource
from flexbourse_wholesale_gateway.view import WholesaleView

CONTEXT = "wholesale-gateway"


def build(config: Config) -> Service:
    """Return the gateway: one shard, whatever the number of area shards."""
    login = config.login
    link = None
    if login is not None:
        from flexbourse_wholesale_gateway.exchange_link import ExchangeLink  # noqa: PLC0415 - brings an HTTP client

        link = ExchangeLink(login)
    sendings = FirstSendings()

    def program(shard: int) -> WholesaleProgram:  # noqa: ARG001 - the port's signature
        return WholesaleProgram(config.operator_id, config.venue_id, config.exchange_zone, sendings)

    source: Source = NoExchange()
    if link is not None:
        source = AskingSource(link) if config.stepped else StreamSource(link)
    effects = (
        EnterEffect(link, sendings), OperateEffect(link), CancelStrayEffect(link), LookUpEffect(link),
        SubmitEffect(link, sendings), AskAwardsEffect(link),
    )  # fmt: skip
    view = WholesaleView(config, is_configured=link is not None)
    return Service(CONTEXT, program, views=(view,), effects=effects, sources=(source,), figures=WholesaleFigures())
