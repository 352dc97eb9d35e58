"""Judging one row of a dossier file: pure, given what the organisation looked like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kiosk_app.core.columns import LOCAL_ZONE, to_ms
from kiosk_app.dossiers.rules import is_late, normal_form, tail_of

CODE = re.compile(r"^(?P<prefix>[A-Z0-9]{3,}?)(?P<day>\d{6})(?P<number>\d{4,6})$")
FILING_MODES = {"direct": "direct", "online": "online", "post": "post"}
STATUS_RANK = {2: 1, 4: 2, 5: 2, 9: 3, 10: 4}
CURES = {
    "missing_code": "enter the dossier code",
    "code_malformed": "the code needs prefix, yymmdd and a running number",
    "unit_unknown": "import the unit first, or correct the prefix of the code",
    "unit_mismatch": "the unit column names another unit than the code",
    "procedure_unknown": "import the procedure first, or correct its code",
    "officer_unknown": "import the officer first, or correct the code",
    "missing_received": "enter the day of reception",
    "date_impossible": "write dates as yyyy-mm-dd hh:mm",
    "due_before_reception": "the due date lies before the reception",
    "finish_before_reception": "the result lies before the reception",
    "return_before_reception": "the hand-over lies before the reception",
    "return_before_finish": "the hand-over lies before the result",
    "column_count": "the row has another number of columns than the header",
    "duplicate_conflict": "the same code stands earlier in the file with other content",
    "filing_mode_unknown": "one of direct, online, post",
    "number_malformed": "a whole number",
}
Refusal = tuple[str, str, str]
"""outcome, reason, field."""


@dataclass(frozen=True)
class Known:
    """What rows refer to: prefixes, unit keys, procedures, officers with their postings."""

    prefixes: Mapping[str, int]
    unit_refs: Mapping[str, int]
    procedures: Mapping[str, Sequence[tuple[int, int, int]]]
    """Code → its versions in the order of time (first day, last day yyyymmdd, id)."""
    officers: Mapping[str, int]
    postings: Mapping[int, Sequence[tuple[int, int | None, int, int]]]
    """Officer → (unit, counter, first day, last day yyyymmdd)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be stored."""

    code: str
    code_key: str
    tail: str
    unit_id: int
    procedure_id: int
    officer_id: int | None
    counter_id: int | None
    filing_mode: str
    received_ms: int
    received_day: int
    due_day: int | None
    finished_ms: int | None
    finished_day: int | None
    returned_ms: int | None
    returned_day: int | None
    supplement_count: int
    status: int

    @property
    def late(self) -> int:
        """1 late, 0 in time, -1 while unknown."""
        return is_late(self.due_day, self.finished_day)


class RefusedError(Exception):
    """The row is refused or parked."""

    def __init__(self, outcome: str, reason: str, field: str) -> None:
        super().__init__(reason)
        self.refusal: Refusal = (outcome, reason, field)


class Moments:
    """Reads local times; remembers days, because a file names the same ones over and over."""

    def __init__(self) -> None:
        self._days: dict[str, tuple[int, int]] = {}

    def _day(self, text: str, field: str) -> tuple[int, int]:
        known = self._days.get(text)
        if known is None:
            try:
                day = date.fromisoformat(text)
            except ValueError:
                raise RefusedError("refused", "date_impossible", field) from None
            midnight = datetime(day.year, day.month, day.day, tzinfo=LOCAL_ZONE)
            known = to_ms(midnight), day.year * 10_000 + day.month * 100 + day.day
            self._days[text] = known
        return known

    def read(self, text: str, field: str) -> tuple[int, int] | None:
        """UTC milliseconds and local day of ``yyyy-mm-dd[ hh:mm]``; None if blank."""
        if not text:
            return None
        midnight, day = self._day(text[:10], field)
        if len(text) == 10:
            return midnight, day
        clock = text[11:16]
        if len(clock) != 5 or clock[2] != ":" or not (clock[:2] + clock[3:]).isdigit():
            raise RefusedError("refused", "date_impossible", field)
        hours, minutes = int(clock[:2]), int(clock[3:])
        if hours > 23 or minutes > 59:
            raise RefusedError("refused", "date_impossible", field)
        return midnight + (hours * 60 + minutes) * 60_000, day


class Judge:
    """Turns rows into entries; RefusedError says outcome, reason and field."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._moments = Moments()
        self._lengths = sorted({len(p) for p in known.prefixes}, reverse=True)

    def _unit(self, key: str, named: str) -> int:
        match = CODE.match(key)
        if match is None or not _is_day(match["day"]):
            match = next((m for m in _splits(key) if _is_day(m["day"])), None)
        if match is None:
            raise RefusedError("refused", "code_malformed", "code")
        prefix = next((key[:n] for n in self._lengths if key[:n] in self._known.prefixes), None)
        if prefix is None:
            raise RefusedError("parked", "unit_unknown", "code")
        unit_id = self._known.prefixes[prefix]
        if named and self._known.unit_refs.get(named, unit_id) != unit_id:
            raise RefusedError("refused", "unit_mismatch", "unit")
        return unit_id

    def _officer(self, code: str, unit_id: int, day: int) -> tuple[int | None, int | None]:
        if not code:
            return None, None
        officer_id = self._known.officers.get(code)
        if officer_id is None:
            raise RefusedError("parked", "officer_unknown", "officer")
        for unit, counter, first, last in self._known.postings.get(officer_id, ()):
            if unit == unit_id and first <= day <= last:
                return officer_id, counter
        return officer_id, None

    def _procedure(self, code: str, day: int) -> int:
        """The version in force on the day of reception, else the one nearest to it."""
        versions = self._known.procedures.get(".".join(code.strip().split(".")[:2]))
        if not versions:
            raise RefusedError("parked", "procedure_unknown", "procedure")
        started = [version for version in versions if version[0] <= day]
        return (started or versions[:1])[-1][2]

    def judge(self, cell: Mapping[str, str]) -> Entry:
        """The entry of a row, given its cells by field."""
        code = cell.get("code", "").strip()
        if not code:
            raise RefusedError("refused", "missing_code", "code")
        key = normal_form(code)
        unit_id = self._unit(key, cell.get("unit", "").strip())
        read = self._moments.read
        received = read(cell.get("received", "").strip(), "received")
        if received is None:
            raise RefusedError("refused", "missing_received", "received")
        due = read(cell.get("due", "").strip()[:10], "due")
        finished = read(cell.get("finished", "").strip(), "finished")
        returned = read(cell.get("returned", "").strip(), "returned")
        _check_order(received, due, finished, returned)
        procedure_id = self._procedure(cell["procedure"], received[1])
        officer_id, counter_id = self._officer(
            cell.get("officer", "").strip(), unit_id, received[1]
        )
        mode = FILING_MODES.get(cell.get("filing_mode", "direct").strip())
        if mode is None:
            raise RefusedError("refused", "filing_mode_unknown", "filing_mode")
        status = _number(cell.get("status", ""), "status")
        if status is None:
            status = 10 if returned else 9 if finished else 4
        return Entry(
            code=code, code_key=key, tail=tail_of(key), unit_id=unit_id,
            procedure_id=procedure_id, officer_id=officer_id, counter_id=counter_id,
            filing_mode=mode, received_ms=received[0], received_day=received[1],
            due_day=due[1] if due else None,
            finished_ms=finished[0] if finished else None,
            finished_day=finished[1] if finished else None,
            returned_ms=returned[0] if returned else None,
            returned_day=returned[1] if returned else None,
            supplement_count=_number(cell.get("supplement", ""), "supplement") or 0,
            status=status,
        )


def _is_day(text: str) -> bool:
    return "01" <= text[2:4] <= "12" and "01" <= text[4:] <= "31"


def _splits(key: str) -> list[re.Match[str]]:
    found = []
    for length in (4, 5, 6):
        match = re.match(rf"^(?P<prefix>[A-Z0-9]{{3,}})(?P<day>\d{{6}})(?P<number>\d{{{length}}})$", key)
        if match:
            found.append(match)
    return found


def _number(text: str, field: str) -> int | None:
    stripped = text.strip()
    if not stripped:
        return None
    if not stripped.isdigit():
        raise RefusedError("refused", "number_malformed", field)
    return int(stripped)


def _check_order(
    received: tuple[int, int], due: tuple[int, int] | None, finished: tuple[int, int] | None,
    returned: tuple[int, int] | None,
) -> None:
    if returned and returned[0] < received[0]:
        raise RefusedError("refused", "return_before_reception", "returned")
    if finished and finished[0] < received[0]:
        raise RefusedError("refused", "finish_before_reception", "finished")
    if returned and finished and returned[0] < finished[0]:
        raise RefusedError("refused", "return_before_finish", "returned")
    if due and due[1] < received[1]:
        raise RefusedError("refused", "due_before_reception", "due")
