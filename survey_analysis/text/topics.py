"""What a comment speaks of, and whether well or badly.

Longest phrase first; negation within three words; wishes; the form without marks only where it is
unambiguous. Rules and dictionary, no learned model: each finding can be shown in the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from survey_analysis.defaults import DEFAULTS
from survey_analysis.intervals import wilson
from survey_analysis.results import Interval
from survey_analysis.text.dictionary import GAP, Dictionary, Entries, Phrase, load_dictionary
from survey_analysis.text.normalise import Token, bare_word, tokens

NEGATION_WINDOW = 3
GAP_WORDS = 5
_ACCENTED_SHARE = 0.3


@dataclass(frozen=True)
class Mention:
    """One place where a topic is spoken of.

    Attributes
    ----------
    topic : str
        Reason code.
    polarity : int
        1 well, −1 badly.
    start, end : int
        Place in the composed (NFC) text.
    strength : float
        1, more with an intensifier (rất: 1.5), less with a softener (hơi: 0.5).
    negated : bool
        Whether a negation turned the phrase round.
    wished : bool
        Whether the praise was only wished for, which makes it a complaint.

    """

    topic: str
    polarity: int
    start: int
    end: int
    strength: float
    negated: bool
    wished: bool


@dataclass(frozen=True)
class TopicCount:
    """Comments that speak of a topic.

    Attributes
    ----------
    topic : str
        Reason code.
    good, bad : int
        Comments that speak of it well, badly; one of both kinds counts on each side.
    n : int
        All comments read.
    share_good, share_bad : Interval or None
        Of all comments, Wilson; None without comments.

    """

    topic: str
    good: int
    bad: int
    n: int
    share_good: Interval | None
    share_bad: Interval | None


@dataclass(frozen=True)
class _Match:
    phrase: Phrase
    places: tuple[int, ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        """Most words first, then the tightest, then the earliest."""
        return -len(self.places), self.places[-1] - self.places[0], self.places[0]


def _expand(found: Sequence[Token], dictionary: Dictionary) -> list[Token]:
    """Abbreviations written out (ko → không); each part keeps the place of the whole."""
    result: list[Token] = []
    for token in found:
        full = dictionary.abbreviations.get(token.word)
        if full is None:
            result.append(token)
        else:
            result.extend(Token(w, bare_word(w), token.start, token.end) for w in full)
    return result


def _is_accented(words: Sequence[Token]) -> bool:
    """Whether the writer types marks at all."""
    real = [t for t in words if t.word]
    return sum(t.word != t.bare for t in real) >= _ACCENTED_SHARE * max(1, len(real))


def _fits(
    words: Sequence[Token], places: Sequence[int], phrase: Phrase, dictionary: Dictionary,
    accented: bool,
) -> bool:
    """Whether the words at ``places``, which fit without marks, fit with the marks typed.

    A word typed with other marks is forgiven as a slip beside one that fits exactly; a word typed
    without marks counts where the phrase is unambiguous without them.
    """
    wanted = [w for w in phrase.words if w != GAP]
    typed = [words[i].word for i in places]
    exact = sum(t == w for t, w in zip(typed, wanted, strict=True))
    if exact == len(wanted):
        return True
    if not phrase.unaccented:
        return False
    marked = any(t == w and w != b for t, w, b in zip(typed, wanted, (words[i].bare for i in places),
                                                     strict=True))
    slips = [t for t, w, i in zip(typed, wanted, places, strict=True)
             if t not in (w, words[i].bare)]
    if slips:
        return 2 * exact >= len(wanted) > 1 and dictionary.known.isdisjoint(slips)
    return not accented or marked


def _places(
    words: Sequence[Token], at: int, bare: Sequence[str], fillers: Entries
) -> tuple[int, ...] | None:
    """Indices of the words that make up ``bare`` from ``at`` on, or None.

    Fillers between them (rất, cũng) are passed over.
    """
    places, i, gap = [at], at + 1, False
    for wanted in bare[1:]:
        if wanted == GAP:
            gap = True
            continue
        while not gap and i < len(words) and words[i].bare != wanted and words[i].bare in fillers:
            i += 1
        last = min(len(words), i + 1 + (GAP_WORDS if gap else 0))
        while i < last and words[i].bare != wanted:
            if not words[i].word:
                return None
            i += 1
        if i >= last:
            return None
        places.append(i)
        i, gap = i + 1, False
    return tuple(places)


def _matches(words: Sequence[Token], dictionary: Dictionary) -> list[_Match]:
    """Longest matches that share no word, in the order of the text."""
    accented = _is_accented(words)
    candidates = []
    for at, token in enumerate(words):
        for phrase in dictionary.phrases.get(token.bare, ()):
            places = _places(words, at, phrase.bare, dictionary.fillers)
            if places is not None and _fits(words, places, phrase, dictionary, accented):
                candidates.append(_Match(phrase, places))
    taken: set[int] = set()
    chosen = []
    for match in sorted(candidates, key=lambda m: m.rank):
        if taken.isdisjoint(match.places):
            taken.update(match.places)
            chosen.append(match)
    return sorted(chosen, key=lambda m: m.places[0])


def _spans(
    words: Sequence[Token], entries: Entries, accented: bool
) -> list[tuple[int, int]]:
    """Where entries stand, from left to right, longest first, without overlap."""
    found, at = [], 0
    while at < len(words):
        for entry in entries.get(words[at].bare, ()):
            there = words[at : at + len(entry.words)]
            typed = tuple(t.word for t in there)
            if typed == entry.words or (
                not accented and entry.unaccented and typed == entry.bare
            ):
                found.append((at, at + len(there)))
                at += len(there) - 1
                break
        at += 1
    return found


@dataclass(frozen=True)
class _Signs:
    """Negations, wishes and clause starts of one comment, by index of the word."""

    negations: tuple[tuple[int, int], ...]
    wishes: tuple[tuple[int, int], ...]
    breaks: tuple[int, ...]

    def clause(self, at: int) -> int:
        """First word of the clause that ``at`` stands in."""
        return max((b for b in self.breaks if b <= at), default=0)


def _outside(spans: Sequence[tuple[int, int]], shields: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(s for s in spans if not any(a < s[1] and s[0] < b for a, b in shields))


def _signs(words: Sequence[Token], dictionary: Dictionary, accented: bool) -> _Signs:
    breaks = [i + 1 for i, t in enumerate(words) if not t.word]
    breaks += [end for _, end in _spans(words, dictionary.clause_breaks, accented)]
    starts = {0, *breaks}
    shields = _spans(words, dictionary.not_negators, accented)
    negations = _outside(_spans(words, dictionary.negators, accented), shields)
    ends = _spans(words, dictionary.not_wishes, accented)
    wishes = list(_outside(_spans(words, dictionary.wishes, accented), ends))
    wishes += [s for s in _spans(words, dictionary.wishes_at_start, accented) if s[0] in starts]
    ended = {max((b for b in starts if b <= a), default=0) for a, _ in ends}
    kept = [w for w in wishes if max((b for b in starts if b <= w[0]), default=0) not in ended]
    return _Signs(negations, tuple(kept), tuple(sorted(starts)))


def _strength(words: Sequence[Token], match: _Match, dictionary: Dictionary) -> float:
    """Of the intensifiers up to two words before and after the phrase, and inside it."""
    first, last = max(0, match.places[0] - 2), min(len(words), match.places[-1] + 3)
    near = [t.word for t in words[first:last]]
    strength = 1.0
    for entry, factor in dictionary.intensifiers.items():
        size = len(entry)
        if any(tuple(near[i : i + size]) == entry for i in range(len(near) - size + 1)):
            strength = factor if strength == 1.0 else max(strength, factor)
    return strength


def _mention(
    words: Sequence[Token], match: _Match, signs: _Signs, taken: set[int], dictionary: Dictionary
) -> Mention | None:
    start, phrase = match.places[0], match.phrase
    clause = signs.clause(start)
    negations = [
        (a, b) for a, b in signs.negations
        if max(clause, start - NEGATION_WINDOW - (b - a) + 1) <= a < start and b <= start + 1
        and taken.isdisjoint(range(a, min(b, start)))
    ]
    negated = len(negations) % 2 == 1
    if phrase.polarity == 0 and not negated:
        return None
    polarity = 1 if phrase.polarity == 0 else (-phrase.polarity if negated else phrase.polarity)
    wished = polarity > 0 and any(clause <= a and b <= start for a, b in signs.wishes)
    if wished:
        polarity = -1
    topic = phrase.topic
    if polarity < 0 < phrase.polarity:
        topic = dictionary.opposites.get(topic, topic)
    return Mention(topic, polarity, words[start].start, words[match.places[-1]].end,
                   _strength(words, match, dictionary), negated, wished)


def find_mentions(text: str, dictionary: Dictionary | None = None) -> list[Mention]:
    """Every place where ``text`` speaks of a topic, in order.

    Parameters
    ----------
    text : str
        One comment, as typed.
    dictionary : Dictionary, optional
        The built-in one by default.

    >>> [(m.topic, m.polarity) for m in find_mentions("Không phải chờ lâu, cb nhiệt tình")]
    [('cho_lau', 1), ('tan_tinh', 1)]

    """
    dictionary = dictionary or load_dictionary()
    words = _expand(tokens(text), dictionary)
    signs = _signs(words, dictionary, _is_accented(words))
    found = _matches(words, dictionary)
    taken = {i for match in found for i in match.places}
    mentions = (_mention(words, match, signs, taken, dictionary) for match in found)
    return [m for m in mentions if m is not None]


def classify(text: str, dictionary: Dictionary | None = None) -> dict[str, int]:
    """Topics of a comment with the sign of what is said: topic → 1 or −1.

    Where a topic is spoken of both ways, the stronger side counts, badly at a tie.

    >>> classify("cho lau qua, nhung can bo lich su")
    {'cho_lau': -1, 'lich_su': 1}
    """
    sums: dict[str, float] = {}
    for mention in find_mentions(text, dictionary):
        sums[mention.topic] = sums.get(mention.topic, 0.0) + mention.polarity * mention.strength
    return {topic: 1 if total > 0 else -1 for topic, total in sums.items()}


def count_topics(
    comments: Iterable[str], dictionary: Dictionary | None = None, *, z: float = DEFAULTS.z
) -> list[TopicCount]:
    """Comments per topic, spoken of well and badly, with Wilson intervals of their shares.

    Lower bounds: what is said in words that the dictionary lacks is missed.

    One comment counts once per topic and side, however long it is. Topics nobody speaks of stay in
    the list with zeros. Comments that are empty or blank are not counted as read.

    Returns
    -------
    list of TopicCount
        In the order of the dictionary.

    """
    dictionary = dictionary or load_dictionary()
    good, bad = dict.fromkeys(dictionary.topics, 0), dict.fromkeys(dictionary.topics, 0)
    texts = Counter(text for text in comments if text.strip())
    n = texts.total()
    for text, times in texts.items():
        sides = {(m.topic, m.polarity) for m in find_mentions(text, dictionary)}
        for topic, polarity in sides:
            (good if polarity > 0 else bad)[topic] += times
    return [
        TopicCount(
            topic, good[topic], bad[topic], n,
            wilson(good[topic], n, z) if n else None, wilson(bad[topic], n, z) if n else None,
        )
        for topic in dictionary.topics
    ]
