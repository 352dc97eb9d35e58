"""What the rules of text make of a comment, kept masked: reading four thousand takes a second."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from survey_analysis.text import classify, mask, normalise, strip_marks


def plain(text: str) -> str:
    """Letters without marks and case, as words are searched."""
    return strip_marks(normalise(text)).lower()


@dataclass(frozen=True, slots=True)
class Read:
    """What the rules of text make of one comment."""

    masked: str
    plain: str
    said: tuple[tuple[str, int], ...]


_known: OrderedDict[bytes, Read] = OrderedDict()
KEPT = 50_000
"""Comments whose reading is kept, masked and under their hash; the oldest go first."""


def reading(text: str) -> Read:
    """One comment masked, without marks, and by topic; read once in a process."""
    digest = sha256(text.encode()).digest()
    found = _known.get(digest)
    if found is None:
        masked = mask(text).text
        found = _known[digest] = Read(masked, plain(masked), tuple(classify(masked).items()))
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return found
