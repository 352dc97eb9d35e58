"""One row of cells beside its total, judged in passing; whole lattices are for ``suppression``."""

from __future__ import annotations

from collections.abc import Sequence


def complement(sizes: Sequence[int], shown: Sequence[bool]) -> list[bool]:
    """Rows shown after secondary suppression within a published total.

    A single hidden row could be found by subtraction: the smallest shown row is hidden with it.

    Parameters
    ----------
    sizes : sequence of int
        Raters of each row.
    shown : sequence of bool
        Which rows pass on their own.

    Returns
    -------
    list of bool

    Examples
    --------
    >>> complement([4, 30, 12], [False, True, True])
    [False, True, False]

    """
    result = list(shown)
    hidden = [i for i, ok in enumerate(result) if not ok and sizes[i] > 0]
    if len(hidden) == 1:
        candidates = [i for i, ok in enumerate(result) if ok]
        if candidates:
            result[min(candidates, key=lambda i: sizes[i])] = False
    return result
