"""Order by need: ranks at their edges, and nothing of ratings within reach of it."""

from __future__ import annotations

import ast
from datetime import date, timedelta

import pytest

from kiosk_app.training import needing, requirements
from kiosk_app.training.needing import ENDING, HOLDS, NEVER, NOT_REQUIRED, Need
from kiosk_app.training.requirements import SOON, Exemption, Standing
from tests.rules.sources import modules

DAY = date(2019, 3, 4)


def ranked(
    completed: date | None, *, required: bool = True, months: int | None = 12,
    exempt: Exemption | None = None,
) -> int:
    cell = requirements.standing(completed, months, exempt, required=required, today=DAY)
    return needing.rank(cell, required=required)


@pytest.mark.parametrize(("completed", "rank"), [
    (None, NEVER), (date(2018, 3, 3), ENDING), (date(2018, 3, 4), ENDING), (date(2018, 6, 2), ENDING),
    (date(2018, 6, 3), HOLDS), (DAY, HOLDS),
])
def test_the_last_day_of_soon_is_soon(completed: date | None, rank: int) -> None:
    assert requirements.ends_on(date(2018, 6, 2), 12) == DAY + timedelta(days=SOON)
    assert ranked(completed) == rank


def test_who_need_not_hold_it_comes_later_and_who_holds_it_last() -> None:
    free = Exemption("nghỉ thai sản", date(2019, 12, 31))
    assert ranked(None, required=False) == NOT_REQUIRED
    assert ranked(date(2017, 1, 1), required=False) == NOT_REQUIRED
    assert ranked(date(2018, 12, 1), required=False) == HOLDS
    assert ranked(None, exempt=free) == NOT_REQUIRED
    assert ranked(date(2012, 1, 1), months=None) == HOLDS, "for ever"


def test_ends_rule_where_something_ends_and_the_longest_wait_among_equals() -> None:
    def ending(ends: date, last: date | None) -> Need:
        return Need(ENDING, Standing("expiring", DAY, ends), last)

    soon, later = date(2019, 4, 1), date(2019, 5, 1)
    order = [
        Need(NEVER, Standing("missing"), None), Need(NEVER, Standing("missing"), date(2018, 1, 1)),
        Need(NEVER, Standing("missing"), date(2018, 9, 1)), ending(soon, date(2018, 9, 1)),
        ending(later, None), ending(later, date(2018, 1, 1)),
        Need(NOT_REQUIRED, Standing("none", ends=date(2020, 1, 1)), date(2018, 2, 1)),
        Need(NOT_REQUIRED, Standing("none", ends=date(2019, 1, 1)), date(2018, 3, 1)),
        Need(HOLDS, Standing("valid"), None),
    ]
    backwards = order[::-1]
    assert sorted(backwards, key=lambda one: one.key) == order


def test_the_order_can_read_training_and_the_organisation_alone() -> None:
    """The layers keep ratings out of training; these are all that the order itself asks."""
    tree = modules("kiosk_app")["kiosk_app/training/needing.py"]
    asked = {
        f"{node.module}.{name.name}" for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) for name in node.names
        if (node.module or "").startswith("kiosk_app")
    }
    assert asked == {
        "kiosk_app.organisation.records.Post", "kiosk_app.training.queries",
        "kiosk_app.training.requirements", "kiosk_app.training.requirements.Exemption",
        "kiosk_app.training.requirements.Standing",
    }
