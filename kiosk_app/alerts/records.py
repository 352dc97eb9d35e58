"""What is handed to alerts and what reads of alerts return."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Raised:
    """A lasting change found by a computation; shares 0–1 of satisfied ratings, days yyyymmdd.

    ``share`` with its 95 % interval is of the ``n`` ratings since ``first_day``, ``expected`` what
    like cases gave before; ``severity`` how far the alarm went beyond its threshold, at least 1.
    """

    unit_id: int
    procedure_code: str
    worse: bool
    first_day: int
    day: int
    n: int
    share: float
    expected: float
    low: float
    high: float
    severity: float
    false_alarms: float


@dataclass(frozen=True)
class Acknowledgement:
    """That a person saw an alert, and said something to it."""

    comment: str
    actor: str
    recorded_ms: int


@dataclass(frozen=True)
class AlertRecord:
    """An alert as shown, with what was said to it."""

    ref: str
    found: Raised
    raised_ms: int
    acknowledgements: tuple[Acknowledgement, ...]


@dataclass(frozen=True)
class Target:
    """Where messages of alerts go: an address of mail or of a webhook."""

    kind: str
    address: str


@dataclass(frozen=True)
class Text:
    """Subject and body of a mail about one alert, in the language of the house."""

    subject: str
    body: str


@dataclass(frozen=True)
class OutboxState:
    """How many messages wait, went out, were given up; and the newest problem."""

    waiting: int
    sent: int
    given_up: int
    problem: str
