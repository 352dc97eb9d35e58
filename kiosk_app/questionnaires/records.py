"""What reads of questionnaires give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Round:
    """A survey offered from the first to the last day, both included."""

    questionnaire: str
    first_day: date
    last_day: date
