"""Views of the signed link: the tablet's screens on a phone, as plain forms without any storage.

The token in the address is the only authority, so nothing here reads a cookie and no form needs
the session's protection. The code never stands in an address.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from kiosk_app.core import clock, db, keys
from kiosk_app.core.columns import to_ms
from kiosk_app.core.errors import NotFoundError
from kiosk_app.dossiers import links
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.records import DossierFacts
from kiosk_app.dossiers.rules import is_expired, normal_form, resolve_step
from kiosk_app.feedback import commands as feedback_commands
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.feedback.rules import COMMENT_MAX
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.web import access, translations, typed
from kiosk_app.web.kiosk import survey
from kiosk_app.web.kiosk.surface import QUESTIONNAIRE, REF, TILES
from kiosk_app.web.presentation import here
from kiosk_app.web.steps import step_name

blueprint = Blueprint("phone", __name__, url_prefix="/r")
WRITING = timedelta(minutes=15)
"""A comment is typed slowly; after *Gửi* the draft is sealed like any other."""
LONGEST_MS = 10 * 60_000
"""A page left open says nothing about how long a rating took."""


@dataclass(frozen=True)
class Subject:
    """What a link leads to: the receipt, its facts if they are known, the step that is due."""

    token: str
    receipt: str
    facts: DossierFacts | None
    step: str | None
    state: str


def _subject(token: str, now: datetime) -> Subject:
    key = links.read(keys.current(), token)
    if key is None:
        abort(404)
    with db.reading() as conn:
        facts = dossier_queries.facts_by_key(conn, [key]).get(key)
        if facts is None:
            rated = feedback_queries.is_rated(conn, key, None)
            return Subject(token, key, None, None, "rated" if rated else "open")
        step = resolve_step(facts.slip_step, to_ms(now), facts.returned_ms)
        rated = feedback_queries.is_rated(conn, facts.code_key, step)
    gone = is_expired(facts.returned_ms, to_ms(now))
    receipt = facts.code if facts.slip_step is None else key
    return Subject(token, receipt, facts, step, "rated" if rated else "expired" if gone else "open")


def _settle_sent(subject: Subject, now: datetime) -> bool:
    """Seal what was sent over this link and rests on its thanks; whether there was anything.

    Who opens the link anew has left those thanks: there is one rating a step, at once.
    """
    with db.reading() as conn:
        resting = feedback_queries.drafts_with(
            conn, subject.receipt, sealed_by=now + feedback_commands.DRAFT_LIFE
        )
    own = [
        name for name, item in resting
        if item.get("kind") == "rating" and item.get("receipt") == subject.receipt
        and item.get("channel") == "phone"
    ]
    for name in own:
        with suppress(NotFoundError):
            survey.settle(name)
    return bool(own)


def _lang() -> str | None:
    """Carried by every address, because there may be no cookie to remember it."""
    return None if translations.language() == "vi" else translations.language()


def _rendered(template: str, **values: object) -> Response:
    page = render_template(
        template, questionnaire=QUESTIONNAIRE, lang_address=lambda code: here(lang=code), phone=True,
        **values,
    )
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _page(screen: str, body: str, **values: object) -> Response:
    return _rendered("kiosk/form.html", screen=screen, body=f"{body} k-phone", **values)


def _notice(title: str, text: str, **values: object) -> Response:
    return _page("notice", "k-thanks k-zero", title=title, text=text, **values)


def _closed(subject: Subject, *, noted: bool = False) -> Response:
    """Why this link takes no rating now."""
    if noted:
        return _notice(_("Đã ghi nhận lời báo của ông/bà."), _("Trung tâm sẽ xem lại việc này."))
    if subject.state == "expired":
        return _notice(
            _("Hồ sơ này đã quá hạn đánh giá."),
            _("Ông/bà vẫn có thể đánh giá tại máy tính bảng của Trung tâm, không cần giấy hẹn."),
        )
    return _notice(
        _("Giấy hẹn này đã được đánh giá."),
        _("Mỗi lần phục vụ được đánh giá một lần. Cảm ơn ông/bà."),
        contest=url_for("phone.contest", token=subject.token, lang=_lang()),
    )


def _shown(facts: DossierFacts | None) -> dict[str, str] | None:
    """Procedure and officer; the code stays out of the page as it stays out of the address."""
    if facts is None:
        return None
    with db.reading() as conn:
        procedure = organisation_queries.procedures(conn).get(facts.procedure_id)
        officer = organisation_queries.officers(conn, [facts.officer_id or 0]).get(facts.officer_id or 0)
    return {
        "code": "", "procedure": (
            procedure.name(translations.language()) if procedure
            else step_name(facts.slip_step or "") or "–"
        ),
        "officer": officer.full_name if officer else "–",
    }


def _secret(rating_id: str) -> str:
    """The secret of the follow page: made anew from the draft's id, kept nowhere."""
    value = keys.current().mac("links", b"follow-1\0" + rating_id.encode())[:16]
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def _took_ms(now: datetime) -> int | None:
    took = to_ms(now) - request.form.get("shown", 0, type=int)
    return took if 0 <= took <= LONGEST_MS else None


