"""What the manager's views share: the blueprint, the filters of a request, how a page is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.core.errors import RuleError
from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.organisation.records import UnitRecord
from kiosk_app.reporting import exports, overview, periods
from kiosk_app.reporting import groups as groups_of
from kiosk_app.reporting.groups import Groups
from kiosk_app.reporting.overview import Beside
from kiosk_app.reporting.records import Figure
from kiosk_app.web import access, translations, typed
from kiosk_app.web.extensions import htmx
from kiosk_app.web.manage import words
from kiosk_app.web.presentation import here

blueprint = Blueprint("manage", __name__, url_prefix="/manage")


@dataclass(frozen=True)
class Filters:
    """Period, unit and at most one dimension beside it, and what may be chosen."""

    period: periods.Period
    unit: UnitRecord | None
    unit_ids: list[int]
    months: list[int]
    units: list[UnitRecord]
    beside: Beside | None = None
    beside_name: str = ""
    """The dimension chosen beside the unit and its value, in words."""
    groups: Groups | None = None
    """Groups of officers, for who is told those of five or more only."""
    version: str = ""
    """Version of the data in the snapshot that was read; known where something is taken away."""

    @property
    def choices(self) -> list[periods.Period]:
        """Periods to choose from; the one asked for even where it has no ratings."""
        found = list(periods.choices(self.months))
        return found if self.period in found else [self.period, *found]

    @property
    def course(self) -> list[int]:
        """Months that a course over time shows."""
        return periods.course(self.months, self.period)

    @property
    def place(self) -> str:
        """The unit's name, or all units."""
        return self.unit.name(translations.language()) if self.unit else _("tất cả đơn vị")

    @property
    def ref(self) -> str | None:
        """The unit's key for addresses, None for all."""
        return self.unit.ref if self.unit else None

    @property
    def address(self) -> dict[str, str | None]:
        """What a request for the same selection carries."""
        chosen = {self.beside.dimension: self.beside.value} if self.beside else {}
        return {"period": self.period.key, "unit": self.ref, **chosen}

    def told(self, rows: Sequence[Figure], kind: str) -> tuple[Figure, ...]:
        """The rows of a table that may be told to who is told groups only; else all of them."""
        if self.groups is None:
            return tuple(rows)
        field = self.beside.value if self.beside and self.beside.dimension == "field" else ""
        return self.groups.told(rows, kind, field)

    @property
    def said(self) -> str:
        """The selection in words, for a file."""
        text = _("Kỳ: %(period)s. Đơn vị: %(place)s.", period=words.period_name(self.period),
                 place=self.place)
        if self.beside_name:
            text += " " + _("Lọc: %(value)s.", value=self.beside_name)
        return str(text)


@dataclass(frozen=True)
class Taken:
    """A table as it is taken away: numbers, not texts; what its columns mean stands in ``notes``."""

    title: str
    head: Sequence[object]
    body: Sequence[Sequence[object]]
    notes: Sequence[str] = ()


def _beside() -> Beside | None:
    named = [(d, request.args[d]) for d in overview.DIMENSIONS if request.args.get(d)]
    if len(named) > 1:
        raise RuleError(
            "two_dimensions", "one dimension beside the unit: two at once are not published",
            field=named[1][0],
        )
    return overview.beside(*named[0]) if named else None


def _beside_name(conn: Connection, chosen: Beside | None) -> str:
    if chosen is None:
        return ""
    fields = {
        str(f.id): f.name(translations.language())
        for f in organisation_queries.fields(conn).values()
    }
    name = words.dimension_names()[chosen.dimension]
    return f"{name}: {words.value_name(chosen.dimension, chosen.value, fields)}"


def filters_of(conn: Connection, *, from_dossiers: bool = False) -> Filters:
    """The selection of the request; 404 for what does not exist or may not be seen."""
    visible = set(access.visible_units(conn))
    months = (
        dossier_counts.months_with_data(conn) if from_dossiers
        else feedback_queries.periods_with_data(conn)
    )
    default = periods.of_month(months[-1]).key if months else "2018-01"
    try:
        period = periods.parse(request.args.get("period") or default)
    except RuleError:
        abort(404)
    units = [u for u in organisation_queries.receiving_units(conn) if u.id in visible]
    ref = request.args.get("unit", "")
    unit = next((u for u in units if u.ref == ref), None)
    if ref and unit is None:
        abort(404)
    ids = [unit.id] if unit else [u.id for u in units]
    beside = None if from_dossiers else _beside()
    groups = groups_of.of(conn, period, [u.id for u in units]) if access.groups_only() else None
    if groups is not None and not from_dossiers:
        units = [u for u in units if groups.enough("unit", str(u.id))]
        if unit is not None:
            groups.require("unit", str(unit.id))
            groups = groups_of.of(conn, period, ids)
        if beside is not None and beside.dimension == "field":
            groups.require("field", beside.value)
    return Filters(
        period, unit, ids, months, units, beside, _beside_name(conn, beside), groups,
        exports.data_version(conn) if request.args.get("export") else "",
    )


def page_asked(total: int, size: int) -> tuple[int, int]:
    """The page that the address asks for, within those there are, and how many there are."""
    pages = max(1, -(-total // size))
    asked = request.args.get("page", 1, type=typed.small)
    return min(max(1, asked), pages), pages


def render(template: str, fragment: str, filters: Filters, **values: object) -> str:
    """The page, or for htmx its results, with the links around that carry the selection."""
    partial = bool(htmx) and not htmx.history_restore_request
    page = render_template(
        f"manage/{fragment if partial else template}.html", words=words, filters=filters,
        choices=filters.choices, args=request.args, **values,
    )
    return page + render_template("manage/_around.html") if partial else page


def download(
    kind: str, title: str, filters: Filters, head: Sequence[object],
    body: Sequence[Sequence[object]], notes: Sequence[str], part: str = "",
) -> Response:
    """A table as CSV or XLSX with its period, place, definitions and hash; 404 for other kinds."""
    said = [filters.said, *notes, _("Phiên bản số liệu: %(version)s", version=filters.version)]
    names = (*(request.endpoint or "").split("."), *([part] if part else []), filters.period.key)
    name = "-".join(names)
    if kind == "csv":
        return _file(exports.as_csv(said, [head, *body]), "text/csv", f"{name}.csv")
    if kind != "xlsx":
        abort(404)
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(
        exports.as_xlsx(title, _("Ghi chú"), said, [head, *body]), mime, f"{name}.xlsx"
    )


def take(filters: Filters, tables: Mapping[str, Callable[[], Taken]], of: str = "") -> Response:
    """The table of the page that the address names; 404 for one that is not there.

    ``of`` says whose or which, where the period and the place do not.
    """
    part = request.args.get("table") or next(iter(tables))
    if part not in tables:
        abort(404)
    found = tables[part]()
    return download(
        request.args["export"], found.title, filters, found.head, found.body,
        [*([of] if of else []), found.title, *found.notes], part,
    )


def _file(body: bytes, mime: str, name: str) -> Response:
    response = Response(body, content_type=mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def svg(body: bytes) -> Response:
    """A chart with its ETag; 304 where the reader has it."""
    response = Response(body, content_type="image/svg+xml; charset=utf-8")
    response.set_etag(sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


@blueprint.context_processor
def _names() -> dict[str, object]:
    return {"address": here}
