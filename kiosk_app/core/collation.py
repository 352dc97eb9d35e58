"""The order of Vietnamese words, as in a dictionary, without the system's locales."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

LETTERS = {letter: rank for rank, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
TONES = "\u0300\u0309\u0303\u0301\u0323"


@lru_cache(maxsize=16_384)
def alphabetical(name: str) -> bytes:
    """Key of Vietnamese order: letters first (a ă â … d đ …), tones only between equals.

    Bytes, because lists of ten thousand are sorted by it.
    """
    letters: list[int] = []
    tones: list[int] = []
    for char in unicodedata.normalize("NFC", name.lower()):
        parts = unicodedata.normalize("NFD", char)
        tone = next((part for part in parts if part in TONES), "")
        bare = unicodedata.normalize("NFC", "".join(p for p in parts if p not in TONES))
        letters.append(LETTERS.get(bare, -1) + 2)
        tones.append(TONES.index(tone) + 1 if tone else 0)
    return bytes([*letters, 0, *tones])


@lru_cache(maxsize=16_384)
def bare(text: str) -> str:
    """Small letters without tones and marks, ``đ`` as ``d``, single blanks."""
    parts = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in parts if not unicodedata.combining(c)).split())


def sought(query: str) -> Callable[[str], bool]:
    """Whether a text holds what was typed: with its marks where some were typed, else without."""
    wanted = " ".join(unicodedata.normalize("NFC", query.lower()).split())
    if wanted == bare(wanted):
        return lambda text: wanted in bare(text)
    return lambda text: wanted in " ".join(unicodedata.normalize("NFC", text.lower()).split())
