"""Reads of the ledger of disclosure decisions: what was decided of a cell and period."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, or_, select

from kiosk_app.reporting.models import DisclosureDecision, DisclosureRound


@dataclass(frozen=True)
class Entry:
    """The decision that rules for one cell."""

    version: int
    shown: bool
    final: bool


@dataclass(frozen=True)
class Key:
    """Name of a cell in the ledger; unit 0 is the whole house."""

    unit_id: int
    dimension: str
    period: str
    member: str


@dataclass(frozen=True)
class Row:
    """A decision to be written, with the counts it was made for."""

    key: Key
    shown: bool
    final: bool
    levels: Sequence[int]


@dataclass(frozen=True)
class Round:
    """When a unit and year was last decided, and what came out."""

    unit_id: int
    year: int
    number: int
    mark: str
    cells: int
    hidden: int
    unprotected: int
    decided_ms: int


@dataclass
class Decisions:
    """Ruling decisions by unit, dimension, period and member."""

    entries: Mapping[Key, Entry] = field(default_factory=dict)
    _hiding: set[tuple[int, str, str]] | None = field(default=None, init=False, repr=False)

    def of(self, unit_id: int, dimension: str, period: str, member: str) -> Entry | None:
        """The decision on a cell, or None while there is none."""
        return self.entries.get(Key(unit_id, dimension, period, member))

    def hides(self, unit_id: int, dimension: str, period: str) -> bool:
        """Whether any cell of this table is hidden; of totals: of any unit beside it."""
        if self._hiding is None:
            self._hiding = {
                (0 if key.dimension == "total" else key.unit_id, key.dimension, key.period)
                for key, entry in self.entries.items()
                if not entry.shown
            }
        place = 0 if dimension == "total" else unit_id
        return (place, dimension, period) in self._hiding


def read(
    conn: Connection, *, unit_ids: Collection[int], dimensions: Collection[str] | None = None,
    periods: Collection[str] | None = None, year: int | None = None,
    members: Collection[str] | None = None,
) -> Decisions:
    """Ruling decisions of units (0 is the house), dimensions, periods and members."""
    table = DisclosureDecision
    query = select(
        table.unit_id, table.dimension, table.period, table.member, table.version, table.shown,
        table.final,
    ).where(table.unit_id.in_(unit_ids))
    if dimensions is not None:
        query = query.where(table.dimension.in_(dimensions))
    if periods is not None:
        query = query.where(table.period.in_(periods))
    if members is not None:
        query = query.where(table.member.in_(members))
    if year is not None:
        query = query.where(or_(
            table.period.like(f"{year}%"), table.period.like(f"{year - 1}-W5%"),
            table.period == f"{year + 1}-W01",
        ))
    entries: dict[Key, Entry] = {}
    for row in conn.execute(query):
        key = Key(row[0], row[1], row[2], row[3])
        known = entries.get(key)
        if known is None or known.version < row[4]:
            entries[key] = Entry(row[4], bool(row[5]), bool(row[6]))
    return Decisions(entries)


def rounds(conn: Connection) -> dict[tuple[int, int], Round]:
    """The last round of each unit and year."""
    table = DisclosureRound
    rows = conn.execute(select(
        table.unit_id, table.year, table.number, table.mark, table.cells, table.hidden,
        table.unprotected, table.decided_ms,
    ))
    return {(row[0], row[1]): Round(*row) for row in rows}


def decided_units(conn: Connection) -> set[int]:
    """Units that have been decided for any year."""
    return set(conn.execute(select(DisclosureRound.unit_id).distinct()).scalars())
