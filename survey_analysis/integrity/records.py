"""What the tests of misuse look at, and what they say: never a judgement, only a reason to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from survey_analysis.defaults import DEFAULTS
from survey_analysis.errors import InvalidCountsError, MissingIdentifierError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

Test = Literal[
    "burst", "fast_taps", "late_sitting", "streak", "even_days", "narrow_profile", "closing_time",
    "selective_invitation", "own_device", "outside_hours",
]
HARD: tuple[Test, ...] = ("own_device", "outside_hours")


@dataclass(frozen=True)
class Rules:
    """Thresholds of the tests; times in seconds, of day where a time of day is meant.

    Attributes
    ----------
    q : float
        False-discovery rate over officer × test of one period.
    windows : tuple of float
        Lengths in which ratings are counted for bursts.
    fast, old : float
        A rating sooner than ``fast`` after the step ended, or later than ``old``.
    min_excess : float
        Share of ratings by which fast or old ones must exceed those of others.
    closing, closing_window : float
        Closing time and the stretch before it.
    opening, grace : float
        Ratings on a counter's device before opening or after closing by more than the grace.
    min_ratings : int
        Fewest ratings of an officer in a period for a test.
    draws, first_draws : int
        Permutations; the first ones decide whether the rest is worth while.

    """

    q: float = DEFAULTS.misuse_q
    windows: tuple[float, ...] = (120.0, 600.0)
    fast: float = 10.0
    old: float = 3_600.0
    min_excess: float = 0.05
    closing: float = 61_200.0
    closing_window: float = 900.0
    opening: float = 25_200.0
    grace: float = 3_600.0
    min_ratings: int = 10
    draws: int = 9_999
    first_draws: int = 99


RULES = Rules()


@dataclass(frozen=True)
class Finding:
    """One test of one officer in one period.

    Attributes
    ----------
    officer, period : int
        Position of the officer; the period tested (a month, or 0 for the whole time).
    test : str
        Code of the test; ``detail`` names the mark of a selective invitation.
    p_value : float
        One-sided, in (0, 1]; 0 for a hard rule.
    observed, expected : float
        What was counted and what like cases give.
    n : int
        Ratings (or dossiers) behind it.
    evidence : mapping
        Further numbers for the person who decides.

    """

    officer: int
    period: int
    test: Test
    p_value: float
    observed: float
    expected: float
    n: int
    detail: str = ""
    evidence: Mapping[str, float] = field(default_factory=dict)

    @property
    def hard(self) -> bool:
        """Whether this alone asks for a review."""
        return self.test in HARD

    @property
    def code(self) -> str:
        """Test, and for invitations the mark that is avoided."""
        return f"{self.test}:{self.detail}" if self.detail else self.test


@dataclass(frozen=True)
class Flow:
    """Steps of dossiers that ended and could be rated.

    Attributes
    ----------
    officer : int array
        Position of the officer of each step.
    ended : datetime64[s] array
        Local time of its end.
    rated : bool array
        Whether it was rated.
    marks : mapping
        Properties known without the rating, such as late: name → bool array.

    """

    officer: Ints
    ended: NDArray[np.datetime64]
    rated: Flags
    marks: Mapping[str, Flags] = field(default_factory=dict)


@dataclass(frozen=True)
class Ratings:
    """Ratings of those steps.

    Attributes
    ----------
    officer, procedure : int array
        Positions of the officer and of the procedure.
    rated, ended : datetime64[s] array
        Local times of the rating (clock corrected) and of the end of its step.
    level : int array
        1 … K.
    at_counter : bool array
        Given on a device at the counter; others come from home at any time.
    expected : float array, shape (ratings, K)
        Chance of each level for like cases; rows add up to 1.
    own_device : bool array
        Came from the officer's own session, device or address.

    """

    officer: Ints
    procedure: Ints
    rated: NDArray[np.datetime64]
    ended: NDArray[np.datetime64]
    level: Ints
    at_counter: Flags
    expected: Floats
    own_device: Flags

    def __len__(self) -> int:
        return len(self.officer)

    @property
    def latency(self) -> Floats:
        """Seconds from the end of the step to the rating."""
        return (self.rated - self.ended).astype("timedelta64[s]").astype(float)

    def rows(self, keep: NDArray[np.bool_] | Ints) -> Ratings:
        """Only some ratings."""
        return Ratings(
            self.officer[keep], self.procedure[keep], self.rated[keep], self.ended[keep],
            self.level[keep], self.at_counter[keep], self.expected[keep], self.own_device[keep],
        )


def _positions(values: ArrayLike, what: str) -> Ints:
    found = np.asarray(values)
    if found.size == 0:
        return found.astype(np.int64)
    if found.dtype.kind not in "iu":
        raise MissingIdentifierError(f"{what} must be positions from 0, none missing")
    if found.min() < 0:
        raise MissingIdentifierError(f"row {int(found.argmin())} has no {what}")
    return found.astype(np.int64)


def _times(values: ArrayLike, what: str) -> NDArray[np.datetime64]:
    found = np.asarray(values, dtype="datetime64[s]")
    if np.isnat(found).any():
        raise InvalidCountsError(f"{what}: row {int(np.isnat(found).argmax())} has no time")
    return found


def flow(
    officer: ArrayLike, ended: ArrayLike, rated: ArrayLike,
    marks: Mapping[str, ArrayLike] | None = None,
) -> Flow:
    """Check and hold the steps that could be rated.

    Raises
    ------
    MissingIdentifierError
        For a step without an officer.
    InvalidCountsError
        For differing lengths or missing times.

    Examples
    --------
    >>> len(flow([0, 1], ["2024-01-02T08:00:00"] * 2, [True, False]).officer)
    2

    """
    made = Flow(
        _positions(officer, "officer"), _times(ended, "ended"), np.asarray(rated, dtype=bool),
        {k: np.asarray(v, dtype=bool) for k, v in (marks or {}).items()},
    )
    if len({len(made.officer), len(made.ended), len(made.rated),
            *(len(v) for v in made.marks.values())}) > 1:
        raise InvalidCountsError("columns of the flow differ in length")
    return made


def ratings(
    officer: ArrayLike, procedure: ArrayLike, rated: ArrayLike, ended: ArrayLike,
    level: ArrayLike, expected: ArrayLike, *, at_counter: ArrayLike | None = None,
    own_device: ArrayLike | None = None,
) -> Ratings:
    """Check and hold ratings.

    Raises
    ------
    MissingIdentifierError
        For a rating without an officer or procedure.
    InvalidCountsError
        For differing lengths, missing times, levels outside the scale, or chances that do not
        add up to 1.

    Examples
    --------
    >>> seen = ratings([0], [0], ["2024-01-02T08:01:00"], ["2024-01-02T08:00:00"], [5],
    ...     [[0.0, 0.0, 0.1, 0.3, 0.6]])
    >>> seen.latency.tolist()
    [60.0]

    """
    who = _positions(officer, "officer")
    chance = np.asarray(expected, float)
    if chance.ndim != 2:
        chance = chance.reshape(len(who), chance.size // max(len(who), 1))
    scale = np.asarray(level)
    made = Ratings(
        who, _positions(procedure, "procedure"), _times(rated, "rated"), _times(ended, "ended"),
        scale.astype(np.int64),
        np.ones(len(who), bool) if at_counter is None else np.asarray(at_counter, bool), chance,
        np.zeros(len(who), bool) if own_device is None else np.asarray(own_device, bool),
    )
    lengths = {len(v) for v in (made.officer, made.procedure, made.rated, made.ended, made.level,
                                made.at_counter, made.expected, made.own_device)}
    if len(lengths) > 1:
        raise InvalidCountsError("columns of the ratings differ in length")
    if len(who) and not ((scale >= 1) & (scale <= chance.shape[1])).all():
        raise InvalidCountsError(f"levels must lie between 1 and {chance.shape[1]}")
    if (len(who) and not (chance >= 0).all()) or not np.allclose(chance.sum(axis=1), 1):
        raise InvalidCountsError("expected chances of the levels must be ≥ 0 and add up to 1")
    return made


def month_of(times: NDArray[np.datetime64]) -> Ints:
    """Year × 12 + month − 1 of each time."""
    return times.astype("datetime64[M]").astype(np.int64) + 1970 * 12


def second_of_day(times: NDArray[np.datetime64]) -> Floats:
    """Seconds since midnight."""
    since = times - times.astype("datetime64[D]")
    return np.asarray(since.astype("timedelta64[s]").astype(float))
