"""The client: one party, logged in, with a facet per context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from flexbourse.activation.v1 import activation_pb2_grpc
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2_grpc
from flexbourse.common.v1 import common_pb2, common_pb2_grpc
from flexbourse.gridcheck.v1 import gridcheck_pb2_grpc
from flexbourse.log.v1 import log_pb2, log_pb2_grpc
from flexbourse.market_data.v1 import market_data_pb2_grpc
from flexbourse.orderbook.v1 import orderbook_pb2_grpc, quotes_pb2_grpc
from flexbourse.registry.v1 import registry_pb2_grpc
from flexbourse.settlement.v1 import settlement_pb2_grpc
from flexbourse.traffic_light.v1 import traffic_light_pb2_grpc
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2_grpc
from flexbourse_client.activation import ActivationClient
from flexbourse_client.ancillary import AncillaryClient
from flexbourse_client.connection import DEFAULT_TIMEOUT_S, Connection, Endpoints
from flexbourse_client.exchange import ExchangeClient
from flexbourse_client.funds import FundsClient
from flexbourse_client.grid import GridClient, LightClient
from flexbourse_client.login import Credentials, TokenSource
from flexbourse_client.market_data import MarketDataClient
from flexbourse_client.notary import NotaryClient
from flexbourse_client.orders import OrdersClient
from flexbourse_client.quotes import QuotesClient
from flexbourse_client.registry import RegistryClient
from flexbourse_client.sender import LIFETIME_MS, Sender, random_command_id, wall_clock_ms
from flexbourse_client.settlement import SettlementClient

MAX_ANSWERS = 1000


class Client:
    """Everything a participant can do. Safe to use from several threads; close it, or use it as a context manager."""

    def __init__(
        self,
        endpoints: Endpoints,
        credentials: Credentials,
        *,
        now_ms: Callable[[], int] = wall_clock_ms,
        new_id: Callable[[], str] = random_command_id,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> None:
        self._connection = Connection(endpoints, TokenSource(credentials), timeout_s=timeout_s)
        self._now_ms = now_ms
        self._new_id = new_id

        def sender(context: str, stub: type) -> Sender:
            return Sender(self._connection, context, stub, now_ms, new_id)

        self.registry = RegistryClient(sender("registry", registry_pb2_grpc.RegistryServiceStub))
        self.orders = OrdersClient(sender("orderbook", orderbook_pb2_grpc.OrderBookServiceStub))
        self.quotes = QuotesClient(sender("orderbook", quotes_pb2_grpc.QuoteServiceStub))
        self.grid = GridClient(sender("gridcheck", gridcheck_pb2_grpc.GridCheckServiceStub))
        self.lights = LightClient(sender("traffic-light", traffic_light_pb2_grpc.TrafficLightServiceStub))
        self.market_data = MarketDataClient(sender("market-data", market_data_pb2_grpc.MarketDataServiceStub))
        self.activation = ActivationClient(sender("activation", activation_pb2_grpc.ActivationServiceStub))
        self.ancillary = AncillaryClient(
            sender("ancillary-gateway", ancillary_gateway_pb2_grpc.AncillaryGatewayServiceStub)
        )
        settlement = sender("settlement", settlement_pb2_grpc.SettlementServiceStub)
        self.settlement = SettlementClient(settlement)
        self.funds = FundsClient(settlement)
        self.notary = NotaryClient(settlement)
        self.exchange = ExchangeClient(sender("wholesale-gateway", wholesale_gateway_pb2_grpc.WholesaleServiceStub))

    @staticmethod
    def of(data_dir: Path, party: str) -> Client:
        """Return a client of a platform on this machine, with the credentials in its data folder.

        Raises FileNotFoundError where none runs, or where the party has no credentials.
        """
        endpoints = Endpoints.load(data_dir)
        return Client(endpoints, Credentials.load(data_dir / "credentials" / f"{party}.json"))

    @property
    def party(self) -> str:
        """Return the party of this client."""
        return self._connection.party

    def answers(self, command_ids: Sequence[str]) -> dict[str, common_pb2.CommandReceipt]:
        """Return the answers that are there, by command id: after a step, or after a deadline."""
        found: dict[str, common_pb2.CommandReceipt] = {}
        for address in self._connection.endpoints.addresses():
            stub = self._connection.stub(common_pb2_grpc.AnswerServiceStub, address)
            missing = [command_id for command_id in command_ids if command_id not in found]
            for start in range(0, len(missing), MAX_ANSWERS):
                request = common_pb2.GetAnswersRequest(command_ids=missing[start : start + MAX_ANSWERS])
                response = self._connection.call(stub.GetAnswers, request)
                found.update((receipt.command_id, receipt) for receipt in response.receipts)
        return found

    def shards(self, context: str = "") -> list[log_pb2.ShardStatus]:
        """Return the shards of a context, or of all."""
        found = []
        for address in self._connection.endpoints.addresses():
            stub = self._connection.stub(log_pb2_grpc.ShardServiceStub, address)
            response = self._connection.call(stub.ListShards, log_pb2.ListShardsRequest(context=context))
            found += response.shards
        return sorted(found, key=lambda shard: (shard.context, shard.shard))

    def control_shard(
        self, context: str, shard: int, order: log_pb2.ControlCommand, *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Skip the input that halted a shard, resume it, or confirm its time; the platform's operator only."""
        stub = self._connection.stub(log_pb2_grpc.ShardServiceStub, self._connection.endpoints.address(context))
        request = log_pb2.ControlShardRequest(
            command_id=command_id or self._new_id(),
            expires_at_ms=self._now_ms() + LIFETIME_MS,
            context=context,
            shard=shard,
            order=order,
        )
        response: log_pb2.ControlShardResponse = self._connection.call(stub.ControlShard, request)
        return response.receipt

    def close(self) -> None:
        """Close all channels."""
        self._connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
