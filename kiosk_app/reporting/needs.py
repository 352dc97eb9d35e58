"""Training needs of groups from citizens' reasons and their change; never of one officer.

Groups are units with five officers or more and, pooled over all units, fields and procedures with
as many. Every figure is a cell that the ledger lets out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt

from sqlalchemy import Connection

from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.records import PostingRecord
from kiosk_app.reporting import change, periods, questions, satisfaction
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


def period_of(conn: Connection) -> Period | None:
    """The quarter of the newest month with ratings; None without any."""
    months = feedback_queries.periods_with_data(conn)
    return periods.last_quarter(periods.of_month(months[-1])) if months else None


def of_groups(
    conn: Connection, period: Period, at: Mapping[int, PostingRecord], unit_ids: Sequence[int],
    low_reasons: Collection[str], lang: str,
) -> Needs:
    """Needs beyond chance (Benjamini–Hochberg over all comparisons of the page)."""
    before = periods.before(period)
    people = _people(at)
    wanted = [code for code in low_reasons if code not in NOT_FOR_TRAINING]
    units, tests = _units(conn, period, before, people, unit_ids, wanted, lang)
    pooled: list[Need] = []
    looked = sum(len(who) >= GROUP for who in people.values())
    for kind, groups in (("field", _by_field(at)), ("procedure", _by_procedure(conn, period, unit_ids, at))):
        found, done = _pooled(conn, kind, groups, period, before, unit_ids, lang)
        pooled += found
        tests += done
        looked += sum(len(who) >= GROUP for who in groups.values())
    every = sorted(
        [*units, *pooled],
        key=lambda one: (not one.clear, one.kind != "unit", -len(one.officers), one.label),
    )
    return Needs(period.key, before.key, tuple(every[:MOST]), looked, tests)


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
    conn: Connection, period: Period, unit_ids: Sequence[int], at: Mapping[int, PostingRecord]
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


def _counted(
    conn: Connection, period: Period, unit_ids: Sequence[int]
) -> tuple[int | None, dict[str, int]]:
    """Ratings of a selection and how often each reason was given, as far as shown."""
    total = questions.total(conn, period, unit_ids)
    rows = satisfaction.by_reason(conn, period, unit_ids)
    return total.n, {row.key: low for row in rows if (low := _low(row)) is not None}


def _units(
    conn: Connection, period: Period, before: Period, people: Mapping[str, set[int]],
    unit_ids: Sequence[int], wanted: Collection[str], lang: str,
) -> tuple[list[Need], int]:
    """Reasons of each unit of five officers or more, the most frequent first."""
    names = {str(u.id): u.name(lang) for u in organisation.receiving_units(conn)}
    whole = _counted(conn, period, unit_ids)
    rows: list[tuple[str, Reasons]] = []
    for key, who in people.items():
        if len(who) < GROUP or key not in names:
            continue
        own, then = _counted(conn, period, [int(key)]), _counted(conn, before, [int(key)])
        rows += [(key, one) for one in _reasons(own, then, whole, wanted)]
    tests = [p for _key, one in rows for p in _p_values(one)]
    clear = iter(bh_rejected([p for p, _up in tests], DEFAULTS.fdr_q)) if tests else iter(())
    told: dict[str, list[Reasons]] = defaultdict(list)
    for key, one in rows:
        hits = [bool(next(clear)) and up for _p, up in _p_values(one)]
        told[key].append(replace(one, clear=any(hits)))
    return [
        Need("unit", key, names[key], frozenset(people[key]),
             tuple(sorted(found, key=lambda r: (not r.clear, -r.n))[:TOLD]),
             None, None, None, None, None)
        for key, found in told.items()
    ], len(tests)


Counts = tuple[int | None, dict[str, int]]


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


def _pooled(
    conn: Connection, kind: str, groups: Mapping[str, set[int]], period: Period, before: Period,
    unit_ids: Sequence[int], lang: str,
) -> tuple[list[Need], int]:
    """Fields or procedures over all units whose satisfaction fell beyond chance."""
    now = questions.rows(conn, kind, "", period.key, unit_ids, lang)
    then = {row.key: row for row in questions.rows(conn, kind, "", before.key, unit_ids, lang)}
    chosen = [row for row in now if len(groups.get(row.key, ())) >= GROUP]
    changes = change.among(chosen, then)
    return [
        Need(kind, one.key, one.label, frozenset(groups[one.key]), (), one.now.share,
             one.before.share, one.difference, one.low, one.high)
        for one in changes if one.clear and one.high < 0
    ], len(changes)
