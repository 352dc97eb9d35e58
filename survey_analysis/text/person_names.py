"""Names of people by their surroundings: after a title, after an introduction, after a surname."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from survey_analysis.text.names import (
    AFTER_NAMES,
    GIVEN,
    INTRODUCTIONS,
    MIDDLE,
    NO_NAMES,
    PLACES,
    SURNAMES,
    TITLES,
)
from survey_analysis.text.normalise import normalise_word, strip_marks

_WORD = re.compile(r"đ/c|[^\W\d_]+(?:\.(?=\s|$))?", re.IGNORECASE)
_LONGEST = 5


@dataclass(frozen=True)
class _Word:
    text: str
    key: str
    bare: str
    start: int
    end: int
    adjoins: bool
    capital: bool


def _words(text: str) -> list[_Word]:
    found: list[_Word] = []
    last = 0
    for match in _WORD.finditer(text):
        raw = match[0].rstrip(".")
        key = normalise_word(raw)
        gap = text[last : match.start()]
        found.append(_Word(
            raw, key, strip_marks(key), match.start(), match.start() + len(raw),
            bool(found) and gap.strip(" :") == "" and "\n" not in gap, raw[:1].isupper(),
        ))
        last = match.start() + len(raw)
    return found


def _forms(entries: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Entries as words, with and without marks."""
    accented = {tuple(normalise_word(w) for w in e.split()) for e in entries}
    return frozenset(accented | {tuple(strip_marks(w) for w in e) for e in accented})


_TITLE_FORMS, _INTRODUCTION_FORMS = _forms(TITLES), _forms(INTRODUCTIONS)
_PLACE_FORMS = _forms(sorted(PLACES))
_SURNAMES_BARE = frozenset(map(strip_marks, SURNAMES))
_GIVEN_BARE = frozenset(map(strip_marks, GIVEN))
_MIDDLE_BARE = frozenset(map(strip_marks, MIDDLE))


def _ends_with(words: Sequence[_Word], at: int, forms: frozenset[tuple[str, ...]]) -> int:
    """Length of the longest form that ends before ``at``, adjoining it; 0 if none."""
    for size in (4, 3, 2, 1):
        first = at - size
        if first < 0 or not all(w.adjoins for w in words[first + 1 : at + 1]):
            continue
        if tuple(w.key for w in words[first:at]) in forms:
            return size
    return 0


def _is(word: _Word, accented: frozenset[str], bare: frozenset[str]) -> bool:
    return word.key in accented or (word.key == word.bare and word.bare in bare)


def _full_name(words: Sequence[_Word], at: int) -> int:
    """Words of a full name from ``at`` on: surname, then one to four capitalised words; else 0."""
    if not (words[at].capital and _is(words[at], SURNAMES, _SURNAMES_BARE)):
        return 0
    size = 1
    while at + size < len(words) and size < _LONGEST:
        word = words[at + size]
        if not (word.adjoins and word.capital) or word.text.isupper() is not words[at].text.isupper():
            break
        if word.key in NO_NAMES and word.key not in MIDDLE and not _is(word, GIVEN, _GIVEN_BARE):
            break
        size += 1
    return size if size > 1 else 0


def _capitalised(words: Sequence[_Word], at: int) -> int:
    """Capitalised words from ``at`` on that may be a name."""
    size = 0
    while at + size < len(words) and size < _LONGEST:
        word = words[at + size]
        if not word.capital or (size and not word.adjoins):
            break
        blocked = word.key in NO_NAMES and not (size and _is(word, GIVEN | MIDDLE, _GIVEN_BARE))
        known = _is(word, GIVEN, _GIVEN_BARE) and word.key not in {"anh", "thành"}
        if blocked and not (known and not _follows_no_name(words, at + size)):
            break
        size += 1
    return size


def _follows_no_name(words: Sequence[_Word], at: int) -> bool:
    """Whether the next word makes an office of this one: Trung tâm, Tư pháp."""
    return at + 1 < len(words) and words[at + 1].adjoins and words[at + 1].bare in {
        "tam", "phap", "cua", "an", "phong", "ban", "bo", "pho",
    }


def _lexical(words: Sequence[_Word], at: int) -> int:
    """Words of a name that capitals do not show: a given name from the list, or surname and more."""
    word = words[at]
    if _is(word, SURNAMES, _SURNAMES_BARE) and at + 2 < len(words):
        middle, last = words[at + 1], words[at + 2]
        if middle.adjoins and last.adjoins and _is(middle, MIDDLE, _MIDDLE_BARE):
            return 3
    if word.key not in GIVEN or word.key == "anh":
        return 0
    size = 2 if at + 1 < len(words) and words[at + 1].adjoins and words[at + 1].key == "anh" else 1
    following = words[at + size] if at + size < len(words) else None
    ends = following is None or not following.adjoins or following.bare in AFTER_NAMES
    return size if ends else 0


def find_names(text: str) -> list[tuple[int, int]]:
    """Start and end of each name of a person in composed text."""
    words = _words(text)
    letters = [w for w in words if len(w.text) > 1]
    shouting = bool(letters) and sum(w.text.isupper() for w in letters) > 0.6 * len(letters)
    found, at = [], 0
    while at < len(words):
        size = _name_size(words, at, shouting=shouting)
        if size:
            found.append((words[at].start, words[at + size - 1].end))
        at += max(size, 1)
    return found


def _name_size(words: Sequence[_Word], at: int, *, shouting: bool) -> int:
    titled = _ends_with(words, at, _TITLE_FORMS)
    introduced = _ends_with(words, at, _INTRODUCTION_FORMS)
    place = _ends_with(words, at, _PLACE_FORMS)
    if words[at].key in {"và", "va"}:
        return 0
    if titled or introduced:
        if not shouting and words[at].capital:
            full = _full_name(words, at)
            size = max(full, _capitalised(words, at))
            if size:
                return size
        size = _lexical(words, at)
        return size if titled or shouting or size == 3 else 0
    if place or shouting:
        return 0
    size = _full_name(words, at)
    known = any(_is(w, MIDDLE, _MIDDLE_BARE) for w in words[at + 1 : at + size])
    return size if size >= 3 or (size and known) else 0
