"""Weeks of a total beside its months: what differences leave of weeks that lie across two months.

A month less its whole weeks leaves the days at its ends; a week across two months binds one's end
to the next one's beginning. Such runs of days are cells of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.disclosure.primary import Audience, discloses, least_count, single_level

Levels = tuple[int, ...]
Runs = Mapping[str, Mapping[int, Levels]]


def _spare(levels: Levels) -> NDArray[np.int64]:
    left = np.array(levels, dtype=np.int64)
    left[left.argmax()] -= 1
    return np.maximum(left, 0)


def _safe(
    run: Levels, others: Collection[Levels], audience: Audience, rules: Defaults
) -> bool:
    """Whether days hidden beside these leave a run as open as it must be."""
    if not others:
        return False
    up = np.sum([_spare(other) for other in others], axis=0)
    high, low = sum(run) + int(up.sum()), 1
    if high < least_count(audience, rules) or high - low < rules.protection:
        return False
    if not single_level(run):
        return True
    up[int(np.argmax(run))] = 0
    return bool(up.any())


def suppress_weeks(
    weeks: Runs, months: Collection[int], hidden_months: Collection[int],
    decided: Mapping[str, bool], rather: Collection[str] = (), audience: Audience = "house",
    rules: Defaults = DEFAULTS,
) -> dict[str, bool]:
    """Decide the weeks of one total whose months are all closed.

    Parameters
    ----------
    weeks : mapping
        Week → month → raters by level of its days in that month.
    months : collection of int
        Months whose totals are published or hidden for good; a week is decided once all its months
        are among them.
    hidden_months : collection of int
        Those of them that are hidden: their weeks are hidden too.
    decided : mapping
        Weeks decided before: shown ones stay shown, hidden ones hidden.
    rather : collection of str
        Weeks to hide before others where one must be: those that other units hide, so that sums
        over units can be shown.
    audience : {"house", "public"}
        Whose thresholds hold.
    rules : Defaults
        Thresholds and protection.

    Returns
    -------
    dict
        Week → whether it may be seen.

    Examples
    --------
    >>> week = {"2018-W40": {201810: (1, 2, 3, 9, 9)}, "2018-W44": {201810: (0, 0, 0, 0, 2),
    ...         201811: (1, 2, 4, 9, 9)}, "2018-W45": {201811: (1, 2, 4, 9, 9)}}
    >>> suppress_weeks(week, [201810, 201811], [], {})
    {'2018-W40': False, '2018-W44': False, '2018-W45': True}

    """
    known = set(months)
    filled = {w: {m: lv for m, lv in runs.items() if any(lv)} for w, runs in weeks.items()}
    due = [w for w in sorted(filled) if filled[w] and set(filled[w]) <= known]
    shown = {
        w: decided.get(w, not any(
            m in hidden_months or discloses(levels, audience, rules)
            for m, levels in filled[w].items()
        )) for w in due
    }
    for month in sorted(known - set(hidden_months)):
        parts = {w: filled[w][month] for w in sorted(filled) if month in filled[w]}
        _protect(parts, shown, decided, rather, audience, rules)
    return shown


def _protect(
    parts: Mapping[str, Levels], shown: dict[str, bool], decided: Mapping[str, bool],
    rather: Collection[str], audience: Audience, rules: Defaults,
) -> None:
    """Hide further weeks of a month until none of its small runs of days can be found."""
    while True:
        unknown = {w: lv for w, lv in parts.items() if not shown.get(w, False) and w in shown}
        exposed = [
            w for w, levels in unknown.items() if discloses(levels, audience, rules) and not _safe(
                levels, [lv for other, lv in unknown.items() if other != w], audience, rules
            )
        ]
        free = [w for w in parts if shown.get(w, False) and w not in decided]
        if not exposed or not free:
            return
        shown[min(free, key=lambda w: (w not in rather, sum(parts[w]), w))] = False
