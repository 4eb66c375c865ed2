"""A bare exchange on Kafka: an engine with one transaction per batch, and a gRPC gateway before it. Yardsticks only.

Topics: orders in, acknowledgements and trades out, one partition each. The engine reads orders from the beginning, so
that its place is that of the topic; nothing is kept over its end. No registry, rights, grid, snapshot or recovery.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Mapping
from concurrent import futures
from typing import Any

import grpc
from bare_order import Ack, Acks, Order, Orders
from bare_path import BarePath
from confluent_kafka import Consumer, Producer, TopicPartition

Client = Mapping[str, str | int | float | bool]
ORDERS, ACKS, TRADES = "bare.orders", "bare.acks", "bare.trades"
SERVICE = "flexbourse.bare.Market"
TIMEOUT_S = 30.0
TRANSACTION_TIMEOUT_MS = 10_000
BATCH = 1_000
# A transaction begun sooner after the last commit finds its markers unwritten and waits 20 ms in the client.
PAUSE_S = 0.005


def consumer(client: Client, group: str) -> Consumer:
    """Return a consumer of committed records that is told of each at once."""
    return Consumer(
        {
            **client, "group.id": group, "isolation.level": "read_committed", "enable.auto.commit": False,
            "auto.offset.reset": "earliest", "fetch.wait.max.ms": 1, "log_level": 2,
        }
    )  # fmt: skip


def taken(source: Consumer, wait_s: float) -> list[Any]:
    """Return what is there, at most a batch; waits for the first alone."""
    found = source.consume(1, wait_s)
    if found:
        found += source.consume(BATCH - 1, 0)
    return [message for message in found if message.error() is None]


def engine(client: Client, ready: Any) -> None:
    """Decide orders for ever: a transaction for each batch."""
    source = consumer(client, "bare-engine")
    source.assign([TopicPartition(ORDERS, 0, 0)])
    producer = Producer(
        {
            **client, "transactional.id": "bare-engine", "transaction.timeout.ms": TRANSACTION_TIMEOUT_MS,
            "linger.ms": 0, "retry.backoff.ms": 1,
        }
    )  # fmt: skip
    producer.init_transactions(TIMEOUT_S)
    path, committed_s = BarePath(), 0.0
    gc.collect()
    gc.freeze()
    gc.disable()
    ready.set()
    while True:
        batch = taken(source, 1.0)
        if not batch:
            continue
        pause = committed_s + PAUSE_S - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        producer.begin_transaction()
        for message in batch:
            acknowledgement, trades = path.take(message.value())
            producer.produce(ACKS, acknowledgement, message.key(), 0)
            for trade in trades:
                producer.produce(TRADES, trade, None, 0)
        producer.commit_transaction(TIMEOUT_S)
        committed_s = time.monotonic()


class Gateway:
    """Answers a call when the engine's acknowledgements are back."""

    def __init__(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._producer = Producer({**client, "enable.idempotence": True, "linger.ms": 0})
        self._source = consumer(client, "bare-gateway")
        _, end = self._source.get_watermark_offsets(TopicPartition(ACKS, 0), TIMEOUT_S)
        self._source.assign([TopicPartition(ACKS, 0, end)])
        threading.Thread(target=self._read, daemon=True).start()

    def handlers(self) -> grpc.GenericRpcHandler:
        """Return the two methods: one order, or many."""
        return grpc.method_handlers_generic_handler(
            SERVICE,
            {
                "Submit": grpc.unary_unary_rpc_method_handler(
                    self._submit, Order.FromString, Ack.SerializeToString
                ),
                "SubmitMany": grpc.unary_unary_rpc_method_handler(
                    self._submit_many, Orders.FromString, Acks.SerializeToString
                ),
            },
        )  # fmt: skip

    async def _submit(self, order: Any, _context: Any) -> Any:
        return await self._send(order)

    async def _submit_many(self, batch: Any, _context: Any) -> Any:
        return Acks(acks=await asyncio.gather(*[self._send(order) for order in batch.orders]))

    def _send(self, order: Any) -> asyncio.Future[Any]:
        future = self._waiting[order.order_id] = self._loop.create_future()
        self._producer.produce(ORDERS, order.SerializeToString(), order.order_id, 0)
        return future

    def _read(self) -> None:
        while True:
            found = taken(self._source, 0.1)
            self._producer.poll(0)
            if found:
                self._loop.call_soon_threadsafe(self._wake, [message.value() for message in found])

    def _wake(self, values: list[bytes]) -> None:
        for value in values:
            found = Ack.FromString(value)
            future = self._waiting.pop(found.order_id, None)
            if future is not None and not future.done():
                future.set_result(found)


def gateway(client: Client, port: Any) -> None:
    """Serve for ever; the port goes into a queue."""

    async def serve() -> None:
        server = grpc.aio.server(futures.ThreadPoolExecutor(1))
        server.add_generic_rpc_handlers((Gateway(client, asyncio.get_running_loop()).handlers(),))
        bound = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        port.put(bound)
        await server.wait_for_termination()

    asyncio.run(serve())
