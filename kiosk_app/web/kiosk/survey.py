"""The survey and the request to be called back as plain forms, and what a tablet learns of a round."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import NotFoundError
from kiosk_app.feedback import commands as feedback_commands
from kiosk_app.feedback import contact, surveys
from kiosk_app.feedback.records import Verdict
from kiosk_app.questionnaires import queries as questionnaire_queries
from kiosk_app.questionnaires import rules
from kiosk_app.web import access
from kiosk_app.web.kiosk.surface import QUESTIONNAIRE, blueprint, device, gone

CARRIED = ("receipt", "receipt_hint", "step", "channel", "entry", "lang")


@dataclass(frozen=True)
class Place:
    """Where the forms stand: at a paired tablet, or behind a signed link on somebody's phone."""

    unit_id: int | None
    """Whose round is asked; None asks nothing."""
    device_id: int | None
    life: timedelta
    """How long a draft may rest before the worker seals it."""
    survey: Callable[..., str]
    """The address of the questions of a rating; ``at`` chooses one."""
    end: Callable[[str], str]
    """The address of their end."""
    page: Callable[..., str | Response]
    """``form_survey.html`` with its values."""
    gone: Callable[[], str | Response]
    """What is shown when nothing is left to answer."""


def at_tablet() -> Place:
    """The paired tablet whose cookie the form bears."""
    tablet = device()
    return Place(
        tablet.unit_id if tablet else None, tablet.id if tablet else None, feedback_commands.DRAFT_LIFE,
        lambda rating_id, **at: url_for("kiosk.form_survey", rating_id=rating_id, **at),
        lambda rating_id: url_for("kiosk.form_survey_end", rating_id=rating_id),
        lambda **values: render_template(
            "kiosk/form_survey.html", questionnaire=QUESTIONNAIRE, body="", **values
        ),
        gone,
    )


