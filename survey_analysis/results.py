"""What the functions return."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """An interval with its point estimate; same unit for all three."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Satisfaction:
    """Summary of ratings on five levels.

    Attributes
    ----------
    n : int
        Ratings.
    levels : tuple of int
        Counts of levels 1 (worst) … 5.
    share : Interval or None
        Share of levels 4 and 5 with its Wilson interval; None without ratings.

    """

    n: int
    levels: tuple[int, int, int, int, int]
    share: Interval | None

    @property
    def satisfied(self) -> int:
        """Ratings of levels 4 and 5."""
        return self.levels[3] + self.levels[4]

    @property
    def dissatisfied(self) -> int:
        """Ratings of levels 1 and 2."""
        return self.levels[0] + self.levels[1]