def _new_item(subject: Subject, rating_id: str, level: int, now: datetime) -> dict[str, object]:
    return {
        "id": rating_id, "epoch": None, "seq": None, "kind": "rating", "relates_to": None,
        "level": level, "receipt": subject.receipt, "receipt_hint": None,
        "follow_hash": hashlib.sha256(_secret(rating_id).encode()).hexdigest(), "step": subject.step,
        "channel": "phone", "entry": "link", "questionnaire": REF, "answers": {}, "reasons": [],
        "comment": None, "contact": None, "lang": translations.language(),
        "rated_at": now.isoformat(), "clock_offset_ms": 0, "duration_ms": _took_ms(now),
    }


def _draft(subject: Subject, rating_id: str) -> dict[str, object] | None:
    """The draft of this link, None once it is sealed; a draft of another link is not told."""
    draft = feedback_commands.read_draft(rating_id)
    if draft is None or normal_form(str(draft.get("receipt"))) != normal_form(subject.receipt):
        return None
    return draft


def _gone() -> Response:
    return _notice(_("Đánh giá đã được ghi nhận"), _("Cảm ơn ông/bà. Ông/bà có thể đóng trang này."))


def _place(subject: Subject) -> survey.Place:
    """The questions of the dossier's unit, behind this link."""
    token = subject.token
    return survey.Place(
        subject.facts.unit_id if subject.facts else None, None, WRITING,
        lambda rating_id, **at: url_for(
            "phone.questions", token=token, rating_id=rating_id, lang=_lang(), **at
        ),
        lambda rating_id: url_for(
            "phone.questions_end", token=token, rating_id=rating_id, lang=_lang()
        ),
        lambda **values: _rendered("kiosk/form_survey.html", body="k-phone", **values),
        _gone,
    )


@blueprint.errorhandler(404)
def unreadable(_error: Exception) -> tuple[Response, int]:
    """A damaged link is told to a citizen, who has no use for a login."""
    return _notice(
        _("Mã này không đọc được hoặc đã hết hạn."),
        _("Xin quét lại mã trên phiếu, hoặc hỏi cán bộ tại quầy."),
    ), 404


@blueprint.route("/<token>", methods=["GET", "POST"])
@access.public
def rate(token: str) -> Response | Answer:
    """The five faces; the tap writes a draft. "Quay lại" comes back here to change it."""
    now = clock.now()
    subject = _subject(token, now)
    rating_id = request.values.get("rating_id", "")
    opened = request.method == "GET" and not rating_id
    if opened and subject.state == "open" and _settle_sent(subject, now):
        subject = _subject(token, now)
    if subject.state != "open":
        return _closed(subject)
    draft = _draft(subject, rating_id) if rating_id else None
    if request.method == "GET":
        hidden = {"shown": str(to_ms(now))} | ({"rating_id": rating_id} if draft else {})
        return _page(
            "rate", "k-rate", found=_shown(subject.facts), hidden=hidden,
            action=url_for("phone.rate", token=token, lang=_lang()),
        )
    level = request.form.get("level", 0, type=typed.small)
    if level not in range(1, 6):
        abort(400)
    if draft is None:
        rating_id = str(uuid.uuid4())
        draft = _new_item(subject, rating_id, level, now)
    feedback_commands.save_draft(
        rating_id, {**draft, "level": level, "reasons": []}, device_id=None, now=now, life=WRITING
    )
    return redirect(url_for("phone.why", token=token, rating_id=rating_id, lang=_lang()), 303)


