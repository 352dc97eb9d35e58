"""Commands of paper entry: open a batch, key forms, settle differences, close."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from kiosk_app.core import audit, keys
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import to_ms
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.feedback import intake
from kiosk_app.feedback.records import Sender
from kiosk_app.paper import queries, rules
from kiosk_app.paper.models import PaperBatch, PaperForm
from kiosk_app.paper.records import Batch, Form, Keyed

MAX_FORMS = 200
"""Forms of a batch: one delivery, one transaction."""


def open_batch(unit_id: int, *, double_keyed: bool, actor: Actor, now: datetime) -> int:
    """Begin a batch of a unit; its id."""
    with transaction() as conn:
        batch_id = conn.execute(
            insert(PaperBatch).values(
                unit_id=unit_id, double_keyed=int(double_keyed), state="keying",
                opened_by=actor.name, opened_at=now, closed_by="",
            ).returning(PaperBatch.id)
        ).scalar_one()
        audit.record(conn, actor=actor, scope="intake", action="open_paper_batch",
                     subject=f"batch {batch_id}", now=now)
    return int(batch_id)


def _open(conn: Connection, batch_id: int) -> Batch:
    found = queries.batch(conn, batch_id)
    if found is None:
        raise NotFoundError("batch_unknown", "there is no such batch")
    if found.state != "keying":
        raise RuleError("batch_closed", "this batch is closed; begin a new one")
    return found


def key_form(batch_id: int, keyed: Keyed) -> int:
    """Add a form to the batch; its number in the pile. RuleError ``batch_closed``, ``batch_full``."""
    with transaction() as conn:
        _open(conn, batch_id)
        last = conn.execute(
            select(func.max(PaperForm.number)).where(PaperForm.batch_id == batch_id)
        ).scalar()
        number = int(last or 0) + 1
        if number > MAX_FORMS:
            raise RuleError("batch_full", f"a batch holds {MAX_FORMS} forms; close it and go on")
        conn.execute(
            insert(PaperForm).values(
                batch_id=batch_id, number=number, rating_id=str(uuid.uuid4()),
                first=json.dumps(rules.as_json(keyed), ensure_ascii=False), second="", verdict="",
                reason="",
            )
        )
    return number


def key_again(batch_id: int, number: int, keyed: Keyed) -> tuple[str, ...]:
    """The second keying of a form; the fields in which it differs from the first."""
    with transaction() as conn:
        _open(conn, batch_id)
        form = _form(conn, batch_id, number)
        _write(conn, batch_id, number, second=keyed)
    return rules.differences(form.first, keyed) if form.first else ()


def correct_form(batch_id: int, number: int, keyed: Keyed) -> None:
    """What stands on the paper after a second look: both keyings become this."""
    with transaction() as conn:
        batch = _open(conn, batch_id)
        form = _form(conn, batch_id, number)
        again = keyed if batch.double_keyed and form.second is not None else None
        _write(conn, batch_id, number, first=keyed, second=again)


def _form(conn: Connection, batch_id: int, number: int) -> Form:
    found = next((f for f in queries.forms(conn, batch_id) if f.number == number), None)
    if found is None:
        raise NotFoundError("form_unknown", "there is no such form in this batch")
    return found


def _write(conn: Connection, batch_id: int, number: int, **keyed: Keyed | None) -> None:
    values = {
        name: json.dumps(rules.as_json(one), ensure_ascii=False)
        for name, one in keyed.items() if one is not None
    }
    conn.execute(
        update(PaperForm)
        .where(PaperForm.batch_id == batch_id, PaperForm.number == number)
        .values(**values)
    )


def _refuse_unready(batch: Batch, forms: Sequence[Form]) -> None:
    if not forms:
        raise RuleError("batch_empty", "key a form first")
    if batch.double_keyed and any(form.second is None for form in forms):
        raise RuleError("not_keyed_twice", "every form of this batch is keyed twice first")
    if any(form.differences for form in forms):
        raise RuleError("differences_open", "settle the differences first")


def close_batch(
    batch_id: int, *, questionnaire: str, actor: Actor, now: datetime
) -> tuple[Form, ...]:
    """Deliver the batch in one transaction; the forms with their verdicts.

    The forms' contents go from here at once: ratings alone keep them. Raises RuleError
    ``batch_closed``, ``batch_empty``, ``not_keyed_twice``, ``differences_open``.
    """
    with transaction() as conn:
        batch = _open(conn, batch_id)
        forms = queries.forms(conn, batch_id)
        _refuse_unready(batch, forms)
        items = [
            rules.as_item(form.first, form.rating_id, questionnaire=questionnaire, now=now)
            for form in forms if form.first is not None
        ]
        outcome = intake.judge_and_store(
            conn, keys.current(), items, sender=Sender(unit_id=batch.unit_id, form=True),
            now_ms=to_ms(now),
        )
        done = []
        for form, verdict in zip(forms, outcome.results, strict=True):
            conn.execute(
                update(PaperForm)
                .where(PaperForm.batch_id == batch_id, PaperForm.number == form.number)
                .values(first="", second="", verdict=verdict.verdict, reason=verdict.reason or "")
            )
            done.append(replace(form, verdict=verdict.verdict, reason=verdict.reason or ""))
        conn.execute(
            update(PaperBatch).where(PaperBatch.id == batch_id)
            .values(state="closed", closed_by=actor.name, closed_at=now)
        )
        audit.record(conn, actor=actor, scope="intake", action="close_paper_batch",
                     subject=f"batch {batch_id}", now=now, forms=len(forms))
    return tuple(done)
