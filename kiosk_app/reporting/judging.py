"""The one place where the pages' counts are put to the gate: a cell's name goes with its counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk_app.reporting import disclosure
from kiosk_app.reporting.records import Figure

Levels = tuple[int, int, int, int, int]
NOTHING: Levels = (0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Cell:
    """Released counts of one cell under its name in the published lattice.

    ``period`` is a calendar period (``2018-10``, ``2018-Q4``, ``2018``, ``2018-W41``);
    ``unit_id`` names a unit other than the selection the table is of.
    """

    key: str
    label: str
    levels: Levels
    eligible: int
    dimension: str
    period: str
    member: str = ""
    unit_id: int | None = None


def table(conn: Connection, unit_ids: Sequence[int], cells: Sequence[Cell]) -> list[Figure]:
    """Rows of a table beside its published total, judged together, in the order given."""
    del conn, unit_ids
    rows = [disclosure.figure(c.key, c.label, c.levels, c.eligible) for c in cells]
    return disclosure.table(rows, [sum(c.levels) for c in cells])


def each(conn: Connection, unit_ids: Sequence[int], cells: Sequence[Cell]) -> list[Figure]:
    """Rows that no published total is the sum of, each judged on its own."""
    del conn, unit_ids
    return [disclosure.figure(c.key, c.label, c.levels, c.eligible) for c in cells]
