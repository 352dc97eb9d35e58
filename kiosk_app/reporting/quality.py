"""What the figures of a period rest on: coverage, how ratings came, what is missing and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk_app.devices import queries as device_queries
from kiosk_app.devices import sequences
from kiosk_app.devices.queries import HealthRecord
from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.feedback import unmatched
from kiosk_app.integrity import queries as integrity_queries
from kiosk_app.integrity.records import DecisionRecord, ScreeningRecord
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import misuse, satisfaction
from kiosk_app.reporting.misuse import Without
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.records import Figure
from survey_analysis import DEFAULTS, wilson

TARGET = 0.30
"""Share of what could be rated that a unit should reach."""
ENTRIES = ("scan", "typed", "invited", "link", "paper", "")
SKEW_MS = 60_000
"""A clock off by more than this is named."""


@dataclass(frozen=True)
class Inviting:
    """Share of hand-overs rated, in time and late; ``lower`` where late ones are rated less."""

    unit_id: int
    in_time: float | None
    late: float | None
    eligible_late: int
    lower: bool


@dataclass(frozen=True)
class Entries:
    """How the ratings of a unit came; shares 0–1 by entry, None under ten."""

    unit_id: int
    n: int
    shares: Mapping[str, float] | None


@dataclass(frozen=True)
class Tablet:
    """One tablet: its last word, what has not arrived of it, and its clock."""

    health: HealthRecord
    missing: int
    ranges: tuple[tuple[int, int], ...]
    epochs: int
    ahead: int
    """Ratings of the period whose time lay ahead of their arrival."""

    @property
    def skewed(self) -> bool:
        """Whether its clock is off by more than a minute."""
        return abs(self.health.clock_skew_ms or 0) > SKEW_MS

    @property
    def remarkable(self) -> bool:
        """Whether somebody should look at it: it owes ratings, or its clock is off."""
        return bool(self.missing or self.skewed or self.ahead or self.health.queue_length)


@dataclass(frozen=True)
class Quality:
    """Everything of the data-quality page."""

    units: tuple[Figure, ...]
    inviting: tuple[Inviting, ...]
    entries: tuple[Entries, ...]
    screening: ScreeningRecord | None
    decisions: tuple[DecisionRecord, ...]
    figure: Without
    unmatched: Mapping[str, int]
    waiting_by_unit: Mapping[int, int]
    """Ratings that wait for their dossier, by the unit whose figures they wait in."""
    late_matches: int
    tablets: tuple[Tablet, ...]
    not_comparable: tuple[Figure, ...]

    @property
    def waiting(self) -> int:
        """Ratings that wait for their dossier."""
        return sum(self.waiting_by_unit.values())

    @property
    def under_target(self) -> tuple[Figure, ...]:
        """Units whose coverage misses the target."""
        return tuple(u for u in self.units if u.coverage is not None and u.coverage < TARGET)


def _inviting(conn: Connection, months: Sequence[int], unit_ids: Sequence[int]) -> tuple[Inviting, ...]:
    could: dict[int, Counter[int]] = defaultdict(Counter)
    for row in dossier_counts.eligible(
        conn, months=months, unit_ids=unit_ids, by=("unit_id", "step", "late")
    ):
        unit, step, late = row.key
        if step == "return" and late in (0, 1):
            could[int(unit)][int(late)] += row.n
    rated = feedback_queries.counts_by_lateness(conn, months=months, unit_ids=unit_ids)
    found = []
    for unit, by_late in could.items():
        shares: dict[int, float | None] = {}
        bounds = {}
        for late in (0, 1):
            n, x = by_late[late], min(rated.get((unit, late), 0), by_late[late])
            shares[late] = x / n if n >= DEFAULTS.min_rate_n else None
            bounds[late] = wilson(x, n) if n >= DEFAULTS.min_rate_n else None
        early, tardy = bounds[0], bounds[1]
        lower = early is not None and tardy is not None and tardy.high < early.low
        found.append(Inviting(unit, shares[0], shares[1], by_late[1], lower))
    return tuple(found)


def _entries(conn: Connection, months: Sequence[int], unit_ids: Sequence[int]) -> tuple[Entries, ...]:
    found = []
    for unit, counts in feedback_queries.entries_by_unit(
        conn, months=months, unit_ids=unit_ids
    ).items():
        n = sum(counts.values())
        shares = {e: counts.get(e, 0) / n for e in ENTRIES}
        found.append(Entries(unit, n, shares if n >= DEFAULTS.min_rate_n else None))
    return tuple(found)


def _tablets(conn: Connection, period: Period, unit_ids: Sequence[int]) -> tuple[Tablet, ...]:
    ahead = feedback_queries.ahead_of_arrival(
        conn, first_day=period.months[0] * 100 + 1, last_day=period.months[-1] * 100 + 31,
        unit_ids=unit_ids,
    )
    epochs: dict[int, list[tuple[tuple[int, int], ...]]] = defaultdict(list)
    for state in sequences.all_states(conn):
        epochs[state.device_id].append(state.missing)
    return tuple(
        Tablet(
            one, sum(b - a + 1 for gaps in epochs[one.id] for a, b in gaps),
            tuple(gap for gaps in epochs[one.id] for gap in gaps), len(epochs[one.id]),
            ahead.get(one.id, 0),
        ) for one in device_queries.health(conn, unit_ids)
    )


def _seen(screening: ScreeningRecord | None, unit_ids: Sequence[int]) -> ScreeningRecord | None:
    if screening is None:
        return None
    reviews = tuple(r for r in screening.reviews if r.unit_id in unit_ids)
    return ScreeningRecord(
        screening.year, screening.version, screening.tests, screening.families,
        screening.expected_false, screening.made_ms, reviews,
    )


def quality(conn: Connection, period: Period, unit_ids: Sequence[int], lang: str) -> Quality:
    """Everything of the page; misuse as the newest screening of the period's year saw it."""
    year = period.months[0] // 100
    screening = _seen(integrity_queries.screening(conn, year), unit_ids)
    waiting = [w for w in unmatched.waiting(conn) if w.placed_id in unit_ids]
    late = feedback_queries.late_matches(
        conn, first_day=period.months[0] * 100 + 1, last_day=period.months[-1] * 100 + 31,
        unit_ids=unit_ids,
    )
    return Quality(
        units=satisfaction.by_unit(conn, period, unit_ids, lang),
        inviting=_inviting(conn, period.months, unit_ids),
        entries=_entries(conn, period.months, unit_ids), screening=screening,
        decisions=tuple(integrity_queries.decisions(conn, year, unit_ids=unit_ids)),
        figure=misuse.without_reviewed(
            conn, period, unit_ids, screening.reviews if screening else ()),
        unmatched=Counter(str(w.cause) for w in waiting),
        waiting_by_unit=unmatched.by_unit(conn, unit_ids), late_matches=sum(late.values()),
        tablets=_tablets(conn, period, unit_ids),
        not_comparable=tuple(
            row for row in satisfaction.by_officer(conn, period, unit_ids)
            if row.tier == "not_comparable"
        ),
    )


def officer_names(conn: Connection) -> dict[int, str]:
    """Name and code of every officer."""
    return {
        o.id: f"{o.full_name} ({o.code})" for o in organisation_queries.officers(conn).values()
    }
