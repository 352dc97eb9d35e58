"""A recount written apart from the counts: from items and attributions, in statements of its own."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, text

from kiosk_app.core.db import transaction
from kiosk_app.feedback import cells

_NEWEST = """
SELECT i.id, i.level, i.channel, i.duration_ms, COALESCE(i.entry, '') AS entry, i.reasons,
       CASE WHEN i.corrected_ms > i.arrived_ms + 300000 THEN i.arrived_ms
            ELSE i.corrected_ms END AS figure_ms,
       a.unit_id, a.officer_id, a.counter_id, a.procedure_id, a.field_id, a.step, a.filing_mode,
       a.late, a.supplemented, a.flagged, a.day,
       CASE WHEN a.procedure_id > 0 THEN 1 ELSE 0 END AS linked
  FROM rating_items i
  JOIN attributions a ON a.item_id = i.id
 WHERE i.kind = 'rating' AND a.state <> 'superseded'
   AND a.version = (SELECT MAX(b.version) FROM attributions b WHERE b.item_id = i.id)
"""
_KEYS = ", ".join(cells.KEYS)


@dataclass(frozen=True)
class CellDifference:
    """A cell that is not what the ratings give."""

    table: str
    key: str
    stored: int
    recounted: int


def _compare(conn: Connection, table: str, columns: str, stored: str, recount: str) -> list[CellDifference]:
    have = {tuple(r[:-1]): int(r[-1]) for r in conn.execute(text(stored)).all() if r[-1]}
    want = {tuple(r[:-1]): int(r[-1]) for r in conn.execute(text(recount)).all() if r[-1]}
    names = [c.strip() for c in columns.split(",")]
    return [
        CellDifference(
            table, " ".join(f"{n}={v}" for n, v in zip(names, key, strict=True)),
            have.get(key, 0), want.get(key, 0),
        )
        for key in sorted(set(have) | set(want), key=str)
        if have.get(key, 0) != want.get(key, 0)
    ]


def _fine(conn: Connection) -> list[CellDifference]:
    found = []
    for table, period, expression in (
        ("rating_days", "day", "day"), ("rating_months", "month", "day / 100"),
    ):
        columns = f"{period}, {_KEYS}"
        found += _compare(
            conn, table, columns,
            f"SELECT {columns}, n FROM {table}",  # noqa: S608 - declared names
            f"SELECT {expression} AS {period}, {_KEYS}, COUNT(*) FROM ({_NEWEST}) x "  # noqa: S608
            f"GROUP BY {expression}, {_KEYS}",
        )
    return found


def _values(sqlite: bool) -> dict[str, str]:
    hour = "((figure_ms / 1000 + 25200) / 3600) % 24"
    if sqlite:
        weekday_of_day = (
            "(CAST(strftime('%w', substr(day,1,4)||'-'||substr(day,5,2)||'-'||substr(day,7,2)) "
            "AS INTEGER) + 6) % 7 + 1"
        )
        padded = f"printf('%d-%02d', {weekday_of_day}, {hour})"
    else:
        weekday_of_day = "EXTRACT(ISODOW FROM to_date(day::text, 'YYYYMMDD'))::int"
        padded = f"({weekday_of_day})::text || '-' || lpad(({hour})::text, 2, '0')"
    return {
        "total": "''", "channel": "channel", "step": "step", "filing_mode": "filing_mode",
        "field": "CAST(field_id AS VARCHAR)", "procedure": "CAST(procedure_id AS VARCHAR)",
        "officer": "CAST(officer_id AS VARCHAR)", "weekday_hour": padded,
    }


def _released(conn: Connection) -> list[CellDifference]:
    sqlite = conn.dialect.name == "sqlite"
    columns = "period, unit_id, value, linked, level"
    found = []
    for dimension, value in _values(sqlite).items():
        only = "" if dimension in {"total", "channel"} else "WHERE linked = 1"
        found += _compare(
            conn, f"released_cells {dimension}", columns, _stored_released("month", dimension),
            f"SELECT day / 100, unit_id, {value}, linked, level, COUNT(*) "  # noqa: S608
            f"FROM ({_NEWEST}) x {only} GROUP BY 1, 2, 3, 4, 5",
        )
    reasons = "json_each(x.reasons) r" if sqlite else (
        "json_array_elements_text(x.reasons::json) AS r(value)"
    )
    for dimension, value, extra in (
        ("reason", "r.value", ""),
        ("officer_reason", "CAST(officer_id AS VARCHAR) || ':' || r.value", "AND officer_id > 0"),
    ):
        found += _compare(
            conn, f"released_cells {dimension}", columns, _stored_released("month", dimension),
            f"SELECT day / 100, unit_id, {value}, linked, level, COUNT(*) "  # noqa: S608
            f"FROM ({_NEWEST}) x, {reasons} WHERE linked = 1 {extra} "
            f"GROUP BY 1, 2, 3, 4, 5",
        )
    return found


def _durations(conn: Connection) -> list[CellDifference]:
    slot = (
        "CASE WHEN duration_ms <= 2000 THEN 1 WHEN duration_ms <= 4000 THEN 2 "
        "WHEN duration_ms <= 6000 THEN 3 WHEN duration_ms <= 10000 THEN 4 ELSE 5 END"
    )
    return _compare(
        conn, "released_cells duration", "period, unit_id, value, linked, level",
        _stored_released("month", "duration"),
        f"SELECT day / 100, unit_id, '', linked, {slot}, COUNT(*) "  # noqa: S608
        f"FROM ({_NEWEST}) x WHERE duration_ms >= 0 GROUP BY 1, 2, 3, 4, 5",
    )


_SURVEYS = """
SELECT a.day / 100, a.unit_id, CASE WHEN a.procedure_id > 0 THEN 1 ELSE 0 END, i.questionnaire,
       i.answers
  FROM rating_items i JOIN attributions a ON a.item_id = i.id
 WHERE i.kind = 'survey' AND a.state <> 'superseded'
   AND NOT EXISTS (SELECT 1 FROM attributions b WHERE b.item_id = i.id AND b.version > a.version)
