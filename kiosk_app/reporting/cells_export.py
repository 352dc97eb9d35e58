"""Every published monthly cell of some units as rows of one table, through the gate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import groups as groups_of
from kiosk_app.reporting import judging
from kiosk_app.reporting.judging import NOTHING, Cell
from kiosk_app.reporting.periods import Period, of_month
from kiosk_app.reporting.records import Figure
from kiosk_app.reporting.satisfaction import Levels, added, eligible_beside

DIMENSIONS = ("total", "field", "procedure", "step", "channel", "filing_mode", "reason")
HEAD = ("month", "unit", "dimension", "value", "label", "n", "eligible", "coverage", "share",
        "low", "high", "level_1", "level_2", "level_3", "level_4", "level_5", "suppressed")
Row = list[object]


def dimensions(*, officers: bool, groups: bool = False) -> tuple[str, ...]:
    """What an export holds: officers only for who may see them; for who is told groups of officers
    only, what cuts through all of a unit.
    """
    if groups:
        return tuple(one for one in DIMENSIONS if one not in ("field", "procedure"))
    return (*DIMENSIONS, "officer") if officers else DIMENSIONS


def units_of_groups(conn: Connection, period: Period, unit_ids: Sequence[int]) -> list[int]:
    """Units in which five officers or more worked in every month of the period that had any work."""
    found = set(unit_ids)
    for month in period.months:
        made = groups_of.of(conn, of_month(month), unit_ids)
        if made.officers:
            found = {one for one in found if made.enough("unit", str(one))}
    return sorted(found)


def size(
    conn: Connection, period: Period, unit_ids: Sequence[int], *, officers: bool,
    groups: bool = False,
) -> int:
    """How many rows there will be."""
    return feedback_queries.cells(
        conn, months=period.months, unit_ids=unit_ids,
        dimensions=dimensions(officers=officers, groups=groups),
    )


def _labels(conn: Connection, lang: str, names: Mapping[str, str]) -> dict[tuple[str, str], str]:
    found = {
        ("procedure", p.code): p.name(lang)
        for p in organisation_queries.procedures(conn).values()
    }
    found |= {
        ("field", str(f.id)): f.name(lang) for f in organisation_queries.fields(conn).values()
    }
    found |= {
        ("officer", str(o.id)): f"{o.full_name} ({o.code})"
        for o in organisation_queries.officers(conn).values()
    }
    for key, text in names.items():
        dimension, _, value = key.partition(":")
        found[dimension, value] = text
    return found


def _row(month: int, unit: str, dimension: str, label: str, figure: Figure) -> Row:
    levels: Sequence[int | None] = figure.levels or (None,) * 5
    return [
        f"{month // 100}-{month % 100:02d}", unit, dimension, figure.key, label, figure.n,
        figure.eligible or None, figure.coverage, figure.share, figure.low, figure.high, *levels,
        figure.suppressed,
    ]


def rows(
    conn: Connection, period: Period, unit_ids: Sequence[int], lang: str,
    names: Mapping[str, str], *, officers: bool, groups: bool = False,
) -> Iterator[Row]:
    """Rows by month, dimension, unit and value; hidden figures are blank and say so."""
    labels = _labels(conn, lang, names)
    refs = {u.id: u.ref for u in organisation_queries.receiving_units(conn)}
    codes = {str(p.id): p.code for p in organisation_queries.procedures(conn).values()}
    for month in period.months:
        for dimension in dimensions(officers=officers, groups=groups):
            by_unit: dict[int, dict[str, Levels]] = defaultdict(dict)
            for cell in feedback_queries.released(
                conn, grain="month", periods=[month], dimension=dimension, unit_ids=unit_ids
            ):
                # Versions of one procedure are one member of what is published.
                value = codes.get(cell.value, cell.value) if dimension == "procedure" else cell.value
                known = by_unit[cell.unit_id].get(value, NOTHING)
                by_unit[cell.unit_id][value] = added([known, cell.levels])
            could = eligible_beside(conn, [month], unit_ids, dimension)
            for unit in sorted(by_unit, key=lambda u: refs.get(u, "")):
                cells = sorted(by_unit[unit].items())
                figures = judging.table(conn, [unit], [
                    Cell(value, value, levels, could.get((unit, value), 0), dimension,
                         of_month(month).key, value)
                    for value, levels in cells
                ])
                for one in figures:
                    label = labels.get((dimension, one.key), one.key)
                    yield _row(month, refs.get(unit, ""), dimension, label, one)
