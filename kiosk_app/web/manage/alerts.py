"""Alerts: what changed for good, within a budget of false alarms that is said in words."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.alerts import commands, queries, rules
from kiosk_app.alerts.episodes import episodes
from kiosk_app.core import clock, db
from kiosk_app.core.columns import day_of, from_ms
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.web import access, translations, typed
from kiosk_app.web.manage.surface import (
    Filters,
    blueprint,
    download,
    filters_of,
    page_asked,
    render,
)
from kiosk_app.web.presentation import number

CARDS = 20
"""Lasting changes on one page, those that wait for a person first."""


def budget_words(n: int) -> str:
    """The budget as a sentence: ``nhiều nhất sáu báo động giả một năm``."""
    spoken = {1: _("một"), 2: _("hai"), 3: _("ba"), 6: _("sáu"), 12: _("mười hai"),
              24: _("hai mươi bốn")}
    return str(_("nhiều nhất %(n)s báo động giả một năm", n=spoken.get(n, number(n))))


def _sets_budget(filters: Filters) -> bool:
    """The budget is for all units together: who sees them all may set it."""
    with db.reading() as conn:
        every = {u.id for u in organisation_queries.receiving_units(conn)}
    return access.changes(Data.ALERTS) and {u.id for u in filters.units} == every


def _page(problem: str = "", status: int = 200, typed_ref: str = "") -> tuple[Response | str, int]:
    with db.reading() as conn:
        filters = filters_of(conn)
        seen = [u.id for u in filters.units] if not filters.unit else filters.unit_ids
        months = filters.period.months if request.args.get("period") else None
        found = queries.alerts(
            conn, seen, first_day=months[0] * 100 + 1 if months else 0,
            last_day=months[-1] * 100 + 31 if months else 99_991_231,
        )
        budget, outbox = queries.budget(conn), queries.outbox(conn)
        units = {u.id: u.name(translations.language()) for u in filters.units}
        procedures = {
            p.code: p.name(translations.language())
            for p in organisation_queries.procedures(conn).values()
        }
    if request.args.get("export"):
        head = [_("Đơn vị"), _("Thủ tục"), _("Từ ngày"), _("Ngày báo"), "n", _("tỷ lệ hài lòng"),
                _("thấp"), _("cao"), _("mức trước đây"), _("Ghi nhận")]
        body = [
            [units[a.found.unit_id], procedures.get(a.found.procedure_code, ""),
             f"{day_of(a.found.first_day)}", f"{day_of(a.found.day)}", a.found.n, a.found.share,
             a.found.low, a.found.high, a.found.expected,
             "; ".join(k.comment for k in a.acknowledgements)] for a in found
        ]
        every = [_("Mọi kỳ.")] if months is None else []
        return download(request.args["export"], _("Báo động"), filters, head, body,
                        [*every, _("Ngưỡng: %(words)s.", words=budget_words(budget))]), 200
    gathered = sorted(episodes(found), key=lambda one: not one.open)
    page, pages = page_asked(len(gathered), CARDS)
    return render(
        "alerts", "_alerts", filters, found=gathered, page=page, pages=pages,
        shown=gathered[(page - 1) * CARDS : page * CARDS], budget=budget, budgets=rules.BUDGETS,
        budget_words=budget_words, outbox=outbox, units=units, procedures=procedures,
        day_of=day_of, moment=from_ms, problem=problem, typed=request.form,
        open=sum(one.open for one in gathered), unit_refs={u.id: u.ref for u in filters.units},
        may_change=access.changes(Data.ALERTS),
        may_set=_sets_budget(filters), anytime=months is None, typed_ref=typed_ref,
        officers_seen=access.reach(Data.FIGURES_OFFICERS) in (Scope.OWN_UNITS, Scope.ALL),
        comments_seen=access.reach(Data.COMMENTS) in (Scope.OWN_UNITS, Scope.ALL),
    ), status


@blueprint.get("/alerts")
@access.requires(Data.ALERTS)
def alerts() -> tuple[Response | str, int]:
    """Alerts of the units seen, the newest first."""
    return _page()


@blueprint.post("/alerts/<ref>")
@access.requires(Data.ALERTS)
def acknowledge(ref: str) -> Response | tuple[Response | str, int]:
    """Acknowledge an alert with a comment."""
    with db.reading() as conn:
        filters = filters_of(conn)
    try:
        commands.acknowledge(
            ref, request.form.get("comment", ""), unit_ids=[u.id for u in filters.units],
            actor=access.actor(), now=clock.now(),
        )
    except NotFoundError:
        abort(404)
    except RuleError:
        return _page(_("Xin ghi việc sẽ làm hoặc điều đã biết, rồi ghi nhận."), 422, ref)
    flash(_("Đã ghi nhận báo động."))
    return redirect(url_for("manage.alerts"), 303)  # type: ignore[return-value]


@blueprint.post("/alerts")
@access.requires(Data.ALERTS)
def set_budget() -> Response:
    """Set how many false alarms a year are borne."""
    with db.reading() as conn:
        filters = filters_of(conn)
    if not _sets_budget(filters):
        abort(403)
    try:
        commands.set_budget(
            request.form.get("false_alarms", 0, type=typed.small), actor=access.actor(), now=clock.now()
        )
    except RuleError:
        abort(422)
    flash(_("Đã đặt ngưỡng; lần tính sau dùng ngưỡng mới."))
    return redirect(url_for("manage.alerts"), 303)  # type: ignore[return-value]
