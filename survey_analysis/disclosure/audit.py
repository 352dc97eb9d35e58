"""The attack: what linear programming finds out about hidden cells from what is published.

An attacker knows every published cell, every sum, which cells are hidden, that a hidden cell is
not empty (empty ones are shown as such), and how many dossiers were eligible.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from survey_analysis.disclosure.lattice import Lattice
from survey_analysis.errors import LatticeError

Array = NDArray[np.float64]
EPS = 1e-6


@dataclass(frozen=True)
class Bounds:
    """What can be found out about the raters of a hidden cell: at least ``low``, at most ``high``.

    ``high`` is infinite where nothing bounds it.
    """

    low: float
    high: float

    @property
    def exact(self) -> bool:
        """Whether the attacker knows the cell."""
        return self.high - self.low < EPS


class System:
    """Equations of the hidden cells of one connected part of a lattice, level by level.

    Variables are cell × level, without those that an equation forces to zero.
    """

    def __init__(
        self, lattice: Lattice, members: Iterable[Hashable], relations: Iterable[int], *,
        least: float = 0.0,
    ) -> None:
        """Set up the equations of ``members``; ``least`` raters are known in each hidden cell."""
        self.keys = list(members)
        self.row = {key: i for i, key in enumerate(self.keys)}
        self.depth = len(next(iter(lattice.cells.values())).levels)
        self.cells = [lattice.cells[key] for key in self.keys]
        self._equations(lattice, relations)
        self._bounds(least)

    def _equations(self, lattice: Lattice, relations: Iterable[int]) -> None:
        rows: list[int] = []
        columns: list[int] = []
        signs: list[float] = []
        right: list[float] = []
        zero = np.zeros((len(self.keys), self.depth), dtype=bool)
        for number in relations:
            relation = lattice.relations[number]
            parts = [self.row[k] for k in relation.parts if k in self.row]
            total = self.row.get(relation.total)
            if not parts and total is None:
                continue
            for level in range(self.depth):
                rest = lattice.cells[relation.total].levels[level] if total is None else 0
                rest -= sum(
                    lattice.cells[k].levels[level] for k in relation.parts if k not in self.row
                )
                if total is None and rest == 0:
                    zero[parts, level] = True
                    continue
                equation = len(right)
                right.append(rest)
                for part in parts:
                    rows.append(equation)
                    columns.append(part * self.depth + level)
                    signs.append(1.0)
                if total is not None:
                    rows.append(equation)
                    columns.append(total * self.depth + level)
                    signs.append(-1.0)
        size = len(self.keys) * self.depth
        self.right = np.array(right)
        self.matrix = sparse.csr_matrix((signs, (rows, columns)), shape=(len(right), size))
        self.zero = zero.ravel()

    def _bounds(self, least: float) -> None:
        size = len(self.keys) * self.depth
        cell = np.repeat(np.arange(len(self.keys)), self.depth)
        self.sums = sparse.csr_matrix(
            (np.ones(size), (cell, np.arange(size))), shape=(len(self.keys), size)
        )
        self.top = np.where(self.zero, 0.0, np.inf)
        upper = np.array([math.inf if c.upper is None else c.upper for c in self.cells])
        capped = np.flatnonzero(np.isfinite(upper))
        blocks, limits = [self.sums[capped]], [upper[capped]]
        if least > 0:
            blocks.append(-self.sums)
            limits.append(np.full(len(self.keys), -least))
        self.inequalities = sparse.vstack(blocks, format="csr")
        self.limits = np.concatenate(limits)

    def extreme(self, weights: Array) -> float:
        """Largest value of a sum of cell × level over all tables that fit; infinite if unbounded.

        Raises
        ------
        LatticeError
            If no table fits: the published cells contradict one another.

        """
        left, equal = self.inequalities, self.matrix
        found = linprog(
            -weights, A_ub=left if left.shape[0] else None,
            b_ub=self.limits if left.shape[0] else None, A_eq=equal if equal.shape[0] else None,
            b_eq=self.right if equal.shape[0] else None,
            bounds=np.column_stack([np.zeros(len(self.top)), self.top]), method="highs",
        )
        if found.status == 2:
            raise LatticeError(f"no table fits what is published: {found.message}")
        return math.inf if found.x is None else -float(found.fun)

    def bounds(self, key: Hashable) -> Bounds:
        """Fewest and most raters that a hidden cell can have."""
        row = np.asarray(self.sums[self.row[key]].todense(), dtype=float).ravel()
        return Bounds(max(0.0, -self.extreme(-row)), self.extreme(row))

    def most_elsewhere(self, key: Hashable, level: int) -> float:
        """Most raters that a hidden cell can have on other levels than one."""
        weights = np.zeros(self.matrix.shape[1])
        at = self.row[key] * self.depth
        weights[at:at + self.depth] = 1.0
        weights[at + level] = 0.0
        return self.extreme(weights)


def hidden_parts(
    lattice: Lattice, hidden: Collection[Hashable]
) -> list[tuple[list[Hashable], list[int]]]:
    """Hidden cells that equations bind to one another, with those equations.

    Parameters
    ----------
    lattice : Lattice
        What is published.
    hidden : collection
        Cells that are not shown; empty ones among them count as known.

    Returns
    -------
    list of (keys, numbers of relations)

    """
    keys = [key for key, cell in lattice.cells.items() if key in hidden and cell.n > 0]
    row = {key: i for i, key in enumerate(keys)}
    touching: list[list[int]] = [
        [row[k] for k in (relation.total, *relation.parts) if k in row]
        for relation in lattice.relations
    ]
    pairs = [(found[0], other) for found in touching for other in found]
    start, end = zip(*pairs, strict=True) if pairs else ((), ())
    graph = sparse.csr_matrix((np.ones(len(pairs)), (start, end)), shape=(len(keys), len(keys)))
    count, label = connected_components(graph, directed=False)
    members: list[list[Hashable]] = [[] for _ in range(count)]
    numbers: list[list[int]] = [[] for _ in range(count)]
    for key, part in zip(keys, label, strict=True):
        members[part].append(key)
    for number, found in enumerate(touching):
        if found:
            numbers[label[found[0]]].append(number)
    return list(zip(members, numbers, strict=True))


def attack(
    lattice: Lattice, hidden: Collection[Hashable], targets: Collection[Hashable] | None = None, *,
    least: float = 0.0,
) -> dict[Hashable, Bounds]:
    """Exact bounds of hidden cells from everything that is published (min and max by LP each).

    Parameters
    ----------
    lattice : Lattice
        Cells and sums.
    hidden : collection
        Cells that are not shown.
    targets : collection, optional
        Hidden cells to attack; all if not given.
    least : float
        Raters that an attacker knows to be in every hidden cell: 1 where empty cells are shown.

    Returns
    -------
    dict
        Cell → Bounds; empty hidden cells are not among them.

    Raises
    ------
    LatticeError
        If a hidden cell is unknown.

    Examples
    --------
    >>> from survey_analysis.disclosure.lattice import table_lattice
    >>> table = table_lattice([[1, 9], [7, 8]])
    >>> attack(table, [("cell", 0, 0)])[("cell", 0, 0)].exact
    True

    """
    hidden = set(hidden)
    unknown = [key for key in hidden if key not in lattice.cells]
    if unknown:
        raise LatticeError(f"hidden cell {unknown[0]!r} is not in the lattice")
    wanted = set(hidden if targets is None else targets)
    found: dict[Hashable, Bounds] = {}
    for keys, relations in hidden_parts(lattice, hidden):
        asked = [key for key in keys if key in wanted]
        if asked:
            system = System(lattice, keys, relations, least=least)
            found |= {key: system.bounds(key) for key in asked}
    return found
