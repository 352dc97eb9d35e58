"""Writes a report into a folder: all of it, or nothing."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from survey_analysis.charts import Chart
from survey_analysis.report.figures import Findings
from survey_analysis.report.page import html, pdf
from survey_analysis.report.ratings import Fault, UnreadableTableError
from survey_analysis.report.summary import Sheet, Summary, sheets
from survey_analysis.report.texts import Texts

MARK = "summary.json"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe(c) for c in columns])
    writer.writerows([["" if v is None else round(v, 6) if isinstance(v, float) else safe(v)
                       for v in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _workbook(tables: Sequence[Sheet], notes: Sequence[str], texts: Texts) -> bytes:
    import xlsxwriter  # only reports wait for it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False,
                                     "strings_to_urls": False})
    head, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
    for table in tables:
        sheet = book.add_worksheet(table.title[:31])
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, name, head)
            longest = max([len(name), *(len(str(r[column])) for r in table.rows[:200]
                                        if isinstance(r[column], str))])
            sheet.set_column(column, column, min(longest + 2, 60))
        for number, row in enumerate(table.rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, float):
                    sheet.write_number(number, column, value, share)
                elif isinstance(value, int):
                    sheet.write_number(number, column, value)
                else:
                    sheet.write_string(number, column, texts.charts.hidden if value is None else value)
    about = book.add_worksheet(texts.sheets["notes"][:31])
    about.set_column(0, 0, 110)
    for number, note in enumerate(notes):
        about.write_string(number, 0, note)
    book.close()
    return out.getvalue()


def machine_readable(
    found: Findings, summary: Summary, tables: Sequence[Sheet], charts: Mapping[str, Chart]
) -> dict[str, object]:
    """The report as plain data: figures, sentences, text alternatives."""
    share = found.share
    return {
        "n": found.n,
        "share": None if share is None else
        {"estimate": share.estimate, "low": share.low, "high": share.high},
        "title": summary.title, "source": summary.source, "headline": summary.headline,
        "sentences": list(summary.sentences), "notes": list(summary.notes),
        "statements": [{"code": s.code, **s.values} for s in found.statements],
        "tables": {t.name: {"columns": list(t.columns), "rows": [list(r) for r in t.rows]} for t in tables},
        "charts": {name: chart.alt for name, chart in charts.items()},
    }


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier report.

    Raises
    ------
    UnreadableTableError
        Names the folder and the cure.

    """
    if folder.exists() and not folder.is_dir():
        raise UnreadableTableError(f"{folder}: is a file; name a folder for the report with --out")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise UnreadableTableError(
            f"{folder}: holds other files; name an empty or new folder with --out")


def write_report(
    folder: Path, found: Findings, summary: Summary, charts: Mapping[str, Chart],
    faults: Sequence[Fault], texts: Texts, *,
    progress: Callable[[str, int], None] = lambda _stage, _n: None,
) -> dict[str, object]:
    """Write everything beside the folder and put it in place at the end.

    Returns
    -------
    dict
        What ``--json`` prints.

    """
    check_folder(folder)
    tables = sheets(found, texts)
    plain = machine_readable(found, summary, tables, charts)
    made = folder.parent / f".{folder.name}.making"
    shutil.rmtree(made, ignore_errors=True)
    try:
        (made / "tables").mkdir(parents=True)
        (made / "charts").mkdir()
        progress("tables", len(tables))
        for table in tables:
            (made / "tables" / f"{table.name}.csv").write_bytes(_csv(table.columns, table.rows))
        notes = [summary.source, summary.headline, *summary.sentences, *summary.notes, summary.reading]
        (made / "tables.xlsx").write_bytes(_workbook(tables, notes, texts))
        for number, (name, chart) in enumerate(charts.items()):
            progress("charts", number)
            (made / "charts" / f"{name}.svg").write_bytes(chart.svg(f"chart-{name}", texts.charts_of[name]))
            (made / "charts" / f"{name}.png").write_bytes(chart.png())
        if faults:
            heads = [texts.columns[c] for c in ("row", "column", "value", "cure")]
            (made / "rows_set_aside.csv").write_bytes(
                _csv(heads, [(f.row, f.column, f.value, f.cure) for f in faults]))
        (made / "summary.html").write_text(html(summary, charts, tables, texts), "utf-8")
        progress("page", 1)
        (made / "summary.pdf").write_bytes(pdf(summary, charts, texts))
        (made / MARK).write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return plain
