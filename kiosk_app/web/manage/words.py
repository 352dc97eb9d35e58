"""The sentences and definitions of the manager's pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext

from kiosk_app.alerts.episodes import Episode
from kiosk_app.core.columns import day_of
from kiosk_app.questionnaires import builtin
from kiosk_app.reporting.change import Change
from kiosk_app.reporting.hours import Hours
from kiosk_app.reporting.limits import LIMITS
from kiosk_app.reporting.overview import Overview
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.records import Figure
from kiosk_app.reporting.weeks import Course, Week
from kiosk_app.web import translations
from kiosk_app.web.presentation import number, percent

MIX_MATTERS = 0.01
"""Expected share off the overall one from which a mix is called harder or easier."""


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
    if total.n is None:
        return _("Trong %(period)s số của %(place)s không nêu: %(why)s.", period=period_name(period),
                 place=place, why=hidden(total))
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


def reason_names() -> dict[str, str]:
    """Text of each reason code in the reader's language."""
    lang = translations.language()
    at = 3 if lang == "en" else 2
    return {row[0]: row[at] for row in (*builtin.LOW, *builtin.HIGH)}


def topic_names() -> dict[str, str]:
    """Topics that are praised and complained of alike, by what they are about; else the reason."""
    return reason_names() | {
        "cho_lau": _("Thời gian chờ"), "kho_tim_quay": _("Tìm quầy, chỗ ngồi"),
        "kho_truc_tuyen": _("Dịch vụ trực tuyến"), "bo_sung_nhieu": _("Số lần bổ sung"),
        "giay_to_ruom_ra": _("Lượng giấy tờ"), "huong_dan_kho_hieu": _("Cách hướng dẫn"),
        "thai_do": _("Thái độ"), "giai_thich_chua_ro": _("Cách giải thích"),
        "goi_y_tien_qua": _("Tiền, quà ngoài quy định"), "tre_hen": _("Thời hạn trả kết quả"),
        "sai_sot": _("Độ chính xác của kết quả"), "gop_y_khong_tra_loi": _("Trả lời góp ý"),
    }


def hidden(row: Figure) -> str:
    """Why a row's rate is hidden; never whether for itself or to protect another."""
    return {
        "undecided": _("chờ xét công bố, vài phút nữa"),
        "together": _("chọn một đơn vị: tổng của vài đơn vị không được công bố"),
        "few": _("chưa đủ 10 lượt"),
        "hidden": _("ẩn vì ít lượt, hoặc để không ai tính ngược ra chỗ ít lượt"),
    }.get(row.why, _("chưa đủ lượt"))


def hidden_rows(kind: str, rows: Sequence[Figure], *, one_unit: bool) -> str:
    """How many rows are hidden and why; of all units together, where to see them."""
    n = sum(row.n is None for row in rows)
    if not n:
        return ""
    if one_unit:
        return _("%(rows)s đang ẩn vì ít lượt, hoặc để không ai tính ngược ra chỗ ít lượt.",
                 rows=_subjects(kind, n))
    return _("%(rows)s đang ẩn ở bảng của mọi đơn vị, kể cả dòng rất nhiều lượt: có đơn vị ít lượt, và tổng "
             "trừ các đơn vị khác sẽ lộ đơn vị ấy. Chọn một đơn vị để thấy.", rows=_subjects(kind, n))


def level_names() -> list[str]:
    """Words of levels 1 … 5."""
    at = 2 if translations.language() == "en" else 1
    return [str(row[at]) for row in builtin.LEVELS]


def tier_name(tier: str) -> str:
    """A tier in words."""
    return {
        "clearly_above": _("Cao hơn rõ"), "clearly_below": _("Thấp hơn rõ"),
        "no_difference": _("Chưa thấy khác biệt"), "not_comparable": _("Không so sánh được"),
        "few": _("Quá ít đồng nghiệp để so"), "hidden": _("Ẩn"),
    }.get(tier, _("Chưa đủ lượt"))


