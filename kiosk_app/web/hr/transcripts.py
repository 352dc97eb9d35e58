"""What an inspection is handed of one officer: every session, hours against the norm, required courses."""

from __future__ import annotations

from datetime import date

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.documents import transcripts
from kiosk_app.documents.transcripts import Cell, OfficerRecord, Part
from kiosk_app.organisation import letterhead
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import certificates, checklists, commands, queries, requirements
from kiosk_app.training.certificates import CertificateRecord
from kiosk_app.training.checklists import Practical
from kiosk_app.training.records import Transcript
from kiosk_app.web import access, downloads
from kiosk_app.web.hr import files, scope, tables, words
from kiosk_app.web.hr.surface import blueprint


@blueprint.get("/staff/<int:officer_id>/transcript.pdf")
@access.requires(Data.TRAINING)
def transcript(officer_id: int) -> Response:
    record = _record(officer_id)
    return downloads.paper("pdf", f"ho-so-{record.officer}", transcripts.as_pdf(record))


@blueprint.get("/staff/<int:officer_id>/transcript.xlsx")
@access.requires(Data.TRAINING)
def transcript_workbook(officer_id: int) -> Response:
    record = _record(officer_id)
    return downloads.paper("xlsx", f"ho-so-{record.officer}", transcripts.as_xlsx(record))


def _record(officer_id: int) -> OfficerRecord:
    """The record until today, and a note that somebody took it."""
    today = scope.today()
    with db.reading() as conn:
        scope.check_officer(conn, officer_id)
        officer = organisation.officers(conn, [officer_id])[officer_id]
        taken = queries.record_of(conn, officer_id)
        at = organisation.posting_on(conn, officer_id, today)
        found = requirements.matrix(conn, {officer_id: at.post} if at else {}, today)
        unit = organisation.units(conn)[at.unit_id].name_vi if at else ""
        rows, norm = _sessions(conn, taken, today), requirements.norm(conn)
        head, version = letterhead.read(conn, today), files.version(conn)
    if access.current().officer_id != officer_id:
        commands.note_look(officer.code, actor=access.actor(), now=clock.now())
    states = [
        (course.name, words.standing_text(cell))
        for course, cell in zip(found.courses, found.of(officer_id), strict=True)
        if cell.state != "none"
    ] if at else []
    return OfficerRecord(
        name=officer.full_name, officer=officer.code, unit=unit, day=f"{today:%d/%m/%Y}",
        rows=rows, states=states,
        hours=[(str(year), _part(done, norm)) for year, done in sorted(taken.hours_by_year.items())
               if year <= today.year],
        labels=_labels(), columns=_columns(), bodies=head.bodies, nation=letterhead.NATION,
        place_day=head.on(today), maker=_("Người lập"),
        head=head.title or _("Thủ trưởng đơn vị"), head_name=head.name, notes_name=_("Ghi chú"),
        notes=files.notes([
            _labels()["title"], f"{officer.full_name} · {officer.code}",
            _("Tính đến ngày %(day)s.", day=words.day_text(today, with_year=True)),
        ], version),
    )


def _sessions(conn: Connection, taken: Transcript, today: date) -> list[list[Cell]]:
    """The sessions begun, newest first, with the certificate that each brought."""
    newest = {one.enrolment_id: one
              for one in reversed(certificates.of_officer(conn, taken.officer_id))}
    practical = checklists.of_record(conn, taken)
    return [
        [words.days_text(entry.session.slots, with_year=True),
         f"{entry.session.code}: {entry.session.title or entry.session.course}",
         _part(entry.hours, entry.session.hours),
         _marks(entry.row.value("pre"), entry.row.value("post"),
                practical.get(entry.row.enrolment_id)),
         words.enrolment_name(entry.row.state), _number(newest.get(entry.row.enrolment_id))]
        for entry in taken.entries if entry.session.first_day and entry.session.first_day <= today
    ]


def _number(one: CertificateRecord | None) -> str:
    if one is None:
        return ""
    return f"{one.number} ({_('Đã thu hồi')})" if one.revoked else one.number


def _part(done: float, of: float) -> Part:
    whole = tables.figure(of, "0.#")
    return Part(done, f"{tables.figure(done, '0.#')} / {whole}", whole)


def _marks(pre: float | None, post: float | None, practical: Practical | None) -> str:
    told = [f"{tables.figure(pre)} – {tables.figure(post)}"] if (pre, post) != (None, None) else []
    if practical is not None:
        told.append(_("thực hành %(n)s/%(all)s", n=practical.met, all=len(practical.checklist.items)))
    return "; ".join(told) or "—"


def _labels() -> dict[str, str]:
    return {
        "title": _("Quá trình đào tạo, bồi dưỡng"), "officer": _("Mã cán bộ"), "unit": _("Đơn vị"),
        "day": _("Tính đến ngày"), "required": _("Chuyên đề bắt buộc"),
        "hours": _("Giờ học mỗi năm so với định mức"), "none": _("Không có."),
    }


def _columns() -> list[str]:
    return [_("Thời gian"), _("Lớp"), _("Số giờ"), _("Điểm trước – sau"), _("Kết quả"),
            _("Chứng nhận số")]
