"""Did the training help? One wave against comparable officers, with everything beside it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from survey_analysis.defaults import DEFAULTS
from survey_analysis.effects.bootstrap import ClusterScores, wild_cluster_bootstrap
from survey_analysis.effects.differences import TwoWay, two_way
from survey_analysis.effects.event_months import joint_test
from survey_analysis.effects.panel import Floats, Ints, OfficerMonths
from survey_analysis.effects.permutation import (
    Randomisation,
    arrangements,
    invert,
    judge,
    strata_of,
)
from survey_analysis.effects.power import multiplier
from survey_analysis.effects.regression import absorb
from survey_analysis.effects.regression_to_mean import expected_return
from survey_analysis.effects.verdict import Evidence, Verdict, judge_effect
from survey_analysis.errors import InvalidCountsError

FEW_TREATED = 4


@dataclass(frozen=True)
class TrainingRules:
    """Minimums and draws; shares are fractions, δ is the difference that matters."""

    months_before: int = DEFAULTS.months_before
    months_after: int = DEFAULTS.months_after
    delta: float = DEFAULTS.delta
    draws: int = DEFAULTS.permutations
    seed: int = 1
    alpha: float = 0.05


RULES = TrainingRules()


@dataclass(frozen=True)
class Naive:
    """What a before–after comparison of the trained alone would have said, and why it misleads.

    Attributes
    ----------
    against_selection : float or None
        After minus the months the choice was made on.
    against_before : float
        After minus all months before.
    expected_return : float or None
        Part of ``against_selection`` to be expected without any effect.

    """

    against_selection: float | None
    against_before: float
    expected_return: float | None


@dataclass(frozen=True)
class TrainingEffect:
    """Effect of one wave in shares (0.01 = one point, or one rating in a hundred).

    Attributes
    ----------
    estimate, low, high : float
        Effect with 95 % interval; infinite ends mean too few officers for one.
    method : str
        "wild_bootstrap", or "permutation" with four or fewer in either group.
    p_permutation, p_bootstrap, p_bias_reduced : float
        Two-sided p of the three looks; the second is None when it may not be used.
    p_positive : float
        How sure a positive sign is, by the method of the interval.
    detectable : float
        Effect that was to be found with power 80 %: read it before the estimate.
    placebo : float or None
        "Effect" of a false date within the time before; None if there are too few months.
    p_placebo, p_before : float or None
        p of the placebo, and that months before moved alike.
    naive : Naive
        Before–after of the trained alone.
    without_flagged : float or None
        Estimate without ratings under review, when such a panel was given.
    verdict : Verdict
        Code and what is still needed.

    """

    estimate: float
    low: float
    high: float
    method: str
    p_permutation: float
    p_bootstrap: float | None
    p_bias_reduced: float
    p_positive: float
    detectable: float
    placebo: float | None
    p_placebo: float | None
    p_before: float | None
    naive: Naive
    without_flagged: float | None
    treated: int
    others: int
    months_before: int
    months_after: int
    seed: int
    verdict: Verdict


@dataclass(frozen=True)
class _Exchange:
    """Effects under exchanged labels: a − h·b for the hypothesis that the effect is h."""

    a: Floats
    b: Floats
    observed: float
    exact: bool

    def at(self, null: float) -> Randomisation:
        return judge(self.observed - null, self.a - null * self.b, self.exact)


def _exchange(design: TwoWay, strata: Ints, rules: TrainingRules) -> _Exchange:
    labels, exact = arrangements(design.treated, strata, rules.draws, rules.seed)
    t = labels.astype(float)
    product = t @ design.gram
    under = np.maximum((product * t).sum(axis=1), 1e-300)
    return _Exchange(
        t @ design.scores / under, product @ design.treated.astype(float) / under,
        design.effect, exact,
    )


def randomisation_test(
    design: TwoWay, strata: Sequence[str] | None = None,
    rules: TrainingRules = RULES,
) -> tuple[Randomisation, float, float]:
    """Exchange labels of officers within strata: test of no effect, and interval by inversion.

    Parameters
    ----------
    design : TwoWay
        From :func:`two_way`.
    strata : sequence, optional
        Stratum of each officer of the design.
    rules : TrainingRules
        Draws and seed.

    Returns
    -------
    Randomisation, low, high
        Ends are ±inf when no hypothesis can be rejected with so few arrangements.

    """
    spread = _exchange(design, strata_of(strata, len(design.treated)), rules)
    low, high = invert(
        lambda h: spread.at(h).p_value, spread.observed, float(np.std(spread.a)), rules.alpha
    )
    return spread.at(0.0), low, high


def _scores(design: TwoWay) -> ClusterScores:
    return ClusterScores(
        design.outcome, design.treatment, design.weight, design.officer, len(design.treated),
        lambda c: absorb(c, design.officer, design.month, design.weight),
    )


def _mean(panel: OfficerMonths, rows: np.ndarray) -> float | None:
    n = panel.n[rows]
    return float(n @ panel.residual[rows] / n.sum()) if n.sum() > 0 else None


def _naive(
    panel: OfficerMonths, mark: np.ndarray, start: int, exclude: Ints, selection: Ints
) -> Naive:
    own = mark[panel.officer]
    late = (panel.month >= start) & ~np.isin(panel.month, exclude)
    chosen = np.isin(panel.month, selection)
    after = _mean(panel, own & late)
    before = _mean(panel, own & (panel.month < start) & ~np.isin(panel.month, exclude))
    low, everybody = _mean(panel, own & chosen), _mean(panel, chosen)
    if after is None or before is None:
        raise InvalidCountsError("no ratings of the trained before or after")
    if low is None or everybody is None:
        return Naive(None, after - before, None)
    part = expected_return(_reliability(panel, chosen), everybody, low)
    return Naive(after - low, after - before, part)


def _reliability(panel: OfficerMonths, rows: np.ndarray) -> float:
    """Of officers' means over the chosen months, by moments within and between officers.

    What lasts is what an officer shows in other months as well: a month's own mood returns.
    """
    found = []
    for part in (rows, ~rows):
        n = np.bincount(panel.officer[part], panel.n[part], minlength=len(panel.officers))
        total = np.bincount(
            panel.officer[part], (panel.n * panel.residual)[part], minlength=len(panel.officers)
        )
        found.append((n, np.divide(total, n, out=np.zeros_like(total), where=n > 0)))
    both = (found[0][0] > 0) & (found[1][0] > 0)
    if both.sum() < 3:
        return 0.0
    chosen, other = found[0][1][both], found[1][1][both]
    variance = float(chosen.var())
    if variance <= 0:
        return 0.0
    return float(np.clip(np.cov(chosen, other, ddof=0)[0, 1] / variance, 0.0, 1.0))


def _placebo(
    panel: OfficerMonths, treated: Sequence[Hashable], start: int, exclude: Ints,
    rules: TrainingRules,
) -> tuple[float | None, float | None]:
    """A false date in the middle of the time before, at most six months earlier."""
    before = panel.rows((panel.month < start) & ~np.isin(panel.month, exclude))
    months = before.months
    if len(months) < 4:
        return None, None
    fake = int(max(months[len(months) // 2], start - 6))
    if (months < fake).sum() < 2 or (months >= fake).sum() < 2:
        fake = int(months[len(months) // 2])
    try:
        design = two_way(before, treated, fake)
    except InvalidCountsError:
        return None, None
    return design.effect, randomisation_test(design, None, rules)[0].p_value


@dataclass(frozen=True)
class _Looks:
    low: float
    high: float
    method: str
    p_permutation: float
    p_bootstrap: float | None
    p_bias_reduced: float
    p_positive: float
    error: float


def _looks(design: TwoWay, strata: Sequence[str] | None, rules: TrainingRules) -> _Looks:
    """Three looks at one estimate; with few trained only permutation gives the interval."""
    test, low, high = randomisation_test(design, strata, rules)
    fit = design.fit("CR2")
    error, p_reduced = float(fit.standard_errors[0]), fit.p_value(0)
    if int(design.treated.sum()) <= FEW_TREATED or int((~design.treated).sum()) <= FEW_TREATED:
        return _Looks(
            low, high, "permutation", test.p_value, None, p_reduced, test.p_greater, error
        )
    boot = wild_cluster_bootstrap(
        _scores(design), draws=rules.draws, seed=rules.seed, alpha=rules.alpha
    )
    return _Looks(
        boot.low, boot.high, "wild_bootstrap", test.p_value, boot.p_value, p_reduced,
        boot.p_positive, error,
    )


def _evidence(
    panel: OfficerMonths, design: TwoWay, start: int, left_out: Ints, looks: _Looks
) -> Evidence:
    """Months, ratings of an officer in a month, and the share of noise from the time before."""
    months = panel.months[~np.isin(panel.months, left_out)]
    kept = panel.rows(~np.isin(panel.month, left_out))
    late = kept.month >= start
    before, after = float(kept.weight[~late].sum()), float(kept.weight[late].sum())
    return Evidence(
        looks.low, looks.high, multiplier(len(design.treated)) * looks.error,
        int((months < start).sum()), int((months >= start).sum()),
        float(kept.n.mean()), after / (before + after),
    )


def evaluate_training(
    panel: OfficerMonths, treated: Sequence[Hashable], start: int, *,
    exclude: Sequence[int] = (), selection: Sequence[int] = (),
    strata: dict[Hashable, Hashable] | None = None,
    without_flagged: OfficerMonths | None = None, rules: TrainingRules = RULES,
) -> TrainingEffect:
    """Effect of one wave of training on case-mix-adjusted satisfaction.

    Parameters
    ----------
    panel : OfficerMonths
        The trained and officers not trained in the whole time, and nobody else.
    treated : sequence
        Officers who completed the training.
    start : int
        First full month after it.
    exclude : sequence of int
        Months to leave out, such as that of the session.
    selection : sequence of int
        Months on which the choice of officers rested: left out as well, since low scorers rise
        by themselves afterwards.
    strata : dict, optional
        Officer → stratum within which labels are exchanged (from the plan of waves).
    without_flagged : OfficerMonths, optional
        The same panel without ratings under review.
    rules : TrainingRules
        Minimums, draws and seed.

    Returns
    -------
    TrainingEffect

    Raises
    ------
    InvalidCountsError
        If nobody was trained, nobody can be compared with, or nobody was seen on both sides.

    Notes
    -----
    Estimand: average effect on the trained officers' months, weights n / (1 + (n − 1) ρ). Assumes
    that both groups would have moved in parallel from the clean time before. Estimate: least
    squares with officer and month effects; interval: wild cluster restricted bootstrap-t inverted,
    or permutation with four or fewer trained (Cameron, Gelbach & Miller 2008; MacKinnon & Webb
    2017). Standard errors and the three p-values take officers as the clusters.

    Examples
    --------
    >>> from survey_analysis.effects.panel import officer_months
    >>> who = [f"o{i}" for i in range(12)]
    >>> rows = [(o, m) for o in who for m in range(1, 10)]
    >>> hits = [16 + (i * 7 + m * 5) % 3 + 3 * (i < 6 and m > 6)
    ...         for i, o in enumerate(who) for m in range(1, 10)]
    >>> panel = officer_months([o for o, _ in rows], [m for _, m in rows], hits, [0.85] * 108,
    ...     [24] * 108)
    >>> effect = evaluate_training(panel, who[:6], 7)
    >>> effect.verdict.code, round(effect.estimate, 3)
    ('helped', 0.125)

    """
    left_out = np.union1d(np.asarray(exclude, np.int64), np.asarray(selection, np.int64))
    design = two_way(panel, treated, start, left_out.tolist())
    kinds = None if strata is None else [str(strata.get(o, "")) for o in design.officers]
    looks = _looks(design, kinds, rules)
    found = _evidence(panel, design, start, left_out, looks)
    placebo, p_placebo = _placebo(panel, treated, start, left_out, rules)
    alike = joint_test(
        panel, treated, start, exclude=left_out.tolist(), draws=rules.draws, seed=rules.seed
    )
    cleaned = (
        None if without_flagged is None
        else two_way(without_flagged, treated, start, left_out.tolist()).effect
    )
    return TrainingEffect(
        estimate=design.effect, low=looks.low, high=looks.high, method=looks.method,
        p_permutation=looks.p_permutation, p_bootstrap=looks.p_bootstrap,
        p_bias_reduced=looks.p_bias_reduced, p_positive=looks.p_positive,
        detectable=found.detectable, placebo=placebo, p_placebo=p_placebo,
        p_before=None if alike is None else alike.p_value,
        naive=_naive(
            panel, panel.marked(treated), start, left_out, np.asarray(selection, np.int64)
        ),
        without_flagged=cleaned, treated=int(design.treated.sum()),
        others=int((~design.treated).sum()), months_before=found.months_before,
        months_after=found.months_after, seed=rules.seed,
        verdict=judge_effect(
            found, delta=rules.delta, months_before=rules.months_before,
            months_after=rules.months_after,
        ),
    )
