"""What was worked out of a database and holds for as long as its facts do not change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

V = TypeVar("V")


class Kept(Generic[V]):
    """The ``most`` answers used last of each database; a key must name the version of the facts.

    Answers are shared by all readers and must not be changed. Ask from a reading transaction only.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: WeakKeyDictionary[Engine, OrderedDict[Hashable, V]] = WeakKeyDictionary()
        self._lock = Lock()

    def of(self, conn: Connection, key: Hashable, make: Callable[[], V]) -> V:
        """The answer kept under ``key``, else the one that ``make`` works out."""
        with self._lock:
            kept = self._of.setdefault(conn.engine, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        found = make()
        with self._lock:
            kept[key] = found
            while len(kept) > self._most:
                kept.popitem(last=False)
        return found
