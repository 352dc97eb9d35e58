"""The survey and the request to be called back as plain forms, and what a tablet learns of a round."""

from __future__ import annotations

import re
import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import NotFoundError
from kiosk_app.feedback import commands as feedback_commands
from kiosk_app.feedback import contact, surveys
from kiosk_app.questionnaires import queries as questionnaire_queries
from kiosk_app.questionnaires import rules
from kiosk_app.web import access
from kiosk_app.web.kiosk.surface import QUESTIONNAIRE, blueprint, device, gone

CARRIED = ("receipt", "receipt_hint", "step", "channel", "entry", "lang")


def running() -> dict[str, Any] | None:
    """The survey that runs today at the unit of this paired tablet, or None."""
    tablet = device()
    if tablet is None:
        return None
    with db.reading() as conn:
        found = questionnaire_queries.running_round(
            conn, tablet.unit_id, clock.now().astimezone(LOCAL_ZONE).date()
        )
        return questionnaire_queries.definition(conn, found.questionnaire) if found else None


def sibling(rating_id: str, kind: str) -> str:
    """The id of the survey or the wish that belongs to a rating's form: one, however often sent."""
    return str(uuid.uuid5(uuid.UUID(rating_id), kind))


def _beside(rating: dict[str, object], rating_id: str, **told: object) -> dict[str, object]:
    return {
        "id": sibling(rating_id, str(told["kind"])), "epoch": None, "seq": None,
        "relates_to": rating_id, "level": None, "follow_hash": None, "answers": {}, "reasons": [],
        "comment": None, "contact": None, "rated_at": clock.now().isoformat(),
        "clock_offset_ms": 0, "duration_ms": None, "questionnaire": rating["questionnaire"],
        **{name: rating.get(name) for name in CARRIED}, **told,
    }


def _save(item: dict[str, object]) -> None:
    tablet = device()
    feedback_commands.save_draft(
        str(item["id"]), item, device_id=tablet.id if tablet else None, now=clock.now()
    )


def keep_wish(rating_id: str, rating: dict[str, object]) -> bool:
    """Keep or drop the request to be called back that a form bears; False if its number is none."""
    name = sibling(rating_id, "contact")
    if not request.form.get("callback"):
        feedback_commands.withdraw_draft(name)
        return True
    phone = re.sub(r"[ .\-()]", "", request.form.get("phone", ""))[:20]
    asked: dict[str, object] = {"phone": phone, "consent_version": contact.CONSENT}
    if surveys.contact_refusal(asked):
        return False
    _save(_beside(rating, rating_id, kind="contact", contact=asked))
    return True


def wish_of(rating_id: str) -> str:
    """The number that was typed on this form before, or ''."""
    kept = (feedback_commands.read_draft(sibling(rating_id, "contact")) or {}).get("contact")
    return str(kept.get("phone") or "") if isinstance(kept, dict) else ""


def open_survey(rating_id: str) -> Response | str:
    """Seal the rating and open the survey that points to it."""
    rating, definition = feedback_commands.read_draft(rating_id), running()
    if rating is None or definition is None:
        return gone()
    _save(_beside(rating, rating_id, kind="survey", questionnaire=definition["ref"]))
    settle(rating_id)
    return redirect(url_for("kiosk.form_survey", rating_id=rating_id), code=303)


def settle(rating_id: str) -> None:
    """Seal the rating and what was said beside it. NotFoundError if the rating is gone."""
    feedback_commands.seal_draft(rating_id, now=clock.now())
    try:
        feedback_commands.seal_draft(sibling(rating_id, "contact"), now=clock.now())
    except NotFoundError:
        return


def take_back(rating_id: str) -> None:
    """Remove the draft of the rating and what was said beside it."""
    for name in (rating_id, sibling(rating_id, "contact")):
        feedback_commands.withdraw_draft(name)


def _answers(item: dict[str, object]) -> dict[str, object]:
    kept = item.get("answers")
    return dict(kept) if isinstance(kept, dict) else {}


def _ask(
    rating_id: str, definition: dict[str, Any], answers: dict[str, object], at: str, *,
    missing: bool = False,
) -> str:
    questions = definition["questions"]
    walk = rules.walk(questions, answers)
    codes = [*walk.answered, *([walk.now] if walk.now else [])]
    at = at if at in codes else codes[-1]
    number = codes.index(at) + 1
    question = next(q for q in questions if q["code"] == at)
    back = url_for("kiosk.form_survey", rating_id=rating_id, at=codes[number - 2]) if number > 1 else None
    factor: dict[str, Any] = next((f for f in definition["factors"] if f["code"] == question["factor"]), {"text": {}})
    return render_template(
        "kiosk/form_survey.html", questionnaire=QUESTIONNAIRE, definition=definition,
        question=question, number=number, total=max(len(codes) - 1 + max(walk.left, 1), number),
        factor=factor, chosen=answers.get(at), back=back, missing=missing, rating_id=rating_id,
    )


@blueprint.route("/form/survey/<uuid:rating_id>", methods=["GET", "POST"])
@access.public
def form_survey(rating_id: uuid.UUID) -> str | Response:
    """One question a page; each answer is kept, and sealed when the person stops or leaves."""
    item = feedback_commands.read_draft(sibling(str(rating_id), "survey"))
    with db.reading() as conn:
        ref = str((item or {}).get("questionnaire"))
        definition = questionnaire_queries.definition(conn, ref) if item else None
    if item is None or definition is None:
        return gone()
    answers = _answers(item)
    if request.method == "GET":
        return _ask(str(rating_id), definition, answers, request.args.get("at", ""))
    return _take(str(rating_id), item, definition, answers)


def _take(
    rating_id: str, item: dict[str, object], definition: dict[str, Any], answers: dict[str, object]
) -> str | Response:
    questions, code = definition["questions"], request.form.get("question", "")
    given = request.form.get("answer", "")
    answer: object = int(given) if given.isdigit() else given
    said = bool(given) and rules.judge(definition, {code: answer}) is None
    if said:
        answers = rules.kept(questions, {**answers, code: answer})
        _save({**item, "answers": answers})
    ends = rules.walk(questions, answers).now is None and (
        not said or rules.following(questions, code, answer) == rules.END
    )
    if request.form.get("stop") or ends:
        return redirect(url_for("kiosk.form_survey_end", rating_id=rating_id), code=303)
    if not said:
        return _ask(rating_id, definition, answers, code, missing=True)
    return redirect(
        url_for("kiosk.form_survey", rating_id=rating_id, at=rules.following(questions, code, answer)),
        code=303,
    )


@blueprint.route("/form/survey/<uuid:rating_id>/end", methods=["GET", "POST"])
@access.public
def form_survey_end(rating_id: uuid.UUID) -> str | Response:
    """Thanks; done seals the answers, withdraw removes them, the worker seals them in the end."""
    name = sibling(str(rating_id), "survey")
    item = feedback_commands.read_draft(name)
    if item is None or not _answers(item):
        feedback_commands.withdraw_draft(name)
        return gone()
    if request.method == "GET":
        return render_template(
            "kiosk/form_survey.html", questionnaire=QUESTIONNAIRE, question=None, rating_id=rating_id
        )
    if request.form.get("withdraw"):
        feedback_commands.withdraw_draft(name)
    else:
        feedback_commands.seal_draft(name, now=clock.now())
    return redirect(url_for("kiosk.tablet"), code=303)