def running(unit_id: int | None) -> dict[str, Any] | None:
    """The survey that runs today at a unit, or None."""
    if unit_id is None:
        return None
    with db.reading() as conn:
        found = questionnaire_queries.running_round(
            conn, unit_id, clock.now().astimezone(LOCAL_ZONE).date()
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


def _save(place: Place, item: dict[str, object]) -> None:
    feedback_commands.save_draft(
        str(item["id"]), item, device_id=place.device_id, now=clock.now(), life=place.life
    )


def keep_wish(place: Place, rating_id: str, rating: dict[str, object]) -> bool:
    """Keep or drop the request to be called back that a form bears; False if its number is none."""
    name = sibling(rating_id, "contact")
    if not request.form.get("callback"):
        feedback_commands.withdraw_draft(name)
        return True
    phone = re.sub(r"[ .\-()]", "", request.form.get("phone", ""))[:20]
    asked: dict[str, object] = {"phone": phone, "consent_version": contact.CONSENT}
    if surveys.contact_refusal(asked):
        return False
    _save(place, _beside(rating, rating_id, kind="contact", contact=asked))
    return True


def wish_of(rating_id: str) -> str:
    """The number that was typed on this form before, or ''."""
    kept = (feedback_commands.read_draft(sibling(rating_id, "contact")) or {}).get("contact")
    return str(kept.get("phone") or "") if isinstance(kept, dict) else ""


def open_survey(place: Place, rating_id: str) -> Response | str:
    """Seal the rating and open the survey that points to it. NotFoundError if the rating is gone."""
    rating, definition = feedback_commands.read_draft(rating_id), running(place.unit_id)
    if rating is None or definition is None:
        return place.gone()
    _save(place, _beside(rating, rating_id, kind="survey", questionnaire=definition["ref"]))
    settle(rating_id)
    return redirect(place.survey(rating_id), code=303)


def settle(rating_id: str) -> Verdict:
    """Seal the rating and what was said beside it. NotFoundError if the rating is gone."""
    verdict = feedback_commands.seal_draft(rating_id, now=clock.now())
    with suppress(NotFoundError):
        feedback_commands.seal_draft(sibling(rating_id, "contact"), now=clock.now())
    return verdict


def take_back(rating_id: str) -> None:
    """Remove the draft of the rating and what was said beside it."""
    for name in (rating_id, sibling(rating_id, "contact")):
        feedback_commands.withdraw_draft(name)


def _answers(item: dict[str, object]) -> dict[str, object]:
    kept = item.get("answers")
    return dict(kept) if isinstance(kept, dict) else {}


def _ask(
    place: Place, rating_id: str, definition: dict[str, Any], answers: dict[str, object], at: str, *,
    missing: bool = False,
) -> str | Response:
    questions = definition["questions"]
    walk = rules.walk(questions, answers)
    codes = [*walk.answered, *([walk.now] if walk.now else [])]
    at = at if at in codes else codes[-1]
    number = codes.index(at) + 1
    question = next(q for q in questions if q["code"] == at)
    back = place.survey(rating_id, at=codes[number - 2]) if number > 1 else None
    factor: dict[str, Any] = next((f for f in definition["factors"] if f["code"] == question["factor"]), {"text": {}})
    return place.page(
        definition=definition, action=place.survey(rating_id),
        question=question, number=number, total=max(len(codes) - 1 + max(walk.left, 1), number),
        factor=factor, chosen=answers.get(at), back=back, missing=missing,
    )


def questions(place: Place, rating_id: str) -> str | Response:
    """One question a page; each answer is kept, and sealed when the person stops or leaves."""
    item = feedback_commands.read_draft(sibling(rating_id, "survey"))
    with db.reading() as conn:
        ref = str((item or {}).get("questionnaire"))
        definition = questionnaire_queries.definition(conn, ref) if item else None
    if item is None or definition is None:
        return place.gone()
    answers = _answers(item)
    if request.method == "GET":
        return _ask(place, rating_id, definition, answers, request.args.get("at", ""))
    return _take(place, rating_id, item, definition, answers)


def _take(
    place: Place, rating_id: str, item: dict[str, object], definition: dict[str, Any],
    answers: dict[str, object],
) -> str | Response:
    asked, code = definition["questions"], request.form.get("question", "")
    given = request.form.get("answer", "")
    answer: object = int(given) if given.isdecimal() and len(given) == 1 else given
    said = bool(given) and rules.judge(definition, {code: answer}) is None
    if said:
        answers = rules.kept(asked, {**answers, code: answer})
        _save(place, {**item, "answers": answers})
    ends = rules.walk(asked, answers).now is None and (
        not said or rules.following(asked, code, answer) == rules.END
    )
    if request.form.get("stop") or ends:
        return redirect(place.end(rating_id), code=303)
    if not said:
        return _ask(place, rating_id, definition, answers, code, missing=True)
    return redirect(place.survey(rating_id, at=rules.following(asked, code, answer)), code=303)


def ending(place: Place, rating_id: str) -> str | Response | None:
    """Thanks; done seals the answers, withdraw removes them, the worker seals them in the end.

    None once the person has said which.
    """
    name = sibling(rating_id, "survey")
    item = feedback_commands.read_draft(name)
    if item is None or not _answers(item):
        feedback_commands.withdraw_draft(name)
        return place.gone()
    if request.method == "GET":
        return place.page(question=None, action=place.end(rating_id))
    if request.form.get("withdraw"):
        feedback_commands.withdraw_draft(name)
    else:
        feedback_commands.seal_draft(name, now=clock.now())
    return None


@blueprint.route("/form/survey/<uuid:rating_id>", methods=["GET", "POST"])
@access.public
def form_survey(rating_id: uuid.UUID) -> str | Response:
    """The survey on the tablet without JavaScript."""
    return questions(at_tablet(), str(rating_id))


@blueprint.route("/form/survey/<uuid:rating_id>/end", methods=["GET", "POST"])
@access.public
def form_survey_end(rating_id: uuid.UUID) -> str | Response:
    """Its thanks."""
    return ending(at_tablet(), str(rating_id)) or redirect(url_for("kiosk.tablet"), code=303)
