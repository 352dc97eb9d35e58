"""The findings in plain sentences and as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from survey_analysis.report.figures import DIMENSIONS, Findings, Group
from survey_analysis.report.texts import Texts, period_name
from survey_analysis.results import Interval

Cell = str | int | float | None
NAMED = 5


@dataclass(frozen=True)
class Sheet:
    """A table of the report: name of its file, title, heading and rows; shares are 0–1."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Summary:
    """One page in words.

    Attributes
    ----------
    title, source : str
        Heading, and what it is made of.
    headline : str
        The one figure.
    sentences : tuple of str
        What else the report says.
    notes : tuple of str
        What the reader has to mind.
    reading : str
        How to read it.

    """

    title: str
    source: str
    headline: str
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    reading: str


def _change(found: Findings, change: Interval, texts: Texts) -> str:
    kind = "unsure" if change.low <= 0 <= change.high else "up" if change.low > 0 else "down"
    shift = abs(change.estimate) if kind != "unsure" else change.estimate
    low, high = sorted((abs(change.low), abs(change.high))) if kind == "down" else (
        change.low, change.high)
    number = texts.charts.signed if kind == "unsure" else texts.charts.number
    return texts.change[kind].format(
        last=period_name(found.periods[-1].label, texts), d=number(100 * shift),
        low=number(100 * low), high=number(100 * high),
    )


def _controlled(found: Findings, texts: Texts) -> str:
    """Periods beyond chance, by the chart's frozen baseline."""
    chart = found.control
    beyond = [] if chart is None else [
        f"{period_name(row.label, texts)} ({texts.charts.percent(row.share)})"
        for row, outside in zip(found.periods, chart.outside, strict=True)
        if outside and row.share is not None
    ]
    return texts.control["some"].format(labels="; ".join(beyond)) if beyond else texts.control["none"]


def _compared(found: Findings, texts: Texts) -> str:
    rows = found.groups.get(found.subject, [])
    tiers = Counter(row.tier for row in rows if row.tier)
    subject = texts.subject_names[found.subject]
    if not tiers:
        return texts.subjects_none.format(subject=subject)
    adjusted = texts.adjusted.format(
        by=", ".join(texts.adjusters[f] for f in found.adjusted_by)
    ) if found.adjusted_by else texts.unadjusted

    def names(tier: str) -> str:
        chosen = [row.label for row in rows if row.tier == tier]
        more = "…" if len(chosen) > NAMED else ""
        return f" ({', '.join(chosen[:NAMED])}{more})" if chosen else ""

    return texts.subjects.format(
        subject=subject, adjusted=adjusted, below=tiers["clearly_below"],
        below_names=names("clearly_below"), above=tiers["clearly_above"],
        above_names=names("clearly_above"), none=tiers["no_difference"], few=tiers["too_few"],
        apart=tiers["not_comparable"],
    )


def summarise_findings(found: Findings, texts: Texts, file: str) -> Summary:
    """Sentences about the findings; nothing is said that the figures do not carry."""
    words = texts.charts
    span = "" if found.first is None or found.last is None else texts.says.format(
        first=_day(found, texts, first=True), last=_day(found, texts, first=False))
    sentences = []
    if found.mean is not None and not found.public:
        sentences.append(texts.mean.format(
            mean=words.number(found.mean.estimate, 2), low=words.number(found.mean.low, 2),
            high=words.number(found.mean.high, 2)))
    if found.change is not None:
        sentences.append(_change(found, found.change, texts))
    if found.control is not None:
        sentences.append(_controlled(found, texts))
    if found.subject:
        sentences.append(_compared(found, texts))
    if found.reasons:
        sentences.append(texts.reasons.format(names="; ".join(
            f"{texts.reason_names.get(r, r)} ({words.number(n, 0)})" for r, n in found.reasons[:3])))
    spoken = sorted(found.topics, key=lambda t: (-t.bad, t.topic))[:3]
    if spoken:
        sentences.append(texts.topics.format(n=words.number(spoken[0].n, 0), names="; ".join(
            f"{texts.reason_names.get(t.topic, t.topic)} (−{t.bad}, +{t.good})" for t in spoken)))
    return Summary(
        texts.title, texts.made_of.format(file=file, n=words.number(found.n, 0), span=span),
        _headline(found, texts), tuple(sentences),
        tuple(texts.statements[s.code].format(**s.values) for s in found.statements), texts.reading,
    )


def _day(found: Findings, texts: Texts, *, first: bool) -> str:
    day = found.first if first else found.last
    if day is None:
        return ""
    return f"{day:%d/%m/%Y}" if texts.language == "vi" else f"{day.day} {day:%B %Y}"


def _headline(found: Findings, texts: Texts) -> str:
    if found.share is None:
        least = next((s.values["least"] for s in found.statements if s.code == "too_few"), "")
        return texts.no_headline.format(n=found.n, least=least)
    digits = 0 if found.public and found.n < 100 else 1
    return texts.headline.format(
        share=texts.charts.percent(found.share.estimate, digits),
        low=texts.charts.percent(found.share.low, digits),
        high=texts.charts.percent(found.share.high, digits), n=texts.charts.number(found.n, 0),
    )


def _group_sheet(name: str, title: str, rows: Sequence[Group], texts: Texts) -> Sheet:
    judged = any(row.tier for row in rows)
    fields = ("label", "n", "share", "low", "high") + (
        ("adjusted", "adjusted_low", "adjusted_high", "tier") if judged else ())
    cells = []
    for row in rows:
        values: list[Cell] = [getattr(row, f) for f in fields]
        label = row.label or texts.blank
        values[0] = period_name(label, texts) if name == "period" else label
        if judged:
            values[-1] = texts.tiers.get(row.tier, "")
        cells.append(tuple(values))
    return Sheet(name, title, tuple(texts.columns[f] for f in fields), tuple(cells))


def sheets(found: Findings, texts: Texts) -> list[Sheet]:
    """Every table; hidden figures are empty cells."""
    columns, words = texts.columns, texts.charts
    result = []
    if found.levels is not None and not found.public:
        result.append(Sheet("total", texts.sheets["total"], (columns["level"], columns["n"]),
                            tuple(zip(words.levels, found.levels, strict=True))))
    if found.periods:
        result.append(_group_sheet("period", texts.sheets["period"], found.periods, texts))
    result += [
        _group_sheet(name, texts.fields[name], found.groups[name], texts)
        for name in DIMENSIONS if name in found.groups
    ]
    if found.cells:
        rows = tuple(
            (words.weekdays[d], h, row.n if row.share is not None else None, row.share, row.low,
             row.high)
            for (d, h), row in sorted(found.cells.items())
        )
        heads = ("weekday", "hour", "n", "share", "low", "high")
        result.append(Sheet("cells", texts.sheets["cells"], tuple(columns[c] for c in heads), rows))
    if found.reasons:
        result.append(Sheet(
            "reasons", texts.sheets["reasons"], (columns["reason"], columns["count"]),
            tuple((texts.reason_names.get(r, r), n) for r, n in found.reasons)))
    if found.topics:
        result.append(Sheet(
            "topics", texts.sheets["topics"],
            (columns["topic"], columns["good"], columns["bad"], columns["comments"]),
            tuple((texts.reason_names.get(t.topic, t.topic), _counted(t.good), _counted(t.bad), t.n)
                  for t in found.topics)))
    return result


def _counted(n: int) -> int | None:
    """A count that may be shown; None where it is small."""
    return n if n == 0 or n >= 5 else None
