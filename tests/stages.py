"""What an installation knows before a test begins, taken in once a session and then copied.

Each stage goes through the same commands as in an office. A test's own call of
``seed_organisation`` or ``training_year`` finds the stage's work done and leaves it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Generic, TypeVar

from tests import training_year
from tests.integration.feedback.seed import seed_organisation

Kept = TypeVar("Kept")
MIGRATED = "migrated"
ORGANISED = "organised"
"""Units, events, procedures and officers as on 15 October 2018."""
STAFFED = "staffed"
"""Units and officers as on 15 January 2019."""
TRAINED = "trained"
"""Staffed, with the six sessions of 2018."""
START = datetime(2018, 10, 15, 3, 0, tzinfo=UTC)


OTHERS: dict[str, Callable[[], None]] = {}
"""Stages that a folder of tests adds: what brings the migrated database there."""


def take_in(stage: str) -> None:
    """Bring the bound, migrated database to this stage."""
    if stage in OTHERS:
        OTHERS[stage]()
    if stage == ORGANISED:
        seed_organisation(START)
    if stage in (STAFFED, TRAINED):
        training_year.take_in_organisation()
    if stage == TRAINED:
        training_year.take_in_training()


class Staged(Generic[Kept]):
    """Makes each stage when it is first asked for."""

    def __init__(self, make: Callable[[str], Kept]) -> None:
        self._make = make
        self._made: dict[str, Kept] = {}

    def __call__(self, stage: str) -> Kept:
        if stage not in self._made:
            self._made[stage] = self._make(stage)
        return self._made[stage]
