"""Pure rules of the organisation: reading rows, comparing names, dates and prefixes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from kiosk_app.organisation.records import NameMatch, RowError

RECEIVING_KINDS = ("centre", "ward", "commune", "township")
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
EMAIL_MAX = 200
_NOT_ALNUM = re.compile(r"[^A-Z0-9]")
_CONFUSABLE = str.maketrans({"O": "0", "I": "1"})
_D_STROKE = str.maketrans({"đ": "d", "Đ": "D"})


def prefix_form(code: str) -> str:
    """Normal form of an agency code: NFKC, capitals, letters and digits, O = 0, I = 1."""
    return _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", code).upper()).translate(_CONFUSABLE)


def without_accents(text: str) -> str:
    """``text`` without Vietnamese tone marks, hooks and strokes."""
    parts = unicodedata.normalize("NFD", text.translate(_D_STROKE))
    return "".join(c for c in parts if not unicodedata.combining(c))


def spelling(name: str) -> str:
    """A name without regard to case and spacing; accents stay."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def name_key(name: str) -> str:
    """A name without regard to case, spacing and accents."""
    return without_accents(spelling(name))


def match_name(name: str, candidates: Iterable[tuple[int, str]]) -> NameMatch:
    """The one candidate (id, full name) that ``name`` means.

    Accents count when the name given has any; without them they are disregarded.
    """
    asked = spelling(name)
    pairs = list(candidates)
    found = {i for i, full in pairs if spelling(full) == asked}
    if not found and without_accents(asked) == asked:
        found = {i for i, full in pairs if name_key(full) == asked}
    if len(found) == 1:
        return NameMatch(found.pop(), "")
    return NameMatch(None, "officer_ambiguous" if found else "officer_unknown")


def procedure_key(code: str) -> str:
    """The part of a procedure code that is matched on: its first two dot groups."""
    return ".".join(code.strip().split(".")[:2])


def code_day(code_key: str, prefix: str) -> date | None:
    """The day inside a dossier code (yymmdd after the prefix), or None."""
    digits = code_key[len(prefix) : len(prefix) + 6]
    try:
        return datetime.strptime(digits, "%y%m%d").date()  # noqa: DTZ007 - a calendar day
    except ValueError:
        return None


def parse_day(text: str) -> date:
    """A day written ``2018-02-21`` or ``21/02/2018``; ValueError if it is neither."""
    if "/" in text:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a calendar day
    return date.fromisoformat(text)


class RowReader:
    """Reads the cells of one row and collects what is wrong with them."""

    def __init__(self, row: int, cells: Mapping[str, str | None], errors: list[RowError]) -> None:
        self.row, self._cells, self._errors = row, cells, errors

    def refuse(self, column: str, reason: str, cure: str) -> None:
        """Note that a cell cannot be taken in."""
        self._errors.append(RowError(self.row, column, reason, cure))

    def text(self, column: str, *, required: bool = False, limit: int = 400) -> str:
        """Trimmed text of a cell."""
        value = unicodedata.normalize("NFC", (self._cells.get(column) or "").strip())
        if required and not value:
            self.refuse(column, "missing", "fill in the cell")
        if len(value) > limit:
            self.refuse(column, "too_long", f"shorten it to {limit} characters")
        return value

    def email(self, column: str) -> str:
        """An address for mail, '' for an empty cell."""
        value = self.text(column, limit=EMAIL_MAX)
        if value and not EMAIL.fullmatch(value):
            self.refuse(column, "email_unreadable", "write it like ten@coquan.gov.vn, or leave it empty")
        return value

    def choice(self, column: str, allowed: Sequence[str]) -> str:
        """One of ``allowed``."""
        value = self.text(column, required=True)
        if value and value not in allowed:
            self.refuse(column, "unknown_value", f"use one of: {', '.join(allowed)}")
        return value

    def day(self, column: str, *, required: bool = False) -> date | None:
        """A day, or None for an empty cell."""
        value = self.text(column, required=required)
        if not value:
            return None
        try:
            return parse_day(value)
        except ValueError:
            self.refuse(column, "date_impossible", "write the day as 2018-02-21 or 21/02/2018")
            return None

    def number(self, column: str, *, required: bool = False) -> float | None:
        """A number that is not negative; comma or point before the decimals."""
        value = self.text(column, required=required)
        if not value:
            return None
        try:
            number = float(value.replace(",", "."))
        except ValueError:
            number = -1.0
        if not 0 <= number < 1e12:
            self.refuse(column, "not_a_number", "write a number from 0 up, such as 7 or 2,5")
            return None
        return number

    def whole(self, column: str) -> int | None:
        """A whole number that is not negative."""
        number = self.number(column)
        if number is not None and number != int(number):
            self.refuse(column, "not_whole", "write a whole number")
            return None
        return None if number is None else int(number)


def check_columns(
    rows: Sequence[Mapping[str, str | None]], wanted: Sequence[str], errors: list[RowError]
) -> None:
    """Note the columns that a file must have and lacks."""
    present = set(rows[0]) if rows else set()
    errors.extend(
        RowError(1, column, "column_missing", f"add a column named {column}")
        for column in wanted if column not in present
    )
