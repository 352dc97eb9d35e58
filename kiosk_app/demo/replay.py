"""Delivering the demo's ratings through the command that tablets use, at the year's own times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.demo.ratings import REMOTE, Delivery
from kiosk_app.feedback import commands as feedback
from kiosk_app.feedback.records import Sender
from kiosk_app.seals import commands as seals

Say = Callable[[str], None]
EXPECTED = ("created", "rejected:already_rated")
REPORT_EVERY = 10_000


def deliver(
    batches: Sequence[Delivery], senders: Mapping[str, Sender], *, end: datetime, say: Say
) -> Counter[str]:
    """Send every batch, oldest first; each month's ratings are sealed at its end."""
    verdicts: Counter[str] = Counter()
    month, sent, announced = 1, 0, 0
    for batch in batches:
        arrived_in = batch.arrives.astimezone(LOCAL_ZONE).month
        if arrived_in != month:
            seals.seal(now=batch.arrives)
            month = arrived_in
        outcome = feedback.record(batch.items, sender=senders[batch.sender], now=batch.arrives)
        for result in outcome.results:
            reason = f":{result.reason}" if result.reason else ""
            verdicts[f"{result.verdict}{reason}"] += 1
        sent += len(batch.items)
        if sent - announced >= REPORT_EVERY:
            say(f"ratings {sent}")
            announced = sent
    unexpected = {k: n for k, n in verdicts.items() if k not in EXPECTED}
    if unexpected:
        raise RuleError("demo_rating_refused", f"verdicts of the demo's ratings: {unexpected}")
    feedback.match_unmatched(now=end)
    feedback.release_closed(now=end)
    seals.seal(now=end)
    return verdicts


def remote_sender() -> dict[str, Sender]:
    """The integration that delivers phone and paper items."""
    return {REMOTE: Sender(integration=True)}
