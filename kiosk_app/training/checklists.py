"""Practical checklists: the criteria of a course, what a person met, and whether that passes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from kiosk_app.core.errors import RuleError
from kiosk_app.training.models import Checklist, ChecklistTick
from kiosk_app.training.records import SessionRecord, Transcript

MOST_ITEMS = 20
LONGEST = 200


@dataclass(frozen=True)
class Item:
    """One criterion; without a mandatory one nobody passes."""

    text: str
    mandatory: bool = True


@dataclass(frozen=True)
class ChecklistRecord:
    """A version of a course's checklist; ``needed`` is the least number met, None: the mandatory ones."""

    id: int
    version: int
    items: tuple[Item, ...]
    needed: int | None
    recorded_at: datetime


@dataclass(frozen=True)
class Tick:
    """One judgement of one item; the newest rules, the others stay."""

    met: bool
    version: int
    note: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class Practical:
    """What one person met of a session's checklist."""

    checklist: ChecklistRecord
    ticks: Mapping[int, tuple[Tick, ...]] = field(default_factory=dict)
    """By item, oldest first."""

    def ruling(self, item: int) -> Tick | None:
        """The newest judgement of an item."""
        return self.ticks[item][-1] if self.ticks.get(item) else None

    @property
    def met(self) -> int:
        """How many items are met."""
        return sum(is_met(self, i) for i in range(len(self.checklist.items)))

    @property
    def passed(self) -> bool:
        """Whether it passes by the rule."""
        return passes(self.checklist.items, self.checklist.needed,
                      [is_met(self, i) for i in range(len(self.checklist.items))])


def is_met(practical: Practical, item: int) -> bool:
    """Whether an item counts as met; one without a judgement does not."""
    ruling = practical.ruling(item)
    return ruling is not None and ruling.met


def passes(items: Sequence[Item], needed: int | None, met: Sequence[bool]) -> bool:
    """All mandatory items and, where a number is set, at least so many in all."""
    every = all(ok or not item.mandatory for item, ok in zip(items, met, strict=True))
    return every and (needed is None or sum(met) >= needed)


def require_checklist(items: Sequence[Item], needed: int | None) -> None:
    """Refuse what nobody could judge or pass.

    RuleError ``checklist_items`` (too many, empty, too long or twice) or ``checklist_needed``.
    """
    texts = [item.text.strip() for item in items]
    if (len(items) > MOST_ITEMS or len(set(texts)) != len(texts)
            or any(not 0 < len(text) <= LONGEST for text in texts)):
        raise RuleError("checklist_items", str(MOST_ITEMS), field="checklist")
    least = max(sum(item.mandatory for item in items), 1)
    if items and needed is None and not any(item.mandatory for item in items):
        raise RuleError("checklist_needed", f"1–{len(items)}", field="needed")
    if needed is not None and not (items and least <= needed <= len(items)):
        raise RuleError("checklist_needed", f"{least}–{len(items)}", field="needed")


def of_course(
    conn: Connection, course_id: int, *, at: datetime | None = None
) -> ChecklistRecord | None:
    """The checklist of a course in force now or ``at`` a moment; None for none."""
    query = select(Checklist.__table__).where(Checklist.course_id == course_id).order_by(
        Checklist.version.desc()).limit(1)
    if at is not None:
        query = query.where(Checklist.recorded_at <= at)
    row = conn.execute(query).first()
    if row is None:
        return None
    items = tuple(Item(one["text"], one["mandatory"]) for one in json.loads(row.items))
    return ChecklistRecord(row.id, row.version, items, row.needed, row.recorded_at) if items else None


def of_session(conn: Connection, held: SessionRecord) -> ChecklistRecord | None:
    """The checklist in force when the session began: a later version judges later sessions only."""
    if not held.slots:
        return None
    return of_course(conn, held.course_id, at=held.slots[0].starts_at)


def practicals(
    conn: Connection, held: SessionRecord, enrolment_ids: Collection[int]
) -> dict[int, Practical]:
    """By enrolment, what each person met; empty for a session without a checklist."""
    found = of_session(conn, held)
    if found is None:
        return {}
    ticks: dict[int, dict[int, list[Tick]]] = {one: defaultdict(list) for one in enrolment_ids}
    query = select(ChecklistTick.__table__).where(
        ChecklistTick.checklist_id == found.id, ChecklistTick.enrolment_id.in_(enrolment_ids)
    ).order_by(ChecklistTick.version)
    for row in conn.execute(query):
        ticks[row.enrolment_id][row.item].append(
            Tick(row.met, row.version, row.note, row.recorded_by, row.recorded_at))
    return {
        one: Practical(found, {item: tuple(said) for item, said in by_item.items()})
        for one, by_item in ticks.items()
    }


def of_record(conn: Connection, record: Transcript) -> dict[int, Practical]:
    """By enrolment of an officer's record, what was met where the session has a checklist."""
    found: dict[int, Practical] = {}
    for entry in record.entries:
        found |= practicals(conn, entry.session, [entry.row.enrolment_id])
    return found
