"""What may be said of a session's effect, in sentences."""

from __future__ import annotations

from flask_babel import gettext

from kiosk_app.reporting.effect_records import Behaviour, Effect
from kiosk_app.web.hr import tables


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values)).replace("p = ", "p\u00a0=\u00a0")


def points(value: float | None) -> str:
    """``+3,1`` of points."""
    return tables.signed(None if value is None else round(value, 1))


def head(found: Effect) -> str:
    """The verdict in two or three words."""
    return {
        "helped": _("Có cải thiện."), "harmed": _("Kết quả kém đi."),
        "no_change_shown": _("Không thấy thay đổi."),
    }.get(found.verdict, _("Chưa thể kết luận."))


def said(found: Effect) -> str:
    """The verdict's sentence after its head."""
    values = {"est": points(found.estimate), "low": points(found.low), "high": points(found.high)}
    if found.estimate is None:
        return _missing(found)
    if found.verdict == "helped":
        return _("Sau lớp, tỷ lệ hài lòng của nhóm đã học cao hơn nhóm chưa học %(est)s điểm phần trăm "
                 "(khoảng 95%%: %(low)s đến %(high)s). Lớp này đi cùng với cải thiện; chưa loại trừ "
                 "được nguyên nhân khác.", **values)
    if found.verdict == "harmed":
        return _("Sau lớp, chênh lệch giữa nhóm đã học và nhóm chưa học là %(est)s điểm phần trăm "
                 "(khoảng 95%%: %(low)s đến %(high)s). Lớp này đi cùng với kết quả kém đi; chưa loại trừ "
                 "được nguyên nhân khác. Xem lại nội dung và thời điểm của lớp.", **values)
    if found.verdict == "no_change_shown":
        return _("Chênh lệch sau lớp là %(est)s điểm phần trăm (khoảng 95%%: %(low)s đến %(high)s): thay "
                 "đổi từ 3 điểm trở lên thì số liệu này đã thấy.", **values)
    text = _("Sau lớp, chênh lệch giữa nhóm đã học và nhóm chưa học là %(est)s điểm phần trăm, nhưng "
             "khoảng 95%% đi từ %(low)s đến %(high)s: số liệu này hợp với cả “không tác động” lẫn “có "
             "thay đổi nhỏ”.", **values)
    return f"{text} {more(found)}"


def role_name(role: str) -> str:
    """What a month is for the comparison."""
    return {"before": _("trước lớp"), "selection": _("tháng chọn người, không tính"),
            "session": _("tháng của lớp, không tính")}.get(role, _("sau lớp"))


def definitions() -> list[str]:
    """What the figures of a file mean."""
    return [_("Chênh lệch: tỷ lệ hài lòng của người đã học trừ người chưa học, cùng loại hồ sơ, so với "
              "các tháng trước lớp, tính bằng điểm phần trăm; thấp và cao: khoảng tin cậy 95%.")]


def _missing(found: Effect) -> str:
    if found.reason == "months_before":
        return _("Trước lớp mới có %(n)s tháng có đánh giá, cần ít nhất 6 tháng để so sánh. Chờ thêm "
                 "không giúp được lớp này.", n=found.months_before)
    if found.reason == "months_after":
        return _("Cần thêm khoảng %(n)s tháng sau lớp, tức khoảng %(r)s đánh giá của nhóm đã học.",
                 n=found.months_needed, r=tables.figure(found.ratings_needed, "#,##0"))
    return _("Mỗi nhóm cần ít nhất 5 cán bộ có đánh giá cả trước và sau lớp; dưới mức đó không nêu số.")


def more(found: Effect) -> str:
    """About how much more is needed before something can be said."""
    if found.months_needed is None:
        return _("Chờ thêm không đủ: cần nhiều người học hơn hoặc thời gian trước lớp dài hơn.")
    return _("Cần thêm khoảng %(n)s tháng, tức khoảng %(r)s đánh giá mỗi cán bộ, mới thấy được mức 3 "
             "điểm.", n=found.months_needed, r=tables.figure(found.ratings_needed, "#,##0"))


def before(found: Effect) -> str:
    """Whether the groups moved alike before the session."""
    if found.p_before is None:
        return _("Không đủ tháng trước lớp để kiểm tra.")
    shown = tables.figure(found.p_before, "0.00")
    if found.p_before < 0.05:
        return _("Trước lớp hai nhóm đã đi khác nhau (p = %(p)s): không nên đọc kết quả.", p=shown)
    return _("%(n)s tháng trước lớp, hai nhóm không khác nhau (p = %(p)s).", n=found.months_before, p=shown)


def placebo(found: Effect) -> str:
    """What a false date would have shown."""
    if found.placebo is None or found.p_placebo is None:
        return ""
    return _("Đặt ngày lớp giả vào trước đó thì “tác động” là %(est)s điểm (p = %(p)s); nên gần 0.",
             est=points(found.placebo), p=tables.figure(found.p_placebo, "0.00"))


def behaviour(one: Behaviour) -> str:
    """One change of the work itself."""
    values = {"est": points(one.change), "low": points(one.low), "high": points(one.high)}
    if one.code == "late":
        return _("Hồ sơ trễ hạn: %(est)s điểm so với nhóm chưa học (%(low)s đến %(high)s).", **values)
    return _("Hồ sơ phải bổ sung: %(est)s điểm so với nhóm chưa học (%(low)s đến %(high)s).", **values)


def naive(found: Effect) -> str:
    """The comparison that misleads, and by how much it would have risen without any training."""
    if found.naive_selection is None:
        return ""
    if not found.expected_return or found.expected_return < 0.5:
        return _("Chỉ so chính nhóm đã học với tháng chọn người: %(est)s điểm. Cách này không có nhóm đối "
                 "chứng, nên không tách được lớp học khỏi mọi thay đổi khác.",
                 est=points(found.naive_selection))
    return _("Chỉ so chính nhóm đã học với tháng chọn người: %(est)s điểm. Trong đó khoảng %(back)s điểm "
             "sẽ tự trở lại dù không học, vì người được chọn đang ở lúc thấp.",
             est=points(found.naive_selection), back=points(found.expected_return))


def chances(found: Effect) -> str:
    """The p of exchanged labels, how sure a benefit is, and what is needed to draw it again."""
    p, sure = found.p or 0.0, 100 * (found.p_positive or 0.0)
    return _("p hoán vị %(p)s; khả năng có lợi %(g)s; %(draws)s lần rút, hạt giống %(seed)s.",
             p=tables.figure(p, "0.000") if p >= 0.001 else f"< {tables.figure(0.001, '0.000')}",
             g=_percent(sure), draws=tables.figure(found.draws, "#,##0"), seed=found.seed)


def _percent(sure: float) -> str:
    if sure > 99:
        return "> 99%"
    return "< 1%" if sure < 1 else f"{sure:.0f}%"
