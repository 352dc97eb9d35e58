"""Weights that make the rated stand for all dossiers: post-stratification, raking, trimming.

They repair only what the frame explains. For officers do not weight across officers; adjust for
case mix instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.effective_size import checked_weights, codes
from survey_analysis.errors import EmptyMarginError, InvalidWeightsError, NotConvergedError
from survey_analysis.replicates import Jackknife, jackknife

Array = NDArray[np.float64]
Cell = tuple[Hashable, ...]

ANY = "*"
"""Stands in a cell for a dimension that was given up."""


@dataclass(frozen=True)
class PostStratified:
    """Weights N_c/n_c, and into which cell each cell of the frame went.

    ``collapsed`` names only cells that were merged; a report says which.
    """

    weights: Array
    collapsed: Mapping[Cell, Cell]


def _merge(
    label: dict[Cell, Cell], sizes: Counter[Cell], dimensions: Sequence[int], least: int
) -> None:
    """Give up one dimension after the other for the groups that are too small."""
    for number in range(len(dimensions)):
        totals: Counter[Cell] = Counter()
        for cell, group in label.items():
            totals[group] += sizes[cell]
        small = {group for group in totals if totals[group] < least}
        if not small:
            return
        given_up = set(dimensions[: number + 1])

        def coarse(cell: Cell, given_up: set[int] = given_up) -> Cell:
            return tuple(ANY if i in given_up else part for i, part in enumerate(cell))

        if len(given_up) < len(next(iter(label))):
            wanted = {coarse(group) for group in small}
            members = {group for group in totals if coarse(group) in wanted}
        else:
            members, pooled = set(small), sum(totals[group] for group in small)
            for group in sorted(totals, key=lambda group: (totals[group], repr(group))):
                if pooled >= least:
                    break
                if group not in members:
                    members.add(group)
                    pooled += totals[group]
        for cell, group in label.items():
            if group in members:
                label[cell] = coarse(group)


def post_stratify(
    cells: Sequence[Cell], population: Mapping[Cell, float], *,
    give_up: Sequence[int] | None = None, rules: Defaults = DEFAULTS,
) -> PostStratified:
    """Weights that give each cell its share of the dossiers, w = N_c/n_c (Holt & Smith 1979).

    Cells with fewer than ``rules.min_cell`` respondents are merged by a declared order: the first
    dimension of ``give_up`` is given up for them (and for their neighbours that differ in it
    only), then the second. Where the last one is given up the small groups are pooled, with the
    smallest of the others as far as needed.

    Parameters
    ----------
    cells : sequence of tuple
        Cell of each respondent, for instance (procedure, late, channel).
    population : mapping
        Cell → dossiers. Cells without dossiers may be left out.
    give_up : sequence of int, optional
        Dimensions in the order in which they are given up; from the last to the first if not
        given.
    rules : Defaults
        ``min_cell``.

    Returns
    -------
    PostStratified
        Weights sum to the dossiers of the population.

    Raises
    ------
    EmptyMarginError
        If there are no respondents, one lies in a cell without dossiers, or respondents are too
        few for even one cell.
    InvalidWeightsError
        If dossiers are negative, or a cell has more respondents than dossiers.

    Examples
    --------
    >>> found = post_stratify([("a",)] * 5 + [("b",)] * 10, {("a",): 50, ("b",): 20})
    >>> found.weights[[0, 5]].tolist(), dict(found.collapsed)
    ([10.0, 2.0], {})

    """
    if not cells or sum(population.values()) <= 0:
        raise EmptyMarginError("no respondents, or no dossiers to stand for")
    if not all(np.isfinite(size) and size >= 0 for size in population.values()):
        raise InvalidWeightsError("dossiers of a cell are negative or not finite")
    sizes = Counter(cells)
    for cell, n in sizes.items():
        if n > population.get(cell, 0):
            kind = InvalidWeightsError if population.get(cell, 0) else EmptyMarginError
            raise kind(f"{n} respondents in cell {cell!r}, which has {population.get(cell, 0)}")
    known = [cell for cell in population if population[cell] > 0]
    if len(cells) < rules.min_cell:
        raise EmptyMarginError(f"{len(cells)} respondents are fewer than one cell needs")
    label = {cell: cell for cell in known}
    order = range(len(known[0]))[::-1] if give_up is None else give_up
    _merge(label, sizes, list(order), rules.min_cell)
    dossiers: dict[Cell, float] = {}
    heard: Counter[Cell] = Counter()
    for cell in known:
        dossiers[label[cell]] = dossiers.get(label[cell], 0.0) + population[cell]
        heard[label[cell]] += sizes[cell]
    few = [group for group in dossiers if heard[group] < rules.min_cell]
    if few:
        raise EmptyMarginError(
            f"{heard[few[0]]} respondents stand for {few[0]!r}: give up more dimensions"
        )
    weights = np.array([dossiers[label[cell]] / heard[label[cell]] for cell in cells])
    return PostStratified(weights, {c: g for c, g in label.items() if c != g})


@dataclass(frozen=True)
class Raked:
    """Raked weights, rounds that it took, and the largest relative miss of a margin."""

    weights: Array
    rounds: int
    miss: float


def _targets(
    factors: Mapping[str, Sequence[Hashable]], margins: Mapping[str, Mapping[Hashable, float]],
    weights: Array,
) -> list[tuple[NDArray[np.intp], Array]]:
    if set(factors) != set(margins) or not factors:
        raise EmptyMarginError(f"factors {sorted(factors)} for margins {sorted(margins)}")
    found, totals = [], {}
    for name, margin in margins.items():
        labels = factors[name]
        code = codes(labels, name, len(weights))
        target = np.zeros(int(code.max()) + 1)
        heard = np.bincount(code, weights=weights)
        for label, index in zip(labels, code, strict=True):
            if label not in margin:
                raise EmptyMarginError(f"{name} {label!r} has respondents and no margin")
            target[index] = margin[label]
        if not np.isfinite(target).all() or (target < 0).any():
            raise InvalidWeightsError(f"a margin of {name} is negative or not finite")
        unheard = {label for label, size in margin.items() if size > 0} - {
            label for label, index in zip(labels, code, strict=True) if heard[index] > 0
        }
        if unheard:
            raise EmptyMarginError(f"nobody stands for {name} {min(unheard, key=repr)!r}")
        found.append((code, target))
        totals[name] = float(sum(margin.values()))
    largest, least = max(totals.values()), min(totals.values())
    if least <= 0 or largest - least > 1e-6 * largest:
        raise InvalidWeightsError(f"margins sum to different totals: {totals}")
    return found


def rake(
    weights: ArrayLike, factors: Mapping[str, Sequence[Hashable]],
    margins: Mapping[str, Mapping[Hashable, float]], *, tolerance: float = 1e-10,
    rounds: int = 100, must_converge: bool = True,
) -> Raked:
    """Fit weights to known margins by iterative proportional fitting (Deming & Stephan 1940).

    Each round goes through the margins in their order and multiplies by target/current, until no
    weight changes by more than ``tolerance`` (relative).

    Parameters
    ----------
    weights : array_like
        Starting weights; only their proportions matter.
    factors : mapping
        Factor → category of each respondent.
    margins : mapping
        Factor → category → dossiers, in the order of raking.
    tolerance, rounds : float, int
        When it stops.
    must_converge : bool
        Whether running out of rounds is an error.

    Returns
    -------
    Raked
        Weights sum to the population.

    Raises
    ------
    EmptyMarginError
        If a category has dossiers and no respondents (of positive weight), or the reverse.
    InvalidWeightsError
        If weights or margins cannot be, or margins sum to different totals.
    NotConvergedError
        If ``rounds`` do not reach the margins: empty cells make them contradict one another.

    Examples
    --------
    >>> found = rake([1, 1, 1, 1], {"a": "xxyy", "b": "ijij"},
    ...              {"a": {"x": 30, "y": 70}, "b": {"i": 40, "j": 60}})
    >>> found.weights.round(6).tolist()
    [12.0, 18.0, 28.0, 42.0]

    """
    w = checked_weights(weights).copy()
    targets = _targets(factors, margins, w)
    done, change = 0, np.inf
    while done < rounds and change > tolerance:
        before = w.copy()
        for code, target in targets:
            current = np.bincount(code, weights=w, minlength=len(target))
            w *= np.divide(target, current, out=np.zeros_like(target), where=current > 0)[code]
        positive = before > 0
        change = float(np.abs(w[positive] / before[positive] - 1).max())
        done += 1
    miss = 0.0
    for code, target in targets:
        current = np.bincount(code, weights=w, minlength=len(target))
        known = target > 0
        miss = max(miss, float(np.abs(current[known] / target[known] - 1).max()))
    if must_converge and (change > tolerance or miss > 1e-6):
        raise NotConvergedError(f"margins missed by {miss:.2g} after {done} rounds of raking")
    return Raked(w, done, miss)


def trim(weights: ArrayLike, rules: Defaults = DEFAULTS) -> Array:
    """Cut weights at ``rules.weight_cap`` times their median and share out what was cut.

    The sum is kept: what is cut is shared among the others in proportion, without passing the cap.

    Parameters
    ----------
    weights : array_like
        Weights, none negative.
    rules : Defaults
        ``weight_cap``.

    Returns
    -------
    ndarray of float

    Raises
    ------
    InvalidWeightsError
        If weights cannot be.

    Examples
    --------
    >>> trim([1.0, 1, 1, 1, 16]).tolist()
    [3.75, 3.75, 3.75, 3.75, 5.0]

    """
    w = checked_weights(weights)
    cap = rules.weight_cap * float(np.median(w[w > 0]))
    result, total = w.copy(), float(w.sum())
    for _ in range(len(w)):
        over = result > cap
        result[over] = cap
        free = (result < cap) & (result > 0)
        lost = total - float(result.sum())
        if lost <= 1e-12 * total or not free.any():
            break
        result[free] *= 1 + lost / float(result[free].sum())
    return result * (total / float(result.sum()))


def rake_and_trim(
    weights: ArrayLike, factors: Mapping[str, Sequence[Hashable]],
    margins: Mapping[str, Mapping[Hashable, float]], rules: Defaults = DEFAULTS,
) -> Raked:
    """Rake, cut at the cap, rake once more: margins are met, weights near the cap at most.

    Examples
    --------
    >>> found = rake_and_trim([1, 1, 1, 1], {"a": "xxyy"}, {"a": {"x": 30, "y": 70}})
    >>> found.weights.tolist()
    [15.0, 15.0, 35.0, 35.0]

    """
    first = rake(weights, factors, margins)
    cut = trim(first.weights, rules)
    return first if np.array_equal(cut, first.weights) else rake(cut, factors, margins)


def raked_mean(
    y: ArrayLike, weights: ArrayLike, factors: Mapping[str, Sequence[Hashable]],
    margins: Mapping[str, Mapping[Hashable, float]], clusters: Sequence[Hashable],
    strata: Sequence[Hashable] | None = None, *, total: bool = False,
    sampled: float | None = None,
) -> Jackknife:
    """Mean (or total) under raked weights, with the jackknife that rakes in every replicate.

    Parameters
    ----------
    y : array_like
        The figure of each respondent.
    weights, factors, margins
        As ``rake``.
    clusters, strata, sampled
        As ``jackknife``.
    total : bool
        Σ w·y instead of Σ w·y/Σ w.

    Returns
    -------
    Jackknife

    Raises
    ------
    EmptyMarginError
        If a category lives in one cluster only: without that cluster nobody stands for it.
    InvalidWeightsError, NotConvergedError, TooFewClustersError
        As ``rake`` and ``jackknife``.

    Examples
    --------
    >>> found = raked_mean([1, 0, 1, 1], [1] * 4, {"a": "xyxy"}, {"a": {"x": 30, "y": 70}},
    ...                    clusters=[1, 1, 2, 2])
    >>> (found.estimate, round(found.se, 4))
    (0.65, 0.35)

    """
    values = np.asarray(y, dtype=float)
    start = checked_weights(weights, len(values))

    def estimate(replica: Array) -> float:
        w = rake(replica, factors, margins).weights
        return float(w @ values) if total else float(w @ values / w.sum())

    return jackknife(estimate, start, clusters, strata, sampled)


@dataclass(frozen=True)
class WeightReport:
    """What a reader must know of weights.

    Attributes
    ----------
    n, n_eff : float
        Respondents and Kish's effective size.
    ratio : float
        Greatest over least positive weight.
    cv : float
        Coefficient of variation (population form).
    deff : float
        Kish's design effect 1 + cv².
    show_unweighted : bool
        Whether the unweighted figure stands beside the weighted one.

    """

    n: int
    n_eff: float
    ratio: float
    cv: float
    deff: float
    show_unweighted: bool


def report_weights(weights: ArrayLike, rules: Defaults = DEFAULTS) -> WeightReport:
    """Spread of weights and whether it asks for the unweighted figure beside the weighted one.

    Raises
    ------
    InvalidWeightsError
        If weights cannot be.

    Examples
    --------
    >>> found = report_weights([1, 1, 1, 9])
    >>> (found.ratio, round(found.deff, 3), found.show_unweighted)
    (9.0, 2.333, True)

    """
    w = checked_weights(weights)
    cv = float(w.std() / w.mean())
    deff = 1 + cv * cv
    return WeightReport(
        len(w), len(w) / deff, float(w.max() / w[w > 0].min()), cv, deff, deff > rules.deff_beside
    )
