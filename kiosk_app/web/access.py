"""The access gate: every view carries a mark, a view without one is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from kiosk_app.accounts import queries as account_queries
from kiosk_app.accounts.permissions import GROUPS_ONLY, Data, Scope, allowed, may_change
from kiosk_app.core import clock, db
from kiosk_app.core.audit import Actor
from kiosk_app.devices import commands as device_commands
from kiosk_app.devices import invitations
from kiosk_app.devices import queries as device_queries
from kiosk_app.devices.records import InvitationRecord
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.web import translations
from kiosk_app.web.extensions import htmx

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mark:
    """What a view needs: a kind of data, a tablet, an API scope, or nothing (public)."""

    kind: str
    data: Data | None = None
    scope: str = ""


@dataclass(frozen=True)
class Principal:
    """Who is logged in."""

    user_id: int
    username: str
    display_name: str
    role: str
    unit_id: int | None
    officer_id: int | None


def _marked(mark: Mark) -> Callable[[View], View]:
    def attach(view: View) -> View:
        view.access_mark = mark  # type: ignore[attr-defined]
        return view

    return attach


def requires(data: Data) -> Callable[[View], View]:
    """Only roles that reach ``data``; how far is asked by ``reach`` and ``visible_units``.

    A method other than GET or HEAD also asks that the role may change ``data``.
    """
    return _marked(Mark("data", data))


def public(view: View) -> View:
    """Everybody."""
    return _marked(Mark("public"))(view)


def device(view: View) -> View:
    """A tablet with its token (a revoked one may still deliver: the view decides)."""
    return _marked(Mark("device"))(view)


def calling(view: View) -> View:
    """A tablet in force that asks for a call: known by one look that also finds the call."""
    return _marked(Mark("calling"))(view)


def sender(view: View) -> View:
    """A tablet with its token, or an API key of scope ``ratings``."""
    return _marked(Mark("sender", scope="ratings"))(view)


def api(scope: str) -> Callable[[View], View]:
    """An API key with this scope."""
    return _marked(Mark("api", scope=scope))


def results(view: View) -> View:
    """An API key of scope ``results``, or a role that reaches figures."""
    return _marked(Mark("results", data=Data.FIGURES, scope="results"))(view)


def signed_in(view: View) -> View:
    """Anybody with an account."""
    return _marked(Mark("signed_in"))(view)


def mark_of(app: Flask, endpoint: str) -> Mark | None:
    """The mark of an endpoint's view, or None."""
    if endpoint == "static":
        return Mark("public")
    mark = getattr(app.view_functions.get(endpoint), "access_mark", None)
    return mark if isinstance(mark, Mark) else None


def _principal() -> Principal | None:
    user_id = session.get("user_id")
    if user_id is None:
        return None
    with db.reading() as conn:
        found = account_queries.user(conn, int(user_id))
    if found is None or not found.active or found.session_epoch != session.get("epoch"):
        translations.forget_session()
        return None
    return Principal(
        found.id, found.username, found.display_name, found.role, found.unit_id, found.officer_id
    )


def optional() -> Principal | None:
    """Who is logged in, or None."""
    if "principal" not in g:
        g.principal = _principal()
    found: Principal | None = g.principal
    return found


def current() -> Principal:
    """Who is logged in; 401 without."""
    found = optional()
    if found is None:
        abort(401)
    return found


def actor() -> Actor:
    """The one who acts, for the audit trail."""
    found = current()
    return Actor(found.username, found.role)


def _bearer() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def this_device() -> device_queries.DeviceRecord:
    """The tablet that asks; 401 without a known token."""
    if "device" not in g:
        token = _bearer() or request.cookies.get("kiosk_device", "")
        with db.reading() as conn:
            g.device = device_queries.by_token(conn, token) if token else None
    if g.device is None:
        abort(401)
    found: device_queries.DeviceRecord = g.device
    return found


def this_call() -> tuple[int, InvitationRecord | None]:
    """The tablet that asks and the call it should show; 401 without a token in force."""
    if "call" not in g:
        token = _bearer()
        with db.reading() as conn:
            g.call = token and invitations.for_device(
                conn, device_commands.token_hash(token), clock.now()
            )
    if not g.call:
        abort(401)
    found: tuple[int, InvitationRecord | None] = g.call
    return found


def api_key(scope: str) -> account_queries.ApiKeyRecord | None:
    """The API key that asks, if it is in force and has ``scope``."""
    token = _bearer()
    if not token:
        return None
    with db.reading() as conn:
        found = account_queries.api_key_by_secret(conn, token)
    return found if found and not found.revoked and scope in found.scopes else None


def reach(data: Data) -> Scope:
    """How far the one who asks reaches for ``data``."""
    return allowed(current().role, data)


def groups_only() -> bool:
    """Whether the one who asks is told figures of groups of officers only."""
    return current().role in GROUPS_ONLY


def changes(data: Data) -> bool:
    """Whether the one who asks may change ``data``."""
    return may_change(current().role, data)


def visible_units(conn: Connection, data: Data | None = None) -> list[int]:
    """Units whose ``data`` (default: the view's) the one who asks may see."""
    who = current()
    mark = mark_of(current_app, request.endpoint or "")
    wanted = data or (mark.data if mark else None)
    scope = allowed(who.role, wanted) if wanted else Scope.NONE
    if scope == Scope.ALL:
        return list(organisation_queries.units(conn))
    if scope in (Scope.OWN_UNITS, Scope.OWN) and who.unit_id is not None:
        return organisation_queries.descendants(conn, who.unit_id)
    return []


def check_unit(unit_id: int, data: Data | None = None) -> None:
    """404 for a unit that the one who asks may not see: its existence is not told either."""
    with db.reading() as conn:
        if unit_id not in visible_units(conn, data):
            abort(404)


def is_local(target: str) -> bool:
    """Whether an address stays on this service."""
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc and target.startswith("/") and "\\" not in target


def _wants_page() -> bool:
    return not request.path.startswith("/api/")


def _reached(data: Data) -> bool:
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        return changes(data)
    return reach(data) != Scope.NONE


def _refuse_unless_allowed(mark: Mark) -> Response | None:
    if mark.kind == "device":
        this_device()
    elif mark.kind == "calling":
        this_call()
    elif mark.kind == "sender":
        if api_key(mark.scope) is None:
            this_device()
    elif mark.kind == "api":
        if api_key(mark.scope) is None:
            abort(401)
    elif mark.kind == "results" and api_key(mark.scope) is not None:
        return None
    elif optional() is None:
        return _to_login()
    elif mark.data is not None and not _reached(mark.data):
        abort(403)
    return None


def _to_login() -> Response:
    """A page is asked to log in and comes back; a part of a page sends its whole page there."""
    if htmx:
        page = urlsplit(htmx.current_url or "")
        target = f"{page.path}?{page.query}" if page.query else page.path
        return Response(status=204, headers={"HX-Redirect": url_for("auth.login", next=target or None)})
    if request.method != "GET" or not _wants_page():
        abort(401)
    return redirect(url_for("auth.login", next=request.full_path.rstrip("?")), code=303)


def gate() -> Response | None:
    """Before each request: deny by default."""
    if request.endpoint is None:
        return None
    mark = mark_of(current_app, request.endpoint)
    if mark is None:
        abort(403)
    return None if mark.kind == "public" else _refuse_unless_allowed(mark)


def init_app(app: Flask) -> None:
    """Put the gate before every request."""
    app.before_request(gate)
