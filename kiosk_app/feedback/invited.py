"""What a rating takes from the counter's call that it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from kiosk_app.devices import invitations
from kiosk_app.devices.records import InvitationRecord
from kiosk_app.feedback import rules
from kiosk_app.feedback.records import ParsedItem, Sender


def calls_of(conn: Connection, items: Iterable[object]) -> dict[str, InvitationRecord]:
    """The calls that items say they answer."""
    refs = {
        ref for item in items if isinstance(item, Mapping)
        and isinstance(ref := item.get("invitation"), str) and len(ref) <= rules.INVITATION_MAX
    }
    return invitations.named(conn, refs) if refs else {}


def answered_call(
    calls: Mapping[str, InvitationRecord], parsed: ParsedItem, sender: Sender
) -> InvitationRecord | None:
    """The call that an item answers: of the sender's counter, for this receipt and step."""
    found = calls.get(parsed.invitation or "")
    if found is None or sender.counter_id is None or found.counter_id != sender.counter_id:
        return None
    same = (found.receipt_key, found.step) == (parsed.receipt_key or "", parsed.step)
    return found if same and parsed.kind == "rating" else None
