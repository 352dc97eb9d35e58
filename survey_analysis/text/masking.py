"""Personal data in comments: found by pattern and replaced by what it was.

Identity numbers, phones, plates, e-mail addresses, dossier codes, names after titles and
introductions; composed or decomposed Unicode, with or without marks. What has no pattern (an
address in words, a nickname) is not found: recall is measured, not promised.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from survey_analysis.text.names import DIGIT_WORDS
from survey_analysis.text.normalise import normalise_word, strip_marks
from survey_analysis.text.person_names import find_names

LABELS: Mapping[str, str] = MappingProxyType({
    "dossier_code": "[mã hồ sơ]", "email": "[thư điện tử]", "phone": "[số điện thoại]",
    "identity_number": "[số giấy tờ]", "plate": "[biển số xe]", "name": "[tên người]",
})
_DASH = r"[-‐‑‒–—−]"
_DOSSIER = re.compile(
    rf"\b(?:TC|(?:\d{{3}}[. ]?\d{{2}}[. ]?\d{{2}}[. ]?)?H\d{{2}}(?:[. ]?\d{{1,3}}){{0,3}})"
    rf"(?:\s?{_DASH}\s?|[ .])\d{{6}}(?:\s?{_DASH}\s?|[ .])\d{{4,6}}\b", re.IGNORECASE,
)
_EMAIL = re.compile(
    r"[\w.+-]+\s?(?:@|\(at\)|\[at\]|\ba còng\b)\s?[\w-]+(?:\s?(?:\.|\bchấm\b)\s?[A-Za-z]{2,})+",
    re.IGNORECASE,
)
_SEP = r"[ .\-–()]{0,2}"
_ZERO = r"[0oO]"
_PHONE = re.compile(
    rf"(?<![\w.])(?:\(?(?:\+|00)?84\)?{_SEP}(?:\(0\){_SEP})?|{_ZERO}{_SEP})"
    rf"(?:[35789](?:{_SEP}[\doO]){{8}}|1(?:{_SEP}\d){{9}}|2(?:{_SEP}\d){{8,9}})(?!\w)"
    r"|(?<![\w.])0\d{3}/\d{3}/\d{3}(?!\w)"
)
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}\b")
_HOTLINE = re.compile(r"(?<![\w.])1[89]00(?:[ .]?\d){4,6}(?!\w)")
_IDENTITY = re.compile(
    r"(?<![\w.,])(?:\d{12}|\d{9}|\d{3}([ .-])\d{3}\1\d{3}(?:\1\d{3})?|\d{4}([ .-])\d{4}\2\d{4}"
    r"|\d{3}[ .-]\d{6}|\d{3}[ .-]\d{9}|\d{3}[ .-]\d{3}[ .-]\d{6}"
    r"|\d(?: \d){11}|\d(?: \d){8})(?![\w]|[.,]\d)"
)
_PASSPORT = re.compile(r"(?<!\w)[A-Z]\d{7,8}(?!\w)")
_MONEY = re.compile(r"\s?(?:đồng|đ\b|dong\b|vnd|vnđ|triệu|trieu|nghìn|nghin|ngàn|k\b|tỷ|tỉ)", re.IGNORECASE)
_PLATE = re.compile(
    rf"(?<![\w.])[1-9]\d\s?{_DASH}?\s?(?:[A-Z]{{1,2}}\d?|MĐ\d?|[A-Z]\s?{_DASH}?\d)"
    rf"\s?(?:{_DASH}|\.)?\s?(?:\d{{3}}[.\s]?\d{{2}}|\d{{4}})(?![\w])", re.IGNORECASE,
)
_PLATE_NOT = re.compile(r"^[1-9]\d\s(?:[a-z]{1,2})\s", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """A piece of personal data: place in the composed (NFC) text, and kind (key of ``LABELS``)."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Masked:
    """A comment without what was found, and where it stood in the composed text."""

    text: str
    spans: tuple[Span, ...]


def _pattern(regex: re.Pattern[str], kind: str) -> Callable[[str], list[Span]]:
    return lambda text: [Span(m.start(), m.end(), kind) for m in regex.finditer(text)]


def _phones(text: str) -> list[Span]:
    """Phone numbers; a date with an hour behind it is none."""
    return [
        Span(m.start(), m.end(), "phone") for m in _PHONE.finditer(text) if not _DATE.match(m[0])
    ]


def _identities(text: str) -> list[Span]:
    """Identity numbers; amounts of money are none."""
    return [
        Span(m.start(), m.end(), "identity_number")
        for regex in (_IDENTITY, _PASSPORT) for m in regex.finditer(text)
        if not _MONEY.match(text, m.end())
    ]


def _plates(text: str) -> list[Span]:
    return [
        Span(m.start(), m.end(), "plate") for m in _PLATE.finditer(text)
        if not _PLATE_NOT.match(m[0])
    ]


def _spoken_numbers(text: str) -> list[Span]:
    """Eight digits or more written as words: không chín một hai …"""
    bare = {strip_marks(word) for word in DIGIT_WORDS}
    found, run = [], list[re.Match[str]]()
    words = list(re.finditer(r"[^\W\d_]+", text))
    for word in [*words, None]:
        is_digit = word is not None and (
            normalise_word(word[0]) in DIGIT_WORDS or word[0].lower() in bare
        )
        adjacent = not run or (word is not None and not text[run[-1].end() : word.start()].strip(" ,.-"))
        if word is not None and is_digit and adjacent:
            run.append(word)
            continue
        if len(run) >= 8:
            found.append(Span(run[0].start(), run[-1].end(), "phone"))
        run = [word] if word is not None and is_digit else []
    return found


def _names(text: str) -> list[Span]:
    return [Span(start, end, "name") for start, end in find_names(text)]


# In this order: what an earlier one has found, a later one cannot take.
_FINDERS: tuple[Callable[[str], list[Span]], ...] = (
    _pattern(_DOSSIER, "dossier_code"), _pattern(_EMAIL, "email"), _phones,
    _identities, _spoken_numbers, _plates, _names,
)


def find_personal_data(text: str) -> list[Span]:
    """Personal data in a comment, in order, without overlap.

    Parameters
    ----------
    text : str
        One comment, as typed. Places refer to its composed form (NFC).

    """
    composed = unicodedata.normalize("NFC", text)
    hotlines = [(m.start(), m.end()) for m in _HOTLINE.finditer(composed)]
    found: list[Span] = []
    for finder in _FINDERS:
        for span in finder(composed):
            clash = any(span.start < s.end and s.start < span.end for s in found)
            public = any(a <= span.start and span.end <= b for a, b in hotlines)
            if not clash and not public:
                found.append(span)
    return sorted(found, key=lambda s: s.start)


def mask(text: str, labels: Mapping[str, str] = LABELS) -> Masked:
    """``text`` composed (NFC) with each piece of personal data replaced by its label.

    Masking twice changes nothing further.

    Parameters
    ----------
    text : str
        One comment, as typed.
    labels : mapping
        Kind → what stands in its place, in the reader's language.

    >>> mask("gọi chị Lan 0912.000.345").text
    'gọi chị [tên người] [số điện thoại]'

    """
    composed = unicodedata.normalize("NFC", text)
    spans = find_personal_data(composed)
    parts, last = [], 0
    for span in spans:
        parts += [composed[last : span.start], labels[span.kind]]
        last = span.end
    return Masked("".join([*parts, composed[last:]]), tuple(spans))


def mask_all(texts: Iterable[str], labels: Mapping[str, str] = LABELS) -> list[str]:
    """Each comment masked."""
    return [mask(text, labels).text for text in texts]
