"""The one place where the pages' counts are put to the gate: a cell's name goes with its counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk_app.reporting import disclosure, gate
from kiosk_app.reporting.queries import Decisions
from kiosk_app.reporting.records import Figure

Levels = tuple[int, int, int, int, int]
NOTHING: Levels = (0, 0, 0, 0, 0)
FEW_MEMBERS = 40
"""A table of more is read whole: one range of the ledger instead of a look-up for each member."""


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
    """Figures of cells, in the order given, as the ledger of decisions lets them out."""
    counted = _opened(conn, unit_ids, [c for c in cells if any(c.levels)], whole=False)
    empty = _opened(conn, unit_ids, [c for c in cells if not any(c.levels)], whole=True)
    return [
        disclosure.figure(
            c.key, c.label, c.levels, c.eligible,
            (counted if any(c.levels) else empty).why(
                c.dimension, c.period, c.member, unit_id=c.unit_id, n=sum(c.levels)),
        )
        for c in cells
    ]


def _opened(
    conn: Connection, unit_ids: Sequence[int], cells: Sequence[Cell], *, whole: bool
) -> gate.Gate:
    """The gate for cells; ``whole``: with all that is decided in their tables."""
    if not cells:
        return gate.Gate(None, Decisions())
    members = {c.member for c in cells}
    return gate.opened(
        conn, unit_ids, dimensions={c.dimension for c in cells}, periods={c.period for c in cells},
        others={c.unit_id for c in cells if c.unit_id is not None},
        members=None if whole or len(members) > FEW_MEMBERS else members,
    )


each = table
"""The ledger judges a cell that stands alone and one of a table alike."""


def adds_up(total_row: Figure, parts: Sequence[Figure]) -> bool:
    """Whether a shown total is the sum of its shown parts; true where any of them is hidden.

    Copies of a running month are renewed each at its own moment, so that they need not.
    """
    if total_row.n is None or any(row.n is None for row in parts):
        return True
    return total_row.n == sum(row.n or 0 for row in parts)
