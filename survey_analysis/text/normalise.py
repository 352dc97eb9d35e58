"""One spelling for Vietnamese words that are written in several.

Unicode composition, place of the tone mark (hòa, hoà), i and y in open syllables (lí, lý), letter
case, letters drawn out (lâuuu); and a second form without any mark (chờ → cho, đ → d).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_VOWELS = "aăâeêioôơuưy"
_MODIFIED = "ăâêôơư"
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_OPEN_I = re.compile(r"^(qu|[hklmst])i$")
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]+|_+|\n+")


@dataclass(frozen=True)
class Token:
    """A word or a break of a comment.

    Attributes
    ----------
    word : str
        In its one spelling; empty for punctuation, which ends a clause.
    bare : str
        Without tone and letter marks.
    start, end : int
        Place in the composed (NFC) text.

    """

    word: str
    bare: str
    start: int
    end: int


def strip_marks(text: str) -> str:
    """``text`` without tone and letter marks: ``Chờ đợi`` → ``Cho doi``.

    >>> strip_marks("Chờ đợi")
    'Cho doi'
    """
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _split_tone(word: str) -> tuple[str, str]:
    """Word without its tone mark, and the mark."""
    tone, letters = "", []
    for letter in unicodedata.normalize("NFD", word):
        if letter in _TONES:
            tone = letter
        else:
            letters.append(letter)
    return unicodedata.normalize("NFC", "".join(letters)), tone


def _tone_place(plain: str) -> int:
    """Index of the letter that bears the tone in the traditional placement (hòa, thúy, quý)."""
    first = 0
    if plain.startswith("qu") or (plain.startswith("gi") and len(plain) > 2 and plain[2] in _VOWELS):
        first = 2
    places = [i for i, c in enumerate(plain) if i >= first and c in _VOWELS]
    if not places:
        return -1
    run = [places[0]]
    for place in places[1:]:
        if place == run[-1] + 1:
            run.append(place)
    marked = [i for i in run if plain[i] in _MODIFIED]
    if marked:
        return marked[-1]
    if len(run) == 1:
        return run[0]
    closed = run[-1] + 1 < len(plain)
    return run[1] if closed or len(run) > 2 else run[0]


@lru_cache(maxsize=65536)
def normalise_word(word: str) -> str:
    """One spelling of a word in lower case.

    >>> [normalise_word(w) for w in ("HOÀ", "kĩ", "lâuuuu", "thuý", "qúa")]
    ['hòa', 'kỹ', 'lâu', 'thúy', 'quá']
    """
    lower = unicodedata.normalize("NFC", word).lower()
    lower = _DRAWN_OUT.sub(r"\1", lower)
    plain, tone = _split_tone(lower)
    plain = _OPEN_I.sub(r"\1y", plain)
    if tone:
        place = _tone_place(plain)
        if place >= 0:
            plain = plain[: place + 1] + tone + plain[place + 1 :]
    return unicodedata.normalize("NFC", plain)


@lru_cache(maxsize=65536)
def bare_word(word: str) -> str:
    """The normalised word without any mark."""
    return strip_marks(word)


def normalise(text: str) -> str:
    """``text`` with each word in its one spelling; punctuation and spacing kept.

    >>> normalise("Thái độ HOÀ nhã, kĩ càng!")
    'thái độ hòa nhã, kỹ càng!'
    """
    composed = unicodedata.normalize("NFC", text)
    return re.sub(r"[^\W_]+", lambda m: normalise_word(m[0]), composed)


def tokens(text: str) -> list[Token]:
    """Words and breaks of ``text`` in order; places count in the composed text.

    A hyphen or slash between letters does not end a clause, any other punctuation does.
    """
    composed = unicodedata.normalize("NFC", text)
    found = []
    for match in _TOKEN.finditer(composed):
        piece = match[0]
        if piece[0].isalnum():
            word = normalise_word(piece)
            found.append(Token(word, bare_word(word), match.start(), match.end()))
        elif piece not in {"-", "/", "'", '"', "_", "(", ")"}:
            found.append(Token("", "", match.start(), match.end()))
    return found
