"""Rules of training, pure: what may happen when, what counts as completed, how marks are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise

from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError

STARTS = {"morning": time(7, 30), "afternoon": time(13, 0)}
ENDS = {"morning": time(11, 30), "afternoon": time(17, 0)}
NOON = time(12, 0)
PART_ORDER = {"morning": 0, "afternoon": 1}
LEAST_MARK, HIGHEST_MARK = 0.0, 10.0
ATTENDED = frozenset({"present", "late"})
CAPACITY_LIMIT = 500


@dataclass(frozen=True, order=True)
class Slot:
    """A morning or an afternoon, from and to the minute; the usual hours where none are given."""

    day: date
    part: str
    starts: time | None = field(default=None, compare=False)
    ends: time | None = field(default=None, compare=False)

    @property
    def starts_at(self) -> datetime:
        """When it begins; from then people may be marked."""
        return datetime.combine(self.day, self.starts or STARTS[self.part], LOCAL_ZONE)

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return datetime.combine(self.day, self.ends or ENDS[self.part], LOCAL_ZONE)

    @property
    def hours(self) -> float:
        """How long it lasts."""
        return (self.ends_at - self.starts_at).total_seconds() / 3600

    def overlaps(self, other: Slot) -> bool:
        """Whether the two share a minute; one that begins as the other ends does not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def in_order(slots: Iterable[Slot]) -> list[Slot]:
    """Slots as they follow one another (``afternoon`` sorts before ``morning`` as text)."""
    return sorted(slots, key=lambda slot: (slot.day, PART_ORDER[slot.part]))


@dataclass(frozen=True)
class Booking:
    """What a session holds of the world: its slots, room, trainer and people."""

    session_id: int
    code: str
    room: str
    trainer: str
    slots: frozenset[Slot]
    officer_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Clash:
    """The same room, trainer or person wanted twice at one time."""

    kind: str
    """room, trainer or officer."""
    name: str
    code: str
    slot: Slot
    officer_id: int | None = None


@dataclass(frozen=True)
class TestMark:
    """A test mark as read: ``kind`` is mark, absent, blank, out_of_range or unreadable."""

    kind: str
    value: float | None = None


