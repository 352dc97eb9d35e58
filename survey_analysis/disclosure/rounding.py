"""What the public sees of a cell that may be shown: percentages and numbers together tell counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.errors import InvalidCountsError


@dataclass(frozen=True)
class PublicFigure:
    """Rounded raters and share in per cent (whole below ``round_below`` raters, else one decimal).

    ``count`` is None for a cell that the public may not see at all.
    """

    count: int | None
    percent: float | None


def public_count(n: int, rules: Defaults = DEFAULTS) -> int:
    """Raters as the public sees them: below ``rules.round_below`` to base ``rules.round_base``.

    Conventional rounding, the same for the same count wherever it stands, so that no two tables
    average out. Halves (of an even base) go up.

    Parameters
    ----------
    n : int
        Raters.
    rules : Defaults
        ``round_base``, ``round_below``.

    Returns
    -------
    int

    Raises
    ------
    InvalidCountsError
        If ``n`` is negative.

    Examples
    --------
    >>> [public_count(n) for n in (12, 13, 98, 99, 100, 101)]
    [10, 15, 100, 100, 100, 101]

    """
    if n < 0:
        raise InvalidCountsError(f"{n} raters")
    if n >= rules.round_below:
        return n
    return rules.round_base * ((2 * n + rules.round_base) // (2 * rules.round_base))


def public_percent(share: float, n: int, rules: Defaults = DEFAULTS) -> float:
    """A share in per cent as the public sees it; halves go up.

    Parameters
    ----------
    share : float
        0–1.
    n : int
        Raters it rests on (not rounded).
    rules : Defaults
        ``round_below``.

    Returns
    -------
    float
        Whole below ``rules.round_below`` raters, else with one decimal.

    Raises
    ------
    InvalidCountsError
        If the share lies outside [0, 1].

    Examples
    --------
    >>> public_percent(41 / 47, 47), public_percent(410 / 470, 470)
    (87.0, 87.2)

    """
    if not 0 <= share <= 1:
        raise InvalidCountsError(f"a share of {share}")
    scale = 1.0 if n < rules.round_below else 10.0
    return math.floor(share * 100 * scale + 0.5 + 1e-9) / scale


def public_figure(satisfied: int, n: int, rules: Defaults = DEFAULTS) -> PublicFigure:
    """Raters and share satisfied as the public sees them, or neither.

    Raises
    ------
    InvalidCountsError
        If ``satisfied`` lies outside 0 to ``n``.

    Examples
    --------
    >>> public_figure(41, 47)
    PublicFigure(count=45, percent=87.0)
    >>> public_figure(9, 9)
    PublicFigure(count=None, percent=None)

    """
    if not 0 <= satisfied <= n:
        raise InvalidCountsError(f"{satisfied} of {n}")
    if n < rules.min_count_public:
        return PublicFigure(None, None)
    return PublicFigure(public_count(n, rules), public_percent(satisfied / n, n, rules))
