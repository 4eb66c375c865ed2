"""Vectors of injection: what one W of a match moves, and what a whole match moves, in integers."""

from __future__ import annotations

from dataclasses import dataclass

MICRO = 1_000_000
# Above 1 TW int64 products with micro-units come near their end; no distribution area is near that.
MAX_QUANTITY_W = 1_000_000_000_000


def round_half_even(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded to the nearest integer, ties to even; exact for any size."""
    quotient, remainder = divmod(numerator, denominator)
    double = 2 * remainder
    return quotient + (double > denominator or (double == denominator and quotient % 2 == 1))


@dataclass(frozen=True, slots=True)
class Change:
    """Change of injection at ``nodes`` in W and var, one entry per side (a node may occur twice)."""

    nodes: tuple[int, ...]
    p_w: tuple[int, ...]
    q_var: tuple[int, ...]

    def is_nothing(self) -> bool:
        """Whether the entries add up to nothing at every node."""
        totals: dict[int, complex] = {}
        for node, p_w, q_var in zip(self.nodes, self.p_w, self.q_var, strict=True):
            totals[node] = totals.get(node, 0) + complex(p_w, q_var)
        return not any(totals.values())

    def __post_init__(self) -> None:
        if not len(self.nodes) == len(self.p_w) == len(self.q_var):
            raise ValueError("nodes, p_w and q_var must have the same length")


@dataclass(frozen=True, slots=True)
class Side:
    """One deviating side: ``sign`` +1 injects more per W of quantity, -1 less; Q = tanφ · P.

    A ``reactive`` side moves reactive power alone, and its quantity is var.
    """

    node: int
    sign: int
    tan_phi_micro: int = 0
    reactive: bool = False

    def __post_init__(self) -> None:
        if self.sign not in (-1, 1):
            raise ValueError(f"sign was {self.sign}, must be +1 or -1")

    def powers(self, quantity: int) -> tuple[int, int]:
        """Change of injection in W and var that a quantity makes."""
        if self.reactive:
            return 0, self.sign * quantity
        return self.sign * quantity, round_half_even(self.sign * quantity * self.tan_phi_micro, MICRO)

    def direction(self) -> complex:
        """The same per unit of quantity, as a complex number."""
        return complex(0, self.sign) if self.reactive else self.sign * complex(1, self.tan_phi_micro / MICRO)


@dataclass(frozen=True, slots=True)
class Vector:
    """The deviating sides of a match; an empty one moves nothing."""

    sides: tuple[Side, ...]

    def is_still(self) -> bool:
        """Whether the sides cancel at every node, so that no quantity moves anything."""
        moved: dict[int, complex] = {}
        for side in self.sides:
            moved[side.node] = moved.get(side.node, 0) + side.direction()
        return not any(moved.values())

    def at(self, quantity_w: int) -> Change:
        """The change for a quantity in W (0 to :data:`MAX_QUANTITY_W`)."""
        if not 0 <= quantity_w <= MAX_QUANTITY_W:
            raise ValueError(f"quantity was {quantity_w} W, must be 0 to {MAX_QUANTITY_W}")
        powers = [side.powers(quantity_w) for side in self.sides]
        return Change(
            nodes=tuple(side.node for side in self.sides),
            p_w=tuple(p for p, _ in powers),
            q_var=tuple(q for _, q in powers),
        )
