"""Official criteria of 0, 1 and 2 points, their totals and the bands that a decree sets.

No rule set is code: bands are dated data (``official_rules.json`` or a deployment's own), and a
period is graded by the rules in force then. A smiley is never averaged into an official score.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from survey_analysis.defaults import DEFAULTS
from survey_analysis.errors import AnalysisError, InvalidCountsError
from survey_analysis.intervals import wilson
from survey_analysis.results import Interval
from survey_analysis.scale_intervals import dirichlet_mean

PRORATED_FROM = 0.8
"""Share of a form's criteria that must be answered for its total to be prorated."""


@dataclass(frozen=True)
class Band:
    """A grade and the least total that earns it; a total equal to it earns it."""

    code: str
    label: str
    at_least: float


@dataclass(frozen=True)
class RuleSet:
    """Criteria, points of each, and bands from the best down, with source and dates.

    ``valid_until`` is the last day; None while in force.
    """

    code: str
    source: str
    valid_from: date
    valid_until: date | None
    criteria: tuple[str, ...]
    points: int
    bands: tuple[Band, ...]

    @property
    def most(self) -> int:
        """Greatest total."""
        return self.points * len(self.criteria)

    def grade(self, total: float) -> Band:
        """The band of a total; exactly a band's least total belongs to that band.

        Raises
        ------
        InvalidCountsError
            If the total lies outside [0, most].

        """
        if not 0 <= total <= self.most:
            raise InvalidCountsError(f"a total of {total} outside 0 to {self.most}")
        return next(band for band in self.bands if total >= band.at_least)


def rule_set(described: Mapping[str, Any]) -> RuleSet:
    """A rule set from its configuration (keys as in ``official_rules.json``).

    Raises
    ------
    AnalysisError
        If a key is missing, bands do not fall from the best to 0, or the dates are reversed.

    """
    try:
        bands = tuple(
            Band(str(b["code"]), str(b["label"]), float(b["at_least"])) for b in described["bands"]
        )
        until = described.get("valid_until")
        found = RuleSet(
            str(described["code"]), str(described["source"]),
            date.fromisoformat(described["valid_from"]),
            date.fromisoformat(until) if until else None,
            tuple(str(c) for c in described["criteria"]), int(described["points"]), bands,
        )
    except (KeyError, TypeError, ValueError) as why:
        raise AnalysisError(f"rule set {described.get('code', '?')!r}: {why!r}") from why
    least = [band.at_least for band in bands]
    if not bands or least != sorted(set(least), reverse=True) or least[-1] != 0:
        raise AnalysisError(f"rule set {found.code!r}: bands must fall from the best to 0")
    if not found.criteria or found.points < 1 or least[0] > found.most:
        raise AnalysisError(f"rule set {found.code!r}: bands beyond what the criteria give")
    if found.valid_until and found.valid_until < found.valid_from:
        raise AnalysisError(f"rule set {found.code!r}: valid until before valid from")
    return found


@cache
def official_rule_sets() -> tuple[RuleSet, ...]:
    """The rule sets that come with the library.

    Examples
    --------
    >>> [rules.code for rules in official_rule_sets()]
    ['unit_nine_indices_2018', 'officer_five_indices_2018']
    >>> official_rule_sets()[0].grade(15).label
    'Xuất sắc'

    """
    text = files("survey_analysis").joinpath("official_rules.json").read_text("utf-8")
    return tuple(rule_set(described) for described in json.loads(text))


def rules_in_force(
    day: date, sets: Sequence[RuleSet] | None = None
) -> tuple[RuleSet, ...]:
    """Rule sets that were in force on a day; empty if none is known to have been.

    Examples
    --------
    >>> from datetime import date
    >>> len(rules_in_force(date(2018, 10, 1))), len(rules_in_force(date(2026, 1, 1)))
    (2, 0)

    """
    known = official_rule_sets() if sets is None else sets
    return tuple(
        rules for rules in known
        if rules.valid_from <= day and (rules.valid_until is None or day <= rules.valid_until)
    )


@dataclass(frozen=True)
class CriterionScore:
    """One criterion over its answers.

    Attributes
    ----------
    n : int
        Answers.
    points : Interval or None
        Mean points in [0, 2] with a Dirichlet interval (three levels); None without answers.
    full : Interval or None
        Share of answers with 2 points, Wilson; None without answers.

    """

    n: int
    points: Interval | None
    full: Interval | None

    @property
    def fraction(self) -> float | None:
        """Mean as a share of the full two points."""
        return None if self.points is None else self.points.estimate / 2


