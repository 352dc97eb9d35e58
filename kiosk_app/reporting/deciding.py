"""Deciding what may be seen of a year: the totals, each unit's dimensions, and the house above."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kiosk_app.reporting import lattices
from kiosk_app.reporting.lattices import HOUSE, NOBODY, Table, Year
from kiosk_app.reporting.queries import Decisions, Key, Row
from kiosk_app.reporting.sheets import Beyond, Sheet
from survey_analysis import (
    Block,
    Pattern,
    Units,
    discloses,
    disclosing,
    sums_shown,
    suppress_block,
    suppress_weeks,
)

TOTAL = "total"
DIMENSIONS = (
    "step", "field", "procedure", "officer", "channel", "filing_mode", "reason", "weekday_hour",
    "officer_reason",
)

LOOSE = 3
"""Months hidden of a unit, and units beside it, up to which exchanges with them are sought: cost."""
ANY = 10**6
"""Raters that a sum nobody knows could have of a level."""

SUMMED = ("step", "field", "channel", "filing_mode", "reason", "weekday_hour")
"""Dimensions whose sums over units are tried beside hidden parts."""
SUMMED_BY_YEAR = ("procedure",)
"""Of these the sums of years alone: the largest procedures of the wards are hidden otherwise."""


@dataclass
class Round:
    """One year while it is decided."""

    year: Year
    known: Decisions
    closed: tuple[int, int]
    shown: dict[Key, bool] = field(default_factory=dict)
    rows: dict[int, list[Row]] = field(default_factory=dict)
    unprotected: dict[int, int] = field(default_factory=dict)

    def final(self, unit_id: int, period: str) -> bool:
        """Whether a period is over for seven days and the copies of its close are made."""
        units = self.year.units if unit_id == HOUSE else [unit_id]
        months = self._months(period, unit_id)
        return months[-1] <= self.closed[0] and not any(
            (unit, month) in self.year.waiting for unit in units for month in months
        )

    def _months(self, period: str, unit_id: int) -> list[int]:
        if "W" in period:
            return sorted(self.year.weeks.get(unit_id, {}).get(period, {}))
        year = int(period[:4]) * 100
        if "Q" in period:
            return [year + 3 * int(period[6:]) - i for i in (2, 1, 0)]
        return [year + i for i in range(1, 13)] if len(period) == 4 else [year + int(period[5:])]

    def levels_of(self, unit_id: int, period: str) -> tuple[int, ...]:
        """Raters of a unit's total in a month, quarter or year."""
        rows = self.year.tables[unit_id, TOTAL].get("", {})
        parts = [rows.get(lattices.month_name(m), lattices.EMPTY) for m in self._months(period, unit_id)]
        return tuple(map(sum, zip(*parts, strict=True)))

    def bound(self, key: Key) -> bool | None:
        """What was decided of a cell for good, or None."""
        entry = self.known.entries.get(key)
        return entry.shown if entry is not None and entry.final else None

    def put(self, key: Key, shown: bool, levels: Sequence[int]) -> None:
        """Note a decision; one that is final stands whatever was found now."""
        before = self.bound(key)
        shown = shown if before is None else before
        self.shown[key] = shown
        self.rows.setdefault(key.unit_id, []).append(
            Row(key, shown, self.final(key.unit_id, key.period), levels)
        )


def _solve(
    work: Round, table: Table, key: Callable[[str, str], Key], *, partition: bool,
    above: Callable[[str], bool], unpublished: Callable[[str], bool],
    beyond: Sequence[Beyond] = (), given: Callable[[str, str], bool] | None = None,
) -> int:
    """Decide a table and note it; primary cells left open.

    ``given``: whether a member's sum over the units of a period was let out for good.
    """
    if not table:
        return 0
    sheet = Sheet(work.year.number, table, partition=partition, beyond=beyond if partition else ())
    sheet.bind(key, work.bound, above)
    if given is not None:
        sheet.tie(given)
    names = len(sheet.members)
    sheet.block.unpublished = np.zeros(len(sheet.block.counts), dtype=bool)
    sheet.block.unpublished[:names] = [unpublished(m) for m in sheet.members]
    found = suppress_block(sheet.block)
    hidden = sheet.cells(key, found.hidden)
    for (member, period), levels in sheet.sums().items():
        if any(levels) and not unpublished(member):
            work.put(key(member, period), not hidden[key(member, period)], levels)
    return found.unprotected


def _hidden_total(work: Round, unit_id: int) -> Callable[[str], bool]:
    return lambda period: not work.shown.get(Key(unit_id, TOTAL, period, ""), True)


