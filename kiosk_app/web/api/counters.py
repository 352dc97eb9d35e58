"""Counters for one-stop software: who sits there today, and calls to rate."""

from __future__ import annotations

from datetime import date

from flask import Response, abort, request, url_for
from sqlalchemy import Connection

from kiosk_app.core import clock, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.devices import invitations, presence, rules
from kiosk_app.devices.records import InvitationRecord
from kiosk_app.feedback import calling
from kiosk_app.feedback.rules import STEPS
from kiosk_app.organisation import queries, seating
from kiosk_app.organisation.records import CounterRecord
from kiosk_app.web import access, typed
from kiosk_app.web.api.routes import blueprint
from kiosk_app.web.api.wire import answer, body, integration, moment
from kiosk_app.web.errors import problem

SCOPE = "invitations"
PAGE = 100


def _today() -> date:
    return clock.now().astimezone(LOCAL_ZONE).date()


def _counter(counter_id: int) -> tuple[CounterRecord, Actor]:
    """The counter, if it exists and the key reaches its unit; 404 otherwise."""
    key, actor = integration(SCOPE)
    with db.reading() as conn:
        found = next((c for c in queries.counters(conn) if c.id == counter_id and c.active), None)
        if found is None or (
            key.unit_id is not None and found.unit_id not in queries.descendants(conn, key.unit_id)
        ):
            raise NotFoundError("counter_unknown", f"there is no counter {counter_id}",
                                field="counter")
    return found, actor


def _object() -> dict[str, object]:
    sent = body()
    if not isinstance(sent, dict):
        abort(400, "an object is needed")
    return sent


def _officer(conn: Connection, code: object, unit_id: int) -> int:
    """The officer of this code; RuleError unless posted at the unit today."""
    found = queries.officer_by_code(conn, code) if isinstance(code, str) else None
    if found is None:
        raise RuleError("officer_unknown", "import the officer first, or correct the code",
                        field="officer")
    if queries.posting_on(conn, found, _today(), unit_id=unit_id) is None:
        raise RuleError("officer_not_posted", "this officer is not posted at the unit today",
                        field="officer")
    return found


def _state(call: InvitationRecord) -> str:
    with db.reading() as conn:
        return rules.state_of(call, presence.of_counter(conn, call.counter_id), clock.now())


def _found(counter_id: int, ref: str | None) -> InvitationRecord:
    counter, _actor = _counter(counter_id)
    with db.reading() as conn:
        found = (
            invitations.newest(conn, counter.id) if ref is None
            else invitations.by_ref(conn, counter.id, ref)
        )
    if found is None:
        raise NotFoundError("invitation_unknown", "this counter has no such invitation")
    return found


@blueprint.get("/api/v1/counters")
@access.api(SCOPE)
def counters() -> Response:
    """Counters that the key reaches, in the order of their ids, and who sits there today."""
    key, _actor = integration(SCOPE)
    after = request.args.get("cursor", 0, type=typed.small)
    with db.reading() as conn:
        reached = None if key.unit_id is None else set(queries.descendants(conn, key.unit_id))
        found = sorted(
            (c for c in queries.counters(conn)
             if c.active and c.id > after and (reached is None or c.unit_id in reached)),
            key=lambda c: c.id,
        )
        page = found[:PAGE]
        units = queries.units(conn)
        seats = {c.id: queries.seated(conn, c.id, _today()) for c in page}
        people = queries.officers(conn, {seat for seat in seats.values() if seat is not None})
    return answer({
        "counters": [
            {"id": c.id, "name": c.name, "unit": units[c.unit_id].ref,
             "officer": people[sitting].code if (sitting := seats[c.id]) in people else None}
            for c in page
        ],
        "next": str(page[-1].id) if len(found) > PAGE else None,
    })


@blueprint.get("/api/v1/counters/<int:counter_id>/seat")
@access.api(SCOPE)
def seat(counter_id: int) -> Response:
    """Who sits at the counter today."""
    counter, _actor = _counter(counter_id)
    with db.reading() as conn:
        sitting = queries.seated(conn, counter.id, _today())
        person = queries.officers(conn, [sitting or 0]).get(sitting or 0)
    return answer({"officer": person.code if person else None, "day": _today().isoformat()})


@blueprint.put("/api/v1/counters/<int:counter_id>/seat")
@access.api(SCOPE)
def set_seat(counter_id: int) -> Response:
    """Say who sits there today: the code of an officer of the unit, or null for nobody."""
    counter, actor = _counter(counter_id)
    sent = _object()
    if "officer" not in sent:
        return problem(400, "officer_missing", "an object with officer (a code or null) is needed",
                       [{"field": "officer", "reason": "missing"}])
    person = None
    if sent["officer"] is not None:
        with db.reading() as conn:
            person = _officer(conn, sent["officer"], counter.unit_id)
    seating.seat(counter.id, person, _today(), actor=actor, now=clock.now())
    return seat(counter_id)


@blueprint.post("/api/v1/counters/<int:counter_id>/invitations")
@access.api(SCOPE)
def invite(counter_id: int) -> Response:
    """Call the counter's tablet for a step of a dossier (null: somebody without a dossier)."""
    counter, actor = _counter(counter_id)
    sent = _object()
    code, step = sent.get("dossier"), sent.get("step")
    if "dossier" not in sent or not (code is None or (isinstance(code, str) and code.strip())):
        return problem(400, "dossier_missing", "an object with dossier (a code or null) is needed",
                       [{"field": "dossier", "reason": "missing"}])
    if step is not None and step not in STEPS:
        return problem(422, "step_unknown", f"one of {', '.join(STEPS)}",
                       [{"field": "step", "reason": "step_unknown"}])
    with db.reading() as conn:
        person = (
            queries.seated(conn, counter.id, _today()) if sent.get("officer") is None
            else _officer(conn, sent["officer"], counter.unit_id)
        )
    made = calling.call(
        counter.id, unit_id=counter.unit_id, code=code[:200] if code else None,
        step=str(step) if step else None, officer_id=person, actor=actor, now=clock.now(),
    )
    address = url_for("api.invitation", counter_id=counter.id, ref=made.ref)
    response = answer({
        "invitation": made.ref, "state": _state(made), "expires_at": moment(made.expires_at),
        "self": address,
    }, 201)
    response.headers["Location"] = address
    return response


@blueprint.get("/api/v1/counters/<int:counter_id>/invitations")
@access.api(SCOPE)
def newest_invitation(counter_id: int) -> Response:
    """State of the counter's newest invitation, and nothing more."""
    return answer({"state": _state(_found(counter_id, None))})


@blueprint.get("/api/v1/counters/<int:counter_id>/invitations/<ref>")
@access.api(SCOPE)
def invitation(counter_id: int, ref: str) -> Response:
    """State of an invitation, and nothing more."""
    return answer({"state": _state(_found(counter_id, ref))})


@blueprint.delete("/api/v1/counters/<int:counter_id>/invitations")
@access.api(SCOPE)
def withdraw_newest(counter_id: int) -> Response:
    """Take the counter's newest invitation back."""
    counter, _actor = _counter(counter_id)
    return answer({"state": _state(invitations.withdraw(counter.id, None, now=clock.now()))})


@blueprint.delete("/api/v1/counters/<int:counter_id>/invitations/<ref>")
@access.api(SCOPE)
def withdraw_invitation(counter_id: int, ref: str) -> Response:
    """Take an invitation back; what was rated stays rated."""
    counter, _actor = _counter(counter_id)
    return answer({"state": _state(invitations.withdraw(counter.id, ref, now=clock.now()))})
