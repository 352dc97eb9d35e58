"""Views of the administrator."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from kiosk_app.accounts import commands as account_commands
from kiosk_app.accounts import queries as account_queries
from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.core import clock, db
from kiosk_app.core.errors import KioskError, RuleError
from kiosk_app.devices import commands as device_commands
from kiosk_app.devices import queries as device_queries
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.web import access, typed
from kiosk_app.web.admin import words

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


def _tablets_page(status: int = 200, error: str = "") -> tuple[str, int]:
    with db.reading() as conn:
        units = organisation_queries.units(conn)
        visible = set(access.visible_units(conn, Data.TABLETS))
        page = render_template(
            "admin/tablets.html",
            tablets=[d for d in device_queries.devices(conn) if d.unit_id in visible],
            units=units, counters=organisation_queries.counters(conn), receiving=organisation_queries.receiving_units(conn),
            waiting=device_queries.waiting_codes(conn, clock.now()),
            may_edit=access.changes(Data.ACCOUNTS), form=request.form, error=error,
        )
    return page, status


@blueprint.get("/")
@access.signed_in
def index() -> Response:
    """To the first page of set-up that the role may see."""
    pages = ((Data.TABLETS, "admin.tablets"), (Data.ACCOUNTS, "admin.users"), (Data.AUDIT, "admin.audit"))
    found = next((page for data, page in pages if access.reach(data) != Scope.NONE), None)
    if found is None:
        abort(403)
    return redirect(url_for(found), code=303)


@blueprint.get("/tablets")
@access.requires(Data.TABLETS)
def tablets() -> tuple[str, int]:
    """Tablets and codes that wait."""
    return _tablets_page()


def _chosen_unit() -> int:
    chosen = request.form.get("unit_id", 0, type=typed.small)
    with db.reading() as conn:
        if chosen not in organisation_queries.units(conn):
            raise RuleError("unit_unknown", "choose a unit of the list", field="unit_id")
    return chosen


def _chosen_counter() -> int | None:
    chosen = request.form.get("counter_id", 0, type=typed.small)
    if not chosen:
        return None
    with db.reading() as conn:
        here = {c.id for c in organisation_queries.counters(conn, _chosen_unit()) if c.active}
    if chosen not in here:
        raise RuleError("counter_elsewhere", "choose a counter of the unit", field="counter_id")
    return chosen


@blueprint.post("/tablets/approve")
@access.requires(Data.ACCOUNTS)
def approve_tablet() -> Response | tuple[str, int]:
    """Approve the tablet that shows a code."""
    try:
        device_commands.approve(
            request.form.get("code", ""), name=request.form.get("name", "").strip(),
            unit_id=_chosen_unit(), counter_id=_chosen_counter(),
            actor=access.actor(), now=clock.now(),
        )
    except KioskError as error:
        return _tablets_page(422, words.explain(error))
    flash(_("Đã ghép máy."))
    return redirect(url_for("admin.tablets"), code=303)


@blueprint.post("/tablets/<int:device_id>/revoke")
@access.requires(Data.ACCOUNTS)
def revoke_tablet(device_id: int) -> Response:
    """Revoke a tablet's token."""
    device_commands.revoke(device_id, actor=access.actor(), now=clock.now())
    flash(_("Đã thu hồi máy; hàng chờ của máy sẽ vào khu cách ly."))
    return redirect(url_for("admin.tablets"), code=303)


def _users_page(status: int = 200, error: str = "", secret: str = "") -> tuple[str, int]:
    with db.reading() as conn:
        page = render_template(
            "admin/users.html", users=account_queries.users(conn), roles=words.role_names(),
            may_edit=access.changes(Data.ACCOUNTS),
            units=organisation_queries.units(conn), form=request.form, error=error, secret=secret,
        )
    return page, status


@blueprint.route("/users", methods=["GET", "POST"])
@access.requires(Data.ACCOUNTS)
def users() -> tuple[str, int]:
    """Accounts; a new one's password is shown once."""
    if request.method == "GET":
        return _users_page()
    try:
        password = account_commands.add_user(
            request.form.get("username", ""), role=request.form.get("role", ""),
            unit_id=_chosen_unit() if request.form.get("unit_id") else None, actor=access.actor(), now=clock.now(),
        )
    except KioskError as error:
        return _users_page(422, words.explain(error))
    return _users_page(secret=password)


@blueprint.post("/users/<username>/disable")
@access.requires(Data.ACCOUNTS)
def disable_user(username: str) -> Response:
    """Close an account."""
    account_commands.disable_user(username, actor=access.actor(), now=clock.now())
    return redirect(url_for("admin.users"), code=303)
