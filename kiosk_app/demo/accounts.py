"""Demo accounts of every role with passwords made on this machine, and the notice of them."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from kiosk_app.accounts import commands as accounts
from kiosk_app.config import Settings
from kiosk_app.core import db
from kiosk_app.core.audit import Actor
from kiosk_app.organisation import queries

OFFICER = "HL.CB.010"
ROLES = (
    ("truong.phong", "manager", "HL-TTHCC", "Quản lý Trung tâm"),
    ("lanh.dao", "manager", "HL", "Lãnh đạo thành phố"),
    ("nhan.su", "hr", "HL", "Tổ chức cán bộ"),
    ("quan.tri", "administrator", "HL", "Quản trị hệ thống"),
    ("can.bo", "officer", "HL-TTHCC", "Cán bộ quầy"),
    ("kiem.toan", "auditor", "HL", "Kiểm toán"),
    ("thanh.tra", "inspector", "HL", "Thanh tra"),
    ("xu.ly", "case_handler", "HL-TTHCC", "Người xử lý phản ánh"),
)
"""User name, role, key of the own unit, display name."""


def create(settings: Settings, *, actor: Actor, now: datetime) -> Path:
    """Add the accounts and write the notice (mode 0600); its path."""
    with db.reading() as conn:
        officer_id = queries.officer_by_code(conn, OFFICER)
        units = {ref: queries.unit_by_ref(conn, ref) for _, _, ref, _ in ROLES}
    lines: list[str] = []
    for username, role, ref, display in ROLES:
        password = accounts.add_user(
            username, role=role, unit_id=units[ref],
            officer_id=officer_id if role == "officer" else None, display_name=display,
            is_demo=True, actor=actor, now=now,
        )
        lines.append(f"  {username:14} {password:20} {role:14} {display}")
    path = settings.data_dir / "demo-notice.txt"
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(_notice(f"http://{settings.host}:{settings.port}", lines))
    return path


def _notice(address: str, accounts_lines: list[str]) -> str:
    return "\n".join([
        "Năm mẫu 2018 / demo year 2018",
        "", "Địa chỉ / addresses:",
        f"  {address}/kiosk           máy tính bảng / tablet",
        f"  {address}/manage/         quản lý / managers",
        f"  {address}/hr/             đào tạo / training",
        f"  {address}/admin/          quản trị / administration",
        f"  {address}/login           đăng nhập / log in",
        "", "Tài khoản / accounts (mật khẩu tạo trên máy này / passwords made on this machine):",
        *accounts_lines,
        "", "Máy khác / further tablets:",
        "  mở /kiosk, máy hiện mã; duyệt ở /admin hoặc / open /kiosk: it shows a code; approve it",
        "  under /admin or with: kiosk device approve CODE --unit HL-TTHCC --name TEN",
        "",
    ])
