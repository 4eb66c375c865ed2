"""The registry, as a client sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flexbourse.common.v1 import common_pb2
from flexbourse.registry.v1 import registry_pb2
from flexbourse_client.errors import RefusedError
from flexbourse_client.sender import Sender

PAGE_SIZE = 1000


class RegistryClient:
    """Registration, import and queries."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def register(
        self, entities: Sequence[registry_pb2.Entity], *, all_or_nothing: bool = False, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Register or change objects; one result each in the receipt's answer."""
        response: registry_pb2.RegisterResponse = self._sender.command(
            self._sender.stub.Register,
            registry_pb2.RegisterRequest,
            command_id,
            entities=registry_pb2.RegisterEntities(entities=entities, all_or_nothing=all_or_nothing),
        )
        return response.receipt

    def advance(self, steps: Sequence[registry_pb2.UnitStep], *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Take units further in their life; one result each in the receipt's answer."""
        response: registry_pb2.AdvanceResponse = self._sender.command(
            self._sender.stub.Advance,
            registry_pb2.AdvanceRequest,
            command_id,
            steps=registry_pb2.AdvanceUnits(steps=steps),
        )
        return response.receipt

    def stage(
        self, import_id: str, chunk: int, entities: Sequence[registry_pb2.Entity], *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Stage one part of a bulk import, at most 1,000 objects; raises RefusedError where it is not taken."""
        response: registry_pb2.StageResponse = self._sender.command(
            self._sender.stub.Stage,
            registry_pb2.StageRequest,
            command_id,
            part=registry_pb2.StageImport(import_id=import_id, chunk=chunk, entities=entities),
        )
        return _taken(response.receipt)

    def commit(
        self,
        import_id: str,
        chunk_count: int,
        *,
        partial: bool = False,
        validate_only: bool = False,
        command_id: str = "",
    ) -> registry_pb2.ImportOutcome:
        """Let a staged import take effect; its problems come back. Raises RefusedError where parts are missing."""
        response: registry_pb2.CommitResponse = self._sender.command(
            self._sender.stub.Commit,
            registry_pb2.CommitRequest,
            command_id,
            commit=registry_pb2.CommitImport(
                import_id=import_id, chunk_count=chunk_count, partial=partial, validate_only=validate_only
            ),
        )
        if not response.HasField("outcome"):
            _taken(response.receipt)
        return response.outcome

    def discard(self, import_id: str, *, command_id: str = "") -> None:
        """Forget what is staged of an import."""
        self._sender.command(
            self._sender.stub.Commit,
            registry_pb2.CommitRequest,
            command_id,
            commit=registry_pb2.CommitImport(import_id=import_id, discard=True),
        )

    def import_csv(
        self, kind: str, csv: bytes, *, partial: bool = False, command_id: str = ""
    ) -> registry_pb2.ImportResponse:
        """Import a CSV file of one kind of object; wrong rows come back in `errors`."""
        response: registry_pb2.ImportResponse = self._sender.command(
            self._sender.stub.Import, registry_pb2.ImportRequest, command_id, kind=kind, csv=csv, partial=partial
        )
        return response

    def get(
        self, kind: str, object_id: str, min_position: common_pb2.LogPosition | None = None
    ) -> registry_pb2.EntityState | None:
        """Return an object, None where there is none."""
        request = registry_pb2.GetEntityRequest(kind=kind, id=object_id, min_position=min_position)
        response: registry_pb2.GetEntityResponse = self._sender.query(self._sender.stub.GetEntity, request)
        return response.state if response.HasField("state") else None

    def list(self, kind: str, min_position: common_pb2.LogPosition | None = None) -> Iterator[registry_pb2.EntityState]:
        """Yield all objects of a kind by id, page by page."""
        token = ""
        while True:
            request = registry_pb2.ListEntitiesRequest(
                kind=kind, page_size=PAGE_SIZE, page_token=token, min_position=min_position
            )
            response: registry_pb2.ListEntitiesResponse = self._sender.query(self._sender.stub.ListEntities, request)
            yield from response.states
            token = response.next_page_token
            if not token:
                return


def _taken(receipt: common_pb2.CommandReceipt) -> common_pb2.CommandReceipt:
    """Return the receipt of a command that was taken; raises RefusedError for one that was refused as a whole."""
    refused = [result.rejection for result in receipt.answer.results if result.HasField("rejection")]
    if refused:
        raise RefusedError(refused[0].code, refused[0].rule, tuple(refused))
    return receipt
