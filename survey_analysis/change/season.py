"""Season, weekday and Tết: what the calendar leads one to expect, so that charts show the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, gammaln, log_expit

from survey_analysis.arrays import Floats, floats, successes
from survey_analysis.errors import InvalidCountsError, NotConvergedError, NotEstimableError

Days = NDArray[np.datetime64]
YEARS_FOR_SEASON = 2.0
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Design:
    """Columns of a calendar model.

    Attributes
    ----------
    matrix : array, periods × columns
        The first column is 1.
    names : tuple of str
        ``intercept``, ``weekday_…``, ``sin_1`` …, and the events' names.
    seasonal : bool
        Whether two years of data allowed season terms.

    """

    matrix: NDArray[np.float64]
    names: tuple[str, ...]
    seasonal: bool


def window(days: ArrayLike, dates: ArrayLike, *, before: int = 0, after: int = 0) -> Floats:
    """1 on days from ``before`` days before to ``after`` days after any of the dates, else 0.

    Movable feasts come as a list of dates: the first day of Tết of each year, say.

    Examples
    --------
    >>> import numpy as np
    >>> days = np.arange("2018-02-14", "2018-02-19", dtype="datetime64[D]")
    >>> window(days, ["2018-02-16"], before=1).tolist()
    [0.0, 1.0, 1.0, 0.0, 0.0]

    """
    when = np.asarray(days, dtype="datetime64[D]").astype(np.int64)
    marks = np.atleast_1d(np.asarray(dates, dtype="datetime64[D]")).astype(np.int64)
    away = when[:, None] - marks[None, :]
    return np.asarray(((away >= -before) & (away <= after)).any(axis=1), dtype=np.float64)


def tet_terms(days: ArrayLike, first_days: ArrayLike, *, reach: int = 14) -> dict[str, Floats]:
    """Dummies for the ``reach`` days before Tết and from its first day on.

    Examples
    --------
    >>> import numpy as np
    >>> days = np.arange("2018-02-14", "2018-02-18", dtype="datetime64[D]")
    >>> {name: column.tolist() for name, column in tet_terms(days, ["2018-02-16"]).items()}
    {'before_tet': [1.0, 1.0, 0.0, 0.0], 'after_tet': [0.0, 0.0, 1.0, 1.0]}

    """
    before = window(days, first_days, before=reach)
    after = window(days, first_days, after=reach - 1)
    return {"before_tet": before * (1 - after), "after_tet": after}


def calendar_design(
    days: ArrayLike, *, events: Mapping[str, ArrayLike] | None = None, pairs: int = 2,
    weekdays: bool = True,
) -> Design:
    """Weekday dummies, known events and, from two years of data on, Fourier pairs of the year.

    With less than two years season and trend cannot be told apart, so season terms are left out.
    Columns that do not vary, or repeat others, are left out as well.

    Parameters
    ----------
    days : array of datetime64 or ISO dates
        Day of each period (its middle, for weeks).
    events : mapping of name to array of float, optional
        Further columns, such as those of ``tet_terms`` or of deadlines.
    pairs : int
        Fourier pairs of the year.
    weekdays : bool
        Whether to use weekdays; not for weekly series.

    Raises
    ------
    NotEstimableError
        Without days.

    References
    ----------
    Bhaskaran K et al. (2013), Int. J. Epidemiol. 42:1187–1195.

    Examples
    --------
    >>> import numpy as np
    >>> days = np.arange("2018-01-01", "2018-01-15", dtype="datetime64[D]")
    >>> calendar_design(days).names
    ('intercept', 'weekday_tue', 'weekday_wed', 'weekday_thu', 'weekday_fri', 'weekday_sat', 'weekday_sun')

    """
    when = np.asarray(days, dtype="datetime64[D]")
    if when.ndim != 1 or not len(when) or np.isnat(when).any():
        raise NotEstimableError("a calendar model needs days, none of them missing")
    number = when.astype(np.int64)
    seasonal = bool(number.max() - number.min() + 1 >= YEARS_FOR_SEASON * 365)
    columns: dict[str, Floats] = {}
    if weekdays:
        weekday = (number + 3) % 7
        for i in np.unique(weekday)[1:].tolist():
            columns[f"weekday_{_WEEKDAYS[i]}"] = (weekday == i).astype(np.float64)
    if seasonal:
        angle = 2 * np.pi * number / 365.2425
        for i in range(1, pairs + 1):
            columns[f"sin_{i}"], columns[f"cos_{i}"] = np.sin(i * angle), np.cos(i * angle)
    for name, column in (events or {}).items():
        columns[name] = floats(column, name)
        if len(columns[name]) != len(when):
            raise InvalidCountsError(f"{name}: one value for each day")
    return _independent(columns, len(when), seasonal)


def _independent(columns: Mapping[str, Floats], size: int, seasonal: bool) -> Design:
    names, kept = ["intercept"], [np.ones(size)]
    for name, column in columns.items():
        trial = np.stack([*kept, column], axis=1)
        if np.linalg.matrix_rank(trial) == trial.shape[1]:
            names.append(name)
            kept.append(column)
    return Design(np.stack(kept, axis=1), tuple(names), seasonal)


@dataclass(frozen=True)
class BinomialFit:
    """A fitted logistic model of counts.

    Attributes
    ----------
    coefficients, se : array of float
        Log odds and their standard errors.
    expected : array of float
        Fitted share of each period.
    deviance : float
        Residual deviance.
    loglik : float
        Log likelihood with binomial coefficients.
    dispersion : float
        Pearson χ² over its degrees of freedom; well above 1 means more than binomial scatter.
    covariance : array
        Of the coefficients.

    """

    coefficients: Floats
    se: Floats
    expected: Floats
    deviance: float
    loglik: float
    dispersion: float
    covariance: NDArray[np.float64]

    def predict(self, matrix: ArrayLike) -> Floats:
        """Expected share for other rows of the design."""
        return np.asarray(expit(np.asarray(matrix, dtype=np.float64) @ self.coefficients))


def fit_binomial(x: ArrayLike, n: ArrayLike, matrix: ArrayLike) -> BinomialFit:
    """Logistic regression of counts by iteratively reweighted least squares.

    Parameters
    ----------
    x, n : array of float
        Successes and ratings of each period; periods with n = 0 do not count.
    matrix : array, periods × columns
        Design, with its intercept.

    Raises
    ------
    NotEstimableError
        If columns repeat each other, or nothing or everything was a success.
    NotConvergedError
        If a column separates successes from failures.

    References
    ----------
    McCullagh P, Nelder JA (1989), Generalized Linear Models, section 4.4.

    Examples
    --------
    >>> found = fit_binomial([30, 60], [100, 100], [[1.0, 0.0], [1.0, 1.0]])
    >>> found.expected.round(3).tolist(), found.coefficients.round(3).tolist()
    ([0.3, 0.6], [-0.847, 1.253])

    """
    hits, size = successes(x, n)
    design = np.asarray(matrix, dtype=np.float64)
    if design.ndim != 2 or len(design) != len(hits) or not np.isfinite(design).all():
        raise InvalidCountsError("one finite row of the design for each period")
    used = size > 0
    if not 0 < hits.sum() < size.sum():
        raise NotEstimableError("nothing or everything was a success: no calendar effect to fit")
    if np.linalg.matrix_rank(design[used]) < design.shape[1]:
        raise NotEstimableError("a column of the design repeats others")
    beta = _irls(hits[used], size[used], design[used])
    eta = design @ beta
    share = expit(eta)
    weight = size * share * (1 - share)
    covariance = np.asarray(np.linalg.inv(design.T @ (weight[:, None] * design)))
    freedom = max(int(used.sum()) - design.shape[1], 1)
    pearson = float(((hits - size * share)[used] ** 2 / weight[used]).sum())
    log = float((hits * log_expit(eta) + (size - hits) * log_expit(-eta)).sum())
    choose = float((gammaln(size + 1) - gammaln(hits + 1) - gammaln(size - hits + 1)).sum())
    return BinomialFit(
        beta, np.sqrt(np.diag(covariance)), share, 2 * (_saturated(hits, size) - log),
        log + choose, pearson / freedom, covariance,
    )


def _irls(x: Floats, n: Floats, design: NDArray[np.float64]) -> Floats:
    eta = np.log((x + 0.5) / (n - x + 0.5))
    beta = np.zeros(design.shape[1])
    for _ in range(100):
        share = expit(eta)
        weight = np.maximum(n * share * (1 - share), 1e-12)
        working = eta + (x - n * share) / weight
        cross = design.T @ (weight[:, None] * design)
        try:
            fresh = np.linalg.solve(cross, design.T @ (weight * working))
        except np.linalg.LinAlgError as error:
            raise NotConvergedError("a column separates successes from failures") from error
        done = bool(np.abs(fresh - beta).max() < 1e-10 * (1 + np.abs(fresh).max()))
        beta, eta = fresh, design @ fresh
        if np.abs(eta).max() > 30:
            break
        if done:
            return np.asarray(beta)
    raise NotConvergedError("a column separates successes from failures")


def _saturated(x: Floats, n: Floats) -> float:
    safe_x, safe_y = np.maximum(x, 1e-300), np.maximum(n - x, 1e-300)
    size = np.maximum(n, 1e-300)
    return float((x * np.log(safe_x / size) + (n - x) * np.log(safe_y / size)).sum())


def residuals(x: ArrayLike, n: ArrayLike, expected: ArrayLike) -> Floats:
    """Z = (x−nπ)/sqrt(nπ(1−π)) of each period; 0 without ratings. Chart these, not the shares.

    Examples
    --------
    >>> residuals([90, 80, 0], [100, 100, 0], [0.9, 0.9, 0.9]).round(2).tolist()
    [0.0, -3.33, 0.0]

    """
    hits, size = successes(x, n)
    share = floats(expected, "expected shares")
    if len(share) != len(hits) or (share <= 0).any() or (share >= 1).any():
        raise InvalidCountsError("one expected share strictly between 0 and 1 for each period")
    sd = np.sqrt(size * share * (1 - share))
    return np.where(size > 0, (hits - size * share) / np.where(sd > 0, sd, 1.0), 0.0)


def lag_one(z: ArrayLike) -> float:
    """Autocorrelation at lag 1; above 0.3 chart longer periods or widen the limits.

    Examples
    --------
    >>> round(lag_one([1.0, -1.0, 1.0, -1.0, 1.0, -1.0]), 2)
    -0.83

    """
    values = floats(z, "values")
    if len(values) < 3:
        raise NotEstimableError("an autocorrelation needs three values")
    centred = values - values.mean()
    total = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / total if total > 0 else 0.0
