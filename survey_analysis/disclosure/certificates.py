"""Proofs that hidden cells are safe: tables that fit what is published and differ enough.

A cell is safe once tables are known that an attacker cannot rule out and in which the cell has the
wanted numbers of raters. Sums bind each level apart, so tables are sought level by level and may be
combined: in every one of them each hidden cell keeps a rater on the level where it has most, so
that none is empty. Where eligible dossiers bound the cells, only one level differs at a time, by no
more than the bounds leave. These tables are fewer than all that fit: what they prove holds, and
what they do not prove is attacked exactly before it is called unprotected.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from survey_analysis.disclosure.lattice import Lattice

Array = NDArray[np.float64]
EPS = 1e-6


@dataclass(frozen=True)
class _Level:
    """Equations of one level: columns are cells that can have raters on it."""

    cells: NDArray[np.intp]
    column: NDArray[np.intp]
    matrix: sparse.csc_matrix
    right: Array
    low: Array
    high: Array
    truth: Array


class Certificates:
    """Raters that the cells of one connected part are known to be able to have."""

    def __init__(
        self, lattice: Lattice, keys: Sequence[Hashable], relations: Sequence[int]
    ) -> None:
        """Start from the one table that is known to fit: the truth."""
        self.row = {key: i for i, key in enumerate(keys)}
        cells = [lattice.cells[key] for key in keys]
        self.levels = np.array([cell.levels for cell in cells], dtype=float)
        self.n = self.levels.sum(axis=1)
        self.upper = np.array([np.inf if c.upper is None else c.upper for c in cells], dtype=float)
        self.coupled = bool(np.isfinite(self.upper).any())
        self.up = np.zeros_like(self.levels)
        self.down = np.zeros_like(self.levels)
        matrix, right = self._equations(lattice, relations)
        self.parts = [
            self._level(matrix, right[:, level], level) for level in range(self.levels.shape[1])
        ]

    def _equations(
        self, lattice: Lattice, relations: Sequence[int]
    ) -> tuple[sparse.csr_matrix, Array]:
        rows: list[int] = []
        columns: list[int] = []
        signs: list[float] = []
        for equation, number in enumerate(relations):
            relation = lattice.relations[number]
            for key, sign in ((relation.total, -1.0), *((part, 1.0) for part in relation.parts)):
                column = self.row.get(key)
                if column is not None:
                    rows.append(equation)
                    columns.append(column)
                    signs.append(sign)
        matrix = sparse.csr_matrix(
            (signs, (rows, columns)), shape=(len(relations), len(self.row))
        )
        return matrix, np.asarray(matrix @ self.levels)

    def _level(self, matrix: sparse.csr_matrix, right: Array, level: int) -> _Level:
        """Leave out what a sum of nothing but parts forces to zero."""
        negative = np.asarray((matrix < 0).sum(axis=1)).ravel() > 0
        empty = (right == 0) & ~negative
        forced = np.asarray((matrix[empty] > 0).sum(axis=0)).ravel() > 0
        cells = np.flatnonzero(~forced)
        column = np.full(len(self.row), -1, dtype=np.intp)
        column[cells] = np.arange(len(cells))
        kept = matrix[~empty][:, cells]
        truth = self.levels[cells, level]
        guard = np.argmax(self.levels[cells], axis=1) == level
        high = np.full(len(cells), np.inf)
        if self.coupled:
            high = truth + (self.upper - self.n)[cells]
        return _Level(
            cells, column, kept.tocsc(), right[~empty], np.where(guard, 1.0, 0.0), high, truth
        )

    def _combined(self, gains: Array) -> Array:
        return np.asarray(gains.max(axis=1) if self.coupled else gains.sum(axis=1))

    @property
    def high(self) -> Array:
        """Most raters proven possible, whole ones."""
        return np.asarray(np.floor(self.n + self._combined(self.up) + EPS))

    @property
    def low(self) -> Array:
        """Fewest raters proven possible, whole ones."""
        return np.asarray(np.ceil(self.n - self._combined(self.down) - EPS))

    def raised(self, cells: NDArray[np.intp], levels: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether a rater on a level other than that of ``levels`` is proven possible, by cell."""
        gains = self.levels[cells] + self.up[cells]
        gains[np.arange(len(cells)), levels] = 0.0
        return np.asarray((gains >= 1 - EPS).any(axis=1), dtype=np.bool_)

    def seek(self, level: int, cells: NDArray[np.intp], wanted: Array) -> None:
        """Look for one table in which many cells come near the raters wanted on a level.

        Parameters
        ----------
        level : int
            The level that is to differ.
        cells : array of int
            Rows of the cells.
        wanted : array of float
            Change wanted for each, upward or downward.

        """
        part = self.parts[level]
        at = part.column[cells]
        known = at >= 0
        at, change = at[known], wanted[known]
        possible = (change > 0) | (part.truth[at] > part.low[at])
        at, change = at[possible], change[possible]
        if not len(at) or not len(part.right):
            self._free(level, cells, wanted)
            return
        target = np.clip(part.truth[at] + change, part.low[at], part.high[at])
        rising = change > 0
        size = len(part.cells)
        low, high, cost = part.low.copy(), part.high.copy(), np.zeros(size + len(at))
        first, second = np.zeros(len(at)), part.high[at] - target
        # A wanted cell is the sum of two columns: as far as it is wanted, and beyond.
        cost[at], cost[size:] = np.where(rising, -1.0, 0.0), np.where(rising, 0.0, 1.0)
        first[:] = low[at]
        high[at] = target
        low[at] = np.minimum(first, target)
        bounds = np.column_stack([
            np.concatenate([low, np.zeros(len(at))]), np.concatenate([high, second])
        ])
        found = linprog(
            cost, A_eq=sparse.hstack([part.matrix, part.matrix[:, at]], format="csc"),
            b_eq=part.right, bounds=bounds, method="highs",
        )
        if found.x is None:
            return
        x = np.asarray(found.x[:size], dtype=float)
        np.add.at(x, at, found.x[size:])
        self._see(level, x - part.truth)

    def _free(self, level: int, cells: NDArray[np.intp], wanted: Array) -> None:
        """Cells that no equation binds can have whatever is wanted."""
        part = self.parts[level]
        if len(part.right):
            return
        at = part.column[cells]
        known = at >= 0
        change = np.zeros(len(part.cells))
        change[at[known]] = wanted[known]
        self._see(level, np.clip(part.truth + change, part.low, part.high) - part.truth)

    def _see(self, level: int, change: Array) -> None:
        cells = self.parts[level].cells
        self.up[cells, level] = np.maximum(self.up[cells, level], change)
        self.down[cells, level] = np.maximum(self.down[cells, level], -change)
