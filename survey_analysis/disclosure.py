"""Simple rules of disclosure: pure judgements on one cell or one row of cells."""

from __future__ import annotations

from collections.abc import Sequence

from survey_analysis.defaults import DEFAULTS, Defaults


def single_level(levels: Sequence[int]) -> bool:
    """Whether all raters of a cell gave one level (it tells what each known one said)."""
    return sum(1 for n in levels if n) == 1


def house(levels: Sequence[int], rules: Defaults = DEFAULTS) -> bool:
    """Whether a cell's rate may be shown inside the house: enough raters."""
    return sum(levels) >= rules.min_rate_n


def complement(sizes: Sequence[int], shown: Sequence[bool]) -> list[bool]:
    """Rows shown after secondary suppression within a published total.

    A single hidden row could be found by subtraction: the smallest shown row is hidden with it.

    Parameters
    ----------
    sizes : sequence of int
        Raters of each row.
    shown : sequence of bool
        Which rows pass on their own.

    """
    result = list(shown)
    hidden = [i for i, ok in enumerate(result) if not ok and sizes[i] > 0]
    if len(hidden) == 1:
        candidates = [i for i, ok in enumerate(result) if ok]
        if candidates:
            result[min(candidates, key=lambda i: sizes[i])] = False
    return result
