"""Certificates of a session with the links that prove them, one by one and all in one PDF."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db, keys
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.documents import typesetting
from kiosk_app.organisation import letterhead
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import certificates as known
from kiosk_app.training import certifying, commands, queries
from kiosk_app.training.certificates import CertificateRecord
from kiosk_app.web import access, downloads, typed
from kiosk_app.web.hr import scope, sessions, tables, words
from kiosk_app.web.hr.checkins import base_url
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint

QR_MASK = 3
"""One for all: a class of 500 is set in less than two seconds of the processor."""


def _page(session_id: int, problem: str = "") -> str:
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        people = sessions.people(conn, held)
        have = known.of_session(conn, session_id)
    waiting = sum(one.row.state == "completed" and one.row.enrolment_id not in have for one in people)
    return render_template(
        "hr/certificates.html", held=held, tab="certificates", people=people, have=have,
        waiting=waiting, today=scope.today(), problem=problem,
        holding=sum(one.row.enrolment_id in have and not have[one.row.enrolment_id].revoked
                    for one in people),
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
                                again=typed.identifier(again))
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


def _papers(conn: Connection, found: Sequence[CertificateRecord]) -> list[dict[str, object]]:
    """What the certificates say, each with the head of its own day."""
    who = [one.officer_id for one in found]
    named, units = organisation.officers(conn, who), organisation.units(conn)
    posts = {day: organisation.posts_on(conn, day, who) for day in {one.completed_on for one in found}}
    heads = {day: letterhead.read(conn, day) for day in {one.issued_on for one in found}}
    papers: list[dict[str, object]] = []
    for one in found:
        officer, head = named[one.officer_id], heads[one.issued_on]
        post = posts[one.completed_on].get(one.officer_id)
        address = f"{base_url()}/cert/{known.code_of(keys.current(), one.number)}"
        ends = f"Có giá trị đến {one.ends_on:%d/%m/%Y}" if one.ends_on else "Có giá trị không thời hạn"
        papers.append({
            "number": one.number, "name": officer.full_name, "officer": officer.code,
            "unit": units[post.unit_id].name_vi if post else "", "course": one.course,
            "hours": tables.figure(one.hours, "0.#"), "session": one.session,
            "completed": f"{one.completed_on:%d/%m/%Y}", "ends": ends, "bodies": head.bodies,
            "nation": letterhead.NATION, "place_day": head.on(one.issued_on),
            "head": head.title.upper(), "head_name": head.name,
            "qr": typesetting.qr_svg(address, mask=QR_MASK), "address": address,
            "void": "ĐÃ THU HỒI" if one.revoked else "",
        })
    return papers


def _set(papers: list[dict[str, object]], name: str) -> Response:
    return downloads.paper(
        "pdf", name, typesetting.set_document("certificate", {"papers": papers})[0])


@blueprint.get("/certificates/<int:certificate_id>.pdf")
@access.requires(Data.TRAINING)
def certificate_pdf(certificate_id: int) -> Response:
    with db.reading() as conn:
        one = _one(conn, certificate_id)
        papers = _papers(conn, [one])
    return _set(papers, one.number)


@blueprint.get("/sessions/<int:session_id>/certificates.pdf")
@access.requires(Data.TRAINING)
def session_certificates_pdf(session_id: int) -> View:
    """All that hold, a page each, in the order of the page; what was revoked is not handed out."""
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        have = known.of_session(conn, session_id)
        listed = [have[one.row.enrolment_id] for one in sessions.people(conn, held)
                  if one.row.enrolment_id in have]
        papers = _papers(conn, [one for one in listed if not one.revoked])
    if not papers:
        flash(_("Chưa có chứng nhận nào còn giá trị."), "error")
        return redirect(url_for("hr.certificates", session_id=session_id), 303)
    commands.note_look(held.code, actor=access.actor(), now=clock.now())
    return _set(papers, f"chung-nhan-{held.id}")
