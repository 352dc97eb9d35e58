"""The calendar of half-days by month, week and list, and its feed for calendar programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts import queries as accounts
from kiosk_app.accounts.permissions import Data, Scope, allowed
from kiosk_app.core import clock, db
from kiosk_app.organisation import days_off
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import feeds, icalendar, letters, queries, seats
from kiosk_app.training.records import HalfDayRecord, SessionRecord
from kiosk_app.training.rules import PART_ORDER
from kiosk_app.web import access
from kiosk_app.web.hr import checkins, forms, scope, sessions
from kiosk_app.web.hr.plans import View
from kiosk_app.web.hr.surface import blueprint

VIEWS = ("month", "week", "list")
SHOWN_A_DAY = 4
LIST_DAYS = 91
FEED_PAST, FEED_AHEAD = timedelta(days=62), timedelta(days=400)


@dataclass(frozen=True)
class Entry:
    """One half-day of one session in the calendar."""

    held: SessionRecord
    half: HalfDayRecord


def _turned(view: str, on: date, step: int) -> date:
    """The day that stands for the page before (−1) or after (+1)."""
    if view == "week":
        return on + timedelta(days=7 * step)
    if view == "list":
        return on + timedelta(days=LIST_DAYS * step)
    month = on.year * 12 + on.month - 1 + step
    return date(month // 12, month % 12 + 1, 1)


def span(view: str, on: date) -> tuple[date, date]:
    """First and last day shown."""
    if view == "list":
        return on, on + timedelta(days=LIST_DAYS - 1)
    first, last = on, on
    if view == "month":
        first, last = on.replace(day=1), _turned("month", on, 1) - timedelta(days=1)
    first -= timedelta(days=first.weekday())
    return first, last + timedelta(days=6 - last.weekday())


def asked() -> tuple[str, date]:
    """The view and the day that the address asks for; a month and today where it asks for neither."""
    view = request.args.get("view", "month")
    on = forms.read_day(request.args.get("on", "")) or scope.today()
    return view if view in VIEWS else "month", on if 2000 <= on.year <= 2100 else scope.today()


def entries(conn: Connection, first: date, last: date) -> dict[date, list[Entry]]:
    """Half-days in sight by day, in their order."""
    units = scope.units_in_sight(conn)
    found: dict[date, list[Entry]] = {}
    for held in queries.sessions(conn, first=first, last=last, unit_ids=units):
        if units is not None and not held.enrolled:
            continue
        for half in held.half_days:
            if first <= half.slot.day <= last:
                found.setdefault(half.slot.day, []).append(Entry(held, half))
    for listed in found.values():
        listed.sort(key=lambda one: (one.half.slot.starts_at, PART_ORDER[one.half.slot.part],
                                     one.held.code))
    return found


@blueprint.get("/calendar")
@access.requires(Data.TRAINING)
def calendar() -> View:
    if scope.scope() == Scope.OWN:
        return redirect(url_for("hr.own"), 303)
    view, on = asked()
    first, last = span(view, on)
    with db.reading() as conn:
        found, now = entries(conn, first, last), sessions.sessions_today(conn)
        rest = days_off.between(conn, first, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return render_template(
        "hr/calendar.html", view=view, on=on, today=scope.today(), first=first, last=last,
        found=found, sessions_today=now, weeks=[days[n:n + 7] for n in range(0, len(days), 7)],
        before=_turned(view, on, -1), after=_turned(view, on, 1), shown=SHOWN_A_DAY,
        total=sum(len(one) for one in found.values()), off=rest.off, worked=rest.worked,
        holidays=[one for one in rest.off.values() if not one.weekend],
    )


@blueprint.get("/feed")
@access.signed_in
def feed_page() -> str:
    _require_training()
    return _feed_page()


def _require_training() -> None:
    if allowed(access.current().role, Data.TRAINING) == Scope.NONE:
        abort(403)


def _feed_page(address: str = "") -> str:
    with db.reading() as conn:
        renewed = feeds.renewed_at(conn, access.current().user_id)
    return render_template("hr/feed.html", renewed=renewed, address=address)


@blueprint.post("/feed")
@access.signed_in
def renew_feed() -> str:
    _require_training()
    token = feeds.renew(access.current().user_id, actor=access.actor(), now=clock.now())
    flash(_("Đã tạo địa chỉ mới. Địa chỉ cũ, nếu có, không dùng được nữa."))
    return _feed_page(checkins.base_url() + url_for("hr.feed", token=token))


@blueprint.get("/feed/<token>.ics")
@access.public
def feed(token: str) -> Response:
    now = clock.now()
    host = urlsplit(checkins.base_url()).hostname or "kiosk"
    with db.reading() as conn:
        user = accounts.user(conn, feeds.owner(conn, token) or 0)
        if user is None or not user.active:
            abort(404)
        today = now.date()
        held = queries.sessions(conn, first=today - FEED_PAST, last=today + FEED_AHEAD,
                                unit_ids=_feed_units(conn, user.role, user.unit_id))
        reach = allowed(user.role, Data.TRAINING)
        if reach == Scope.NONE:
            abort(404)
        if reach == Scope.OWN:
            mine = {row.session_id: row.state
                    for row in queries.roster_rows(conn, officer_id=user.officer_id or 0)}
            held = [one for one in held if mine.get(one.id) in seats.SEATED]
        elif reach == Scope.OWN_UNITS:
            held = [one for one in held if one.enrolled]
    text = icalendar.calendar(
        (event for one in held for event in letters.events(
            one, host, sequence=one.sequence * letters.SEQUENCE_STEP)),
        name=_("Lịch tập huấn"), stamp=now,
    )
    answer = Response(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _feed_units(conn: Connection, role: str, unit_id: int | None) -> list[int] | None:
    """Units whose people count in a feed; None means all."""
    if allowed(role, Data.TRAINING) != Scope.OWN_UNITS:
        return None
    return organisation.descendants(conn, unit_id) if unit_id is not None else []