"""


def _answers(conn: Connection) -> list[CellDifference]:
    scales = {
        f"{name}@{version}": {q["code"]: q["scale"] for q in json.loads(body)["questions"]}
        for name, version, body in conn.execute(
            text("SELECT questionnaire, version, definition FROM questionnaire_versions")
        ).all()
    }
    want: Counter[tuple[object, ...]] = Counter()
    for month, unit, linked, ref, body in conn.execute(text(_SURVEYS)).all():
        for code, said in json.loads(body).items():
            if said == "na":
                want[(month, unit, f"{ref}:{code}:na", linked, 1)] += 1
            elif code in scales[ref]:
                shift = 0 if scales[ref][code] == "levels" else 1
                want[(month, unit, f"{ref}:{code}", linked, said + shift)] += 1
    have = {
        tuple(r[:-1]): int(r[-1])
        for r in conn.execute(text(_stored_released("month", "answer"))).all() if r[-1]
    }
    return [
        CellDifference("released_cells answer", " ".join(map(str, key)), have.get(key, 0), want[key])
        for key in sorted(set(have) | set(want), key=str) if have.get(key, 0) != want[key]
    ]


_READ = """
SELECT r.item_id, r.topics, r.counted, r.unit_id, r.officer_id, r.procedure_id, r.day, e.comment,
       CASE WHEN a.state = 'counted' THEN 1 ELSE 0 END, a.unit_id, a.officer_id, a.procedure_id, a.day
  FROM comment_readings r
  LEFT JOIN rating_erasables e ON e.subject = 'item' AND e.subject_id = r.item_id
  JOIN attributions a ON a.item_id = r.item_id
 WHERE NOT EXISTS (SELECT 1 FROM attributions b WHERE b.item_id = a.item_id AND b.version > a.version)
"""


def _comments(conn: Connection) -> list[CellDifference]:
    """Readings without their comment or at another place than their rating; counts of comments."""
    found, want = [], Counter[tuple[object, ...]]()
    for item, topics, *stored, comment, counted, unit, officer, procedure, day in conn.execute(
        text(_READ)
    ).all():
        if not comment or stored != [counted, unit, officer, procedure, day]:
            found.append(CellDifference("comment_readings", f"item_id={item}", 1, 0))
        if counted:
            for topic, side in ("", 0), *json.loads(topics).items():
                want[(unit, day // 100, cells.week_of(day), topic, side)] += 1
    have = {tuple(r[:-1]): int(r[-1]) for r in conn.execute(text(
        "SELECT unit_id, month, week, topic, side, n FROM comment_counts WHERE n <> 0"
    )).all()}
    return found + [
        CellDifference("comment_counts", " ".join(map(str, key)), have.get(key, 0), want[key])
        for key in sorted(set(have) | set(want), key=str) if have.get(key, 0) != want[key]
    ]


def _stored_released(grain: str, dimension: str) -> str:
    return " UNION ALL ".join(
        f"SELECT period, unit_id, value, linked, {level} AS level, live_{level} AS n "  # noqa: S608
        f"FROM released_cells WHERE grain = '{grain}' AND dimension = '{dimension}'"
        for level in cells.LEVELS
    )


def check(conn: Connection) -> list[CellDifference]:
    """Every cell that differs from the recount."""
    return _fine(conn) + _released(conn) + _durations(conn) + _answers(conn) + _comments(conn)


def rebuild_fine() -> int:
    """Write the day and month counts anew from the recount; released copies stay as released."""
    with transaction() as conn:
        kept = {
            tuple(r[:-1]): r[-1]
            for r in conn.execute(
                text(f"SELECT month, {_KEYS}, released_n FROM rating_months")  # noqa: S608
            ).all()
        }
        done = 0
        for table, period, expression in (
            ("rating_days", "day", "day"), ("rating_months", "month", "day / 100"),
        ):
            conn.execute(text(f"DELETE FROM {table}"))  # noqa: S608
            extra = ", released_n" if period == "month" else ""
            zero = ", 0" if period == "month" else ""
            done += conn.execute(
                text(
                    f"INSERT INTO {table} ({period}, {_KEYS}, n{extra}) "  # noqa: S608
                    f"SELECT {expression}, {_KEYS}, COUNT(*){zero} FROM ({_NEWEST}) x "
                    f"GROUP BY {expression}, {_KEYS}"
                )
            ).rowcount
        where = " AND ".join(f"{c} = :{c}" for c in ("month", *cells.KEYS))
        rows = [
            {**dict(zip(("month", *cells.KEYS), key, strict=True)), "r": n}
            for key, n in kept.items()
            if n
        ]
        if rows:
            conn.execute(
                text(f"UPDATE rating_months SET released_n = :r WHERE {where}"), rows  # noqa: S608
            )
        return done