def _slack(work: Round) -> Beyond:
    """Where the house's total is hidden, nothing binds the sum of its units."""
    return Beyond(lambda _period: (ANY,) * 5, _hidden_total(work, HOUSE))


def _beyond(work: Round, unit_id: int) -> list[Beyond]:
    """Other units whose totals are hidden in periods of a unit's, and the house's slack.

    A unit's total hidden in a period moves against theirs; all their cells of it are hidden too and
    take any part of what moves.
    """
    mine = _hidden_total(work, unit_id)
    hidden = [
        name for m in range(1, 13) if mine(name := lattices.month_name(work.year.number * 100 + m))
    ]
    if not 0 < len(hidden) <= LOOSE:
        return []

    def beside(other: int) -> Beyond:
        its = _hidden_total(work, other)
        return Beyond(
            lambda period: work.levels_of(other, period), lambda period: mine(period) and its(period)
        )

    others = sorted(
        (one for one in work.year.units if one != unit_id and (one, TOTAL) in work.year.tables),
        key=lambda one: (-sum(
            sum(work.levels_of(one, p)) for p in hidden if _hidden_total(work, one)(p)), one),
    )
    return [_slack(work)] + [beside(other) for other in others[:LOOSE]]


def totals(work: Round) -> None:
    """The house's totals, then the units' beside them."""
    tables = work.year.tables
    house = {"": tables.get((HOUSE, TOTAL), {}).get("", {})}
    work.unprotected[HOUSE] = _solve(
        work, house, lambda _m, period: Key(HOUSE, TOTAL, period, ""), partition=False,
        above=lambda _p: False, unpublished=lambda _m: False,
    )
    units: Table = {
        str(unit): tables[unit, TOTAL][""] for unit in work.year.units if (unit, TOTAL) in tables
    }
    work.unprotected[HOUSE] += _solve(
        work, units, lambda unit, period: Key(int(unit), TOTAL, period, ""),
        partition=True, above=_hidden_total(work, HOUSE), unpublished=lambda _m: False,
        beyond=[_slack(work)],
    )


def _nameless(dimension: str) -> Callable[[str], bool]:
    """Members that stand on no page."""
    if dimension in ("officer", "field"):
        return lambda member: member == NOBODY
    if dimension == "officer_reason":
        return lambda member: member.startswith(f"{NOBODY}:")
    return lambda _member: False


def dimension(work: Round, unit_id: int, dimension: str) -> None:
    def key(member: str, period: str) -> Key:
        return Key(unit_id, dimension, period, member)

    above = _hidden_total(work, unit_id)
    table = work.year.tables.get((unit_id, dimension), {})
    if dimension != "officer_reason":
        left = _solve(
            work, table, key, partition=dimension != "reason", above=above,
            unpublished=_nameless(dimension), beyond=_beyond(work, unit_id),
            given=lambda member, period: work.bound(Key(HOUSE, dimension, period, member)) is True,
        )
        work.unprotected[unit_id] = work.unprotected.get(unit_id, 0) + left
        return
    for reason in sorted({member.partition(":")[2] for member in table}):
        part = {m: row for m, row in table.items() if m.partition(":")[2] == reason}

        def hidden(period: str, reason: str = reason) -> bool:
            return not work.shown.get(Key(unit_id, "reason", period, reason), True)

        bound = work.shown.get(Key(unit_id, "reason", str(work.year.number), reason), True)
        left = _solve(work, part, key, partition=bound, above=hidden,
                      unpublished=_nameless(dimension))
        work.unprotected[unit_id] = work.unprotected.get(unit_id, 0) + left


def unit_weeks(work: Round, unit_id: int) -> None:
    """Weeks of a unit's total; final once all their months are."""
    runs = work.year.weeks.get(unit_id, {})
    months = {month for week in runs.values() for month in week}
    hidden = {
        m for m in months
        if not work.shown.get(Key(unit_id, TOTAL, lattices.month_name(m), ""), True)
    }
    decided = {
        week: found for week in runs
        if (found := work.bound(Key(unit_id, TOTAL, week, ""))) is not None
    }
    rather = {
        week for week in runs for other in work.year.units
        if other != unit_id and work.shown.get(Key(other, TOTAL, week, "")) is False
    }
    for week, shown in suppress_weeks(runs, months, hidden, decided, rather).items():
        levels = tuple(map(sum, zip(*runs[week].values(), strict=True)))
        work.put(Key(unit_id, TOTAL, week, ""), shown, levels)


