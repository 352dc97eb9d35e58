"""The matrix and the gap plan as offices hand them in: PDF, XLSX, and the matrix as plain CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask import Response, abort
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.documents import handed_in
from kiosk_app.documents.handed_in import OfficeDocument, OfficeTable
from kiosk_app.organisation import letterhead
from kiosk_app.organisation.letterhead import Letterhead
from kiosk_app.training import commands, requirements
from kiosk_app.training.records import SessionRecord
from kiosk_app.training.requirements import Matrix, Places, Standing
from kiosk_app.web import access, downloads
from kiosk_app.web.hr import files, matrix, scope, tables, words
from kiosk_app.web.hr.matrix import Person
from kiosk_app.web.hr.surface import blueprint

T = TypeVar("T")


@dataclass(frozen=True)
class _Asked:
    """What a file of standings is made of, read in one snapshot."""

    today: date
    people: list[Person]
    whole: Matrix
    head: Letterhead
    coming: dict[int, list[SessionRecord]]
    places: dict[int, Places]
    version: str
    chosen: str
    """The filters of the address in words."""

    @property
    def said(self) -> list[str]:
        """What a file of standings says of itself."""
        return [
            _("Tính đến ngày %(day)s.", day=words.day_text(self.today, with_year=True)), self.chosen,
            _("Sắp hết hạn: còn hiệu lực nhưng hết trong %(n)s ngày tới. Cần học: chưa học đủ, hoặc đã "
              "hết hạn.", n=requirements.SOON),
        ]

    def document(self, title: str, subtitle: str, found: Sequence[OfficeTable]) -> OfficeDocument:
        """The paper around ``found``."""
        return OfficeDocument(
            title, subtitle, found, self.head.bodies, letterhead.NATION, self.head.on(self.today),
            _("Người lập"), self.head.title or _("Thủ trưởng đơn vị"), self.head.name, _("Không có."),
            _("Ghi chú"), files.notes([title, *self.said], self.version),
        )


def _read(kind: str, people: Callable[[Connection, date], list[Person]], noted: str) -> _Asked:
    """Read what the address asks for, and note that somebody looked; 404 for other kinds."""
    if kind not in {"csv", *downloads.MIMES}:
        abort(404)
    today = scope.today()
    with db.reading() as conn:
        found = people(conn, today)
        read = _Asked(today, found, matrix.standings(conn, found, today),
                      letterhead.read(conn, today), matrix.coming(conn, today), {},
                      files.version(conn), files.filtered(conn))
        read.places.update(matrix.places_of(conn, read.whole, [one.id for one in found], today))
    commands.note_look(noted, actor=access.actor(), now=clock.now())
    return read


def _sent(kind: str, name: str, document: OfficeDocument) -> Response:
    body = handed_in.as_pdf(document) if kind == "pdf" else handed_in.as_xlsx(document)
    return downloads.paper(kind, name, body)


def _told(whole: Matrix, speak: Callable[[Standing], T]) -> dict[Standing, T]:
    """What is said of each standing, once: thousands of officers share a few hundred."""
    return {cell: speak(cell) for cell in
            {cell for column in whole.cells.values() for cell in column.values()}}


def _csv(asked: _Asked) -> Response:
    found, whole = asked.people, asked.whole
    header = [_("STT"), _("Họ tên"), _("Mã cán bộ"), _("Đơn vị")]
    for course in whole.courses:
        header += [course.name, _("Hiệu lực đến")]
    told = _told(whole, lambda cell: (
        words.standing_name(cell.state),
        words.day_text(cell.ends, with_year=True) if cell.ends else ""))
    rows: list[list[object]] = [
        [number, one.name, one.code, one.unit,
         *(text for cell in whole.of(one.id) for text in told[cell])]
        for number, one in enumerate(found, 1)
    ]
    return files.send("csv", "ma-tran-nang-luc", _("Ma trận năng lực"), header, rows, asked.said,
                      asked.version)


@blueprint.get("/matrix.<kind>")
@access.requires(Data.TRAINING)
def export_matrix(kind: str) -> Response:
    """One row a person, state and last day of each course; by the page's filters."""
    asked = _read(kind, matrix.asked, "matrix")
    found, whole = asked.people, asked.whole
    if kind == "csv":
        return _csv(asked)
    told = _told(whole, words.standing_text)
    rows = [
        [number, one.name, one.code, one.unit, *(told[cell] for cell in whole.of(one.id))]
        for number, one in enumerate(found, 1)
    ]
    table = OfficeTable(
        _("Ma trận năng lực"), [_("STT"), _("Họ tên"), _("Mã cán bộ"), _("Đơn vị"),
                                *(one.name for one in whole.courses)],
        [5, 20, 11, 24, *(18 for _one in whole.courses)], rows,
    )
    day = words.day_text(asked.today, with_year=True)
    return _sent(kind, "ma-tran-nang-luc", asked.document(
        _("Ma trận năng lực cán bộ theo chuyên đề bắt buộc"),
        _("Tính đến ngày %(day)s, %(n)s cán bộ", day=day, n=len(found)), [table]))


