"""Reads a table of ratings: CSV, TSV, XLSX, XLS, ODS or JSON lines, in the encodings offices use."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

from survey_analysis.report.columns import HEADINGS, late_of, level_of, mapped, recognise
from survey_analysis.report.ratings import Fault, Ratings, UnreadableTableError

Row = Sequence[object]
HEADER_WITHIN = 20
_BOOKS = {".xlsx", ".xls", ".xlsm", ".ods"}
_LINES = {".jsonl", ".ndjson", ".json"}
_DATE = re.compile(
    r"(?:(?P<d>\d{1,2})[/.\- ](?P<m>\d{1,2})[/.\- ](?P<y>\d{4})|(?P<y2>\d{4})[/.-](?P<m2>\d{1,2})[/.-](?P<d2>\d{1,2}))"
    r"(?:[ T,]+(?P<h>\d{1,2})[:hg](?P<min>\d{2})?(?::(?P<s>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<half>SA|CH|AM|PM))?)?(?:Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*[;|\n]\s*|\s*,\s*(?=[a-z_]+\s*(?:,|$))")


def decode(raw: bytes, name: str, encoding: str | None) -> str:
    """Text of ``raw``, composed (NFC); the byte-order mark decides, then UTF-8, then windows-1258."""
    if encoding is not None:
        try:
            return unicodedata.normalize("NFC", raw.decode(encoding))
        except (LookupError, UnicodeDecodeError) as error:
            raise UnreadableTableError(
                f"{name}: is not {encoding} ({error}); save it as UTF-8 or name another --encoding"
            ) from error
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return unicodedata.normalize("NFC", raw.decode(codec, "replace"))
    if raw[:200].count(b"\0") > len(raw[:200]) / 4:
        return unicodedata.normalize("NFC", raw.decode("utf-16-le", "replace"))
    try:
        return unicodedata.normalize("NFC", raw.decode("utf-8"))
    except UnicodeDecodeError:
        return unicodedata.normalize("NFC", raw.decode("cp1258", "replace"))


def _delimited(text: str) -> Iterator[tuple[int, Row]]:
    lines = text.splitlines()[:HEADER_WITHIN]
    delimiter = max(",;\t|", key=lambda d: (sum(min(line.count(d), 60) for line in lines), d == ","))
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    yield from enumerate(reader, 1)


def _book(raw: bytes, name: str, sheet: str | None) -> Iterator[tuple[int, Row]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableTableError(
            f"{name}: cannot be opened as a workbook ({error}); open it in a spreadsheet program "
            "and save it anew as .xlsx"
        ) from error
    names = book.sheet_names
    if sheet is not None and sheet not in names:
        raise UnreadableTableError(f"{name}: no sheet “{sheet}”; its sheets are {', '.join(names)}")
    for wanted in [sheet] if sheet is not None else names:
        rows = book.get_sheet_by_name(wanted).to_python(skip_empty_area=False)
        if sheet is not None or any(recognise(row).get("level") is not None for row in rows[:HEADER_WITHIN]):
            yield from enumerate(rows, 1)
            return
    yield from enumerate(book.get_sheet_by_index(0).to_python(skip_empty_area=False), 1)


def _json_lines(text: str, name: str) -> Iterator[tuple[int, Row]]:
    """The keys of the first object as heading, then one row an object."""
    lines = text.splitlines()
    if text.lstrip().startswith("["):
        try:
            items = list(enumerate(json.loads(text), 1))
        except json.JSONDecodeError as error:
            raise UnreadableTableError(f"{name}: line {error.lineno}: {error.msg}; one JSON list or "
                                       "one object a line is needed") from error
    else:
        items = []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                items.append((number, json.loads(line)))
            except json.JSONDecodeError as error:
                raise UnreadableTableError(
                    f"{name}: line {number}: {error.msg}; each line must be one JSON object"
                ) from error
    keys: dict[str, None] = {}
    for number, item in items:
        if not isinstance(item, dict):
            raise UnreadableTableError(f"{name}: line {number}: each line must be one JSON object")
        keys.update(dict.fromkeys(item))
    yield 0, list(keys)
    for number, item in items:
        yield number, [item.get(key) for key in keys]


def rows_of(path: Path, *, encoding: str | None, sheet: str | None) -> Iterator[tuple[int, Row]]:
    """Row numbers as a spreadsheet program counts them, and cells."""
    try:
        raw = path.read_bytes()
        suffix = path.suffix.lower()
        if suffix == ".gz":
            raw, suffix = gzip.decompress(raw), Path(path.stem).suffix.lower()
    except OSError as error:
        raise UnreadableTableError(f"{path}: cannot be read ({error.strerror or error})") from error
    if suffix in _BOOKS or raw[:4] == b"PK\x03\x04":
        return _book(raw, path.name, sheet)
    text = decode(raw, path.name, encoding)
    if suffix in _LINES or text.lstrip()[:1] == "{":
        return _json_lines(text, path.name)
    return _delimited(text)


def moment_of(cell: object) -> datetime | None:
    """Local time of a cell; None where it is no date.

    A time zone in it is dropped, the local time kept.
    """
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    match = _DATE.fullmatch(str(cell).strip())
    if match is None:
        return None
    part = match.groupdict()
    hour = int(part["h"] or 0)
    half = (part["half"] or "").upper()
    hour = hour % 12 + 12 if half in ("CH", "PM") else 0 if half and hour == 12 else hour
    try:
        return datetime(  # noqa: DTZ001 - local time of the office, as it is written
            int(part["y"] or part["y2"]), int(part["m"] or part["m2"]), int(part["d"] or part["d2"]),
            hour, int(part["min"] or 0), int(part["s"] or 0),
        )
    except ValueError:
        return None


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(unicodedata.normalize("NFC", str(cell)).split())


def reasons_of(cell: object) -> tuple[str, ...]:
    """Reasons of a cell: a list, or texts between ; | or new lines, or codes between commas."""
    if isinstance(cell, list):
        return tuple(_text(item) for item in cell if _text(item))
    text = "" if cell is None else unicodedata.normalize("NFC", str(cell))
    return tuple(_text(part) for part in _SPLIT.split(text) if part.strip())


def _heading(
    head: Sequence[tuple[int, Row]], name: str, mapping: Mapping[str, str]
) -> tuple[int, dict[str, int]]:
    """Index of the heading row within ``head``, and the columns."""
    for index, (_, row) in enumerate(head):
        found = mapped(row, mapping) if mapping else recognise(row)
        if isinstance(found, dict) and "level" in found:
            return index, found
    first = next((row for _, row in head if any(_text(c) for c in row)), ())
    listed = ", ".join(_text(c) for c in first if _text(c)) or "none"
    if "level" in mapping or mapping:
        missing = next((h for h in mapping.values() if h not in map(_text, first)), "")
        raise UnreadableTableError(
            f"{name}: --map names the column “{missing}”, which is not among the columns found: {listed}"
        )
    raise UnreadableTableError(
        f"{name}, row 1: no column holds the level (1–5). Columns found: {listed}. "
        "Name it with --map level=COLUMN, or head it “level” or “Mức độ hài lòng”"
    )


def read_ratings(
    path: Path, *, mapping: Mapping[str, str] | None = None, encoding: str | None = None,
    sheet: str | None = None, progress: Callable[[str, int], None] = lambda _stage, _n: None,
) -> Ratings:
    """The ratings of a file.

    Parameters
    ----------
    path : Path
        .csv, .tsv, .txt, .xlsx, .xls, .ods, .json, .jsonl, each also as .gz.
    mapping : mapping, optional
        Field → heading, where a column has a name of its own.
    encoding, sheet : str, optional
        Of a text file, of a workbook.
    progress : callable
        Told stage and row.

    Raises
    ------
    UnreadableTableError
        Names file, row, column and cure.

    """
    for field in mapping or {}:
        if field not in HEADINGS:
            raise UnreadableTableError(f"--map {field}=…: fields are {', '.join(HEADINGS)}")
    rows = rows_of(path, encoding=encoding, sheet=sheet)
    head = list(islice(rows, HEADER_WITHIN))
    if not any(_text(cell) for _, row in head for cell in row):
        raise UnreadableTableError(f"{path.name}: is empty; a heading and one rating a row are needed")
    at, columns = _heading(head, path.name, mapping or {})
    headings = head[at][1]
    found = Ratings(columns={f: _text(headings[i]) for f, i in columns.items()})
    found.texts = {f: [] for f in columns if f not in ("level", "time", "reasons")}
    for number, row in [*head[at + 1 :]]:
        _take(found, number, row, columns)
    for number, row in rows:
        _take(found, number, row, columns)
        if number % 5000 == 0:
            progress("reading", number)
    return found


def _take(found: Ratings, number: int, row: Row, columns: Mapping[str, int]) -> None:
    cells = {f: row[i] if i < len(row) else None for f, i in columns.items()}
    if not any(_text(c) for c in row):
        return
    level = level_of(cells["level"])
    if level is None:
        found.set_aside.append(Fault(
            number, found.columns["level"], _text(cells["level"])[:40],
            "give 1–5 or the words of the five levels",
        ))
        return
    found.levels.append(level)
    moment = moment_of(cells["time"]) if _text(cells.get("time")) else None
    if moment is None and _text(cells.get("time")):
        found.doubtful.append(Fault(
            number, found.columns["time"], _text(cells["time"])[:40],
            "give dd/mm/yyyy HH:MM or yyyy-mm-dd HH:MM",
        ))
    found.times.append(moment)
    found.reasons.append(reasons_of(cells.get("reasons")))
    for field, values in found.texts.items():
        cell = cells[field]
        values.append(
            late_of(cell, found.columns[field]) if field == "timeliness"
            else unicodedata.normalize("NFC", str(cell or "")) if field == "comment" else _text(cell)
        )
