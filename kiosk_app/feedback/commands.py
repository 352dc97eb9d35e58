"""Commands of feedback: each opens the one transaction in which everything happens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from kiosk_app.core import audit, keys
from kiosk_app.core.audit import SYSTEM, Actor
from kiosk_app.core.columns import LOCAL_ZONE, to_ms
from kiosk_app.core.db import reading, transaction
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.devices import placement
from kiosk_app.dossiers import parked, push
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.push import Pushed
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.feedback import ballots, cells, intake, matching, readings, sealing
from kiosk_app.feedback.models import (
    Attribution,
    Erasable,
    Erasure,
    RatingDraft,
    RatingFlag,
    RatingItem,
    RatingMatch,
    VoidedBallot,
)
from kiosk_app.feedback.records import Outcome, Sender, Verdict

MAX_ITEMS = 200
DRAFT_LIFE = timedelta(minutes=2)


def record(items: Sequence[object], *, sender: Sender, now: datetime) -> Outcome:
    """Judge and store a delivery; when this returns, every created item is on disk.

    ``items`` are decoded JSON objects of ``POST /api/v1/ratings``, at most 200. One bad item
    never spoils the others. Raises RuleError (``too_many_items``), ConfigurationError (keys
    missing or wrong), StorageUnavailableError (nothing was stored; send again).
    """
    if len(items) > MAX_ITEMS:
        raise RuleError("too_many_items", f"at most {MAX_ITEMS} items a delivery")
    ring = keys.current()
    with transaction() as conn:
        return intake.judge_and_store(conn, ring, items, sender=sender, now_ms=to_ms(now))


def save_draft(
    rating_id: str, body: dict[str, object], *, device_id: int | None, now: datetime,
    life: timedelta = DRAFT_LIFE,
) -> None:
    """Keep or change the draft of a form; ``body`` is an item without sequence."""
    row = {
        "device_id": device_id, "body": json.dumps(body, ensure_ascii=False), "expires_at": now + life,
    }
    with transaction() as conn:
        changed = conn.execute(
            update(RatingDraft).where(RatingDraft.rating_id == rating_id).values(**row)
        )
        if not changed.rowcount:
            conn.execute(insert(RatingDraft).values(rating_id=rating_id, created_at=now, **row))


def read_draft(rating_id: str) -> dict[str, object] | None:
    """The draft's item, or None once it is sealed, withdrawn or was never there."""
    with reading() as conn:
        body = conn.execute(
            select(RatingDraft.body).where(RatingDraft.rating_id == rating_id)
        ).scalar()
    if body is None:
        return None
    item: dict[str, object] = json.loads(body)
    return item


def withdraw_draft(rating_id: str) -> bool:
    """Remove a draft that its citizen takes back; False if it was sealed already."""
    with transaction() as conn:
        gone = conn.execute(delete(RatingDraft).where(RatingDraft.rating_id == rating_id))
        return bool(gone.rowcount)


def _seal(conn: Connection, rating_id: str, now: datetime) -> Verdict:
    row = conn.execute(
        select(RatingDraft.body, RatingDraft.device_id).where(RatingDraft.rating_id == rating_id)
    ).first()
    if row is None:
        raise NotFoundError("draft_gone", "the draft was sealed or withdrawn")
    sender = Sender(form=True)
    if row.device_id is not None:
        where = placement.of_device(conn, row.device_id)
        if where is not None:
            sender = Sender(
                device_id=where.device_id, unit_id=where.unit_id, counter_id=where.counter_id,
                revoked=where.revoked, form=True,
            )
    item = json.loads(row.body)
    conn.execute(delete(RatingDraft).where(RatingDraft.rating_id == rating_id))
    if item.get("kind") == "survey" and not item.get("answers"):
        return Verdict(rating_id, "rejected", "empty")
    outcome = intake.judge_and_store(
        conn, keys.current(), [item], sender=sender, now_ms=to_ms(now)
    )
    return outcome.results[0]


def seal_draft(rating_id: str, *, now: datetime) -> Verdict:
    """Make the draft an item; its ballot is claimed now. NotFoundError if there is none."""
    with transaction() as conn:
        return _seal(conn, rating_id, now)


def seal_due_drafts(*, now: datetime) -> int:
    """Seal the drafts whose time is over; how many."""
    with reading() as conn:
        due = list(
            conn.execute(
                select(RatingDraft.rating_id).where(RatingDraft.expires_at <= now)
            ).scalars()
        )
    for rating_id in due:
        with transaction() as conn:
            if conn.execute(
                select(RatingDraft.rating_id).where(RatingDraft.rating_id == rating_id)
            ).first():
                _seal(conn, rating_id, now)
    return len(due)


