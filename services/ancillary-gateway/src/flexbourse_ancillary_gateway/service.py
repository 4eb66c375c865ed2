"""The mFRR gateway as an engine runs it."""

from __future__ import annotations

import logging
import uuid

from flexbourse_ancillary_gateway.adapters.dead_letters import DeadLetters
from flexbourse_ancillary_gateway.adapters.folder_mailbox import FolderMailbox
from flexbourse_ancillary_gateway.adapters.http_mailbox import Credentials, HttpMailbox
from flexbourse_ancillary_gateway.adapters.inbox import Inbox
from flexbourse_ancillary_gateway.adapters.mailbox import Mailbox
from flexbourse_ancillary_gateway.config import Config
from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.schemas import NO_SCHEMAS, load_schemas
from flexbourse_ancillary_gateway.domain.gateway import Connection
from flexbourse_ancillary_gateway.domain.lots.book import ForwardingTimes
from flexbourse_ancillary_gateway.drafting import Drafter
from flexbourse_ancillary_gateway.effects import SendEffect
from flexbourse_ancillary_gateway.figures import AncillaryFigures
from flexbourse_ancillary_gateway.processor import AncillaryProgram
from flexbourse_ancillary_gateway.view import AncillaryView, Link
from flexbourse_log.port import Service

CONTEXT = "ancillary-gateway"
IDS = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # the name space of URLs: ids of ours are names below one
UNCONFIGURED = "no platform is configured: nothing is forwarded"

_log = logging.getLogger(__name__)


def build(config: Config) -> Service:
    """Return the gateway: one shard, because pools span areas. Raises ConfigurationError."""
    schemas = NO_SCHEMAS if config.schema_dir is None else load_schemas(config.schema_dir)
    codec = DocumentCodec(schemas)
    mailbox = _mailbox(config)
    dead = DeadLetters(config.dead_letters_dir) if mailbox is not None else None
    connection = connection_of(config)

    def program(shard: int) -> AncillaryProgram:  # noqa: ARG001 - the port's signature
        return AncillaryProgram(connection, config.claiming_party, config.venue)

    notice = notice_of(config, codec)
    if notice:
        _log.warning("%s", notice)
    link = Link(config.configured, tuple(codec.unvalidated), dead)
    view = AncillaryView(connection, link)
    return Service(
        CONTEXT,
        program,
        views=(view,),
        effects=(SendEffect(mailbox, Drafter(config.parties(), codec, config.resource), dead),),
        sources=() if mailbox is None or dead is None else (Inbox(mailbox, codec, dead, config.bidder),),
        notice=notice,
        figures=AncillaryFigures(link),
    )


def connection_of(config: Config) -> Connection:
    """Return how the gateway's domain is connected."""

    def new_id(name: str) -> str:
        return str(uuid.uuid5(IDS, f"flexbourse:{config.bidder}/{name}"))

    return Connection(
        rules=config.platform_rules,
        zone=config.zone,
        new_id=new_id,
        configured=config.configured,
        times=ForwardingTimes(claim_lead_s=config.claim_lead_s),
        method=config.method,
    )


def notice_of(config: Config, codec: DocumentCodec) -> str:
    """Return what an operator has to know beside the state of the shard."""
    if not config.configured:
        return UNCONFIGURED
    missing = codec.unvalidated
    if not missing:
        return ""
    return f"SCHEMA VALIDATION IS OFF for {len(missing)} kinds of documents: schema_dir names no folder"


def _mailbox(config: Config) -> Mailbox | None:
    if config.platform_folder is not None:
        return FolderMailbox(config.platform_folder)
    if not config.platform_url:
        return None
    credentials = Credentials(
        ca_file=config.ca_file,
        certificate_file=config.certificate_file,
        key_file=config.key_file,
        token_file=config.token_file,
    )
    return HttpMailbox(config.platform_url, config.bidder, credentials)