def signed(points: float) -> str:
    """A difference of shares −1…1 in points with its sign: ``−0,8``."""
    text = number(abs(points * 100), 1)
    if not text.strip("0.,"):
        return text
    return f"{'−' if points < 0 else '+'}{text}"


def against(change: Change | None, earlier: Period) -> str:
    """How the period differs from an earlier one, and whether that is noise."""
    if change is None:
        return _("Chưa so sánh được với %(period)s: một trong hai kỳ chưa đủ số liệu.",
                 period=period_name(earlier))
    values = {
        "period": period_name(earlier), "signed": signed(change.difference),
        "points": number(abs(change.difference) * 100, 1),
        "low": signed(change.low), "high": signed(change.high),
    }
    if not change.clear and (change.low > 0 or change.high < 0):
        return _(
            "So với %(period)s chênh %(signed)s điểm (khoảng 95%%: %(low)s đến %(high)s). Xem riêng thì "
            "lệch, nhưng bảng so nhiều dòng một lúc và vài dòng lệch như vậy là do ngẫu nhiên: chưa gọi là "
            "thay đổi.", **values,
        )
    if not change.clear:
        return _(
            "So với %(period)s chênh %(signed)s điểm (khoảng 95%%: %(low)s đến %(high)s): nằm "
            "trong dao động ngẫu nhiên.", **values,
        )
    if change.difference > 0:
        return _(
            "Cao hơn %(period)s %(points)s điểm (khoảng 95%%: %(low)s đến %(high)s): vượt dao động "
            "ngẫu nhiên.", **values,
        )
    return _(
        "Thấp hơn %(period)s %(points)s điểm (khoảng 95%%: %(low)s đến %(high)s): vượt dao động "
        "ngẫu nhiên.", **values,
    )


def alarm(name: str, episode: Episode) -> str:
    """A lasting change of a unit that waits for a person: since when, how far, how often told."""
    found, first = episode.found, day_of(episode.first_day)
    values = {
        "name": f"{name} · {found.procedure_code}" if found.procedure_code else name,
        "day": f"{first.day}/{first.month}/{first.year}", "share": percent(found.share),
        "expected": percent(found.expected),
    }
    if found.worse:
        return _("%(name)s thấp từ %(day)s: %(share)s, trước đó %(expected)s", **values)
    return _("%(name)s cao từ %(day)s: %(share)s, trước đó %(expected)s", **values)


def where(found: Overview, *, one_unit: bool) -> str:
    """Which units changed beyond chance."""
    if one_unit or not found.changes:
        return ""
    down = [c for c in found.clear if c.difference < 0]
    up = [c for c in found.clear if c.difference > 0]
    parts = []
    if down:
        parts.append(_("Giảm rõ: %(names)s.", names=_listed(down)))
    if up:
        parts.append(_("Tăng rõ: %(names)s.", names=_listed(up)))
    return " ".join(parts) or _("Không đơn vị nào thay đổi rõ.")


def _listed(changes: Sequence[Change], most: int = 4) -> str:
    named = ", ".join(f"{c.label} ({signed(c.difference)})" for c in changes[:most])
    rest = len(changes) - most
    return named if rest <= 0 else _("%(names)s và %(n)s đơn vị khác", names=named, n=rest)


def turned(changes: Sequence[Change], earlier: Period) -> str:
    """Whether rows of a table changed beyond chance; empty where there is nothing to compare."""
    if not changes:
        return ""
    values = {"period": period_name(earlier), "n": number(len(changes))}
    if not any(c.clear for c in changes):
        return _("So với %(period)s, trong %(n)s dòng có số liệu ở cả hai kỳ không dòng nào đổi quá dao động ngẫu nhiên.",
                 **values)
    return _("So với %(period)s, trong %(n)s dòng có số liệu ở cả hai kỳ:", **values)


