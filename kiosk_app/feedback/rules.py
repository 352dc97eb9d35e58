"""Pure rules: reading an item, judging its form, digest, ballot, day and place."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import rfc8785

from kiosk_app.core.columns import local_day, to_ms
from kiosk_app.core.keys import KeyRing
from kiosk_app.dossiers.records import DossierFacts
from kiosk_app.dossiers.rules import is_late, normal_form, normal_hint, resolve_step
from kiosk_app.feedback.records import ParsedItem, Place, Sender

KINDS = ("rating", "survey", "contact")
CHANNELS = ("tablet", "phone", "paper")
ENTRIES = ("scan", "typed", "invited", "link")
STEPS = ("reception", "supplement", "refusal", "return")
CONFIDENTIAL_REASON = "goi_y_tien_qua"
CLOCK_TOLERANCE_MS = 5 * 60 * 1000
COMMENT_MAX = 2000
INVITATION_MAX = 64
KNOWN_KEYS = (
    "id", "epoch", "seq", "kind", "relates_to", "level", "receipt", "receipt_hint", "follow_hash",
    "step", "channel", "entry", "questionnaire", "answers", "reasons", "comment", "contact",
    "lang", "rated_at", "clock_offset_ms", "duration_ms",
)


class MalformedError(ValueError):
    """The item cannot be read; the message names the field."""


@dataclass(frozen=True)
class Envelope:
    """What can be told of any item before its content is judged."""

    rating_id: str | None
    """Canonical UUID, or None if the id is none."""
    id_as_sent: str
    epoch: str | None
    seq: int | None


def as_uuid(value: object) -> str | None:
    """Canonical form of a UUID text, or None."""
    if not isinstance(value, str) or len(value) > 45:
        return None
    try:
        return str(uuid.UUID(value))
    except ValueError:
        return None


def envelope(item: object) -> Envelope:
    """Identity and sequence of an item, as far as it has them."""
    if not isinstance(item, Mapping):
        return Envelope(None, "", None, None)
    sent = item.get("id")
    seq = item.get("seq")
    good_seq = isinstance(seq, int) and not isinstance(seq, bool) and 0 < seq < 2**31
    return Envelope(
        as_uuid(sent), str(sent)[:64], as_uuid(item.get("epoch")), seq if good_seq else None
    )


def canonical_item(item: object) -> bytes:
    """RFC 8785 form of an item; a key left out is null. MalformedError if it has none."""
    filled = {**dict.fromkeys(KNOWN_KEYS), **item} if isinstance(item, Mapping) else item
    try:
        return bytes(rfc8785.dumps(filled))  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, ValueError, TypeError, RecursionError) as error:
        raise MalformedError(f"body: {error}") from error


def digest(ring: KeyRing, body: bytes) -> str:
    """Keyed digest that tells duplicate from conflict, hex."""
    return ring.mac("digest", b"item-1\0" + body).hex()


def ballot_hash(ring: KeyRing, receipt_key: str, step: str | None, kind: str, attempt: int) -> bytes:
    """HMAC-SHA-256 of normal form, step (or ``?``), kind and attempt; 32 bytes."""
    message = "\0".join(("ballot-1", receipt_key, step or "?", kind, str(attempt)))
    return ring.mac("ballot", message.encode())


def _text(item: Mapping[str, object], key: str, limit: int) -> str | None:
    value = item.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > limit:
        raise MalformedError(f"{key}: text of at most {limit} characters")
    return value


def _choice(item: Mapping[str, object], key: str, allowed: tuple[str, ...]) -> str | None:
    value = item.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or value not in allowed:
        raise MalformedError(f"{key}: one of {', '.join(allowed)}")
    return value


def _integer(item: Mapping[str, object], key: str, limit: int) -> int | None:
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > limit:
        raise MalformedError(f"{key}: a whole number of at most {limit}")
    return value


def _moment(item: Mapping[str, object]) -> int:
    value = item.get("rated_at")
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise MalformedError("rated_at: RFC 3339 with offset")
    return to_ms(moment)


def _reasons(item: Mapping[str, object]) -> tuple[tuple[str, ...], str | None]:
    value = item.get("reasons") or []
    if not isinstance(value, list) or len(value) > 20:
        raise MalformedError("reasons: a list of at most 20 codes")
    if any(not isinstance(code, str) or not 0 < len(code) <= 40 for code in value):
        raise MalformedError("reasons: codes of at most 40 characters")
    codes = tuple(dict.fromkeys(str(code) for code in value))
    confidential = CONFIDENTIAL_REASON if CONFIDENTIAL_REASON in codes else None
    return tuple(code for code in codes if code != CONFIDENTIAL_REASON), confidential


def _mapping(item: Mapping[str, object], key: str) -> dict[str, object] | None:
    value = item.get(key)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise MalformedError(f"{key}: an object")
    return value


def _check_sequence(env: Envelope, channel: str, sender: Sender) -> None:
    numbered = channel == "tablet" and not sender.form
    if sender.integration and channel == "tablet":
        raise MalformedError("channel: an integration sends phone and paper only")
    if numbered and (env.epoch is None or env.seq is None):
        raise MalformedError("seq: a tablet's item needs epoch and seq")
    if not numbered and env.seq is not None:
        raise MalformedError("seq: only a tablet's item has a sequence number")


def parse(
    item: Mapping[str, object], env: Envelope, sender: Sender,
    key_of: Callable[[str], str] = normal_form,
) -> ParsedItem:
    """Read an item; MalformedError names the field. Levels and references are judged apart.

    ``key_of`` gives the normal form of the receipt as given, which may be a link of ours.
    """
    channel = _choice(item, "channel", CHANNELS)
    if channel is None or env.rating_id is None:
        raise MalformedError("channel: missing")
    _check_sequence(env, channel, sender)
    receipt = _text(item, "receipt", 200)
    key = key_of(receipt)[:200] if receipt else None
    hint = _text(item, "receipt_hint", 16)
    reasons, confidential = _reasons(item)
    claimed = _moment(item)
    offset = _integer(item, "clock_offset_ms", 10**13)
    relates_to = item.get("relates_to")
    if relates_to is not None and as_uuid(relates_to) is None:
        raise MalformedError("relates_to: a UUID")
    level = item.get("level")
    return ParsedItem(
        rating_id=env.rating_id, epoch=env.epoch if env.seq else None, seq=env.seq,
        kind=_choice(item, "kind", KINDS) or "rating",
        relates_to=as_uuid(relates_to), level=level if isinstance(level, int) else None,
        receipt=receipt if key else None, receipt_key=key or None,
        receipt_hint=normal_hint(hint) or None if hint else None,
        follow_hash=_text(item, "follow_hash", 64), step=_choice(item, "step", STEPS),
        channel=channel, entry=_choice(item, "entry", ENTRIES),
        questionnaire=_text(item, "questionnaire", 48) or "",
        answers=_mapping(item, "answers") or {}, reasons=reasons,
        confidential_reason=confidential, comment=_text(item, "comment", COMMENT_MAX),
        contact=_mapping(item, "contact"), lang=_text(item, "lang", 8) or "vi",
        claimed_ms=claimed, clock_offset_ms=offset, corrected_ms=claimed - (offset or 0),
        duration_ms=_integer(item, "duration_ms", 2**31 - 1),
        invitation=_text(item, "invitation", INVITATION_MAX),
    )


def level_is_valid(item: Mapping[str, object]) -> bool:
    """A rating needs a level 1–5; other kinds may leave it out."""
    level = item.get("level")
    if level is None:
        return item.get("kind", "rating") not in (None, "rating")
    return isinstance(level, int) and not isinstance(level, bool) and 1 <= level <= 5


def is_ahead(corrected_ms: int, arrived_ms: int) -> bool:
    """Whether the corrected time lies more than five minutes after the arrival."""
    return corrected_ms > arrived_ms + CLOCK_TOLERANCE_MS


def figure_ms(corrected_ms: int, arrived_ms: int) -> int:
    """The time that figures use: corrected, or arrival where the claim lies ahead of it."""
    return arrived_ms if is_ahead(corrected_ms, arrived_ms) else corrected_ms


def place_linked(
    facts: DossierFacts, *, step: str | None, corrected_ms: int, arrived_ms: int, field_id: int,
    invited: tuple[int, int] | None = None, cause: str,
) -> Place:
    """Place of a rating whose dossier is known; ``invited``: officer and counter that called."""
    resolved = resolve_step(facts.slip_step or step, corrected_ms, facts.returned_ms)
    sources = (
        ("invitation", invited[0] if invited else None),
        ("step", facts.step_officers.get(resolved)),
        ("dossier", facts.officer_id),
    )
    source, officer = next(((s, o) for s, o in sources if o), ("none", 0))
    finished = None if facts.finished_ms is None else local_day(facts.finished_ms)
    return Place(
        state="counted", unit_id=facts.unit_id, officer_id=officer or 0, officer_source=source,
        counter_id=invited[1] if invited else facts.counter_id or 0,
        procedure_id=facts.procedure_id, field_id=field_id,
        step=resolved, filing_mode=facts.filing_mode, late=is_late(facts.due_day, finished),
        supplemented=int(facts.supplement_count > 0),
        day=local_day(figure_ms(corrected_ms, arrived_ms)), flagged=0, attempt=1, cause=cause,
    )


def place_unlinked(
    *, has_receipt: bool, step: str | None, unit_id: int, counter_id: int | None,
    corrected_ms: int, arrived_ms: int, seated_officer: int | None = None, cause: str,
) -> Place:
    """Place of a rating without a known dossier: its unit's unlinked figures.

    It has an officer only where a counter called for it without a dossier: who sat there then.
    """
    return Place(
        state="unmatched" if has_receipt else "counted", unit_id=unit_id,
        officer_id=seated_officer or 0, officer_source="seat" if seated_officer else "none",
        counter_id=counter_id or 0, procedure_id=0, field_id=0,
        step=step or "", filing_mode="", late=-1, supplemented=-1,
        day=local_day(figure_ms(corrected_ms, arrived_ms)), flagged=0, attempt=1, cause=cause,
    )
