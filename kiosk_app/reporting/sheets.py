"""A table of a year as a block of members and periods, with its cells by their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kiosk_app.reporting import lattices
from kiosk_app.reporting.lattices import Table
from kiosk_app.reporting.queries import Key
from survey_analysis import Block, Pattern

Bound = Callable[[Key], bool | None]
"""What was decided of a cell for good, or None."""


def _grid(table: Table, number: int) -> tuple[list[str], list[str], np.ndarray, tuple[int, ...]]:
    """Members, shortest periods, counts and the quarter of each period."""
    members = sorted(table)
    periods = sorted({period for row in table.values() for period in row})
    quarter: tuple[int, ...] = ()
    if periods and all("Q" not in p and len(p) > 4 for p in periods):
        periods = [f"{number}-{month:02d}" for month in range(1, 13)]
        quarter = tuple(i // 3 for i in range(12))
    counts = np.zeros((len(members), len(periods), 5), dtype=np.int64)
    for i, member in enumerate(members):
        for j, period in enumerate(periods):
            counts[i, j] = table[member].get(period, lattices.EMPTY)
    return members, periods, counts, quarter


@dataclass(frozen=True)
class Beyond:
    """What a block's sums can be exchanged with where they are hidden: raters by period, and where."""

    levels: Callable[[str], Sequence[int]]
    hidden: Callable[[str], bool]


class Sheet:
    """A table as a block, and its cells by their names."""

    def __init__(
        self, number: int, table: Table, *, partition: bool, beyond: Sequence[Beyond] = ()
    ) -> None:
        self.members, self.periods, self.counts, quarter = _grid(table, number)
        self.year = str(number)
        self.quarters = [f"{number}-Q{i}" for i in range(1, 5)] if quarter else []
        rows = len(self.members) + len(beyond)
        shape = (rows, len(self.periods), len(self.quarters))
        self.fixed, self.kept = Pattern.empty(*shape), Pattern.empty(*shape)
        outside = np.array([[
            one.levels(p) if one.hidden(p) else lattices.EMPTY for p in self.periods
        ] for one in beyond], dtype=np.int64).reshape(len(beyond), len(self.periods), 5)
        self.block = Block(np.concatenate([self.counts, outside]), quarter, partition)
        self.tied = Pattern.empty(*shape)
        self.block.fixed, self.block.kept, self.block.tied = self.fixed, self.kept, self.tied
        self.block.beyond = np.arange(rows) >= len(self.members)
        for i, one in enumerate(beyond, len(self.members)):
            self.kept.cells[i] = [one.hidden(p) for p in self.periods]
            self.kept.quarters[i] = [one.hidden(p) for p in self.quarters]
            self.kept.years[i] = one.hidden(self.year)
            self.fixed.quarters[i] = ~self.kept.quarters[i]
            self.fixed.years[i] = ~self.kept.years[i]

    def cells(self, key: Callable[[str, str], Key], pattern: Pattern) -> dict[Key, bool]:
        """Marks of a pattern by the names of the cells."""
        found: dict[Key, bool] = {}
        for i, member in enumerate(self.members):
            for j, period in enumerate(self.periods):
                found[key(member, period)] = bool(pattern.cells[i, j])
            for j, period in enumerate(self.quarters):
                found[key(member, period)] = bool(pattern.quarters[i, j])
            if self.quarters:
                found[key(member, self.year)] = bool(pattern.years[i])
        return found

    def bind(self, key: Callable[[str, str], Key], bound: Bound, above: Callable[[str], bool]) -> None:
        """Take over what was decided for good; hide everything in periods hidden ``above``."""
        for i, member in enumerate(self.members):
            for j, period in enumerate(self.periods):
                self._mark(bound(key(member, period)), above(period), (i, j), "cells")
            for j, period in enumerate(self.quarters):
                self._mark(bound(key(member, period)), above(period), (i, j), "quarters")
            if self.quarters:
                self._mark(bound(key(member, self.year)), above(self.year), (i,), "years")

    def tie(self, given: Callable[[str, str], bool]) -> None:
        """Take cells that were hidden for good out of exchanges where their sum was given out."""
        for i, member in enumerate(self.members):
            for kind, names in (("cells", self.periods), ("quarters", self.quarters)):
                tied, kept = getattr(self.tied, kind), getattr(self.kept, kind)
                tied[i, : len(names)] = [kept[i, j] and given(member, p) for j, p in enumerate(names)]
            if self.quarters:
                self.tied.years[i] = self.kept.years[i] and given(member, self.year)

    def _mark(self, decided: bool | None, hidden: bool, at: tuple[int, ...], kind: str) -> None:
        getattr(self.fixed, kind)[at] = decided is True
        getattr(self.kept, kind)[at] = decided is False or (hidden and decided is None)

    def sums(self) -> dict[tuple[str, str], tuple[int, ...]]:
        """Raters of every cell, longer periods included."""
        quarters, years = self.block.sums()
        found: dict[tuple[str, str], tuple[int, ...]] = {}
        for i, member in enumerate(self.members):
            for j, period in enumerate(self.periods):
                found[member, period] = tuple(int(n) for n in self.counts[i, j])
            for j, period in enumerate(self.quarters):
                found[member, period] = tuple(int(n) for n in quarters[i, j])
            if self.quarters:
                found[member, self.year] = tuple(int(n) for n in years[i])
        return found
