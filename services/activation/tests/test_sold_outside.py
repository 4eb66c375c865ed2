"""What a unit sells on an exchange is nobody else's: claimed as a local trade is, and followed through its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from activation_world import AREA, DOWN, NOON_S, UP, World, window
from test_activation_shard import Activations, accepted, code

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.common.v1 import common_pb2
from flexbourse.external.v1 import external_pb2 as external
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_activation.domain.claims.guard import amount_w
from flexbourse_activation.domain.events import ClaimDenied, ContractOverridden
from flexbourse_activation.domain.registry_state import Unit
from flexbourse_activation.domain.terms import Claimant
from flexbourse_core.rejection import Code
from flexbourse_log.port import AdoptedRecord
from flexbourse_messages.catalogue import ACTIVATION_CLAIM, ACTIVATION_LIFE, WHOLESALE_RESULT

UNIT = "unit-a1"


def nothing(_world: World) -> None:
    """Have nothing stand."""


def offered(world: World) -> None:
    """Have 10 kW be offered up."""
    world.offer("up", UNIT)


def reserved(world: World) -> None:
    """Have the DSO hold 8 kW of them."""
    world.offer("up", UNIT)
    assert world.reserve("res", "up", 8_000) == []


def reserved_against(world: World) -> None:
    """Have the DSO hold something in the other direction."""
    world.offer("down", UNIT, DOWN)
    assert world.reserve("res", "down", 1_000) == []


@dataclass(frozen=True)
class Case:
    """Versions of a result, and what is claimed by then; `denied`: of each version, with its rule."""

    what: str
    stands: Callable[[World], None]
    versions: tuple[int, ...]
    up_w: int = 0
    down_w: int = 0
    denied: tuple[tuple[str, int], ...] = field(default=())


EXCEEDS, OPPOSES = "CLAIM_EXCEEDS_OFFER", "OPPOSES_CLAIM"
CASES = [
    Case("without an offer a sale is an offer that was taken", nothing, (5_000,), up_w=5_000),
    Case("a purchase moves a unit down", nothing, (-4_000,), down_w=4_000),
    Case("it takes of what is offered", offered, (5_000,), up_w=5_000),
    Case("it takes what is left, the rest is denied", reserved, (5_000,), up_w=10_000, denied=((EXCEEDS, 3_000),)),
    Case("an operator's claim stands against it", reserved_against, (5_000,), 0, 1_000, ((OPPOSES, 5_000),)),
    Case("a version that sells less gives back", offered, (5_000, 3_000), up_w=3_000),
    Case("a version that sells more claims more", offered, (5_000, 7_000), up_w=7_000),
    Case("more than is left is denied", reserved, (1_000, 4_000), up_w=10_000, denied=((EXCEEDS, 2_000),)),
    Case("a recall leaves nothing", offered, (5_000, 0), up_w=0),
    Case("what was recalled may be sold again", offered, (5_000, 0, 2_000), up_w=2_000),
    Case("a correction of money alone claims nothing anew", reserved, (5_000, 5_000), 10_000, 0, ((EXCEEDS, 3_000),)),
    Case("less than was sold, but not than was left", reserved, (5_000, 4_000), 10_000, 0, ((EXCEEDS, 3_000),)),
    Case("a result that turns round", nothing, (5_000, -3_000), down_w=3_000),
    Case("and back", nothing, (5_000, -3_000, 4_000), up_w=4_000),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_versions_of_a_result_claim_what_they_sell(case: Case) -> None:
    world = World()
    case.stands(world)
    for sold in case.versions:
        world.sell_outside("trade/1", UNIT, sold)
    denied = [(event.rule, event.denied[0].quantities_w[0]) for event in world.of(ClaimDenied)]
    assert (world.claimed(UNIT), world.claimed(UNIT, DOWN), tuple(denied)) == (case.up_w, case.down_w, case.denied)


def test_a_claim_says_whose_it_is() -> None:
    world = World()
    world.sell_outside("t1/i1", UNIT, 5_000)
    (own,) = world.shard.desks[AREA].state.guard.claims.values()
    assert (own.claim_id, own.claimant, own.party) == (f"external/okte/t1/i1/{UNIT}", Claimant.WHOLESALE, "agr")
    assert (own.trade_id, own.headroom_elsewhere) == ("okte/t1/i1", True)
    assert list(world.shard.desks[AREA].state.headroom.all()) == []  # its gateway holds the area's headroom


def test_nobody_activates_what_is_sold() -> None:
    world = World()
    world.offer("up", UNIT)
    world.sell_outside("t1", UNIT, 6_000)
    (problem,) = world.activate("act", "up", 4_001)
    assert (problem.code, problem.headroom_w) == (Code.CLAIM_EXCEEDS_OFFER, 4_000)
    assert world.activate("act", "up", 4_000) == []
    world.sell_outside("t1", UNIT, 0)
    assert world.activate("more", "up", 6_000) == []


def test_a_result_of_an_hour_claims_its_quarter_hours() -> None:
    world = World()
    world.sell_outside("t1", UNIT, 5_000, window(0, 4))
    assert [world.claimed(UNIT, UP, NOON_S + 900 * place) for place in range(-1, 5)] == [0, *(5_000,) * 4, 0]


@pytest.mark.parametrize(("sold", "up", "down"), [(2_000, (5_000, 2_000), (0, 0)), (-1_000, (5_000, 0), (0, 1_000))])
def test_what_is_over_stays_as_it_was(sold: int, up: tuple[int, int], down: tuple[int, int]) -> None:
    world = World()
    world.sell_outside("t1", UNIT, 5_000, window(0, 2))
    world.time(NOON_S + 900)
    world.sell_outside("t1", UNIT, sold, window(0, 2))
    found = [tuple(world.claimed(UNIT, way, NOON_S + at) for at in (0, 900)) for way in (UP, DOWN)]
    assert found == [up, down]
    claims = world.shard.desks[AREA].state.guard.claims.values()
    of_claims = [
        tuple(sum(amount_w(own, UNIT, NOON_S + at) for own in claims if own.direction is way) for at in (0, 900))
        for way in (UP, DOWN)
    ]
    assert of_claims == found
    world.time(NOON_S + 1800)
    before = len(world.events)
    world.sell_outside("t1", UNIT, 0, window(0, 2))
    assert len(world.events) == before


def test_what_is_over_is_not_denied_either() -> None:
    world = World()
    world.offer("down", UNIT, DOWN)
    assert world.reserve("res", "down", 1_000, own=window()) == []
    world.time(NOON_S + 900)
    world.sell_outside("t1", UNIT, 5_000, window(0, 2))
    assert world.of(ClaimDenied) == []
    assert [world.claimed(UNIT, UP, NOON_S + at) for at in (0, 900)] == [0, 5_000]


def test_what_an_override_took_is_not_claimed_anew_by_a_correction() -> None:
    world = World()
    for zone in ("left", "right"):
        world.light(zone)
    world.sell_outside("t1", UNIT, 15_000)
    assert world.override("red", UNIT, UP, 12_000, own=window()) == []
    lost = world.of(ContractOverridden)[0]
    assert (lost.claim_id, lost.quantities_w) == (f"external/okte/t1/{UNIT}", (7_000,))
    world.sell_outside("t1", UNIT, 15_000)
    assert world.claimed(UNIT) == 20_000


def test_units_that_are_not_to_be_had_are_left_alone() -> None:
    world = World()
    world.sell_outside("t1", "unit-nowhere", 5_000)
    world.fact(Unit("meter", "mp-unit-a1", "agr", 9_000, -9_000, controllable=False, active=True, feeder_id="left"))
    world.sell_outside("t1", "meter", 5_000)
    world.sell_outside("t2", UNIT, 5_000, window(0, 101))  # longer than any day
    assert world.shard.desks[AREA].state.guard.claims == {}


# --- the shard, driven as an engine drives it -----------------------------------------------------------------


class Sales(Activations):
    """A shard that reads results of an exchange."""

    def result(
        self, version: int = 1, *shares: external.ExternalShare, final: bool = True, length_s: int = 900
    ) -> None:
        said = self.said(version, shares, final=final, length_s=length_s)
        self.drive.input(WHOLESALE_RESULT, "okte/t1/i1", said)

    def said(
        self, version: int, shares: Sequence[external.ExternalShare], *, final: bool = True, length_s: int = 900
    ) -> external.ExternalResult:
        """Return a version of the one result."""
        return external.ExternalResult(
            venue_id="okte", result_id="t1/i1", version=version, kind=external.RESULT_KIND_TRADE, final=final,
            mtu=common_pb2.Mtu(start_s=self.start_s, length_s=length_s), shares=shares,
        )  # fmt: skip

    def totals(self) -> list[tuple[str, int, int, int]]:
        found = [own for own in self.drive.projected(ACTIVATION_CLAIM) if isinstance(own, pb.UnitTotal)]
        return [(own.unit_id, own.up_w, own.down_w, own.revision) for own in found]


def share(unit: str, quantity: int, amount: int = 0, order: str = "o", area: str = "village") -> external.ExternalShare:
    """Return what falls to the aggregator."""
    return external.ExternalShare(
        party="agr", area_id=area, unit_id=unit, order_id=order, quantity_w=quantity, amount_micro_euro=amount
    )


@pytest.fixture
def shard() -> Iterator[Sales]:
    world = Sales()
    yield world
    world.drive.recovered()


def test_shares_of_one_unit_are_one_claim_at_their_mean_price(shard: Sales) -> None:
    shard.result(1, share("u1", 2_000, 30_000, "a"), share("u1", 3_000, 70_000, "b"), share("u2", -1_000, -10_000))
    claims = [event.claim_made.claim for event in shard.drive.projected(ACTIVATION_LIFE)]  # type: ignore[union-attr]
    assert [(own.unit_id, own.direction, own.price_micro_euro_per_mwh) for own in claims] == [
        ("u1", pb.DIRECTION_UP, 80_000_000), ("u2", pb.DIRECTION_DOWN, 40_000_000),
    ]  # fmt: skip
    assert shard.totals() == [("u1", 5_000, 0, 1), ("u2", 0, 1_000, 1)]


def test_a_version_takes_the_place_of_the_one_before(shard: Sales) -> None:
    assert accepted(shard.offer())
    shard.result(1, share("u1", 5_000), share("u2", 1_000), final=False)
    assert code(shard.activate(quantity=3_001)) == "CLAIM_EXCEEDS_OFFER"
    shard.result(2, share("u1", 6_000), final=False)
    shard.result(2, share("u1", 8_000))  # the same version once more
    shard.result(1, share("u1", 5_000))  # an older one
    assert shard.totals() == [("u1", 5_000, 0, 1), ("u2", 1_000, 0, 1), ("u1", 6_000, 0, 2), ("u2", 0, 0, 2)]
    shard.result(3)  # recalled
    assert shard.totals()[-1] == ("u1", 0, 0, 3)
    assert accepted(shard.activate(quantity=8_000))


def test_a_recovered_shard_takes_the_next_version_as_the_live_one(shard: Sales) -> None:
    assert accepted(shard.offer())
    assert accepted(shard.activate(quantity=5_000))
    shard.result(1, share("u1", 5_000))  # 2 kW of it are denied
    for quantity, version in ((4_500, 2), (2_500, 3)):
        said = AdoptedRecord(WHOLESALE_RESULT, "okte/t1/i1", shard.said(version, [share("u1", quantity)]))
        recovered, before = shard.drive.recovered(), len(shard.drive.events)
        shard.result(version, share("u1", quantity))
        kinds = [event.WhichOneof("event") for event in shard.drive.events[before:]]  # type: ignore[attr-defined]
        assert recovered.on_input(said) == shard.drive.events[before:]
        assert kinds == ([] if version == 2 else ["claim_reduced"])


def test_other_areas_and_what_is_no_units_claim_nothing(shard: Sales) -> None:
    shard.entity("area/elsewhere", area=registry.GridArea(area_id="elsewhere", dso_id="dso", shard=1))
    shard.result(1, share("u1", 5_000, area="elsewhere"), share("u1", 5_000, area="nowhere"), share("", 700, area=""))
    assert shard.totals() == []


def test_each_area_of_a_shard_takes_its_own(shard: Sales) -> None:
    shard.entity("area/hamlet", area=registry.GridArea(area_id="hamlet", dso_id="dso"))
    shard.result(1, share("u1", 5_000), share("u2", 3_000, area="hamlet"))
    found = [own for own in shard.drive.projected(ACTIVATION_CLAIM) if isinstance(own, pb.UnitTotal)]
    assert [(own.area_id, own.unit_id, own.up_w) for own in found] == [
        ("village", "u1", 5_000),
        ("hamlet", "u2", 3_000),
    ]


def test_another_shard_takes_only_its_own() -> None:
    other = Sales(shard=1)
    other.result(1, share("u1", 5_000))
    assert other.totals() == []
    other.drive.recovered()


def test_results_are_forgotten_behind_their_period(shard: Sales) -> None:
    shard.result(1, share("u1", 5_000), length_s=3_600)
    assert b"okte" in shard.drive.program.snapshot()
    shard.drive.time((shard.start_s + 3_600 + 3_600) * 1000)
    kept = shard.drive.program._adopted.to_snapshot()  # type: ignore[attr-defined]
    assert WHOLESALE_RESULT not in {record.topic for record in kept}
    before = len(shard.totals())
    shard.result(2)
    assert len(shard.totals()) == before
