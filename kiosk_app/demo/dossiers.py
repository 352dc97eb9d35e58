"""A year of dossiers drawn from the aggregates: exact totals, seeded days, times and officers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kiosk_app.demo import aggregates, workdays
from kiosk_app.demo.aggregates import Cell, Floats, Ints

DAY_MINUTES = 1440
MODES = ("direct", "online", "post")
COLUMNS = ("dossier_code", "unit_id", "procedure_code", "officer_code", "channel", "received_at",
           "due_date", "finished_at", "returned_at", "supplement_count", "status")
STAND_IN_SHARE = 0.06
WEEKEND_ONLINE = 0.25
"""Weight of a day off for online filing, against a working day."""


@dataclass
class Year:
    """The dossiers as columns; times are minutes since the first day, -1 for none."""

    unit: Ints
    procedure: Ints
    officer: Ints
    mode: Ints
    received: Ints
    due: Ints
    finished: Ints
    returned: Ints
    supplements: Ints
    late: Ints
    number: Ints
    units: list[str]
    procedures: list[str]
    officers: list[str]
    prefixes: list[str]

    def __len__(self) -> int:
        return len(self.unit)

    def code(self, index: int) -> str:
        """Dossier code: prefix of the unit, day, running number."""
        day = workdays.FIRST + timedelta(days=int(self.received[index]) // DAY_MINUTES)
        return f"{self.prefixes[self.unit[index]]}-{day:%y%m%d}-{self.number[index]:04d}"


@dataclass(frozen=True)
class Staff:
    """Who may take a procedure at a unit, with the share of the work each has."""

    codes: list[str]
    weights: Floats
    first_day: Ints
    last_day: Ints
    unit: list[str]
    fields: list[frozenset[str]]


def staff(profile: dict[str, Any]) -> Staff:
    """Postings with the officers' shares of the year's work."""
    postings = aggregates.rows("officers.csv")
    totals: dict[str, int] = profile["officers"]
    days = [_day(p["posted_from"], 0) for p in postings]
    ends = [_day(p["posted_to"], workdays.SPAN) for p in postings]
    spans = np.maximum(1, np.minimum(ends, workdays.YEAR_DAYS) - np.maximum(days, 0))
    weights = np.array([totals.get(p["officer_code"], 1) for p in postings]) / spans
    return Staff(
        [p["officer_code"] for p in postings], weights, np.array(days), np.array(ends),
        [p["unit_id"] for p in postings],
        [frozenset(f.strip() for f in p["field"].split(";")) for p in postings],
    )


def _day(text: str, default: int) -> int:
    if not text:
        return default
    return (date.fromisoformat(text) - workdays.FIRST).days


def _scaled(cells: list[Cell], scale: float) -> dict[str, Ints]:
    received = np.array([c.received for c in cells])
    parts = {"received": aggregates.apportion(received, round(int(received.sum()) * scale))}
    for name in ("late", "over_limit", "supplement", "online", "post"):
        counts = np.array([getattr(c, name) for c in cells])
        parts[name] = aggregates.apportion(
            counts, round(int(counts.sum()) * scale), limits=parts["received"]
        )
    return parts


def _marked(
    rng: np.random.Generator, cell_of: Ints, wanted: Ints, blocked: Ints | None = None
) -> Ints:
    """Mark exactly ``wanted[c]`` random dossiers of each cell ``c``."""
    order = rng.random(len(cell_of))
    if blocked is not None:
        order = order + blocked
    sequence = np.lexsort((order, cell_of))
    starts = np.searchsorted(cell_of[sequence], np.arange(len(wanted)))
    rank = np.empty(len(cell_of), np.int64)
    rank[sequence] = np.arange(len(cell_of)) - starts[cell_of[sequence]]
    return (rank < wanted[cell_of]).astype(np.int64)


def _days(
    rng: np.random.Generator, group: dict[str, Any], mode: Ints, calendar: workdays.Calendar
) -> Ints:
    span = np.arange(workdays.YEAR_DAYS)
    weekday = np.array(group["weekdays"], float) / max(group["weekdays"])
    free = (calendar.working[span] == 0) & (workdays.weekday(span) != 5)
    holiday = (calendar.working[span] == 0) & (workdays.weekday(span) < 5)
    in_tet = np.array([d in workdays.TET for d in _dates(span)])
    desk = weekday[workdays.weekday(span)] * ~free * ~holiday * ~in_tet
    online = np.where(calendar.working[span] == 1, 1.0, WEEKEND_ONLINE) * np.where(in_tet, .2, 1)
    months = workdays.month(span)
    days = np.empty(len(mode), np.int64)
    for weights, chosen in ((desk, mode != 1), (online, mode == 1)):
        share = np.zeros(len(span))
        for m, wanted in enumerate(group["months"]):
            inside = months == m
            share[inside] = wanted * weights[inside] / weights[inside].sum()
        days[chosen] = rng.choice(span, int(chosen.sum()), p=share / share.sum())
    return days


def _dates(span: Ints) -> list[Any]:
    return [workdays.FIRST + timedelta(days=int(n)) for n in span]


def _minutes(rng: np.random.Generator, hours: list[int], n: int) -> Ints:
    weights = np.array(hours, float)
    hour = rng.choice(24, n, p=weights / weights.sum())
    minute = rng.integers(0, 60, n)
    desk = weights[0] == 0
    if desk:
        minute = np.where((hour == 7) | (hour == 13), 30 + minute // 2, minute)
        minute = np.where(hour == 11, minute // 2, minute)
    return hour * 60 + minute


def _office_minutes(rng: np.random.Generator, n: int) -> Ints:
    """A minute of the working day, 07:30–11:30 or 13:30–16:45."""
    at = rng.integers(0, 435, n)
    return np.where(at < 240, 450 + at, 570 + at)


def _finish(
    rng: np.random.Generator, received: Ints, committed: Floats, late: Ints, early_share: float,
    calendar: workdays.Calendar,
) -> tuple[Ints, Ints]:
    """Due day and finishing minute by committed working days."""
    day, minute = received // DAY_MINUTES, received % DAY_MINUTES
    start = calendar.position(day, after_hours=(minute >= 16 * 60).astype(np.int64))
    afternoon = (minute >= 12 * 60) & (calendar.days[start] == day)
    allowed = np.where(afternoon, np.ceil(committed), np.floor(committed)).astype(np.int64)
    n = len(received)
    possible = (allowed > 0) & (late == 0)
    early = (rng.random(n) < early_share * n / max(1, int(possible.sum()))) & possible
    used = np.where(early, (rng.random(n) * allowed).astype(np.int64), allowed)
    used = np.where(late == 1, allowed + rng.geometric(0.3, n), used)
    finish_day = calendar.days[start + used]
    finished = finish_day * DAY_MINUTES + _office_minutes(rng, n)
    least = received + rng.integers(8, 40, n)
    finished = np.where(finish_day == day, np.maximum(least, finished), finished)
    return calendar.days[start + allowed], finished


def _return(
    rng: np.random.Generator, finished: Ints, calendar: workdays.Calendar
) -> Ints:
    n = len(finished)
    lag = np.where(rng.random(n) < 0.56, 0, rng.geometric(0.48, n))
    day = finished // DAY_MINUTES
    later = calendar.days[calendar.count[day] - 1 + lag]
    same = finished + rng.integers(4, 70, n)
    return np.where(lag == 0, same, later * DAY_MINUTES + _office_minutes(rng, n))


def _assign(
    rng: np.random.Generator, unit: str, field: list[str], day: Ints, people: Staff
) -> Ints:
    """Posting index for each dossier of a unit: those posted that day, by their field."""
    here = np.array([u == unit for u in people.unit])
    chosen = np.empty(len(day), np.int64)
    fields = np.array(field)
    stand_in = rng.random(len(day)) < STAND_IN_SHARE
    for name in sorted(set(field)):
        fits = here & np.array([name in f for f in people.fields])
        pool = np.flatnonzero(fits if fits.any() else here)
        for members, where in (
            (pool, np.flatnonzero((fields == name) & ~(stand_in & (len(pool) > 1)))),
            (np.flatnonzero(here), np.flatnonzero((fields == name) & stand_in & (len(pool) > 1))),
        ):
            chosen[where] = _draw(rng, members, day[where], people)
    return chosen


def _draw(rng: np.random.Generator, members: Ints, day: Ints, people: Staff) -> Ints:
    score = np.empty((len(members), len(day)))
    for row, member in enumerate(members):
        there = (people.first_day[member] <= day) & (day <= people.last_day[member])
        score[row] = np.where(there, rng.exponential(size=len(day)) / people.weights[member], 1e12)
    return members[np.argmin(score, axis=0)] if len(day) else np.empty(0, np.int64)


def generate(scale: float, rng: np.random.Generator) -> Year:
    """Draw the year at ``scale``; same generator state, same year."""
    profile, everything = aggregates.profile(), aggregates.cells()
    catalogue = {r["procedure_code"]: r for r in aggregates.rows("procedures.csv")}
    prefixes = {r["unit_id"]: r["unit_code"] for r in aggregates.rows("units.csv")}
    units = sorted({c.unit for c in everything}, key=lambda u: prefixes[u])
    procedures = sorted(catalogue)
    people, calendar = staff(profile), workdays.calendar()
    parts: list[dict[str, Ints]] = []
    for name in aggregates.GROUPS:
        cells = [c for c in everything if (c.unit == units[0]) == (name == "centre")]
        parts.append(_group(profile[name], cells, scale, rng, calendar, people, catalogue))
    joined = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    index_of = {c: i for i, c in enumerate(sorted(set(people.codes)))}
    joined["officer"] = np.array([index_of[people.codes[p]] for p in joined["officer"]])
    order = np.lexsort((joined["unit"], joined["received"]))
    columns = {key: values[order] for key, values in joined.items()}
    return Year(
        **columns, number=_numbers(columns["unit"], columns["received"]), units=units,
        procedures=procedures, officers=sorted(index_of), prefixes=[prefixes[u] for u in units],
    )


def _numbers(unit: Ints, received: Ints) -> Ints:
    """Running number per unit and day, in the order of reception."""
    key = unit * 10_000 + received // DAY_MINUTES
    order = np.argsort(key, kind="stable")
    starts = np.searchsorted(key[order], key[order], side="left")
    number = np.empty(len(key), np.int64)
    number[order] = np.arange(len(key)) - starts + 1
    return number


def _group(
    group: dict[str, Any], cells: list[Cell], scale: float, rng: np.random.Generator,
    calendar: workdays.Calendar, people: Staff, catalogue: dict[str, dict[str, str]],
) -> dict[str, Ints]:
    scaled = _scaled(cells, scale)
    cell_of = np.repeat(np.arange(len(cells)), scaled["received"])
    n = len(cell_of)
    late = _marked(rng, cell_of, scaled["late"])
    twice = _marked(rng, cell_of, scaled["over_limit"])
    once = _marked(rng, cell_of, np.minimum(
        scaled["supplement"], scaled["received"] - scaled["over_limit"]), blocked=twice * 2)
    online = _marked(rng, cell_of, scaled["online"])
    post = _marked(rng, cell_of, np.minimum(
        scaled["post"], scaled["received"] - scaled["online"]), blocked=online * 2)
    mode = online + 2 * post
    day = _days(rng, group, mode, calendar)
    minute = np.where(mode == 1, _minutes(rng, group["online_hours"], n),
                      _minutes(rng, group["desk_hours"], n))
    received = day * DAY_MINUTES + minute
    committed = np.array([float(catalogue[c.procedure]["iso_days"]) for c in cells])[cell_of]
    due, finished = _finish(
        rng, received, committed, late, group["early"] / group["received"], calendar
    )
    returned = _return(rng, finished, calendar)
    waiting = rng.choice(n, round(group["waiting"] * scale), replace=False)
    returned[waiting] = -1
    officer = np.empty(n, np.int64)
    names = sorted({c.unit for c in cells})
    unit_of = np.array([names.index(c.unit) for c in cells])[cell_of]
    fields = np.array([catalogue[c.procedure]["field_vi"] for c in cells])[cell_of]
    for position, unit in enumerate(names):
        where = np.flatnonzero(unit_of == position)
        officer[where] = _assign(rng, unit, list(fields[where]), day[where], people)
    return {
        "unit": _index(cells, cell_of, "unit", names_of_units()),
        "procedure": _index(cells, cell_of, "procedure", sorted(catalogue)), "officer": officer,
        "mode": mode, "received": received, "due": due, "finished": finished,
        "returned": returned, "supplements": once + 2 * twice, "late": late,
    }


def names_of_units() -> list[str]:
    """Receiving units in the order of their codes."""
    prefixes = {r["unit_id"]: r["unit_code"] for r in aggregates.rows("units.csv")}
    return sorted({c.unit for c in aggregates.cells()}, key=lambda u: prefixes[u])


def _index(cells: list[Cell], cell_of: Ints, name: str, known: list[str]) -> Ints:
    position = {value: i for i, value in enumerate(known)}
    return np.array([position[getattr(c, name)] for c in cells])[cell_of]


def _stamp(minutes: int) -> str:
    if minutes < 0:
        return ""
    day = workdays.FIRST + timedelta(days=minutes // DAY_MINUTES)
    return f"{day.isoformat()} {minutes % DAY_MINUTES // 60:02d}:{minutes % 60:02d}"


def rows(year: Year) -> Iterator[list[object]]:
    """The dossiers as rows of an export file."""
    for i in range(len(year)):
        returned = int(year.returned[i])
        yield [
            year.code(i), year.units[year.unit[i]], year.procedures[year.procedure[i]],
            year.officers[year.officer[i]], MODES[year.mode[i]], _stamp(int(year.received[i])),
            (workdays.FIRST + timedelta(days=int(year.due[i]))).isoformat(),
            _stamp(int(year.finished[i])), _stamp(returned), int(year.supplements[i]),
            9 if returned < 0 else 10,
        ]


def write(year: Year, path: Path) -> None:
    """Write the export file that the intake reads."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows(year))
