"""A learner says what the session was like: one question a screen, no name, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db, keys
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.questionnaires import rules
from kiosk_app.training import queries, reactions
from kiosk_app.training.reactions import Invited
from kiosk_app.web import access
from kiosk_app.web.hr import words
from kiosk_app.web.hr.own import me
from kiosk_app.web.hr.plans import UNPROCESSABLE, View
from kiosk_app.web.hr.surface import blueprint


@blueprint.get("/own/<int:session_id>/reaction")
@access.requires(Data.OWN_TRAINING)
def own_reaction(session_id: int) -> View:
    """From the code on the room's screen to the own link, which knows no account."""
    with db.reading() as conn:
        row = next((one for one in queries.roster_rows(
            conn, session_ids=[session_id], officer_id=me())), None)
    if row is None:
        abort(404)
    secret = reactions.token(keys.current(), session_id, row.enrolment_id)
    return redirect(url_for("hr.reaction", token=secret), 303)


def _value(written: str) -> object:
    return int(written) if written.isdecimal() and len(written) == 1 else written


def _said(questions: list[Mapping[str, Any]]) -> dict[str, object]:
    """Answers on the path so far, with the one that was just tapped or without the one taken back."""
    given = {name[2:]: _value(value) for name, value in request.form.items()
             if name.startswith("a-")}
    known = {str(one["code"]) for one in questions}
    asked = request.form.get("question", "")
    if asked in known and "answer" in request.form:
        given[asked] = _value(request.form["answer"])
    if "back" in request.form:
        on_path = rules.walk(questions, given).answered
        given.pop(on_path[-1] if on_path else "", None)
    return rules.kept(questions, {code: one for code, one in given.items() if code in known})


def _refused(error: str) -> View:
    return render_template(
        "hr/reaction.html", error=error, held=None, done=False, given={}), UNPROCESSABLE


def _question(who: Invited, given: Mapping[str, object]) -> str:
    questions = who.definition["questions"]
    at = rules.walk(questions, given)
    question = next((one for one in questions if one["code"] == at.now), None)
    factors = {one["code"]: one["text"] for one in who.definition["factors"]}
    return render_template(
        "hr/reaction.html", held=who.session, definition=who.definition, question=question,
        given=given, number=len(at.answered) + 1, total=len(at.answered) + at.left, done=False,
        factor=factors[question["factor"]] if question else {}, days=reactions.OPEN_DAYS,
        comment=request.form.get("comment", ""), longest=reactions.COMMENT_MAX,
    )


@blueprint.get("/reaction/<token>")
@access.public
def reaction(token: str) -> View:
    try:
        with db.reading() as conn:
            who = reactions.invited(conn, token, clock.now())
    except RuleError as refused:
        return _refused(words.explain(refused))
    except NotFoundError:
        abort(404)
    return _question(who, {})


@blueprint.post("/reaction/<token>")
@access.public
def react(token: str) -> View:
    """The link is the only authority; who is logged in is not asked."""
    try:
        with db.reading() as conn:
            who = reactions.invited(conn, token, clock.now())
        given = _said(who.definition["questions"])
        problem = rules.judge(who.definition, given)
        if problem is not None:
            raise RuleError("reaction_unreadable", problem)
        if "send" not in request.form:
            return _question(who, given)
        reactions.answer(token, given, request.form.get("comment", ""), now=clock.now())
    except RuleError as refused:
        return _refused(words.explain(refused))
    except NotFoundError:
        abort(404)
    return render_template("hr/reaction.html", held=who.session, done=True, given={})
