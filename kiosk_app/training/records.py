"""What queries of training hand out: frozen, without database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk_app.training.rules import Slot


@dataclass(frozen=True)
class CourseRecord:
    """A course with how often it ran."""

    id: int
    code: str
    name: str
    hours: float
    has_test: bool
    pass_mark: float
    valid_months: int | None
    active: bool
    sessions: int = 0


@dataclass(frozen=True)
class HalfDayRecord:
    """One half-day of a session."""

    id: int
    slot: Slot


@dataclass(frozen=True)
class SessionRecord:
    """A session with its half-days and totals."""

    id: int
    code: str
    course_id: int
    course: str
    title: str
    audience: str
    room: str
    trainer: str
    capacity: int | None
    has_test: bool
    pass_mark: float
    state: str
    note: str
    half_days: tuple[HalfDayRecord, ...]
    enrolled: int = 0
    completed: int = 0
    pre_mean: float | None = None
    post_mean: float | None = None
    cost_vnd: int | None = None
    sequence: int = 0
    waiting: int = 0
    course_hours: float = 0.0
    """What the course has on paper."""
    course_has_test: bool = False

    @property
    def slots(self) -> list[Slot]:
        """Half-days in order."""
        return [half.slot for half in self.half_days]

    @property
    def hours(self) -> float:
        """How long its half-days last together."""
        return sum(slot.hours for slot in self.slots)

    @property
    def first_day(self) -> date | None:
        """First day, None before half-days are named."""
        return self.half_days[0].slot.day if self.half_days else None

    @property
    def last_day(self) -> date | None:
        """Last day."""
        return self.half_days[-1].slot.day if self.half_days else None


@dataclass(frozen=True)
class ResultRecord:
    """The ruling test mark of a kind; ``mark`` None means absent from the test."""

    mark: float | None
    as_written: str
    version: int


@dataclass(frozen=True)
class MarkRecord:
    """The ruling attendance mark of a half-day."""

    mark: str
    as_written: str
    version: int
    source: str = ""
    note: str = ""
    recorded_by: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class MarkVersion:
    """One version of an attendance mark, the ruling one or one before it."""

    enrolment_id: int
    half_day_id: int
    mark: MarkRecord


@dataclass(frozen=True)
class RosterRow:
    """One officer of a session."""

    enrolment_id: int
    session_id: int
    officer_id: int
    unit_id: int | None
    nominated: bool
    state: str
    reason: str
    marks: dict[int, MarkRecord] = field(default_factory=dict)
    """By half-day id; a half-day without a mark is missing."""
    results: dict[str, ResultRecord] = field(default_factory=dict)
    """By kind, ``pre`` and ``post``."""
    stands_for: int | None = None
    """The enrolment whose seat this person took over."""

    def value(self, kind: str) -> float | None:
        """The ruling mark of ``kind`` or None."""
        result = self.results.get(kind)
        return result.mark if result else None


@dataclass(frozen=True)
class TranscriptEntry:
    """One session in an officer's record."""

    session: SessionRecord
    row: RosterRow
    hours: float

    @property
    def completed(self) -> bool:
        """Whether it counts as completed."""
        return self.row.state == "completed"


@dataclass(frozen=True)
class Transcript:
    """An officer's record: sessions newest first, hours by year."""

    officer_id: int
    entries: tuple[TranscriptEntry, ...]
    hours_by_year: dict[int, float]

    @property
    def hours(self) -> float:
        """Hours attended in all."""
        return sum(self.hours_by_year.values())


@dataclass(frozen=True)
class StaffTotals:
    """Totals of one officer for the staff list."""

    officer_id: int
    sessions: int
    completed: int
    hours: float
    last_day: date | None


@dataclass(frozen=True)
class Cohort:
    """Who was trained in a session, and who is compared with them, fixed by rule."""

    session_id: int
    first_day: date
    last_day: date
    trained: frozenset[int]
    not_completed: frozenset[int]
    comparison: frozenset[int]
    unit_ids: frozenset[int] = frozenset()
    """Units of the audience's kind, whose cases are like."""


@dataclass(frozen=True)
class Enrolled:
    """What an enrolment did: how many sit, how many wait."""

    seated: int
    waiting: int


@dataclass(frozen=True)
class StepRecord:
    """One change of an enrolment's state, and who made it."""

    before: str
    after: str
    reason: str
    recorded_by: str
    recorded_at: datetime
