"""Groups of five officers or more, and what must be kept back so that subtraction tells no smaller one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.core.errors import RuleError
from kiosk_app.reporting.groups import LEAST, Groups
from kiosk_app.reporting.records import Figure


def row(key: str) -> Figure:
    return Figure(key, key, 20, 40, 0.5, 0.9, 0.7, 1.0, None, suppressed=False)


def made(**units: range) -> Groups:
    return Groups({("unit", name): frozenset(who) for name, who in units.items()}).covered()


def test_a_group_of_four_is_not_told_and_one_of_five_is() -> None:
    found = made(a=range(5), b=range(10, 14), c=range(20, 22))
    assert [r.key for r in found.told([row("a"), row("b"), row("c")], "unit")] == ["a"]
    with pytest.raises(RuleError) as refused:
        found.require("unit", "b")
    assert refused.value.code == "group_too_small"
    assert found.enough("unit", "b", "c"), "two units that went into one are a group together"
    assert found.told([row("x")], "reason") == (row("x"),)


def test_a_lone_small_group_takes_the_next_smallest_with_it() -> None:
    found = made(a=range(8), b=range(10, 16), c=range(20, 22))
    assert [r.key for r in found.told([row("a"), row("b"), row("c")], "unit")] == ["a"]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sets(st.integers(0, 30), max_size=9), max_size=8))
def test_what_is_left_of_a_table_is_never_a_small_group(units: dict[str, set[int]]) -> None:
    units = {name: who for name, who in units.items() if who}
    found = Groups({("unit", name): frozenset(who) for name, who in units.items()}).covered()
    told = {r.key for r in found.told([row(name) for name in units], "unit")}
    left = set().union(*(who for name, who in units.items() if name not in told))
    assert all(len(units[name]) >= LEAST for name in told)
    assert not left or len(left) >= LEAST or not told
