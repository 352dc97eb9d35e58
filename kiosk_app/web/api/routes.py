"""Views of the interface: pairing, bootstrap, heartbeat, receipts, ratings."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy import Connection

from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE, to_ms
from kiosk_app.core.errors import ConfigurationError, StorageUnavailableError
from kiosk_app.devices import commands as device_commands
from kiosk_app.devices import handover, hours
from kiosk_app.devices import pin as pins
from kiosk_app.dossiers.rules import printed_prefix
from kiosk_app.feedback import commands as feedback_commands
from kiosk_app.feedback import receipts as receipt_states
from kiosk_app.feedback.records import Outcome, ReceiptState, Sender
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.questionnaires import queries as questionnaire_queries
from kiosk_app.web import access, extensions, steps
from kiosk_app.web.api.openapi import DOCUMENT
from kiosk_app.web.api.wire import answer as _json
from kiosk_app.web.api.wire import body as _body
from kiosk_app.web.api.wire import moment as _moment
from kiosk_app.web.errors import problem

blueprint = Blueprint("api", __name__)
MAX_BYTES = 1 << 20


@blueprint.get("/openapi.json")
@access.public
def openapi() -> Response:
    """The description of this interface."""
    return _json(DOCUMENT)


@blueprint.post("/api/v1/devices/pairings")
@access.public
def request_pairing() -> Response:
    """A tablet asks to be paired."""
    code, poll, expires = device_commands.request_pairing(now=clock.now())
    address = url_for("api.poll_pairing", poll=poll)
    return _json({"code": code, "poll": address, "expires_at": _moment(expires)}, 201)


@blueprint.get("/api/v1/devices/pairings/<poll>")
@access.public
def poll_pairing(poll: str) -> Response:
    """Waiting, or approved with the token, which is told this once."""
    state, token, device_id = device_commands.poll_pairing(poll, now=clock.now())
    response = _json({"state": state, "token": token, "device": device_id})
    if token:
        response.set_cookie(
            "kiosk_device", token, httponly=True, samesite="Strict", max_age=5 * 365 * 86_400,
            secure=request.is_secure, path="/kiosk",
        )
    return response


def _round(conn: Connection, unit_id: int) -> dict[str, object] | None:
    """The unit's newest round unless it is over: a tablet without network must know it beforehand."""
    found = questionnaire_queries.newest_round(conn, unit_id)
    if found is None or found.last_day < clock.now().astimezone(LOCAL_ZONE).date():
        return None
    return {
        "first_day": found.first_day.isoformat(), "last_day": found.last_day.isoformat(),
        "definition": questionnaire_queries.definition(conn, found.questionnaire),
    }


@blueprint.get("/api/v1/device/bootstrap")
@access.device
def bootstrap() -> Response:
    """What a tablet needs at start; 304 while nothing changed."""
    tablet = access.this_device()
    with db.reading() as conn:
        units = organisation_queries.units(conn)
        definitions = [
            questionnaire_queries.definition(conn, ref)
            for ref in sorted(questionnaire_queries.known_refs(conn))
        ]
        staff_pin, opening = pins.read(conn), hours.read(conn)
        survey = _round(conn, tablet.unit_id)
    unit = units[tablet.unit_id]
    body: dict[str, object] = {
        "questionnaires": definitions,
        "unit": {"ref": unit.ref, "name_vi": unit.name_vi, "name_en": unit.name_en},
        "counter": tablet.counter_id,
        "device": tablet.name,
        "settings": {
            "thanks_seconds": 8, "idle_seconds": 60, "warning_seconds": 20,
            "staff_pin": staff_pin, "opening_hours": opening, "survey": survey,
            "receipt_prefix": printed_prefix(unit.prefix),
        },
        "queue_public_key": handover.public_key(),
    }
    etag = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
    if request.if_none_match.contains(etag):
        return Response(status=304)
    response = _json({**body, "etag": etag, "server_time": _moment(clock.now())})
    response.set_etag(etag)
    return response