def _planned_text(coming: Sequence[SessionRecord]) -> str:
    return "; ".join(f"{one.code} ({words.days_text(one.slots, with_year=True)})" for one in coming)


@blueprint.get("/gaps.<kind>")
@access.requires(Data.TRAINING)
def export_gaps(kind: str) -> Response:
    """By required course how many places are needed, and who lacks it."""
    asked = _read(kind, matrix.people, "gaps")
    whole, named = asked.whole, {one.id: one for one in asked.people}
    names = _names(whole, asked.places, named)
    if kind == "csv":
        return files.send("csv", "ke-hoach-bo-sung", _("Kế hoạch đào tạo bổ sung"), names.columns,
                          names.rows, asked.said, asked.version)
    return _sent(kind, "ke-hoach-bo-sung", asked.document(
        _("Kế hoạch đào tạo bổ sung theo chuyên đề bắt buộc"),
        _("Tính đến ngày %(day)s", day=words.day_text(asked.today, with_year=True)),
        [_summary(whole, asked.places, asked.coming), names]))


def _summary(
    whole: Matrix, places: dict[int, Places], coming: dict[int, list[SessionRecord]]
) -> OfficeTable:
    counts, rows = whole.counts(), []
    for number, course in enumerate(whole.courses, 1):
        need, held = places[course.id], coming.get(course.id, [])
        rows.append([
            number, course.code, course.name, counts[course.id]["missing"],
            counts[course.id]["expiring"], len(need.lacking), len(need.seated),
            _planned_text(held) or tables.NONE_TEXT,
            _("không giới hạn") if need.free is None else need.free, need.to_open,
        ])
    return OfficeTable(
        _("Tổng hợp"), [_("STT"), _("Mã"), _("Chuyên đề"), _("Thiếu"), _("Sắp hết hạn"),
                        _("Cần học"), _("Đã có chỗ"), _("Lớp đã lên lịch"), _("Số chỗ còn"),
                        _("Còn phải mở (chỗ)")],
        [5, 9, 34, 8, 10, 9, 9, 28, 12, 12], rows, _("1. Số chỗ cần mở"),
    )


def _names(
    whole: Matrix, places: dict[int, Places], named: dict[int, Person]
) -> OfficeTable:
    rows: list[list[object]] = []
    told = _told(whole, words.standing_text)
    for course in whole.courses:
        need = places[course.id]
        for officer in need.lacking:
            one, state = named[officer], told[whole.cells[course.id][officer]]
            rows.append([
                len(rows) + 1, course.name, one.name, one.code, one.unit,
                _("%(state)s; đã có chỗ trong lớp sắp tới", state=state)
                if officer in need.seated else state])
    return OfficeTable(
        _("Danh sách"), [_("STT"), _("Chuyên đề"), _("Họ tên"), _("Mã cán bộ"), _("Đơn vị"),
                         _("Tình trạng")],
        [6, 40, 24, 13, 32, 28], rows, _("2. Danh sách cán bộ cần học"),
    )
