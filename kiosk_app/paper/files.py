"""A file of paper forms: all its rows, or none, become one closed batch after another."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.paper import commands, rules
from kiosk_app.paper.records import Form, Keyed

COLUMNS = {
    "code": ("code", "ma_ho_so", "mã hồ sơ"), "level": ("level", "muc", "mức"),
    "reasons": ("reasons", "ly_do", "lý do"), "comment": ("comment", "y_kien", "ý kiến"),
    "day": ("day", "ngay", "ngày"), "step": ("step", "buoc", "bước"),
}


@dataclass(frozen=True)
class RowProblem:
    """A row that cannot be taken in: where it is, what is wrong."""

    row: int
    field: str
    code: str
    value: str


def _named(header: Sequence[str]) -> dict[str, str]:
    """Field of each column of the file; RuleError ``column_missing`` without a level."""
    known = {name: field for field, names in COLUMNS.items() for name in names}
    found = {column: known[column.strip().lower()] for column in header if column.strip().lower() in known}
    if "level" not in found.values():
        raise RuleError("column_missing", "the file needs a column level (or mức)", field="level")
    return found


def read_file(
    path: Path, *, by_number: Mapping[int, Sequence[str]], now: datetime
) -> tuple[list[Keyed], list[RowProblem]]:
    """Forms of a CSV file (UTF-8, comma or semicolon) and the rows that cannot be read."""
    text = path.read_text("utf-8-sig")
    separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header = next(reader, [])
    columns = _named(header)
    forms: list[Keyed] = []
    problems: list[RowProblem] = []
    today = now.astimezone(LOCAL_ZONE).date()
    for at, cells in enumerate(reader, start=2):
        row = dict(zip(header, cells, strict=False))
        typed = {field: row.get(column, "") for column, field in columns.items()}
        if not any(value.strip() for value in typed.values()):
            continue
        try:
            forms.append(rules.read_form(typed, by_number=by_number, today=today))
        except RuleError as wrong:
            problems.append(RowProblem(at, wrong.field or "", wrong.code, wrong.detail))
    return forms, problems


def take_in(
    forms: Sequence[Keyed], unit_id: int, *, questionnaire: str, actor: Actor, now: datetime
) -> list[Form]:
    """Deliver forms that were read from a file, in batches; with their verdicts."""
    done: list[Form] = []
    for start in range(0, len(forms), commands.MAX_FORMS):
        batch_id = commands.open_batch(unit_id, double_keyed=False, actor=actor, now=now)
        for keyed in forms[start : start + commands.MAX_FORMS]:
            commands.key_form(batch_id, keyed)
        done += commands.close_batch(batch_id, questionnaire=questionnaire, actor=actor, now=now)
    return done
