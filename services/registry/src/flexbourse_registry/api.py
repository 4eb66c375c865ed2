"""gRPC of the registry: registration, import, queries."""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse.common.v1 import common_pb2
from flexbourse.registry.v1 import registry_pb2, registry_pb2_grpc
from flexbourse_bulk.files import read
from flexbourse_bulk.objects import Objects, objects_of
from flexbourse_bulk.sheet import MAX_ERRORS, Row, row_error, unreadable
from flexbourse_core.rejection import Code, Rejection
from flexbourse_messages.catalogue import REGISTRY_COMMAND
from flexbourse_registry.domain.entities import KINDS
from flexbourse_registry.domain.registration import MAX_ENTRIES
from flexbourse_registry.view import EntityView
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_runtime.refusals import refuse

MAX_PAGE = 1000
MAX_FILE_BYTES = 512 * 1024


class RegistryServicer(registry_pb2_grpc.RegistryServiceServicer):
    """Calls become commands; queries read the view."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._view = context.view(EntityView)

    async def Register(self, request: registry_pb2.RegisterRequest, context: Rpc) -> registry_pb2.RegisterResponse:
        """Register or change objects."""
        receipt = await self._context.call(
            context,
            topic=REGISTRY_COMMAND,
            body=request.entities,
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        return registry_pb2.RegisterResponse(receipt=receipt)

    async def Advance(self, request: registry_pb2.AdvanceRequest, context: Rpc) -> registry_pb2.AdvanceResponse:
        """Take units further in their life."""
        receipt = await self._context.call(
            context,
            topic=REGISTRY_COMMAND,
            body=request.steps,
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        return registry_pb2.AdvanceResponse(receipt=receipt)

    async def Stage(self, request: registry_pb2.StageRequest, context: Rpc) -> registry_pb2.StageResponse:
        """Stage one part of a bulk import."""
        receipt = await self._context.call(
            context,
            topic=REGISTRY_COMMAND,
            body=request.part,
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        return registry_pb2.StageResponse(receipt=receipt)

    async def Commit(self, request: registry_pb2.CommitRequest, context: Rpc) -> registry_pb2.CommitResponse:
        """Let a staged import take effect."""
        receipt = await self._context.call(
            context,
            topic=REGISTRY_COMMAND,
            body=request.commit,
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        response = registry_pb2.CommitResponse(receipt=receipt)
        outcome = registry_pb2.ImportOutcome()
        if receipt.answer.results and receipt.answer.results[0].detail.Unpack(outcome):
            response.outcome.CopyFrom(outcome)
        return response

    async def Import(self, request: registry_pb2.ImportRequest, context: Rpc) -> registry_pb2.ImportResponse:
        """Import a file; row errors come back as data."""
        found = _objects(request)
        if not found.rows:
            return registry_pb2.ImportResponse(errors=found.errors)
        body = registry_pb2.RegisterEntities(
            entities=[row.entity for row in found.rows],
            all_or_nothing=not request.partial,
            validate_only=bool(found.errors) and not request.partial,  # so that all errors come at once
        )
        receipt = await self._context.call(
            context,
            topic=REGISTRY_COMMAND,
            body=body,
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        return _import_response(found, receipt, validated_only=body.validate_only)

    async def GetEntity(self, request: registry_pb2.GetEntityRequest, context: Rpc) -> registry_pb2.GetEntityResponse:
        """Return one object."""
        await self._check_kind(context, request.kind)
        await self._context.wait_for(context, request.min_position)
        return registry_pb2.GetEntityResponse(state=self._view.get(request.kind, request.id))

    async def ListEntities(
        self, request: registry_pb2.ListEntitiesRequest, context: Rpc
    ) -> registry_pb2.ListEntitiesResponse:
        """Return a page of objects by id."""
        await self._check_kind(context, request.kind)
        await self._context.wait_for(context, request.min_position)
        size = min(request.page_size or MAX_PAGE, MAX_PAGE)
        states, after = self._view.page(request.kind, request.page_token, max(1, size))
        return registry_pb2.ListEntitiesResponse(states=states, next_page_token=after)

    async def _check_kind(self, rpc: Rpc, kind: str) -> None:
        if kind not in KINDS:
            rule = f"kind is one of {', '.join(KINDS)}"
            await refuse(rpc, Rejection(Code.FIELD_MALFORMED, rule, "kind", kind[:64]))


def _objects(request: registry_pb2.ImportRequest) -> Objects:
    """Return what a file of one call holds; larger ones are staged in parts."""
    if len(request.csv) > MAX_FILE_BYTES:
        message = f"a file in one call holds at most {MAX_FILE_BYTES} bytes, this one {len(request.csv)}: stage it"
        return Objects(errors=unreadable(Code.TOO_MANY_ENTRIES, message).errors)
    found = objects_of(request.kind, read(request.csv))
    if len(found.rows) > MAX_ENTRIES:
        message = f"a file in one call holds at most {MAX_ENTRIES} rows, this one {len(found.rows)}: stage it"
        return Objects(errors=unreadable(Code.TOO_MANY_ENTRIES, message).errors)
    return found


def _import_response(
    found: Objects, receipt: common_pb2.CommandReceipt, *, validated_only: bool
) -> registry_pb2.ImportResponse:
    errors = list(found.errors)
    accepted = 0
    for each, result in zip(found.rows, receipt.answer.results, strict=False):
        if result.HasField("rejection"):
            errors += _refused_row(each.row, result)
        else:
            accepted += 1
    errors.sort(key=lambda error: error.row)
    if validated_only:
        accepted = 0
    return registry_pb2.ImportResponse(errors=errors[:MAX_ERRORS], accepted_count=accepted, receipt=receipt)


def _refused_row(row: Row, result: common_pb2.Result) -> Sequence[registry_pb2.RowError]:
    """Return the row errors of a refused entry; one that was only withheld because of others has none."""
    if result.rejection.code == Code.IMPORT_REFUSED.name:
        return ()
    problems = common_pb2.Rejections()
    rejections = problems.rejections if result.detail.Unpack(problems) else [result.rejection]
    return [
        row_error(row.number, problem.field, row.cells.get(problem.field, ""), Code[problem.code], problem.rule)
        for problem in rejections
    ]


def servicers(context: ApiContext) -> list[Binding]:
    """Return the gRPC services of the registry."""
    name = registry_pb2.DESCRIPTOR.services_by_name["RegistryService"].full_name
    return [Binding(name, registry_pb2_grpc.add_RegistryServiceServicer_to_server, RegistryServicer(context))]
