"""Views of rating slips, the counter card and the paper form: made, previewed, printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response as Answer

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db, keys
from kiosk_app.core.collation import alphabetical
from kiosk_app.core.columns import LOCAL_ZONE, from_ms
from kiosk_app.core.errors import RuleError
from kiosk_app.documents import typesetting
from kiosk_app.dossiers import links, slips
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.records import SlipRecord
from kiosk_app.dossiers.rules import RATEABLE_MS, normal_form
from kiosk_app.organisation import queries
from kiosk_app.organisation.records import ProcedureRecord
from kiosk_app.web import access, translations, typed
from kiosk_app.web.desk import prints
from kiosk_app.web.desk.routes import _place, blueprint

__all__ = ["blueprint"]
SIZES = ("a5", "80mm", "sheet")
SHEET = 21
"""Stickers of one sheet."""


def _procedures(conn: Connection) -> list[ProcedureRecord]:
    today = clock.now().astimezone(LOCAL_ZONE).date()
    found = queries.procedures_in_force(conn, today, today)
    return sorted(found, key=lambda one: alphabetical(one.name(translations.language())))


def _page(problem: RuleError | None = None) -> str:
    with db.reading() as conn:
        unit_id, _officer = _place(conn)
        unit = queries.units(conn)[unit_id]
        made = dossier_queries.slips(conn, unit_id=unit_id)
        known = _procedures(conn)
    chosen = request.args.get("code", "")
    shown = next((one for one in made if one.code == chosen), None)
    return render_template(
        "desk/slips.html", unit=unit, made=made, procedures=known, steps=prints.step_names(),
        sizes=prints.size_names(), shown=shown, problem=problem,
        problem_text=prints.refusal(problem.code) if problem else "", typed=request.form,
        size=request.args.get("size", "a5"), when=_when, languages_=translations.LANGUAGES,
    )


def _when(slip: SlipRecord) -> str:
    return f"{from_ms(slip.made_ms).astimezone(LOCAL_ZONE):%d/%m %H:%M}"


@blueprint.route("/slips", methods=["GET", "POST"])
@access.requires(Data.DESK)
def slips_page() -> str | Answer:
    """Make a slip for a refusal, a request to supplement, or a desk without software."""
    if request.method == "GET":
        return _page()
    with db.reading() as conn:
        unit_id, officer_id = _place(conn)
        today = clock.now().astimezone(LOCAL_ZONE).date()
        seat = next(
            (c.id for c in queries.counters(conn, unit_id) if queries.seated(conn, c.id, today) == officer_id),
            None,
        )
    size = request.form.get("size", "a5")
    how_many = SHEET if size == "sheet" and not request.form.get("dossier", "").strip() else 1
    try:
        made = [
            slips.make_slip(
                unit_id=unit_id, step=request.form.get("step", ""),
                dossier=request.form.get("dossier", "")[:200],
                procedure_id=request.form.get("procedure", type=typed.small), officer_id=officer_id,
                counter_id=seat, actor=access.actor(), now=clock.now(),
            )
            for _each in range(how_many)
        ]
    except RuleError as refused:
        return _page(refused)
    flash(_("Đã làm %(n)s phiếu.", n=len(made)))
    return redirect(
        url_for("desk.slips_page", code=made[0].code, size=size, lang=request.args.get("lang")), 303
    )


def _base() -> str:
    settings = current_app.config["KIOSK_SETTINGS"]
    return str(settings.public_url or request.url_root.rstrip("/"))


def _sheet_of(conn: Connection, unit_id: int, first: SlipRecord) -> list[SlipRecord]:
    """The slips made together with ``first``: those of the same moment and step."""
    return [
        one for one in dossier_queries.slips(conn, unit_id=unit_id, limit=500)
        if one.made_ms == first.made_ms and one.step == first.step
    ][::-1]


def _data(conn: Connection, made: Sequence[SlipRecord], lang: str) -> dict[str, object]:
    unit = queries.units(conn)[made[0].unit_id]
    procedures = queries.procedures(conn)
    ring = keys.current()
    rows = []
    for one in made:
        known = procedures.get(one.procedure_id or 0)
        until: datetime = from_ms(one.made_ms) + timedelta(milliseconds=RATEABLE_MS)
        rows.append({
            "code": one.code, "qr": typesetting.qr_svg(links.address(ring, one.code_key, _base())),
            "step": prints.step_names()[one.step], "procedure": known.name(lang) if known else "–",
            "until": f"{until.astimezone(LOCAL_ZONE):%d/%m/%Y}",
        })
    return {"unit": unit.name(lang), "slips": rows, **prints.slip_words()}


def _answer(template: str, data: dict[str, object], kind: str, name: str) -> Response:
    if kind == "pdf":
        body, mime = typesetting.set_document(template, data)[0], "application/pdf"
    elif kind == "png":
        body, mime = typesetting.set_document(template, data, kind="png")[0], "image/png"
    else:
        abort(404)
    response = Response(body, content_type=mime)
    response.headers["Content-Disposition"] = f'inline; filename="{name}.{kind}"'
    return response


@blueprint.get("/slips/<code>.<kind>")
@access.requires(Data.DESK)
def slip_print(code: str, kind: str) -> Response:
    """A slip as PDF to print or PNG to look at, in the size and language asked for."""
    size = request.args.get("size", "a5")
    lang = request.args.get("print", "vi")
    if size not in SIZES or lang not in translations.LANGUAGES:
        abort(404)
    with db.reading() as conn, force_locale(lang):
        unit_id, _officer = _place(conn)
        made = [one for one in dossier_queries.slips(conn, unit_id=unit_id, limit=500)
                if one.code_key == normal_form(code)]
        if not made:
            abort(404)
        if size == "sheet":
            made = _sheet_of(conn, unit_id, made[0])
        data = _data(conn, made, lang)
    return _answer(f"slip-{size}", data, kind, made[0].code)


@blueprint.get("/print/<name>.<kind>")
@access.requires(Data.DESK)
def print_page(name: str, kind: str) -> Response:
    """The counter card, or the paper form that asks what the tablet asks."""
    lang = request.args.get("print", "vi")
    if name not in ("card", "form") or lang not in translations.LANGUAGES:
        abort(404)
    with db.reading() as conn, force_locale(lang):
        unit_id, _officer = _place(conn)
        unit = queries.units(conn)[unit_id]
        words = prints.card_words(lang) if name == "card" else prints.form_words(lang)
    return _answer(name, {"unit": unit.name(lang), **words}, kind, f"{name}-{unit.ref}")

