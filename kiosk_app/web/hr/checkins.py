"""The half-day itself: code on the room's screen, roster on a tablet, sign-in sheet and its keying."""

from __future__ import annotations

import hashlib

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db, keys
from kiosk_app.core.collation import alphabetical
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.documents import typesetting
from kiosk_app.organisation import letterhead
from kiosk_app.training import checkin, commands, reactions
from kiosk_app.training.records import HalfDayRecord, SessionRecord
from kiosk_app.training.rules import ATTENDED
from kiosk_app.web import access, typed
from kiosk_app.web.extensions import htmx
from kiosk_app.web.hr import forms, sessions, words
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint

SHEET_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
TAPPED = ("present", "late", "absent", "excused")


def _half(held: SessionRecord, half_day_id: int) -> HalfDayRecord:
    half = next((one for one in held.half_days if one.id == half_day_id), None)
    if half is None:
        abort(404)
    return half


def _listed(
    conn: Connection, session_id: int, half_day_id: int
) -> tuple[SessionRecord, HalfDayRecord, list[sessions.Person]]:
    """Session, half-day and people as a sheet numbers them: by name, then code."""
    held = sessions.load(conn, session_id)
    people = sessions.people(conn, held)
    return held, _half(held, half_day_id), sorted(
        people, key=lambda one: (alphabetical(one.name), one.code)
    )


def base_url() -> str:
    """Where phones reach this service."""
    settings = current_app.config["KIOSK_SETTINGS"]
    return str(settings.public_url or request.url_root.rstrip("/"))


@blueprint.get("/sessions/<int:session_id>/screen/<int:half_day_id>")
@access.requires(Data.TRAINING)
def screen(session_id: int, half_day_id: int) -> str:
    require_editor()
    now = clock.now()
    with db.reading() as conn:
        held, half, people = _listed(conn, session_id, half_day_id)
    open_ = checkin.is_open(half.slot, now) and held.state != "cancelled"
    code = checkin.code_of(keys.current(), half.id, half.slot, checkin.window_of(now))
    address = base_url() + url_for("hr.own", code=code)
    ask = half == held.half_days[-1] and reactions.is_open(held, now)
    answer_at = base_url() + url_for("hr.own_reaction", session_id=held.id)
    return render_template(
        "hr/_screen.html" if htmx else "hr/screen.html", held=held, half=half, open=open_,
        code=f"{code[:3]} {code[3:]}" if open_ else "", seconds=checkin.seconds_left(now),
        qr=Markup(typesetting.qr_svg(address, sized=False)) if open_ else "",  # noqa: S704 - made by segno here
        where=base_url() + url_for("hr.own"), opens=half.slot.starts_at - checkin.OPENS_BEFORE,
        over=now >= half.slot.ends_at, total=len(people), ask=ask, answer_at=answer_at,
        answer_qr=Markup(typesetting.qr_svg(answer_at, sized=False)) if ask else "",  # noqa: S704 - made by segno here
        inside=sum(half.id in one.row.marks and one.row.marks[half.id].mark in ATTENDED
                   for one in people),
    )


@blueprint.get("/sessions/<int:session_id>/call/<int:half_day_id>")
@access.requires(Data.TRAINING)
def call(session_id: int, half_day_id: int) -> str:
    require_editor()
    return _call_page("hr/call.html", session_id, half_day_id)


def _call_page(
    template: str, session_id: int, half_day_id: int, error: str = "", only: int | None = None
) -> str:
    with db.reading() as conn:
        held, half, people = _listed(conn, session_id, half_day_id)
    said = [one.row.marks[half.id].mark for one in people if half.id in one.row.marks]
    return render_template(
        template, held=held, half=half, people=people, choices=TAPPED, error=error,
        begun=clock.now() >= half.slot.starts_at and held.state != "cancelled",
        counts={mark: said.count(mark) for mark in TAPPED},
        open_count=len(people) - sum(said.count(mark) for mark in TAPPED),
        one=next((one for one in people if one.row.enrolment_id == only), None),
    )


@blueprint.post("/sessions/<int:session_id>/call/<int:half_day_id>")
@access.requires(Data.TRAINING)
def call_one(session_id: int, half_day_id: int) -> View:
    require_editor()
    written = request.form.get("enrolment_id", "")
    one = typed.identifier(written) or 0
    error = ""
    try:
        if not one:
            raise RuleError("officer_unknown", "choose from the list")
        commands.record_attendance(
            session_id, {(one, half_day_id): request.form.get("mark", "")}, actor=access.actor(),
            now=clock.now(), note=request.form.get("note", "").strip(),
        )
    except RuleError as refused:
        error = words.explain(refused)
    except NotFoundError:
        abort(404)
    if htmx:
        return _call_page("hr/_call_row.html", session_id, half_day_id, error, only=one)
    if error:
        return _call_page("hr/call.html", session_id, half_day_id, error), UNPROCESSABLE
    return redirect(url_for("hr.call", session_id=session_id, half_day_id=half_day_id), 303)


