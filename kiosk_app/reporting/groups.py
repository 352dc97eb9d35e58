"""Groups of officers: whose figures the training office is told, of five people or more.

A ward with two officers has a figure of its own on the managers' pages; for HR it would be the
figure of two persons. Officers are counted by the steps that they could have been rated for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk_app.core.errors import RuleError
from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.records import Figure

LEAST = 5
"""Fewest officers of a group."""
KINDS = ("unit", "procedure", "field")
"""Dimensions whose members are groups of officers; others cut through all of a unit."""


@dataclass(frozen=True)
class Groups:
    """Officers of a period by unit, procedure code and field, and by unit and field."""

    officers: Mapping[tuple[str, str], frozenset[int]]
    held: frozenset[tuple[str, str]] = frozenset()
    """Groups kept back beside smaller ones, which could be found by subtraction otherwise."""

    def enough(self, kind: str, *members: str) -> bool:
        """Whether these members (of units: those of one group) have five officers together."""
        if len(members) == 1 and (kind, members[0]) in self.held:
            return False
        return len(self._together((kind, member) for member in members)) >= LEAST

    def _together(self, places: Iterable[tuple[str, str]]) -> frozenset[int]:
        return frozenset().union(*(self.officers.get(at, frozenset()) for at in places))

    def covered(self) -> Groups:
        """The same, with so many more kept back that what is left of a table has five officers too."""
        held: set[tuple[str, str]] = set()
        for table in _tables(self.officers).values():
            ordered = sorted(table, key=lambda at: (len(self.officers[at]), at))
            small = [at for at in ordered if len(self.officers[at]) < LEAST]
            rest = ordered[len(small):]
            while small and rest and len(self._together(small)) < LEAST:
                small.append(rest.pop(0))
                held.add(small[-1])
        return Groups(self.officers, frozenset(held))

    def told(self, rows: Sequence[Figure], kind: str, beside: str = "") -> tuple[Figure, ...]:
        """Rows of five officers or more; with ``beside`` a field, rows are units and that field's."""
        if kind not in KINDS:
            return tuple(rows)
        name, tail = ("unit_field", f":{beside}") if beside else (kind, "")
        return tuple(row for row in rows if self.enough(name, row.key + tail))

    def require(self, kind: str, *members: str) -> None:
        """RuleError ``group_too_small`` for a group with fewer than five officers."""
        if not self.enough(kind, *members):
            raise RuleError("group_too_small", "fewer than five officers", field=kind)


def _tables(places: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Places by the table that they are rows of: of a field's units, each field is a table."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, member in places:
        name = f"{kind}:{member.partition(':')[2]}" if kind == "unit_field" else kind
        found[name].append((kind, member))
    return found


def of(conn: Connection, period: Period, unit_ids: Collection[int]) -> Groups:
    """Who worked where and on what in a period."""
    known = organisation_queries.procedures(conn)
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in dossier_counts.eligible(
        conn, months=period.months, unit_ids=sorted(unit_ids),
        by=("unit_id", "procedure_id", "officer_id"),
    ):
        unit, procedure, officer = (int(one) for one in row.key)
        if not officer:
            continue
        one = known.get(procedure)
        field = str(one.field_id) if one else "0"
        for at in (("unit", str(unit)), ("field", field), ("unit_field", f"{unit}:{field}"),
                   ("procedure", one.code if one else str(procedure))):
            found[at].add(officer)
    return Groups({at: frozenset(who) for at, who in found.items()}).covered()
