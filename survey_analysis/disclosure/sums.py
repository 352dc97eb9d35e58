"""Sums over units of a dimension: which of them may be seen beside the units' own cells.

A sum over units binds hidden cells of several units to one another. An exchange inside one unit
(``blocks``) is then possible only where it leaves every sum that is seen alone, or where another
unit makes it the other way round. Sums that leave a small cell unproven are not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.disclosure.blocks import INFINITE, WORTH, Array, Mask, Pattern
from survey_analysis.disclosure.primary import Audience, least_count, single_level
from survey_analysis.errors import InvalidCountsError

NOWHERE = -1
"""Given back in no period: quarter and year change with the period."""


@dataclass
class Units:
    """Tables of several units over the same members and periods, as they were decided.

    Attributes
    ----------
    counts : int array (units, members, periods, levels)
        Raters.
    hidden, small : Pattern
        With a leading axis of units: what is hidden, and what of it must be protected.
    quarter : tuple of int
        Quarter of each period; empty where no longer periods are published.
    partition : bool
        Whether members add up to a published total.

    """

    counts: Array
    hidden: Pattern
    small: Pattern
    quarter: tuple[int, ...] = ()
    partition: bool = True
    at: Array = field(init=False)

    def __post_init__(self) -> None:
        """Check shapes."""
        self.at = np.array(self.quarter or [0] * self.counts.shape[2], dtype=np.int64)
        if self.counts.ndim != 4 or self.hidden.cells.shape != self.counts.shape[:3]:
            raise InvalidCountsError("units × members × periods × levels, and what is hidden of them")

    def sums(self) -> Pattern:
        """Which sums have hidden parts; all others tell nothing new."""
        hidden = (self.hidden.cells, self.hidden.quarters, self.hidden.years)
        return Pattern(*(np.asarray(mask.any(axis=0), dtype=np.bool_) for mask in hidden))


@dataclass(frozen=True)
class Sums:
    """Which sums may be seen as far as the units' cells go, and small cells left open beside them.

    ``shown`` has shapes (members, periods), (members, quarters), (members,).
    """

    shown: Pattern
    unprotected: int


class _Run:
    """The sums while they are decided."""

    def __init__(
        self, units: Units, shown: Pattern, given: Pattern, audience: Audience, rules: Defaults
    ) -> None:
        self.units, self.shown, self.given = units, shown, given
        self.x, self.at, self.hidden = units.counts, units.at, units.hidden
        self.audience, self.rules = audience, rules
        self.totals = self.x.sum(axis=(0, 3))
        self.barred = False
        """Whether the cell tried last could be helped only by taking back what was given out."""

    def backs(self, period: int, reach: str) -> list[int]:
        """Where an exchange may be given back."""
        if not self.units.quarter or reach == "year":
            return [NOWHERE]
        far = [p for p in range(self.x.shape[2]) if p != period]
        if reach == "quarter":
            far = [p for p in far if self.at[p] != self.at[period]]
        return [*sorted(far, key=lambda p: self.at[p] != self.at[period]), NOWHERE]

    def ways(self, unit: int, member: int, period: int, back: int) -> Mask:
        """Members with which ``member`` can exchange in a unit."""
        hidden = self.hidden
        found = hidden.cells[unit, :, period]
        if self.units.quarter:
            here = self.at[period]
            if back == NOWHERE:
                found = found & hidden.quarters[unit, :, here] & hidden.years[unit]
            else:
                found = found & hidden.cells[unit, :, back]
                if self.at[back] != here:
                    found = found & hidden.quarters[unit, :, here]
                    found = found & hidden.quarters[unit, :, self.at[back]]
        return np.asarray(found if found[member] else np.zeros_like(found), dtype=np.bool_)

    def touched(self, period: int, back: int) -> Mask:
        """Members of whose sums an exchange would change one that is shown."""
        shown, found = self.shown, self.shown.cells[:, period]
        if not self.units.quarter:
            return found
        here = self.at[period]
        if back == NOWHERE:
            return np.asarray(found | shown.quarters[:, here] | shown.years, dtype=np.bool_)
        found = found | shown.cells[:, back]
        if self.at[back] != here:
            found = found | shown.quarters[:, here] | shown.quarters[:, self.at[back]]
        return np.asarray(found, dtype=np.bool_)

    def amount(self, unit: int, member: int, period: int, reach: str, *, up: bool) -> Array:
        """Raters by level that exchanges can add to, or take from, a cell."""
        x, levels = self.x, self.x.shape[3]
        endless = np.full(levels, INFINITE, dtype=np.int64)
        given = np.zeros(levels, dtype=np.int64)
        # What one period gives is given once, whichever period it comes back in.
        partners = x[unit, :, period].copy() if up else None
        own_here = None if up else x[unit, member, period].copy()
        others = x[:, member, period].copy() if up else x[:, :, period].copy()
        wanted = least_count(self.audience, self.rules) + self.rules.protection
        for back in self.backs(period, reach):
            mine = self.ways(unit, member, period, back)
            if not mine.any():
                continue
            touched = self.touched(period, back)
            left = partners if partners is not None else (
                x[unit, :, back] if back >= 0 else np.tile(endless, (len(mine), 1))
            )
            limit = own_here if own_here is not None else (
                x[unit, member, back].copy() if back >= 0 else endless.copy()
            )
            if self.units.partition:
                mine = mine.copy()
                mine[member] = False
            else:
                mine = np.arange(len(mine)) == member
                left = np.tile(endless, (len(mine), 1))
            alone = mine & ~touched if not touched[member] else np.zeros_like(mine)
            used = _share(np.where(alone[:, None], left, 0), limit)
            left = self._keep(partners, left, used, up)
            limit -= used.sum(axis=0)
            given += used.sum(axis=0)
            mirrored = mine & ~alone
            if mirrored.any() and given.sum() < wanted:
                given += self._mirrored(
                    unit, member, period, back, mirrored, left, limit, others, partners, up=up
                )
        return given

    def _keep(self, partners: Array | None, left: Array, used: Array, up: bool) -> Array:
        if up and partners is not None and self.units.partition:
            partners -= used
            return partners
        return left - used

    def _mirrored(
        self, unit: int, member: int, period: int, back: int, mirrored: Mask, left: Array,
        limit: Array, others: Array, partners: Array | None, *, up: bool,
    ) -> Array:
        """What other units make the other way round."""
        given = np.zeros(self.x.shape[3], dtype=np.int64)
        for other in np.flatnonzero(self.hidden.cells[:, member, period]):
            if other == unit:
                continue
            theirs = self.ways(int(other), member, period, back) & mirrored
            if not theirs.any():
                continue
            endless = np.full(self.x.shape[3], INFINITE, dtype=np.int64)
            if up:
                cap = others[other]
                room = self.x[other, :, back] if back >= 0 else endless[None]
            else:
                cap = self.x[other, member, back] if back >= 0 else endless
                room = others[other]
            part = np.where(theirs[:, None], left, 0)
            if self.units.partition:
                part = np.minimum(part, room)
            used = _share(part, np.minimum(cap, limit))
            total = used.sum(axis=0)
            limit -= total
            given += total
            if up:
                others[other] -= total
            elif self.units.partition:
                others[other] -= used
            if partners is not None and self.units.partition:
                partners -= used
                left = partners
            elif not up:
                left = left - used
        return given

    def safe(self, reach: str, unit: int, member: int, period: int, levels: Array) -> bool:
        """Whether a small cell stays as open as it must be beside the sums shown."""
        up = self.amount(unit, member, period, reach, up=True)
        n, least = int(levels.sum()), least_count(self.audience, self.rules)
        if n + int(up.sum()) < least:
            return False
        if up.sum() < self.rules.protection:
            down = np.minimum(
                self.amount(unit, member, period, reach, up=False), self.x[unit, member, period]
            )
            if int(up.sum()) + int(down.sum()) < self.rules.protection:
                return False
        up[int(levels.argmax())] = 0
        return not single_level(levels.tolist()) or bool(up.any())

    def take_back(self, reach: str, unit: int, member: int, period: int) -> bool:
        """Hide the sums that stand in the way of the cheapest exchange; whether any was shown."""
        best: tuple[float, int, int] | None = None
        self.barred = False
        for back in self.backs(period, reach):
            mine = self.ways(unit, member, period, back)
            if self.units.partition:
                mine = mine.copy()
                mine[member] = False
            elif mine.any():
                mine = np.arange(len(mine)) == member
            for partner in np.flatnonzero(mine):
                cost = self._cost((member, int(partner)), period, back)
                gain = self.x[unit, partner, period].astype(np.int64)
                if back >= 0:
                    gain = np.minimum(gain, self.x[unit, member, back])
                price = cost / max(float(gain.sum()), 0.01)
                self.barred |= cost == np.inf
                if 0 < cost < np.inf and (best is None or price < best[0]):
                    best = (price, int(partner), back)
        if best is None:
            return False
        for kind, one, at in self._sums((member, best[1]), period, best[2]):
            mask = getattr(self.shown, kind)
            mask[(one, at) if kind != "years" else one] = False
        return True

    def leave(self, unit: int, period: int) -> bool:
        """Hide the sums of all that a unit hides in a period, and of the quarter's and year's of them.

        Whether one of them was given out before.
        """
        mine = self.hidden.cells[unit, :, period]
        barred = bool((mine & self.given.cells[:, period]).any())
        self.shown.cells[mine, period] = False
        if self.units.quarter:
            here = self.at[period]
            self.shown.quarters[mine, here] = False
            self.shown.years[mine] = False
            barred |= bool((mine & (self.given.quarters[:, here] | self.given.years)).any())
        return barred

    def _sums(
        self, members: tuple[int, int], period: int, back: int
    ) -> Iterator[tuple[str, int, int]]:
        for member in members:
            yield "cells", member, period
            if not self.units.quarter:
                continue
            here = int(self.at[period])
            if back == NOWHERE:
                yield "quarters", member, here
                yield "years", member, 0
                continue
            yield "cells", member, back
            if self.at[back] != here:
                yield "quarters", member, here
                yield "quarters", member, int(self.at[back])

    def _cost(self, members: tuple[int, int], period: int, back: int) -> float:
        total = 0.0
        for kind, member, at in set(self._sums(members, period, back)):
            where = (member, at) if kind != "years" else (member,)
            if not getattr(self.shown, kind)[where]:
                continue
            if getattr(self.given, kind)[where]:
                return float("inf")
            worth = WORTH[("cells", "quarters", "years").index(kind)]
            n = self.totals[member]
            inside = n[at] if kind == "cells" else n[self.at == at].sum()
            total += worth * max(float(inside if kind != "years" else n.sum()), 1.0)
        return total

    def small(self) -> Iterator[tuple[str, int, int, int, Array]]:
        """Cells to be protected: kind, unit, member, the period they are changed in, counts."""
        small, x = self.units.small, self.x
        for unit, member, period in np.argwhere(small.cells):
            yield "cell", int(unit), int(member), int(period), x[unit, member, period]
        if not self.units.quarter:
            return
        for unit, member, quarter in np.argwhere(small.quarters):
            inside = np.flatnonzero(self.at == quarter)
            best = inside[int(x[unit, member, inside].sum(axis=1).argmax())]
            yield ("quarter", int(unit), int(member), int(best),
                   x[unit, member, inside].sum(axis=0))
        for unit, member in np.argwhere(small.years):
            best = int(x[unit, member].sum(axis=1).argmax())
            yield "year", int(unit), int(member), best, x[unit, member].sum(axis=0)


def _share(offered: Array, limit: Array) -> Array:
    """What is taken of each offer, in order, up to a limit by level."""
    before = offered.cumsum(axis=0) - offered
    return np.asarray(np.clip(limit - before, 0, offered), dtype=np.int64)


def sums_shown(
    units: Units, given: Pattern | None = None, audience: Audience = "house",
    rules: Defaults = DEFAULTS, *, offered: Pattern | None = None, ahead: bool = False,
) -> Sums:
    """Sums over units that may be seen, hidden parts or not.

    Parameters
    ----------
    units : Units
        The units' tables as they were decided (``suppress_block``).
    given : Pattern, optional
        Sums with hidden parts that were given out before and stay.
    audience : {"house", "public"}
        Whose thresholds hold.
    rules : Defaults
        Thresholds and protection.
    offered : Pattern, optional
        Sums that are tried at all; the others stay hidden where a part of them is.
    ahead : bool
        Whether further periods will come that a small cell may need to be exchanged with: then the sums
        beside one that nothing protects yet are not seen.

    Returns
    -------
    Sums
        Whether a sum is large enough itself is asked of ``discloses``; small cells are left open
        only by what was given out before.

    Examples
    --------
    >>> counts = np.zeros((2, 2, 1, 5), dtype=int)
    >>> counts[:, :, 0] = [[[0, 1, 1, 0, 1], [1, 2, 3, 2, 4]], [[0, 2, 1, 1, 0], [2, 3, 3, 2, 4]]]
    >>> everything = Pattern(np.ones((2, 2, 1), bool), np.ones((2, 2, 0), bool), np.ones((2, 2), bool))
    >>> sums_shown(Units(counts, everything, everything)).shown.cells.ravel().tolist()
    [True, True]
    >>> sums_shown(Units(counts[:1], *[Pattern(p.cells[:1], p.quarters[:1], p.years[:1])
    ...                                for p in (everything, everything)])).shown.cells.ravel().tolist()
    [False, False]

    """
    members, periods = units.counts.shape[1:3]
    quarters = units.hidden.quarters.shape[2]
    shown = Pattern(
        np.ones((members, periods), dtype=bool), np.ones((members, quarters), dtype=bool),
        np.ones(members, dtype=bool),
    ) if offered is None else Pattern(
        offered.cells.copy(), offered.quarters.copy(), offered.years.copy())
    run = _Run(units, shown, given or Pattern.empty(members, periods, quarters), audience, rules)
    waiting = list(run.small())
    barred = 0
    while waiting:
        failed = []
        for kind, unit, member, period, levels in waiting:
            if run.safe(kind, unit, member, period, levels):
                continue
            if run.take_back(kind, unit, member, period):
                failed.append((kind, unit, member, period, levels))
            elif ahead:
                barred += run.leave(unit, period)
            else:  # no sum stands in the way any more: what proved it in its unit proves it still
                barred += run.barred
        waiting = failed
    whole = units.sums()
    shown.cells |= ~whole.cells
    shown.quarters |= ~whole.quarters
    shown.years |= ~whole.years
    return Sums(shown, barred)
