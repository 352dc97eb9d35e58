"""Kirkpatrick's first level: what those who attended a session said of it, as shares of a group."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kiosk_app.questionnaires import rules
from kiosk_app.reporting.reading import read
from kiosk_app.training import queries, reactions
from kiosk_app.training.reactions import Said
from kiosk_app.training.records import SessionRecord
from survey_analysis import DEFAULTS, wilson

LEAST = 5
"""Fewest answers, and fewest comments, of which anything but their number is told."""
AGREES = 4
"""From this level up somebody agrees."""


@dataclass(frozen=True)
class Share:
    """One answer: how many gave it and which share that is, in percent, with its 95 % interval."""

    text: Mapping[str, str]
    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Asked:
    """One question; ``shares`` is empty where fewer than five answered it."""

    code: str
    text: Mapping[str, str]
    n: int
    shares: tuple[Share, ...]
    agree: Share | None
    """Those who agree, of a question in levels."""


@dataclass(frozen=True)
class Reactions:
    """What may be told of a session now.

    ``state`` is not_yet, open, none, few or shown; only ``shown`` has questions and comments.
    """

    state: str
    answered: int
    attended: int
    closes: datetime | None
    questions: tuple[Asked, ...] = ()
    comments: tuple[str, ...] = ()
    few_comments: int = 0
    """How many comments there are, where they are too few to be shown."""

    @property
    def response(self) -> float | None:
        """Share of those who attended that answered, in percent; None where nobody attended."""
        return 100 * self.answered / self.attended if self.attended else None


def _share(text: Mapping[str, str], x: int, n: int) -> Share:
    found = wilson(x, n)
    return Share(text, x, 100 * found.estimate, 100 * found.low, 100 * found.high)


def _asked(question: Mapping[str, Any], definition: Mapping[str, Any],
           counts: Mapping[str, int]) -> Asked:
    texts: dict[str, Mapping[str, str]] = (
        {str(one["level"]): one["text"] for one in definition["levels"]}
        if question["scale"] == "levels"
        else {str(one["value"]): one["text"] for one in question["options"]}
    )
    if rules.allows_not_met(question):
        texts[rules.NOT_MET] = {"vi": "Không có ý kiến", "en": "No opinion"}
    n = sum(counts.values())
    alike = n < DEFAULTS.min_rate_n and max(counts.values(), default=0) == n
    if n < LEAST or alike:  # what all of a few say is what each of them said
        return Asked(question["code"], question["text"], n, (), None)
    agree = None
    if question["scale"] == "levels":
        agreeing = sum(x for value, x in counts.items() if value.isdigit() and int(value) >= AGREES)
        agree = _share({}, agreeing, n)
    shares = tuple(_share(text, counts.get(value, 0), n) for value, text in texts.items())
    return Asked(question["code"], question["text"], n, shares, agree)


def _shown(said: Said) -> tuple[tuple[Asked, ...], tuple[str, ...]]:
    questions = tuple(
        _asked(one, said.definition, said.counts.get(one["code"], {}))
        for one in said.definition["questions"]
    )
    comments = [read(one)[0] for one in said.comments]
    if len(comments) < LEAST:
        return questions, ()
    secrets.SystemRandom().shuffle(comments)
    return questions, tuple(comments)


def of_session(conn: Connection, held: SessionRecord, now: datetime) -> Reactions:
    """What those who attended said, as far as it may be told at ``now``."""
    attended = sum(reactions.may_answer(one) for one in queries.roster(conn, held.id))
    answered, closes = reactions.answered(conn, held.id), reactions.closes_at(held)
    said = reactions.said(conn, held, now)
    if not reactions.is_closed(held, now):
        state = "open" if reactions.is_open(held, now) else "not_yet"
    elif said is None:
        state = "none"
    else:
        state = "shown" if said.answered >= LEAST else "few"
    if said is None or state != "shown":
        return Reactions(state, answered, attended, closes)
    questions, comments = _shown(said)
    return Reactions(state, answered, attended, closes, questions, comments,
                     0 if comments else len(said.comments))
