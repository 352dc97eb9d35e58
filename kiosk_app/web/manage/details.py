"""One officer, one procedure, and what an officer sees of the own figures."""

from __future__ import annotations

from datetime import date

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import replies
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import detail, drawings
from kiosk_app.reporting.detail import OfficerDetail, ProcedureDetail
from kiosk_app.reporting.records import Figure
from kiosk_app.training import queries as training_queries
from kiosk_app.training.records import TranscriptEntry
from kiosk_app.web import access, translations
from kiosk_app.web.manage import chart_files, taking, words
from kiosk_app.web.manage.surface import Filters, blueprint, filters_of, take
from kiosk_app.web.presentation import month


def _today() -> date:
    return clock.now().astimezone(LOCAL_ZONE).date()


def _seen(data: Data) -> bool:
    return access.reach(data) in (Scope.OWN_UNITS, Scope.ALL)


def _officer(conn: Connection, filters: Filters, officer_id: int) -> OfficerDetail:
    """The officer's figures; 404 where there are none within reach, or not enough for the officer."""
    own = access.reach(Data.FIGURES_OFFICERS) == Scope.OWN
    if own and officer_id != access.current().officer_id:
        abort(404)
    found = detail.officer(
        conn, officer_id, filters.period, filters.unit_ids, filters.course, _today(),
        with_comments=not own and _seen(Data.COMMENTS),
    )
    if found is None or (own and not detail.own_row(found.row)):
        abort(404)
    return found


def _transcript(conn: Connection, officer_id: int) -> list[TranscriptEntry] | None:
    if not _seen(Data.TRAINING):
        return None
    entries = training_queries.record_of(conn, officer_id).entries
    return [entry for entry in entries if entry.session.state == "held"]


@blueprint.get("/officers/<int:officer_id>")
@access.requires(Data.FIGURES_OFFICERS)
def officer(officer_id: int) -> Response | str:
    """One officer's figures; each look is written down."""
    if access.reach(Data.FIGURES_OFFICERS) == Scope.OWN:
        if officer_id != access.current().officer_id:
            abort(404)
        return redirect(url_for("manage.own", period=request.args.get("period")))  # type: ignore[return-value]
    page: Response | str
    with db.reading() as conn:
        filters = filters_of(conn)
        found = _officer(conn, filters, officer_id)
        person = organisation_queries.officers(conn, [officer_id])[officer_id]
        page = take(
            filters, taking.of_officer(found), f"{person.full_name} ({person.code})"
        ) if request.args.get("export") else render_template(
            "manage/officer.html", words=words, filters=filters, found=found, person=person,
            choices=filters.choices, reasons=words.reason_names(),
            low=words.low_reasons(), transcript=_transcript(conn, officer_id),
            counters={c.id: c.name for c in organisation_queries.counters(conn)},
            units={u.id: u for u in filters.units}, replies=replies.replies(conn, officer_id),
        )
    replies.note_look(
        officer_id, actor=access.actor(), now=clock.now(), period=filters.period.key
    )
    return page


def _course(
    conn: Connection, filters: Filters, rows: tuple[Figure, ...], overall: float | None, *,
    name: str, of: str,
) -> Response:
    title = _("Tỷ lệ hài lòng theo tháng")
    shown = [r for r in rows if r.share is not None and r.n]
    total = sum(r.n or 0 for r in shown)
    mean = sum((r.share or 0) * (r.n or 0) for r in shown) / total if total else 0.0
    drawn = drawings.course(
        [(month(int(r.key)), r) for r in rows], overall if overall is not None else mean,
        translations.language(), title,
    )
    return chart_files.answer(conn, filters, drawn, name=name, title=f"{title} – {of}")


