"""Keeping the ledger: each unit and year whose counts have changed is decided anew; comments are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, update

from kiosk_app.core import db
from kiosk_app.core.columns import LOCAL_ZONE, to_ms
from kiosk_app.feedback import cells as feedback_cells
from kiosk_app.feedback import commands as feedback_commands
from kiosk_app.feedback import live
from kiosk_app.reporting import deciding, lattices, queries, reading
from kiosk_app.reporting.lattices import HOUSE
from kiosk_app.reporting.models import DisclosureDecision, DisclosureRound
from kiosk_app.reporting.queries import Decisions, Round, Row

Say = Callable[[str], None]
CHUNK = 400


@dataclass(frozen=True)
class Done:
    """What a run decided: units and years, cells in them, how many are hidden, rows written."""

    decided: int = 0
    cells: int = 0
    hidden: int = 0
    unprotected: int = 0
    written: int = 0


def decide(*, now: datetime, say: Say | None = None, every: bool = False) -> Done:
    """Decide anew each unit and year whose counts changed; ``every`` also those that did not.

    Reads in one snapshot, solves without holding anything, writes one transaction a unit.
    """
    closed = feedback_cells.last_closed(now.astimezone(LOCAL_ZONE).date())
    with db.reading() as conn:
        marks, rounds = live.marks(conn), queries.rounds(conn)
    stale = {
        place for place, mark in marks.items()
        if every or place not in rounds or rounds[place].mark != _mark(mark, closed, place[1])
    }
    total = Done()
    for number in sorted({year for _unit, year in stale}):
        units = {unit for unit, year in stale if year == number}
        total = _decide_year(number, units, closed, now, say, total)
    return total


def _mark(mark: str, closed: tuple[int, int], year: int) -> str:
    """Changes with the counts, and whenever a month of the year is closed."""
    return f"{mark}@{min(max(closed[0], year * 100), year * 100 + 101)}"


def _decide_year(
    number: int, units: set[int], closed: tuple[int, int], now: datetime, say: Say | None,
    total: Done,
) -> Done:
    with db.reading() as conn:
        year = lattices.read(conn, number)
        marks, rounds = live.marks(conn), queries.rounds(conn)
        known = queries.read(conn, unit_ids=[HOUSE, *year.units], year=number)
    work = deciding.Round(year, known, closed)
    work.shown.update({key: entry.shown for key, entry in known.entries.items()})
    before = {key: shown for key, shown in work.shown.items() if key.dimension == deciding.TOTAL}
    deciding.totals(work)
    moved = {
        key.unit_id for key, shown in work.shown.items()
        if key.dimension == deciding.TOTAL and before.get(key) != shown and key.unit_id != HOUSE
    }
    for unit_id in [u for u in year.units if u in units | moved]:
        for dimension in deciding.DIMENSIONS:
            deciding.dimension(work, unit_id, dimension)
        deciding.unit_weeks(work, unit_id)
        mark = _mark(marks.get((unit_id, number), ""), closed, number)
        total = _write(work, unit_id, mark, rounds, now, total)
        if say is not None:
            say(f"disclosure {number}: unit {unit_id}")
    for dimension in deciding.DIMENSIONS:
        deciding.house(work, dimension)
    deciding.house_weeks(work)
    return _write(work, HOUSE, "", rounds, now, total)


def _write(
    work: deciding.Round, unit_id: int, mark: str, rounds: Mapping[tuple[int, int], Round],
    now: datetime, total: Done,
) -> Done:
    """Decisions and the state they were made for, in one transaction; who comes second does none."""
    rows = work.rows.get(unit_id, [])
    hidden = sum(1 for row in rows if not row.shown)
    place = (unit_id, work.year.number)
    number = rounds[place].number if place in rounds else 0
    left = work.unprotected.get(unit_id, 0)
    with db.transaction() as conn:
        now_there = queries.rounds(conn).get(place)
        if (now_there.number if now_there else 0) != number:
            return total
        written = _add(conn, work.known, rows, now_ms=to_ms(now))
        _close_round(conn, Round(
            unit_id, work.year.number, number + 1, mark, len(rows), hidden, left, to_ms(now),
        ))
    return Done(
        total.decided + 1, total.cells + len(rows), total.hidden + hidden,
        total.unprotected + left, total.written + written,
    )


def _add(conn: Connection, known: Decisions, rows: Sequence[Row], *, now_ms: int) -> int:
    """Write what is new; how many. A decision that is final is never written again."""
    new: list[dict[str, object]] = []
    for row in rows:
        entry = known.entries.get(row.key)
        if entry is not None and (
            entry.final or (entry.shown, entry.final) == (row.shown, row.final)
        ):
            continue
        new.append({
            "unit_id": row.key.unit_id, "dimension": row.key.dimension, "period": row.key.period,
            "member": row.key.member, "version": entry.version + 1 if entry else 1,
            "shown": int(row.shown), "final": int(row.final), "decided_ms": now_ms,
            **{f"n_{i}": n for i, n in enumerate(row.levels, 1)},
        })
    for start in range(0, len(new), CHUNK):
        conn.execute(insert(DisclosureDecision), new[start : start + CHUNK])
    return len(new)


def _close_round(conn: Connection, done: Round) -> None:
    """Note a round; the first of a unit and year is put in."""
    values = {
        "number": done.number, "mark": done.mark, "cells": done.cells, "hidden": done.hidden,
        "unprotected": done.unprotected, "decided_ms": done.decided_ms,
    }
    changed = conn.execute(
        update(DisclosureRound)
        .where(DisclosureRound.unit_id == done.unit_id, DisclosureRound.year == done.year)
        .values(**values)
    ).rowcount
    if not changed:
        conn.execute(insert(DisclosureRound), [{"unit_id": done.unit_id, "year": done.year, **values}])


def read_comments() -> int:
    """Read comments that came since: masked, by topic. How many were read."""
    return feedback_commands.read_comments(reading.read)
