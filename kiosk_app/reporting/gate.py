"""Whether a cell may be seen, and if not, why: the ledger's answer for whatever makes rows.

A cell without a decision stays hidden until the next round decides it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk_app.reporting import queries
from kiosk_app.reporting.lattices import HOUSE

SHOWN = ""
TOTAL = "total"
HIDDEN = "hidden"
"""It, or another cell that could be found by subtracting it, has too few raters; which, is not told."""
UNDECIDED = "undecided"
"""Too new: the next round decides."""
TOGETHER = "together"
"""These units are not published together: choose one of them, or all."""
FEW = "few"
"""The cell is seen, its rate is not: fewer than ten raters."""
REASONS = (SHOWN, HIDDEN, UNDECIDED, TOGETHER, FEW)


@dataclass(frozen=True)
class Gate:
    """Decisions for one request: of a unit, of the whole house, or of units never summed."""

    scope: int | None
    decisions: queries.Decisions

    def why(
        self, dimension: str, period: str, member: str, *, unit_id: int | None = None,
        n: int = 1,
    ) -> str:
        """Empty if the cell may be seen, else HIDDEN, UNDECIDED or TOGETHER.

        ``unit_id`` names another unit than the scope's. ``n`` are the raters: an empty cell is
        shown, but looks like the hidden ones where there are any beside it, so that none of those
        is known not to be empty.
        """
        place = self.scope if unit_id is None else unit_id
        if place is None:
            return TOGETHER
        entry = self.decisions.of(place, dimension, period, member)
        if entry is None and n:
            return UNDECIDED
        if entry is None:
            return HIDDEN if self.decisions.hides(place, dimension, period) else SHOWN
        return SHOWN if entry.shown else HIDDEN


def scope(conn: Connection, unit_ids: Sequence[int]) -> int | None:
    """The unit that figures are of; HOUSE for all that have any; None for a mere part of them."""
    if len(set(unit_ids)) == 1:
        return unit_ids[0]
    return HOUSE if unit_ids and queries.decided_units(conn) <= {HOUSE, *unit_ids} else None


def opened(
    conn: Connection, unit_ids: Sequence[int], *, dimensions: Collection[str],
    periods: Collection[str], others: Collection[int] = (), members: Collection[str] | None = None,
) -> Gate:
    """The gate of a request: decisions on the scope of these units, and on ``others``.

    For totals, of every unit given: whether any of them is hidden beside those shown. With
    ``members`` only decisions on these: enough for cells that are not empty, as only an empty one's
    answer hangs on what else its table hides.
    """
    place = scope(conn, unit_ids)
    units = {*others, *(unit_ids if TOTAL in dimensions else ())}
    if place is not None:
        units.add(place)
    return Gate(
        place,
        queries.read(
            conn, unit_ids=units, dimensions=dimensions, periods=periods, members=members
        ),
    )
