"""Forms of the training office: what was typed stays, and every refusal says where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from kiosk_app.training.catalogue import Syllabus
from kiosk_app.training.checklists import MOST_ITEMS, ChecklistRecord
from kiosk_app.training.commands import SessionPlan
from kiosk_app.training.records import SessionRecord
from kiosk_app.training.rules import ENDS, STARTS, Slot
from kiosk_app.web import typed

SLOT_ROWS = 5
FEWEST_ITEMS = 6
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
        if re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", text) is None:
            self.errors[name] = refusal
            return None
        return float(text)

    def money(self, name: str) -> int | None:
        """An amount of dong, ``12000000`` or ``12.000.000 ₫``; None if blank."""
        text = _money(self.value(name))
        if text and re.fullmatch(r"[0-9]{1,15}", text) is None:
            self.errors[name] = _("Kinh phí là số đồng, ví dụ 12.000.000.")
            return None
        return int(text) if text else None

    def whole(self, name: str, refusal: str) -> int | None:
        """A whole number, None if blank."""
        found = self.number(name, refusal)
        if found is not None and not found.is_integer():
            self.errors[name] = refusal
            return None
        return int(found) if found is not None else None


def syllabus(form: Form) -> Syllabus:
    """Name, hours, test and pass mark of a course as typed; 5 where no pass mark is."""
    hours = form.number("hours", _("Số giờ là một số, ví dụ 8."))
    mark = form.number("pass_mark", _("Điểm đạt là một số từ 0 đến 10."))
    if not form.value("name"):
        form.errors["name"] = _("Nhập mã và tên chuyên đề.")
    return Syllabus(
        form.value("name")[:300], hours or 0.0, form.checked("has_test"), 5.0 if mark is None else mark
    )


def _money(text: str) -> str:
    """``36.000.000 ₫`` as bare digits."""
    return re.sub(r"[\s.₫đ]", "", text)


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


def read_time(written: str) -> time | None:
    """The time of ``8:00``, ``8h`` or ``8h30``."""
    found = re.fullmatch(r"(\d{1,2})\s*[:h.]\s*(\d{2})?", written)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2] or 0))


def _hours(form: Form, part: str, row: int | None = None) -> tuple[time | None, time | None]:
    """Begin and end typed for mornings or afternoons, or for one line; None: the usual hours.

    What a line leaves blank is as for the others.
    """
    found: list[time | None] = []
    for end in ("starts", "ends"):
        name = f"{part}_{end}"
        if row is not None and form.value(f"{name}-{row}"):
            name = f"{name}-{row}"
        written = form.value(name)
        at = read_time(written) if written else None
        if written and at is None:
            form.errors[name] = _("Nhập giờ như 8:00 hoặc 13:30.")
        usual = (STARTS if end == "starts" else ENDS)[part]
        found.append(None if at == usual else at)
    return found[0], found[1]


def own_hours(form: Form, row: int) -> bool:
    """Whether a line has hours of its own, or an error in them."""
    names = [f"{part}_{end}-{row}" for part in STARTS for end in ("starts", "ends")]
    return any(form.value(name) or name in form.errors for name in names)


def coming_day(written: str, today: date) -> date | None:
    """``read_day``, or the next day that ``14/3`` names."""
    parts = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})", written)
    if parts is None:
        return read_day(written)
    for year in (today.year, today.year + 1):
        found = read_day(f"{parts[1]}/{parts[2]}/{year}")
        if found is not None and found >= today:
            return found
    return None


def typed_days(form: Form, today: date) -> list[date]:
    """The days that can be read so far, whatever else is still missing."""
    return [day for row in range(SLOT_ROWS)
            if (day := coming_day(form.value(f"day-{row}"), today)) is not None]


def _slots(form: Form, today: date) -> tuple[Slot, ...]:
    found: list[Slot] = []
    for part in STARTS:
        _hours(form, part)  # a wrong hour is told even where no line uses it
    for row in range(SLOT_ROWS):
        written = form.value(f"day-{row}")
        parts = [part for part in ("morning", "afternoon") if form.checked(f"{part}-{row}")]
        if not written and not parts:
            continue
        day = coming_day(written, today)
        if day is None:
            form.errors["slots"] = _("Dòng %(n)s: nhập ngày học, ví dụ 14/3/2019.", n=row + 1)
            continue
        if not parts:
            form.errors["slots"] = _("Dòng %(n)s: đánh dấu sáng hoặc chiều.", n=row + 1)
        found += [Slot(day, part, *_hours(form, part, row)) for part in parts]
    return tuple(found)


def parse_session(form: Form, today: date) -> SessionPlan | None:
    """The plan that was typed; None with errors in the form. A day without a year is a coming one."""
    slots = _slots(form, today)
    capacity = form.whole("capacity", _("Số chỗ là một số nguyên, ví dụ 30."))
    cost = form.money("cost_vnd")
    course = form.value("course_id")
    number = typed.identifier(course)
    if number is None:
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
        code=form.value("code")[:40], course_id=number or 0, title=form.value("title")[:300],
        audience=audience if audience in {"centre", "wards"} else "",
        room=form.value("room")[:120], trainer=form.value("trainer")[:160],
        capacity=capacity, has_test=form.checked("has_test"), slots=slots,
        note=form.value("note")[:2000], cost_vnd=cost,
    )


def typed_of(held: SessionRecord) -> Typed:
    """The form as it would have been filled in for a session."""
    found = Typed({
        "code": held.code, "course_id": str(held.course_id), "title": held.title,
        "audience": held.audience, "room": held.room, "trainer": held.trainer,
        "capacity": "" if held.capacity is None else str(held.capacity),
        "cost_vnd": "" if held.cost_vnd is None else str(held.cost_vnd),
    })
    if held.has_test:
        found["has_test"] = "1"
    days = list(dict.fromkeys(slot.day for slot in held.slots))
    for slot in held.slots:
        row = days.index(slot.day)
        found[f"day-{row}"] = f"{slot.day.day}/{slot.day.month}/{slot.day.year}"
        found[f"{slot.part}-{row}"] = "1"
        alike = len({(one.starts, one.ends) for one in held.slots if one.part == slot.part}) == 1
        for name, at, usual in (("starts", slot.starts, STARTS), ("ends", slot.ends, ENDS)):
            if at is not None or not alike:
                told = at or usual[slot.part]
                key = f"{slot.part}_{name}" if alike else f"{slot.part}_{name}-{row}"
                found[key] = f"{told.hour}:{told.minute:02d}"
    return found


def sheet_numbers(form: Form, name: str, most: int) -> list[int]:
    """Running numbers typed as ``3, 7 9-11``; an error in the form for one that is none."""
    found: list[int] = []
    for piece in re.split(r"[,;\s]+", form.value(name)):
        ends = piece.split("-")
        if not piece:
            continue
        numbers = typed.identifiers(ends)
        if len(ends) > 2 or len(numbers) != len(ends):
            form.errors[name] = _("“%(v)s” không phải số thứ tự. Nhập như: 3, 7, 9-11.", v=piece)
            continue
        first, last = numbers[0], numbers[-1]
        if not 1 <= first <= last <= most:
            form.errors[name] = _("Số %(v)s ngoài danh sách. Bảng có số từ 1 đến %(n)s.", v=piece,
                                  n=most)
            continue
        found += range(first, last + 1)
    return found


def checklist_fields(found: ChecklistRecord | None) -> dict[str, str]:
    """A checklist as its form's fields."""
    if found is None:
        return {}
    fields = {"needed": "" if found.needed is None else str(found.needed)}
    for i, item in enumerate(found.items):
        fields |= {f"item-{i}": item.text, **({f"must-{i}": "1"} if item.mandatory else {})}
    return fields


def checklist_rows(form: Form) -> int:
    """Rows to show: those with text and three more, at least six."""
    used = max((i + 1 for i in range(MOST_ITEMS) if form.value(f"item-{i}")), default=0)
    return min(max(used + 3, FEWEST_ITEMS), MOST_ITEMS)