def match_unmatched(*, now: datetime) -> int:
    """Match ratings whose dossier has become known, in short transactions; how many."""
    ring, matched, last = keys.current(), 0, 0
    while True:
        with reading() as conn:
            rows = matching.unmatched_after(conn, last)
        if not rows:
            return matched
        with transaction() as conn:
            fresh = [r for r in matching.unmatched_after(conn, last) if r.id <= rows[-1].id]
            matched += matching.match_rows(conn, ring, fresh, now_ms=to_ms(now))
        last = rows[-1].id


def receive_dossiers(
    bodies: Sequence[object], *, only_units: Set[int] | None, actor: Actor, now: datetime
) -> list[Pushed]:
    """Take in pushes of one-stop software, and what waited for them or follows from them.

    One verdict a body, in their order; ratings are matched and follow the new facts in the same
    transaction. ``only_units``: units that the sender may push for (None: all). RuleError
    ``too_many_dossiers``.
    """
    ring = keys.current()
    if len(bodies) > push.MAX_DOSSIERS:
        raise RuleError("too_many_dossiers", f"at most {push.MAX_DOSSIERS} dossiers a batch")
    with reading() as conn:
        reader = push.Reader(conn)
    with transaction() as conn:
        done = push.store(conn, reader, bodies, only_units=only_units, actor=actor, now=now)
        changed = sorted({p.code_key for p in done if p.stored})
        for start in range(0, len(changed), matching.CHUNK):
            some = changed[start : start + matching.CHUNK]
            rows = matching.linked_to(conn, some, state="unmatched")
            matching.match_rows(conn, ring, rows, now_ms=to_ms(now))
            matching.refresh_rows(conn, ring, matching.linked_to(conn, some), now_ms=to_ms(now))
    return done


def retry_parked(*, now: datetime) -> int:
    """Take in the pushes whose procedure, officer or unit has become known; how many."""
    with reading() as conn:
        bodies = parked.bodies(conn)
        reader = push.Reader(conn)
    known = [body for body in bodies if reader.is_known(body)]
    for start in range(0, len(known), push.MAX_DOSSIERS):
        some = known[start : start + push.MAX_DOSSIERS]
        receive_dossiers(some, only_units=None, actor=SYSTEM, now=now)
    return len(known)


def refresh_attributions(code_keys: Iterable[str], *, now: datetime) -> int:
    """Follow late dossier facts: a further attribution wherever they change it; how many."""
    ring, wanted, changed = keys.current(), sorted(set(code_keys)), 0
    for start in range(0, len(wanted), matching.CHUNK):
        with transaction() as conn:
            rows = matching.linked_to(conn, wanted[start : start + matching.CHUNK])
            changed += matching.refresh_rows(conn, ring, rows, now_ms=to_ms(now))
    return changed


def release_closed(*, now: datetime) -> int:
    """Renew once the released copies of periods that ended seven days ago; how many."""
    with transaction() as conn:
        return cells.release_closed(
            conn, today=now.astimezone(LOCAL_ZONE).date(), now_ms=to_ms(now)
        )


def _flag(conn: Connection, item_id: int, flag: str, detail: str, actor: str, now: datetime) -> None:
    row = sealing.fact_row(keys.current(), "rating_flags", sealing.FLAG_FIELDS, {
        "item_id": item_id, "quarantine_id": None, "flag": flag, "detail": detail, "actor": actor,
        "recorded_ms": to_ms(now),
    })
    conn.execute(insert(RatingFlag), [row])


def contest(receipt: str, step: str | None, *, now: datetime, actor: str = "citizen") -> bool:
    """A citizen says "I have not rated": flags the items of that receipt for a person's look."""
    key = normal_form(receipt)
    with transaction() as conn:
        query = (
            select(RatingItem.id)
            .join(Erasable, (Erasable.subject == "item") & (Erasable.subject_id == RatingItem.id))
            .where(Erasable.receipt_key == key, RatingItem.kind == "rating")
        )
        if step:
            query = query.where(
                RatingItem.id.in_(select(Attribution.item_id).where(Attribution.step == step))
            )
        found = conn.execute(query).scalars().all()
        already = set(
            conn.execute(
                select(RatingFlag.item_id).where(
                    RatingFlag.item_id.in_(found), RatingFlag.flag == "contested"
                )
            ).scalars()
        )
        for item_id in found:
            if item_id not in already:
                _flag(conn, item_id, "contested", step or "", actor, now)
    return bool(found)


