"""A comparison of objects says, field by field, what the officer table on arrays says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from survey_analysis.comparison import Comparison, OfficerCounts, compare
from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.officers import TIERS, Cells, officer_table

SATISFIED = (352, 340, 366, 371, 298, 333, 361, 349, 377, 240, 355, 344, 12)
ROWS = [
    *(OfficerCounts(f"o{i}", "p", "common", 400 if i < 12 else 13, s) for i, s in enumerate(SATISFIED)),
    OfficerCounts("o3", "q", "rare", 30, 21), OfficerCounts("o4", "q", "rare", 40, 22),
    OfficerCounts("alone", "r", "own", 60, 30), OfficerCounts("nobody", "p", "common", 0, 0),
    OfficerCounts("once", "p", "common", 1, 0),
]
NAMES = [*(f"o{i}" for i in range(13)), "alone", "once"]
CELLS = Cells(
    np.array([*range(13), 3, 4, 13, 14]), np.array([0] * 13 + [1, 1, 2, 0]),
    np.array([*[400.0] * 12, 13.0, 30.0, 40.0, 60.0, 1.0]),
    np.array([*map(float, SATISFIED), 21.0, 22.0, 30.0, 0.0]),
    np.array([0, 1, 2]), np.zeros(15, dtype=np.int64),
)


@pytest.mark.parametrize("with_ranks", [False, True])
@pytest.mark.parametrize("rules", [DEFAULTS, dataclasses.replace(DEFAULTS, reliability_compare=0.97, min_officers=20)])
def test_every_field_is_the_tables(with_ranks: bool, rules: Defaults) -> None:
    found = compare(ROWS, rules, with_ranks=with_ranks, seed=7)
    table = officer_table(CELLS, rules, with_ranks=with_ranks, seed=7)
    assert list(found) == NAMES
    assert [name for i, name in enumerate(NAMES) if not table.estimable[i]] == ["alone", "once"]
    for i, name in enumerate(NAMES):
        one = found[name]
        assert (one.officer, one.n, one.tier) == (name, table.standardised.n[i], TIERS[table.tier[i]])
        if not table.estimable[i]:
            assert one == Comparison(
                name, 60 if name == "alone" else 1, None, None, None, None, None, one.tier, one.reason
            )
            assert (one.reason == "few_ratings") == (name == "once")
            continue
        needed = None if table.still_needed[i] < 0 else table.still_needed[i]
        expected = (
            table.adjusted[i], table.low[i], table.high[i], table.reliability[i], needed,
            "few_officers" if rules.min_officers == 20 else "",
            table.difference[i], table.difference_low[i], table.difference_high[i],
            table.shrunken[i], table.shrunken_low[i], table.shrunken_high[i],
            table.standardised.expected[i] / one.n, table.standardised.borrowed[i],
        )
        assert (
            one.adjusted, one.adjusted_low, one.adjusted_high, one.reliability, one.still_needed,
            one.reason, one.difference, one.difference_low, one.difference_high, one.shrunken,
            one.shrunken_low, one.shrunken_high, one.expected, one.borrowed,
        ) == expected
        ranks = (one.rank_low, one.rank_median, one.rank_high, one.bottom_fifth, one.ranking_supported)
        if table.rank is None:
            assert ranks == (None,) * 5
        else:
            assert ranks == (
                table.rank.low[i], table.rank.median[i], table.rank.high[i],
                table.rank.bottom_fifth[i], table.rank.supported[i],
            )
    needs = [one.still_needed for one in found.values()]
    assert {0, 18} <= set(needs) if rules is DEFAULTS else set(needs) == {None}


def test_what_is_not_asked_for_is_as_it_stands_in_the_signature() -> None:
    assert compare(ROWS) == compare(ROWS, DEFAULTS, with_ranks=False, seed=1)
    assert compare(ROWS, with_ranks=True) == compare(ROWS, with_ranks=True, seed=1)
    assert compare(ROWS, with_ranks=True) != compare(ROWS, with_ranks=True, seed=2)


def test_so_few_officers_are_told_so_unless_history_knows_their_spread() -> None:
    few = [OfficerCounts(f"o{i}", "p", "p", 400, s) for i, s in enumerate((360, 240, 350))]
    alone = compare(few)
    assert {one.reason for one in alone.values()} == {"few_officers"}
    known = compare(few, history_tau2=0.004)
    assert {one.reason for one in known.values()} == {""}
    assert known["o1"].tier != alone["o1"].tier


def test_one_rating_that_satisfied_nobody_counts() -> None:
    found = compare([*ROWS[:12], OfficerCounts("none of five", "p", "common", 5, 0)])
    assert found["none of five"].n == 5
    with pytest.raises(ValueError, match="1 of 0"):
        compare([OfficerCounts("o", "p", "p", 0, 1), *ROWS])
