"""From an interval to plain words, "cannot tell" among them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Code = Literal["helped", "no_change_shown", "harmed", "cannot_tell"]
LONGEST = 36


@dataclass(frozen=True)
class Verdict:
    """What may be said, and what is missing when nothing may.

    Attributes
    ----------
    code : str
        "helped", "no_change_shown", "harmed" or "cannot_tell".
    reason : str
        "interval" when the interval decides; "months_before", "months_after" or "detectable"
        when nothing can be told.
    months_needed, ratings_needed : int or None
        About how many more months after, and ratings of one officer; None with "cannot_tell"
        means that waiting does not help: more officers or a longer time before are needed.

    """

    code: Code
    reason: str
    months_needed: int | None = None
    ratings_needed: int | None = None


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on; shares as fractions.

    ``ratings`` are those of one officer in a month; ``pre_share`` is the part of the variance of
    the estimate that comes from the time before and will not shrink by waiting.
    """

    low: float
    high: float
    detectable: float
    months_before: int
    months_after: int
    ratings: float
    pre_share: float


def judge_effect(
    found: Evidence, *, delta: float = 0.03, months_before: int = 6, months_after: int = 2
) -> Verdict:
    """Turn interval, months and detectable effect into a verdict.

    Parameters
    ----------
    found : Evidence
        Interval and what it rests on.
    delta : float
        Difference that matters; an interval inside ±δ, or a detectable effect of at most δ, is
        needed to say that no change was shown.
    months_before, months_after : int
        Fewest months on either side.

    Returns
    -------
    Verdict

    Notes
    -----
    Without enough months nothing is said, whatever the interval. "No change shown" is said only
    if a change that matters would have been found (Altman & Bland 1995, "Absence of evidence is
    not evidence of absence").

    Examples
    --------
    >>> judge_effect(Evidence(0.01, 0.07, 0.04, 7, 3, 30, 0.3)).code
    'helped'
    >>> judge_effect(Evidence(-0.04, 0.05, 0.06, 7, 3, 30, 0.1))
    Verdict(code='cannot_tell', reason='detectable', months_needed=16, ratings_needed=480)
    >>> judge_effect(Evidence(0.01, 0.07, 0.04, 7, 1, 30, 0.3)).months_needed
    1

    """
    if found.months_before < months_before:
        return Verdict("cannot_tell", "months_before")
    if found.months_after < months_after:
        more = months_after - found.months_after
        return Verdict("cannot_tell", "months_after", more, math.ceil(more * found.ratings))
    if found.low > 0:
        return Verdict("helped", "interval")
    if found.high < 0:
        return Verdict("harmed", "interval")
    if found.detectable <= delta or (found.low > -delta and found.high < delta):
        return Verdict("no_change_shown", "interval")
    more_months = _months_needed(found, delta)
    ratings = None if more_months is None else math.ceil(more_months * found.ratings)
    return Verdict("cannot_tell", "detectable", more_months, ratings)


def _months_needed(found: Evidence, delta: float) -> int | None:
    """More months after until δ is detectable, if the noise after shrinks with their number."""
    if not math.isfinite(found.detectable):
        return None
    room = (delta / found.detectable) ** 2 - found.pre_share
    if room <= 0:
        return None
    wanted = (1 - found.pre_share) * found.months_after / room
    more = max(1, math.ceil(wanted - found.months_after))
    return more if more <= LONGEST else None