@blueprint.get("/officers/<int:officer_id>/course.svg")
@access.requires(Data.FIGURES_OFFICERS)
def officer_course(officer_id: int) -> Response:
    """The officer's months in the band of their intervals."""
    with db.reading() as conn:
        filters = filters_of(conn)
        found = _officer(conn, filters, officer_id)
        return _course(conn, filters, found.course, found.row.overall,
                       name=f"officer-{officer_id}", of=found.row.label)


def _procedure(conn: Connection, filters: Filters, code: str) -> ProcedureDetail:
    if filters.groups is not None:
        filters.groups.require("procedure", code)
    found = detail.procedure(
        conn, code, filters.period, filters.unit_ids, filters.course, _today(),
        translations.language(), with_comments=_seen(Data.COMMENTS),
    )
    if found is None:
        abort(404)
    return found


@blueprint.get("/procedures/<code>")
@access.requires(Data.FIGURES)
def procedure(code: str) -> Response | str:
    """One procedure's figures, times and comments."""
    with db.reading() as conn:
        filters = filters_of(conn)
        found = _procedure(conn, filters, code)
        if request.args.get("export"):
            version = found.version
            return take(
                filters, taking.of_procedure(found), f"{version.name(translations.language())} ({code})"
            )
        fields = organisation_queries.fields(conn)
        return render_template(
            "manage/procedure.html", words=words, filters=filters, found=found,
            choices=filters.choices, field=fields[found.version.field_id],
            comments_seen=_seen(Data.COMMENTS),
        )


@blueprint.get("/procedures/<code>/course.svg")
@access.requires(Data.FIGURES)
def procedure_course(code: str) -> Response:
    """The procedure's months in the band of their intervals."""
    with db.reading() as conn:
        filters = filters_of(conn)
        found = _procedure(conn, filters, code)
        return _course(conn, filters, found.course, found.row.overall,
                       name=found.version.code, of=found.version.code)


def _own_page(officer_id: int, error: str = "", text: str = "") -> Response | str:
    with db.reading() as conn:
        filters = filters_of(conn)
        found = detail.officer(
            conn, officer_id, filters.period, filters.unit_ids, filters.course, _today(),
            with_comments=False,
        )
        if request.args.get("export"):
            if found is None or not detail.own_row(found.row):
                abort(404)
            return take(filters, taking.of_officer(found), found.row.label)
        return render_template(
            "manage/own.html", words=words, filters=filters, error=error, text=text,
            row=found.row if found else None,
            found=found if found and detail.own_row(found.row) else None,
            officer_id=officer_id, choices=filters.choices,
            reasons=words.reason_names(), low=words.low_reasons(),
            replies=replies.replies(conn, officer_id), longest=replies.LONGEST,
        )


def _own_id() -> int:
    """The officer that the account is of; 404 for everybody else."""
    officer_id = access.current().officer_id
    if access.reach(Data.FIGURES_OFFICERS) != Scope.OWN or officer_id is None:
        abort(404)
    return officer_id


@blueprint.get("/own")
@access.requires(Data.FIGURES_OFFICERS)
def own() -> Response | str:
    """An officer's own aggregate, and what was said to it."""
    return _own_page(_own_id())


@blueprint.post("/own")
@access.requires(Data.FIGURES_OFFICERS)
def reply() -> Response | tuple[Response | str, int]:
    """Add a reply to the own figures of a period; what was typed is kept when it cannot be taken."""
    officer_id, text = _own_id(), request.form.get("text", "")
    with db.reading() as conn:
        period = filters_of(conn).period.key
    try:
        replies.reply(officer_id, period, text, actor=access.actor(), now=clock.now())
    except RuleError as error:
        said = {
            "reply_empty": _("Chưa có nội dung: xin viết ý kiến rồi gửi."),
            "reply_too_long": _("Ý kiến dài quá %(n)s ký tự: xin rút ngắn.", n=replies.LONGEST),
        }
        return _own_page(officer_id, said.get(error.code, error.detail), text), 422
    return redirect(url_for("manage.own", period=period), code=303)  # type: ignore[return-value]
