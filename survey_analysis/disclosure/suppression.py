"""Which cells of a published lattice are hidden: primary, then complementary until no attack works.

Greedy: sums are settled first, then every primary cell is attacked by linear programming, and the
smallest shown cell beside one that an attack finds is hidden too, until none is found. Hiding more
only widens what remains possible, so what was once safe stays safe.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.disclosure.audit import EPS, System, hidden_parts
from survey_analysis.disclosure.lattice import Lattice, Levels, Relation
from survey_analysis.disclosure.ledger import Decision, Ledger
from survey_analysis.disclosure.primary import Audience, discloses, least_count, single_level

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Suppression:
    """One decision a published cell, and what it rests on.

    Attributes
    ----------
    shown : mapping
        Published cell → whether it may be seen.
    primary, complementary : frozenset
        Cells hidden for themselves (runs of days among them), and hidden to protect others. Never
        tell readers which is which: that alone would say "fewer than five".
    unprotected : frozenset
        Primary cells that earlier decisions leave open to an attack. They are not repaired by
        contradicting what was given out; whoever publishes must know of them.
    attacked : int
        Primary cells that the linear programmes judged.

    """

    shown: Mapping[Hashable, bool]
    primary: frozenset[Hashable]
    complementary: frozenset[Hashable]
    unprotected: frozenset[Hashable]
    attacked: int

    def decisions(self, *, final: bool = True) -> dict[Hashable, Decision]:
        """The decisions for the ledger; ``final`` once the period is closed."""
        return {key: Decision(shown, final) for key, shown in self.shown.items()}


class _Work:
    """State of one run: what is hidden, which sums it breaks, whom to protect."""

    def __init__(
        self, lattice: Lattice, audience: Audience, rules: Defaults, ledger: Mapping[Hashable, Decision]
    ) -> None:
        self.lattice, self.audience, self.rules = lattice, audience, rules
        self.cells, self.relations = lattice.cells, lattice.relations
        self.around: dict[Hashable, list[int]] = defaultdict(list)
        self.as_total: dict[Hashable, list[int]] = defaultdict(list)
        for number, relation in enumerate(self.relations):
            self.as_total[relation.total].append(number)
            for key in (relation.total, *relation.parts):
                self.around[key].append(number)
        self.fixed = {
            key for key, decision in ledger.items() if decision.shown and key in self.cells
        }
        kept = {key for key, decision in ledger.items() if decision.final and not decision.shown}
        self.primary = {
            key for key, cell in self.cells.items()
            if discloses(cell.levels, audience, rules) and key not in self.fixed
        }
        unpublished = {key for key, cell in self.cells.items() if not cell.published}
        self.hidden = self.primary | (kept & set(self.cells)) | unpublished
        self.stuck: set[Hashable] = set()
        self.safe: set[Hashable] = set()

    def unknown(self, key: Hashable) -> bool:
        return key in self.hidden and self.cells[key].n > 0

    def rest(self, relation: Relation, kind: str) -> Levels:
        """Sum of what is hidden of a shown total, hidden parts opened as far as ``kind`` goes."""
        left = list(self.cells[relation.total].levels)
        waiting = list(relation.parts)
        while waiting:
            key = waiting.pop()
            if key not in self.hidden:
                left = [a - b for a, b in zip(left, self.cells[key].levels, strict=True)]
                continue
            waiting += [
                part for number in self.as_total[key] if self.relations[number].kind == kind
                for part in self.relations[number].parts
            ]
        return tuple(left)

    def broken(self, relation: Relation) -> bool:
        """Whether a sum gives away a hidden cell, or a hidden remainder that is itself too small."""
        parts = [key for key in relation.parts if self.unknown(key)]
        if self.unknown(relation.total):
            return not parts and (
                self.cells[relation.total].published or relation.total in self.primary
            )
        if not parts:
            return False
        lone = len(parts) == 1 and (self.cells[parts[0]].published or parts[0] in self.primary)
        return lone or any(
            discloses(self.rest(relation, kind), self.audience, self.rules)
            for kind in {"", relation.kind}
        )

    def choose(self, numbers: Iterable[int]) -> Hashable | None:
        """The smallest cell of these sums that may still be hidden; parts before totals."""
        best: tuple[int, int, str] | None = None
        chosen: Hashable | None = None
        for number in numbers:
            relation = self.relations[number]
            for rank, key in enumerate((*relation.parts, relation.total)):
                cell = self.cells[key]
                if key in self.hidden or key in self.fixed or not cell.published or not cell.n:
                    continue
                score = (cell.n, int(rank == len(relation.parts)), repr(key))
                if best is None or score < best:
                    best, chosen = score, key
        return chosen

    def settle(self, numbers: Iterable[int]) -> None:
        """Hide complements until no single sum gives anything away."""
        waiting = deque(numbers)
        queued = set(waiting)
        while waiting:
            number = waiting.popleft()
            queued.discard(number)
            while self.broken(self.relations[number]):
                key = self.choose([number])
                if key is None:
                    break
                self.hidden.add(key)
                for other in self.affected(key):
                    if other != number and other not in queued:
                        queued.add(other)
                        waiting.append(other)

    def affected(self, key: Hashable) -> list[int]:
        """Sums whose hidden remainder changes with a cell, those that open a hidden total too."""
        found, waiting, seen = [], [key], {key}
        while waiting:
            for number in self.around[waiting.pop()]:
                total = self.relations[number].total
                found.append(number)
                if total in self.hidden and total not in seen:
                    seen.add(total)
                    waiting.append(total)
        return list(dict.fromkeys(found))


class _Attack:
    """Whether the primary cells of one connected part are safe, by tables that fit."""

    def __init__(self, work: _Work, keys: list[Hashable], relations: list[int]) -> None:
        self.work = work
        self.system = System(work.lattice, keys, relations, least=1.0)
        self.targets = [k for k in keys if k in work.primary and k not in work.safe]
        system = self.system
        self.rows = np.array([system.row[k] for k in self.targets], dtype=np.intp)
        n = np.array([c.n for c in system.cells], dtype=float)
        self.low, self.high = n.copy(), n.copy()
        least, width = least_count(work.audience, work.rules), work.rules.protection
        upper = system.upper[self.rows]
        self.reach = np.minimum(least, upper)
        self.width = np.minimum(width, np.maximum(upper - 1, 0))
        self.other = np.array([
            not single_level(system.cells[i].levels) or system.depth == 1 or self._implied(k, relations)
            for i, k in zip(self.rows, self.targets, strict=True)
        ], dtype=bool)
        self.single = np.array([int(np.argmax(system.cells[i].levels)) for i in self.rows], dtype=int)

    def _implied(self, key: Hashable, relations: Iterable[int]) -> bool:
        """A shown sum of that one level, large enough to be shown, already says it."""
        work = self.work
        for number in relations:
            relation = work.relations[number]
            if key in relation.parts and relation.total not in work.hidden:
                left = work.rest(relation, relation.kind)
                if single_level(left) and sum(left) >= work.rules.min_single_level:
                    return True
        return False

    def certified(self) -> NDArray[np.bool_]:
        low = np.ceil(self.low[self.rows] - EPS)
        high = np.where(
            np.isinf(self.high[self.rows]), math.inf, np.floor(self.high[self.rows] + EPS)
        )
        enough = (high >= self.reach) & (high - low >= self.width) & self.other
        return np.asarray(enough, dtype=np.bool_)

    def see(self, x: Array) -> None:
        raters = self.system.raters(x)
        self.low, self.high = np.minimum(self.low, raters), np.maximum(self.high, raters)
        levels = x[: self.system.sums.shape[1]].reshape(-1, self.system.depth)[self.rows]
        others = levels.sum(axis=1) - levels[np.arange(len(self.rows)), self.single]
        self.other |= others >= 1 - EPS

    def together(self, sign: float) -> None:
        """One programme that moves all open cells up (or down) as far as each needs."""
        open_ = np.flatnonzero(~self.certified())
        if not len(open_):
            return
        system, size = self.system, self.system.matrix.shape[1]
        count = len(open_)
        picked = system.sums[self.rows[open_]]
        if sign > 0:
            need = np.maximum(self.reach[open_], np.ceil(self.low[self.rows[open_]]) + self.width[open_])
        else:
            need = np.maximum(1.0, np.floor(self.high[self.rows[open_]]) - self.width[open_])
        blocks = [sparse.hstack([-sign * picked, sign * sparse.identity(count)])]
        limits = [np.zeros(count)]
        box = np.column_stack([
            np.zeros(count) if sign > 0 else need, need if sign > 0 else np.full(count, np.inf)
        ])
        cost = np.concatenate([np.zeros(size), np.full(count, -sign)])
        alone = np.flatnonzero(~self.other[open_])
        if len(alone) and sign > 0:
            blocks[0] = sparse.hstack([blocks[0], sparse.csr_matrix((count, len(alone)))])
            rows = self._others(open_[alone])
            blocks.append(sparse.hstack([
                -rows, sparse.csr_matrix((len(alone), count)), sparse.identity(len(alone))
            ]))
            limits.append(np.zeros(len(alone)))
            box = np.vstack([box, np.column_stack([np.zeros(len(alone)), np.ones(len(alone))])])
            cost = np.concatenate([cost, np.full(len(alone), -1.0)])
        found = system.solve(
            cost, sparse.vstack(blocks, format="csr"), np.concatenate(limits), box
        )
        if found is not None:
            self.see(found[1])

    def _others(self, targets: NDArray[np.intp]) -> sparse.csr_matrix:
        """Rows that sum the other levels of targets of one single level."""
        depth = self.system.depth
        rows, columns = [], []
        for number, target in enumerate(targets):
            for level in range(depth):
                if level != self.single[target]:
                    rows.append(number)
                    columns.append(int(self.rows[target]) * depth + level)
        return sparse.csr_matrix(
            (np.ones(len(rows)), (rows, columns)), shape=(len(targets), self.system.matrix.shape[1])
        )

    def alone(self, target: int) -> None:
        """Exact bounds of one cell."""
        row = np.asarray(self.system.sums[self.rows[target]].todense(), dtype=float).ravel()
        at = self.rows[target]
        for sign in (1.0, -1.0):
            value, x = self.system.extreme(sign * row)
            if x is None:
                self.high[at] = math.inf
            else:
                self.see(x)
            if sign > 0:
                self.high[at] = max(self.high[at], value)
        if not self.other[target]:
            weights = np.asarray(
                self._others(np.array([target])).todense(), dtype=float
            ).ravel()
            value, x = self.system.extreme(weights)
            self.other[target] = value >= 1 - EPS

    def found_out(self) -> list[Hashable]:
        """Primary cells that an attack finds out; the others are noted as safe."""
        before = -1
        while (done := int(self.certified().sum())) > before and done < len(self.targets):
            before = done
            self.together(1.0)
            self.together(-1.0)
        for target in np.flatnonzero(~self.certified()):
            if not self.certified()[target]:
                self.alone(int(target))
        good = self.certified()
        self.work.safe |= {k for k, ok in zip(self.targets, good, strict=True) if ok}
        return [k for k, ok in zip(self.targets, good, strict=True) if not ok]


def _repair(work: _Work, keys: Iterable[Hashable], relations: Iterable[int]) -> bool:
    """Hide one more cell beside each that was found out; whether anything could be hidden."""
    touched: set[int] = set()
    changed = False
    for key in keys:
        own = work.around[key]
        if touched.intersection(own):
            continue
        chosen = work.choose(own)
        if chosen is None:
            chosen = work.choose(relations)
        if chosen is None:
            work.stuck.add(key)
            continue
        work.hidden.add(chosen)
        changed = True
        touched.update(work.affected(chosen))
    work.settle(sorted(touched))
    return changed


def suppress(
    lattice: Lattice, audience: Audience = "house", rules: Defaults = DEFAULTS,
    ledger: Mapping[Hashable, Decision] | None = None,
) -> Suppression:
    """Decide for every published cell whether it may be seen.

    Primary cells (``discloses``) are hidden. Then complements, until for every primary cell the
    published rest allows at least ``rules.protection`` different numbers of raters, reaching the
    least number that may be seen, and does not show that all gave one level (unless a cell large
    enough to be shown says so anyway); and until no shown total minus its shown parts leaves a
    remainder that would itself be hidden.

    Assumes that the attacker knows the published cells, the sums, the rule itself and, where
    ``upper`` is given, the eligible dossiers; not single raters. Numbers shown to the public are
    rounded besides; here they are taken as exact, which can only hide more.

    Parameters
    ----------
    lattice : Lattice
        Everything that is published of a unit and year, in one system of equations.
    audience : {"house", "public"}
        Whose thresholds hold.
    rules : Defaults
        Thresholds and protection.
    ledger : mapping, optional
        Earlier decisions of the same audience, never contradicted: shown cells stay shown, cells
        hidden for good stay hidden.

    Returns
    -------
    Suppression

    Raises
    ------
    LatticeError
        If the lattice contradicts itself.

    References
    ----------
    FCSM Statistical Policy Working Paper 22 (2005); Fischetti & Salazar (2001), Management Science
    47:1008, for the attacker's programmes.

    Examples
    --------
    >>> from survey_analysis.disclosure.lattice import table_lattice
    >>> found = suppress(table_lattice([[3, 12, 20], [14, 9, 30], [25, 18, 11]]))
    >>> sorted(key for key, shown in found.shown.items() if not shown)
    [('cell', 0, 0), ('cell', 0, 1), ('cell', 1, 0), ('cell', 1, 1)]

    """
    work = _Work(lattice, audience, rules, ledger or Ledger())
    work.settle(range(len(lattice.relations)))
    attacked: set[Hashable] = set()
    pending: set[Hashable] | None = None
    while True:
        again, changed = set[Hashable](), False
        for keys, relations in hidden_parts(lattice, work.hidden):
            targets = [
                k for k in keys if k in work.primary and k not in work.safe and k not in work.stuck
            ]
            if not targets or (pending is not None and pending.isdisjoint(targets)):
                continue
            attacked.update(targets)
            found = [k for k in _Attack(work, keys, relations).found_out() if k not in work.stuck]
            if found:
                again.update(found)
                changed |= _repair(work, found, relations)
        pending = again
        if not changed:
            break
    return _result(work, attacked)


def _result(work: _Work, attacked: set[Hashable]) -> Suppression:
    for relation in work.relations:
        if work.broken(relation):
            work.stuck.update(
                k for k in (relation.total, *relation.parts) if k in work.primary
            )
    published = {key for key, cell in work.cells.items() if cell.published}
    return Suppression(
        {key: key not in work.hidden for key in work.cells if key in published},
        frozenset(work.primary), frozenset((work.hidden - work.primary) & published),
        frozenset(work.stuck), len(attacked),
    )
