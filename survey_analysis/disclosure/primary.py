"""Rules of one cell: pure judgements on counts by level, inside the house and for the public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.errors import InvalidCountsError

Audience = Literal["house", "public"]


def least_count(audience: Audience, rules: Defaults = DEFAULTS) -> int:
    """Fewest raters of a cell that may be seen.

    Examples
    --------
    >>> least_count("house"), least_count("public")
    (5, 10)

    """
    return rules.min_count if audience == "house" else rules.min_count_public


def single_level(levels: Sequence[int]) -> bool:
    """Whether all raters of a cell gave one level (it tells what each known one said).

    Examples
    --------
    >>> single_level([0, 0, 0, 0, 7]), single_level([0, 0, 0, 1, 7]), single_level([0] * 5)
    (True, False, False)

    """
    return sum(1 for n in levels if n) == 1


def house(levels: Sequence[int], rules: Defaults = DEFAULTS) -> bool:
    """Whether a cell's rate may be shown inside the house: enough raters.

    Examples
    --------
    >>> house([0, 0, 1, 2, 7]), house([0, 0, 1, 2, 6])
    (True, False)

    """
    return sum(levels) >= rules.min_rate_n


def discloses(
    levels: Sequence[int], audience: Audience = "house", rules: Defaults = DEFAULTS
) -> bool:
    """Whether a cell alone would tell too much, and must be hidden first (primary suppression).

    Too few raters, or all of one level below ``rules.min_single_level`` (group disclosure). An
    empty cell tells nothing of anybody.

    Parameters
    ----------
    levels : sequence of int
        Counts by level; a single entry where only the number of raters is published.
    audience : {"house", "public"}
        Who would see it.
    rules : Defaults
        ``min_count``, ``min_count_public``, ``min_single_level``.

    Raises
    ------
    InvalidCountsError
        If a count is negative.

    Examples
    --------
    >>> discloses([0, 1, 0, 1, 2]), discloses([0, 0, 0, 0, 9]), discloses([0, 1, 0, 1, 3])
    (True, True, False)
    >>> discloses([0, 1, 0, 1, 3], "public"), discloses([0] * 5)
    (True, False)

    """
    if min(levels, default=0) < 0:
        raise InvalidCountsError(f"negative counts: {tuple(levels)}")
    n = sum(levels)
    if n == 0:
        return False
    if n < least_count(audience, rules):
        return True
    return len(levels) > 1 and n < rules.min_single_level and single_level(levels)


def may_refresh(
    published: Sequence[int], current: Sequence[int], rules: Defaults = DEFAULTS
) -> bool:
    """Whether a newer edition of a cell may replace a published one.

    The difference of two editions is itself a published figure: it needs ``rules.min_new`` raters
    and may not be of one level below ``rules.min_single_level``. Ratings that were moved away
    count like new ones.

    Parameters
    ----------
    published, current : sequence of int
        Counts by level of both editions.
    rules : Defaults
        ``min_new``, ``min_single_level``.

    Raises
    ------
    InvalidCountsError
        If the numbers of levels differ or a count is negative.

    Examples
    --------
    >>> may_refresh([0, 0, 1, 3, 8], [0, 1, 1, 4, 11])
    True
    >>> may_refresh([0, 0, 1, 3, 8], [0, 0, 1, 4, 8]), may_refresh([0] * 5, [0, 0, 0, 0, 6])
    (False, False)

    """
    if len(published) != len(current) or min(*published, *current, 0) < 0:
        raise InvalidCountsError("two editions of the same levels, none negative, are needed")
    new = [max(0, b - a) for a, b in zip(published, current, strict=True)]
    gone = [max(0, a - b) for a, b in zip(published, current, strict=True)]
    if not any(new) and not any(gone):
        return True
    return all(
        not any(part)
        or (sum(part) >= rules.min_new
            and (len(part) == 1 or sum(part) >= rules.min_single_level or not single_level(part)))
        for part in (new, gone)
    )


def difference_allowed(
    larger: Sequence[int], smaller: Sequence[int], audience: Audience = "house",
    rules: Defaults = DEFAULTS,
) -> bool:
    """Whether two nested published cells may stand beside each other: their difference is a cell.

    Parameters
    ----------
    larger, smaller : sequence of int
        Counts by level, ``smaller`` within ``larger``.
    audience : {"house", "public"}
        Who would see both.
    rules : Defaults
        As ``discloses``.

    Raises
    ------
    InvalidCountsError
        If they are not nested.

    Examples
    --------
    >>> difference_allowed([0, 2, 4, 10, 30], [0, 1, 4, 10, 28])
    False

    """
    if len(larger) != len(smaller):
        raise InvalidCountsError("nested cells have the same levels")
    rest = [a - b for a, b in zip(larger, smaller, strict=True)]
    if min(rest) < 0:
        raise InvalidCountsError("the smaller cell is not within the larger one")
    return not discloses(rest, audience, rules)


def comments_shown(n: int, rules: Defaults = DEFAULTS) -> bool:
    """Whether a list of so many comments may be shown.

    Examples
    --------
    >>> comments_shown(4), comments_shown(5)
    (False, True)

    """
    return n >= rules.min_comments
