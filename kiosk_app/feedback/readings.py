"""Comments as the rules of text read them: kept masked with their counts, erased with the comment.

Nothing else writes ``comment_readings`` and ``comment_counts``.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from kiosk_app.feedback import cells
from kiosk_app.feedback.models import Attribution, CommentCount, CommentReading, Erasable

SLACK = 50_000
"""Items that may still be committed below the newest one read."""
ALL = ""
"""The topic that every comment has."""
_PLACE = ("unit_id", "officer_id", "procedure_id", "day")
CountKey = tuple[int, int, int, str, int]
Stored = Mapping[str, Any] | RowMapping


@dataclass(frozen=True)
class Reading:
    """What the rules of text make of one comment."""

    item_id: int
    masked: str
    plain: str
    topics: Mapping[str, int]


@dataclass(frozen=True)
class Said:
    """One masked comment under a name that tells nothing; dated by its ISO week yyyyww."""

    ref: str
    week: int
    text: str
    topics: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Where:
    """Which comments: days yyyymmdd from–to, no week after ``last_week``, units; the rest if given."""

    first_day: int
    last_day: int
    last_week: int
    unit_ids: Sequence[int]
    officer_ids: Sequence[int] | None = None
    procedure_ids: Sequence[int] | None = None
    words: Sequence[str] = ()
    """Each must stand in the comment, without marks and case."""
    topic: str = ""
    side: int = 0
    """−1 complaints (of the topic, if one is given), 1 praise, 0 both."""


def _newest(item: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    newer = aliased(Attribution)
    return and_(
        Attribution.item_id == item,
        ~exists().where(newer.item_id == Attribution.item_id, newer.version > Attribution.version),
    )


def unread(conn: Connection, *, limit: int) -> list[tuple[int, str]]:
    """Item and text, as written, of comments that no rule has read yet; oldest first."""
    after = conn.execute(select(func.max(CommentReading.item_id))).scalar() or 0
    known = select(CommentReading.item_id).where(CommentReading.item_id == Erasable.subject_id)
    return [(int(item), str(said)) for item, said in conn.execute(
        select(Erasable.subject_id, Erasable.comment)
        .where(
            Erasable.subject == "item", Erasable.comment.is_not(None), Erasable.comment != "",
            Erasable.subject_id > after - SLACK, ~known.exists(),
        )
        .order_by(Erasable.subject_id).limit(limit)
    ).all()]


def _counts(row: Stored) -> Iterable[CountKey]:
    """Keys under which a counted comment is counted."""
    if not row["counted"]:
        return
    at = (int(row["unit_id"]), int(row["day"]) // 100, int(row["week"]))
    yield (*at, ALL, 0)
    for topic, side in json.loads(row["topics"]).items():
        yield (*at, topic, side)


_COUNT = """
INSERT INTO comment_counts (unit_id, month, week, topic, side, n)
VALUES (:unit_id, :month, :week, :topic, :side, :n)
ON CONFLICT (unit_id, month, week, topic, side) DO UPDATE SET n = comment_counts.n + excluded.n
"""


def _apply(conn: Connection, moved: Counter[CountKey]) -> None:
    names = ("unit_id", "month", "week", "topic", "side")
    rows = [dict(zip(names, key, strict=True)) | {"n": n} for key, n in moved.items() if n]
    if rows:
        conn.execute(text(_COUNT), rows)


def _placed(place: Stored) -> dict[str, object]:
    return {name: place[name] for name in _PLACE} | {
        "counted": int(place["state"] == "counted"), "week": cells.week_of(int(place["day"])),
    }


def keep(conn: Connection, readings: Sequence[Reading]) -> int:
    """Keep readings of comments that are still there and have none; how many were kept."""
    by_item = {one.item_id: one for one in readings}
    known = select(CommentReading.item_id).where(CommentReading.item_id == Erasable.subject_id)
    there = conn.execute(
        select(Attribution.item_id, Attribution.state, *(getattr(Attribution, n) for n in _PLACE))
        .join(Erasable, and_(Erasable.subject == "item", _newest(Erasable.subject_id)))
        .where(
            Erasable.subject_id.in_(by_item), Erasable.comment.is_not(None), ~known.exists(),
        )
    ).mappings().all()
    rows, moved = [], Counter[CountKey]()
    for place in there:
        one = by_item[place["item_id"]]
        row = _placed(place) | {
            "item_id": one.item_id, "ref": secrets.token_hex(16), "masked": one.masked,
            "plain": one.plain, "rank": sha256(one.masked.encode()).hexdigest()[:16],
            "topics": json.dumps(dict(one.topics)),
        }
        rows.append(row)
        moved.update(_counts(row))
    if rows:
        conn.execute(insert(CommentReading), rows)
    _apply(conn, moved)
    return len(rows)


def follow(conn: Connection, places: Mapping[int, Stored]) -> None:
    """Move the readings of items whose attribution changed, by item, to where it says now."""
    moved = Counter[CountKey]()
    for row in conn.execute(
        select(CommentReading.__table__).where(CommentReading.item_id.in_(places))
    ).mappings().all():
        now = _placed(places[row["item_id"]])
        moved.subtract(_counts(row))
        moved.update(_counts({**row, **now}))
        conn.execute(
            update(CommentReading).where(CommentReading.item_id == row["item_id"]).values(**now)
        )
    _apply(conn, moved)


def forget(conn: Connection, item_id: int) -> None:
    """Erase the reading of a comment that is erased."""
    row = conn.execute(
        select(CommentReading.__table__).where(CommentReading.item_id == item_id)
    ).mappings().first()
    if row is not None:
        moved = Counter[CountKey]()
        moved.subtract(_counts(row))
        conn.execute(delete(CommentReading).where(CommentReading.item_id == item_id))
        _apply(conn, moved)


def _fitting(where: Where) -> list[ColumnElement[bool]]:
    first, last = cells.week_of(where.first_day), cells.week_of(where.last_day)
    found: list[ColumnElement[bool]] = [
        CommentReading.counted == 1, CommentReading.unit_id.in_(where.unit_ids),
        CommentReading.week.between(first, min(last, where.last_week)),
        CommentReading.day.between(where.first_day, where.last_day),
    ]
    if where.officer_ids is not None:
        found.append(CommentReading.officer_id.in_(where.officer_ids))
    if where.procedure_ids is not None:
        found.append(CommentReading.procedure_id.in_(where.procedure_ids))
    found += [CommentReading.plain.contains(word, autoescape=True) for word in where.words]
    if where.topic or where.side:
        topic = f"{json.dumps(where.topic)}: " if where.topic else ": "
        end = str(where.side) if where.side else ""
        found.append(CommentReading.topics.contains(topic + end, autoescape=True))
    return found


def counts(
    conn: Connection, *, months: Sequence[int], last_week: int, unit_ids: Sequence[int]
) -> list[tuple[int, str, int, int]]:
    """Month yyyymm, topic, side and counted comments of whole months; topic ``ALL`` for every one."""
    return [(int(m), str(t), int(s), int(n)) for m, t, s, n in conn.execute(
        select(CommentCount.month, CommentCount.topic, CommentCount.side, func.sum(CommentCount.n))
        .where(
            CommentCount.month.in_(months), CommentCount.week <= last_week,
            CommentCount.unit_id.in_(unit_ids),
        )
        .group_by(CommentCount.month, CommentCount.topic, CommentCount.side)
    ).all() if n]


def how_many(conn: Connection, where: Where, *, at_most: int | None = None) -> int:
    """Comments that fit, counted one by one; not further than ``at_most`` if that is enough."""
    query = select(CommentReading.item_id).where(*_fitting(where))
    inner = query.limit(at_most) if at_most is not None else query
    return int(conn.execute(select(func.count()).select_from(inner.subquery())).scalar_one())


def listed(
    conn: Connection, where: Where, *, limit: int | None = None, offset: int = 0
) -> list[Said]:
    """Comments that fit, newest week first, within a week in an order that tells nothing."""
    rows = conn.execute(
        select(CommentReading.ref, CommentReading.week, CommentReading.masked, CommentReading.topics)
        .where(*_fitting(where))
        .order_by(CommentReading.week.desc(), CommentReading.rank.desc(), CommentReading.ref)
        .limit(limit).offset(offset)
    ).all()
    return [Said(ref, week, masked, tuple(json.loads(topics).items()))
            for ref, week, masked, topics in rows]


def item_of(conn: Connection, ref: str, where: Where) -> int | None:
    """The item behind a comment that a list of these could show; None for anything else."""
    found = conn.execute(
        select(CommentReading.item_id).where(CommentReading.ref == ref, *_fitting(where))
    ).scalar()
    return None if found is None else int(found)
