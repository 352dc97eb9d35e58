"""How many receipts a tablet may ask about: codes can be guessed, and nobody may be turned away.

A bucket of tokens a device: a look-up takes one, time gives them back. An empty bucket answers
``unknown``, after which everybody can still rate with what they typed.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime

CAPACITY = 40
PER_MINUTE = 12.0
MAX_KEYS = 10_000


def refilled(left: float, seconds: float) -> float:
    """Tokens after ``seconds`` in which none was taken; never more than the bucket holds."""
    return min(float(CAPACITY), left + max(seconds, 0.0) * PER_MINUTE / 60)


@dataclass
class Allowance:
    """The buckets of one process; a service of two processes gives twice as much."""

    _buckets: dict[Hashable, tuple[float, datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: Hashable, *, now: datetime) -> bool:
        """Take a token of ``key`` (a device's id; 0 for forms without a device) if one is left."""
        with self._lock:
            left, then = self._buckets.get(key, (float(CAPACITY), now))
            left = refilled(left, (now - then).total_seconds())
            if len(self._buckets) >= MAX_KEYS:
                self._buckets.clear()
            self._buckets[key] = (left - 1 if left >= 1 else left, now)
            return left >= 1

