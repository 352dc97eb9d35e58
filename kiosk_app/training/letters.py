"""What people are told by mail of a session, in the language of the house."""

from __future__ import annotations

from kiosk_app.training.icalendar import Event
from kiosk_app.training.records import SessionRecord
from kiosk_app.training.rules import Slot

SEQUENCE_STEP = 100
"""Tellings that fit between two changes of a session in SEQUENCE."""
SUBJECTS = {
    "invitation": "Mời tập huấn", "change": "Lịch tập huấn thay đổi",
    "reminder": "Nhắc lịch tập huấn", "cancelled": "Lớp tập huấn đã huỷ",
    "removed": "Không còn tên trong lớp tập huấn",
}


def _when(slot: Slot) -> str:
    start, end = slot.starts_at, slot.ends_at
    return (f"{start.day}/{start.month}/{start.year}, {start.hour}:{start.minute:02d}–"
            f"{end.hour}:{end.minute:02d}")


def letter(kind: str, name: str, held: SessionRecord, state: str, address: str) -> tuple[str, str]:
    """Subject and body; ``address`` is where the person answers."""
    title = held.title or held.course
    opening = {
        "invitation": "Anh/chị được mời dự" if state == "invited" else "Anh/chị được cử dự",
        "change": "Lịch hoặc nơi học đã đổi:", "reminder": "Xin nhắc anh/chị về",
        "cancelled": "Đơn vị tổ chức đã huỷ", "removed": "Anh/chị không còn trong danh sách",
    }[kind]
    lines = [f"Kính gửi {name},", "", f"{opening} lớp {held.code}: {title}.", ""]
    if kind not in ("cancelled", "removed"):
        lines += [f"- {_when(slot)}" for slot in held.slots]
        lines += [f"Nơi học: {held.room}"] if held.room else []
        lines += [f"Phụ trách: {held.trainer}"] if held.trainer else []
        ask = "Nhận lời hoặc từ chối" if state == "invited" else "Nếu không đi được, báo"
        lines += ["", f"{ask} tại: {address}"]
    if kind == "cancelled" and held.note:
        lines += [f"Lý do: {held.note}"]
    return f"{SUBJECTS[kind]}: {held.code}, {title}", "\n".join([*lines, ""])


def asking(name: str, held: SessionRecord, address: str, days: int) -> tuple[str, str]:
    """Subject and body of the letter that asks what somebody says of a session."""
    title = held.title or held.course
    lines = [
        f"Kính gửi {name},", "",
        f"Lớp {held.code}: {title} đã kết thúc. Mời anh/chị góp ý trong một phút tại:", "",
        address, "",
        "Đường dẫn này dùng được một lần. Hệ thống chỉ ghi rằng đường dẫn đã dùng; câu trả lời được "
        "cộng vào số chung của lớp, không ghi tên, không ghi giờ.",
        f"Góp ý đóng sau {days} ngày. Kết quả chỉ hiện khi đã đóng và có từ 5 người trả lời.", "",
    ]
    return f"Góp ý về lớp tập huấn: {held.code}, {title}", "\n".join(lines)


def events(
    held: SessionRecord, host: str, *, sequence: int, gone: bool = False
) -> list[Event]:
    """The half-days of a session as calendar entries; ``gone`` takes them back."""
    title = held.title or held.course
    return [
        Event(
            uid=f"half-day-{half.id}@{host}", sequence=sequence, starts_at=half.slot.starts_at,
            ends_at=half.slot.ends_at, summary=f"{held.code}: {title}", location=held.room,
            description=f"Phụ trách: {held.trainer}" if held.trainer else "",
            cancelled=gone or held.state == "cancelled",
        )
        for half in held.half_days
    ]
