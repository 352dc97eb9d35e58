"""From findings to "review": two different tests or one hard rule, and what it costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from survey_analysis.integrity.bursts import bursts
from survey_analysis.integrity.closing import closing_time
from survey_analysis.integrity.invitation import selective_invitation
from survey_analysis.integrity.latency import latencies
from survey_analysis.integrity.records import RULES, Finding, Flow, Ratings, Rules
from survey_analysis.integrity.self_rating import self_ratings
from survey_analysis.integrity.streaks import streaks
from survey_analysis.integrity.variation import variation
from survey_analysis.multiplicity import bh_rejected

WHOLE_TIME = 0


@dataclass(frozen=True)
class Review:
    """An officer to be looked at, and why; ratings stay counted until a person decides.

    Attributes
    ----------
    officer : int
        Position of the officer.
    periods : tuple of int
        Months that asked for it; (0,) when only the whole time did.
    reasons : tuple of Finding
        Findings that were rejected, the surest first.

    """

    officer: int
    periods: tuple[int, ...]
    reasons: tuple[Finding, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Distinct codes of the reasons, the surest first."""
        return tuple(dict.fromkeys(f.code for f in self.reasons))


@dataclass(frozen=True)
class Screening:
    """Outcome of all tests over some months.

    Attributes
    ----------
    reviews : tuple of Review
        Officers to be looked at; everybody else was tested and nothing was asked.
    rejected : tuple of Finding
        Every finding that its family rejected, also those of officers with only one.
    tests, families : int
        Tests made and families (months, and the whole time) they were judged in.
    expected_false : float
        Officers without any misuse that such a screening sends to review on average, at most.

    """

    reviews: tuple[Review, ...]
    rejected: tuple[Finding, ...]
    tests: int
    families: int
    expected_false: float


def judge(findings: Sequence[Finding], rules: Rules = RULES) -> Screening:
    """Judge findings: Benjamini–Hochberg in each period, then two tests or one hard rule.

    Parameters
    ----------
    findings : sequence of Finding
        Of every test and officer, also the unsuspicious: they are the family.
    rules : Rules
        False-discovery rate.

    Returns
    -------
    Screening

    Notes
    -----
    A family is officer × test of one period (Benjamini & Hochberg 1995). An officer needs two
    different tests rejected in one month; those of the whole time count in every month. Expected
    false reviews: a false review takes two false rejections, and a family with R rejections has
    about q R false ones at most, so Σ max(q R, q) / 2 bounds them whatever the dependence between
    the tests of one officer; q for the families without any is their chance of a first one.

    Examples
    --------
    >>> found = [Finding(0, 5, "streak", 1e-6, 30, 10, 40), Finding(0, 5, "burst", 1e-6, 9, 2, 40),
    ...          Finding(1, 5, "streak", 0.6, 5, 10, 40), Finding(1, 5, "burst", 0.4, 2, 2, 40)]
    >>> judge(found).reviews[0].codes, judge(found).expected_false
    (('burst', 'streak'), 0.05)

    """
    families: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        if not finding.hard:
            families[finding.period].append(finding)
    chosen, expected = [f for f in findings if f.hard], 0.0
    for family in families.values():
        marks = bh_rejected(np.array([f.p_value for f in family]), rules.q)
        chosen += [f for f, mark in zip(family, marks, strict=True) if mark]
        expected += max(rules.q * int(np.sum(marks)), rules.q) / 2
    chosen.sort(key=lambda f: (f.p_value, f.code, f.officer, f.period))
    by_officer: dict[int, list[Finding]] = defaultdict(list)
    for finding in chosen:
        by_officer[finding.officer].append(finding)
    reviews = [
        made for who in sorted(by_officer) if (made := _review(who, by_officer[who])) is not None
    ]
    return Screening(
        tuple(reviews), tuple(chosen), sum(map(len, families.values())), len(families), expected
    )


def _review(who: int, found: Sequence[Finding]) -> Review | None:
    always = {f.code for f in found if f.period == WHOLE_TIME}
    periods = tuple(
        period for period in sorted({f.period for f in found})
        if len(always | {f.code for f in found if f.period == period}) >= 2
        or any(f.hard for f in found if f.period == period)
    )
    if not periods:
        return None
    months = tuple(p for p in periods if p != WHOLE_TIME) or (WHOLE_TIME,)
    reasons = tuple(f for f in found if f.period in periods or f.period == WHOLE_TIME)
    return Review(who, months, reasons)


def screen(
    seen: Ratings, steps: Flow, *, seed: int = 1, rules: Rules = RULES
) -> Screening:
    """Run all tests of misuse and judge them together.

    Parameters
    ----------
    seen : Ratings
        Ratings of one kind of step (say hand-overs), clocks corrected.
    steps : Flow
        All such steps, rated or not.
    seed : int
        Of the permutations; the same input and seed give the same screening.
    rules : Rules
        Thresholds.

    Returns
    -------
    Screening
        Never a judgement and never a deletion. Show figures with and without the ratings under
        review until a person decides.

    Examples
    --------
    >>> from survey_analysis.integrity.records import flow, ratings
    >>> t = ["2024-01-02T08:00:00"]
    >>> screen(ratings([0], [0], t, t, [5], [[0.2] * 5]), flow([0], t, [True])).reviews
    ()

    """
    return judge([
        *bursts(seen, steps, seed=seed, rules=rules), *latencies(seen, rules),
        *streaks(seen, rules), *variation(seen, seed=seed, rules=rules),
        *closing_time(seen, steps, rules), *selective_invitation(steps, rules),
        *self_ratings(seen, rules),
    ], rules)
