"""A catalogue in which activation reads what both gateways ask for, whether or not the platform's own does already."""

from __future__ import annotations

from dataclasses import replace

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.log.v1 import log_pb2
from flexbourse_messages.catalogue import CATALOGUE
from flexbourse_messages.lookup import Catalogue
from flexbourse_messages.topic import Input, Projector, Sharding, Topic

WHOLESALE_CLAIM = "flex.wholesale-gateway.claim.event.v1"
ANCILLARY_CLAIM = "flex.ancillary-gateway.claim.event.v1"


def catalogue_with_gateways() -> Catalogue:
    """Return the platform's catalogue, with the gateways' claims as feedback inputs of activation."""
    missing = [name for name in (WHOLESALE_CLAIM, ANCILLARY_CLAIM) if name not in CATALOGUE.topics]
    writers = tuple(Projector(name.split(".")[1], (), (_topic(name),)) for name in missing)
    contexts = tuple(
        replace(context, inputs=_inputs(context.inputs)) if context.name == "activation" else context
        for context in CATALOGUE.contexts
    )
    return Catalogue(contexts, (*CATALOGUE.projectors, *writers))


def _inputs(own: tuple[Input, ...]) -> tuple[Input, ...]:
    read = {entry.topic for entry in own}
    gateways = [name for name in (WHOLESALE_CLAIM, ANCILLARY_CLAIM) if name not in read]
    return (*own, *(Input("activation", name, feedback=True) for name in gateways))


def _topic(name: str) -> Topic:
    payloads = (pb.GatewayInstruction, log_pb2.Step)
    return Topic(name, name.split(".")[1], "area", Sharding.SINGLE, payloads, rank=75, retention_days=400)
