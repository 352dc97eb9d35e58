"""Views of paper entry: batches, and one line of fields that the keyboard alone fills."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE, day_of
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.queries import TAIL
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.paper import commands, queries, rules
from kiosk_app.paper.records import Batch, Form, Keyed
from kiosk_app.questionnaires import builtin
from kiosk_app.web import access, translations, typed
from kiosk_app.web.admin.unmatched import blueprint

__all__ = ["blueprint"]
REF = f"{builtin.QUESTIONNAIRE}@{builtin.VERSION}"
FIELDS = ("code", "level", "reasons", "comment", "day", "step")


def reason_numbers() -> dict[int, tuple[str, ...]]:
    """Reason codes of each number that is printed on the form."""
    return {tile["n"]: tuple(tile["codes"]) for tile in builtin.numbered(translations.language())}


def refusal(error: RuleError) -> str:
    """What was refused, and how to cure it."""
    texts = {
        "code_unreadable": _("Mã hồ sơ “%(v)s” không đọc được. Gõ 6 số cuối hoặc mã đầy đủ, hay để trống.", v=error.detail),
        "level_out_of_range": _("Mức phải là 1 đến 5, không phải “%(v)s”.", v=error.detail),
        "reason_unknown": _("Không có lý do số “%(v)s” trên phiếu. Xem lại số in cạnh ô.", v=error.detail),
        "comment_too_long": _("Ý kiến dài quá %(v)s ký tự. Rút gọn lại.", v=error.detail),
        "day_unreadable": _("Ngày “%(v)s” không đọc được. Gõ như 15, 15/10 hoặc 15/10/2018.", v=error.detail),
        "day_out_of_range": _("Ngày “%(v)s” ở tương lai hoặc đã quá lâu. Xem lại ngày trên phiếu.", v=error.detail),
        "step_unknown": _("Chọn lần phục vụ trong danh sách."),
        "batch_closed": _("Xấp phiếu này đã đóng. Mở một xấp mới."),
        "batch_full": _("Xấp đã đủ %(n)s phiếu. Đóng xấp này rồi mở xấp mới.", n=commands.MAX_FORMS),
        "batch_empty": _("Xấp chưa có phiếu nào."),
        "not_keyed_twice": _("Còn phiếu chưa nhập lần hai."),
        "differences_open": _("Còn phiếu có hai lần nhập khác nhau. Sửa trước khi đóng xấp."),
    }
    return str(texts.get(error.code, error.code))


def field_names() -> dict[str, str]:
    """The fields of a form as people say them."""
    return {
        "code": _("Mã hồ sơ hoặc 6 số cuối"), "level": _("Mức (1–5)"), "reasons": _("Số lý do"),
        "comment": _("Ý kiến"), "day": _("Ngày trên phiếu"), "step": _("Lần phục vụ"),
    }


def step_names() -> dict[str, str]:
    """Steps, the first of which follows from the dossier."""
    return {
        "": _("Theo hồ sơ"), "reception": _("Tiếp nhận hồ sơ"), "supplement": _("Yêu cầu bổ sung hồ sơ"),
        "refusal": _("Từ chối tiếp nhận hồ sơ"), "return": _("Trả kết quả"),
    }


@blueprint.route("/paper", methods=["GET", "POST"])
@access.requires(Data.INTAKE)
def paper() -> str | Response:
    """Batches, and a new one."""
    if request.method == "POST":
        unit_id = request.form.get("unit_id", 0, type=typed.small)
        with db.reading() as conn:
            known = {unit.id for unit in organisation_queries.receiving_units(conn)}
        if unit_id not in known:
            abort(400)
        batch_id = commands.open_batch(
            unit_id, double_keyed=request.form.get("double") == "1", actor=access.actor(), now=clock.now()
        )
        return redirect(url_for("admin.paper_batch", batch_id=batch_id), 303)
    with db.reading() as conn:
        found = queries.batches(conn)
        units = organisation_queries.units(conn)
        receiving = organisation_queries.receiving_units(conn)
    return render_template(
        "admin/paper.html", batches=found, units=units, receiving=receiving,
        may_edit=access.changes(Data.INTAKE),
    )


def shown(keyed: Keyed | None) -> dict[str, str]:
    """A keyed form as it is typed: numbers of reasons, day as dd/mm/yyyy."""
    if keyed is None:
        return dict.fromkeys(FIELDS, "")
    chosen = set(keyed.reasons)
    numbers = [str(n) for n, codes in reason_numbers().items() if set(codes) <= chosen]
    return {
        "code": keyed.code, "level": str(keyed.level), "reasons": " ".join(numbers),
        "comment": keyed.comment, "day": f"{day_of(keyed.day):%d/%m/%Y}", "step": keyed.step,
    }


def _task(batch: Batch, forms: Sequence[Form]) -> tuple[str, Form | None]:
    """What is to be keyed now: a form to settle, the next one again, or a new one."""
    wanted = request.args.get("form", 0, type=typed.small)
    chosen = next((form for form in forms if form.number == wanted), None)
    if chosen is not None:
        return "correct", chosen
    if request.args.get("again") and batch.double_keyed:
        waiting = next((form for form in forms if form.second is None), None)
        if waiting is not None:
            return "again", waiting
    return "new", None


def _same_code(forms: Sequence[Form]) -> Form | None:
    """The form before the last that bears the code just keyed: a receipt has one ballot."""
    if not forms or forms[-1].first is None or not forms[-1].first.code:
        return None
    key = normal_form(forms[-1].first.code)
    return next(
        (f for f in forms[:-1] if f.first and normal_form(f.first.code) == key), None
    )


def _fitting(conn: Connection, batch: Batch, forms: Sequence[Form]) -> dict[int, int | None]:
    """How many dossiers of the unit each form's code fits; None without a code."""
    codes = {f.number: normal_form(f.first.code) for f in forms if f.first and f.first.code}
    whole = dossier_queries.facts_by_key(conn, codes.values())
    tails = Counter(
        facts.code_key[-TAIL:] for facts in dossier_queries.by_tails(
            conn, batch.unit_id, {code for code in codes.values() if len(code) == TAIL})
    )
    return {
        form.number: (
            None if form.number not in codes
            else tails[code] if len(code := codes[form.number]) == TAIL else int(code in whole)
        )
        for form in forms
    }


