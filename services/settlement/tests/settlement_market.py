"""A small market for the tests of settlement: matches, meters and prices, drawn or by hand."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro
from flexbourse_settlement.domain.ledger import Period, Responsibility
from flexbourse_settlement.domain.matches import Basis, Match, Product, Side

MTU = Mtu(1_700_000_100, 900)
AREA = "village"
TICK = 10_000
OPERATOR = "dso"
POINTS = tuple(f"mp-{number}" for number in range(1, 7))
PARTIES = ("agg-a", "agg-b", "agg-c")


def party_of(point: str) -> str:
    return PARTIES[POINTS.index(point) % len(PARTIES)]


def owner_of(point: str) -> str:
    """Two metering points belong to one home, so that opposite deviations of one owner occur."""
    return "home-twin" if point in POINTS[:2] else f"home-{point}"


def side(point: str, basis: Basis, moved_w: int) -> Side:
    if basis is Basis.OPERATOR_REQUEST:
        return Side(OPERATOR, "", "", "", basis, 0)
    feeder = f"feeder-{POINTS.index(point) // 3}"
    return Side(party_of(point), point, owner_of(point), feeder, basis, moved_w)


def match(
    number: int,
    *,
    seller: str = "mp-1",
    buyer: str = "mp-4",
    quantity_w: int = 1_000,
    price_ticks: int = 10_000,
    dnut: int = 0,
    other_dnut: int = 0,
    relief: int = 0,
    product: Product = Product.LOCAL_ENERGY,
    seller_basis: Basis = Basis.DEVIATION,
    buyer_basis: Basis = Basis.DEVIATION,
    buyer_is_aggressor: bool = True,
    mtu: Mtu = MTU,
) -> Match:
    sign = -1 if product is Product.FLEX_DOWN else 1
    sold = sign * quantity_w if seller_basis is Basis.DEVIATION else 0
    bought = -sign * quantity_w if buyer_basis is Basis.DEVIATION else 0
    return Match(
        trade_id=f"{AREA}.{mtu.start_s}.{number}",
        area_id=AREA,
        product=product,
        mtu=mtu,
        quantity_w=quantity_w,
        price_ticks=price_ticks,
        tick_micro_euro_per_mwh=TICK,
        amount_micro_euro=amount_micro_euro(quantity_w, price_ticks, mtu.length_s, TICK),
        seller=side(seller, seller_basis, sold),
        buyer=side(buyer, buyer_basis, bought),
        buyer_is_aggressor=buyer_is_aggressor,
        dnut_micro_euro=dnut,
        relief_micro_euro=relief,
        sequence=number,
        other_dnut_micro_euro=other_dnut,
    )


def period(
    matches: list[Match],
    *,
    bases_w: dict[str, int] | None = None,
    metered_w: dict[str, int] | None = None,
    price_ticks: int | None = 9_000,
    revision: int = 0,
    start: int = 500,
    mtu: Mtu = MTU,
    delegated: bool = True,
) -> Period:
    bases = bases_w if bases_w is not None else dict.fromkeys(POINTS, 0)
    moved = sum(each.dnut_micro_euro + each.relief_micro_euro for each in matches)
    return Period(
        area_id=AREA,
        mtu=mtu,
        matches=matches,
        bases_w=bases,
        metered_w=metered_w if metered_w is not None else bases,
        start_micro_euro=start,
        end_micro_euro=start + moved + revision,
        revision_micro_euro=revision,
        imbalance_price_ticks=price_ticks,
        responsible={point: Responsibility(party_of(point), imbalance_delegated=delegated) for point in bases},
    )


watts = st.integers(-30_000, 30_000)
money = st.integers(-5_000_000, 5_000_000)


@st.composite
def drawn_matches(draw: st.DrawFn, size: int = 12) -> list[Match]:
    """Draw matches of one MTU; a match with an operator's request has relief instead of DNUT."""
    found = []
    for number in range(draw(st.integers(0, size))):
        operator = draw(st.booleans()) and draw(st.booleans())
        seller, buyer = draw(st.permutations(POINTS))[:2]
        effect = draw(money)
        bases = st.sampled_from((Basis.SCHEDULED, Basis.DEVIATION))
        product = draw(st.sampled_from((Product.FLEX_UP, Product.FLEX_DOWN))) if operator else Product.LOCAL_ENERGY
        found.append(
            match(
                number + 1,
                seller=seller,
                buyer=buyer,
                quantity_w=draw(st.integers(1, 30_000)),
                price_ticks=draw(st.integers(-50_000, 400_000)),
                dnut=0 if operator else effect,
                other_dnut=0 if operator else draw(st.one_of(st.just(0), money)),
                relief=effect if operator else 0,
                product=product,
                seller_basis=Basis.DEVIATION if operator else draw(bases),
                buyer_basis=Basis.OPERATOR_REQUEST if operator else draw(bases),
                buyer_is_aggressor=draw(st.booleans()),
            )
        )
    return found


@st.composite
def drawn_periods(draw: st.DrawFn) -> Period:
    """Draw a period with matches, frozen bases and meters that say something else."""
    return period(
        draw(drawn_matches()),
        bases_w={point: draw(watts) for point in POINTS},
        metered_w={point: draw(watts) for point in POINTS},
        price_ticks=draw(st.none() | st.integers(-10_000, 100_000)),
        revision=draw(money),
        start=draw(st.integers(0, 10**9)),
        delegated=draw(st.booleans()),
    )


def many_matches(count: int, participants: int, seed: int = 7) -> list[Match]:
    """Return matches among so many participants, each with metering points of his own."""
    draw = random.Random(seed)
    found = []
    for number in range(1, count + 1):
        seller, buyer = draw.sample(range(participants), 2)
        quantity, price = draw.randrange(100, 11_000, 100), draw.randrange(5_000, 40_000)
        found.append(
            Match(
                trade_id=f"{AREA}.{MTU.start_s}.{number}",
                area_id=AREA,
                product=Product.LOCAL_ENERGY,
                mtu=MTU,
                quantity_w=quantity,
                price_ticks=price,
                tick_micro_euro_per_mwh=TICK,
                amount_micro_euro=amount_micro_euro(quantity, price, MTU.length_s, TICK),
                seller=Side(f"p-{seller}", f"m-{seller}", f"o-{seller}", "f", Basis.DEVIATION, quantity),
                buyer=Side(f"p-{buyer}", f"m-{buyer}", f"o-{buyer}", "f", Basis.DEVIATION, -quantity),
                buyer_is_aggressor=bool(number % 2),
                dnut_micro_euro=draw.randrange(-5_000, 20_000),
                relief_micro_euro=0,
                sequence=number,
            )
        )
    return found


def many_trades(count: int, participants: int) -> Period:
    """Return a period with so many matches, every meter as contracted."""
    matches = many_matches(count, participants)
    metered: dict[str, int] = {f"m-{number}": 0 for number in range(participants)}
    for each in matches:
        for side in each.sides:
            metered[side.metering_point_id] += side.moved_w
    return Period(
        area_id=AREA,
        mtu=MTU,
        matches=matches,
        bases_w=dict.fromkeys(metered, 0),
        metered_w=metered,
        start_micro_euro=0,
        end_micro_euro=sum(each.dnut_micro_euro for each in matches),
        revision_micro_euro=0,
        responsible={
            f"m-{number}": Responsibility(f"p-{number}", imbalance_delegated=False) for number in range(participants)
        },
    )
