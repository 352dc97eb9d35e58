"""Faults put into a server process on purpose, so that a campaign is seen to fail for each.

Python loads this module at start where a test has put its folder on the path; nothing else does.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any


def acknowledge_before_commit() -> None:
    """Verdicts go out at once; the commit follows two seconds later, if the process still lives."""
    from kiosk_app.core import db, keys
    from kiosk_app.core.columns import to_ms
    from kiosk_app.feedback import commands, intake

    class Undone(Exception):
        pass

    commit = commands.record

    def later(items: Any, sender: Any, now: Any) -> None:
        time.sleep(2.0)
        commit(items, sender=sender, now=now)

    def record(items: Any, *, sender: Any, now: Any) -> Any:
        outcome = None
        try:
            with db.transaction() as conn:
                outcome = intake.judge_and_store(
                    conn, keys.current(), items, sender=sender, now_ms=to_ms(now)
                )
                raise Undone
        except Undone:
            threading.Thread(target=later, args=(items, sender, now), daemon=True).start()
        return outcome

    commands.record = record


def forget_what_is_known() -> None:
    """Neither id nor number of an item is looked up; the numbers of an epoch are noted leniently."""
    from collections import defaultdict

    from kiosk_app.devices import sequences
    from kiosk_app.feedback import intake

    note = sequences.note

    def lenient(conn: Any, device_id: int, epoch: str, arrived: Any, now_ms: int) -> None:
        known = sequences.holders(conn, device_id, epoch, list(arrived))
        fresh = {seq: item for seq, item in arrived.items() if seq not in known}
        note(conn, device_id, epoch, fresh, now_ms)

    sequences.note = lenient
    intake.Batch._digests = lambda self: defaultdict(set)
    intake.Batch._sequence_holders = lambda self: {}


_CHOSEN = os.environ.get("KIOSK_TEST_SABOTAGE", "")
if _CHOSEN:
    {
        "acknowledge_before_commit": acknowledge_before_commit,
        "forget_what_is_known": forget_what_is_known,
    }[_CHOSEN]()
