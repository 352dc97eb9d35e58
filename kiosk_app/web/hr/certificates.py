"""Certificates of a session, each as a PDF with the link that proves it; an officer's transcript."""

from __future__ import annotations

from datetime import date

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db, keys
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.documents import typesetting
from kiosk_app.organisation import letterhead
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.letterhead import Letterhead
from kiosk_app.training import certificates as known
from kiosk_app.training import certifying, checklists, commands, queries, requirements
from kiosk_app.training.certificates import CertificateRecord
from kiosk_app.training.checklists import Practical
from kiosk_app.web import access
from kiosk_app.web.hr import scope, sessions, tables, words
from kiosk_app.web.hr.checkins import base_url
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint


def _page(session_id: int, problem: str = "") -> str:
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        people = sessions.people(conn, held)
        have = known.of_session(conn, session_id)
    waiting = sum(one.row.state == "completed" and one.row.enrolment_id not in have for one in people)
    return render_template(
        "hr/certificates.html", held=held, tab="certificates", people=people, have=have,
        waiting=waiting, today=scope.today(), problem=problem,
    )


@blueprint.get("/sessions/<int:session_id>/certificates")
@access.requires(Data.TRAINING)
def certificates(session_id: int) -> str:
    return _page(session_id)


@blueprint.post("/sessions/<int:session_id>/certificates")
@access.requires(Data.TRAINING)
def issue_certificates(session_id: int) -> View:
    require_editor()
    with db.reading() as conn:
        sessions.load(conn, session_id)
    try:
        again = request.form.get("enrolment_id", "")
        made = certifying.issue(session_id, actor=access.actor(), now=clock.now(),
                                again=int(again) if again.isdigit() else None)
    except RuleError as refused:
        return _page(session_id, words.explain(refused)), UNPROCESSABLE
    flash(_("Đã cấp %(n)s chứng nhận.", n=made))
    return redirect(url_for("hr.certificates", session_id=session_id), 303)


def _one(conn: Connection, certificate_id: int) -> CertificateRecord:
    found = known.by_id(conn, certificate_id)
    if found is None:
        abort(404)
    scope.check_officer(conn, found.officer_id)
    return found


@blueprint.post("/certificates/<int:certificate_id>/revoke")
@access.requires(Data.TRAINING)
def revoke_certificate(certificate_id: int) -> View:
    require_editor()
    with db.reading() as conn:
        one = _one(conn, certificate_id)
        session_id = next(
            row.session_id for row in queries.roster_rows(conn, officer_id=one.officer_id)
            if row.enrolment_id == one.enrolment_id
        )
    try:
        certifying.revoke(certificate_id, reason=request.form.get("reason", ""),
                          actor=access.actor(), now=clock.now())
    except RuleError as refused:
        return _page(session_id, words.explain(refused)), UNPROCESSABLE
    except NotFoundError:
        abort(404)
    flash(_("Đã thu hồi chứng nhận %(number)s.", number=one.number))
    return redirect(url_for("hr.certificates", session_id=session_id), 303)


