"""The demo's ratings as the items that tablets, phones and paper entry deliver."""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from kiosk_app.demo import phrases, workdays
from kiosk_app.demo.aggregates import Ints
from kiosk_app.demo.dossiers import DAY_MINUTES, Year
from kiosk_app.demo.opinions import Raters

ZERO = datetime(2018, 1, 1, tzinfo=UTC) - timedelta(hours=7)
LOCAL = "+07:00"
STEPS = ("return", "reception", "supplement")
REMOTE = "remote"
"""Sender of phone and paper items."""
BATCH = 200
BATCH_DAYS = 14
LONGEST_BATCH_DAYS = 90
OFFLINE = ("TAB-W03", 71, 80)
"""A tablet without network from one day of the year to another; its queue comes afterwards."""
WIPED = ("TAB-W14", 190)
"""A tablet whose storage was wiped on that day: a new epoch begins."""
WRONG_CLOCK = ("TAB-W06", 40, 250, 47 * 60_000)
"""A tablet that was 47 minutes fast between two days."""
UNMATCHED_SHARE = 0.004
OFFSETS_MS = (-900, 900)
COMMENT_SHARE = 0.05


@dataclass
class Queue:
    """What one sender has to deliver, oldest first: (second of the year, item)."""

    name: str
    items: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class Delivery:
    """One batch of a sender and when it arrives."""

    sender: str
    arrives: datetime
    items: list[dict[str, Any]]


def tablet_names() -> list[str]:
    """TAB-C01…C12 of the centre, then TAB-W01…W20 of the wards."""
    return [f"TAB-C{n:02d}" for n in range(1, 13)] + [f"TAB-W{n:02d}" for n in range(1, 21)]


def _seconds(year: Year, raters: Raters, channel: Ints, rng: np.random.Generator) -> Ints:
    done = np.where(raters.step == 0, year.returned[raters.dossier], year.received[raters.dossier])
    n = len(done)
    soon = rng.integers(25, 420, n)
    later = rng.integers(15 * 60, 30 * 3600, n)
    at: Ints = done * 60 + np.where(channel == 1, later, soon)
    last = (workdays.YEAR_DAYS - 1) * DAY_MINUTES * 60 + 59_000
    return np.asarray(np.minimum(at, last), np.int64)


def _uuid(dice: random.Random) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def _reasons(level: int, dice: random.Random) -> list[str]:
    amount = dice.choices((0, 1, 2), (0.42, 0.40, 0.18))[0]
    pool = phrases.LOW_REASONS if level <= 3 else phrases.HIGH_REASONS
    picked = dice.choices([code for code, _ in pool], [w for _, w in pool], k=amount)
    return list(dict.fromkeys(picked))


def _comment(level: int, dice: random.Random) -> str | None:
    if dice.random() >= COMMENT_SHARE:
        return None
    return dice.choice(phrases.LOW_COMMENTS if level <= 3 else phrases.HIGH_COMMENTS)


def _moment(second: int, offset_ms: int) -> str:
    local = datetime(2018, 1, 1, tzinfo=UTC) + timedelta(seconds=second, milliseconds=offset_ms)
    return local.strftime("%Y-%m-%dT%H:%M:%S") + LOCAL


def _sender(year: Year, dossier: int) -> str:
    unit = int(year.unit[dossier])
    if unit:
        return f"TAB-W{unit:02d}"
    return f"TAB-C{int(year.officer[dossier]) % 12 + 1:02d}"


