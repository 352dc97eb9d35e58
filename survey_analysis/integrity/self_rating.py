"""G7: ratings that the officer gave, or that nobody could have given then. Hard rules."""

from __future__ import annotations

import numpy as np

from survey_analysis.integrity.records import (
    RULES,
    Finding,
    Flags,
    Ratings,
    Rules,
    Test,
    month_of,
    second_of_day,
)


def self_ratings(seen: Ratings, rules: Rules = RULES) -> list[Finding]:
    """Ratings on the officer's own device, or at the counter while the office was closed.

    Returns
    -------
    list of Finding
        Tests "own_device" and "outside_hours", only where there are any; ``observed`` counts them.

    Notes
    -----
    No hypothesis and no p-value: one such rating asks for a look. Ratings from home may come at
    any hour.

    Examples
    --------
    >>> from survey_analysis.integrity.records import ratings
    >>> t = ["2024-01-02T22:00:00", "2024-01-02T10:00:00"]
    >>> [f.code for f in self_ratings(ratings([0, 0], [0, 0], t, t, [5, 5], [[0.2] * 5] * 2))]
    ['outside_hours']

    """
    time = second_of_day(seen.rated)
    outside = seen.at_counter & (
        (time < rules.opening - rules.grace) | (time > rules.closing + rules.grace)
    )
    return [*_count(seen, seen.own_device, "own_device"), *_count(seen, outside, "outside_hours")]


def _count(seen: Ratings, hit: Flags, test: Test) -> list[Finding]:
    month = month_of(seen.rated)
    pairs, number = np.unique(
        np.stack([seen.officer[hit], month[hit]]), axis=1, return_counts=True
    )
    return [
        Finding(int(o), int(m), test, 0.0, float(k), 0.0, int(((seen.officer == o)
                & (month == m)).sum()))
        for (o, m), k in zip(pairs.T, number, strict=True)
    ]
