"""What a session changed, on four levels; the newest estimate or the one that was published."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.errors import RuleError
from kiosk_app.reporting import effects, reactions
from kiosk_app.reporting.effect_records import Kept
from kiosk_app.training import queries
from kiosk_app.training.records import SessionRecord
from kiosk_app.web import access, translations
from kiosk_app.web.hr import effect_words, sessions, words
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint

GROUP = 5
"""Fewest people of whom a mean is told."""


def _shown(conn: Connection, held: SessionRecord) -> tuple[Kept | None, Kept | None, list[Kept]]:
    """What the page shows, the newest estimate, and all publications."""
    newest, out = effects.newest(conn, held.id), effects.published(conn, held.id)
    if request.args.get("version") == "newest" or not out:
        return newest, newest, out
    return out[0], newest, out


def _page(session_id: int, problem: str = "") -> str:
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        shown, newest, out = _shown(conn, held)
        said = reactions.of_session(conn, held, clock.now())
        both = [
            (before, after) for row in queries.roster(conn, held.id)
            if (before := row.value("pre")) is not None
            and (after := row.value("post")) is not None and row.state not in queries.GONE
        ]
    means = None
    if len(both) >= GROUP:
        means = [sum(pair[i] for pair in both) / len(both) for i in (0, 1)]
    return render_template(
        "hr/effect.html", held=held, tab="effect", shown=shown, newest=newest, published=out,
        say=effect_words, learnt=len(both), means=means, problem=problem, reactions=said,
    )


@blueprint.get("/sessions/<int:session_id>/effect")
@access.requires(Data.TRAINING)
def effect(session_id: int) -> str:
    return _page(session_id)


@blueprint.post("/sessions/<int:session_id>/effect")
@access.requires(Data.TRAINING)
def publish_effect(session_id: int) -> View:
    require_editor()
    with db.reading() as conn:
        sessions.load(conn, session_id)
    try:
        effects.publish(
            session_id, request.form.get("version", ""), actor=access.actor(), now=clock.now()
        )
    except RuleError as refused:
        return _page(session_id, words.explain(refused)), UNPROCESSABLE
    flash(_("Đã công bố. Con số này từ nay không đổi."))
    return redirect(url_for("hr.effect", session_id=session_id), 303)


@blueprint.get("/sessions/<int:session_id>/effect.svg")
@access.requires(Data.TRAINING)
def effect_chart(session_id: int) -> Response:
    from kiosk_app.reporting import drawings  # matplotlib, when a chart is asked for

    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        shown, _newest, _out = _shown(conn, held)
    if shown is None or not shown.effect.months:
        return Response(status=204)
    when = _("Lớp %(code)s, %(days)s", code=held.code,
             days=words.days_text(held.slots, with_year=True))
    answer = Response(
        drawings.effect(shown.effect, when, translations.language(), _("Tác động của lớp")),
        content_type="image/svg+xml; charset=utf-8",
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