def moves(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    """Rows that changed beyond chance, the largest change first: those down, those up."""
    down = sorted((c for c in changes if c.clear and c.difference < 0), key=lambda c: c.difference)
    up = sorted((c for c in changes if c.clear and c.difference > 0), key=lambda c: -c.difference)
    return [(said, held) for said, held in ((_("giảm rõ"), down), (_("tăng rõ"), up)) if held]


def move_names() -> dict[str, str]:
    """What a table can be narrowed to by change."""
    return {"down": _("Giảm rõ"), "up": _("Tăng rõ"), "same": _("Trong dao động")}


def week_name(key: str) -> str:
    """An ISO week ``yyyyww``."""
    return _("tuần %(week)s/%(year)s", week=int(key[4:]), year=key[:4])


def weeks_heading(course: Course) -> str:
    """The finding of the weekly chart."""
    if course.centre is None:
        return _("Chưa đủ 12 tuần để biết dao động thường thấy")
    mean = percent(course.centre)
    if not course.outside:
        return _("Ổn định quanh %(mean)s", mean=mean)
    parts = []
    for side, said in ((-1, _("thấp khác thường: %(weeks)s", weeks="{weeks}")),
                       (1, _("cao khác thường: %(weeks)s", weeks="{weeks}"))):
        held = [w for w in course.outside if w.side == side]
        if held:
            parts.append(said.format(weeks=_weeks(held)))
    return _("Thường quanh %(mean)s; %(outside)s", mean=mean, outside=", ".join(parts))


def _weeks(held: Sequence[Week], most: int = 3) -> str:
    """The weeks by name, or how many there are and the last of them."""
    if len(held) <= most:
        return ", ".join(week_name(w.figure.key) for w in held)
    return _("%(n)s tuần, từ %(first)s đến %(last)s", n=len(held),
             first=week_name(held[0].figure.key), last=week_name(held[-1].figure.key))


def hour_names(keys: Iterable[str]) -> dict[str, str]:
    """``1-09`` as Monday, nine o'clock, of each key."""
    days = (_("thứ Hai"), _("thứ Ba"), _("thứ Tư"), _("thứ Năm"), _("thứ Sáu"), _("thứ Bảy"),
            _("Chủ nhật"))
    said = str(gettext("%(day)s lúc %(hour)s giờ", day="{day}", hour="{hour}"))
    return {
        key: said.format(day=days[int(day) - 1], hour=int(hour))
        for key, (day, hour) in ((key, key.split("-")) for key in keys)
    }


def hours_heading(found: Hours) -> str:
    """The finding of weekday × hour: which hour is lowest, and whether that is noise."""
    if not found.whole_week:
        return _("Chưa đủ lượt để chia theo thứ và giờ")
    lowest = min(found.whole_week, key=lambda row: row.share or 0.0)
    values = {"hour": f"{int(lowest.key)}:00", "share": percent(lowest.share),
              "cells": _lowest_cells(found)}
    if found.lower_hours:
        if found.lower:
            return _("Thấp rõ: giờ %(hour)s (%(share)s), nhất là %(cells)s", **values)
        return _("Thấp rõ: giờ %(hour)s (%(share)s)", **values)
    if found.lower:
        return _("Thấp rõ: %(cells)s", **values)
    return _("Chưa giờ nào thấp rõ; thấp nhất trong các giờ đông là %(hour)s (%(share)s), trong dao động ngẫu "
             "nhiên",
             **values)


def _lowest_cells(found: Hours) -> str:
    lowest = sorted(found.lower, key=lambda cell: cell.share or 0.0)[:3]
    return ", ".join(hour_names(cell.key for cell in lowest).values())


def reasons_heading(rows: Sequence[Figure]) -> str:
    """The finding of the reasons of the dissatisfied."""
    total = sum(row.n or 0 for row in rows)
    if not total:
        return _("Chưa có lý do nào đủ 5 lượt")
    top = rows[:3]
    share = sum(row.n or 0 for row in top) / total
    if len(top) == len(rows):
        return _("%(n)s lý do chưa hài lòng đủ lượt để hiện", n=len(top))
    return _("%(n)s lý do đầu chiếm %(share)s các lý do được hiện", n=len(top),
             share=percent(share, 0))


def low_reasons() -> frozenset[str]:
    """Codes of the reasons of levels 1 to 3."""
    return frozenset(row[0] for row in builtin.LOW)


def reason_factors() -> dict[str, str]:
    """Factor of each reason in the reader's language."""
    at = 2 if translations.language() == "en" else 1
    names = {row[0]: row[at] for row in builtin.FACTORS}
    return {row[0]: names[row[1]] for row in (*builtin.LOW, *builtin.HIGH)}


def dimension_names() -> dict[str, str]:
    """What may be chosen beside the unit."""
    return {
        "field": _("Lĩnh vực"), "channel": _("Kênh đánh giá"), "filing_mode": _("Cách nộp hồ sơ"),
        "step": _("Bước"),
    }


def value_name(dimension: str, value: str, fields: Mapping[str, str]) -> str:
    """A value of a dimension as people say it."""
    if dimension == "field":
        return fields.get(value, value)
    return {
        "tablet": _("Máy tính bảng"), "phone": _("Điện thoại"), "paper": _("Phiếu giấy"),
        "direct": _("Nộp tại quầy"), "online": _("Nộp trực tuyến"), "post": _("Nộp qua bưu chính"),
        "reception": _("Tiếp nhận"), "supplement": _("Yêu cầu bổ sung"), "refusal": _("Từ chối"),
        "return": _("Trả kết quả"),
    }.get(value, value)


def sort_names() -> dict[str, str]:
    """Orders of a fair table; the rate is none of them."""
    return {"label": _("Tên"), "n": _("Số lượt"), "coverage": _("Độ phủ"), "tier": _("Nhận định"),
            "change": _("Thay đổi rõ trước")}


def column_names() -> dict[str, str]:
    """Columns of a fair table that may be left out."""
    return {
        "coverage": _("Độ phủ"), "share": _("Thô"), "adjusted": _("Đã điều chỉnh"),
        "interval": _("Khoảng"), "change": _("So kỳ trước"),
        "reliability": _("Độ tin cậy"), "tier": _("Nhận định"),
    }


def _subjects(kind: str, n: int) -> str:
    if kind == "officers":
        return _("%(n)s cán bộ", n=number(n))
    return _("%(n)s thủ tục", n=number(n))


def tiers_sentence(kind: str, rows: Sequence[Figure]) -> str:
    """How many can be compared, and how many of them differ."""
    tiers = [row.tier for row in rows]
    same, above, below = (
        tiers.count(t) for t in ("no_difference", "clearly_above", "clearly_below")
    )
    held = same + above + below
    rest = len(rows) - held - sum(row.n is None for row in rows)
    if not held:
        return _("Chưa có dòng nào đủ lượt để so sánh; %(rest)s chưa đủ lượt để tin cậy hoặc không so được.",
                 rest=_subjects(kind, rest))
    return _(
        "Trong %(held)s đủ độ tin cậy để so sánh, %(same)s chưa thấy khác mức chung, %(below)s thấp "
        "hơn rõ và %(above)s cao hơn rõ sau khi tính đến loại hồ sơ. %(rest)s còn lại chưa "
        "đủ lượt để tin cậy hoặc không so được.",
        held=_subjects(kind, held), same=number(same), below=number(below), above=number(above),
        rest=_subjects(kind, rest),
    )


def funnel_heading(kind: str, rows: Sequence[Figure], family: str) -> str:
    """The finding of the funnel plot."""
    own = [row for row in rows if row.family == family and row.adjusted is not None]
    clear = sum(row.tier in ("clearly_below", "clearly_above") for row in own)
    if not clear:
        return _("Trong %(all)s trên hình, không dòng nào khác rõ mức chung",
                 all=_subjects(kind, len(own)))
    return _("%(clear)s trên %(all)s trên hình khác rõ mức chung", clear=number(clear),
             all=_subjects(kind, len(own)))


def one_sentence(row: Figure, period: Period) -> str:
    """One officer's or procedure's figures, their surety, and whether they differ."""
    if row.n is None:
        return _("Trong %(period)s số này không nêu: %(why)s.", period=period_name(period), why=hidden(row))
    if row.share is None or row.low is None or row.high is None:
        return _("Trong %(period)s chưa đủ lượt đánh giá để nói điều gì.", period=period_name(period))
    said = _(
        "%(n)s lượt trong %(period)s: %(share)s hài lòng (khoảng 95%%: %(low)s đến %(high)s).",
        n=number(row.n or 0), period=period_name(period), share=percent(row.share),
        low=percent(row.low), high=percent(row.high),
    )
    if row.few:
        unknown = _("Đơn vị có quá ít đồng nghiệp làm cùng loại hồ sơ để so: hãy xem cả đơn vị.")
        return f"{said} {unknown}"
    if row.adjusted is None:
        unplaced = _("Chưa so sánh được với mức chung.")
        return f"{said} {unplaced}"
    told = {
        "no_difference": _("chưa thấy khác mức chung"),
        "clearly_above": _("cao hơn rõ mức chung"), "clearly_below": _("thấp hơn rõ mức chung"),
        "not_comparable": _("không so sánh được với ai: không ai khác làm các hồ sơ này"),
    }.get(row.tier, _("chưa đủ lượt để so sánh"))
    return said + " " + _(
        "Sau khi tính đến loại hồ sơ, mức này là %(adjusted)s và %(told)s.",
        adjusted=percent(row.adjusted), told=told,
    )


def verdict(row: Figure) -> str:
    """Why a row is called different or not: the two tests that both have to be passed."""
    if row.shrunken is None or row.adjusted is None or row.overall is None or row.tier not in (
        "no_difference", "clearly_above", "clearly_below"
    ):
        return ""
    values = {"raw": signed(row.adjusted - row.overall), "points": signed(row.shrunken),
              "least": number(100 * LIMITS.delta, 0)}
    if row.tier != "no_difference":
        return _("Vì sao: chênh %(raw)s điểm so với mức dự kiến, trừ phần có thể do may rủi còn %(points)s; vừa "
                 "quá %(least)s điểm, vừa hơn mức mọi người trong nhóm thường chênh nhau.", **values)
    if abs(row.shrunken) <= LIMITS.delta:
        return _("Vì sao: chênh %(raw)s điểm so với mức dự kiến, trừ phần có thể do may rủi còn %(points)s; "
                 "dưới %(least)s điểm thì không gọi là khác biệt.", **values)
    return _("Vì sao: chênh %(raw)s điểm so với mức dự kiến, nhưng mọi người trong nhóm vẫn thường chênh "
             "nhau cỡ ấy; so nhiều người một lúc thì vài người lệch như vậy là bình thường.", **values)


def mix_sentence(row: Figure) -> str:
    """What the mix of cases does to a raw share, in words."""
    if row.few:
        return _("Quá ít đồng nghiệp để biết loại hồ sơ khó hay dễ hơn.")
    if row.expected is None or row.overall is None:
        return _("Chưa đủ lượt để biết loại hồ sơ khó hay dễ hơn.")
    values = {"expected": percent(row.expected), "overall": percent(row.overall)}
    if row.expected - row.overall <= -MIX_MATTERS:
        return _("Nhận hồ sơ khó hơn: người khác làm đúng các hồ sơ này đạt %(expected)s, so với mức "
                 "chung %(overall)s.", **values)
    if row.expected - row.overall >= MIX_MATTERS:
        return _("Nhận hồ sơ dễ hơn: người khác làm đúng các hồ sơ này đạt %(expected)s, so với mức "
                 "chung %(overall)s.", **values)
    return _("Loại hồ sơ không khó không dễ hơn: người khác làm đúng các hồ sơ này đạt "
             "%(expected)s, mức chung %(overall)s.", **values)


def lag(skew_ms: int) -> str:
    """A clock's error in the unit that a person would say it in."""
    seconds = skew_ms / 1000
    if abs(seconds) >= 2 * 86_400:
        return _("%(n)s ngày", n=number(round(seconds / 86_400)))
    if abs(seconds) >= 2 * 3600:
        return _("%(n)s giờ", n=number(round(seconds / 3600)))
    if abs(seconds) >= 120:
        return _("%(n)s phút", n=number(round(seconds / 60)))
    return _("%(s)s giây", s=number(seconds))
