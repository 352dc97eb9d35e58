"""Fair tables of officers and procedures: sorted by name or size, never by rate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.core import db
from kiosk_app.core.collation import alphabetical
from kiosk_app.organisation.rules import name_key
from kiosk_app.reporting import change, drawings, periods, satisfaction
from kiosk_app.reporting.change import Change
from kiosk_app.reporting.records import Figure
from kiosk_app.web import access, translations
from kiosk_app.web.manage import chart_files, words
from kiosk_app.web.manage.surface import (
    Filters,
    blueprint,
    download,
    filters_of,
    page_asked,
    render,
)

PAGE_ROWS = 50
MOVES = {"down": 0, "up": 1, "same": 2}
"""Changes against the period before, in the order of the table sorted by them."""
TIERS = ("clearly_below", "clearly_above", "no_difference", "few", "not_comparable", "too_few", "hidden")
SORTS: dict[str, Callable[[Figure], Any]] = {
    "label": lambda row: alphabetical(row.label), "n": lambda row: -(row.n or 0),
    "coverage": lambda row: -(row.coverage or 0),
    "tier": lambda row: (TIERS.index(_tier(row)), alphabetical(row.label)),
}
"""By rate never: a table sorted by rate is a league table."""
DETAILS = {
    "officers": ("manage.officer", "officer_id"), "procedures": ("manage.procedure", "code"),
}
"""View of one row and the name of its key there."""
COLUMNS = ("coverage", "share", "adjusted", "interval", "change", "reliability", "tier")


def _columns() -> list[str]:
    asked = request.args.getlist("columns")
    return [c for c in COLUMNS if c in asked] if asked else list(COLUMNS)


def _tier(row: Figure) -> str:
    """What a row can be filtered by: that colleagues lack is another thing than that ratings do."""
    if row.n is None:
        return "hidden"
    return "few" if row.few and row.tier == "too_few" else row.tier or "too_few"


def _asked(name: str, among: Collection[str]) -> str:
    """A choice of the request, '' where it is none of those there are."""
    found = request.args.get(name, "")
    return found if found in among else ""


def _move(change: Change | None) -> str:
    if change is None:
        return ""
    return "same" if not change.clear else "down" if change.difference < 0 else "up"


def _by_change(change: Change | None) -> tuple[int, float]:
    """Clear changes first, then those that chance explains least; never by the rate itself."""
    return (9, 0.0) if change is None else (MOVES[_move(change)], change.p_value)


def _chosen(rows: Sequence[Figure], moved: Mapping[str, Change]) -> list[Figure]:
    """The rows that the filter keeps, in the order asked for."""
    wanted, tier = name_key(request.args.get("q", "").strip()), _asked("tier", TIERS)
    move, shown = _asked("move", MOVES), request.args.get("shown") == "1"
    found = [
        row for row in rows
        if wanted in name_key(row.label) and (not tier or _tier(row) == tier)
        and (not move or _move(moved.get(row.key)) == move) and (not shown or row.share is not None)
    ]
    return in_order(found, moved)


def in_order(rows: Sequence[Figure], moved: Mapping[str, Change]) -> list[Figure]:
    """Rows in the order that the address asks for; by name without one."""
    asked = request.args.get("sort", "label")
    if asked == "change":
        return sorted(rows, key=lambda row: _by_change(moved.get(row.key)))
    return sorted(rows, key=SORTS.get(asked, SORTS["label"]))


def _said() -> str:
    """The filter and the order in words, for a file."""
    wanted, tier, move = request.args.get("q", "").strip(), _asked("tier", TIERS), _asked("move", MOVES)
    named = words.sort_names()
    return str(_("Lọc: tên có “%(q)s”, nhận định %(tier)s, thay đổi %(move)s, dòng %(rows)s. Xếp theo: "
                 "%(sort)s.", q=wanted or "*", tier=words.tier_name(tier) if tier else "*",
                 move=words.move_names().get(move, "*"),
                 rows=_("có số liệu") if request.args.get("shown") == "1" else "*",
                 sort=named[_asked("sort", named) or "label"]))


def _changes(
    conn: Connection, filters: Filters, dimension: str, rows: Sequence[Figure]
) -> tuple[Change, ...]:
    """Rows against the period before, as far as there is one."""
    earlier = periods.before(filters.period)
    if not set(earlier.months) & set(filters.months):
        return ()
    return change.among(
        rows, satisfaction.shares(conn, earlier, filters.unit_ids, dimension)
    )


def _export(
    kind: str, title: str, filters: Filters, rows: Sequence[Figure], changes: Sequence[Change]
) -> Response:
    moved = {c.key: c.difference for c in changes}
    head = [title, "n", _("hồ sơ đủ điều kiện"), _("độ phủ"), _("tỷ lệ hài lòng"),
            _("thấp"), _("cao"), _("đã điều chỉnh"), _("nhận định"), _("đã điều chỉnh, thấp"),
            _("đã điều chỉnh, cao"), _("độ tin cậy"), _("cần thêm lượt"),
            _("chênh so kỳ trước")]
    body = [
        [r.label, r.n, r.eligible, r.coverage, r.share, r.low, r.high, r.adjusted,
         words.tier_name(_tier(r)) if r.tier else "", r.adjusted_low, r.adjusted_high,
         r.reliability, r.still_needed, moved.get(r.key)] for r in rows
    ]
    return download(kind, title, filters, head, body, [
        _said(),
        _("Tỷ lệ hài lòng: mức 4 và 5 trên tổng số lượt; khoảng 95% theo Wilson; ô trống: chưa đủ "
          "lượt nên ẩn. Thấp, cao: khoảng 95% của cột đứng trước."),
        _("Đã điều chỉnh: so với mức dự kiến cho đúng các hồ sơ đã nhận; không dùng để xếp hạng."),
        _("Độ tin cậy 0–1: phần khác biệt giữa các dòng là thật chứ không phải may rủi; so sánh khi từ "
          "0,7. Cần thêm lượt: ước số lượt còn thiếu để so được. Chênh so kỳ trước: từ −1 đến 1."),
    ])


def _scale(rows: Sequence[Figure]) -> float:
    """Left end of the drawn intervals: a tenth below the lowest, for all rows of the page."""
    lows = [r.adjusted_low if r.adjusted_low is not None else r.low for r in rows]
    least = min((low for low in lows if low is not None), default=0.5)
    return max(0.0, min(0.9, int(least * 10) / 10))


def _table(
    kind: str, title: str, rows: Sequence[Figure], filters: Filters, changes: Sequence[Change]
) -> Response | str:
    if filters.beside:
        abort(404)
    moved = {c.key: c for c in changes}
    chosen = _chosen(rows, moved)
    if request.args.get("export"):
        return _export(request.args["export"], title, filters, chosen, changes)
    page, pages = page_asked(len(chosen), PAGE_ROWS)
    return render(
        "table", "_table", filters, kind=kind, title=title, every=rows, total=len(chosen),
        rows=chosen[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], page=page,
        pages=pages, columns=_columns(), least=_scale(rows),
        saying=words.tiers_sentence(kind, rows), moved=moved, moves=words.moves(changes),
        of_detail=DETAILS[kind], filled=sum(row.share is not None for row in rows),
        units={str(u.id): u.name(translations.language()) for u in filters.units},
        turned=words.turned(changes, periods.before(filters.period)), tiers=TIERS, all_columns=COLUMNS,
        family=_family(rows), hidden=words.hidden_rows(kind, rows, one_unit=filters.unit is not None),
    )


def _family(rows: Sequence[Figure]) -> str:
    """The family that the funnel shows: that of most subjects placed."""
    placed = [r.family for r in rows if r.adjusted is not None]
    return max(sorted(set(placed)), key=placed.count) if placed else ""


def officer_rows(conn: Connection, filters: Filters) -> tuple[Figure, ...]:
    """Officers of the selection; an officer sees the own row only, from a reliability of .5."""
    rows = satisfaction.by_officer(conn, filters.period, filters.unit_ids)
    if access.reach(Data.FIGURES_OFFICERS) == Scope.OWN:
        own = str(access.current().officer_id)
        return tuple(r for r in rows if r.key == own and (r.reliability or 0) >= 0.5)
    return rows


def _procedure_rows(conn: Connection, filters: Filters) -> tuple[Figure, ...]:
    return filters.told(satisfaction.by_procedure(
        conn, filters.period, filters.unit_ids, translations.language()
    ), "procedure")


@blueprint.get("/officers")
@access.requires(Data.FIGURES_OFFICERS)
def officers() -> Response | str:
    """Officers by name, compared on like cases."""
    with db.reading() as conn:
        filters = filters_of(conn)
        rows = officer_rows(conn, filters)
        changes = _changes(conn, filters, "officer", rows)
    return _table("officers", _("Cán bộ"), rows, filters, changes)


@blueprint.get("/procedures")
@access.requires(Data.FIGURES)
def procedures() -> Response | str:
    """Procedures by name."""
    with db.reading() as conn:
        filters = filters_of(conn)
        rows = _procedure_rows(conn, filters)
        changes = _changes(conn, filters, "procedure", rows)
    return _table("procedures", _("Các thủ tục"), rows, filters, changes)


def _funnel(
    conn: Connection, filters: Filters, rows: Sequence[Figure], name: str, title: str
) -> Response:
    family = _family(rows)
    drawn = drawings.funnel([r for r in rows if r.family == family], translations.language(), title)
    return chart_files.answer(conn, filters, drawn, name=name, title=title)


@blueprint.get("/charts/officers.svg")
@access.requires(Data.FIGURES_OFFICERS)
def officers_chart() -> Response:
    """Funnel of the officers of one unit; never for an officer."""
    if access.reach(Data.FIGURES_OFFICERS) == Scope.OWN:
        abort(404)
    with db.reading() as conn:
        filters = filters_of(conn)
        rows = officer_rows(conn, filters)
        return _funnel(conn, filters, rows, "officers", _("Biểu đồ phễu của cán bộ"))


@blueprint.get("/charts/procedures.svg")
@access.requires(Data.FIGURES)
def procedures_chart() -> Response:
    """Funnel of the procedures of one level."""
    with db.reading() as conn:
        filters = filters_of(conn)
        rows = _procedure_rows(conn, filters)
        return _funnel(conn, filters, rows, "procedures", _("Biểu đồ phễu của thủ tục"))
