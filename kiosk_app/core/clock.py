"""The one place where time is read; everything else is given ``now``."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus a fixed offset; the demo year runs on an offset of its own."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.now(UTC) + self.offset

    @property
    def is_shifted(self) -> bool:
        """Whether this is not real time (shown on every page)."""
        return self.offset != timedelta(0)


class FrozenClock(Clock):
    """A clock that stands still until it is moved; for tests and batch replays."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> datetime:
        """The frozen moment."""
        return self.moment

    def advance(self, **parts: float) -> None:
        """Move on by a ``timedelta`` of these parts."""
        self.moment += timedelta(**parts)


_state: dict[str, Clock] = {"clock": Clock()}


def bind(clock: Clock) -> None:
    """Make ``clock`` the clock of this process."""
    _state["clock"] = clock


def current() -> Clock:
    """The clock of this process."""
    return _state["clock"]


def now() -> datetime:
    """The present moment on the bound clock, aware, UTC."""
    return _state["clock"].now()


def monotonic() -> float:
    """Seconds for measuring durations."""
    return time.monotonic()
