"""What must hold of a finished day, whatever went wrong in it: what the checkers say, every answer, every recovery."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from all_checkers import all_problems
from log_access import Log, RecordedLog
from platform_model import PlatformModel

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_messages.catalogue import BY_NAME, CATALOGUE
from flexbourse_orderbook.domain.state import Period
from flexbourse_orderbook.processor import OrderBookProgram

# Audits that fail are planted here; that they halt the area is the market's to show.
NOT_LOOKED_AT = ("failed_audits",)


def problems(platform: PlatformModel) -> list[str]:
    """Return everything that is wrong, in words."""
    return [
        *(text for view in _views(platform) for text in all_problems(view, NOT_LOOKED_AT)),
        *_answers(platform), *_recoveries(platform), *_waiting(platform), *platform.reader.problems(platform.log),
        *(text for neighbour in platform.outside.neighbours.values() for text in neighbour.problems(platform)),
    ]  # fmt: skip


def _views(platform: PlatformModel) -> list[Log]:
    """Return the log as the checkers see it: one for each shard of areas."""
    if platform.area_shards == 1:
        return [platform.log]
    return [RecordedLog(platform.log, shard) for shard in range(platform.area_shards)]


def _answers(platform: PlatformModel) -> Iterator[str]:
    """Every command has an answer, and a repetition the same one."""
    given: dict[tuple[str, str], list[common_pb2.Answer]] = defaultdict(list)
    for host in platform.hosts.values():
        for record in platform.log.records(BY_NAME[host.context].answer.name, host.shard):
            answer = common_pb2.Answer.FromString(record.value)
            given[answer.party, answer.command_id].append(answer)
    for sent in platform.sent:
        answers = given[sent.party, sent.command_id]
        if not answers:
            yield f"answers: {sent.command_id} of {sent.party} on {CATALOGUE.topics[sent.topic].name} has none"
        elif any(list(answer.results) != list(answers[0].results) for answer in answers):
            yield f"answers: {sent.command_id} of {sent.party} has {len(answers)} that differ"
        elif [answer.already_submitted for answer in answers] != [False] + [True] * (len(answers) - 1):
            yield f"answers: {sent.command_id} of {sent.party} was decided more than once"


def _waiting(platform: PlatformModel) -> Iterator[str]:
    """A request for spread that waits where all is quiet finds nothing, either, when it is tried once more."""
    for host in platform.hosts.values():
        program = host.program
        if not isinstance(program, OrderBookProgram) or not any(_requests(program)):
            continue
        tried = host.recovered(host.snapshot).state.program
        assert isinstance(tried, OrderBookProgram)
        for period in _requests(tried):
            period.spreads.due = True
        for event in tried.on_time(platform.now_ms, 0):
            if isinstance(event, book.OrderEvent) and event.HasField("trade") and event.trade.HasField("spread"):
                yield f"waiting: {event.trade.trade_id} was there for a request that nobody tried"


def _requests(program: OrderBookProgram) -> Iterator[Period]:
    """Iterate over the periods in which a request for spread waits."""
    for area in program.areas:
        yield from (period for period in area.periods.values() if period.spreads.requests)


def _recoveries(platform: PlatformModel) -> Iterator[str]:
    """Folding a journal gives the state that was lived: at each crash, and from the newest to the end."""
    for name in platform.unlike:
        yield f"recovery: a new owner of {name} knew something else than the one before"
    for host in platform.hosts.values():
        assert host.snapshot is not None
        if host.runner.state.next_offset == host.snapshot[1]:
            continue  # nothing was decided: it is what it was restored from
        if host.recovered(host.snapshot).state.dump() != host.runner.state.dump():
            yield f"recovery: {host.name} from its newest snapshot is not what was lived"
