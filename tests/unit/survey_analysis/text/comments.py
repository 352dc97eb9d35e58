"""The comments that the dictionary and the masking are measured on."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from survey_analysis.text import agreement, classify, find_personal_data, load_dictionary
from survey_analysis.text.agreement import Agreement

DATA = Path(__file__).parents[3] / "data" / "comments"
HALVES = ("development", "held_back")


@dataclass(frozen=True)
class Comment:
    """A comment as typed, its coding by hand, and the personal data marked in its composed form."""

    text: str
    topics: dict[str, int]
    spans: tuple[tuple[int, int, str], ...] = ()


def _comment(row: dict[str, Any]) -> Comment:
    topics = dict(zip(row["topics"], row["polarity"], strict=True))
    return Comment(row["text"], topics, tuple((a, b, k) for a, b, k in row.get("spans", ())))


@cache
def labelled(half: str) -> tuple[Comment, ...]:
    lines = (DATA / "labelled.jsonl").read_text("utf-8").splitlines()
    return tuple(_comment(r) for r in map(json.loads, lines) if r["half"] == half)


@cache
def sample_year() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads((DATA / "sample_year.json").read_text("utf-8"))
    return found


def sample_labelled() -> tuple[Comment, ...]:
    return tuple(_comment(row) for row in sample_year()["labelled_comments"])


def topic_agreement(comments: tuple[Comment, ...]) -> list[Agreement]:
    ours = [classify(c.text) for c in comments]
    return agreement(ours, [c.topics for c in comments], load_dictionary().topics)


def masking_agreement(comments: tuple[Comment, ...]) -> dict[str, tuple[int, int, int]]:
    """Kind → found whole, found where nothing is, not found whole."""
    counts: dict[str, list[int]] = {}
    for comment in comments:
        found = find_personal_data(comment.text)
        for start, end, kind in comment.spans:
            whole = any(s.kind == kind and s.start <= start and end <= s.end for s in found)
            counts.setdefault(kind, [0, 0, 0])[0 if whole else 2] += 1
        for span in found:
            if not any(k == span.kind and span.start < b and a < span.end for a, b, k in comment.spans):
                counts.setdefault(span.kind, [0, 0, 0])[1] += 1
    return {kind: (a, b, c) for kind, (a, b, c) in counts.items()}


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
