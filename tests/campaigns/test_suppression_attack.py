"""A thousand random publications against an attacker of its own; a short thirty run with the units."""

from __future__ import annotations

from survey_analysis import suppress
from tests.campaigns import length
from tests.unit.survey_analysis.random_lattices import lattices, undone

TABLES = 1000 if length.FULL else 8
FIRST = 1000


def test_no_attack_undoes_a_suppression() -> None:
    """Own integer programme over all hidden cells; what is hidden is counted beside."""
    cells = hidden = primary = 0
    failed = []
    for number in range(FIRST, FIRST + TABLES):
        lattice = lattices(number)
        found = suppress(lattice)
        failed += [(number, *what) for what in undone(lattice, found)]
        assert not found.unprotected
        cells += sum(1 for key in found.shown if lattice.cells[key].n)
        hidden += sum(1 for shown in found.shown.values() if not shown)
        primary += len(found.primary)
    length.keep("suppression", "attack", {
        "tables": TABLES, "cells": cells, "hidden": hidden, "primary": primary,
        "undone": len(failed),
    })
    assert failed == []
    assert primary > 0


