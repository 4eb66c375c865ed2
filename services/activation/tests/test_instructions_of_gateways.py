"""Gateways claim, give back, activate and end by records on their own topics; refusals name the instruction."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from instructing_gateways import ANCILLARY_CLAIM, WHOLESALE_CLAIM, catalogue_with_gateways
from test_activation_shard import AREA, Activations, accepted

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_messages.catalogue import ACTIVATION_LIFE


class Gateways(Activations):
    """A shard that two gateways tell what to do; `bsp` answers for balancing."""

    def __init__(self, shard: int = 0) -> None:
        super().__init__(catalogue=catalogue_with_gateways(), shard=shard)
        bsp = registry.Participant(participant_id="bsp", roles=[registry.ROLE_BSP], active=True)
        self.entity("participant/bsp", participant=bsp)

    def instruct(self, name: str, topic: str = ANCILLARY_CLAIM, party: str = "bsp", **body: object) -> list[str]:
        """Have a gateway say something; returns the codes of the refusal that follows at the next time record."""
        command = pb.ActivationCommand(area_id=str(body.pop("area", AREA)), **body)  # type: ignore[arg-type]
        before = len(self.refusals())
        record = pb.GatewayInstruction(instruction_id=name, party=party, command=command)
        self.drive.input(topic, command.area_id, record)
        assert len(self.refusals()) == before  # feedback waits for a time record
        self.drive.time(self.drive.at_ms + 1_000)
        found = self.refusals()[before:]
        assert all((denied.instruction_id, denied.party) == (name, party) for denied in found)
        return [rejection.code for denied in found for rejection in denied.rejections]

    def refusals(self) -> list[pb.InstructionDenied]:
        return [event.instruction_denied for event in self.told() if event.HasField("instruction_denied")]

    def told(self) -> list[pb.ActivationEvent]:
        return [event for event in self.drive.projected(ACTIVATION_LIFE) if isinstance(event, pb.ActivationEvent)]

    def claim(self, name: str = "bid-1", quantity: int = 5_000, **more: object) -> list[str]:
        terms = pb.ClaimTerms(claim_id=name, offer_id="o1", window=self.window(4), quantity_w=quantity)
        return self.instruct(f"claim {name}", claim=terms, **more)  # type: ignore[arg-type]

    def draw(self, name: str = "mfrr", quantity: int = 3_000, window: pb.Window | None = None) -> list[str]:
        terms = pb.ActivationTerms(
            activation_id=name, claim_id="bid-1", purpose=pb.PURPOSE_BALANCING, window=window or self.window(1),
            quantity_w=quantity, limit_price_micro_euro_per_mwh=100_000_000,
        )  # fmt: skip
        return self.instruct(f"activate {name}", activate=terms)


@pytest.fixture
def shard() -> Iterator[Gateways]:
    world = Gateways()
    assert accepted(world.offer())
    yield world
    world.drive.recovered()


def test_a_gateway_claims_activates_ends_and_gives_back(shard: Gateways) -> None:
    assert shard.claim() == []
    assert shard.draw() == []
    assert shard.instruct("end", end_activation=pb.EndActivation(activation_id="mfrr", reason="called off")) == []
    assert shard.instruct("less", reduce_claim=pb.ReduceClaim(claim_id="bid-1", left_w=1_000, reason="")) == []
    kinds = [event.WhichOneof("event") for event in shard.told()]
    assert [kind for kind in kinds if kind != "windows_over"] == [
        "offer_placed",
        "claim_made",
        "requested",
        "moved",
        "claim_reduced",
    ]
    claim = next(event.claim_made.claim for event in shard.told() if event.HasField("claim_made"))
    assert (claim.claim_id, claim.claimant, claim.party) == ("claim/bid-1", pb.CLAIMANT_WHOLESALE, "bsp")


def test_both_gateways_share_what_is_offered(shard: Gateways) -> None:
    assert shard.claim("bid-1", 5_000) == []
    assert shard.claim("order-1", 3_001, topic=WHOLESALE_CLAIM, party="platform") == ["CLAIM_EXCEEDS_OFFER"]
    assert shard.claim("order-1", 3_000, topic=WHOLESALE_CLAIM, party="platform") == []


def test_every_rule_that_an_instruction_breaks_is_told(shard: Gateways) -> None:
    terms = pb.ClaimTerms(claim_id="?", offer_id="o1", window=shard.window(9), quantity_w=0)
    codes = shard.instruct("bad", party="tso", claim=terms)
    assert {"FIELD_MALFORMED", "NOT_AUTHORISED", "FIELD_OUT_OF_RANGE"} <= set(codes)


@pytest.mark.parametrize("kind", ["offer", "reserve", "override", "acknowledge", "set_effects", "state_need"])
def test_a_gateway_does_nothing_else(shard: Gateways, kind: str) -> None:
    field = pb.ActivationCommand.DESCRIPTOR.fields_by_name[kind]
    body = {kind: field.message_type._concrete_class()}
    assert shard.instruct("else", **body) == ["NOT_AUTHORISED"]  # type: ignore[arg-type]
    assert shard.instruct("nothing") == ["NOT_AUTHORISED"]


def test_an_area_that_is_none_is_denied_by_the_first_shard_alone(shard: Gateways) -> None:
    terms = pb.EndActivation(activation_id="a")
    assert shard.instruct("lost", area="nowhere", end_activation=terms) == ["UNKNOWN_OBJECT"]
    registered = registry.GridArea(area_id="elsewhere", dso_id="dso", shard=1)
    shard.entity("area/elsewhere", area=registered)
    assert shard.instruct("not mine", area="elsewhere", end_activation=terms) == []


def test_another_shard_denies_nothing_that_is_not_its_own() -> None:
    other = Gateways(shard=1)
    assert other.instruct("lost", area="nowhere", end_activation=pb.EndActivation(activation_id="a")) == []
    assert other.instruct("elsewhere", end_activation=pb.EndActivation(activation_id="a")) == []
    other.drive.recovered()


def test_a_direct_activation_begins_in_the_running_quarter_hour(shard: Gateways) -> None:
    assert shard.claim() == []
    shard.drive.time((shard.start_s + 300) * 1000)
    assert shard.draw(window=shard.window(2)) == []
    (order,) = shard.orders()
    assert list(order.shares[0].quantities_w) == [3_000, 3_000]
    shard.drive.time((shard.start_s + 900) * 1000)
    assert shard.draw("late", window=shard.window(1)) == ["GATE_CLOSED"]


def test_a_refused_instruction_leaves_nothing_but_its_event(shard: Gateways) -> None:
    before = len(shard.told())
    assert shard.draw("never") == ["UNKNOWN_OBJECT"]
    (event,) = [event for event in shard.told()[before:] if not event.HasField("windows_over")]
    assert event.instruction_denied.rejections[0].element == "bid-1"
