"""Who can be compared with whom: officers tied to each other by shared procedures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.arrays import Bools, Floats, Ints, codes, floats
from survey_analysis.errors import InvalidCountsError

COMPARABLE, OTHER_COMPONENT, OWN_PROCEDURES, NO_RATINGS = range(4)
REASONS = ("", "other_component", "own_procedures", "no_ratings")


@dataclass(frozen=True)
class Connectivity:
    """Ties of k officers.

    Attributes
    ----------
    component : array of int
        Number of the connected component of each officer, from 0; −1 without ratings.
    own_share : array of float
        Share of an officer's ratings in procedures that nobody else of the family handles.
    reason : array of int
        0 comparable, else the index in ``REASONS`` of why not.
    grouping : array of int
        Which grouping made the officer comparable: 0 the finest, higher ones coarser, −1 none.

    """

    component: Ints
    own_share: Floats
    reason: Ints
    grouping: Ints

    @property
    def comparable(self) -> Bools:
        """Officers whose figures can be told apart from their procedures'."""
        return np.asarray(self.reason == COMPARABLE)


def components(officer: Ints, procedure: Ints, officers: int, procedures: int) -> Ints:
    """Component of each officer and then of each procedure in the bipartite graph."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = officers + procedures
    edges = coo_array(
        (np.ones(len(officer), dtype=np.int8), (officer, procedure + officers)), shape=(size, size)
    )
    _, label = connected_components(edges, directed=False)
    return np.asarray(label, dtype=np.int64)


def _largest(label: Ints, family: Ints, present: Bools) -> Bools:
    """Officers in the component with the most officers of their family; the first among equals."""
    result = np.zeros(len(label), dtype=np.bool_)
    if not present.any():
        return result
    names, inverse = np.unique(label[present], return_inverse=True)
    group = family[present]
    size = np.bincount(inverse, minlength=len(names))
    home = np.zeros(len(names), dtype=np.int64)
    home[inverse] = group
    order = np.lexsort((np.arange(len(names)), -size, home))
    first = np.ones(len(names), dtype=np.bool_)
    first[1:] = home[order][1:] != home[order][:-1]
    winner = np.zeros(len(names), dtype=np.bool_)
    winner[order[first]] = True
    result[present] = winner[inverse]
    return result


def _own_share(officer: Ints, procedure: Ints, n: Floats, officers: int) -> Floats:
    pair, inverse = np.unique(procedure * officers + officer, return_inverse=True)
    size = np.bincount(inverse, n)
    of_pair, who = pair // officers, pair % officers
    handlers = np.bincount(of_pair, minlength=int(of_pair.max(initial=0)) + 1)
    alone = np.bincount(who, size * (handlers[of_pair] == 1), minlength=officers)
    total = np.bincount(who, size, minlength=officers)
    return np.asarray(alone / np.maximum(total, 1e-300) * (total > 0))


def check_connectivity(
    officer: ArrayLike, procedures: Sequence[ArrayLike], n: ArrayLike, *,
    family: ArrayLike | None = None, officers: int | None = None, limit: float = 0.5,
) -> Connectivity:
    """Who is comparable within each family, at which grouping of procedures.

    In the bipartite graph of officers and procedures, effects of officer and procedure can be
    told apart only inside a connected component. An officer outside the largest component of the
    family, or with more than ``limit`` of the ratings in procedures that nobody else handles, is
    not comparable. Where coarser groupings of procedures are given (a field, say), such an officer
    is tried on them in turn, and ``grouping`` states which one it took.

    Parameters
    ----------
    officer : array of int
        Officer of each cell, codes from 0.
    procedures : sequence of arrays of int
        Procedure of each cell at the finest grouping, then at coarser ones.
    n : array of float
        Ratings of each cell; cells of 0 tie nobody.
    family : array of int, optional
        Family (centre) of each officer; one for all by default. Officers of different families
        are never compared.
    officers : int, optional
        Number of officers, when some have no cell.
    limit : float
        Largest share of own procedures.

    Raises
    ------
    InvalidCountsError
        If codes are missing or lengths differ.

    References
    ----------
    Weeks DL, Williams DR (1964), Technometrics 6:319–324 (connected designs).

    Examples
    --------
    >>> found = check_connectivity([0, 1, 1, 2], [[0, 0, 1, 2]], [5, 5, 3, 9])
    >>> found.comparable.tolist(), [REASONS[r] for r in found.reason]
    ([True, True, False], ['', '', 'other_component'])

    """
    size = floats(n, "ratings")
    who = codes(officer, "officers", len(size))
    k = max(officers or 0, int(who.max(initial=-1)) + 1)
    home = np.zeros(k, dtype=np.int64) if family is None else codes(family, "families", k)
    if not len(procedures) or (size < 0).any():
        raise InvalidCountsError("a grouping of procedures is needed, and ratings are not negative")
    used = size > 0
    steps = [
        _at(who[used], codes(one, "procedures", len(size))[used], size[used], home, k, limit)
        for one in procedures
    ]
    found = steps[0]
    for level, coarse in enumerate(steps[1:], start=1):
        found = _with(found, coarse, level)
    return found


def _at(
    who: Ints, what: Ints, n: Floats, home: Ints, k: int, limit: float
) -> Connectivity:
    kinds = int(what.max(initial=-1)) + 1
    _, tied = np.unique(home[who] * max(kinds, 1) + what, return_inverse=True)
    tied = tied.astype(np.int64)
    present = np.bincount(who, minlength=k) > 0
    label = components(who, tied, k, int(tied.max(initial=-1)) + 1)[:k]
    own = _own_share(who, tied, n, k) if len(who) else np.zeros(k)
    reason = np.full(k, COMPARABLE)
    reason[own > limit] = OWN_PROCEDURES
    reason[~_largest(label, home, present)] = OTHER_COMPONENT
    reason[~present] = NO_RATINGS
    component = np.where(present, label, -1)
    return Connectivity(component, own, reason, np.where(reason == COMPARABLE, 0, -1))


def _with(fine: Connectivity, coarse: Connectivity, level: int) -> Connectivity:
    """The finer answer, and the coarser one for those it left out."""
    rescued = (fine.reason != COMPARABLE) & (coarse.reason == COMPARABLE)
    return Connectivity(
        np.where(rescued, coarse.component, fine.component),
        np.where(rescued, coarse.own_share, fine.own_share),
        np.where(rescued, COMPARABLE, fine.reason), np.where(rescued, level, fine.grouping),
    )


def component_families(
    officer: ArrayLike, procedure: ArrayLike, n: ArrayLike, *, officers: int | None = None,
    fewest: int = 10,
) -> Ints:
    """Family of each officer, when no centre is given: one for each component large enough.

    Officers of different components share no procedure, so nothing can set them against each
    other; a component of ``fewest`` officers or more is a fair family of its own. All the rest
    stay in family 0, where the largest component is, and are not comparable there.

    Examples
    --------
    >>> component_families([0, 1, 2, 3], [0, 0, 1, 1], [9, 9, 9, 9], fewest=2).tolist()
    [0, 0, 1, 1]

    """
    size = floats(n, "ratings")
    who = codes(officer, "officers", len(size))
    what = codes(procedure, "procedures", len(size))
    k = max(officers or 0, int(who.max(initial=-1)) + 1)
    used = size > 0
    label = components(who[used], what[used], k, int(what.max(initial=-1)) + 1)[:k]
    _, first, inverse, count = np.unique(
        label, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -count))
    number = np.zeros(len(count), dtype=np.int64)
    number[order] = np.arange(len(count))
    number[count < fewest] = 0
    return np.asarray(number[inverse], dtype=np.int64)