def _pdf(body: bytes, name: str) -> Response:
    answer = Response(body, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/certificates/<int:certificate_id>.pdf")
@access.requires(Data.TRAINING)
def certificate_pdf(certificate_id: int) -> Response:
    with db.reading() as conn:
        one = _one(conn, certificate_id)
        officer = organisation.officers(conn, [one.officer_id])[one.officer_id]
        posting = organisation.posting_on(conn, one.officer_id, one.completed_on)
        unit = organisation.units(conn)[posting.unit_id].name_vi if posting else ""
        head = letterhead.read(conn, one.issued_on)
    address = f"{base_url()}/cert/{known.code_of(keys.current(), one.number)}"
    ends = f"Có giá trị đến {one.ends_on:%d/%m/%Y}" if one.ends_on else "Có giá trị không thời hạn"
    body = typesetting.set_document("certificate", {
        "number": one.number, "name": officer.full_name, "officer": officer.code, "unit": unit,
        "course": one.course, "hours": tables.figure(one.hours, "0.#"), "session": one.session,
        "completed": f"{one.completed_on:%d/%m/%Y}", "ends": ends,
        **_head(head, one.issued_on), "head": head.title.upper(),
        "qr": typesetting.qr_svg(address), "address": address,
        "void": "ĐÃ THU HỒI" if one.revoked else "",
    })[0]
    return _pdf(body, one.number)


@blueprint.get("/staff/<int:officer_id>/transcript.pdf")
@access.requires(Data.TRAINING)
def transcript(officer_id: int) -> Response:
    """What an inspection is handed: every session, hours against the norm, required courses."""
    today = scope.today()
    with db.reading() as conn:
        scope.check_officer(conn, officer_id)
        officer = organisation.officers(conn, [officer_id])[officer_id]
        record = queries.record_of(conn, officer_id)
        at = requirements.postings_on(conn, today).get(officer_id)
        units = organisation.units(conn)
        found = requirements.matrix(conn, {officer_id: at.post} if at else {}, today)
        numbers = {one.enrolment_id: one for one in known.of_officer(conn, officer_id)}
        norm = requirements.norm(conn)
        practical = checklists.of_record(conn, record)
        head = letterhead.read(conn, today)
    if access.current().officer_id != officer_id:
        commands.note_look(officer.code, actor=access.actor(), now=clock.now())
    rows = [
        [words.days_text(entry.session.slots, with_year=True),
         f"{entry.session.code}: {entry.session.title or entry.session.course}",
         f"{tables.figure(entry.hours, '0.#')} / {tables.figure(entry.session.hours, '0.#')}",
         _marks(entry.row.value("pre"), entry.row.value("post"),
                practical.get(entry.row.enrolment_id)),
         words.enrolment_name(entry.row.state),
         numbers[entry.row.enrolment_id].number if entry.row.enrolment_id in numbers else ""]
        for entry in record.entries if entry.session.first_day and entry.session.first_day <= today
    ]
    states = [
        [course.name, words.standing_text(cell)]
        for course, cell in zip(found.courses, found.of(officer_id), strict=True)
        if cell.state != "none"
    ] if at else []
    hours = [
        [str(year), f"{tables.figure(done, '0.#')} / {tables.figure(norm, '0.#')}"]
        for year, done in sorted(record.hours_by_year.items()) if year <= today.year
    ]
    body = typesetting.set_document("transcript", {
        "name": officer.full_name, "officer": officer.code,
        "unit": units[at.unit_id].name_vi if at else "", "day": f"{today:%d/%m/%Y}", "rows": rows,
        "states": states, "hours": hours, "labels": _labels(), **_head(head, today),
        "head": head.title or _("Thủ trưởng đơn vị"),
    })[0]
    return _pdf(body, f"ho-so-{officer.code}")


def _head(head: Letterhead, day: date) -> dict[str, object]:
    return {"bodies": head.bodies, "nation": letterhead.NATION, "place_day": head.on(day),
            "head_name": head.name}


def _marks(pre: float | None, post: float | None, practical: Practical | None) -> str:
    told = [f"{tables.figure(pre)} – {tables.figure(post)}"] if (pre, post) != (None, None) else []
    if practical is not None:
        told.append(_("thực hành %(n)s/%(all)s", n=practical.met, all=len(practical.checklist.items)))
    return "; ".join(told) or "—"


def _labels() -> dict[str, object]:
    return {
        "title": _("Quá trình đào tạo, bồi dưỡng"), "officer": _("Mã cán bộ"), "unit": _("Đơn vị"),
        "day": _("Tính đến ngày"), "required": _("Chuyên đề bắt buộc"),
        "hours": _("Giờ học mỗi năm so với định mức"), "none": _("Không có."),
        "columns": [_("Thời gian"), _("Lớp"), _("Số giờ"), _("Điểm trước – sau"), _("Kết quả"),
                    _("Chứng nhận số")],
        "maker": _("Người lập"),
    }
