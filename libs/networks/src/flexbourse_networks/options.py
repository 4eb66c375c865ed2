"""Choices of who imports a network; everything that a file leaves open is refused unless it is chosen here."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from flexbourse_networks.ratings_file import RatingRow


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """``season`` picks a rating set; ``ratings`` are rows of a ratings file.

    ``default_rating_ka`` is what a branch without a usable rating may carry (of a transformer: at its lower voltage);
    infinity says that such branches have no limit. ``source`` names the one element that is the source, where there
    are several; the others are then held at their solved injections.
    """

    season: str | None = None
    ratings: tuple[RatingRow, ...] = field(default_factory=tuple)
    default_rating_ka: float | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        """Refuse a default that is no rating."""
        default = self.default_rating_ka
        if default is not None and (math.isnan(default) or default <= 0):
            raise ValueError(f"default_rating_ka {default}: must be positive")


PLAIN = ImportOptions()
