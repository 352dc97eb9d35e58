"""Hierarchical logit with one random effect, integrated numerically instead of sampled."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, log_expit

from survey_analysis.arrays import Floats, floats, successes
from survey_analysis.errors import InvalidCountsError, NotEstimableError

LogDensity = Callable[[Floats], Floats]


@dataclass(frozen=True)
class _Units:
    """Successes, trials and offsets of the units."""

    x: Floats
    n: Floats
    offset: Floats


@dataclass(frozen=True)
class _Integrated:
    """Grid weights, log evidence of each unit at each grid point, and where its mass lies."""

    weight: Floats
    evidence: Floats
    mode: Floats
    width: Floats


def _log_unit(
    x: ArrayLike, n: ArrayLike, offset: ArrayLike, b: Floats, mu: ArrayLike, sigma: ArrayLike
) -> Floats:
    """Log of likelihood times random-effect density, up to constants; arrays broadcast."""
    eta = b + np.asarray(offset)
    hits = np.asarray(x)
    return np.asarray(
        hits * log_expit(eta) + (np.asarray(n) - hits) * log_expit(-eta)
        - 0.5 * ((b - np.asarray(mu)) / np.asarray(sigma)) ** 2 - np.log(np.asarray(sigma))
    )


def half_normal(scale: float = 1.0) -> LogDensity:
    """Log density of σ, up to a constant: half-normal with that scale."""
    return lambda sigma: -0.5 * (sigma / scale) ** 2


def gamma_precision(shape: float = 0.001, rate: float = 0.001) -> LogDensity:
    """Log density of σ implied by a Gamma on the precision 1/σ², as BUGS examples use it."""
    return lambda sigma: -(2 * shape + 1) * np.log(sigma) - rate / sigma**2


@dataclass(frozen=True)
class HierarchicalShares:
    """Posterior of k units' true shares.

    Attributes
    ----------
    mean, median, sd, low, high : array of float
        Posterior of each unit's share at its own offset.
    effect, effect_sd : array of float
        Posterior of each unit's deviation from the common logit.
    centre, centre_sd : float
        Posterior of the common logit.
    sigma, sigma_sd : float
        Posterior of the standard deviation between units, in logits.
    draws : array, draws × units
        Joint draws of the units' logits without offset, for ranks.

    """

    mean: Floats
    median: Floats
    sd: Floats
    low: Floats
    high: Floats
    effect: Floats
    effect_sd: Floats
    centre: float
    centre_sd: float
    sigma: float
    sigma_sd: float
    draws: NDArray[np.float64]


@dataclass(frozen=True)
class _Grid:
    mu: Floats
    sigma: Floats
    log_prior: Floats


def _grid(x: Floats, n: Floats, offset: Floats, prior: LogDensity, points: int) -> _Grid:
    """Points of (μ, σ): σ log-spaced, μ in standard errors about its conditional mode."""
    share = (x + 0.5) / (n + 1)
    y = np.log(share / (1 - share)) - offset
    variance = 1 / ((n + 1) * share * (1 - share))
    log_sigma = np.linspace(math.log(0.01), math.log(5.0), points)
    mus, sigmas, priors = [], [], []
    for one in log_sigma:
        sigma = math.exp(one)
        w = 1 / (variance + sigma**2)
        se = math.sqrt(1 / w.sum())
        mu = w @ y / w.sum() + se * np.linspace(-7, 7, points)
        mus.append(mu)
        sigmas.append(np.full(points, sigma))
        priors.append(np.full(points, math.log(se) + one))
    s = np.concatenate(sigmas)
    return _Grid(np.concatenate(mus), s, np.concatenate(priors) + prior(s))


def _mode(x: Floats, n: Floats, offset: Floats, grid: _Grid) -> tuple[Floats, Floats]:
    """Mode and curvature of each unit's logit at each grid point, by damped Newton steps."""
    mu, precision = grid.mu[:, None], 1 / grid.sigma[:, None] ** 2
    b = np.repeat(mu, len(x), axis=1)
    for _ in range(60):
        p = expit(b + offset)
        step = (x - n * p - (b - mu) * precision) / (n * p * (1 - p) + precision)
        b = b + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-9:
            break
    p = expit(b + offset)
    return b, 1 / np.sqrt(n * p * (1 - p) + precision)


