"""Coverage of weighted and clustered intervals, and widths beside oracles that share no formula."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import optimize, stats

from survey_analysis import (
    Interval,
    WeightedInterval,
    dirichlet_mean,
    net_satisfaction,
    newcombe,
    weighted_mean,
    weighted_net,
    weighted_share,
    wilson,
)
from tests.campaigns import length
from tests.campaigns.test_interval_coverage import PROFILES, SIZES

REPLICATES = 2000 if length.FULL else 20
WIDTHS = 300 if length.FULL else 30
CLUSTERS = (10, 20, 40, 80)
PER_CLUSTER, CORRELATION = 5, 0.05
SLACK = 0.0 if length.FULL else 0.03
LEVELS = np.arange(1, 6)
Draw = Callable[[np.random.Generator, tuple[float, ...], int], tuple[Interval | WeightedInterval, float]]


def simulate(name: str, draw: Draw, sizes: tuple[int, ...], unit: str) -> np.ndarray:
    """Coverage by profile and size, kept beside its mean and least."""
    random = np.random.default_rng(20190115)
    coverage = {}
    for profile, shares in PROFILES.items():
        for size in sizes:
            hits = 0
            for _ in range(REPLICATES):
                found, truth = draw(random, shares, size)
                hits += found.low - 1e-12 <= truth <= found.high + 1e-12
            coverage[f"{profile}, {size} {unit}"] = hits / REPLICATES
    values = np.array(list(coverage.values()))
    length.keep("intervals", name, {
        "mean_coverage": round(float(values.mean()), 4),
        "least_coverage": round(float(values.min()), 4),
        "by_profile": {cell: round(share, 4) for cell, share in coverage.items()},
    })
    return values


def weights(random: np.random.Generator, n: int) -> np.ndarray:
    """Dossiers a rating stands for: from one to four, whatever was rated."""
    return random.choice([1.0, 2.0, 4.0], n, p=[0.5, 0.3, 0.2])


def clustered_levels(random: np.random.Generator, shares: tuple[float, ...], clusters: int) -> np.ndarray:
    """Levels of clusters whose own shares are Dirichlet: correlation 1/(1 + mass) within them."""
    own = random.dirichlet(np.array(shares) * (1 / CORRELATION - 1), clusters).cumsum(axis=1)
    drawn = random.random((clusters, PER_CLUSTER, 1))
    return 1 + (drawn > own[:, None, :-1]).sum(axis=2).ravel()



def test_weighted_figures() -> None:
    def draw_with(figure: str) -> Draw:
        def draw(random, shares, n):
            levels, w = random.choice(LEVELS, n, p=shares), weights(random, n)
            if figure == "mean":
                return weighted_mean(levels, w), float(LEVELS @ shares)
            if figure == "net":
                return weighted_net(levels, w), shares[3] + shares[4] - shares[0] - shares[1]
            return weighted_share(levels >= 4, w), shares[3] + shares[4]

        return draw

    for figure, most in (("share", 0.965), ("mean", 0.965), ("net", 0.98)):
        coverage = simulate(f"weighted {figure}", draw_with(figure), SIZES, "ratings")
        assert 0.94 - SLACK <= coverage.mean() <= most + SLACK, figure
        assert coverage.min() > (0.88 if length.FULL else 0.65), figure


@pytest.mark.parametrize(("exact", "most"), [(False, 0.965), (True, 0.99)])
def test_clustered_shares(exact: bool, most: float) -> None:
    """Wilson on the replicates' size, and Korn and Graubard's, which covers more by design."""
    def draw(random, shares, clusters):
        levels = clustered_levels(random, shares, clusters)
        cluster = np.repeat(np.arange(clusters), PER_CLUSTER)
        found = weighted_share(levels >= 4, clusters=cluster, exact=exact)
        return found, shares[3] + shares[4]

    name = "korn_graubard" if exact else "clustered share"
    coverage = simulate(name, draw, CLUSTERS, "clusters")
    assert 0.94 - SLACK <= coverage.mean() <= most + SLACK
    assert coverage.min() > (0.9 if length.FULL else 0.65)


def tango(satisfied: int, dissatisfied: int, n: int) -> tuple[float, float]:
    """Score interval of the difference of two shares of one sample (Tango 1998), by root finding."""
    def score(delta: float) -> float:
        b = -satisfied - dissatisfied + (2 * n - satisfied + dissatisfied) * delta
        c = -dissatisfied * delta * (1 - delta)
        less = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
        variance = n * (2 * less + delta * (1 - delta))
        return (satisfied - dissatisfied - n * delta) / math.sqrt(max(variance, 1e-12))

    edge, at = 1 - 1e-9, (satisfied - dissatisfied) / n
    low = optimize.brentq(lambda d: score(d) - 1.96, -edge, at) if score(-edge) > 1.96 else -1.0
    high = optimize.brentq(lambda d: score(d) + 1.96, at, edge) if score(edge) < -1.96 else 1.0
    return low, high


def test_the_score_interval_leaves_the_likelihood_at_its_constrained_maximum() -> None:
    """At each limit the share of the dissatisfied that the score uses is the likeliest one."""
    good, bad, n = 36, 8, 60
    for limit in tango(good, bad, n):
        likeliest = optimize.minimize_scalar(
            lambda less, d=limit: -(
                good * math.log(less + d) + bad * math.log(less)
                + (n - good - bad) * math.log(1 - 2 * less - d)
            ),
            bounds=(max(0, -limit) + 1e-9, (1 - limit) / 2 - 1e-9), method="bounded",
            options={"xatol": 1e-10},
        ).x
        variance = n * (2 * likeliest + limit - limit**2)
        assert abs(good - bad - n * limit) / math.sqrt(variance) == pytest.approx(1.96, abs=1e-4)


def width_of(limits: Interval | WeightedInterval | tuple[float, float]) -> float:
    low, high = limits if isinstance(limits, tuple) else (limits.low, limits.high)
    return high - low


def mean_beside_posterior(random: np.random.Generator, shares: tuple[float, ...], n: int) -> tuple[float, float]:
    """The posterior from 20,000 draws of gammas, ten times as many as the interval makes."""
    counts = random.multinomial(n, shares)
    gammas = random.standard_gamma(counts + 0.2, (20_000, 5))
    low, high = np.quantile(gammas @ LEVELS / gammas.sum(axis=1), [0.025, 0.975])
    return width_of(dirichlet_mean(counts.tolist())), high - low


def net_beside_tango(random: np.random.Generator, shares: tuple[float, ...], n: int) -> tuple[float, float]:
    bad, _, good = random.multinomial(n, (shares[0] + shares[1], shares[2], shares[3] + shares[4]))
    return width_of(net_satisfaction(int(good), int(bad), n)), width_of(tango(int(good), int(bad), n))


def miettinen(x1: int, x2: int, n: int) -> tuple[float, float]:
    """Score interval of two shares of n each (Mee 1984), by a grid of differences and likelihoods."""
    p2 = np.linspace(0, 1, 301)[1:-1]
    deltas = np.linspace(-1, 1, 501)[1:-1]
    p1 = p2 + deltas[:, None]
    inside = (p1 > 0) & (p1 < 1)
    first, second = np.where(inside, p1, 0.5), np.broadcast_to(p2, p1.shape)
    likelihood = (x1 * np.log(first) + (n - x1) * np.log(1 - first)
                  + x2 * np.log(second) + (n - x2) * np.log(1 - second))
    best = np.where(inside, likelihood, -np.inf).argmax(axis=1)
    at = np.arange(len(deltas))
    variance = (first[at, best] * (1 - first[at, best]) + second[at, best] * (1 - second[at, best])) / n
    kept = deltas[np.abs((x1 - x2) / n - deltas) <= 1.96 * np.sqrt(variance)]
    return float(kept.min()), float(kept.max())


def test_the_grid_s_limits_are_where_the_score_turns() -> None:
    """Without a grid: the constrained maximum by minimising, at both limits."""
    for limit in miettinen(41, 33, 50):
        likeliest = optimize.minimize_scalar(
            lambda p, d=limit: -(
                41 * math.log(p + d) + 9 * math.log(1 - p - d) + 33 * math.log(p) + 17 * math.log(1 - p)
            ),
            bounds=(max(0, -limit) + 1e-9, min(1, 1 - limit) - 1e-9), method="bounded",
        ).x
        other = likeliest + limit
        variance = (other * (1 - other) + likeliest * (1 - likeliest)) / 50
        assert abs(0.16 - limit) / math.sqrt(variance) == pytest.approx(1.96, abs=0.05)


def difference_beside_score(
    random: np.random.Generator, shares: tuple[float, ...], n: int
) -> tuple[float, float]:
    first, second = (int(random.binomial(n, p)) for p in (shares[3] + shares[4], shares[4]))
    return width_of(newcombe(first, n, second, n)), width_of(miettinen(first, second, n))


def clustered_beside_known_effect(exact: bool) -> Callable[..., tuple[float, float]]:
    """The interval on the size that the correlation, known here, would give."""
    def draw(random: np.random.Generator, shares: tuple[float, ...], n: int) -> tuple[float, float]:
        clusters = 4 * n
        satisfied = clustered_levels(random, shares, clusters) >= 4
        found = weighted_share(
            satisfied, clusters=np.repeat(np.arange(clusters), PER_CLUSTER), exact=exact
        )
        size = len(satisfied) / (1 + (PER_CLUSTER - 1) * CORRELATION)
        x = satisfied.mean() * size
        if exact:
            known = (stats.beta.ppf(0.025, x, size - x + 1), stats.beta.ppf(0.975, x + 1, size - x))
            return width_of(found), np.nan_to_num(known[1], nan=1.0) - np.nan_to_num(known[0])
        return width_of(found), width_of(wilson(x, size))

    return draw


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "draw"), [
    ("dirichlet_mean", mean_beside_posterior), ("net_satisfaction", net_beside_tango),
    ("newcombe", difference_beside_score),
    ("clustered share", clustered_beside_known_effect(exact=False)),
    ("korn_graubard", clustered_beside_known_effect(exact=True)),
])
def test_no_interval_is_a_tenth_wider_than_its_oracle(name: str, draw) -> None:
    random = np.random.default_rng(20190116)
    profiles = list(PROFILES.values())
    widths = np.array([
        draw(random, profiles[at % len(profiles)], (10, 20, 30, 50)[at % 4]) for at in range(WIDTHS)
    ])
    ratio = float(np.median(widths[:, 0]) / np.median(widths[:, 1]))
    length.keep("intervals", f"width of {name}", {
        "median_width": round(float(np.median(widths[:, 0])), 4),
        "median_width_ratio": round(ratio, 4),
    })
    assert 0.9 <= ratio <= 1.1
