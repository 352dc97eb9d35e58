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

from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.disclosure.audit import EPS, System, hidden_parts
from survey_analysis.disclosure.certificates import Certificates
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
        if len(parts) == 1 and (self.cells[parts[0]].published or parts[0] in self.primary):
            return True
        direct = self.rest(relation, "")
        if any(
            sum(direct) - (len(parts) - 1) < self.reach(key) for key in parts if key in self.primary
        ):
            return True
        return any(
            discloses(left, self.audience, self.rules)
            for left in (direct, self.rest(relation, relation.kind))
        )

    def reach(self, key: Hashable) -> float:
        """Raters that a hidden primary cell must be able to have."""
        upper = self.cells[key].upper
        return min(least_count(self.audience, self.rules), math.inf if upper is None else upper)

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
    """Which primary cells of one connected part are safe."""

    def __init__(self, work: _Work, keys: list[Hashable], relations: list[int]) -> None:
        self.work, self.keys, self.relations = work, keys, relations
        self.proof = Certificates(work.lattice, keys, relations)
        self.targets = [k for k in keys if k in work.primary and k not in work.safe]
        self.rows = np.array([self.proof.row[k] for k in self.targets], dtype=np.intp)
        upper = self.proof.upper[self.rows]
        self.reach = np.minimum(least_count(work.audience, work.rules), upper)
        self.width = np.minimum(work.rules.protection, np.maximum(upper - 1, 0))
        levels = self.proof.levels[self.rows]
        self.level = np.argmax(levels, axis=1) if len(levels) else np.zeros(0, dtype=np.intp)
        alike = (levels > 0).sum(axis=1) == 1 if levels.shape[1] > 1 else np.zeros(len(levels))
        self.single = np.array([
            bool(one) and not self._implied(key)
            for one, key in zip(alike, self.targets, strict=True)
        ], dtype=bool)

    def _implied(self, key: Hashable) -> bool:
        """A shown sum of that one level, large enough to be shown, already says it."""
        work = self.work
        for number in work.around[key]:
            relation = work.relations[number]
            if key in relation.parts and relation.total not in work.hidden:
                left = work.rest(relation, relation.kind)
                if single_level(left) and sum(left) >= work.rules.min_single_level:
                    return True
        return False

    def open(self) -> NDArray[np.intp]:
        """Targets not proven safe."""
        low, high = self.proof.low[self.rows], self.proof.high[self.rows]
        safe = (high >= self.reach) & (high - low >= self.width)
        return np.flatnonzero(~(safe & ~self._alike(np.arange(len(self.rows)))))

    def _alike(self, targets: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Targets of one level for which no rater on another is proven possible."""
        raised = self.proof.raised(self.rows[targets], self.level[targets])
        return np.asarray(self.single[targets] & ~raised, dtype=np.bool_)

    def _missing(self, targets: NDArray[np.intp]) -> tuple[Array, Array]:
        """Raters still wanted above, and below, for each target."""
        rows = self.rows[targets]
        low, high = self.proof.low[rows], self.proof.high[rows]
        above = np.maximum(self.reach[targets], low + self.width[targets]) - high
        return np.maximum(above, 0.0), np.maximum(high - self.width[targets], 1.0) - low

    def seek(self, targets: NDArray[np.intp]) -> None:
        """Look for tables on every level, those with most raters first."""
        order = np.argsort(-self.proof.levels.sum(axis=0), kind="stable")
        for level in order:
            targets = np.intersect1d(targets, self.open())
            if not len(targets):
                return
            rows = self.rows[targets]
            above, _ = self._missing(targets)
            alike = self._alike(targets) & (self.level[targets] != level)
            wanted = np.where(alike, np.maximum(above, 1.0), above)
            if (wanted > 0).any():
                wanted = wanted + self.proof.up[rows, level] * (wanted > 0)
                self.proof.seek(int(level), rows[wanted > 0], wanted[wanted > 0])
            _, below = self._missing(targets)
            if (below < 0).any():
                rows, below = rows[below < 0], below[below < 0]
                self.proof.seek(int(level), rows, below - self.proof.down[rows, level])

    def suspects(self) -> list[int]:
        """Targets that no common table proves safe, smallest first."""
        before, left = len(self.targets) + 1, self.open()
        while 0 < len(left) < before:
            before = len(left)
            self.seek(left)
            left = self.open()
        return sorted(left.tolist(), key=lambda i: (self.proof.n[self.rows[i]], i))

    def found_out(self, target: int) -> bool:
        """Whether tables sought for one target alone leave it open."""
        if target not in self.open():
            return False
        self.seek(np.array([target], dtype=np.intp))
        return target in self.open()

    def exactly(self, target: int) -> bool:
        """Whether the exact attack finds a target out."""
        key = self.targets[target]
        system = System(self.work.lattice, self.keys, self.relations, least=1.0)
        bounds = system.bounds(key)
        low = math.ceil(bounds.low - EPS)
        high = math.inf if math.isinf(bounds.high) else math.floor(bounds.high + EPS)
        if high < self.reach[target] or high - low < self.width[target]:
            return True
        return bool(self.single[target]) and (
            system.most_elsewhere(key, int(self.level[target])) < 1 - EPS
        )


def _repair(work: _Work, attack: _Attack) -> bool:
    """Hide one more cell beside each that is found out; whether anything was hidden.

    Cells beside one that was just hidden are looked at again in the next round.
    """
    touched: set[int] = set()
    suspects = attack.suspects()
    for target in suspects:
        key = attack.targets[target]
        if touched.intersection(work.around[key]) or not attack.found_out(target):
            continue
        chosen = work.choose(work.around[key])
        if chosen is None and touched:
            continue
        if chosen is None:
            if not attack.exactly(target):
                work.safe.add(key)
                continue
            chosen = work.choose(attack.relations)
        if chosen is None:
            work.stuck.add(key)
            continue
        work.hidden.add(chosen)
        touched.update(work.affected(chosen))
    left = set(attack.open().tolist())
    work.safe.update(k for i, k in enumerate(attack.targets) if i not in left)
    work.settle(sorted(touched))
    return bool(touched)


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
    changed = True
    while changed:
        changed = False
        for keys, relations in hidden_parts(lattice, work.hidden):
            targets = [
                k for k in keys if k in work.primary and k not in work.safe and k not in work.stuck
            ]
            if targets:
                attacked.update(targets)
                changed |= _repair(work, _Attack(work, keys, relations))
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