def _batch_page(
    batch_id: int, problem: RuleError | None = None, typed: Mapping[str, str] | None = None,
) -> tuple[str, int]:
    with db.reading() as conn:
        batch = queries.batch(conn, batch_id)
        forms = queries.forms(conn, batch_id)
        units = organisation_queries.units(conn)
        dossiers = _fitting(conn, batch, forms) if batch and batch.state == "keying" else {}
    if batch is None:
        abort(404)
    task, form = _task(batch, forms)
    values: Mapping[str, Any] = typed or shown(form.first if form and task == "correct" else None)
    if typed is None and task != "correct":
        last = forms[-1].first if forms else None
        day = shown(form.first if form else last)["day"] if form or last else ""
        values = {**values, "day": day, "step": last.step if last else ""}
    return render_template(
        "admin/paper_batch.html", batch=batch, forms=forms[::-1], task=task, form=form, values=values,
        unit=units[batch.unit_id], names=field_names(), steps=step_names(), shown=shown,
        dossiers=dossiers, numbers=builtin.numbered(translations.language()), twin=_same_code(forms),
        problem=refusal(problem) if problem else "", wrong=problem.field if problem else None,
        today=clock.now().astimezone(LOCAL_ZONE).date(), may_edit=access.changes(Data.INTAKE),
    ), 422 if problem else 200


@blueprint.get("/paper/<int:batch_id>")
@access.requires(Data.INTAKE)
def paper_batch(batch_id: int) -> tuple[str, int]:
    """Key the forms of a batch."""
    return _batch_page(batch_id)


@blueprint.post("/paper/<int:batch_id>/forms")
@access.requires(Data.INTAKE)
def key_paper(batch_id: int) -> tuple[str, int] | Response:
    """Take one form: new, again, or corrected."""
    today = clock.now().astimezone(LOCAL_ZONE).date()
    number, task = request.form.get("number", 0, type=typed.small), request.form.get("task", "new")
    back: dict[str, Any] = {}
    try:
        keyed = rules.read_form(request.form, by_number=reason_numbers(), today=today)
        if task == "again":
            differ = commands.key_again(batch_id, number, keyed)
            back = {"form": number} if differ else {"again": 1}
        elif task == "correct":
            commands.correct_form(batch_id, number, keyed)
            back = {"again": 1} if request.args.get("again") else {}
        else:
            commands.key_form(batch_id, keyed)
    except NotFoundError:
        abort(404)
    except RuleError as refused:
        return _batch_page(batch_id, refused, request.form)
    return redirect(url_for("admin.paper_batch", batch_id=batch_id, **back), 303)


@blueprint.post("/paper/<int:batch_id>/close")
@access.requires(Data.INTAKE)
def close_paper(batch_id: int) -> tuple[str, int] | Response:
    """Deliver the batch."""
    try:
        done = commands.close_batch(
            batch_id, questionnaire=REF, actor=access.actor(), now=clock.now()
        )
    except NotFoundError:
        abort(404)
    except RuleError as refused:
        return _batch_page(batch_id, refused)
    taken = sum(form.verdict == "created" for form in done)
    flash(_("Đã ghi nhận %(n)s trên %(all)s phiếu.", n=taken, all=len(done)))
    return redirect(url_for("admin.paper_batch", batch_id=batch_id), 303)