def void_attempt(
    receipt: str, step: str, kind: str, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Void the attempt that holds the ballot, so that the citizen may rate; audited."""
    with transaction() as conn:
        urn = ballots.Urn(conn, keys.current())
        value, attempt = urn.open_attempt(normal_form(receipt), step, kind)
        if not urn.is_cast(value):
            raise RuleError("not_rated", "no rating holds this receipt and step")
        conn.execute(
            insert(VoidedBallot).values(
                hash=value, actor=actor.name, reason=reason, recorded_ms=to_ms(now)
            )
        )
        audit.record(
            conn, actor=actor, scope="cases", action="void_attempt", subject=f"attempt {attempt}",
            now=now, reason=reason,
        )


def match_by_hand(
    rating_id: str, receipt: str, *, reason: str, actor: Actor, now: datetime
) -> str:
    """Match an unmatched rating with the dossier a person chose; ``counted`` or ``superseded``.

    What was given beside it under the same code goes with it.

    Raises RuleError ``not_unmatched`` (it was matched meanwhile, or never waited),
    ``dossier_unknown``, ``reason_missing``. Nothing of the rating is changed or told.
    """
    if not reason.strip():
        raise RuleError("reason_missing", "say why this dossier is the right one", field="reason")
    key = normal_form(receipt)
    with transaction() as conn:
        row = matching.unmatched_item(conn, rating_id)
        if row is None:
            raise RuleError("not_unmatched", "this rating waits for no dossier any more")
        facts = dossier_queries.facts_by_key(conn, [key]).get(key)
        if facts is None:
            raise RuleError("dossier_unknown", "no dossier has this code", field="receipt")
        rows = [row, *matching.unmatched_beside(conn, rating_id, row)]
        conn.execute(insert(RatingMatch), [
            sealing.fact_row(keys.current(), "rating_matches", sealing.MATCH_FIELDS, {
                "item_id": each.id, "code_key": key, "reason": reason.strip()[:500],
                "actor": actor.name, "recorded_ms": to_ms(now),
            }) for each in rows
        ])
        matching.match_rows(conn, keys.current(), rows, now_ms=to_ms(now))
        audit.record(conn, actor=actor, scope="intake", action="match_by_hand", subject=facts.code,
                     now=now, reason=reason.strip()[:500])
        state = conn.execute(
            select(Attribution.state).where(Attribution.item_id == row.id)
            .order_by(Attribution.version.desc()).limit(1)
        ).scalar_one()
    return str(state)


def _erasure(conn: Connection, item_id: int, reason: str, actor: Actor, now: datetime) -> None:
    row = sealing.fact_row(keys.current(), "erasures", sealing.ERASURE_FIELDS, {
        "subject": "item", "subject_id": item_id, "reason": reason, "actor": actor.name,
        "recorded_ms": to_ms(now),
    })
    conn.execute(insert(Erasure), [row])


def _erased(conn: Connection, item_id: int) -> bool:
    return conn.execute(select(Erasure.id).where(
        Erasure.subject == "item", Erasure.subject_id == item_id
    )).first() is not None


def erase(item_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Erase comment, receipt, contact and salts of an item; its commitments stay."""
    with transaction() as conn:
        if not _erased(conn, item_id):
            _erasure(conn, item_id, reason, actor, now)
        conn.execute(
            delete(Erasable).where(Erasable.subject == "item", Erasable.subject_id == item_id)
        )
        readings.forget(conn, item_id)
        audit.record(
            conn, actor=actor, scope="cases", action="erase", subject=f"item {item_id}", now=now,
            reason=reason,
        )


def redact_comment(item_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Erase the comment of one item, with its salt and the digest; all else of the item stays.

    The commitment stays, so that the seals verify. Raises RuleError ``reason_missing`` or
    ``no_comment``.
    """
    said = reason.strip()[:500]
    if not said:
        raise RuleError("reason_missing", "say why", field="reason")
    with transaction() as conn:
        row = conn.execute(select(Erasable.__table__).where(
            Erasable.subject == "item", Erasable.subject_id == item_id,
            Erasable.comment.is_not(None),
        )).mappings().first()
        if row is None:
            raise RuleError("no_comment", "there is no comment here any more")
        if not _erased(conn, item_id):
            _erasure(conn, item_id, f"comment: {said}", actor, now)
        conn.execute(
            delete(Erasable).where(Erasable.subject == "item", Erasable.subject_id == item_id)
        )
        readings.forget(conn, item_id)
        conn.execute(insert(Erasable), [
            {**row, "comment": None, "salt_comment": None, "digest": ""}
        ])
        audit.record(conn, actor=actor, scope="cases", action="redact_comment",
                     subject=f"item {item_id}", now=now, reason=said)


def read_comments(read: Callable[[str], tuple[str, str, Mapping[str, int]]], *, batch: int = 500) -> int:
    """Keep what ``read`` makes of comments nobody has read: masked, without marks, topics by side.

    Reads outside the transaction, so that no rating waits for it. Returns how many were kept.
    """
    kept = 0
    while True:
        with reading() as conn:
            waiting = readings.unread(conn, limit=batch)
        if not waiting:
            return kept
        found = [readings.Reading(item, *read(said)) for item, said in waiting]
        with transaction() as conn:
            done = readings.keep(conn, found)
        kept += done
        if not done:
            return kept
