"""iCalendar text (RFC 5545): events in UTC, escaped, folded at 75 octets, lines ended by CR LF."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

OCTETS = 75
PRODUCT = "-//Kiosk//Training//VI"


@dataclass(frozen=True)
class Event:
    """One half-day; ``sequence`` rises with every change, ``cancelled`` takes it back."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    description: str = ""
    cancelled: bool = False


def escaped(text: str) -> str:
    """Text of a property (RFC 5545 §3.3.11); control characters fall away."""
    kept = "".join(one for one in text.replace("\r\n", "\n") if one == "\n" or ord(one) >= 32)
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        kept = kept.replace(plain, written)
    return kept


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, never within a letter (§3.1)."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    return "\r\n".join([*pieces, piece])


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _lines(event: Event, stamp: datetime) -> list[str]:
    lines = [
        "BEGIN:VEVENT", f"UID:{escaped(event.uid)}", f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_utc(stamp)}", f"DTSTART:{_utc(event.starts_at)}",
        f"DTEND:{_utc(event.ends_at)}", f"SUMMARY:{escaped(event.summary)}",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
    ]
    if event.location:
        lines.append(f"LOCATION:{escaped(event.location)}")
    if event.description:
        lines.append(f"DESCRIPTION:{escaped(event.description)}")
    return [*lines, "END:VEVENT"]


def calendar(events: Iterable[Event], *, name: str, stamp: datetime) -> str:
    """A calendar to subscribe to or to send along; ``stamp`` is the moment it is made."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for event in events:
        lines += _lines(event, stamp)
    return "".join(folded(line) + "\r\n" for line in [*lines, "END:VCALENDAR"])
