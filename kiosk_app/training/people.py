"""Who a row of a training list means: by code, else by name among those posted at the unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.records import PostingRecord
from kiosk_app.training.rules import plain
from kiosk_app.training.workbook import PersonRow


def unit_key(name: str) -> str:
    """A unit's name for comparison: short forms written out, the authority's name dropped."""
    text = plain(name).replace("hcc", "hành chính công").removeprefix("ubnd ")
    return "trung tâm hành chính công" if text.startswith("trung tâm hành chính công") else text


@dataclass(frozen=True)
class Roll:
    """Everybody who could be meant."""

    codes: Mapping[int, str]
    names: Mapping[int, str]
    stays: tuple[PostingRecord, ...]
    units: Mapping[str, frozenset[int]]

    @classmethod
    def load(cls, conn: Connection) -> Roll:
        """Officers, postings and unit names as they are known now."""
        units: dict[str, set[int]] = defaultdict(set)
        for unit in organisation.units(conn).values():
            units[unit_key(unit.name_vi)].add(unit.id)
        officers = organisation.officers(conn)
        return cls(
            codes={one.id: one.code for one in officers.values()},
            names={one.id: plain(one.full_name) for one in officers.values()},
            stays=tuple(organisation.postings(conn)),
            units={name: frozenset(ids) for name, ids in units.items()},
        )

    def code_of(self, officer_id: int | None) -> str:
        """The officer's code, '' for nobody."""
        return self.codes.get(officer_id, "") if officer_id is not None else ""

    def is_posted(self, officer_id: int, day: date) -> bool:
        """Whether the officer is posted anywhere on ``day``."""
        return any(stay.officer_id == officer_id and stay.covers(day) for stay in self.stays)

    def find(self, person: PersonRow, day: date) -> tuple[int | None, str]:
        """The officer meant, or None and why not."""
        if person.officer_code:
            return self._by_code(person)
        unit_ids = self.units.get(unit_key(person.unit), frozenset())
        if not unit_ids:
            return None, "unit_unknown"
        found = {
            stay.officer_id for stay in self.stays
            if stay.unit_id in unit_ids and stay.covers(day)
            and self.names[stay.officer_id] == plain(person.name)
        }
        if len(found) == 1:
            return found.pop(), ""
        return None, "ambiguous_name" if found else "officer_unknown"

    def _by_code(self, person: PersonRow) -> tuple[int | None, str]:
        wanted = person.officer_code.upper()
        for officer_id, code in self.codes.items():
            if code.upper() == wanted:
                same = self.names[officer_id] == plain(person.name)
                return (officer_id, "") if same else (None, "code_name_mismatch")
        return None, "officer_unknown"
