"""What reads of paper entry return, and a form as it was keyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Keyed:
    """A form as keyed: what stands on the paper, nothing judged."""

    code: str
    """Dossier code, slip code, or its last six digits."""
    step: str
    """'' where it follows from the dossier."""
    level: int
    reasons: tuple[str, ...]
    comment: str
    day: int
    """Local day yyyymmdd that stands on the form."""


@dataclass(frozen=True)
class Form:
    """A form of a batch."""

    number: int
    rating_id: str
    first: Keyed | None
    second: Keyed | None
    differences: tuple[str, ...]
    """Names of the fields in which the two keyings differ."""
    verdict: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """A batch with its running totals."""

    id: int
    unit_id: int
    double_keyed: bool
    state: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    forms: int
    keyed_twice: int
    differing: int
    by_level: tuple[int, int, int, int, int]
