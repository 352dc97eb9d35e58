"""The words on slips, on the counter card and on the paper form, in the language of the print."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from kiosk_app.dossiers.rules import SLIP_STEPS
from kiosk_app.questionnaires import builtin


def _(text: str) -> str:
    return str(gettext(text))


def step_names() -> dict[str, str]:
    """The steps a slip can stand for, as staff and citizens say them."""
    names = {
        "refusal": _("Từ chối tiếp nhận hồ sơ"), "supplement": _("Yêu cầu bổ sung hồ sơ"),
        "reception": _("Tiếp nhận hồ sơ"), "return": _("Trả kết quả"),
    }
    return {step: names[step] for step in SLIP_STEPS}


def refusal(code: str) -> str:
    """What was refused, and how to cure it."""
    return {
        "dossier_unknown": _("Không có hồ sơ nào mang mã này. Xem lại mã, hoặc để trống ô mã hồ sơ."),
        "unit_mismatch": _("Hồ sơ này thuộc đơn vị khác; đơn vị đó làm phiếu cho hồ sơ này."),
        "step_unknown": _("Chọn lần phục vụ trong danh sách."),
    }.get(code, code)


def size_names() -> dict[str, str]:
    """Papers that a slip is printed on."""
    return {
        "a5": _("Giấy A5"), "80mm": _("Giấy nhiệt 80 mm"), "sheet": _("Tờ 21 nhãn dán (A4)"),
    }


def slip_words() -> dict[str, Any]:
    """What every slip says."""
    return {
        "title": _("Mời ông/bà đánh giá"), "lead": _("Chỉ mất 15 giây. Không phải ghi tên."),
        "labels": {
            "step": _("Lần phục vụ"), "procedure": _("Thủ tục"), "code": _("Mã phiếu"),
            "until": _("Đánh giá đến hết ngày"),
        },
        "ways": [
            _("Quét mã vuông bằng máy ảnh của điện thoại."),
            _("Hoặc đưa mã vuông trước máy tính bảng tại đây."),
            _("Hoặc bấm 6 số cuối của mã phiếu trên máy tính bảng."),
        ],
        "privacy": _("Cán bộ không xem được đánh giá của riêng ông/bà."),
    }


def card_words(_lang: str) -> dict[str, Any]:
    """The card that stands on the counter: six ways to rate."""
    return {
        "title": _("Mời ông/bà đánh giá lần phục vụ này"),
        "lead": _("Chọn một cách, cách nào cũng được. Chỉ mất 15 giây, không phải ghi tên."),
        "ways": [
            [_("Quét giấy hẹn"), _("Trên máy tính bảng, chạm «Quét mã trên giấy hẹn» rồi đưa mã "
                                   "vuông hoặc mã vạch trước máy ảnh.")],
            [_("Máy quét cầm tay"), _("Chĩa máy quét vào mã trên giấy hẹn và bấm. Máy tính bảng tự "
                                      "sang màn hình chấm điểm.")],
            [_("Bấm 6 số cuối"), _("Chạm «Nhập mã hồ sơ» rồi bấm 6 số cuối của mã hồ sơ trên giấy "
                                   "hẹn.")],
            [_("Phiếu đánh giá"), _("Không có giấy hẹn, hoặc bị từ chối, phải bổ sung hồ sơ: xin cán "
                                    "bộ một phiếu đánh giá có mã vuông, rồi quét như cách 1.")],
            [_("Điện thoại"), _("Quét mã vuông trên phiếu đánh giá bằng máy ảnh của điện thoại, ở "
                                "đâu cũng được, trong 30 ngày.")],
            [_("Phiếu giấy"), _("Lấy phiếu giấy ở quầy, đánh dấu và bỏ vào thùng phiếu.")],
        ],
        "then": _("Sau đó chạm vào một khuôn mặt. Thế là xong."),
        "privacy": _("Cán bộ không xem được đánh giá của riêng ông/bà."),
    }


def numbered_tiles(lang: str) -> list[dict[str, Any]]:
    """Factors with the reasons of both sets, each with the number that stands beside it on paper."""
    whole = builtin.definition()
    number_of = {tuple(tile["codes"]): tile for tile in builtin.numbered(lang)}
    rows = []
    for below, above in zip(*(builtin.tiles(whole, which) for which in ("low", "high")), strict=True):
        rows.append({
            "factor": below["text"][lang],
            "low": [number_of[tuple(tile["codes"])] for tile in below["tiles"]],
            "high": [number_of[tuple(tile["codes"])] for tile in above["tiles"]],
        })
    return rows


def form_words(lang: str) -> dict[str, Any]:
    """The paper form: the same question, faces and reasons as on the tablet."""
    levels: Any = builtin.definition()["levels"]
    return {
        "title": _("Phiếu đánh giá"), "question": _("Ông/bà hài lòng thế nào về lần phục vụ này?"),
        "levels": [{"level": one["level"], "text": one["text"][lang]} for one in levels],
        "factors": numbered_tiles(lang),
        "labels": {
            "code": _("Mã hồ sơ (trên giấy hẹn), hoặc 6 số cuối"), "day": _("Ngày"),
            "mark": _("Đánh dấu x vào một ô"), "why": _("Điều gì đáng nói nhất? Không chọn cũng được."),
            "low": _("Chưa hài lòng vì"), "high": _("Hài lòng vì"),
            "more": _("Ông/bà muốn nói thêm điều gì?"),
            "warning": _("Xin đừng ghi số căn cước hay tên người khác."),
        },
        "privacy": _("Cán bộ không xem được đánh giá của riêng ông/bà."),
        "box": _("Xin bỏ phiếu vào thùng phiếu."),
    }
