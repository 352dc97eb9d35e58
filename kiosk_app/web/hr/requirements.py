"""What is required of whom, exemptions and the yearly norm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.collation import alphabetical
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.organisation import letterhead
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.letterhead import Letterhead
from kiosk_app.organisation.records import OfficerRecord
from kiosk_app.training import requirements as rules
from kiosk_app.training import requiring
from kiosk_app.training.requirements import CourseTerms, Exemption, Requirement
from kiosk_app.web import access, translations, typed
from kiosk_app.web.hr import forms, scope, words
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint

HEAD_FIELDS = ("above", "body", "place", "title", "name")


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def _targets(conn: Connection) -> list[tuple[str, str]]:
    """For whom a course may be required: value of the form and its text."""
    lang = translations.language()
    found = [("all:", _("Mọi cán bộ")), ("role:centre", words.audience_name("centre")),
             ("role:wards", words.audience_name("wards"))]
    fields = sorted(organisation.fields(conn).values(), key=lambda f: alphabetical(f.name_vi))
    found += [
        (f"field:{one.id}", _("Lĩnh vực: %(name)s",
                              name=one.name(lang)))
        for one in fields
    ]
    found += [
        (f"unit:{one.id}", _("Đơn vị: %(name)s", name=one.name(lang)))
        for one in organisation.receiving_units(conn)
    ]
    return found


@dataclass(frozen=True)
class Duties:
    """What is required of whom, who is exempt, and the norm; ``texts`` names the targets."""

    targets: list[tuple[str, str]]
    courses: Sequence[CourseTerms]
    wanted: Sequence[Requirement]
    free: list[tuple[OfficerRecord, int, Exemption]]
    norm: float

    @property
    def texts(self) -> dict[str, str]:
        """Name of each target by its value."""
        return dict(self.targets)

    @property
    def by_id(self) -> dict[int, CourseTerms]:
        """Courses by id."""
        return {one.id: one for one in self.courses}


def read(conn: Connection) -> Duties:
    """Everything of the page but the letterhead."""
    officers = organisation.officers(conn)
    free = [
        (officers[officer], course, one)
        for (officer, course), one in rules.exemptions(conn).items()
        if one.until >= scope.today() and officer in officers
    ]
    return Duties(_targets(conn), rules.terms(conn), rules.in_force(conn, scope.today()), free,
                  rules.norm(conn))


def _page(form: forms.Form) -> str:
    with db.reading() as conn:
        found, head = read(conn), letterhead.read(conn, scope.today())
    return render_template(
        "hr/requirements.html", form=form, targets=found.targets, texts=found.texts,
        courses=found.courses, by_id=found.by_id, wanted=found.wanted, free=found.free,
        norm=found.norm, head=head, args=request.args,
    )


@blueprint.get("/requirements")
@access.requires(Data.TRAINING)
def requirements() -> str:
    require_editor()
    return _page(forms.Form())


@blueprint.post("/requirements")
@access.requires(Data.TRAINING)
def change_requirements() -> View:
    require_editor()
    form = forms.Form(request.form)
    try:
        said = _changed(form)
    except RuleError as refused:
        form.errors[refused.field or "form"] = words.explain(refused)
        said = ""
    except NotFoundError:
        abort(404)
    if form.errors:
        return _page(form), UNPROCESSABLE
    flash(said)
    return redirect(url_for("hr.requirements"), 303)


def _number(form: forms.Form, name: str) -> int:
    return typed.identifier(form.value(name)) or 0


def _changed(form: forms.Form) -> str:
    """Do what the form asks; what was done, in words."""
    actor, now, what = access.actor(), clock.now(), form.value("what")
    if what == "require":
        target, _colon, value = form.value("target").partition(":")
        requiring.require(_number(form, "course_id"), target, value, actor=actor, now=now)
        return _("Đã đặt yêu cầu, có hiệu lực từ hôm nay.")
    if what == "end":
        requiring.end(_number(form, "requirement_id"), actor=actor, now=now)
        return _("Đã thôi yêu cầu.")
    if what == "exempt":
        return _exempted(form)
    if what == "letterhead":
        letterhead.change(Letterhead(**{one: form.value(one) for one in HEAD_FIELDS}), actor=actor, now=now)
        return _("Đã đổi đầu trang và người ký. Văn bản lập từ nay mang đầu trang mới.")
    hours = form.number("norm", _("Số giờ là một số, ví dụ 24."))
    if not form.errors:
        requiring.set_norm(hours or 0.0, actor=actor, now=now)
    return _("Đã đổi định mức giờ học.")


def _exempted(form: forms.Form) -> str:
    until = forms.read_day(form.value("until"))
    if until is None:
        form.errors["until"] = _("Nhập ngày hết miễn, ví dụ 31/12/2019.")
        return ""
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, form.value("officer"))
    if officer is None:
        form.errors["officer"] = _("Không có cán bộ mang mã này. Xem mã ở trang Hồ sơ cán bộ.")
        return ""
    requiring.exempt(
        officer, _number(form, "course_id"), reason=form.value("reason"), until=until,
        actor=access.actor(), now=clock.now(),
    )
    return _("Đã ghi miễn học.")
