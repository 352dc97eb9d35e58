"""What is told of a table of ratings: figures with their intervals, small groups hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from survey_analysis.change.control import ControlChart, p_prime_chart
from survey_analysis.comparison import OfficerCounts, compare
from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.disclosure.lattice import Cell, Lattice, Relation
from survey_analysis.disclosure.suppression import suppress
from survey_analysis.intervals import newcombe
from survey_analysis.report.ratings import Ratings
from survey_analysis.results import Interval
from survey_analysis.satisfaction import summarise
from survey_analysis.scale_intervals import dirichlet_mean
from survey_analysis.text import TopicCount, count_topics, load_dictionary
from survey_analysis.text.dictionary import Dictionary

Levels = tuple[int, int, int, int, int]
Progress = Callable[[str, int], None]
DIMENSIONS = ("unit", "officer", "counter", "procedure", "field", "channel", "timeliness")
# A confidential case, seen only by the inspector; it enters no figure.
CONFIDENTIAL = "goi_y_tien_qua"
MOST_PERIODS, MONTHS_AT_LEAST, BASELINE = 60, 3, 12


@dataclass(frozen=True)
class Group:
    """One row of a table.

    Attributes
    ----------
    label : str
        As in the file; empty where the cell is blank.
    n : int or None
        Ratings; None where hidden.
    share, low, high : float or None
        Share of levels 4 and 5 with its Wilson interval, 0–1; None where hidden.
    adjusted, adjusted_low, adjusted_high : float or None
        Share on like cases, where officers are compared.
    tier : str
        What the comparison says; empty where none is made.
    family : str
        Unit within which it was compared.

    """

    label: str
    n: int | None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    adjusted: float | None = None
    adjusted_low: float | None = None
    adjusted_high: float | None = None
    tier: str = ""
    family: str = ""


@dataclass(frozen=True)
class Statement:
    """Something the reader has to be told: a code and what fills its sentence."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass
class Findings:
    """Everything that tables, charts and the summary show.

    Attributes
    ----------
    n : int
        Ratings read.
    levels : tuple of int or None
        Counts of levels 1 … 5; None where one is too small to be shown.
    share, mean : Interval or None
        Share satisfied (0–1) and mean level; None where hidden.
    first, last : datetime or None
        Span of the times.
    periods : list of Group
        By month, or by week where there are few months.
    control : ControlChart or None
        Laney's p′ chart of the periods, the first twelve its baseline; None where there are fewer.
    change : Interval or None
        Last period minus the one before, as shares (Newcombe).
    groups : dict
        Field → rows.
    cells : dict
        (weekday, hour) → Group.
    reasons : list of (str, int)
        Reasons for levels 1–3; counts below the limit are left out.
    topics : list of TopicCount
        Of the comments; empty where there are too few.
    statements : list of Statement
        Missing columns, hidden groups, rows set aside.

    """

    n: int
    levels: Levels | None = None
    share: Interval | None = None
    mean: Interval | None = None
    first: datetime | None = None
    last: datetime | None = None
    weekly: bool = False
    periods: list[Group] = field(default_factory=list)
    control: ControlChart | None = None
    change: Interval | None = None
    groups: dict[str, list[Group]] = field(default_factory=dict)
    subject: str = ""
    adjusted_by: tuple[str, ...] = ()
    cells: dict[tuple[int, int], Group] = field(default_factory=dict)
    reasons: list[tuple[str, int]] = field(default_factory=list)
    topics: list[TopicCount] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    public: bool = False


def count_levels(keys: Iterable[str], levels: Iterable[int]) -> dict[str, list[int]]:
    """Counts of levels 1 … 5 by key, in the order of first appearance."""
    found: dict[str, list[int]] = {}
    for key, level in zip(keys, levels, strict=True):
        found.setdefault(key, [0, 0, 0, 0, 0])[level - 1] += 1
    return found


_ALL = ("all",)


def hide(counts: Mapping[str, Sequence[int]], rules: Defaults, *, public: bool) -> list[Group]:
    """Rows in the order of their labels, as a linear programme that knows their sum may see them."""
    labels = sorted(counts, key=lambda label: (label == "", label.casefold()))
    if not labels:
        return []
    cells: dict[Hashable, Cell] = {label: Cell(tuple(counts[label])) for label in labels}
    cells[_ALL] = Cell(tuple(map(sum, zip(*counts.values(), strict=True))))
    decided = suppress(
        Lattice(cells, (Relation(_ALL, tuple(labels)),)), "public" if public else "house", rules)
    return [
        _group(label, counts[label], rules, shown=decided.shown[label], public=public)
        for label in labels
    ]


