"""One thing that happens in the office, and every figure that it changes on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from tests.integration.alive.reading import Figures, moved
from tests.integration.alive.world import work

on_sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize(
    "settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)


@dataclass(frozen=True)
class Case:
    """``do`` changes exactly these figures to these texts; ``first`` makes ready for it."""

    do: Callable[[], object]
    gives: Mapping[tuple[str, str], str]
    first: Callable[[], object] | None = None


@dataclass(frozen=True)
class Page:
    """How a page is read, and how its figures are counted from the facts alone."""

    read: Callable[[], Figures]
    recount: Callable[[], Figures]
    worker: Callable[[], object] = work
    thresholds: frozenset[str] = frozenset()
    """Figures that change only where something before brought them to the edge."""

    def check(self, case: Case) -> None:
        """The case alone: exactly its figures, exactly their texts.

        What the page shows of the untouched office is read once a page, not once a case.
        """
        if self.recount not in UNTOUCHED:
            UNTOUCHED[self.recount] = self._agreed()
        before, after = self._followed(case, UNTOUCHED[self.recount])
        assert moved(before, after) == case.gives

    def check_in_a_row(self, cases: Mapping[str, Case]) -> None:
        """One case after the other in one office: each moves the figures that it names."""
        last = self._agreed()
        for name, case in cases.items():
            before, last = self._followed(case, last)
            found = {key for key in moved(before, last) if key[1] not in self.thresholds}
            assert found == {key for key in case.gives if key[1] not in self.thresholds}, name

    def _followed(self, case: Case, before: Figures) -> tuple[Figures, Figures]:
        """What the page shows before and after; it agrees with the recount both times."""
        if case.first is not None:
            case.first()
            self.worker()
            before = self._agreed()
        case.do()
        self.worker()
        return before, self._agreed()

    def _agreed(self) -> Figures:
        shown, counted = self.read(), self.recount()
        assert {key: shown.get(key) for key in counted} == counted
        return shown


UNTOUCHED: dict[Callable[[], Figures], Figures] = {}
"""What each page shows of the office that its cases begin with, by the page's recount."""
