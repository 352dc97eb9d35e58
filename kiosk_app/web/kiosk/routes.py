"""Views of the tablet: the page with JavaScript, and the same screens as plain forms."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk_app.core import clock, db
from kiosk_app.core.errors import NotFoundError
from kiosk_app.feedback import commands as feedback_commands
from kiosk_app.feedback import receipts
from kiosk_app.feedback.records import ReceiptState
from kiosk_app.feedback.rules import COMMENT_MAX
from kiosk_app.web import access, extensions, steps, translations, typed
from kiosk_app.web.kiosk import survey
from kiosk_app.web.kiosk.surface import QUESTIONNAIRE, REF, TILES, blueprint, device, gone


def _find(typed: str, *, full: bool) -> ReceiptState:
    tablet_, now, lang = device(), clock.now(), translations.language()
    if not extensions.look_ups().take(tablet_.id if tablet_ else 0, now=now):
        return ReceiptState("unknown")
    unit_id = tablet_.unit_id if tablet_ else None
    with db.reading() as conn:
        if full:
            return steps.named(receipts.by_code(conn, typed, unit_id=unit_id, now=now, lang=lang))
        if unit_id is not None:
            found = receipts.by_digits(conn, typed, unit_id=unit_id, now=now, lang=lang)
            return steps.named(found)
    return ReceiptState("unknown")


def _receipt_page(
    *, full: bool, typed: str = "", state: str = "", known: ReceiptState | None = None
) -> str:
    return render_template(
        "kiosk/form.html", screen="receipt", body="k-receipt k-code", full=full, typed=typed,
        state=state, known=known, questionnaire=QUESTIONNAIRE,
    )


@blueprint.route("/form/receipt", methods=["GET", "POST"])
@access.public
def form_receipt() -> str | Response:
    """Ask for the receipt's code."""
    full = request.args.get("full") == "1"
    if request.method == "GET":
        return _receipt_page(full=full)
    typed = request.form.get("code" if full else "digits", "").strip()[:200]
    if not typed:
        return _receipt_page(full=full)
    known = _find(typed, full=full)
    if known.state == "rated" and known.receipt and request.form.get("contest"):
        feedback_commands.contest(known.receipt, None, now=clock.now())
        return _receipt_page(full=full, typed=typed, state="contested")
    sure = (full and not known.elsewhere) or request.form.get("mine")
    if known.state == "open" and sure:
        return redirect(url_for("kiosk.form_rate", receipt=known.receipt), code=303)
    if known.state == "unknown" and request.form.get("anyway"):
        target = (
            url_for("kiosk.form_rate", receipt=typed) if full
            else url_for("kiosk.form_rate", hint=typed)
        )
        return redirect(target, code=303)
    if known.state == "ambiguous" or request.form.get("notmine"):
        return _receipt_page(full=True, state=known.state if known.state == "ambiguous" else "")
    state = known.state if known.state != "open" else "elsewhere" if known.elsewhere else "found"
    return _receipt_page(full=full, typed=typed, state=state, known=known)


def _shown(receipt: str) -> dict[str, str] | None:
    if not receipt:
        return None
    known = _find(receipt, full=True)
    return {
        "code": known.receipt or receipt, "procedure": known.procedure or "–",
        "officer": known.officer_display or "–",
    }


def _rate_page() -> str:
    rating_id = request.args.get("rating_id", "")
    receipt, hint = request.args.get("receipt", "")[:200], request.args.get("hint", "")[:16]
    if rating_id:
        receipt = str((feedback_commands.read_draft(rating_id) or {}).get("receipt") or "")
    hidden = {"receipt": receipt, "hint": hint, "rating_id": rating_id}
    return render_template(
        "kiosk/form.html", screen="rate", body="k-rate", found=_shown(receipt),
        hidden={k: v for k, v in hidden.items() if v}, questionnaire=QUESTIONNAIRE,
    )


