"""The dictionary of topics: phrases, negation, wishes; from YAML, extensible by further files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from survey_analysis.errors import AnalysisError
from survey_analysis.text.normalise import bare_word, tokens

GAP = "*"
_KINDS = {"bad": -1, "good": 1, "only_negated": 0}
_LISTS = ("accented_only", "negators", "not_negators", "wishes", "wishes_at_start", "not_wishes",
          "clause_breaks", "fillers")
_KEYS = {*_LISTS, "topics", "abbreviations", "intensifiers", "remove", "retired"}


class DictionaryError(AnalysisError):
    """A dictionary file that cannot be used; the message names file, place and cure."""


@dataclass(frozen=True)
class Phrase:
    """Words that speak of a topic.

    Attributes
    ----------
    topic : str
        Code.
    polarity : int
        1 well, −1 badly, 0 only when negated (then well).
    words, bare : tuple of str
        Normalised, and without marks; ``*`` stands for up to five words.
    unaccented : bool
        Whether the form without marks counts: it is no phrase of another topic and no everyday word.

    """

    topic: str
    polarity: int
    words: tuple[str, ...]
    bare: tuple[str, ...]
    unaccented: bool


@dataclass(frozen=True)
class Entry:
    """A sign without a topic (negation, wish, break); fields as of `Phrase`."""

    words: tuple[str, ...]
    bare: tuple[str, ...]
    unaccented: bool


Entries = Mapping[str, tuple[Entry, ...]]


@dataclass(frozen=True)
class Dictionary:
    """What the comments are read with; built by `load_dictionary`.

    Phrases and entries are found by the bare form of their first word, longest first. ``known`` are
    all words of the phrases: a known word is never taken for a slip of another.
    """

    topics: tuple[str, ...]
    factors: Mapping[str, str]
    opposites: Mapping[str, str]
    phrases: Mapping[str, tuple[Phrase, ...]]
    known: frozenset[str]
    abbreviations: Mapping[str, tuple[str, ...]]
    negators: Entries
    not_negators: Entries
    wishes: Entries
    wishes_at_start: Entries
    not_wishes: Entries
    clause_breaks: Entries
    fillers: Entries
    intensifiers: Mapping[tuple[str, ...], float]


@dataclass
class _Draft:
    """Entries in the order of the files; later ones replace earlier ones."""

    phrases: dict[tuple[str, ...], tuple[str, int]] = field(default_factory=dict)
    factors: dict[str, str] = field(default_factory=dict)
    opposites: dict[str, str] = field(default_factory=dict)
    abbreviations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    intensifiers: dict[tuple[str, ...], float] = field(default_factory=dict)
    lists: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    retired: set[str] = field(default_factory=set)


def _words(phrase: str) -> tuple[str, ...]:
    return tuple(
        word for part in phrase.split()
        for word in ((GAP,) if part == GAP else (t.word for t in tokens(part) if t.word))
    )


def _texts(value: object, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise DictionaryError(f"{where}: a list of texts is needed; put odd ones in quotes")
    return value


def _read_topic(draft: _Draft, code: str, body: object, where: str) -> None:
    allowed = {"factor", "opposite", *_KINDS}
    if not isinstance(body, dict) or set(body) - allowed:
        raise DictionaryError(f"{where}: only {', '.join(sorted(allowed))} may stand here")
    if "factor" in body or code not in draft.factors:
        draft.factors[code] = str(body.get("factor", ""))
    if "opposite" in body:
        draft.opposites[code] = str(body["opposite"])
    for kind, polarity in _KINDS.items():
        for phrase in _texts(body.get(kind), f"{where}.{kind}"):
            words = _words(phrase)
            if not words or words[0] == GAP or words[-1] == GAP:
                raise DictionaryError(f"{where}.{kind}: “{phrase}” must begin and end with a word")
            draft.phrases[words] = (code, polarity)


def _read(draft: _Draft, content: object, name: str) -> None:
    if not isinstance(content, dict):
        raise DictionaryError(f"{name}: a mapping with “topics:” is needed")
    unknown = set(content) - _KEYS
    if unknown:
        raise DictionaryError(
            f"{name}: unknown key {sorted(map(str, unknown))[0]}; known are {', '.join(sorted(_KEYS))}"
        )
    topics = content.get("topics") or {}
    if not isinstance(topics, dict):
        raise DictionaryError(f"{name}: topics: a mapping from code to phrases is needed")
    for code, body in topics.items():
        _read_topic(draft, str(code), body or {}, f"{name}: topics.{code}")
    for key in _LISTS:
        draft.lists[key].update(_words(t) for t in _texts(content.get(key), f"{name}: {key}"))
    for phrase in _texts(content.get("remove"), f"{name}: remove"):
        draft.phrases.pop(_words(phrase), None)
    draft.retired.update(_texts(content.get("retired"), f"{name}: retired"))
    _read_pairs(draft, content, name)


def _read_pairs(draft: _Draft, content: Mapping[str, Any], name: str) -> None:
    for short, full in (content.get("abbreviations") or {}).items():
        draft.abbreviations[" ".join(_words(str(short)))] = _words(str(full))
    for word, strength in (content.get("intensifiers") or {}).items():
        if not isinstance(strength, int | float) or strength <= 0:
            raise DictionaryError(f"{name}: intensifiers.{word}: a number above 0 is needed")
        draft.intensifiers[_words(str(word))] = float(strength)


def _entries(
    found: Iterable[tuple[str, ...]], accented_only: Collection[tuple[str, ...]]
) -> Entries:
    by_first: dict[str, list[Entry]] = defaultdict(list)
    for words in sorted(found, key=lambda w: (-len(w), w)):
        bare = tuple(map(bare_word, words))
        by_first[bare[0]].append(Entry(words, bare, words not in accented_only))
    return {first: tuple(entries) for first, entries in by_first.items()}


def _compile(draft: _Draft) -> Dictionary:
    for code, other in draft.opposites.items():
        if other not in draft.factors:
            raise DictionaryError(f"topics.{code}.opposite: {other} is no topic of the dictionary")
    meanings: dict[tuple[str, ...], set[tuple[str, int]]] = defaultdict(set)
    for words, meaning in draft.phrases.items():
        meanings[tuple(map(bare_word, words))].add(meaning)
    by_first: dict[str, list[Phrase]] = defaultdict(list)
    for words, (code, polarity) in draft.phrases.items():
        if code in draft.retired:
            continue
        bare = tuple(map(bare_word, words))
        sure = len(meanings[bare]) == 1 and words not in draft.lists["accented_only"]
        by_first[bare[0]].append(Phrase(code, polarity, words, bare, sure))
    return Dictionary(
        topics=tuple(t for t in draft.factors if t not in draft.retired), factors=dict(draft.factors), opposites=dict(draft.opposites),
        phrases={first: tuple(found) for first, found in by_first.items()},
        known=frozenset(word for words in draft.phrases for word in words),
        abbreviations=dict(draft.abbreviations), intensifiers=dict(draft.intensifiers),
        **{key: _entries(draft.lists[key], draft.lists["accented_only"]) for key in _LISTS if key != "accented_only"},
    )


def _parse(text: str, name: str) -> object:
    import yaml  # only reading a dictionary waits for it

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise DictionaryError(f"{name}{line}: not readable as YAML") from error


@lru_cache(maxsize=8)
def _load(further: tuple[Path, ...]) -> Dictionary:
    draft = _Draft()
    builtin = resources.files("survey_analysis.text").joinpath("data", "topics.yaml")
    _read(draft, _parse(builtin.read_text("utf-8"), "topics.yaml"), "topics.yaml")
    for path in further:
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise DictionaryError(f"{path}: cannot be read as UTF-8 text") from error
        _read(draft, _parse(text, str(path)), str(path))
    return _compile(draft)


def load_dictionary(further: Iterable[str | Path] = ()) -> Dictionary:
    """The built-in dictionary, extended by further YAML files in order.

    Parameters
    ----------
    further : iterable of path
        Files of the same form. Topics and phrases are added; a phrase that an earlier file has is
        re-assigned; ``remove:`` takes phrases out, ``retired:`` whole topics that are not
        recognised well enough in a centre's own comments.

    Raises
    ------
    DictionaryError
        Names file, place and cure.

    """
    return _load(tuple(Path(p) for p in further))


def vocabulary(dictionary: Dictionary) -> Sequence[Phrase]:
    """All phrases, for lists and tests."""
    return [phrase for found in dictionary.phrases.values() for phrase in found]