def sheet_code(half: HalfDayRecord, people: list[sessions.Person]) -> str:
    """Five letters that stand for one half-day and one numbering of its people."""
    told = f"{half.id}|{half.slot.starts_at}|{[one.row.enrolment_id for one in people]}"
    digest = hashlib.sha256(told.encode()).digest()
    return "".join(SHEET_LETTERS[byte % len(SHEET_LETTERS)] for byte in digest[:5])


@blueprint.get("/sessions/<int:session_id>/sheet/<int:half_day_id>.pdf")
@access.requires(Data.TRAINING)
def sheet(session_id: int, half_day_id: int) -> Response:
    require_editor()
    with db.reading() as conn:
        held, half, people = _listed(conn, session_id, half_day_id)
        head = letterhead.read(conn, half.slot.day)
    body = typesetting.set_document("sign-in", {
        "title": held.title or held.course, "code": held.code, "sheet": sheet_code(half, people),
        "when": f"{words.slot_name(half.slot, with_year=True)}, {words.hours_text(half.slot)}",
        "room": held.room, "trainer": held.trainer,
        "body": head.bodies[1],
        "people": [{"name": one.name, "code": one.code, "unit": one.unit} for one in people],
        "labels": words.sheet_words(),
    })[0]
    answer = Response(body, mimetype="application/pdf")
    name = f"bang-ky-{half.slot.day:%Y%m%d}-{half.slot.part}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _sheet_page(session_id: int, half_day_id: int, form: forms.Form,
                read: dict[int, str] | None = None) -> str:
    with db.reading() as conn:
        held, half, people = _listed(conn, session_id, half_day_id)
    return render_template("hr/sheet.html", held=held, half=half, people=people, form=form,
                           read=read, changed={
                               one.row.enrolment_id for one in people if read
                               and half.id in one.row.marks
                               and one.row.marks[half.id].mark != read[one.row.enrolment_id]
                           })


@blueprint.get("/sessions/<int:session_id>/sheet/<int:half_day_id>")
@access.requires(Data.TRAINING)
def key_sheet(session_id: int, half_day_id: int) -> str:
    require_editor()
    return _sheet_page(session_id, half_day_id, forms.Form())


def _read_sheet(
    form: forms.Form, half: HalfDayRecord, people: list[sessions.Person]
) -> dict[int, str]:
    """Mark by enrolment: present for whom no number was typed; errors in the form."""
    code = sheet_code(half, people)
    if form.value("sheet").upper().replace(" ", "") != code:
        form.errors["sheet"] = _(
            "Mã bảng không khớp với danh sách hiện nay: bảng in trước khi danh sách hoặc buổi đổi, "
            "hoặc là của buổi khác. Xem góc phải trên của bảng, hoặc in bảng mới."
        )
    said: dict[int, str] = {}
    for name in ("late", "absent", "excused"):
        for number in forms.sheet_numbers(form, name, len(people)):
            if number in said:
                form.errors[name] = _("Số %(n)s được nhập ở hai ô.", n=number)
            said[number] = name
    return {one.row.enrolment_id: said.get(number, "present")
            for number, one in enumerate(people, 1)}


@blueprint.post("/sessions/<int:session_id>/sheet/<int:half_day_id>")
@access.requires(Data.TRAINING)
def take_sheet(session_id: int, half_day_id: int) -> View:
    require_editor()
    form = forms.Form(request.form)
    with db.reading() as conn:
        _held, half, people = _listed(conn, session_id, half_day_id)
    read = _read_sheet(form, half, people)
    if form.errors:
        return _sheet_page(session_id, half_day_id, form), UNPROCESSABLE
    if not form.checked("confirmed"):
        return _sheet_page(session_id, half_day_id, form, read)
    try:
        changed = commands.record_attendance(
            session_id, {(one, half_day_id): mark for one, mark in read.items()},
            actor=access.actor(), now=clock.now(), source="sheet",
            note=_("bảng ký %(code)s", code=form.value("sheet").upper()),
        )
    except RuleError as refused:
        form.errors["sheet"] = words.explain(refused)
        return _sheet_page(session_id, half_day_id, form), UNPROCESSABLE
    flash(_("Đã ghi %(n)s thay đổi điểm danh.", n=changed))
    return redirect(url_for("hr.attendance", session_id=session_id), 303)
