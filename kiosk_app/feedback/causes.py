"""Why a rating waits for its dossier, and which dossiers could be meant. Pure rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import StrEnum

_FORM = re.compile(r"[A-Z0-9]{3,20}\d{10,12}")
DIGITS = "0123456789"


class Cause(StrEnum):
    """Why no dossier was found, in the order in which they are tried."""

    TIE = "tie"
    """Two dossiers of the unit end in the digits typed: a person decides."""
    NONSENSE = "nonsense"
    """No code looks like this."""
    OTHER_UNIT = "other_unit"
    """The code's prefix is that of another unit than the tablet's, or of none that is known."""
    TYPED_WRONGLY = "typed_wrongly"
    """A dossier whose code differs in one place is known."""
    NOT_IMPORTED = "not_imported"
    """It looks right, and nothing near it is known: its file has not come yet."""


def is_code(code_key: str) -> bool:
    """Whether a normal form can be a dossier code: a prefix, six digits of a day, a number."""
    if not _FORM.fullmatch(code_key):
        return False
    days = (code_key[-n - 6 : -n] for n in (4, 5, 6))
    return any(
        len(day) == 6 and day.isdigit() and 1 <= int(day[2:4]) <= 12 and 1 <= int(day[4:]) <= 31
        for day in days
    )


def one_away(text: str, *, keep: int = 0) -> Iterator[str]:
    """Every text that one slip of a finger makes of ``text`` after its first ``keep`` letters.

    A wrong digit, two neighbours exchanged, a digit too many, a digit left out.
    """
    head, tail = text[:keep], text[keep:]
    for i in range(len(tail)):
        yield head + tail[:i] + tail[i + 1 :]
        for digit in DIGITS:
            if digit != tail[i]:
                yield head + tail[:i] + digit + tail[i + 1 :]
        if i + 1 < len(tail) and tail[i] != tail[i + 1]:
            yield head + tail[:i] + tail[i + 1] + tail[i] + tail[i + 2 :]
    for i in range(len(tail) + 1):
        for digit in DIGITS:
            yield head + tail[:i] + digit + tail[i:]


def neighbours(code_key: str, own_prefix: str) -> set[str]:
    """Normal forms that may have been meant: one slip in the last ten digits, or a wrong prefix."""
    found = set(one_away(code_key, keep=max(0, len(code_key) - 10)))
    digits = code_key[-10:]
    if own_prefix and digits.isdigit() and len(digits) == 10:
        found.add(own_prefix + digits)
    return found - {code_key}


def cause_of(
    *, receipt_key: str | None, unit_of_code: int | None, unit_id: int, fitting: int,
    near: Collection[str],
) -> Cause:
    """The first cause that applies.

    ``unit_of_code`` unit whose prefix the code bears, ``unit_id`` unit of the tablet or form
    (0: none), ``fitting`` dossiers that end in the digits typed, ``near`` codes one slip away.
    """
    if not receipt_key:
        if fitting > 1:
            return Cause.TIE
        return Cause.TYPED_WRONGLY if near else Cause.NOT_IMPORTED
    if not is_code(receipt_key):
        return Cause.TYPED_WRONGLY if near else Cause.NONSENSE
    if near:
        return Cause.TYPED_WRONGLY
    if unit_of_code is None or (unit_id and unit_of_code != unit_id):
        return Cause.OTHER_UNIT
    return Cause.NOT_IMPORTED
