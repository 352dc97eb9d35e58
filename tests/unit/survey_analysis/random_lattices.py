"""Random published lattices, and whether an attacker undoes a suppression of one."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from survey_analysis.disclosure.lattice import (
    Cell,
    CellKey,
    Lattice,
    Relation,
    build_lattice,
    table_lattice,
)
from survey_analysis.disclosure.primary import single_level
from survey_analysis.disclosure.suppression import Suppression
from tests.unit.survey_analysis.table_attack import Attacker, published

LEVELS = (0.03, 0.04, 0.08, 0.25, 0.60)


def lattices(number: int) -> Lattice:
    """The lattice of a number: tables, members by month with quarters, units of a centre."""
    random = np.random.default_rng([7, number])
    kind = number % 4
    if kind < 2:
        shape = random.integers(2, 6 if kind == 0 else 5, 2)
        return table_lattice(_counts(random, shape, depth=1 if kind == 0 else 5))
    if kind == 2:
        return _members_by_month(random)
    return _units(random)


def _counts(random: np.random.Generator, shape: np.ndarray, depth: int) -> list:
    means = random.gamma(0.9, float(random.choice([6, 12, 25])), tuple(shape))
    n = random.poisson(means)
    if depth == 1:
        return n.tolist()
    return [[random.multinomial(cell, LEVELS).tolist() for cell in row] for row in n]


def _members_by_month(random: np.random.Generator) -> Lattice:
    members, months = int(random.integers(2, 5)), int(random.integers(3, 7))
    table = np.array(_counts(random, np.array([members, months]), 5))
    counts = {
        CellKey("u", "procedure", f"p{i}", f"2018-{j + 1:02d}"): tuple(table[i, j].tolist())
        for i in range(members) for j in range(months)
    }
    counts |= {
        CellKey("u", "total", "", f"2018-{j + 1:02d}"): tuple(table[:, j].sum(axis=0).tolist())
        for j in range(months)
    }
    return build_lattice(counts)


def _units(random: np.random.Generator) -> Lattice:
    """Units × members, with their centre: sums in three directions."""
    units, members = (int(v) for v in random.integers(2, 4, 2))
    table = np.array(_counts(random, np.array([units, members]), 1))
    cells: dict[Hashable, Cell] = {}
    relations = []
    for i in range(units):
        for j in range(members):
            cells[i, j] = Cell((int(table[i, j]),))
        cells[i, "all"] = Cell((int(table[i].sum()),))
        relations.append(Relation((i, "all"), tuple((i, j) for j in range(members)), "member"))
    for j in [*range(members), "all"]:
        cells["centre", j] = Cell((sum(cells[i, j].n for i in range(units)),))
        relations.append(Relation(("centre", j), tuple((i, j) for i in range(units)), "unit"))
    relations.append(
        Relation(("centre", "all"), tuple(("centre", j) for j in range(members)), "member")
    )
    return Lattice(cells, tuple(relations))


def undone(
    lattice: Lattice, found: Suppression, least: int = 5, protection: int = 3
) -> list[tuple[Hashable, str]]:
    """Primary cells that an attacker finds out, with what was found."""
    known = published(lattice, found.shown)
    sums = [(r.total, r.parts) for r in lattice.relations]
    depth = len(next(iter(lattice.cells.values())).levels)
    attacker = Attacker(known, sums, depth, whole=True)
    result = []
    for key in sorted(found.primary - {k for k, c in lattice.cells.items() if not c.n}, key=repr):
        seen = attacker.attack(key)
        levels = lattice.cells[key].levels
        if seen.high < least - 1e-6:
            result.append((key, f"at most {seen.high} raters"))
        elif seen.high - seen.low < protection - 1e-6:
            result.append((key, f"{seen.low} to {seen.high} raters"))
        elif depth > 1 and single_level(levels):
            level = int(np.argmax(levels))
            if seen.elsewhere[level] < 1 and not _said_anyway(lattice, found, key, level):
                result.append((key, f"all of level {level + 1}"))
    return result


def _said_anyway(lattice: Lattice, found: Suppression, key: Hashable, level: int) -> bool:
    """A published total, less its published parts, of ten or more that all gave this level."""
    for relation in lattice.relations:
        if key in relation.parts and found.shown.get(relation.total, False):
            rest = np.array(lattice.cells[relation.total].levels)
            for part in relation.parts:
                if found.shown.get(part, False):
                    rest = rest - lattice.cells[part].levels
            if rest.sum() == rest[level] >= 10:
                return True
    return False