def plain(text: str) -> str:
    """Letters compared without regard to case, spacing and form of composition."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def read_attendance(written: object) -> str | None:
    """present, late, absent, excused, unknown (blank); None if it cannot be read."""
    text = plain(str(written)) if written is not None else ""
    if not text:
        return "unknown"
    if text in {"x", "có", "có mặt"}:
        return "present"
    if "muộn" in text:
        return "late"
    if text in {"v", "vắng"}:
        return "absent"
    if text in {"p", "phép", "vắng có phép"}:
        return "excused"
    return None


def read_mark(written: object) -> TestMark:
    """Read ``8``, ``"8,5"``, ``"9 "``, ``"vắng"``; marks outside 0–10 are told apart."""
    text = plain(str(written)) if written is not None else ""
    if not text:
        return TestMark("blank")
    if text in {"vắng", "v", "vắng mặt", "absent"}:
        return TestMark("absent")
    if not re.fullmatch(r"-?\d{1,3}([.,]\d{1,2})?", text):
        return TestMark("unreadable")
    value = float(text.replace(",", "."))
    if not LEAST_MARK <= value <= HIGHEST_MARK:
        return TestMark("out_of_range")
    return TestMark("mark", value)


def is_completed(
    marks: Sequence[str], *, has_test: bool, final: float | None, pass_mark: float,
    practical: bool = True,
) -> bool:
    """Present or late in every half-day and, where there are, a final mark and a checklist passed."""
    attended = bool(marks) and all(mark in ATTENDED for mark in marks)
    return attended and practical and (
        not has_test or (final is not None and final >= pass_mark))


def outcome_state(marks: Sequence[str], *, has_test: bool, final: float | None,
                  pass_mark: float, practical: bool = True) -> str:
    """State of an enrolment whose session was held."""
    done = is_completed(marks, has_test=has_test, final=final, pass_mark=pass_mark,
                        practical=practical)
    return "completed" if done else "not_completed"


def require_completable(
    marks: Sequence[str], *, has_test: bool, final: float | None, pass_mark: float,
    practical: bool = True,
) -> None:
    """Refuse *completed* for one who was absent or did not pass."""
    if not marks or any(mark not in ATTENDED for mark in marks):
        raise RuleError("absentee_not_completed", "absent from a half-day")
    if has_test and (final is None or final < pass_mark):
        raise RuleError("test_not_passed", "the final mark does not pass")
    if not practical:
        raise RuleError("checklist_not_passed", "the checklist is not passed")


def require_planned(state: str) -> None:
    """Refuse changes of plan and roster once a session was held or cancelled."""
    if state != "planned":
        raise RuleError("session_closed", f"the session is {state}")


def require_holdable(state: str, slots: Sequence[Slot], now: datetime) -> None:
    """Refuse *held* before the last half-day began."""
    require_planned(state)
    if not slots:
        raise RuleError("no_half_days", "the session has no half-day")
    if now < in_order(slots)[-1].starts_at:
        raise RuleError("held_before_start", "the last half-day has not begun")


def require_markable(state: str, slot: Slot, now: datetime) -> None:
    """Refuse attendance of a half-day that has not begun, or of a cancelled session."""
    if state == "cancelled":
        raise RuleError("session_cancelled", "the session was cancelled")
    if now < slot.starts_at:
        raise RuleError("attendance_before_half_day", "the half-day has not begun")


def require_result(kind: str, state: str, slots: Sequence[Slot], now: datetime) -> None:
    """Refuse a final mark before the last half-day began, any mark when cancelled."""
    if state == "cancelled":
        raise RuleError("session_cancelled", "the session was cancelled")
    ordered = in_order(slots)
    first = ordered[-1] if kind == "post" else ordered[0]
    if now < first.starts_at:
        raise RuleError("result_before_half_day", "the half-day has not begun")


def require_hours(slot: Slot) -> None:
    """Refuse a half-day that ends before it begins or lies in the other half of its day."""
    starts, ends = slot.starts_at.time(), slot.ends_at.time()
    inside = ends <= time(12, 30) if slot.part == "morning" else starts >= NOON
    if starts >= ends or not inside:
        raise RuleError("half_day_hours", f"{slot.day:%d/%m/%Y}", field="slots")


def require_future(slots: Iterable[Slot], now: datetime) -> None:
    """Refuse half-days that have begun already."""
    for slot in in_order(slots):
        if slot.starts_at <= now:
            raise RuleError("past_date", f"{slot.day:%d/%m/%Y}", field="slots")


def require_plan(slots: Sequence[Slot], capacity: int | None) -> None:
    """Refuse a session without half-days, with one twice, or for an impossible number."""
    if not slots:
        raise RuleError("no_half_days", "name at least one half-day", field="slots")
    if len(set(slots)) != len(slots):
        raise RuleError("half_day_twice", "a half-day is named twice", field="slots")
    for slot in slots:
        require_hours(slot)
    ordered = in_order(slots)
    for earlier, later in pairwise(ordered):
        if earlier.overlaps(later):
            raise RuleError("half_days_overlap", f"{later.day:%d/%m/%Y}", field="slots")
    if capacity is not None and not 0 < capacity <= CAPACITY_LIMIT:
        raise RuleError("capacity", f"between 1 and {CAPACITY_LIMIT}", field="capacity")


def clashes(wanted: Booking, others: Iterable[Booking]) -> list[Clash]:
    """Every room, trainer and person of ``wanted`` that another session holds then."""
    found: list[Clash] = []
    for other in others:
        if other.session_id == wanted.session_id:
            continue
        for slot in in_order(s for s in wanted.slots if any(s.overlaps(o) for o in other.slots)):
            if wanted.room and plain(wanted.room) == plain(other.room):
                found.append(Clash("room", other.room, other.code, slot))
            if wanted.trainer and plain(wanted.trainer) == plain(other.trainer):
                found.append(Clash("trainer", other.trainer, other.code, slot))
            found += [
                Clash("officer", "", other.code, slot, officer_id)
                for officer_id in sorted(wanted.officer_ids & other.officer_ids)
            ]
    return found


def hours_of(slots: Iterable[Slot], marks: Iterable[str]) -> float:
    """Hours of the half-days attended, each as long as it was planned."""
    return sum(slot.hours for slot, mark in zip(slots, marks, strict=True) if mark in ATTENDED)
