"""Reader of delimited text: UTF-8 with or without BOM, optionally gzipped."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk_app.core.errors import KioskError


@dataclass(frozen=True)
class SourceRow:
    """One row as it stands in the file."""

    row: int
    """As a spreadsheet program shows it: the header is row 1."""
    cells: Sequence[str]


def _open(path: Path) -> io.TextIOWrapper:
    raw = gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115 - closed with the text layer
    return io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")


def read(path: Path) -> Iterator[SourceRow]:
    """Rows of the file, header first; KioskError ``unreadable`` names the file and the cure."""
    number = 0
    try:
        with _open(path) as source:
            first = source.readline()
            delimiter = max(",;\t", key=first.count)
            source.seek(0)
            for number, cells in enumerate(csv.reader(source, delimiter=delimiter), start=1):
                yield SourceRow(number, cells)
    except (UnicodeDecodeError, csv.Error, OSError, EOFError) as error:
        raise KioskError(
            "unreadable", f"{path.name}, row {number + 1}: {error}; save the file as CSV UTF-8"
        ) from error
