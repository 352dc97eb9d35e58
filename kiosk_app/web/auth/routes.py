"""Views of logging in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk_app.accounts import commands, queries
from kiosk_app.core import clock, db
from kiosk_app.web import access, translations

blueprint = Blueprint("auth", __name__)
START = {
    "manager": "manage.overview", "inspector": "manage.overview", "auditor": "manage.overview",
    "case_handler": "manage.overview", "hr": "hr.index", "officer": "desk.index",
    "administrator": "admin.tablets",
}


@blueprint.get("/")
@access.public
def home() -> Response:
    """To the start page of the role, or to the login."""
    translations.language()
    who = access.optional()
    target = START.get(who.role, "auth.login") if who else "auth.login"
    return redirect(url_for(target), code=303)


@blueprint.route("/login", methods=["GET", "POST"])
@access.public
def login() -> Response | tuple[str, int] | str:
    """Ask for name and password."""
    target = request.args.get("next", "")
    target = target if access.is_local(target) else ""
    if request.method == "GET":
        return render_template("auth/login.html", failed=False, username="", target=target)
    username = request.form.get("username", "")
    user_id = commands.log_in(username, request.form.get("password", ""), now=clock.now())
    if user_id is None:
        page = render_template("auth/login.html", failed=True, username=username, target=target)
        return page, 401
    with db.reading() as conn:
        found = queries.user(conn, user_id)
    translations.forget_session()
    session["user_id"] = user_id
    session["epoch"] = found.session_epoch if found else -1
    return redirect(target or url_for("auth.home"), code=303)


@blueprint.post("/logout")
@access.public
def logout() -> Response:
    """End the session."""
    translations.forget_session()
    return redirect(url_for("auth.login"), code=303)
