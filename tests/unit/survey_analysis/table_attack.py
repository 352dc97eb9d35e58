"""An attacker of its own: reads what is published and nothing else, and thinks in whole raters.

Written apart from ``survey_analysis.disclosure``: a dense integer programme over all hidden cells
at once, against that package's sparse continuous ones over connected parts.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from survey_analysis.disclosure.lattice import Lattice

Published = Mapping[Hashable, tuple[int, ...]]


@dataclass(frozen=True)
class Found:
    """What the attacker knows of a hidden cell."""

    low: float
    high: float
    elsewhere: tuple[float, ...]
    """Most raters that can be on other levels than each."""


def published(lattice: Lattice, shown: Mapping[Hashable, bool]) -> Published:
    return {key: lattice.cells[key].levels for key, ok in shown.items() if ok}


class Attacker:
    """Everything an attacker can write down from a publication."""

    def __init__(
        self, known: Published, sums: Collection[tuple[Hashable, Collection[Hashable]]],
        depth: int, whole: bool,
    ) -> None:
        self.hidden = sorted(
            {key for total, parts in sums for key in (total, *parts) if key not in known}, key=repr
        )
        self.depth, self.whole = depth, whole
        width = len(self.hidden) * depth
        at = {key: i * depth for i, key in enumerate(self.hidden)}
        rows, right = [], []
        for total, parts in sums:
            for level in range(depth):
                row, value = np.zeros(width), 0.0
                for key, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
                    if key in known:
                        value -= sign * known[key][level]
                    else:
                        row[at[key] + level] += sign
                if row.any():
                    rows.append(row)
                    right.append(value)
        self.constraints = []
        if rows:
            self.constraints.append(LinearConstraint(np.array(rows), right, right))
        if self.hidden:
            each = np.kron(np.eye(len(self.hidden)), np.ones(depth))
            self.constraints.append(LinearConstraint(each, 1, np.inf))

    def most(self, weights: np.ndarray) -> float:
        found = milp(
            -weights, constraints=self.constraints, bounds=Bounds(0, np.inf),
            integrality=np.full(len(weights), int(self.whole)),
        )
        assert found.status != 2, "what is published contradicts itself"
        return np.inf if found.x is None else -found.fun

    def attack(self, key: Hashable) -> Found:
        at = self.hidden.index(key) * self.depth
        weights = np.zeros(len(self.hidden) * self.depth)
        weights[at:at + self.depth] = 1
        low, high = -self.most(-weights), self.most(weights)
        elsewhere = []
        for level in range(self.depth):
            others = weights.copy()
            others[at + level] = 0
            elsewhere.append(self.most(others) if self.depth > 1 else np.inf)
        return Found(low, high, tuple(elsewhere))
