"""What the administrator's pages say of a refusal, and the names of roles."""

from __future__ import annotations

from flask_babel import gettext as _

from kiosk_app.accounts.permissions import ROLES
from kiosk_app.core.errors import KioskError


def explain(error: KioskError) -> str:
    """What was refused and how to cure it."""
    texts = {
        "role_unknown": _("Chọn một vai trò trong danh sách."),
        "username_missing": _("Nhập tên đăng nhập, nhiều nhất 80 ký tự."),
        "username_taken": _("Tên đăng nhập này đã có. Đặt tên khác."),
        "unit_missing": _("Chọn đơn vị của tài khoản này: vai trò này chỉ thấy đơn vị của mình."),
        "unit_unknown": _("Chọn một đơn vị trong danh sách."),
        "pairing_unknown": _("Không có máy nào đang chờ với mã này. Đọc lại mã trên máy tính bảng; "
                             "mỗi mã chỉ dùng được trong 30 phút."),
        "device_unnamed": _("Đặt tên cho máy, ví dụ “Quầy 3”."),
        "device_name_taken": _("Tên máy này đã có. Đặt tên khác."),
    }
    return str(texts.get(error.code) or _("Không làm được: %(detail)s", detail=error.detail))


def role_names() -> dict[str, str]:
    """Roles as people call them, in the order of the matrix."""
    named = {
        "officer": _("Cán bộ quầy"), "manager": _("Lãnh đạo"),
        "case_handler": _("Người xử lý phản ánh"), "hr": _("Tổ chức cán bộ"),
        "inspector": _("Thanh tra"), "auditor": _("Kiểm toán"),
        "administrator": _("Quản trị"),
    }
    return {role: named[role] for role in ROLES}
