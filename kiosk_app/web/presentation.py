"""What every template may use: numbers, dates, who is logged in, navigation, the clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from kiosk_app.accounts.permissions import Data, Scope, allowed
from kiosk_app.core import clock
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.feedback import contact
from kiosk_app.web import access, translations


def _vietnamese(text: str) -> str:
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")


def number(value: float, digits: int = 0) -> str:
    """``139.000`` in Vietnamese, ``139,000`` in English."""
    text = f"{value:,.{digits}f}"
    return _vietnamese(text) if translations.language() == "vi" else text


def percent(share: float | None, digits: int = 1) -> str:
    """``98,25%`` of a share 0–1; a dash for None."""
    return "–" if share is None else f"{number(share * 100, digits)}%"


def day(moment: datetime) -> str:
    """``21/02/2019``."""
    return f"{moment.astimezone(LOCAL_ZONE):%d/%m/%Y}"


def moment(at: datetime) -> str:
    """``21/02/2019 14:05``."""
    return f"{at.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M}"


def month(value: int) -> str:
    """``10/2018`` of yyyymm."""
    return f"{value % 100:02d}/{value // 100}"


def spoken(texts: Mapping[str, str]) -> str:
    """A text of a questionnaire in the language of the page, else in Vietnamese."""
    return texts.get(translations.language()) or texts.get("vi", "")


LEAST = {"hr.matrix": {Scope.NONE, Scope.OWN}}
"""Reaches that do not suffice for a link; for the others only none does not."""


def _carried(endpoint: str) -> dict[str, Any]:
    """Period and unit of the manager's page shown, which its neighbours keep; alarms of any time."""
    if request.blueprint != "manage" or not endpoint.startswith("manage."):
        return {}
    names = ("unit",) if endpoint == "manage.alerts" else ("period", "unit")
    return {name: request.args[name] for name in names if request.args.get(name)}


TRAINING_OR_DESK = frozenset({"officer", "hr"})
"""Roles whose menu shows no results, as drawn; what they may read of them is the matrix's."""


def _navigation() -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    who = access.optional()
    if who is None:
        return []
    groups = (
        (_("Kết quả"), (
            (Data.FIGURES, "manage.overview", _("Tổng quan"), "chart"),
            (Data.FIGURES_OFFICERS, "manage.officers", _("Cán bộ"), "users"),
            (Data.FIGURES, "manage.procedures", _("Các thủ tục"), "doc"),
            (Data.FIGURES, "manage.service", _("Chất lượng phục vụ"), "shield"),
            (Data.ALERTS, "manage.alerts", _("Báo động"), "alert"),
            (Data.COMMENTS, "manage.comments", _("Ý kiến"), "msg"),
            (Data.INTEGRITY, "manage.quality", _("Chất lượng số liệu"), "check"),
            (Data.FIGURES, "manage.exports", _("Xuất số liệu"), "dl"),
        )),
        (_("Đào tạo"), (
            (Data.TRAINING, "hr.index", _("Lớp tập huấn"), "cap"),
            (Data.TRAINING, "hr.calendar", _("Lịch tập huấn"), "clock"),
            (Data.TRAINING, "hr.needs", _("Nhu cầu đào tạo"), "target"),
            (Data.TRAINING, "hr.matrix", _("Ma trận năng lực"), "check"),
            (Data.TRAINING, "hr.staff", _("Cán bộ và hồ sơ học"), "user"),
        )),
        (_("Quầy của tôi"), (
            (Data.DESK, "desk.index", _("Mời đánh giá"), "tap"),
            (Data.DESK, "manage.own", _("Kết quả của tôi"), "chart"),
            (Data.DESK, "desk.slips_page", _("Phiếu đánh giá"), "print"),
            (Data.OWN_TRAINING, "hr.own", _("Lớp học của tôi"), "cap"),
        )),
        (_("Hệ thống"), (
            (Data.TABLETS, "admin.tablets", _("Máy tính bảng"), "device"),
            (Data.INTAKE, "admin.paper", _("Nhập phiếu giấy"), "doc"),
            (Data.INTAKE, "admin.unmatched_page", _("Lượt chưa khớp hồ sơ"), "search"),
            (Data.ACCOUNTS, "admin.users", _("Tài khoản"), "user"),
            (Data.AUDIT, "admin.audit", _("Nhật ký"), "doc"),
        )),
    )
    found = []
    for title, links in groups:
        shown = [
            (endpoint, text, icon, url_for(endpoint, **_carried(endpoint)))
            for data, endpoint, text, icon in links
            if allowed(who.role, data) not in LEAST.get(endpoint, {Scope.NONE})
            and (endpoint != "hr.needs" or access.changes(data))
        ]
        if shown and not (who.role in TRAINING_OR_DESK and title == _("Kết quả")):
            found.append((title, shown))
    return found


ANSWERED_ON = {
    "manage.redact": "manage.comments", "manage.acknowledge": "manage.alerts",
    "hr.withdraw": "hr.roster", "hr.substitute": "hr.roster", "hr.set_addresses": "hr.roster",
    "hr.set_cost": "hr.session", "hr.set_checklist": "hr.course", "hr.check_in": "hr.own",
    "hr.answer": "hr.own", "hr.revoke_certificate": "hr.certificates",
    "admin.approve_tablet": "admin.tablets", "admin.key_paper": "admin.paper_batch",
    "admin.close_paper": "admin.paper_batch",
}
"""Forms that are answered, when they are refused, by a page of another address: the page's view."""


def page_shown() -> str:
    """The view whose page is shown; a refused form is shown on the page that it stands on."""
    endpoint = request.endpoint or "auth.login"
    return ANSWERED_ON.get(endpoint, endpoint)


def here(**changes: Any) -> str:
    """Address of the page shown, with some of its parameters changed (None drops one)."""
    page, path = page_shown(), request.view_args or {}
    if page != request.endpoint:
        wanted = {name for rule in current_app.url_map.iter_rules(page) for name in rule.arguments}
        path = {name: value for name, value in path.items() if name in wanted}
        if len(path) < len(wanted):
            return url_for("auth.home")
    kept: dict[str, Any] = {
        k: v for k, v in request.args.lists()
        if k not in changes and k not in path and k not in ("lang", "endpoint") and k[:1] != "_"
    }
    kept.update({k: v for k, v in changes.items() if v is not None})
    return url_for(page, **{**kept, **path})


def _context() -> dict[str, Any]:
    now = clock.now().astimezone(LOCAL_ZONE)
    return {
        "principal": access.optional(), "navigation": _navigation, "lang": translations.language(),
        "languages": translations.offered(), "language_shorts": {
            code: known.short for code, known in translations.KNOWN.items()
        }, "shifted_clock": clock.current().is_shifted,
        "clock_text": f"{now:%d/%m/%Y %H:%M}", "here": here, "endpoint": page_shown(),
        "consent": contact.CONSENT,
    }


def init_app(app: Flask) -> None:
    """Attach filters and the context of every page."""
    app.jinja_env.filters.update(
        number=number, percent=percent, day=day, moment=moment, month=month, unbreakable=_unbreakable,
        spoken=spoken,
    )
    app.context_processor(_context)


def _unbreakable(text: str) -> Markup:
    """Keep compound words of a heading together."""
    for pair in ("phục vụ", "thế nào", "hài lòng", "giấy hẹn", "thủ tục", "hồ sơ", "cán bộ",
                 "đánh giá"):
        text = text.replace(pair, pair.replace(" ", "\u00a0"))
    return Markup.escape(text)
