"""What a mail and a webhook say of an alert; mails are in the language of the house."""

from __future__ import annotations

import json

from kiosk_app.alerts.records import Raised, Text


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".replace(".", ",") + "%"


def _day(day: int) -> str:
    return f"{day % 100:02d}/{day // 100 % 100:02d}/{day // 10_000}"


def mail(found: Raised, place: str, procedure: str, address: str) -> Text:
    """Subject and body: what changed, since when, how surely, and what the alarm is worth."""
    where = f"{place}, {procedure}" if procedure else place
    turn = "giảm" if found.worse else "tăng"
    body = (
        f"Từ {_day(found.first_day)} đến {_day(found.day)}, {_percent(found.share)} trong "
        f"{found.n} lượt đánh giá ở {where} là hài lòng (khoảng 95%: {_percent(found.low)} đến "
        f"{_percent(found.high)}). Với hồ sơ như vậy, trước đây là {_percent(found.expected)}.\n\n"
        f"Ngưỡng báo động được đặt để cả năm có nhiều nhất {found.false_alarms:g} báo động giả. "
        "Vì được báo do lệch nhiều, mức lệch thật thường nhỏ hơn mức thấy ở đây.\n\n"
        f"Xem và ghi nhận: {address}\n"
    )
    return Text(f"Mức hài lòng {turn}: {where}", body)


def event(ref: str, found: Raised, unit: str) -> str:
    """The webhook ``alert.raised`` as JSON."""
    return json.dumps({
        "event": "alert.raised", "id": ref, "unit": unit,
        "procedure": found.procedure_code or None,
        "direction": "worse" if found.worse else "better", "first_day": found.first_day,
        "day": found.day, "n": found.n, "share": found.share, "low": found.low,
        "high": found.high, "expected": found.expected,
        "false_alarms_per_year": found.false_alarms,
    }, ensure_ascii=False, sort_keys=True)
