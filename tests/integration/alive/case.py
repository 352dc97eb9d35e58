"""One thing that happens in the office, and every figure that it changes on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.integration.alive.reading import Figures, moved
from tests.integration.alive.world import work


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

    def follow(self, case: Case) -> Figures:
        """What moved; page and recount agree before and after."""
        if case.first is not None:
            case.first()
            self.worker()
        before = self._agreed()
        case.do()
        self.worker()
        return moved(before, self._agreed())

    def _agreed(self) -> Figures:
        shown, counted = self.read(), self.recount()
        assert {key: shown.get(key) for key in counted} == counted
        return shown

    def check(self, case: Case) -> None:
        """The case alone: exactly its figures, exactly their texts."""
        assert self.follow(case) == case.gives

    def check_in_a_row(self, cases: Mapping[str, Case]) -> None:
        """One case after the other in one office: each moves the figures that it names."""
        for name, case in cases.items():
            found = {key for key in self.follow(case) if key[1] not in self.thresholds}
            assert found == {key for key in case.gives if key[1] not in self.thresholds}, name
