"""The sentences and definitions of the manager's pages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from kiosk_app.questionnaires import builtin
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.records import Figure
from kiosk_app.web import translations
from kiosk_app.web.presentation import number, percent


def _(text: str, **values: Any) -> str:
    return str(gettext(text, **values))


def period_name(period: Period) -> str:
    """The period as people say it."""
    year = period.months[0] // 100
    if period.kind == "month":
        return _("tháng %(month)s/%(year)s", month=period.months[0] % 100, year=year)
    if period.kind == "quarter":
        return _("quý %(quarter)s/%(year)s", quarter=(period.months[0] % 100 + 2) // 3, year=year)
    return _("năm %(year)s", year=year)


def sentence(total: Figure, period: Period, place: str) -> str:
    """How satisfied, how surely, how many answered: one sentence."""
    if total.share is None or total.low is None or total.high is None:
        return _(
            "Trong %(period)s, %(place)s chưa đủ lượt đánh giá để nói về mức hài lòng.",
            period=period_name(period), place=place,
        )
    return _(
        "Trong %(period)s, %(share)s người đánh giá ở %(place)s hài lòng hoặc rất hài lòng "
        "(khoảng 95%%: %(low)s đến %(high)s), tính trên %(n)s lượt; cứ 100 lần phục vụ thì "
        "%(coverage)s lần được đánh giá.",
        period=period_name(period), place=place, share=percent(total.share),
        low=percent(total.low), high=percent(total.high), n=number(total.n or 0),
        coverage=number((total.coverage or 0) * 100),
    )


def change(trend: tuple[Figure, ...], period: Period) -> str:
    """Whether the month differs from the one before, or stays within noise."""
    if period.kind != "month":
        return ""
    keys = [row.key for row in trend]
    month = str(period.months[0])
    at = keys.index(month) if month in keys else 0
    if at == 0 or trend[at].low is None or trend[at - 1].low is None:
        return ""
    now, before = trend[at], trend[at - 1]
    if (now.low or 0) > (before.high or 1):
        return _("Cao hơn tháng trước, và khoảng tin cậy của hai tháng không chồng nhau.")
    if (now.high or 1) < (before.low or 0):
        return _("Thấp hơn tháng trước, và khoảng tin cậy của hai tháng không chồng nhau.")
    return _("So với tháng trước, khác biệt nằm trong dao động ngẫu nhiên.")


def reason_names() -> dict[str, str]:
    """Text of each reason code in the reader's language."""
    lang = translations.language()
    at = 3 if lang == "en" else 2
    return {row[0]: row[at] for row in (*builtin.LOW, *builtin.HIGH)}


def level_names() -> list[str]:
    """Words of levels 1 … 5."""
    at = 2 if translations.language() == "en" else 1
    return [str(row[at]) for row in builtin.LEVELS]


def tier_name(tier: str) -> str:
    """A tier in words."""
    return {
        "clearly_above": _("Cao hơn rõ"), "clearly_below": _("Thấp hơn rõ"),
        "no_difference": _("Chưa thấy khác biệt"), "not_comparable": _("Không so sánh được"),
    }.get(tier, _("Chưa đủ lượt"))
