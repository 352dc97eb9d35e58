"""The counts: changed in the transaction of the rating, renewed as released copies.

Nothing else writes ``rating_days``, ``rating_months`` and ``released_cells``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Connection, text

from kiosk_app.core.columns import day_of
from kiosk_app.feedback.records import Answered, Counted

RENEW_AFTER = 5
CLOSE_AFTER_DAYS = 7
KEYS = (
    "unit_id", "officer_id", "counter_id", "procedure_id", "step", "channel", "entry",
    "filing_mode", "late", "supplemented", "flagged", "linked", "level",
)
RELEASED_KEYS = ("grain", "period", "unit_id", "dimension", "value", "linked")
LEVELS = (1, 2, 3, 4, 5)
DURATIONS_MS = (2_000, 4_000, 6_000, 10_000)
"""Upper edges of the first four classes of durations; the fifth is open."""

CellKey = tuple[object, ...]


def week_of(day: int) -> int:
    """ISO week ``yyyyww`` of a day ``yyyymmdd``."""
    iso = day_of(day).isocalendar()
    return iso.year * 100 + iso.week


def fine_key(counted: Counted) -> CellKey:
    """Key of the finest cell, without its period, in the order of ``KEYS``."""
    place = counted.place
    return (
        place.unit_id, place.officer_id, place.counter_id, place.procedure_id, place.step,
        counted.channel, counted.entry, place.filing_mode, place.late, place.supplemented,
        place.flagged, int(place.procedure_id > 0), counted.level,
    )


def released_keys(counted: Counted) -> Iterable[CellKey]:
    """Keys of the released cells that a rating is shown in, in the order of RELEASED_KEYS."""
    place = counted.place
    month, unit, linked = place.day // 100, place.unit_id, int(place.procedure_id > 0)
    yield ("week", week_of(place.day), unit, "total", "", linked)
    yield ("month", month, unit, "total", "", linked)
    yield ("month", month, unit, "channel", counted.channel, linked)
    if not linked:
        return
    weekday = day_of(place.day).isoweekday()
    for dimension, value in (
        ("step", place.step), ("field", str(place.field_id)),
        ("procedure", str(place.procedure_id)), ("officer", str(place.officer_id)),
        ("filing_mode", place.filing_mode), ("weekday_hour", f"{weekday}-{counted.hour:02d}"),
    ):
        yield ("month", month, unit, dimension, value, linked)
    for reason in counted.reasons:
        yield ("month", month, unit, "reason", reason, linked)
        if place.officer_id:
            yield ("month", month, unit, "officer_reason", f"{place.officer_id}:{reason}", linked)


def duration_class(duration_ms: int | None) -> int | None:
    """Class 1 … 5 of a duration; None where none was told."""
    if duration_ms is None or duration_ms < 0:
        return None
    return 1 + sum(duration_ms > edge for edge in DURATIONS_MS)


class Moves:
    """What a transaction moves in the counts, gathered before it is written."""

    def __init__(self) -> None:
        self.days: Counter[CellKey] = Counter()
        self.months: Counter[CellKey] = Counter()
        self.released: Counter[tuple[CellKey, int]] = Counter()
        self.touched: Counter[CellKey] = Counter()

    def add(self, counted: Counted, amount: int = 1) -> None:
        """Count a rating in (``amount`` 1) or out (-1)."""
        key = fine_key(counted)
        self.days[(counted.place.day, *key)] += amount
        self.months[(counted.place.day // 100, *key)] += amount
        for cell in released_keys(counted):
            self._release(cell, counted.level, amount)
        taken = duration_class(counted.duration_ms)
        if taken is not None:
            place = counted.place
            self._release(
                ("month", place.day // 100, place.unit_id, "duration", "", int(place.procedure_id > 0)),
                taken, amount,
            )

    def add_answers(self, answered: Answered, amount: int = 1) -> None:
        """Count a survey's answers in or out."""
        place = answered.place
        for question, slot in answered.answers:
            self._release(
                ("month", place.day // 100, place.unit_id, "answer",
                 f"{answered.questionnaire}:{question}", int(place.procedure_id > 0)),
                slot, amount,
            )

    def _release(self, cell: CellKey, slot: int, amount: int) -> None:
        self.released[(cell, slot)] += amount
        self.touched[cell] += 1


def _fine_statements(table: str, period: str) -> tuple[str, str]:
    columns = (period, *KEYS)
    names = ", ".join(columns)
    values = ", ".join(f":{c}" for c in columns)
    insert = (
        f"INSERT INTO {table} ({names}, n{', released_n' if period == 'month' else ''}) "  # noqa: S608
        f"VALUES ({values}, :n{', 0' if period == 'month' else ''}) "
        f"ON CONFLICT ({names}) DO UPDATE SET n = {table}.n + excluded.n"
    )
    where = " AND ".join(f"{c} = :{c}" for c in columns)
    return insert, f"UPDATE {table} SET n = n + :n WHERE {where}"  # noqa: S608


_DAY = _fine_statements("rating_days", "day")
_MONTH = _fine_statements("rating_months", "month")