@blueprint.post("/api/v1/device/heartbeat")
@access.device
def heartbeat() -> Response:
    """A sign of life; answers the offset of the tablet's clock and commands."""
    tablet, now = access.this_device(), clock.now()
    body = _body()
    if not isinstance(body, dict):
        abort(400, "an object is needed")
    skew = None
    try:
        claimed = datetime.fromisoformat(str(body.get("clock")))
        skew = to_ms(claimed) - to_ms(now)
    except ValueError:
        skew = None
    device_commands.heartbeat(tablet.id, body, skew_ms=skew, now=now)
    commands = [{"command": "revoke"}] if tablet.revoked_at else []
    return _json({"commands": commands, "clock_offset_ms": skew, "server_time": _moment(now)})


@blueprint.post("/api/v1/device/contests")
@access.device
def contest() -> Response:
    """The citizen says of a rated receipt: I have not rated."""
    access.this_device()
    body = _body()
    receipt = body.get("receipt") if isinstance(body, dict) else None
    if not isinstance(receipt, str):
        return problem(400, "receipt_missing", "an object with receipt is needed",
                       [{"field": "receipt", "reason": "missing"}])
    feedback_commands.contest(receipt[:200], None, now=clock.now())
    return _json({"noted": True}, 201)


@blueprint.get("/api/v1/device/receipts")
@access.device
def receipts() -> Response:
    """State of a receipt by full code, or by its last six digits among the unit's own."""
    tablet, now, lang = access.this_device(), clock.now(), request.args.get("lang", "vi")
    code, digits = request.args.get("code", "")[:200], request.args.get("digits", "")[:16]
    state = ReceiptState("unknown")
    if (code or digits) and extensions.look_ups().take(tablet.id, now=now):
        with db.reading() as conn:
            if code:
                state = receipt_states.by_code(
                    conn, code, unit_id=tablet.unit_id, now=now, lang=lang
                )
            else:
                state = receipt_states.by_digits(
                    conn, digits, unit_id=tablet.unit_id, now=now, lang=lang
                )
    return _json(asdict(steps.named(state)))


def _sender() -> Sender:
    if access.api_key("ratings") is not None:
        return Sender(integration=True)
    tablet = access.this_device()
    with db.reading() as conn:
        unit = organisation_queries.units(conn).get(tablet.unit_id)
    opening = unit.opening_date if unit else None
    return Sender(
        device_id=tablet.id, unit_id=tablet.unit_id, counter_id=tablet.counter_id,
        revoked=tablet.revoked_at is not None,
        opening_day=int(f"{opening:%Y%m%d}") if opening else None,
    )


def _answer(outcome: Outcome, now: datetime) -> Response:
    received = None
    if outcome.received:
        received = {**asdict(outcome.received), "missing": [list(r) for r in outcome.received.missing]}
    return _json({
        "results": [asdict(verdict) for verdict in outcome.results],
        "received": received, "server_time": _moment(now),
    })


@blueprint.post("/api/v1/ratings")
@access.sender
def ratings() -> Response:
    """Take a delivery; 200 only after every created item is durable."""
    if (request.content_length or 0) > MAX_BYTES:
        return problem(413, "too_many_bytes", "at most 1 MiB a delivery")
    body = _body()
    items = body.get("ratings") if isinstance(body, dict) else None
    if not isinstance(items, list) or not items:
        return problem(400, "ratings_missing", "an object with a list ratings is needed",
                       [{"field": "ratings", "reason": "missing"}])
    if len(items) > feedback_commands.MAX_ITEMS:
        return problem(413, "too_many_items", f"at most {feedback_commands.MAX_ITEMS} items")
    now = clock.now()
    try:
        return _answer(feedback_commands.record(items, sender=_sender(), now=now), now)
    except (StorageUnavailableError, ConfigurationError) as error:
        return problem(503, error.code, "nothing was stored; keep the items and send again")
