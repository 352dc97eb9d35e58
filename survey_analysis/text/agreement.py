"""How well a coding of comments agrees with one made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey_analysis.errors import InvalidCountsError

RETIRE_BELOW = 0.7


@dataclass(frozen=True)
class Agreement:
    """Agreement on one label over all comments.

    Attributes
    ----------
    label : str
        Topic, or kind of personal data.
    true, extra, missed : int
        Comments with the label in both codings, only in ours, only in the one by hand.
    n : int
        Comments.

    """

    label: str
    true: int
    extra: int
    missed: int
    n: int

    @property
    def precision(self) -> float | None:
        """Share of ours that are right; None where we never say it."""
        ours = self.true + self.extra
        return self.true / ours if ours else None

    @property
    def recall(self) -> float | None:
        """Share of theirs that we find; None where it never occurs."""
        theirs = self.true + self.missed
        return self.true / theirs if theirs else None

    @property
    def kappa(self) -> float | None:
        """Agreement beyond chance (Cohen 1960); None where both codings are constant and equal."""
        ours, theirs = (self.true + self.extra) / self.n, (self.true + self.missed) / self.n
        chance = ours * theirs + (1 - ours) * (1 - theirs)
        observed = 1 - (self.extra + self.missed) / self.n
        return None if chance == 1 else (observed - chance) / (1 - chance)

    @property
    def retired(self) -> bool:
        """Whether κ is below .7, so that the topic is not to be reported."""
        kappa = self.kappa
        return kappa is not None and kappa < RETIRE_BELOW


def agreement(
    ours: Sequence[Mapping[str, int]], by_hand: Sequence[Mapping[str, int]], labels: Sequence[str]
) -> list[Agreement]:
    """Agreement per label; a label with the other polarity is one extra and one missed.

    Parameters
    ----------
    ours, by_hand : sequence of mapping
        Per comment: label → polarity.
    labels : sequence of str
        What to judge, in this order.

    Raises
    ------
    InvalidCountsError
        If the codings differ in length or are empty.

    """
    if len(ours) != len(by_hand) or not ours:
        raise InvalidCountsError("two codings of the same comments are needed")
    found = []
    for label in labels:
        pairs = [(a.get(label), b.get(label)) for a, b in zip(ours, by_hand, strict=True)]
        true = sum(a is not None and a == b for a, b in pairs)
        extra = sum(a is not None and a != b for a, b in pairs)
        missed = sum(b is not None and a != b for a, b in pairs)
        found.append(Agreement(label, true, extra, missed, len(pairs)))
    return found