@blueprint.route("/<token>/<uuid:rating_id>/why", methods=["GET", "POST"])
@access.public
def why(token: str, rating_id: uuid.UUID) -> Response | Answer:
    """Optional reasons, comment and wish to be called."""
    now, name = clock.now(), str(rating_id)
    subject = _subject(token, now)
    draft = _draft(subject, name)
    if draft is None:
        return _gone()
    if request.method == "GET":
        level = draft.get("level")
        which = "low" if isinstance(level, int) and level <= 3 else "high"
        return _page(
            "why", "k-why", factors=TILES[which], chosen=draft.get("reasons") or [],
            comment=draft.get("comment") or "", wish=survey.wish_of(name),
            wrong_phone=request.args.get("phone") == "wrong",
            action=url_for("phone.why", token=token, rating_id=name, lang=_lang()),
            back=url_for("phone.rate", token=token, rating_id=name, lang=_lang()),
        )
    codes = [code for value in request.form.getlist("reason") for code in value.split()]
    comment = request.form.get("comment", "").strip()[:COMMENT_MAX] or None
    feedback_commands.save_draft(
        name, {**draft, "reasons": codes, "comment": comment}, device_id=None, now=now
    )
    if not survey.keep_wish(_place(subject), name, draft):
        again = url_for("phone.why", token=token, rating_id=name, lang=_lang(), phone="wrong")
        return redirect(again, 303)
    return redirect(url_for("phone.thanks", token=token, rating_id=name, lang=_lang()), 303)


@blueprint.route("/<token>/<uuid:rating_id>/thanks", methods=["GET", "POST"])
@access.public
def thanks(token: str, rating_id: uuid.UUID) -> Response | Answer | str:
    """Thanks; *Xong* seals, *Rút lại* removes, and after two minutes the worker seals."""
    now, name = clock.now(), str(rating_id)
    subject = _subject(token, now)
    if _draft(subject, name) is None:
        return _gone()
    place = _place(subject)
    if request.method == "GET":
        offered = survey.running(place.unit_id)
        return _page(
            "thanks", "k-thanks", follow=url_for("public.follow", secret=_secret(name)),
            questions=len(offered["questions"]) if offered else 0,
            action=url_for("phone.thanks", token=token, rating_id=name, lang=_lang()),
        )
    if request.form.get("withdraw"):
        survey.take_back(name)
        return _notice(_("Đã rút lại đánh giá"), _("Không có gì được ghi nhận. Cảm ơn ông/bà."))
    try:
        if request.form.get("survey"):
            return survey.open_survey(place, name)
        verdict = survey.settle(name)
    except NotFoundError:
        return _gone()
    return _closed(subject) if verdict.reason == "already_rated" else _gone()


@blueprint.route("/<token>/<uuid:rating_id>/questions", methods=["GET", "POST"])
@access.public
def questions(token: str, rating_id: uuid.UUID) -> Response | Answer | str:
    """The survey, one question a page."""
    subject, name = _subject(token, clock.now()), str(rating_id)
    if _draft(subject, survey.sibling(name, "survey")) is None:
        return _gone()
    return survey.questions(_place(subject), name)


@blueprint.route("/<token>/<uuid:rating_id>/questions/end", methods=["GET", "POST"])
@access.public
def questions_end(token: str, rating_id: uuid.UUID) -> Response | Answer | str:
    """Its thanks."""
    subject, name = _subject(token, clock.now()), str(rating_id)
    if _draft(subject, survey.sibling(name, "survey")) is None:
        return _gone()
    return survey.ending(_place(subject), name) or _gone()


@blueprint.post("/<token>/contest")
@access.public
def contest(token: str) -> Response:
    """The citizen says: I have not rated. Flags it for a person's look."""
    subject = _subject(token, clock.now())
    feedback_commands.contest(subject.receipt, subject.step, now=clock.now())
    return _closed(subject, noted=True)