def house(work: Round, dimension: str) -> None:
    """The house's cells: seen where every unit's part is, and in periods proven safe beside them."""
    tables = work.year.tables
    parts: dict[tuple[str, str], tuple[int, ...]] = {}
    covered: dict[tuple[str, str], bool] = {}
    nameless = _nameless(dimension)
    for unit_id in work.year.units:
        for member, row in tables.get((unit_id, dimension), {}).items():
            if nameless(member):
                continue
            for period, levels in row.items():
                for name in (period, *lattices.longer(period)):
                    at = (member, name)
                    known = parts.get(at, lattices.EMPTY)
                    parts[at] = tuple(a + b for a, b in zip(known, levels, strict=True))
                    seen = work.shown.get(Key(unit_id, dimension, name, member), False)
                    covered[at] = covered.get(at, True) and (seen or not any(levels))
    together = _together(work, dimension, covered) if dimension in (*SUMMED, *SUMMED_BY_YEAR) else {}
    for (member, period), levels in parts.items():
        if any(levels):
            shown = covered[member, period] or together.get((member, period), False)
            work.put(
                Key(HOUSE, dimension, period, member), shown and not discloses(levels), levels
            )


def _sharing(tables: Mapping[int, Table]) -> dict[int, Table]:
    """Units that share a member with another: what is one unit's alone is no sum over units."""
    units = Counter(member for table in tables.values() for member in table)
    return {unit: table for unit, table in tables.items() if any(units[m] > 1 for m in table)}


def _together(
    work: Round, dimension: str, covered: Mapping[tuple[str, str], bool]
) -> dict[tuple[str, str], bool]:
    """Sums of a dimension that may be seen beside the units' cells, by member and period."""
    tables = _sharing({
        u: t for u in work.year.units if (t := work.year.tables.get((u, dimension)))
    })
    whole: Table = {}
    for table in tables.values():
        for member, row in table.items():
            whole.setdefault(member, {}).update(dict.fromkeys(row, lattices.EMPTY))
    if not whole:
        return {}
    sheet = Sheet(work.year.number, whole, partition=dimension != "reason")
    counts = np.zeros((len(tables), *sheet.counts.shape), dtype=np.int64)
    for number, table in enumerate(tables.values()):
        for i, member in enumerate(sheet.members):
            for period, levels in table.get(member, {}).items():
                counts[number, i, sheet.periods.index(period)] = levels

    def key(member: str, period: str) -> Key:
        return Key(HOUSE, dimension, period, member)

    given = Pattern.empty(len(sheet.members), len(sheet.periods), len(sheet.quarters))
    for i, member in enumerate(sheet.members):
        def out(period: str, member: str = member) -> bool:
            whole_seen = covered.get((member, period), True)
            return not whole_seen and work.bound(key(member, period)) is True

        given.cells[i] = [out(period) for period in sheet.periods]
        given.quarters[i] = [out(period) for period in sheet.quarters]
        given.years[i] = bool(sheet.quarters) and out(sheet.year)
    found = _safe(work, dimension, sheet, list(tables), counts, given)
    return {(k.member, k.period): shown for k, shown in sheet.cells(key, found).items()}


def _safe(
    work: Round, dimension: str, sheet: Sheet, units: Sequence[int], counts: np.ndarray,
    given: Pattern,
) -> Pattern:
    """Sums proven beside the units' cells as they are, and as they may become.

    A unit's cell of a period that is not over may be hidden today and seen at its close, when sums were
    let out for good that needed it hidden. A sum is seen only where neither tells a hidden cell.
    """
    members, periods = counts.shape[1:3]
    shown = Pattern(
        np.ones((members, periods), dtype=bool), np.ones((members, len(sheet.quarters)), dtype=bool),
        np.ones(members, dtype=bool),
    )
    offered = _offered(dimension, given)
    open_year = any(not work.final(unit, sheet.year) for unit in units)
    for later in (False, True) if open_year and offered is None else (False,):
        hidden, small = [], []
        for number, unit_id in enumerate(units):
            found = _hidden_of(work, unit_id, dimension, sheet, counts[number])
            if later:
                found = _as_it_stays(work, unit_id, sheet, found)
            by_quarter, by_year = Block(counts[number], sheet.block.quarter).sums()
            hidden.append(found)
            small.append(Pattern(
                disclosing(counts[number]) & found.cells, disclosing(by_quarter) & found.quarters,
                disclosing(by_year) & found.years,
            ))
        proven = sums_shown(
            Units(counts, _stacked(hidden), _stacked(small), sheet.block.quarter, sheet.block.partition),
            given, offered=offered, ahead=later,
        )
        work.unprotected[HOUSE] += proven.unprotected
        shown = Pattern(
            shown.cells & proven.shown.cells, shown.quarters & proven.shown.quarters,
            shown.years & proven.shown.years,
        )
    return shown