def _item(rating_id: str, level: int, secret: str) -> dict[str, object]:
    receipt = request.form.get("receipt", "")[:200]
    return {
        "id": rating_id, "epoch": None, "seq": None, "kind": "rating", "relates_to": None,
        "level": level, "receipt": receipt or None,
        "receipt_hint": request.form.get("hint", "")[:16] or None,
        "follow_hash": hashlib.sha256(secret.encode()).hexdigest(), "step": None,
        "channel": "tablet" if device() else "phone", "entry": "typed" if receipt else None,
        "questionnaire": REF, "answers": {}, "reasons": [], "comment": None, "contact": None,
        "lang": translations.language(), "rated_at": clock.now().isoformat(),
        "clock_offset_ms": 0, "duration_ms": None,
    }


@blueprint.route("/form/rate", methods=["GET", "POST"])
@access.public
def form_rate() -> str | Response:
    """The five faces; the tap writes a draft."""
    if request.method == "GET":
        return _rate_page()
    level = request.form.get("level", 0, type=typed.small)
    if level not in range(1, 6):
        abort(400)
    rating_id = request.form.get("rating_id", "")
    known = feedback_commands.read_draft(rating_id) if rating_id else None
    tablet_ = device()
    if known is None:
        rating_id = str(uuid.uuid4())
        secret = secrets.token_urlsafe(16)
        known = _item(rating_id, level, secret)
    known = {**known, "level": level, "reasons": []}
    feedback_commands.save_draft(
        rating_id, known, device_id=tablet_.id if tablet_ else None, now=clock.now()
    )
    return redirect(url_for("kiosk.form_why", rating_id=rating_id), code=303)


@blueprint.route("/form/why/<rating_id>", methods=["GET", "POST"])
@access.public
def form_why(rating_id: str) -> str | Response:
    """Optional reasons."""
    draft = feedback_commands.read_draft(rating_id)
    if draft is None:
        return gone()
    wrong_phone = request.args.get("phone") == "wrong"
    if request.method == "GET":
        level = draft.get("level")
        which = "low" if isinstance(level, int) and level <= 3 else "high"
        return render_template(
            "kiosk/form.html", screen="why", body="k-why", rating_id=rating_id,
            factors=TILES[which], chosen=draft.get("reasons") or [], comment=draft.get("comment") or "",
            questionnaire=QUESTIONNAIRE, wish=survey.wish_of(rating_id), wrong_phone=wrong_phone,
        )
    codes = [code for value in request.form.getlist("reason") for code in value.split()]
    comment = request.form.get("comment", "").strip()[:COMMENT_MAX] or None
    tablet_ = device()
    feedback_commands.save_draft(
        rating_id, {**draft, "reasons": codes, "comment": comment}, device_id=tablet_.id if tablet_ else None,
        now=clock.now(),
    )
    if not survey.keep_wish(survey.at_tablet(), rating_id, draft):
        return redirect(url_for("kiosk.form_why", rating_id=rating_id, phone="wrong"), code=303)
    return redirect(url_for("kiosk.form_thanks", rating_id=rating_id), code=303)


@blueprint.route("/form/thanks/<rating_id>", methods=["GET", "POST"])
@access.public
def form_thanks(rating_id: str) -> str | Response:
    """Thanks; done seals, withdraw removes, and after two minutes the worker seals."""
    if request.method == "GET":
        if feedback_commands.read_draft(rating_id) is None:
            return gone()
        offered = survey.running(survey.at_tablet().unit_id)
        return render_template(
            "kiosk/form.html", screen="thanks", body="k-thanks", rating_id=rating_id, follow="",
            questionnaire=QUESTIONNAIRE, questions=len(offered["questions"]) if offered else 0,
        )
    if request.form.get("withdraw"):
        survey.take_back(rating_id)
    elif request.form.get("survey"):
        return survey.open_survey(survey.at_tablet(), rating_id)
    else:
        try:
            survey.settle(rating_id)
        except NotFoundError:
            return gone()
    return redirect(url_for("kiosk.tablet"), code=303)
