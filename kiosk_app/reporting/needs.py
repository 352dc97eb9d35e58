"""Training needs of groups from citizens' reasons and their change; never of one officer.

Groups are units with five officers or more and, pooled over all units, fields and procedures with
as many. Every figure is a cell that the ledger lets out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt

from sqlalchemy import Connection

from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.records import PostingRecord
from kiosk_app.reporting import change, disclosure, periods, questions, satisfaction
from kiosk_app.reporting.judging import NOTHING
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.records import Figure
from survey_analysis import DEFAULTS, bh_rejected, newcombe, wilson

GROUP = 5
"""Fewest officers of a group."""
MOST = 12
"""Needs told at once, the largest first."""
TOLD = 5
"""Reasons told of one group."""
NOT_FOR_TRAINING = frozenset({"goi_y_tien_qua"})
"""Confidential: in no total."""


Counts = tuple[int | None, dict[str, int]]


@dataclass(frozen=True)
class Reasons:
    """How often a reason of dissatisfaction was given in a group, of all its ratings.

    Shares 0–1 with 95 % intervals: Wilson's of the share, Newcombe's of the differences to the
    other units and to the period before (None where a cell of those is hidden). ``clear``: one of
    the two is above 0 beyond chance (Benjamini–Hochberg over the page).
    """

    code: str
    n: int
    ratings: int
    share: float
    share_low: float
    share_high: float
    more: tuple[float, float, float] | None
    rose: tuple[float, float, float] | None
    clear: bool = False


@dataclass(frozen=True)
class Need:
    """A group: what citizens say there, how many officers, which of them; ``clear`` if in need."""

    kind: str
    """unit, field or procedure."""
    key: str
    label: str
    officers: frozenset[int]
    reasons: tuple[Reasons, ...]
    """Of a field or procedure: what stands out in the units where its officers work, in all
    they do; reasons of one field alone are counted nowhere."""
    share: float | None
    before: float | None
    drop: float | None
    drop_low: float | None
    drop_high: float | None

    @property
    def clear(self) -> bool:
        """Whether anything of it is beyond chance."""
        return self.drop is not None or any(one.clear for one in self.reasons)


@dataclass(frozen=True)
class Needs:
    """Groups in need of a period; ``groups`` were looked at, ``tests`` comparisons made."""

    period: str
    before: str
    needs: tuple[Need, ...]
    groups: int
    tests: int


@dataclass(frozen=True)
class Span:
    """A quarter, a half-year (the union of its quarters) or a year, as in addresses."""

    key: str
    parts: tuple[Period, ...]

    @property
    def months(self) -> tuple[int, ...]:
        """Its months yyyymm."""
        return tuple(month for one in self.parts for month in one.months)


_HALF = re.compile(r"(\d{4})-H([12])")


def span(text: str) -> Span:
    """``2018-Q4``, ``2018-H2`` or ``2018``; RuleError ``period_unknown`` for anything else."""
    half = _HALF.fullmatch(text)
    if half is None:
        one = periods.parse(text)
        if one.kind == "month":
            raise RuleError("period_unknown", "a quarter, half-year or year", field="period")
        return Span(one.key, (one,))
    first = 2 * int(half[2]) - 1
    return Span(text, tuple(periods.parse(f"{half[1]}-Q{first + i}") for i in (0, 1)))


def span_before(one: Span) -> Span:
    """The span of the same length just before."""
    half = _HALF.fullmatch(one.key)
    if half is None:
        return span(periods.before(one.parts[0]).key)
    return span(f"{half[1]}-H1" if half[2] == "2" else f"{int(half[1]) - 1}-H2")


def choices(conn: Connection) -> list[Span]:
    """Quarters, half-years and years that have ratings, each newest first."""
    months = sorted(feedback_queries.periods_with_data(conn), reverse=True)
    quarters = [periods.last_quarter(periods.of_month(one)).key for one in months]
    halves = [f"{one // 100}-H{1 if one % 100 <= 6 else 2}" for one in months]
    years = [str(one // 100) for one in months]
    return [span(one) for one in dict.fromkeys([*quarters, *halves, *years])]


def of_groups(
    conn: Connection, period: Span, at: Mapping[int, PostingRecord], unit_ids: Sequence[int],
    low_reasons: Collection[str], lang: str,
) -> Needs:
    """Needs beyond chance (Benjamini–Hochberg over all comparisons of the page)."""
    before = span_before(period)
    people = _people(at)
    wanted = [code for code in low_reasons if code not in NOT_FOR_TRAINING]
    counted = _Counted(conn, period, before, unit_ids)
    rows = _units(counted, people, wanted, lang)
    tests, looked = 0, sum(len(who) >= GROUP for who in people.values())
    for kind, groups in (("field", _by_field(at)), ("procedure", _by_procedure(conn, period, unit_ids, at))):
        found, done = _pooled(conn, kind, groups, period, before, unit_ids, lang)
        rows += [(one, counted.reasons({at[who].unit_id for who in one.officers}, wanted))
                 for one in found]
        tests += done
        looked += sum(len(who) >= GROUP for who in groups.values())
    told, done = _told(rows)
    every = sorted(
        told, key=lambda one: (not one.clear, one.kind != "unit", -len(one.officers), one.label),
    )
    return Needs(period.key, before.key, tuple(every[:MOST]), looked, tests + done)


def _people(at: Mapping[int, PostingRecord]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for officer, place in at.items():
        found[str(place.unit_id)].add(officer)
    return found


def _by_field(at: Mapping[int, PostingRecord]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for officer, place in at.items():
        if place.field_id is not None:
            found[str(place.field_id)].add(officer)
    return found


def _by_procedure(
    conn: Connection, period: Span, unit_ids: Sequence[int], at: Mapping[int, PostingRecord]
) -> dict[str, set[int]]:
    """Officers still posted whose ratings are of a procedure; how many, never whose."""
    code_of = {one.id: one.code for one in organisation.procedures(conn).values()}
    found: dict[str, set[int]] = defaultdict(set)
    for row in feedback_queries.strata(conn, months=period.months, unit_ids=unit_ids):
        if row.n and row.officer_id in at and row.procedure_id in code_of:
            found[code_of[row.procedure_id]].add(row.officer_id)
    return found


def _low(row: Figure) -> int | None:
    """Ratings of levels 1 to 3 that gave the reason; None where hidden."""
    return None if row.levels is None else sum(row.levels[:3])


def _counted(conn: Connection, whole: Span, unit_ids: Sequence[int]) -> Counts:
    """Ratings of a selection and how often each reason was given, where every part is shown."""
    n, counts = 0, []
    for part in whole.parts:
        total = questions.total(conn, part, unit_ids)
        if total.n is None:
            return None, {}
        n += total.n
        rows = satisfaction.by_reason(conn, part, unit_ids)
        counts.append({row.key: low for row in rows if (low := _low(row)) is not None})
    shown = set(counts[0]).intersection(*counts[1:])
    return n, {code: sum(one[code] for one in counts) for code in shown}


class _Counted:
    """Reasons of units in a period and the one before, each unit read once."""

    def __init__(
        self, conn: Connection, period: Span, before: Span, unit_ids: Sequence[int]
    ) -> None:
        self.conn, self.period, self.before, self.unit_ids = conn, period, before, set(unit_ids)
        self.whole = _counted(conn, period, unit_ids)
        self.known: dict[tuple[int, str], Counts] = {}

    def of(self, unit_id: int, period: Span) -> Counts:
        """Ratings and reasons of one unit."""
        key = (unit_id, period.key)
        if key not in self.known:
            self.known[key] = _counted(self.conn, period, [unit_id])
        return self.known[key]

    def reasons(self, units: Collection[int], wanted: Collection[str]) -> list[Reasons]:
        """Reasons given in these units together; of units whose total is hidden nothing."""
        open_ = sorted(one for one in self.unit_ids & set(units)
                       if self.of(one, self.period)[0] is not None)
        own, then = (_added([self.of(one, span_) for one in open_])
                     for span_ in (self.period, self.before))
        return _reasons(own, then, self.whole, wanted)


def _added(parts: Sequence[Counts]) -> Counts:
    """Counts of several units, of the reasons that all of them show."""
    if not parts or any(n is None for n, _counts in parts):
        return None, {}
    shown = set[str].intersection(*(set(counts) for _n, counts in parts))
    return sum(n or 0 for n, _counts in parts), {
        code: sum(counts[code] for _n, counts in parts) for code in shown}


def _units(
    counted: _Counted, people: Mapping[str, set[int]], wanted: Collection[str], lang: str,
) -> list[tuple[Need, list[Reasons]]]:
    """Each unit of five officers or more with the reasons given there."""
    names = {str(u.id): u.name(lang) for u in organisation.receiving_units(counted.conn)}
    return [
        (Need("unit", key, names[key], frozenset(who), (), None, None, None, None, None), found)
        for key, who in people.items() if len(who) >= GROUP and key in names
        and (found := counted.reasons([int(key)], wanted))
    ]


def _told(rows: Sequence[tuple[Need, list[Reasons]]]) -> tuple[list[Need], int]:
    """Needs with their most frequent reasons, marked where beyond chance; comparisons made."""
    tests = [p for _need, found in rows for one in found for p in _p_values(one)]
    clear = iter(bh_rejected([p for p, _up in tests], DEFAULTS.fdr_q)) if tests else iter(())
    told = []
    for need, found in rows:
        marked = []
        for one in found:
            hits = [bool(next(clear)) and up for _p, up in _p_values(one)]
            marked.append(replace(one, clear=any(hits)))
        first = sorted(marked, key=lambda r: (not r.clear, -r.n))[:TOLD]
        told.append(replace(need, reasons=tuple(
            one for one in first if one.clear or need.kind == "unit")))
    return told, len(tests)


def _reasons(own: Counts, then: Counts, whole: Counts, wanted: Collection[str]) -> list[Reasons]:
    n, counts = own
    if not n:
        return []
    found = []
    for code in wanted:
        x = counts.get(code)
        if x is None or x > n:
            continue
        share = wilson(x, n)
        found.append(Reasons(
            code, x, n, share.estimate, share.low, share.high,
            _against(x, n, _rest(whole, own, code)), _against(x, n, _cell(then, code)),
        ))
    return found


def _cell(found: Counts, code: str) -> tuple[int, int] | None:
    n, counts = found
    return (counts[code], n) if n and code in counts else None


def _rest(whole: Counts, own: Counts, code: str) -> tuple[int, int] | None:
    """What the other units gave together, where both cells are shown."""
    every, mine = _cell(whole, code), _cell(own, code)
    if every is None or mine is None:
        return None
    x, n = every[0] - mine[0], every[1] - mine[1]
    return (x, n) if 0 <= x <= n and n > 0 else None


def _against(x: int, n: int, other: tuple[int, int] | None) -> tuple[float, float, float] | None:
    if other is None:
        return None
    gap = newcombe(x, n, *other)
    return gap.estimate, gap.low, gap.high


def _p_values(one: Reasons) -> list[tuple[float, bool]]:
    """P of each difference (from its interval's width, normal) and whether it is upwards."""
    found = []
    for gap in (one.more, one.rose):
        if gap is not None:
            spread = max((gap[2] - gap[1]) / (2 * DEFAULTS.z), 1e-12)
            found.append((erfc(abs(gap[0]) / spread / sqrt(2)), gap[1] > 0))
    return found


def _rows(
    conn: Connection, kind: str, whole: Span, unit_ids: Sequence[int], lang: str
) -> list[Figure]:
    """Rows of a span; of a half-year the sums of quarters that are all shown."""
    parts = [questions.rows(conn, kind, "", part.key, unit_ids, lang) for part in whole.parts]
    if len(parts) == 1:
        return list(parts[0])
    found: dict[str, list[Figure]] = defaultdict(list)
    for row in (row for rows in parts for row in rows):
        found[row.key].append(row)
    return [
        disclosure.pooled(
            key, rows[0].label, satisfaction.added([one.levels or NOTHING for one in rows]),
            sum(one.eligible for one in rows), shown=all(one.levels is not None for one in rows),
        )
        for key, rows in found.items() if len(rows) == len(parts)
    ]


def _pooled(
    conn: Connection, kind: str, groups: Mapping[str, set[int]], period: Span, before: Span,
    unit_ids: Sequence[int], lang: str,
) -> tuple[list[Need], int]:
    """Fields or procedures over all units whose satisfaction fell beyond chance."""
    now = _rows(conn, kind, period, unit_ids, lang)
    then = {row.key: row for row in _rows(conn, kind, before, unit_ids, lang)}
    chosen = [row for row in now if len(groups.get(row.key, ())) >= GROUP]
    changes = change.among(chosen, then)
    return [
        Need(kind, one.key, one.label, frozenset(groups[one.key]), (), one.now.share,
             one.before.share, one.difference, one.low, one.high)
        for one in changes if one.clear and one.high < 0
    ], len(changes)
