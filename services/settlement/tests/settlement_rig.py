"""A settlement shard with its effects and a chain, driven by hand: every step and every crash is the test's choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from google.protobuf.message import Message
from settlement_market import AREA, MTU, OPERATOR, PARTIES, POINTS, TICK, owner_of, party_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.market_time import Mtu
from flexbourse_log.port import Intent, Record
from flexbourse_messages.catalogue import BOOK_TRADE, REGISTRY_ENTITY, SETTLEMENT_COMMAND
from flexbourse_runtime.config import Secret
from flexbourse_settlement import match_wire, wire
from flexbourse_settlement.adapters.account_keys import AccountKeys
from flexbourse_settlement.chain_view import ChainView
from flexbourse_settlement.config import Config
from flexbourse_settlement.domain.matches import Match
from flexbourse_settlement.effects import CheckEffect, FileEffect, SendEffect, SignEffect
from flexbourse_settlement.preparing import Preparer
from flexbourse_settlement.processor import SettlementProgram
from flexbourse_settlement.settler import Settler
from flexbourse_settlement.view import SettlementView
from flexbourse_testkit.drive import Drive

METER_OPERATOR = "meters"
MARKETS = ("energy", "flex")


class Rig:
    """One settlement in a folder. `restart` is what a killed process does: everything but journal and files is lost."""

    def __init__(
        self,
        folder: Path,
        *,
        chain_url: str = "",
        key_file: Path | None = None,
        contract: str = "",
        contracts: str = "",
        confirmations: int = 0,
    ) -> None:
        self.config = Config(
            data_dir=folder,
            chain_url=chain_url,
            settler_key_file=key_file,
            contract=contract,
            contracts=contracts,
            confirmations=confirmations,
            key_seed=Secret("tests"),
        )
        self.drive = Drive(lambda _shard: SettlementProgram(), "settlement")
        self.pending: list[Intent] = []
        self._taken_intents = 0
        self._start()

    def _start(self) -> None:
        keys = AccountKeys(self.config.account_keys_dir, self.config.key_seed.value)
        self.view = SettlementView(Preparer(keys))
        self.chain_view = ChainView()
        self._folded = 0
        self.settler = Settler(self.config, self.view)
        effects = (
            SignEffect(self.config, self.settler, self.view),
            SendEffect(self.settler),
            FileEffect(self.config, self.view),
            CheckEffect(self.settler),
        )
        self.effects = {effect.kind: effect for effect in effects}
        self.feed_view()

    def restart(self) -> None:
        """Lose the memory of view, effects and chain client; the shard proves that it recovers from its journal."""
        self.settler.close()
        self.drive.recovered()
        self._start()

    def feed_view(self) -> None:
        journal = self.drive.journal
        for offset, message in enumerate(journal[self._folded :], self._folded):
            for view in (self.view, self.chain_view):
                view.fold(Record("journal", 0, offset, "", b"", {}), message)
        self._folded = len(journal)
        self.pending += self.drive.intents[self._taken_intents :]
        self._taken_intents = len(self.drive.intents)

    def command(self, body: pb.SettlementCommand, party: str) -> common_pb2.Answer:
        answer = self.drive.command(SETTLEMENT_COMMAND, body, party)
        self.feed_view()
        return answer

    def contract(self, name: str) -> str:
        """Return the address of a contract of the catalogue, empty before it is on the chain."""
        return self.chain_view.contract(name)

    def tick(self, by_ms: int = 1_000) -> None:
        self.drive.time(self.drive.at_ms + by_ms)
        self.feed_view()

    def perform_next(self) -> None:
        """Perform the oldest open intent and hand its outcome to the shard."""
        intent = self.pending[0]
        found = self.effects[intent.kind].perform(intent)
        answer = self.drive.command(found.topic, found.body, found.party, found.command_id)
        self.pending.pop(0)
        assert not any(result.HasField("rejection") for result in answer.results), answer
        self.feed_view()

    def settle_everything(self) -> None:
        """Let time pass and effects run until nothing is left to do."""
        self.tick()
        while self.pending:
            self.perform_next()
        self.tick()
        assert not self.pending

    def register(self, entities: Sequence[registry.Entity]) -> None:
        for entity in entities:
            kind = str(entity.WhichOneof("kind"))
            self.drive.input(REGISTRY_ENTITY, f"{kind}/x", registry.EntityState(entity=entity, version=1))

    def book(self, **event: Message) -> None:
        self.drive.input(BOOK_TRADE, AREA, book.OrderEvent(**event))

    def village(self) -> None:
        """Register three aggregators, an operator, a meter operator and the homes."""
        roles = {party: [registry.ROLE_AGR] for party in PARTIES}
        roles |= {OPERATOR: [registry.ROLE_DSO], METER_OPERATOR: [registry.ROLE_METER_OPERATOR]}
        self.register(
            [
                registry.Entity(participant=registry.Participant(participant_id=name, roles=of, active=True))
                for name, of in roles.items()
            ]
        )
        for point in POINTS:
            self.register(
                [
                    registry.Entity(
                        metering_point=registry.MeteringPoint(
                            metering_point_id=point, area_id=AREA, owner_id=owner_of(point), brp_id=PARTIES[0],
                            imbalance_delegated=True,
                        )
                    ),
                    registry.Entity(
                        unit=registry.Unit(unit_id=f"u-{point}", metering_point_id=point, operator_id=party_of(point))
                    ),
                ]
            )  # fmt: skip

    def trade(
        self, matches: Sequence[Match], mtu: Mtu = MTU, *, start: int = 500, revision: int = 0, base_w: int = 100
    ) -> None:
        """Open the books of a period, trade, close them."""
        wire_mtu = wire.MTU.encode(mtu)
        for market in MARKETS:
            self.book(opened=book.BookOpened(area_id=AREA, market_id=market, mtu=wire_mtu))
        for point in POINTS:
            frozen = book.BaseFrozen(area_id=AREA, mtu=wire_mtu, metering_point_id=point, base_w=base_w)
            self.book(base_frozen=frozen)
        for match in matches:
            self.book(trade=match_wire.match_to(match))
        end = start + sum(match.dnut_micro_euro + match.relief_micro_euro for match in matches) + revision
        for market in MARKETS:
            self.book(
                book_closed=book.BookClosed(
                    area_id=AREA, market_id=market, mtu=wire_mtu, last_trade_sequence=len(matches),
                    potential_start_micro_euro=start, potential_end_micro_euro=end,
                    revision_micro_euro=revision,
                )
            )  # fmt: skip

    def meter(
        self, mtu: Mtu = MTU, mean_w: Callable[[str], int] = lambda _point: 100, party: str = METER_OPERATOR
    ) -> common_pb2.Answer:
        readings = [
            pb.Reading(metering_point_id=point, mtu=wire.MTU.encode(mtu), mean_w=mean_w(point)) for point in POINTS
        ]
        wish = pb.SubmitReadings(area_id=AREA, readings=readings)
        return self.command(pb.SettlementCommand(submit_readings=wish), party)

    def complete(self, run_id: str = "day-1", *mtus: Mtu, party: str = METER_OPERATOR) -> common_pb2.Answer:
        wish = pb.ReadingsComplete(
            area_id=AREA,
            run_id=run_id,
            mtus=[wire.MTU.encode(mtu) for mtu in mtus or (MTU,)],
            imbalance_prices=[pb.ImbalancePrice(mtu=wire.MTU.encode(mtu), price_ticks=TICK) for mtu in mtus or (MTU,)],
        )
        return self.command(pb.SettlementCommand(readings_complete=wish), party)
