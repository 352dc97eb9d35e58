"""Fast suppression of one dimension of one unit and year, with a proof for each hidden cell.

Where totals are published, the dimensions of a unit bind one another by nothing else: each is a
table of members × periods with its longer periods, and can be decided alone. Instead of solving
linear programmes, tables that an attacker cannot rule out are written down: two members exchange
raters in one period and give them back in another, so that every published sum stays. An empty cell
beside hidden ones must look as hidden as they do: then none is known not to be empty. What exchanges
prove holds against every attack; what they do not prove is hidden further. They prove
less than linear programmes would, so more is hidden, never less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.disclosure.primary import Audience, least_count
from survey_analysis.errors import InvalidCountsError

Array = NDArray[np.int64]
Mask = NDArray[np.bool_]
INFINITE = 10**9
WORTH = (1.0, 5.0, 100.0)
"""What a rater hidden costs in a month, a quarter and a year: longer periods are the more read."""


@dataclass
class Pattern:
    """Which cells of a block are marked: months (or single periods), quarters and the year.

    Shapes (members, periods), (members, quarters), (members,).
    """

    cells: Mask
    quarters: Mask
    years: Mask

    @classmethod
    def empty(cls, members: int, periods: int, quarters: int) -> Pattern:
        """Nothing marked."""
        return cls(
            np.zeros((members, periods), dtype=bool), np.zeros((members, quarters), dtype=bool),
            np.zeros(members, dtype=bool),
        )


@dataclass(frozen=True)
class BlockSuppression:
    """What is hidden of a block, what of it for itself, and what earlier decisions leave open."""

    hidden: Pattern
    primary: Pattern
    unprotected: int


@dataclass
class Block:
    """Counts of members × periods × levels whose sums over members are published.

    Attributes
    ----------
    counts : int array (members, periods, levels)
        Raters.
    quarter : tuple of int
        Quarter of each period, numbered from 0; empty where no longer periods are published.
    partition : bool
        Whether the members add up to a published total in every period.
    unpublished : mask (members,)
        Members on no page, hidden whatever they are.
    fixed, kept : Pattern, optional
        Cells shown before, and hidden for good before.
    beyond : mask (members,)
        Rows that are no members: what lies beside the block in periods whose sum over its members is
        hidden. They take part in exchanges where they are ``kept``, and are decided elsewhere.
    tied : Pattern, optional
        Cells hidden before whose sum with other blocks was given out since: they cannot change alone.
        They take no part in exchanges and were proven with those blocks.

    """

    counts: Array
    quarter: tuple[int, ...] = ()
    partition: bool = True
    unpublished: Mask | None = None
    fixed: Pattern | None = None
    kept: Pattern | None = None
    beyond: Mask | None = None
    tied: Pattern | None = None
    quarters: int = field(init=False)

    def __post_init__(self) -> None:
        """Check shapes and signs."""
        self.counts = np.asarray(self.counts, dtype=np.int64)
        if self.counts.ndim != 3 or (self.counts < 0).any():
            raise InvalidCountsError("a block is members × periods × levels, none negative")
        if self.quarter and len(self.quarter) != self.counts.shape[1]:
            raise InvalidCountsError("each period has its quarter")
        self.quarters = max(self.quarter, default=-1) + 1

    def sums(self) -> tuple[Array, Array]:
        """Counts by quarter (members, quarters, levels) and of the year (members, levels)."""
        members, _, levels = self.counts.shape
        found = np.zeros((members, self.quarters, levels), dtype=np.int64)
        for period, quarter in enumerate(self.quarter):
            found[:, quarter] += self.counts[:, period]
        return found, self.counts.sum(axis=1)


def disclosing(counts: Array, audience: Audience = "house", rules: Defaults = DEFAULTS) -> Mask:
    """``primary.discloses`` for many cells; levels lie along the last axis.

    Examples
    --------
    >>> disclosing(np.array([[0, 1, 0, 1, 2], [0, 0, 0, 0, 9], [0, 1, 0, 1, 3], [0] * 5])).tolist()
    [True, True, False, False]

    """
    n = counts.sum(axis=-1)
    few = n < least_count(audience, rules)
    alike = (n < rules.min_single_level) & ((counts > 0).sum(axis=-1) == 1)
    return np.asarray((n > 0) & (few | alike), dtype=np.bool_)


@dataclass(frozen=True)
class _Gain:
    """Raters that exchanges can add to and take from a cell, and whether on another level."""

    up: int
    down: int
    other: bool


class _Run:
    """One block while it is decided."""

    def __init__(self, block: Block, audience: Audience, rules: Defaults) -> None:
        self.block, self.audience, self.rules = block, audience, rules
        self.x = block.counts
        self.n = self.x.sum(axis=2)
        self.q, self.y = block.sums()
        self.long = bool(block.quarter)
        self.at = np.array(block.quarter or [0] * self.x.shape[1])
        members, periods, _ = self.x.shape
        none = Pattern.empty(members, periods, block.quarters)
        self.fixed, kept = block.fixed or none, block.kept or none
        away = np.zeros(members, dtype=bool) if block.unpublished is None else block.unpublished
        own = np.ones(members, dtype=bool) if block.beyond is None else ~block.beyond
        self.primary = Pattern(
            disclosing(self.x, audience, rules) & ~self.fixed.cells & own[:, None],
            disclosing(self.q, audience, rules) & ~self.fixed.quarters & own[:, None],
            disclosing(self.y, audience, rules) & ~self.fixed.years & own & self.long,
        )
        self.hidden = Pattern(
            (self.primary.cells | kept.cells | away[:, None]) & (self.n > 0),
            (self.primary.quarters | kept.quarters | away[:, None]) & (self.q.sum(axis=2) > 0),
            (self.primary.years | kept.years | away) & (self.y.sum(axis=1) > 0),
        )
        self.tied = block.tied or none
        self.outside = ~own
        self.rest = self.x.sum(axis=0)
        self.proven: set[tuple[str, int, int]] = {
            ("cell", int(m), int(p)) for m, p in np.argwhere(self.tied.cells)
        } | {("quarter", int(m), int(q)) for m, q in np.argwhere(self.tied.quarters)} | {
            ("year", int(m), 0) for m in np.flatnonzero(self.tied.years)}

    def free(self) -> Pattern:
        """What is hidden and may change in an exchange."""
        return Pattern(
            self.hidden.cells & ~self.tied.cells, self.hidden.quarters & ~self.tied.quarters,
            self.hidden.years & ~self.tied.years,
        )

    def ways(self, member: int, period: int, hidden: Pattern) -> Mask:
        """Where a change of a cell may be given back: (members, periods + 1), the last: nowhere.

        For each partner: periods in which both may change, quarters and year included.
        """
        periods = self.x.shape[1]
        found = np.zeros((self.x.shape[0], periods + 1), dtype=bool)
        if not self.long:
            found[:, periods] = True
            return found
        same = self.at == self.at[period]
        here = hidden.quarters[:, self.at[period]]
        across = hidden.quarters[:, self.at] & here[:, None]
        both = hidden.cells & (same[None, :] | across)
        found[:, :periods] = both & both[member][None, :]
        found[:, period] = False
        found[:, periods] = here & hidden.years & here[member] & hidden.years[member]
        return found

    def _partners(self, member: int, period: int, hidden: Pattern) -> Mask:
        found = hidden.cells[:, period].copy()
        found[member] = False
        return found

    def gains(self, member: int, period: int, hidden: Pattern) -> tuple[_Gain, _Gain, _Gain]:
        """What exchanges do to a cell, to its quarter, and to its year."""
        if self.tied.cells[member, period] and not hidden.cells[member, period]:
            return (_Gain(0, 0, other=False),) * 3
        ways = self.ways(member, period, hidden)
        periods = self.x.shape[1]
        if not self.block.partition:
            return self._alone(member, period, ways)
        partners = self._partners(member, period, hidden)
        passing = ways & (partners | self.passing(period))[:, None]
        ways = ways & partners[:, None]
        own, other = self.x[member], self.x[:, period]
        take = np.einsum("mp,mpl->pl", ways[:, :periods].astype(np.int64), self.x)
        across = np.append(self.at != self.at[period], True)
        found = []
        for chosen in (slice(None), across, np.arange(periods + 1) == periods):
            allowed = np.zeros_like(ways)
            allowed[:, chosen] = ways[:, chosen]
            up = _flow(allowed, other, own)
            down = np.minimum(take[allowed[:, :periods].any(axis=0)].sum(axis=0), own[period])
            if allowed[:, periods].any():
                down = own[period]
            gain = self._gain(member, period, up, down)
            if self.outside.any():
                allowed[:, chosen] = passing[:, chosen]
                lent = self._gain(
                    member, period,
                    _flow(allowed, self.through(period, self.borrowed(period, hidden)), own), down,
                )
                gain = replace(gain, up=max(gain.up, lent.up), other=gain.other or lent.other)
            found.append(gain)
        return found[0], found[1], found[2]

    def through(self, period: int, borrowed: Array) -> Array:
        """Raters that members can pass on in a period: their own and borrowed ones."""
        return np.where(self.outside[:, None], 0, self.x[:, period] + borrowed)

    def passing(self, period: int) -> Mask:
        """Members without raters in a period whose sum is hidden: what they pass on leaves them empty."""
        loose = bool((self.outside & self.hidden.cells[:, period]).any())
        return np.asarray((self.n[:, period] == 0) & ~self.outside & loose, dtype=np.bool_)

    def borrowed(self, period: int, hidden: Pattern) -> Array:
        """Raters by level that members can have of rows beyond the block, all at once, to pass on.

        They give them back in other periods, so that their own cells of this one are as before.
        """
        found = np.zeros_like(self.x[:, period])
        rows = np.flatnonzero(self.outside & hidden.cells[:, period])
        through = (hidden.cells[:, period] | self.passing(period)) & ~self.outside
        left = self.x[rows, period].copy()
        for member in np.flatnonzero(through) if len(rows) else ():
            ways = self.ways(int(member), period, hidden)[rows]
            own = self.x[member].copy()
            for i in range(len(rows)):
                if ways[i, -1]:
                    got = left[i].copy()
                else:
                    got = np.minimum(left[i], own[ways[i, :-1]].sum(axis=0))
                    before = (own * ways[i, :-1, None]).cumsum(axis=0) - own * ways[i, :-1, None]
                    own -= np.clip(got[None] - before, 0, own * ways[i, :-1, None])
                left[i] -= got
                found[member] += got
        return found

    def _gain(self, member: int, period: int, up: Array, down: Array) -> _Gain:
        other = up.copy()
        other[int(self.x[member, period].argmax())] = 0
        return _Gain(int(up.sum()), int(down.sum()), bool(other.any()))

    def _alone(self, member: int, period: int, ways: Mask) -> tuple[_Gain, _Gain, _Gain]:
        """A member that no sum binds to others."""
        periods, own = self.x.shape[1], ways[member]
        across = np.append(self.at != self.at[period], True)
        found = []
        for chosen in (np.ones(periods + 1, dtype=bool), across, np.arange(periods + 1) == periods):
            back = own & chosen
            up = self.x[member][back[:periods]].sum(axis=0)
            if back[periods]:
                up = up + INFINITE
            down = self.x[member, period] * bool(back.any())
            found.append(self._gain(member, period, up, down))
        return found[0], found[1], found[2]

    def implied(self, sums: list[Array]) -> bool:
        """A published sum of one level, large enough to be shown, says it of its parts anyway."""
        return any(
            (total > 0).sum() == 1 and total.sum() >= self.rules.min_single_level
            for total in sums
        )

    def safe(self, levels: Array, gain: _Gain, sums: list[Array]) -> bool:
        """Whether exchanges alone leave a hidden cell as open as it must be."""
        n = int(levels.sum())
        high, low = n + gain.up, n - gain.down
        if high < least_count(self.audience, self.rules) or high - low < self.rules.protection:
            return False
        single = (levels > 0).sum() == 1
        return not single or gain.other or self.implied(sums)

    def sums_of(self, member: int, period: int) -> list[Array]:
        """Published sums that a cell is in, and what their shown parts leave."""
        found: list[Array] = []
        if self.block.partition:
            found += [self.rest[period],
                      (self.x[:, period] * self.hidden.cells[:, period, None]).sum(axis=0)]
        if self.long:
            quarter = self.at[period]
            if not self.hidden.quarters[member, quarter]:
                found.append(self.q[member, quarter])
            if not self.hidden.years[member]:
                found.append(self.y[member])
        return found

    def open(self) -> Iterator[tuple[str, int, int]]:
        """Primary cells that nothing proves safe yet: kind, member, period of an exchange.

        What was proven stays proven: hiding more only adds tables.
        """
        marked = [("cell", int(m), int(p)) for m, p in np.argwhere(self.primary.cells)]
        if self.long:
            marked += [("quarter", int(m), int(q)) for m, q in np.argwhere(self.primary.quarters)]
            marked += [("year", int(m), 0) for m in np.flatnonzero(self.primary.years)]
        for kind, member, at in marked:
            if (kind, member, at) in self.proven:
                continue
            period = at
            if kind != "cell":
                inside = self.n[member] > 0
                if kind == "quarter":
                    inside = inside & (self.at == at)
                period = int(np.argmax(self.n[member] * inside))
            if self._shown_safe(kind, member, at):
                self.proven.add((kind, member, at))
            else:
                yield kind, member, period

    def proven_with_others(self, kind: str, member: int, period: int) -> bool:
        """Whether only tied cells are in the way of a cell hidden before: sums over blocks answer for it."""
        at = {"cell": period, "quarter": int(self.at[period]), "year": 0}[kind]
        members, periods = self.n.shape
        kept = self.block.kept or Pattern.empty(members, periods, self.block.quarters)
        mask = {"cell": kept.cells, "quarter": kept.quarters, "year": kept.years[:, None]}[kind]
        return bool(mask[member, at]) and self._shown_safe(kind, member, at, self.hidden)

    def _shown_safe(self, kind: str, member: int, at: int, free: Pattern | None = None) -> bool:
        free = free or self.free()
        if kind == "cell":
            gain = self.gains(member, at, free)[0]
            return self.safe(self.x[member, at], gain, self.sums_of(member, at))
        if kind == "quarter":
            periods = [p for p in np.flatnonzero(self.at == at) if self.n[member, p]]
            gains = [self.gains(member, int(p), free)[1] for p in periods]
            best = max(gains, key=lambda g: (g.up + g.down, g.other))
            return self.safe(self.q[member, at], best, [self.y[member]])
        gains = [self.gains(member, int(p), free)[2] for p in np.flatnonzero(self.n[member])]
        joined = _Gain(
            sum(g.up for g in gains), sum(g.down for g in gains), any(g.other for g in gains)
        )
        return self.safe(self.y[member], joined, [])

    def needed(
        self, member: int, partner: int, period: int, back: int
    ) -> list[tuple[str, int, int]]:
        """Cells that must be hidden for an exchange with ``partner``, given back in ``back``."""
        who = (member,) if partner == member else (member, partner)
        found = [("cell", m, period) for m in who if self.n[m, period]]
        if not self.long:
            return found
        here = int(self.at[period])
        if back == self.x.shape[1]:
            return found + [("quarter", m, here) for m in who] + [("year", m, 0) for m in who]
        found += [("cell", m, back) for m in who]
        if self.at[back] != here:
            found += [("quarter", m, q) for m in who for q in (here, int(self.at[back]))]
        return found

    def _prices(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Raters newly hidden by hiding each cell; infinite if it was shown before, is empty or tied."""
        found: list[NDArray[np.float64]] = []
        for n, hidden, fixed, tied in (
            (self.n, self.hidden.cells, self.fixed.cells, self.tied.cells),
            (self.q.sum(axis=2), self.hidden.quarters, self.fixed.quarters, self.tied.quarters),
            (self.y.sum(axis=1), self.hidden.years, self.fixed.years, self.tied.years),
        ):
            price = np.where(hidden, 0.0, WORTH[len(found)] * n.astype(float))
            found.append(np.where((n == 0) | (fixed & ~hidden) | tied, np.inf, price))
        return found[0], found[1], found[2]

    def hide(self, cells: list[tuple[str, int, int]]) -> bool:
        """Hide cells; whether any of them was shown."""
        changed = False
        for kind, member, at in cells:
            mask = {"cell": self.hidden.cells, "quarter": self.hidden.quarters}.get(kind)
            if mask is None:
                changed |= not self.hidden.years[member]
                self.hidden.years[member] = True
            else:
                changed |= not mask[member, at]
                mask[member, at] = True
        return changed

    def _offers(
        self, kind: str, member: int, period: int
    ) -> tuple[NDArray[np.float64], Array]:
        """Cost and raters gained of each exchange, by partner and period of giving back."""
        periods = self.x.shape[1]
        cell, quarter, year = self._prices()
        cost = np.full((len(self.n), periods + 1), np.inf)
        passing = self.passing(period) if self.block.partition else np.zeros(len(self.n), dtype=bool)
        base = cell[member, period] + np.where(passing, 0.0, cell[:, period])
        if not self.long:
            cost[:, periods] = base
        else:
            here = self.at[period]
            cost[:, periods] = base + quarter[member, here] + quarter[:, here] + year[member] + year
            if kind != "year":
                across = self.at != here
                cost[:, :periods] = base[:, None] + cell[member] + cell + across * np.where(
                    across, quarter[member, here] + quarter[:, [here]]
                    + quarter[member, self.at] + quarter[:, self.at], 0.0,
                )
                cost[:, period] = np.inf
            if kind == "quarter":
                cost[:, :periods][:, self.at == here] = np.inf
        given = np.minimum(self.x[:, None, period], self.x[member][None])
        gain = np.concatenate([given, self.x[:, [period]]], axis=1)
        if not self.block.partition:
            alone = np.full_like(cost, np.inf)
            alone[member] = cost[member] / 2
            given = np.concatenate([self.x[member], self.x[member, [period]] + INFINITE])
            return alone, self._useful(np.broadcast_to(given, gain.shape), member, period)
        cost[member] = np.inf
        useful = self._useful(gain, member, period)
        return np.where(passing[:, None] & (useful == 0), np.inf, cost), useful

    def _useful(self, gain: Array, member: int, period: int) -> Array:
        if self.outside.any() and self.block.partition:
            lent = self.through(period, self.borrowed(period, self.free()))[:, None]
            gain = np.maximum(gain, np.concatenate(
                [np.minimum(lent, self.x[member][None]), lent], axis=1
            ))
        wanted = least_count(self.audience, self.rules) + self.rules.protection
        useful = np.minimum(gain.sum(axis=2), wanted)
        if (self.x[member, period] > 0).sum() == 1:
            other = np.delete(gain, int(self.x[member, period].argmax()), axis=2).sum(axis=2) > 0
            useful = useful + wanted * other
        return np.asarray(useful, dtype=np.int64)

    def repair(self, kind: str, member: int, period: int) -> bool:
        """Hide what makes the cheapest useful exchange possible; whether anything was hidden."""
        cost, useful = self._offers(kind, member, period)
        price = np.where(cost > 0, cost, np.inf) / np.maximum(useful, 0.01)
        best = np.unravel_index(int(price.argmin()), price.shape)
        if not np.isfinite(price[best]):
            return False
        return self.hide(self.needed(member, int(best[0]), period, int(best[1])))


