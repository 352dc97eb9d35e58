"""Figures of a past period by the units of another day: mergers, splits and dissolutions.

A unit that went whole into one other is added to it. One that was divided cannot be re-allocated:
nobody knows which rating belongs to which part, and it is named instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.organisation.records import UnitRecord
from kiosk_app.reporting import disclosure, satisfaction
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.records import Figure


@dataclass(frozen=True)
class Rolled:
    """A unit of the chosen day with the figures of those that went whole into it."""

    figure: Figure
    members: tuple[str, ...]
    keys: tuple[str, ...]
    """Of the members, as the table by unit has them."""


@dataclass(frozen=True)
class Unplaced:
    """A unit that was divided (to whom) or has no successor (to nobody)."""

    label: str
    n: int | None
    into: tuple[str, ...]


@dataclass(frozen=True)
class RollUp:
    """Then and now."""

    on: date
    rows: tuple[Rolled, ...]
    unplaced: tuple[Unplaced, ...]


def days_of_change(conn: Connection) -> list[date]:
    """Days on which units merged, were divided or dissolved, in order."""
    return sorted({e.day for e in organisation_queries.events(conn)})


def _place(
    conn: Connection, unit: UnitRecord, on: date, known: dict[int, UnitRecord]
) -> tuple[int | None, tuple[int, ...]]:
    """The unit that ``unit`` went whole into by ``on``, or None and the parts."""
    found = [(i, share) for i, share in organisation_queries.successors(conn, unit.id, on=on)
             if i in known]
    ended = unit.valid_to is not None and unit.valid_to < on
    if len(found) == 1 and found[0][1] == "whole" and not (ended and found[0][0] == unit.id):
        return found[0][0], ()
    return None, tuple(i for i, _ in found if i != unit.id)


def roll_up(
    conn: Connection, period: Period, unit_ids: Sequence[int], on: date, lang: str
) -> RollUp:
    """Rows by the units of ``on``, by name; a sum that would tell a hidden member is hidden."""
    known = organisation_queries.units(conn, on=on)
    own = {str(u.id): u for u in organisation_queries.receiving_units(conn)}
    single = {row.key: row for row in satisfaction.by_unit(conn, period, unit_ids, lang)}
    levels = satisfaction.grouped(conn, period.months, unit_ids, "total", lambda r: r.unit_id)
    members: dict[int, list[str]] = defaultdict(list)
    unplaced = []
    for key, row in single.items():
        target, parts = _place(conn, own[key], on, known)
        if target is None:
            unplaced.append(Unplaced(row.label, row.n, tuple(known[p].name(lang) for p in parts)))
        else:
            members[target].append(key)
    rows = [
        _row(known[target], keys, single, levels, lang) for target, keys in members.items()
    ]
    return RollUp(on, tuple(sorted(rows, key=lambda r: r.figure.label)), tuple(unplaced))


def _row(
    unit: UnitRecord, keys: Sequence[str], single: dict[str, Figure],
    levels: dict[str, satisfaction.Levels], lang: str,
) -> Rolled:
    names = tuple(single[key].label for key in keys)
    few = [key for key in keys if single[key].suppressed and any(levels.get(key, ()))]
    if len(keys) == 1:
        return Rolled(replace(single[keys[0]], label=unit.name(lang)), names, tuple(keys))
    summed = disclosure.pooled(
        str(unit.id), unit.name(lang),
        satisfaction.added([levels.get(key, (0, 0, 0, 0, 0)) for key in keys]),
        sum(single[key].eligible for key in keys),
        shown=len(few) != 1 and all(single[key].n is not None for key in keys),
    )
    return Rolled(summed, names, tuple(keys))