def score_criterion(counts: Sequence[int], z: float = DEFAULTS.z) -> CriterionScore:
    """Mean points and share of full points of one 0/1/2 criterion.

    Parameters
    ----------
    counts : sequence of three int
        Answers of 0, 1 and 2 points.
    z : float
        Normal quantile.

    Returns
    -------
    CriterionScore

    Raises
    ------
    InvalidCountsError
        Unless three counts ≥ 0 are given.

    Examples
    --------
    >>> found = score_criterion([1, 4, 15])
    >>> (found.points.estimate, found.full.estimate)
    (1.7, 0.75)

    """
    if len(counts) != 3 or min(counts) < 0:
        raise InvalidCountsError("three counts are needed (0, 1 and 2 points), none negative")
    n = int(sum(counts))
    if n == 0:
        return CriterionScore(0, None, None)
    return CriterionScore(
        n, dirichlet_mean(counts, values=(0, 1, 2), z=z), wilson(counts[2], n, z)
    )


@dataclass(frozen=True)
class FormTotal:
    """Total of one form, whether it was prorated, and its band; None where too little is answered.

    Answered criteria stand beside it: a prorated total says so.
    """

    total: float | None
    answered: int
    prorated: bool
    band: Band | None


def total_form(
    answers: Mapping[str, int | None], rules: RuleSet, prorated_from: float = PRORATED_FROM
) -> FormTotal:
    """Add up a form's criteria and grade it.

    A complete form is summed. From ``prorated_from`` of the criteria the mean of the answered ones
    stands for the missing ones, and the result says so. Below, there is no total.

    Parameters
    ----------
    answers : mapping
        Criterion → points, None where not answered.
    rules : RuleSet
        Criteria and bands.
    prorated_from : float
        In (0, 1].

    Returns
    -------
    FormTotal

    Raises
    ------
    InvalidCountsError
        If a criterion is unknown or points lie outside 0 … ``rules.points``.

    Examples
    --------
    >>> rules = official_rule_sets()[0]
    >>> found = total_form({c: 2 for c in rules.criteria[:8]}, rules)
    >>> (found.total, found.answered, found.prorated, found.band.code)
    (18.0, 8, True, 'excellent')

    """
    unknown = set(answers) - set(rules.criteria)
    if unknown:
        raise InvalidCountsError(f"criteria not in {rules.code!r}: {sorted(unknown)}")
    given = [points for points in answers.values() if points is not None]
    if any(points not in range(rules.points + 1) for points in given):
        raise InvalidCountsError(f"points outside 0 to {rules.points}: {given}")
    wanted = len(rules.criteria)
    if not given or len(given) < prorated_from * wanted - 1e-9:
        return FormTotal(None, len(given), False, None)
    total = sum(given) * wanted / len(given)
    return FormTotal(total, len(given), len(given) < wanted, rules.grade(total))


@dataclass(frozen=True)
class OfficialScore:
    """Criteria of a period, their total of means and its band.

    ``total`` and ``band`` are None unless every criterion has answers: nothing is guessed.
    """

    criteria: Mapping[str, CriterionScore]
    total: float | None
    band: Band | None
    missing: tuple[str, ...]


def score_period(
    counts: Mapping[str, Sequence[int]], rules: RuleSet, decimals: int | None = 1,
    z: float = DEFAULTS.z,
) -> OfficialScore:
    """Official total of a unit or officer over a period: the sum of the criteria's mean points.

    Parameters
    ----------
    counts : mapping
        Criterion → answers of 0, 1 and 2 points. Indices that come from dates or from the unit's
        own figures are given as one answer.
    rules : RuleSet
        Criteria and bands in force in the period.
    decimals : int or None
        The official total has one decimal, and the band is that of the rounded total; None grades
        the exact one.
    z : float
        Normal quantile.

    Returns
    -------
    OfficialScore

    Raises
    ------
    InvalidCountsError
        If a criterion is unknown or counts cannot be.

    Examples
    --------
    >>> rules = official_rule_sets()[1]
    >>> found = score_period({c: [0, 10, 0] for c in rules.criteria}, rules)
    >>> (found.total, found.band.code)
    (5.0, 'fulfilled')

    """
    unknown = set(counts) - set(rules.criteria)
    if unknown:
        raise InvalidCountsError(f"criteria not in {rules.code!r}: {sorted(unknown)}")
    scores = {c: score_criterion(counts.get(c, (0, 0, 0)), z) for c in rules.criteria}
    missing = tuple(c for c, score in scores.items() if score.points is None)
    if missing:
        return OfficialScore(scores, None, None, missing)
    total = sum(score.points.estimate for score in scores.values() if score.points)
    if decimals is not None:
        total = _half_up(total, decimals)
    return OfficialScore(scores, total, rules.grade(total), ())


def _half_up(value: float, decimals: int) -> float:
    scale = float(10**decimals)
    return int(value * scale + 0.5 + 1e-9) / scale