def _flow(ways: Mask, partners: Array, own: Array) -> Array:
    """Raters by level that partners can give in one period, taken back in others (greedily).

    ``ways`` (partners, periods + 1), ``partners`` what each can give (partners, levels), ``own``
    what can be taken back in each period (periods, levels); the last way asks for nothing back.
    """
    free = ways[:, -1]
    given = np.asarray(partners[free].sum(axis=0))
    left = np.where(free[:, None], 0, partners)
    for period in np.flatnonzero(ways[:, :-1].any(axis=0)):
        offered = left * ways[:, period, None]
        before = offered.cumsum(axis=0) - offered
        used = np.clip(own[period] - before, 0, offered)
        left = left - used
        given = given + used.sum(axis=0)
    return given


def suppress_block(
    block: Block, audience: Audience = "house", rules: Defaults = DEFAULTS
) -> BlockSuppression:
    """Decide one dimension of one unit and year.

    Every primary cell (``disclosing``) is hidden, and complements until exchanges prove for each
    that an attacker who knows all published cells and sums must reckon with at least ``rules.protection`` further raters, up to the least number that may be
    seen, and not with one level alone.

    Parameters
    ----------
    block : Block
        Counts, with what was decided before.
    audience : {"house", "public"}
        Whose thresholds hold.
    rules : Defaults
        Thresholds and protection.

    Returns
    -------
    BlockSuppression
        ``unprotected`` counts primary cells that nothing more could be hidden for.

    References
    ----------
    Exchanges are the moves of Diaconis & Sturmfels (1998), Annals of Statistics 26:363.

    Examples
    --------
    >>> table = np.zeros((3, 1, 5), dtype=int)
    >>> table[:, 0] = [[0, 1, 1, 0, 1], [1, 2, 3, 2, 4], [4, 8, 2, 6, 10]]
    >>> suppress_block(Block(table)).hidden.cells.ravel().tolist()
    [True, True, False]

    """
    run = _Run(block, audience, rules)
    stuck: set[tuple[str, int, int]] = set()
    changed = True
    while changed:
        changed = False
        for kind, member, period in list(run.open()):
            if (kind, member, period) in stuck:
                continue
            if run.repair(kind, member, period):
                changed = True
            else:
                stuck.add((kind, member, period))
    left = sum(1 for one in run.open() if not run.proven_with_others(*one))
    return BlockSuppression(run.hidden, run.primary, left)
