"""The states of an enrolment and the seats of a session; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from kiosk_app.core.errors import RuleError
from kiosk_app.training.rules import Slot, in_order

SEATED = frozenset({"invited", "enrolled", "completed", "not_completed"})
"""States that hold a seat, a place in the room and the person's time."""
OUTCOMES = frozenset({"completed", "not_completed"})
_BACK = frozenset({"invited", "enrolled", "waiting"})
_LEAVING = frozenset({"declined", "withdrawn", "substituted"})
MOVES: Mapping[str, frozenset[str]] = {
    "": _BACK,
    "invited": frozenset({"enrolled"}) | _LEAVING | OUTCOMES,
    "enrolled": _LEAVING | OUTCOMES,
    "waiting": frozenset({"invited", "enrolled", "declined", "withdrawn"}),
    "declined": _BACK, "withdrawn": _BACK, "substituted": _BACK,
    "completed": frozenset({"not_completed"}), "not_completed": frozenset({"completed"}),
}
"""From a state ('' before there is one) to those that may follow."""
REASONED = frozenset({"declined", "substituted"})
OPEN = frozenset({"invited", "enrolled", "waiting"})
"""States that may still be left before the session is held."""


def require_move(before: str, after: str, reason: str = "") -> None:
    """Refuse what may not follow, and leaving without a reason.

    RuleError ``enrolment_move`` (detail: before → after) or ``reason_needed``.
    """
    if after not in MOVES.get(before, frozenset()):
        raise RuleError("enrolment_move", f"{before or 'none'} → {after}")
    if after in REASONED and not reason.strip():
        raise RuleError("reason_needed", "say why", field="reason")


def require_open(slots: Sequence[Slot], now: datetime) -> None:
    """Refuse changes of the roster once the last half-day is over."""
    ordered = in_order(slots)
    if ordered and now >= ordered[-1].ends_at:
        raise RuleError("session_over", f"{ordered[-1].day:%d/%m/%Y}", field="officer_ids")


def free(capacity: int | None, seated: int) -> int | None:
    """Seats left, never below 0; None where there is no limit."""
    return None if capacity is None else max(capacity - seated, 0)


def split(wanted: Sequence[int], left: int | None, *, may_wait: bool) -> tuple[list[int], list[int]]:
    """Who gets a seat and who waits, in the order given; RuleError ``session_full`` otherwise."""
    if left is None or len(wanted) <= left:
        return list(wanted), []
    if not may_wait:
        raise RuleError("session_full", str(left), field="officer_ids")
    return list(wanted[:left]), list(wanted[left:])


def promoted(
    waiting: Sequence[tuple[int, int]], left: int | None, busy: Collection[int]
) -> list[tuple[int, int]]:
    """Of (enrolment, officer) in the order of the list, those who move up.

    A person who sits elsewhere at the time keeps the place on the list and the next one moves up.
    """
    able = [one for one in waiting if one[1] not in busy]
    return able if left is None else able[:left]
