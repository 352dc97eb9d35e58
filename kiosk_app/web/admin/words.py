"""What the administrator's pages say of a refusal, and the names of roles."""

from __future__ import annotations

from flask_babel import gettext as _

from kiosk_app.accounts.permissions import ROLES
from kiosk_app.core.audit import AuditRecord
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
        "counter_elsewhere": _("Chọn một quầy của đúng đơn vị này."),
        "device_name_taken": _("Tên máy này đã có. Đặt tên khác."),
    }
    return str(texts.get(error.code) or _("Chưa làm được việc này (mã %(code)s).", code=error.code))


def action_names() -> dict[str, str]:
    """What the audit trail records, as people say it."""
    return {
        "log_in": _("Đăng nhập"), "user_add": _("Thêm tài khoản"),
        "user_disable": _("Khoá tài khoản"), "user_password": _("Đổi mật khẩu"),
        "device_add": _("Thêm máy tính bảng"), "device_approve": _("Ghép máy tính bảng"),
        "device_pin": _("Đặt PIN máy tính bảng"), "device_hours": _("Đặt giờ mở máy"),
        "device_place": _("Đặt máy tại quầy"), "call_seconds": _("Đặt thời gian mời"),
        "seat": _("Đổi người ngồi quầy"),
        "device_revoke": _("Thu hồi máy tính bảng"), "key_add": _("Cấp khoá tích hợp"),
        "key_revoke": _("Thu hồi khoá tích hợp"), "open_paper_batch": _("Mở xấp phiếu giấy"), "close_paper_batch": _("Đóng xấp phiếu giấy"),
        "match_by_hand": _("Khớp một lượt với hồ sơ"),
        "make_slip": _("Làm phiếu đánh giá"), "erase": _("Xoá nội dung một lượt"),
        "void_attempt": _("Huỷ một lần thử"), "import_dossiers": _("Nhập hồ sơ"),
        "import_units": _("Nhập đơn vị"), "import_unit-events": _("Nhập biến động đơn vị"),
        "import_counters": _("Nhập quầy"), "import_officers": _("Nhập cán bộ"),
        "course_added": _("Thêm chuyên đề"), "session_planned": _("Lập kế hoạch lớp"),
        "officers_enrolled": _("Cử người đi học"), "officer_withdrawn": _("Rút người khỏi lớp"),
        "session_held": _("Xác nhận lớp đã tổ chức"), "session_cancelled": _("Huỷ một lớp"),
        "enrolment_completed": _("Ghi nhận học đủ"), "record_viewed": _("Xem hồ sơ học"),
        "import_procedures": _("Nhập thủ tục"), "training_imported": _("Nhập lớp tập huấn"),
        "import_unit_events": _("Nhập biến động đơn vị"), "import_postings": _("Nhập phân công"),
        "import_holidays": _("Nhập ngày nghỉ"), "redact_comment": _("Che một ý kiến"),
        "look_at_officer": _("Xem số liệu một cán bộ"), "reply_to_figures": _("Phản hồi số liệu"),
        "ask_export": _("Xuất số liệu"), "acknowledge_alert": _("Xác nhận một báo động"),
        "alert_budget": _("Đặt số báo động nhầm chấp nhận"),
        "misuse_set_aside": _("Để riêng các lượt có dấu hiệu"),
        "misuse_kept": _("Giữ các lượt có dấu hiệu"), "survey_publish": _("Ban hành phiếu khảo sát"),
        "survey_round": _("Mở đợt khảo sát"),
        "letterhead_changed": _("Đổi đầu trang và người ký văn bản"),
    }


def subject_text(event: AuditRecord) -> str:
    """What the deed was done to: ``batch 1`` becomes ``Xấp 1``; codes and names stay."""
    kinds = {
        "batch": _("Xấp"), "run": _("Lần nhập"), "attempt": _("Lần thử"), "item": _("Lượt số"),
        "officer": _("Cán bộ"), "counter": _("Quầy"), "unit": _("Đơn vị"),
    }
    kind, _space, rest = event.subject.partition(" ")
    if rest and kind in kinds:
        return f"{kinds[kind]} {rest}"
    return "" if event.action == f"import_{event.subject}" else event.subject


def actor_text(event: AuditRecord) -> str:
    """Who did it: programs have a name in the reader's language."""
    programs = {"command line": _("Dòng lệnh"), "system": _("Hệ thống")}
    return str(programs.get(event.actor, event.actor))


def reason_text(event: AuditRecord) -> str:
    """The reason that the person gave, if the deed asks for one."""
    return str(event.facts.get("reason") or event.facts.get("comment") or "")


def role_names() -> dict[str, str]:
    """Roles as people call them, in the order of the matrix."""
    named = {
        "officer": _("Cán bộ quầy"), "manager": _("Lãnh đạo"),
        "case_handler": _("Người xử lý phản ánh"), "hr": _("Tổ chức cán bộ"),
        "inspector": _("Thanh tra"), "auditor": _("Kiểm toán"),
        "administrator": _("Quản trị"),
    }
    return {role: named[role] for role in ROLES}
