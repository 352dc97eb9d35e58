"""Which words mark one group of comments against another.

Log-likelihood G² (Dunning 1993, Computational Linguistics 19:61-74) and log-odds with an
informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, Political Analysis 16:372-403). Words
are counted once a comment, so that nobody who writes much decides.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from survey_analysis.errors import InvalidCountsError
from survey_analysis.text.normalise import tokens

MIN_DOCUMENTS = 5
PRIOR_SIZE = 500.0


@dataclass(frozen=True)
class Keyness:
    """One word in two groups of comments.

    Attributes
    ----------
    term : str
        Word or pair of words.
    documents, others : int
        Comments of the first and the second group that contain it.
    g2 : float
        Log-likelihood ratio, at least 0; 3.84 is the 5 % point for one word looked at alone.
    log_odds : float
        Difference of log-odds after the prior; above 0 where the first group uses it more.
    z : float
        ``log_odds`` over its standard error.

    """

    term: str
    documents: int
    others: int
    g2: float
    log_odds: float
    z: float


def log_likelihood(k11: float, k12: float, k21: float, k22: float) -> float:
    """G² of a 2 × 2 table of counts (Dunning 1993).

    Raises
    ------
    InvalidCountsError
        If a count is negative or not finite, or all are zero.

    >>> round(log_likelihood(110, 2442, 111, 29114), 2)
    270.72

    """
    cells = (k11, k12, k21, k22)
    if min(cells) < 0 or not all(map(math.isfinite, cells)) or sum(cells) <= 0:
        raise InvalidCountsError("four counts are needed, none negative, not all zero")
    total = sum(cells)
    rows, columns = (k11 + k12, k21 + k22), (k11 + k21, k12 + k22)
    terms = (
        k * math.log(k * total / (rows[i // 2] * columns[i % 2]))
        for i, k in enumerate(cells) if k
    )
    return max(0.0, 2 * math.fsum(terms))


def weighted_log_odds(
    first: int, first_total: int, second: int, second_total: int, prior: float, prior_total: float
) -> tuple[float, float]:
    """Difference of log-odds with a Dirichlet prior, and its z (Monroe et al. 2008, eq. 16–22).

    Parameters
    ----------
    first, second : int
        Counts of the term in both groups.
    first_total, second_total : int
        Counts of all terms in both groups.
    prior, prior_total : float
        Pseudo-counts of the term, above 0, and of all terms.

    Raises
    ------
    InvalidCountsError
        If counts exceed their totals or the prior is not positive and below its total.

    """
    if not (0 <= first <= first_total and 0 <= second <= second_total and 0 < prior < prior_total):
        raise InvalidCountsError("counts within their totals and a positive prior are needed")
    odds = [
        math.log((k + prior) / (n + prior_total - k - prior))
        for k, n in ((first, first_total), (second, second_total))
    ]
    delta = odds[0] - odds[1]
    return delta, delta / math.sqrt(1 / (first + prior) + 1 / (second + prior))


def terms_of(text: str, *, longest: int = 2) -> set[str]:
    """Words and runs of up to ``longest`` words of one comment, within clauses, each once."""
    found: set[str] = set()
    clause: list[str] = []
    for token in tokens(text):
        if not token.word:
            clause = []
            continue
        clause = [*clause[1 - longest :], token.word] if longest > 1 else [token.word]
        found.update(" ".join(clause[-size:]) for size in range(1, len(clause) + 1))
    return found


def document_frequencies(
    texts: Iterable[str], terms: Callable[[str], set[str]] = terms_of
) -> Counter[str]:
    """In how many comments each term stands."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(terms(text))
    return counts


def keyness(
    first: Sequence[str], second: Sequence[str], *, min_documents: int = MIN_DOCUMENTS,
    prior_size: float = PRIOR_SIZE, terms: Callable[[str], set[str]] = terms_of,
) -> list[Keyness]:
    """Terms that mark ``first`` against ``second``, most marked first, then by name.

    Parameters
    ----------
    first, second : sequence of str
        Comments of both groups, masked before.
    min_documents : int
        Fewest comments of both groups together that contain a term.
    prior_size : float
        Size of the prior, in mentions, spread as the terms are spread over both groups.
    terms : callable
        What is counted in a comment.

    Returns
    -------
    list of Keyness
        Empty if a group has no comments or no term has enough.

    """
    here, there = document_frequencies(first, terms), document_frequencies(second, terms)
    totals = here.total(), there.total()
    everything = here + there
    if not all(totals):
        return []
    found = []
    for term, n in everything.items():
        if n < min_documents or n == everything.total():
            continue
        a, b = here[term], there[term]
        g2 = log_likelihood(a, b, len(first) - a, len(second) - b)
        prior = prior_size * n / everything.total()
        delta, z = weighted_log_odds(a, totals[0], b, totals[1], prior, prior_size)
        found.append(Keyness(term, a, b, g2, delta, z))
    return sorted(found, key=lambda k: (-k.z, k.term))
