"""What goes into and comes out of the commands and reads of feedback."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sender:
    """Who delivers items: a tablet, an integration (phone and paper) or a form of our own."""

    device_id: int | None = None
    unit_id: int | None = None
    counter_id: int | None = None
    revoked: bool = False
    integration: bool = False
    form: bool = False
    """A form without JavaScript: carries its device by cookie and has no sequence."""
    opening_day: int | None = None
    """First local day (yyyymmdd) that ratings of the unit may bear."""


@dataclass(frozen=True)
class ReceiptState:
    """What is told of a receipt: open, rated, unknown, ambiguous or expired."""

    state: str
    receipt: str | None = None
    procedure: str | None = None
    officer_display: str | None = None
    steps: tuple[str, ...] = ()
    elsewhere: str | None = None
    """Name of the unit that took it in, when that is not the tablet's."""


@dataclass(frozen=True)
class Verdict:
    """The answer for one item: created, duplicate, conflict or rejected with a reason."""

    id: str
    verdict: str
    reason: str | None = None


@dataclass(frozen=True)
class Received:
    """What has arrived of the epoch: highest number, ranges missing below it."""

    epoch: str
    max_seq: int
    missing: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Outcome:
    """Verdicts in the order of the items."""

    results: tuple[Verdict, ...]
    received: Received | None


@dataclass(frozen=True)
class ParsedItem:
    """An item that can be read; what it claims is not yet judged."""

    rating_id: str
    epoch: str | None
    seq: int | None
    kind: str
    relates_to: str | None
    level: int | None
    receipt: str | None
    receipt_key: str | None
    receipt_hint: str | None
    follow_hash: str | None
    step: str | None
    channel: str
    entry: str | None
    questionnaire: str
    answers: dict[str, object]
    reasons: tuple[str, ...]
    confidential_reason: str | None
    comment: str | None
    contact: dict[str, object] | None
    lang: str
    claimed_ms: int
    clock_offset_ms: int | None
    corrected_ms: int
    duration_ms: int | None
    invitation: str | None = None
    """Name of the counter's call that it answers; not part of the stored item."""


@dataclass(frozen=True)
class Place:
    """Whose rating it is: the content of an attribution."""

    state: str
    unit_id: int
    officer_id: int
    officer_source: str
    counter_id: int
    procedure_id: int
    field_id: int
    step: str
    filing_mode: str
    late: int
    supplemented: int
    day: int
    flagged: int
    attempt: int
    cause: str


@dataclass(frozen=True)
class Counted:
    """One counted rating: its place and what the counts need of the item."""

    place: Place
    level: int
    channel: str
    entry: str
    hour: int
    reasons: tuple[str, ...]
    duration_ms: int | None = None


@dataclass(frozen=True)
class Answered:
    """One counted survey: its place, and per question the place of the count its answer takes."""

    place: Place
    questionnaire: str
    answers: tuple[tuple[str, int], ...]
    """Question (with ``:na`` behind it where it did not happen) and 1 … 5."""


@dataclass(frozen=True)
class AnswerRow:
    """Released counts of one question: how often each answer was given, and "not met"."""

    questionnaire: str
    question: str
    counts: tuple[int, int, int, int, int]
    """Levels 1 … 5, or points and choices from 0 up."""
    not_met: int


@dataclass(frozen=True)
class ReleasedRow:
    """A released copy: counts of levels 1…5 of one cell."""

    period: int
    unit_id: int
    value: str
    levels: tuple[int, int, int, int, int]


@dataclass(frozen=True)
class LiveRow:
    """Live counts of levels 1…5 of one cell, and its released copy; for the disclosure gate."""

    period: int
    unit_id: int
    dimension: str
    value: str
    closed: bool
    levels: tuple[int, int, int, int, int]
    copy: tuple[int, int, int, int, int]


@dataclass(frozen=True)
class StratumRow:
    """Released counts of one officer in one stratum of like cases over the months asked for."""

    unit_id: int
    officer_id: int
    procedure_id: int
    filing_mode: str
    late: int
    supplemented: int
    n: int
    satisfied: int