def _group(
    label: str, levels: Sequence[int], rules: Defaults, *, shown: bool, public: bool
) -> Group:
    found = summarise(levels, rules.z)
    if not shown:
        return Group(label, None)
    if found.share is None or found.n < rules.min_rate_n:
        return Group(label, found.n)
    row = Group(label, found.n, found.share.estimate, found.share.low, found.share.high)
    return rounded(row, rules) if public else row


def rounded(row: Group, rules: Defaults) -> Group:
    """A row as the public sees it: whole per cents, counts to a base, until n is large."""
    if row.n is None:
        return row
    small = row.n < rules.round_below
    share, low, high = (
        None if value is None else round(value, 2 if small else 3)
        for value in (row.share, row.low, row.high)
    )
    base = rules.round_base if small else 1
    return replace(row, n=base * round(row.n / base), share=share, low=low, high=high)


def _periods(ratings: Ratings, found: Findings, rules: Defaults) -> None:
    times = [t for t in ratings.times if t is not None]
    if not times:
        return
    found.first, found.last = min(times), max(times)
    months = {(t.year, t.month) for t in times}
    found.weekly = len(months) < MONTHS_AT_LEAST
    pairs = [(t, level) for t, level in zip(ratings.times, ratings.levels, strict=True) if t]
    keys = [
        f"{t.isocalendar().year}-W{t.isocalendar().week:02d}" if found.weekly
        else f"{t.year}-{t.month:02d}"
        for t, _ in pairs
    ]
    counts = count_levels(keys, [level for _, level in pairs])
    kept = dict(sorted(counts.items())[-MOST_PERIODS:])
    found.periods = hide(kept, rules, public=found.public)
    if len(found.periods) < 2:
        return
    hidden = [i for i, row in enumerate(found.periods) if row.share is None]
    if len(found.periods) >= BASELINE and len([i for i in hidden if i < BASELINE]) < BASELINE // 2:
        found.control = p_prime_chart(
            [sum(levels[3:]) for levels in kept.values()], [sum(v) for v in kept.values()],
            baseline=BASELINE, exclude=hidden, refuse_under_dispersion=True,
        )
    before, after = (kept[row.label] for row in found.periods[-2:])
    if all(row.share is not None for row in found.periods[-2:]):
        found.change = newcombe(sum(after[3:]), sum(after), sum(before[3:]), sum(before), rules.z)


def _cells(ratings: Ratings, found: Findings, rules: Defaults) -> None:
    """Weekday × hour, where the times have hours."""
    moments = [(t, level) for t, level in zip(ratings.times, ratings.levels, strict=True) if t]
    if not any(t.hour or t.minute for t, _ in moments):
        return
    counts = count_levels([f"{t.weekday()} {t.hour}" for t, _ in moments], [v for _, v in moments])
    for row in hide(counts, rules, public=found.public):
        day, hour = row.label.split()
        found.cells[int(day), int(hour)] = row


def _compare(ratings: Ratings, found: Findings, rules: Defaults) -> None:
    """Tiers of officers, or of counters where there are none, on like cases within their unit."""
    subject = next((f for f in ("officer", "counter") if ratings.has(f)), "")
    if not subject or found.public:
        return
    found.subject = subject
    found.adjusted_by = tuple(f for f in ("procedure", "timeliness", "channel") if ratings.has(f))
    n = len(ratings)
    blank = [""] * n
    strata = list(zip(*(ratings.texts[f] for f in found.adjusted_by), strict=True)) or [()] * n
    procedures = ratings.texts.get("procedure", blank)
    counts: Counter[tuple[str, str, str, tuple[str, ...], bool]] = Counter(zip(
        ratings.texts.get("unit", blank), ratings.texts[subject], procedures, strata,
        (level >= 4 for level in ratings.levels), strict=True,
    ))
    tiers = _tiers(counts, rules)
    found.groups[subject] = [
        row if row.share is None or row.label not in tiers else replace(
            row, adjusted=tiers[row.label][0], adjusted_low=tiers[row.label][1],
            adjusted_high=tiers[row.label][2], tier=tiers[row.label][3], family=tiers[row.label][4],
        )
        for row in found.groups[subject]
    ]


Tier = tuple[float | None, float | None, float | None, str, str]


def _tiers(
    counts: Mapping[tuple[str, str, str, tuple[str, ...], bool], int], rules: Defaults
) -> dict[str, Tier]:
    """Of each subject with a name; families are units, each subject in the one it rates most in."""
    units: dict[str, Counter[str]] = {}
    cells: dict[str, dict[tuple[str, str, tuple[str, ...]], list[int]]] = {}
    for (unit, name, procedure, stratum, good), n in counts.items():
        if not name:
            continue
        units.setdefault(name, Counter())[unit] += n
        cell = cells.setdefault(unit, {}).setdefault((name, procedure, stratum), [0, 0])
        cell[0] += n
        cell[1] += n if good else 0
    found: dict[str, Tier] = {}
    for unit, family in cells.items():
        rows = [OfficerCounts(name, procedure, (procedure, stratum), n, x)
                for (name, procedure, stratum), (n, x) in family.items()
                if units[name].most_common(1)[0][0] == unit]
        if len({row.officer for row in rows}) < 2:
            continue
        for key, judged in compare(rows, rules).items():
            found[str(key)] = (
                judged.adjusted, judged.adjusted_low, judged.adjusted_high, judged.tier, unit,
            )
    return found