def _item(
    year: Year, dossier: int, level: int, step: int, channel: int, dice: random.Random
) -> dict[str, Any]:
    code = year.code(dossier)
    if dice.random() < UNMATCHED_SHARE:
        code = f"{code[:-4]}{9000 + dice.randrange(999)}"
    entry = "link" if channel == 1 else None
    if channel == 0:
        entry = dice.choices(("scan", "invited", "typed"), (0.47, 0.28, 0.25))[0]
    return {
        "id": _uuid(dice), "epoch": None, "seq": None, "kind": "rating", "relates_to": None,
        "level": level, "receipt": code, "receipt_hint": None,
        "follow_hash": None if channel == 2 else hashlib.sha256(dice.randbytes(16)).hexdigest(),
        "step": STEPS[step], "channel": ("tablet", "phone", "paper")[channel], "entry": entry,
        "questionnaire": "sao5@1", "answers": {}, "reasons": _reasons(level, dice),
        "comment": _comment(level, dice), "contact": None,
        "lang": "en" if dice.random() < 0.016 else "vi", "clock_offset_ms": None,
        "duration_ms": int(2200 + dice.gammavariate(2.0, 1800)),
    }


def queues(year: Year, raters: Raters, rng: np.random.Generator) -> dict[str, Queue]:
    """Every sender's items, oldest first, numbered without gaps on each tablet's epochs."""
    n = len(raters.dossier)
    channel = rng.choice(3, n, p=(0.897, 0.084, 0.019)).astype(np.int64)
    from_home = (year.mode[raters.dossier] == 1) & (raters.step == 1)
    channel = np.where(from_home, 1, channel)
    dice = random.Random(int(rng.integers(2**62)))  # noqa: S311 - a seeded demo, no secret
    second = _seconds(year, raters, channel, rng)
    found = {name: Queue(name) for name in [*tablet_names(), REMOTE]}
    for i in np.argsort(second, kind="stable"):
        dossier = int(raters.dossier[i])
        item = _item(year, dossier, int(raters.level[i]), int(raters.step[i]), int(channel[i]), dice)
        name = REMOTE if channel[i] else _sender(year, dossier)
        found[name].items.append((int(second[i]), item))
    for queue in found.values():
        _number(queue, dice)
    return found


def _number(queue: Queue, dice: random.Random) -> None:
    epoch, usual, seq, wiped = _uuid(dice), dice.randint(*OFFSETS_MS), 0, False
    for second, item in queue.items:
        day, offset = second // 86_400, usual
        if queue.name == REMOTE:
            item["rated_at"] = _moment(second, 0)
            continue
        if queue.name == WIPED[0] and day >= WIPED[1] and not wiped:
            epoch, seq, wiped = _uuid(dice), 0, True
        if queue.name == WRONG_CLOCK[0] and WRONG_CLOCK[1] <= day < WRONG_CLOCK[2]:
            offset = WRONG_CLOCK[3]
        seq += 1
        item.update(
            epoch=epoch, seq=seq, clock_offset_ms=offset, rated_at=_moment(second, offset)
        )


def _arrival(queue: Queue, second: int) -> datetime:
    day = second // 86_400
    if queue.name == OFFLINE[0] and OFFLINE[1] <= day < OFFLINE[2]:
        second = OFFLINE[2] * 86_400 + 8 * 3600
    return ZERO + timedelta(seconds=second + 4)


def deliveries(found: dict[str, Queue], scale: float) -> list[Delivery]:
    """Batches in the order of arrival: at most 200 items and two weeks of one sender.

    A smaller year has longer batches, so that their number stays bounded.
    """
    days = min(LONGEST_BATCH_DAYS, round(BATCH_DAYS / scale))
    batches = [batch for queue in found.values() for batch in _cut(queue, days)]
    return sorted(batches, key=lambda b: (b.arrives, b.sender))


def _cut(queue: Queue, days: int) -> Iterator[Delivery]:
    pending: list[tuple[int, dict[str, Any]]] = []
    for second, item in queue.items:
        full = len(pending) == BATCH
        if pending and (full or second - pending[0][0] > days * 86_400):
            yield _delivery(queue, pending)
            pending = []
        pending.append((second, item))
    if pending:
        yield _delivery(queue, pending)


def _delivery(queue: Queue, pending: list[tuple[int, dict[str, Any]]]) -> Delivery:
    return Delivery(
        queue.name, max(_arrival(queue, second) for second, _ in pending),
        [item for _, item in pending],
    )
