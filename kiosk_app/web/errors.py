"""Errors: pages for people, RFC 9457 problem documents for programs."""

from __future__ import annotations

import json

from flask import Flask, Response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from kiosk_app.core.errors import (
    ConfigurationError,
    ForbiddenError,
    KioskError,
    NotFoundError,
    RuleError,
    StorageUnavailableError,
)

STATUS: tuple[tuple[type[KioskError], int], ...] = (
    (NotFoundError, 404), (ForbiddenError, 403), (RuleError, 422),
    (StorageUnavailableError, 503), (ConfigurationError, 503), (KioskError, 400),
)


def problem(
    status: int, title: str, detail: str = "", errors: list[dict[str, str]] | None = None
) -> Response:
    """A problem document."""
    body = {
        "type": "about:blank", "title": title, "status": status, "detail": detail,
        "errors": errors or [],
    }
    response = Response(
        json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json"
    )
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _page(status: int, detail: str = "") -> tuple[str, int]:
    words = {
        400: _("Yêu cầu chưa đúng"), 401: _("Cần đăng nhập"), 403: _("Không có quyền xem trang này"),
        404: _("Không tìm thấy trang"), 413: _("Dữ liệu gửi lên quá lớn"),
        503: _("Hệ thống tạm nghỉ"),
    }
    title = words.get(status, _("Có lỗi xảy ra"))
    return render_template("errors/error.html", title=title, detail=detail, status=status), status


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _http(error: HTTPException) -> Response | tuple[str, int]:
    status = error.code or 500
    if isinstance(error, CSRFError):
        return _page(400, _("Trang đã mở quá lâu. Xin tải lại rồi gửi lại."))
    if _is_api():
        return problem(status, error.name, str(error.description or ""))
    if status == 404 and request.args:
        return _page(status, _("Địa chỉ nêu một kỳ, đơn vị hay mục không có, hoặc bạn không được xem. "
                               "Kiểm tra phần sau dấu ? của địa chỉ, hoặc chọn lại từ trang đầu."))
    if status == 404:
        return _page(status, _("Địa chỉ này không có, hoặc không được phép xem."))
    return _page(status)


def _known(error: KioskError) -> Response | tuple[str, int]:
    status = next(code for kind, code in STATUS if isinstance(error, kind))
    if _is_api():
        fields = [{"field": error.field, "reason": error.code}] if error.field else []
        return problem(status, error.code, error.detail, fields)
    return _page(status, _cure(error))


def _cure(error: KioskError) -> str:
    if isinstance(error, StorageUnavailableError):
        return str(_("Chưa ghi được dữ liệu. Thử lại sau ít phút; nếu vẫn vậy, báo người quản trị."))
    if isinstance(error, NotFoundError):
        return str(_("Mục này không có, hoặc không thuộc phạm vi của bạn."))
    if error.code == "group_too_small":
        return str(_("Nhóm này có dưới 5 cán bộ trong kỳ, nên tài khoản của bạn không được nêu số của "
                     "riêng nhóm. Chọn mọi đơn vị, nhóm lớn hơn hoặc kỳ dài hơn."))
    if error.code == "two_dimensions":
        return str(_("Mỗi lần chỉ lọc được một chiều ngoài đơn vị: hiệu của hai bảng có thể lộ đánh giá của "
                     "từng người. Bỏ bớt một chiều rồi xem lại."))
    return str(_("Chưa làm được việc này (mã %(code)s).", code=error.code))


def init_app(app: Flask) -> None:
    """Answer HTTP errors and the service's own."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(KioskError, _known)
