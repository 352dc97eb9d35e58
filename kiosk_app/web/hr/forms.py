"""Forms of the training office: what was typed stays, and every refusal says where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from kiosk_app.training.commands import SessionPlan
from kiosk_app.training.rules import Slot

SLOT_ROWS = 5
Typed = MultiDict[str, str]


@dataclass
class Form:
    """Typed values with the errors found in them, by field."""

    typed: Typed = field(default_factory=MultiDict)
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What was typed in a field."""
        return self.typed.get(name, "").strip()

    def checked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.typed.get(name))

    def number(self, name: str, refusal: str) -> float | None:
        """A number, None if blank; writes ``refusal`` when it is none."""
        text = self.value(name).replace(",", ".")
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            self.errors[name] = refusal
            return None

    def whole(self, name: str, refusal: str) -> int | None:
        """A whole number, None if blank."""
        found = self.number(name, refusal)
        if found is not None and not found.is_integer():
            self.errors[name] = refusal
            return None
        return int(found) if found is not None else None


def read_day(written: str) -> date | None:
    """The day of ``14/3/2019`` (also with dots or hyphens) or ``2019-03-14``."""
    parts = re.split(r"[/.\-]", written)
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    if len(parts[0]) == 4:
        parts.reverse()
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0]))
    except ValueError:
        return None


def _slots(form: Form) -> tuple[Slot, ...]:
    found: list[Slot] = []
    for row in range(SLOT_ROWS):
        written = form.value(f"day-{row}")
        parts = [part for part in ("morning", "afternoon") if form.checked(f"{part}-{row}")]
        if not written and not parts:
            continue
        day = read_day(written)
        if day is None:
            form.errors["slots"] = _("Dòng %(n)s: nhập ngày học, ví dụ 14/3/2019.", n=row + 1)
            continue
        if not parts:
            form.errors["slots"] = _("Dòng %(n)s: đánh dấu sáng hoặc chiều.", n=row + 1)
        found += [Slot(day, part) for part in parts]
    return tuple(found)


def parse_session(form: Form) -> SessionPlan | None:
    """The plan that was typed; None with errors in the form."""
    slots = _slots(form)
    capacity = form.whole("capacity", _("Số chỗ là một số nguyên, ví dụ 30."))
    course = form.value("course_id")
    if not course.isdigit():
        form.errors["course_id"] = _("Chọn một chuyên đề trong danh sách.")
    if not form.value("code"):
        form.errors["code"] = _("Nhập mã lớp, ví dụ TH-07.")
    if not form.errors and not slots:
        form.errors["slots"] = _(
            "Chọn ít nhất một buổi: nhập ngày rồi đánh dấu sáng hoặc chiều."
        )
    if form.errors:
        return None
    audience = form.value("audience")
    return SessionPlan(
        code=form.value("code")[:40], course_id=int(course), title=form.value("title")[:300],
        audience=audience if audience in {"centre", "wards"} else "",
        room=form.value("room")[:120], trainer=form.value("trainer")[:160],
        capacity=capacity, has_test=form.checked("has_test"), slots=slots,
        note=form.value("note")[:2000],
    )
