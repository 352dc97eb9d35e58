"""Errors of the statistics: each says what was wrong with which input."""

from __future__ import annotations


class AnalysisError(ValueError):
    """Anything that the statistics refuse; the kinds below say why."""


class InvalidCountsError(AnalysisError):
    """Counts that cannot be: negative, not finite, or more successes than trials."""


class InvalidWeightsError(AnalysisError):
    """Weights that cannot be: negative, not finite, or all zero."""


class EmptyMarginError(AnalysisError):
    """A category of the population that no respondent stands for, or the reverse."""


class NotConvergedError(AnalysisError):
    """An iteration that did not reach its tolerance within its cap."""


class TooFewClustersError(AnalysisError):
    """Too few clusters (or clusters of a stratum) for a variance between them."""


class MissingIdentifierError(AnalysisError):
    """A row without the identifier of its officer, cluster, stratum or member."""


class LedgerConflictError(AnalysisError):
    """A decision on disclosure that contradicts one already given out."""


class LatticeError(AnalysisError):
    """Published cells whose counts do not add up, or that name cells unknown."""


class NotEstimableError(AnalysisError):
    """What is asked cannot be estimated from these data; the text says why."""