def _as_it_stays(work: Round, unit_id: int, sheet: Sheet, hidden: Pattern) -> Pattern:
    """What stays hidden for good: every month, quarter and year seen that is not over yet."""
    months, quarters = (
        np.array([work.final(unit_id, one) for one in names], dtype=bool)
        for names in (sheet.periods, sheet.quarters)
    )
    return Pattern(
        hidden.cells & months, hidden.quarters & quarters,
        hidden.years & work.final(unit_id, sheet.year))


def _offered(dimension: str, given: Pattern) -> Pattern | None:
    """Of procedures the sums of years alone are tried: those of months cost much and show few more."""
    if dimension not in SUMMED_BY_YEAR:
        return None
    return Pattern(given.cells.copy(), given.quarters.copy(), np.ones_like(given.years))


def _stacked(patterns: Sequence[Pattern]) -> Pattern:
    return Pattern(
        np.array([p.cells for p in patterns]), np.array([p.quarters for p in patterns]),
        np.array([p.years for p in patterns]),
    )


def _hidden_of(
    work: Round, unit_id: int, dimension: str, sheet: Sheet, counts: np.ndarray
) -> Pattern:
    """What is hidden of a unit's table; members on no page always are."""
    found = Pattern.empty(len(sheet.members), len(sheet.periods), len(sheet.quarters))

    def hides(member: str, period: str) -> bool:
        return not work.shown.get(Key(unit_id, dimension, period, member), False)

    for i, member in enumerate(sheet.members):
        n = counts[i].sum(axis=1)
        found.cells[i] = [n[j] > 0 and hides(member, p) for j, p in enumerate(sheet.periods)]
        found.quarters[i] = [
            n[3 * j : 3 * j + 3].any() and hides(member, q) for j, q in enumerate(sheet.quarters)
        ]
        found.years[i] = bool(sheet.quarters) and n.any() and hides(member, sheet.year)
    return found


def house_weeks(work: Round) -> None:
    """The house's weeks: seen where every unit's is, or where other units make up for hidden ones."""
    weeks = work.year.weeks.get(HOUSE, {})
    units = [unit for unit in work.year.units if unit in work.year.weeks]
    seen: dict[str, bool] = {}
    for week in weeks:
        own = [
            work.shown.get(Key(unit, TOTAL, week, ""))
            for unit in units if week in work.year.weeks[unit]
        ]
        if all(one is not None for one in own):
            seen[week] = all(own)
    together = _weeks_together(work, units, seen)
    for week, whole in seen.items():
        levels = tuple(map(sum, zip(*weeks[week].values(), strict=True)))
        shown = (whole or week in together) and not discloses(levels)
        months = [lattices.month_name(month) for month in weeks[week]]
        shown = shown and all(work.shown.get(Key(HOUSE, TOTAL, m, ""), True) for m in months)
        work.put(Key(HOUSE, TOTAL, week, ""), shown, levels)


def _weeks_together(work: Round, units: Sequence[int], seen: Mapping[str, bool]) -> set[str]:
    """Weeks whose sums may be seen: their runs of days are exchanged within the month."""
    weeks = work.year.weeks.get(HOUSE, {})
    runs = sorted((month, week) for week in weeks for month in weeks[week])
    months = sorted({month for month, _week in runs})
    counts = np.zeros((len(units), 1, len(runs), 5), dtype=np.int64)
    hidden, stays = np.zeros((2, len(units), 1, len(runs)), dtype=bool)
    given = Pattern.empty(1, len(runs), len(months))
    for j, (month, week) in enumerate(runs):
        given.cells[0, j] = not seen.get(week, True) and work.bound(
            Key(HOUSE, TOTAL, week, "")) is True
        for i, unit in enumerate(units):
            counts[i, 0, j] = work.year.weeks[unit].get(week, {}).get(month, lattices.EMPTY)
            hidden[i, 0, j] = counts[i, 0, j].any() and not work.shown.get(
                Key(unit, TOTAL, week, ""), False)
            stays[i, 0, j] = hidden[i, 0, j] and work.final(unit, week)
    quarters, years = np.zeros((len(units), 1, len(months)), bool), np.zeros((len(units), 1), bool)
    at = tuple(months.index(month) for month, _ in runs)
    shown = np.ones(len(runs), dtype=bool)
    for later in (False,) if work.final(HOUSE, str(work.year.number)) else (False, True):
        cells = stays if later else hidden
        found = sums_shown(
            Units(counts, Pattern(cells, quarters, years),
                  Pattern(cells & disclosing(counts), quarters, years), at, False),
            given, ahead=later,
        )
        work.unprotected[HOUSE] += found.unprotected
        shown &= found.shown.cells[0]
    barred = {week for (_month, week), one in zip(runs, shown, strict=True) if not one}
    return set(weeks) - barred
