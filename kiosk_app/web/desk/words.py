"""What the officer's page says of steps and refusals."""

from __future__ import annotations

from flask_babel import gettext as _

from kiosk_app.core.errors import KioskError


def steps() -> dict[str, str]:
    """Steps that may be rated, as offices say them."""
    return {
        "reception": _("Tiếp nhận"), "supplement": _("Yêu cầu bổ sung"),
        "refusal": _("Từ chối tiếp nhận"), "return": _("Trả kết quả"),
    }


def explain(error: KioskError) -> str:
    """What was refused and how to cure it."""
    texts = {
        "dossier_unknown": _("Chưa có hồ sơ này. Xem lại mã, hoặc đợi phần mềm một cửa gửi sang."),
        "unit_foreign": _("Hồ sơ này thuộc đơn vị khác."),
        "already_rated": _("Bước này đã được đánh giá rồi. Xin cảm ơn người dân, không cần mời nữa."),
        "too_late": _("Đã quá 30 ngày từ khi trả kết quả; hồ sơ này không đánh giá được nữa."),
        "invitation_unknown": _("Không còn lời mời nào để thu lại."),
        "officer_not_posted": _("Hôm nay bạn không được phân công tại đơn vị này; báo người quản trị."),
    }
    return str(texts.get(error.code) or _("Chưa làm được việc này (mã %(code)s).", code=error.code))
