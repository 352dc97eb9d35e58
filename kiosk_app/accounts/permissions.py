"""Who may see what: the role × data matrix of the product, as one table; deny by default."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Data(StrEnum):
    """A kind of data that a route shows or changes."""

    FIGURES = "figures"
    """Figures of units, fields, procedures; service quality."""
    FIGURES_OFFICERS = "figures_officers"
    INTEGRITY = "integrity"
    """Quality of the data: signs of misuse by officer, state of the tablets' deliveries."""
    ALERTS = "alerts"
    COMMENTS = "comments"
    LINKS = "links"
    CONFIDENTIAL = "confidential"
    TRAINING = "training"
    OWN_TRAINING = "own_training"
    """The own sessions: answering an invitation, checking in, the own calendar."""
    ACCOUNTS = "accounts"
    """Accounts, tablets, keys, settings."""
    TABLETS = "tablets"
    """State of tablets."""
    AUDIT = "audit"
    DESK = "desk"
    INTAKE = "intake"
    """Ratings that wait for their dossier, by code and never by level; keying of paper forms."""


class Scope(StrEnum):
    """How far a role reaches."""

    NONE = "none"
    OWN = "own"
    OWN_UNITS = "own_units"
    ALL = "all"


ROLES = ("officer", "manager", "case_handler", "hr", "inspector", "auditor", "administrator")
_N, _O, _U, _A = Scope.NONE, Scope.OWN, Scope.OWN_UNITS, Scope.ALL

MATRIX: Mapping[Data, Mapping[str, Scope]] = {
    data: dict(zip(ROLES, scopes, strict=True))
    for data, scopes in {
        #                       officer manager handler hr inspector auditor administrator
        Data.FIGURES:          (_U, _U, _A, _A, _A, _A, _A),
        Data.FIGURES_OFFICERS: (_O, _U, _N, _N, _A, _A, _N),
        Data.INTEGRITY:        (_N, _U, _N, _N, _A, _A, _N),
        Data.ALERTS:           (_N, _U, _N, _N, _A, _A, _N),
        Data.COMMENTS:         (_N, _U, _O, _N, _A, _A, _N),
        Data.LINKS:            (_N, _N, _O, _N, _O, _N, _N),
        Data.CONFIDENTIAL:     (_N, _N, _N, _N, _A, _N, _N),
        Data.TRAINING:         (_O, _U, _N, _A, _N, _A, _N),
        Data.OWN_TRAINING:     (_O, _N, _N, _N, _N, _N, _N),
        Data.ACCOUNTS:         (_N, _N, _N, _N, _N, _A, _A),
        Data.TABLETS:          (_N, _U, _N, _N, _N, _A, _A),
        Data.AUDIT:            (_N, _N, _N, _N, _O, _A, _A),
        Data.DESK:             (_O, _N, _N, _N, _N, _N, _N),
        Data.INTAKE:           (_N, _N, _N, _N, _N, _A, _A),
    }.items()
}


def allowed(role: str, data: Data) -> Scope:
    """How far ``role`` reaches for ``data``; an unknown role reaches nothing."""
    return MATRIX[data].get(role, Scope.NONE)


GROUPS_ONLY = frozenset({"hr"})
"""Roles that are told figures of five officers or more together, wherever figures stand."""


CHANGES: Mapping[Data, frozenset[str]] = {
    Data.FIGURES_OFFICERS: frozenset({"officer"}),  # the reply to the own figures
    Data.INTEGRITY: frozenset({"manager", "inspector"}),  # decisions about ratings under review
    Data.ALERTS: frozenset({"manager"}),
    Data.COMMENTS: frozenset({"manager", "inspector"}),  # redaction of a single comment
    Data.FIGURES: frozenset(ROLES) - {"officer"},  # asking for an export of what is seen
    Data.TRAINING: frozenset({"hr"}),
    Data.OWN_TRAINING: frozenset({"officer"}),
    Data.ACCOUNTS: frozenset({"administrator"}),
    Data.DESK: frozenset({"officer"}),
    Data.INTAKE: frozenset({"administrator"}),
}
"""Roles that may change data of a kind; to see is not to change, and a kind not named is nobody's."""


def may_change(role: str, data: Data) -> bool:
    """Whether ``role`` may change what ``data`` names; never without reaching it."""
    return role in CHANGES.get(data, frozenset()) and allowed(role, data) != Scope.NONE
