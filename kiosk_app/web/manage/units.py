"""Units of a past period by the units of another day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Response, abort, request
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import db
from kiosk_app.reporting import reorganisation
from kiosk_app.reporting.reorganisation import RollUp
from kiosk_app.web import access, translations
from kiosk_app.web.manage import tables, taking
from kiosk_app.web.manage.surface import (
    Taken,
    blueprint,
    filters_of,
    page_asked,
    render,
    take,
)


def _day(days: list[date], default: date) -> date:
    asked = request.args.get("on", "")
    if not asked:
        return default
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        abort(404)
    return day if day in (*days, default) else abort(404)


def _rolled(found: RollUp, on: date) -> Taken:
    rows = [
        [r.figure.label, "; ".join(r.members), r.figure.n, r.figure.eligible, r.figure.coverage,
         r.figure.share, r.figure.low, r.figure.high] for r in found.rows
    ]
    head = [_("Đơn vị"), _("Gồm"), "n", _("hồ sơ đủ điều kiện"), _("độ phủ"),
            _("tỷ lệ hài lòng"), _("thấp"), _("cao")]
    notes = [_("Theo đơn vị của ngày %(day)s.", day=f"{on:%d/%m/%Y}"), *taking.share_notes()]
    notes += [_("Không phân bổ lại được: %(name)s.", name=one.label) for one in found.unplaced]
    return Taken(_("Đơn vị"), head, rows, notes)


def _unplaced(found: RollUp, on: date) -> Taken:
    return Taken(
        _("Không phân bổ lại được"), [_("Đơn vị"), "n", _("Chia về")],
        [[one.label, one.n, "; ".join(one.into)] for one in found.unplaced],
        [_("Theo đơn vị của ngày %(day)s.", day=f"{on:%d/%m/%Y}")],
    )


@blueprint.get("/units")
@access.requires(Data.FIGURES)
def units() -> Response | str:
    """The period's units then, or as they were after a reorganisation."""
    with db.reading() as conn:
        filters = filters_of(conn)
        days = reorganisation.days_of_change(conn)
        on = _day(days, filters.period.last_day)
        found = reorganisation.roll_up(
            conn, filters.period, filters.unit_ids, on, translations.language()
        )
    if (groups := filters.groups) is not None:
        found = replace(
            found, rows=tuple(r for r in found.rows if groups.enough("unit", *r.keys)), unplaced=())
    if request.args.get("sort"):
        places = {id(r.figure): r for r in found.rows}
        ordered = tables.in_order([r.figure for r in found.rows], {})
        found = replace(found, rows=tuple(places[id(one)] for one in ordered))
    if request.args.get("export"):
        return take(filters, {
            "units": lambda: _rolled(found, on), "unplaced": lambda: _unplaced(found, on),
        })
    page, pages = page_asked(len(found.rows), tables.PAGE_ROWS)
    return render(
        "units", "_units", filters, found=found, days=days, on=on, page=page, pages=pages,
        shown=found.rows[(page - 1) * tables.PAGE_ROWS : page * tables.PAGE_ROWS],
    )
