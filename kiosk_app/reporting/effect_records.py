"""What is said of a session's effect, as it is kept: figures of groups, in points."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True)
class MonthGap:
    """Gap between the groups in one month, in points; ``role`` says before,
    selection (the choice rested on it), session or after.
    """

    month: int
    distance: int
    gap: float
    low: float
    high: float
    role: str


@dataclass(frozen=True)
class Behaviour:
    """What changed in the work itself (late, supplemented), against the peers, in points."""

    code: str
    change: float
    low: float
    high: float


@dataclass(frozen=True)
class Effect:
    """All that the page says; figures in points (3.1, not 0.031), None where nothing may be said.

    ``verdict`` is helped, harmed, no_change_shown or cannot_tell; ``reason`` says what is missing:
    few_officers, months_before, months_after, detectable.
    """

    verdict: str
    reason: str
    trained: int
    peers: int
    ratings: int
    months_before: int
    months_after: int
    first_month: int
    last_month: int
    months_needed: int | None = None
    ratings_needed: int | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""
    p: float | None = None
    p_positive: float | None = None
    detectable: float | None = None
    placebo: float | None = None
    p_placebo: float | None = None
    p_before: float | None = None
    naive_selection: float | None = None
    naive_before: float | None = None
    expected_return: float | None = None
    seed: int = 0
    draws: int = 0
    months: tuple[MonthGap, ...] = ()
    behaviour: tuple[Behaviour, ...] = ()


def as_text(effect: Effect) -> str:
    """Canonical JSON: the same figures give the same text."""
    return json.dumps(asdict(effect), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_text(text: str) -> Effect:
    """Back from ``as_text``."""
    raw = json.loads(text)
    raw["months"] = tuple(MonthGap(**one) for one in raw["months"])
    raw["behaviour"] = tuple(Behaviour(**one) for one in raw["behaviour"])
    return Effect(**raw)


@dataclass(frozen=True)
class Kept:
    """An estimate with the version of the facts it saw; published ones carry who and the hash."""

    effect: Effect
    version: str
    made_at: datetime
    digest: str = ""
    published_by: str = ""
    published_at: datetime | None = None