def hierarchical_logit(
    successful: ArrayLike, n: ArrayLike, *, offset: ArrayLike | None = None,
    sigma_prior: LogDensity | None = None, points: int = 41, nodes: int = 15,
    draws: int = 10_000, seed: int = 1,
) -> HierarchicalShares:
    """Shares of units whose logits are normal about a common one.

    xᵢ ~ Binomial(nᵢ, pᵢ), logit pᵢ = offsetᵢ + bᵢ, bᵢ ~ N(μ, σ²), μ flat. (μ, σ) is integrated on
    a grid and each bᵢ by adaptive Gauss–Hermite quadrature, so that nothing is left to chance but
    the draws for ranks.

    Parameters
    ----------
    successful, n : array of float
        Successes and trials of each unit; n may be 0 (then only the prior speaks).
    offset : array of float, optional
        Logit of what the unit's cases lead one to expect, 0 by default.
    sigma_prior : callable, optional
        Log density of σ; half-normal with scale 1 by default.
    points, nodes : int
        Grid points each way, and quadrature nodes.
    draws, seed : int
        Size and seed of the draws.

    Raises
    ------
    NotEstimableError
        With fewer than two units.

    References
    ----------
    Spiegelhalter D, Thomas A, Best N, Gilks W (1996), BUGS Examples vol. 1, "Surgical";
    Liu Q, Pierce DA (1994), Biometrika 81:624–629 (the quadrature).

    Examples
    --------
    >>> found = hierarchical_logit([0, 18, 8], [47, 148, 119])
    >>> bool(found.mean[0] > 0.005), bool(found.mean[1] < 18 / 148)
    (True, True)

    """
    x, trials = successes(successful, n)
    if len(x) < 2 or trials.sum() == 0:
        raise NotEstimableError("a spread between units needs two units and ratings")
    shift = np.zeros(len(x)) if offset is None else floats(offset, "offsets")
    if len(shift) != len(x):
        raise InvalidCountsError("one offset for each unit")
    grid = _grid(x, trials, shift, sigma_prior or half_normal(), points)
    centre, width = _mode(x, trials, shift, grid)
    t, w = np.polynomial.hermite.hermgauss(nodes)
    b = centre[:, :, None] + math.sqrt(2) * width[:, :, None] * t
    log_node = (
        _log_unit(x[:, None], trials[:, None], shift[:, None], b,
                  grid.mu[:, None, None], grid.sigma[:, None, None])
        + np.log(w) + t**2 + math.log(math.sqrt(2)) + np.log(width)[:, :, None]
    )
    top = log_node.max(axis=2)
    node = np.exp(log_node - top[:, :, None])
    total = node.sum(axis=2)
    evidence = top + np.log(total)
    log_weight = grid.log_prior + evidence.sum(axis=1)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    joint = weight[:, None, None] * node / total[:, :, None]
    found = _Integrated(weight, evidence, centre, width)
    return _summary(_Units(x, trials, shift), grid, found, joint, b, draws, seed)


def _summary(
    units: _Units, grid: _Grid, found: _Integrated, joint: NDArray[np.float64],
    b: NDArray[np.float64], draws: int, seed: int,
) -> HierarchicalShares:
    def expected(values: NDArray[np.float64]) -> Floats:
        return np.asarray((joint * values).sum(axis=(0, 2)))

    share = expit(b + units.offset[:, None])
    mean, logit = expected(share), expected(b)
    logit_sd = np.sqrt(expected((b - logit[:, None]) ** 2))
    deviation = b - grid.mu[:, None, None]
    effect = expected(deviation)
    low, median, high = (
        expit(one + units.offset) for one in _marginals(units, grid, found, logit, logit_sd)
    )
    mu, sigma = float(found.weight @ grid.mu), float(found.weight @ grid.sigma)
    return HierarchicalShares(
        mean, median, np.sqrt(expected((share - mean[:, None]) ** 2)), low, high,
        effect, np.sqrt(expected((deviation - effect[:, None]) ** 2)),
        mu, math.sqrt(found.weight @ (grid.mu - mu) ** 2),
        sigma, math.sqrt(found.weight @ (grid.sigma - sigma) ** 2),
        _draw(units, grid, found, draws, seed),
    )


def _marginals(
    units: _Units, grid: _Grid, found: _Integrated, mean: Floats, sd: Floats
) -> list[Floats]:
    """2.5 %, 50 % and 97.5 % of each unit's logit from its marginal density on a fine line."""
    heavy = found.weight > 1e-8
    mu, sigma = grid.mu[heavy][:, None], grid.sigma[heavy][:, None]
    quantiles = np.empty((3, len(units.x)))
    for i in range(len(units.x)):
        b = mean[i] + sd[i] * np.linspace(-8, 8, 321)
        log = _log_unit(units.x[i], units.n[i], units.offset[i], b, mu, sigma)
        density = found.weight[heavy] @ np.exp(log - found.evidence[heavy][:, i, None])
        cumulative = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
        quantiles[:, i] = np.interp((0.025, 0.5, 0.975), cumulative / cumulative[-1], b)
    return list(quantiles)


def _draw(
    units: _Units, grid: _Grid, found: _Integrated, draws: int, seed: int
) -> NDArray[np.float64]:
    """Joint draws: a grid point, then each unit by inversion of its conditional distribution."""
    generator = np.random.default_rng(seed)
    times = generator.multinomial(draws, found.weight)
    result = np.empty((draws, len(units.x)))
    line, start = np.linspace(-6, 6, 61), 0
    for g in np.flatnonzero(times):
        b = found.mode[g] + found.width[g] * line[:, None]
        log = _log_unit(units.x, units.n, units.offset, b, grid.mu[g], grid.sigma[g])
        density = np.exp(log - found.evidence[g])
        cumulative = np.cumsum((density[1:] + density[:-1]) / 2, axis=0)
        end = start + times[g]
        for i in range(len(units.x)):
            u = generator.random(times[g]) * cumulative[-1, i]
            result[start:end, i] = np.interp(u, cumulative[:, i], b[1:, i])
        start = end
    return result
