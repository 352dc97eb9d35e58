"""Pure rules of dossier codes and of the step that a rating belongs to."""

from __future__ import annotations

import re
import unicodedata

_NOT_ALNUM = re.compile(r"[^A-Z0-9]")
_CONFUSABLE = str.maketrans({"O": "0", "I": "1"})
_PREFIXES = (re.compile(r"^(\d{3})(\d{2})(\d{2})([A-Z]\d{2})$"), re.compile(r"^([A-Z]\d{2})(\d{2})$"))
MAX_KEY = 60
SLIP_PREFIX = "TC"
SLIP_STEPS = ("refusal", "supplement", "reception", "return")
_SLIP = re.compile(r"TC\d{6}\d{4,6}")
RATEABLE_MS = 30 * 86_400_000
"""A step may be rated until thirty days after the hand-over."""


def normal_form(code: str) -> str:
    """Normal form of a dossier code: NFKC, capitals, letters and digits only, O = 0, I = 1.

    ``000.00.12.h49–181015-0042`` and ``000 00 12 H49-181O15-0042`` give the same form.
    """
    folded = unicodedata.normalize("NFKC", code).upper()
    return _NOT_ALNUM.sub("", folded).translate(_CONFUSABLE)


def slip_code(day: int, number: int) -> str:
    """Code of the ``number``-th slip made on the local day ``day`` (yyyymmdd): TC-181015-0001."""
    return f"{SLIP_PREFIX}-{day % 1_000_000:06d}-{number:04d}"


def is_slip(code_key: str) -> bool:
    """Whether a normal form is that of a slip of our own."""
    return _SLIP.fullmatch(code_key) is not None


def is_expired(returned_ms: int | None, now_ms: int) -> bool:
    """Whether the hand-over lies more than thirty days back."""
    return returned_ms is not None and now_ms - returned_ms > RATEABLE_MS


def tail_of(code_key: str) -> str:
    """The last six digits of a normal form: day and running number, '' if it is shorter."""
    tail = code_key[-6:]
    return tail if len(tail) == 6 and tail.isdigit() else ""


def normal_hint(hint: str) -> str:
    """Digits of a receipt hint as typed."""
    return "".join(c for c in normal_form(hint) if c.isdigit())


def printed_prefix(prefix: str) -> str:
    """A unit's prefix as receipts print it: ``0000012H49`` gives ``000.00.12.H49``."""
    for form in _PREFIXES:
        if found := form.match(prefix):
            return ".".join(found.groups())
    return prefix


def is_late(due_day: int | None, finished_day: int | None) -> int:
    """1 when finished after the due day, 0 when not, -1 while either is unknown."""
    if due_day is None or finished_day is None:
        return -1
    return int(finished_day > due_day)


def resolve_step(step: str | None, corrected_ms: int, returned_ms: int | None) -> str:
    """The step rated: as sent, else ``return`` from the hand-over on, else ``reception``."""
    if step:
        return step
    return "return" if returned_ms is not None and corrected_ms >= returned_ms else "reception"
