"""Alerts of one lasting change belong together: pure rules.

The watch starts anew after each alarm, so a drop that lasts alarms again and again. One event is
one thing to a reader: told once, confirmed since, acknowledged once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk_app.alerts.records import Acknowledgement, AlertRecord, Raised
from kiosk_app.core.columns import day_of, local_day

APART_DAYS = 31
"""Longest time without a change between two alarms of one episode."""
KNOWN_DAYS = 56
"""How long an acknowledgement covers further alarms of its episode."""


@dataclass(frozen=True)
class Episode:
    """One lasting change of a unit or of a procedure there; alerts the newest first."""

    alerts: tuple[AlertRecord, ...]

    @property
    def newest(self) -> AlertRecord:
        """The alert that tells the present state."""
        return self.alerts[0]

    @property
    def found(self) -> Raised:
        """What the newest alert found."""
        return self.newest.found

    @property
    def first_day(self) -> int:
        """Since when, yyyymmdd."""
        return min(one.found.first_day for one in self.alerts)

    @property
    def acknowledgements(self) -> tuple[Acknowledgement, ...]:
        """What was said to the episode, in order of time; one said to all its alerts once."""
        said = {
            (k.recorded_ms, k.actor, k.comment): k for one in self.alerts for k in one.acknowledgements
        }
        return tuple(said[key] for key in sorted(said))

    @property
    def open(self) -> bool:
        """Whether the newest alert waits for a person: unacknowledged, or known for too long."""
        if self.newest.acknowledgements:
            return False
        newest = day_of(self.found.day)
        return not any(
            (newest - day_of(local_day(k.recorded_ms))).days <= KNOWN_DAYS
            for k in self.acknowledgements
        )


def _continues(earlier: Raised, later: Raised) -> bool:
    return (day_of(later.first_day) - day_of(earlier.day)).days <= APART_DAYS


def episodes(found: Sequence[AlertRecord]) -> tuple[Episode, ...]:
    """Alerts gathered by unit, procedure and direction, newest episode first."""
    subjects: dict[tuple[int, str, bool], list[list[AlertRecord]]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (one.found.day, one.raised_ms)):
        held = subjects[one.found.unit_id, one.found.procedure_code, one.found.worse]
        if held and _continues(held[-1][-1].found, one.found):
            held[-1].append(one)
        else:
            held.append([one])
    made = [Episode(tuple(reversed(members))) for held in subjects.values() for members in held]
    return tuple(sorted(made, key=lambda one: (one.found.day, one.newest.raised_ms), reverse=True))
