"""Tables of the training office: sorting, pages, and figures as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request
from flask_babel import format_decimal

from kiosk_app.web import typed

T = TypeVar("T")
PAGE_SIZE = 30
NONE_TEXT = "—"


def figure(value: float | None, pattern: str = "0.0") -> str:
    """A mark or mean in the language's own notation; a dash for none."""
    return NONE_TEXT if value is None else str(format_decimal(round(value, 4), pattern))


def signed(value: float | None) -> str:
    """A difference with its sign."""
    if value is None:
        return NONE_TEXT
    value = round(value, 1) or 0.0
    return ("+" if value > 0 else "−" if value < 0 else "") + figure(abs(value))


@dataclass(frozen=True)
class Page:
    """One page of a sorted list, and the links around it."""

    rows: Sequence[Any]
    total: int
    number: int
    pages: int
    sort: str
    descending: bool

    @property
    def first(self) -> int:
        """Number of the first row shown."""
        return (self.number - 1) * PAGE_SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return self.first + len(self.rows) - 1 if self.total else 0


def arrange(rows: Iterable[T], keys: Mapping[str, Callable[[T], Any]], default: str) -> list[T]:
    """Rows sorted as the address asks; unknown columns mean ``default``. None comes last."""
    wanted = request.args.get("sort", default)
    key = keys.get(wanted, keys[default])
    listed = list(rows)
    known = [row for row in listed if key(row) is not None]
    known.sort(key=key, reverse=request.args.get("dir") == "desc")
    return known + [row for row in listed if key(row) is None]


def page_of(rows: Sequence[T], default: str) -> Page:
    """The page that the address asks for."""
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    asked = request.args.get("page", "1")
    number = min(max(typed.identifier(asked) or 1, 1), pages)
    start = (number - 1) * PAGE_SIZE
    return Page(rows[start : start + PAGE_SIZE], len(rows), number, pages,
                request.args.get("sort", default), request.args.get("dir") == "desc")
