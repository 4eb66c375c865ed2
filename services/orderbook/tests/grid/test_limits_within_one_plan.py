"""An order that meets several offers is checked on what each of its own matches leaves, limits included."""

from __future__ import annotations

from book_world import FLAT, World, two_streets


def street_that_draws() -> World:
    """A thin street draws 17 kW of 20; two of its batteries offer more than its cable can feed back."""
    world = World(parameters=FLAT, model=two_streets(thin_ka=0.03)).ready()
    world.sell("battery-b3", 15_000, 1_000)
    world.buy("battery-a3", 15_000, 400_000)
    world.sell("battery-a2", 16_000, 1_100)
    world.sell("battery-a1", 40_000, 1_200)
    return world


def sold(world: World) -> list[tuple[str, int]]:
    return [(trade.seller.unit_id, trade.quantity_w) for trade in world.trades()][1:]


def test_one_order_fills_what_two_would() -> None:
    """The first match takes 16 kW off the cable; a fifth of that lowers its limit for the second."""
    one, two = street_that_draws(), street_that_draws()
    one.buy("battery-b1", 50_000, 400_000)
    two.buy("battery-b1", 16_000, 400_000)
    two.buy("battery-b1", 34_000, 400_000)
    assert sold(one) == sold(two)
    (_, first), (_, second) = sold(one)
    assert first == 16_000
    assert 17_000 < second < 19_500, "without the wear of the first it would be above 20 kW"
    one.drive.recovered()