def _reasons(ratings: Ratings, found: Findings, rules: Defaults) -> None:
    """Reasons of levels 1–3, each once a rating."""
    counts: Counter[str] = Counter()
    for level, reasons in zip(ratings.levels, ratings.reasons, strict=True):
        if level <= 3:
            counts.update({r for r in reasons if r != CONFIDENTIAL})
    least = rules.min_count_public if found.public else rules.min_count
    found.reasons = [(r, n) for r, n in counts.most_common() if n >= least]
    hidden = len(counts) - len(found.reasons)
    if hidden:
        found.statements.append(Statement("reasons_hidden", {"k": hidden, "least": least}))


def _topics(
    ratings: Ratings, found: Findings, rules: Defaults, dictionary: Dictionary, progress: Progress
) -> None:
    comments = [text for text in ratings.texts.get("comment", ()) if text.strip()]
    if len(comments) < rules.min_comments:
        if comments:
            found.statements.append(Statement("few_comments", {"least": rules.min_comments}))
        return
    found.statements.append(Statement("topics_least"))
    progress("comments", len(comments))
    least = rules.min_count_public if found.public else rules.min_count
    found.topics = [
        row for row in count_topics(comments, dictionary)
        if row.topic != CONFIDENTIAL and max(row.good, row.bad) >= least
    ]


def _tell(ratings: Ratings, found: Findings) -> None:
    """Rows set aside, columns that are missing, groups that are hidden."""
    if ratings.set_aside:
        found.statements.append(Statement("rows_set_aside", {"k": len(ratings.set_aside)}))
    if ratings.doubtful:
        found.statements.append(Statement("dates_unread", {"k": len(ratings.doubtful)}))
    for name in ("time", "unit", "officer", "procedure", "reasons", "comment"):
        if not ratings.has(name):
            found.statements.append(Statement(f"no_{name}"))
    hidden = sum(row.share is None for rows in found.groups.values() for row in rows)
    if hidden:
        found.statements.append(Statement("groups_hidden", {"k": hidden}))
    if ratings.has("case"):
        cases = [c for c in ratings.texts["case"] if c]
        repeated = len(cases) - len(set(cases))
        if repeated:
            found.statements.append(Statement("repeated_cases", {"k": repeated}))
    found.statements.append(Statement("no_coverage"))


def _visible_levels(levels: Levels, least: int) -> Levels | None:
    return levels if all(n == 0 or n >= least for n in levels) else None


def analyse(
    ratings: Ratings, *, rules: Defaults = DEFAULTS, public: bool = False,
    dictionary: Dictionary | None = None, progress: Progress = lambda _stage, _n: None,
) -> Findings:
    """Figures of a table of ratings, with small groups hidden.

    Parameters
    ----------
    ratings : Ratings
        As read.
    rules : Defaults
        Thresholds.
    public : bool
        Whether the report is for the public: rounded, without officers and counters.
    dictionary : Dictionary, optional
        For the comments.
    progress : callable
        Told stage and count.

    """
    found = Findings(len(ratings), public=public)
    totals = [ratings.levels.count(level) for level in (1, 2, 3, 4, 5)]
    levels: Levels = (totals[0], totals[1], totals[2], totals[3], totals[4])
    progress("figures", len(ratings))
    if len(ratings) >= rules.min_rate_n:
        found.share = summarise(levels, rules.z).share
        found.mean = dirichlet_mean(levels)
        found.levels = _visible_levels(levels, rules.min_count_public if public else rules.min_count)
    else:
        found.statements.append(Statement("too_few", {"n": len(ratings), "least": rules.min_rate_n}))
    if found.share and found.levels is None:
        found.statements.append(Statement("levels_hidden"))
    _periods(ratings, found, rules)
    _cells(ratings, found, rules)
    for name in DIMENSIONS:
        if ratings.has(name) and not (public and name in ("officer", "counter")):
            counts = count_levels(ratings.texts[name], ratings.levels)
            found.groups[name] = hide(counts, rules, public=public)
    progress("comparison", len(ratings))
    _compare(ratings, found, rules)
    _reasons(ratings, found, rules)
    _topics(ratings, found, rules, dictionary or load_dictionary(), progress)
    _tell(ratings, found)
    return found
