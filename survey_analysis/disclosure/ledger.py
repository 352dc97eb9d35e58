"""The decisions already given out. Storage is the application's; contradiction is refused here."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

from survey_analysis.errors import LedgerConflictError


@dataclass(frozen=True)
class Decision:
    """Whether one cell of one period is shown, and whether that is for good.

    A cell that was shown stays shown. A hidden cell of a running period may be shown when a later
    edition allows it; once ``final`` (the period is closed) it stays hidden too.
    """

    shown: bool
    final: bool = True


@dataclass(frozen=True)
class Ledger(Mapping[Hashable, Decision]):
    """One decision a (cell, period) and audience; unchangeable, ``extended`` gives a new one.

    Examples
    --------
    >>> first = Ledger().extended({"a": Decision(True), "b": Decision(False, final=False)})
    >>> second = first.extended({"b": Decision(True)})
    >>> second["b"].shown, len(second)
    (True, 2)
    >>> second.extended({"a": Decision(False)})
    Traceback (most recent call last):
    ...
    survey_analysis.errors.LedgerConflictError: 'a' was shown before and cannot be hidden

    """

    decisions: Mapping[Hashable, Decision] = field(default_factory=dict)

    def __getitem__(self, key: Hashable) -> Decision:
        """The decision on one cell."""
        return self.decisions[key]

    def __iter__(self) -> Iterator[Hashable]:
        """Cells decided."""
        return iter(self.decisions)

    def __len__(self) -> int:
        """How many cells are decided."""
        return len(self.decisions)

    def extended(self, decisions: Mapping[Hashable, Decision]) -> Ledger:
        """Give a ledger with further decisions.

        Parameters
        ----------
        decisions : mapping
            Cell → Decision; one that is known already may only confirm it, or show what was
            hidden for the time being.

        Returns
        -------
        Ledger

        Raises
        ------
        LedgerConflictError
            If a decision contradicts one given out.

        """
        for key, new in decisions.items():
            old = self.decisions.get(key)
            if old is None:
                continue
            if old.shown and not new.shown:
                raise LedgerConflictError(f"{key!r} was shown before and cannot be hidden")
            if old.final and new.shown != old.shown:
                raise LedgerConflictError(f"{key!r} was hidden for good")
        kept = {
            key: Decision(new.shown, new.final or (key in self and self[key].final))
            for key, new in decisions.items()
        }
        return Ledger({**self.decisions, **kept})