def _released_statements() -> tuple[str, str]:
    names = ", ".join(RELEASED_KEYS)
    values = ", ".join(f":{c}" for c in RELEASED_KEYS)
    due = f"released_cells.pending + :k >= {RENEW_AFTER}"
    live = ", ".join(f"live_{i} = released_cells.live_{i} + :d{i}" for i in LEVELS)
    copy = ", ".join(
        f"copy_{i} = CASE WHEN {due} THEN released_cells.live_{i} + :d{i} "
        f"ELSE released_cells.copy_{i} END"
        for i in LEVELS
    )
    change = (
        f"{live}, {copy}, "
        f"pending = CASE WHEN {due} THEN 0 ELSE released_cells.pending + :k END, "
        f"copied_ms = CASE WHEN {due} THEN :now_ms ELSE released_cells.copied_ms END"
    )
    lives = ", ".join(f"live_{i}" for i in LEVELS)
    copies = ", ".join(f"copy_{i}" for i in LEVELS)
    deltas = ", ".join(f":d{i}" for i in LEVELS)
    firsts = ", ".join(f":c{i}" for i in LEVELS)
    insert = (
        f"INSERT INTO released_cells ({names}, {lives}, pending, {copies}, copied_ms, closed) "  # noqa: S608
        f"VALUES ({values}, {deltas}, :p, {firsts}, :m, 0) "
        f"ON CONFLICT ({names}) DO UPDATE SET {change}"
    )
    where = " AND ".join(f"{c} = :{c}" for c in RELEASED_KEYS)
    return insert, f"UPDATE released_cells SET {change} WHERE {where}"  # noqa: S608


_RELEASED = _released_statements()
_RENEW_STRATA = """
UPDATE rating_months SET released_n = n
 WHERE month = :month AND unit_id = :unit AND officer_id = :officer AND linked = 1
   AND released_n <> n
   AND EXISTS (SELECT 1 FROM released_cells r
                WHERE r.grain = 'month' AND r.period = :month AND r.unit_id = :unit
                  AND r.dimension = 'officer' AND r.value = :value AND r.linked = 1
                  AND r.pending = 0)
"""


def _apply_fine(
    conn: Connection, statements: tuple[str, str], period: str, moved: Counter[CellKey]
) -> None:
    columns = (period, *KEYS)
    ins: list[dict[str, object]] = []
    upd: list[dict[str, object]] = []
    for key, n in moved.items():
        if n:
            (ins if n > 0 else upd).append({**dict(zip(columns, key, strict=True)), "n": n})
    for statement, chosen in ((statements[1], upd), (statements[0], ins)):
        if chosen:
            conn.execute(text(statement), chosen)


def _apply_released(conn: Connection, moves: Moves, now_ms: int) -> None:
    ins: list[dict[str, object]] = []
    upd: list[dict[str, object]] = []
    for cell, touched in moves.touched.items():
        deltas = [moves.released[(cell, level)] for level in LEVELS]
        if not any(deltas):
            continue
        row: dict[str, object] = dict(zip(RELEASED_KEYS, cell, strict=True))
        first = touched >= RENEW_AFTER
        row.update(k=touched, now_ms=now_ms, p=0 if first else touched, m=now_ms if first else 0)
        for level, delta in zip(LEVELS, deltas, strict=True):
            row[f"d{level}"] = delta
            row[f"c{level}"] = delta if first else 0
        (upd if min(deltas) < 0 else ins).append(row)
    if upd:
        conn.execute(text(_RELEASED[1]), upd)
    if ins:
        conn.execute(text(_RELEASED[0]), ins)


def _renew_strata(conn: Connection, cells: Iterable[CellKey]) -> None:
    rows = [
        {"month": cell[1], "unit": cell[2], "officer": int(str(cell[4])), "value": cell[4]}
        for cell in cells
        if cell[0] == "month" and cell[3] == "officer"
    ]
    if rows:
        conn.execute(text(_RENEW_STRATA), rows)


def apply(conn: Connection, moves: Moves, *, now_ms: int) -> None:
    """Write the moves; released copies whose fifth new rating is in are renewed."""
    _apply_fine(conn, _DAY, "day", moves.days)
    _apply_fine(conn, _MONTH, "month", moves.months)
    _apply_released(conn, moves, now_ms)
    _renew_strata(conn, moves.touched)


def last_closed(today: date) -> tuple[int, int]:
    """Newest month and ISO week that ended at least seven days before ``today``."""
    limit = today - timedelta(days=CLOSE_AFTER_DAYS)
    month_end = limit.replace(day=1) - timedelta(days=1)
    if (limit + timedelta(days=1)).day == 1:
        month_end = limit
    iso = (limit - timedelta(days=limit.isoweekday() % 7)).isocalendar()
    return month_end.year * 100 + month_end.month, iso.year * 100 + iso.week


def release_closed(conn: Connection, *, today: date, now_ms: int) -> int:
    """Copy once the cells of periods closed for seven days; returns how many were copied."""
    month, week = last_closed(today)
    copy = ", ".join(f"copy_{i} = live_{i}" for i in LEVELS)
    done = 0
    for grain, last in (("month", month), ("week", week)):
        keys = {"grain": grain, "last": last, "now_ms": now_ms}
        if grain == "month":
            conn.execute(
                text(
                    "UPDATE rating_months SET released_n = n WHERE month <= :last "
                    "AND released_n <> n AND EXISTS (SELECT 1 FROM released_cells r "
                    "WHERE r.grain = 'month' AND r.period = rating_months.month "
                    "AND r.unit_id = rating_months.unit_id AND r.dimension = 'officer' "
                    "AND r.value = CAST(rating_months.officer_id AS VARCHAR) AND r.linked = 1 "
                    "AND r.closed = 0)"
                ),
                {"last": last},
            )
        done += conn.execute(
            text(
                f"UPDATE released_cells SET {copy}, pending = 0, copied_ms = :now_ms, closed = 1 "  # noqa: S608
                "WHERE grain = :grain AND period <= :last AND closed = 0"
            ),
            keys,
        ).rowcount
    return done
