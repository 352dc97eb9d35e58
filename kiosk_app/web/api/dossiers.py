"""Dossiers pushed by one-stop software, one or up to a thousand at a time."""

from __future__ import annotations

from collections.abc import Set

from flask import Response, current_app, request

from kiosk_app.accounts.queries import ApiKeyRecord
from kiosk_app.core import clock, db, keys
from kiosk_app.dossiers import links
from kiosk_app.dossiers.push import MAX_DOSSIERS, Pushed
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.feedback import commands
from kiosk_app.organisation import queries
from kiosk_app.web import access
from kiosk_app.web.api.routes import blueprint
from kiosk_app.web.api.wire import answer, body, integration
from kiosk_app.web.errors import problem

SCOPE = "dossiers"
MAX_BYTES = 4 << 20
KNOWN = {"created", "updated", "unchanged", "warned", "ignored"}
"""Outcomes after which the dossier is known here."""


def _units(key: ApiKeyRecord) -> Set[int] | None:
    if key.unit_id is None:
        return None
    with db.reading() as conn:
        return set(queries.descendants(conn, key.unit_id))


def _result(one: Pushed) -> dict[str, object]:
    base = current_app.config["KIOSK_SETTINGS"].public_url or request.url_root
    return {
        "code": one.code, "outcome": one.outcome, "reason": one.reason or None,
        "field": one.field or None, "cure": one.cure or None,
        "rate_url": (
            links.address(keys.current(), one.code_key, base) if one.outcome in KNOWN else None
        ),
    }


@blueprint.put("/api/v1/dossiers/<code>")
@access.api(SCOPE)
def put_dossier(code: str) -> Response:
    """Take in one dossier; an older update never overwrites a newer one."""
    key, actor = integration(SCOPE)
    sent = body()
    if not isinstance(sent, dict):
        return problem(400, "malformed", "an object is needed")
    named = sent.get("code", code)
    if not isinstance(named, str) or normal_form(named) != normal_form(code):
        return problem(422, "code_mismatch", "body and address name different dossiers",
                       [{"field": "code", "reason": "code_mismatch"}])
    done = commands.receive_dossiers(
        [{**sent, "code": named}], only_units=_units(key), actor=actor, now=clock.now()
    )[0]
    if done.outcome == "busy":
        return problem(503, done.reason, done.cure)
    if done.outcome not in KNOWN:
        return problem(422, done.reason, done.cure, [{"field": done.field, "reason": done.reason}])
    return answer(_result(done), 201 if done.outcome == "created" else 200)


@blueprint.post("/api/v1/dossiers:batch")
@access.api(SCOPE)
def put_dossiers() -> Response:
    """Take in up to a thousand; one verdict each, a bad one never spoils the others."""
    key, actor = integration(SCOPE)
    if (request.content_length or 0) > MAX_BYTES:
        return problem(413, "too_many_bytes", "at most 4 MiB a batch")
    sent = body()
    items = sent.get("dossiers") if isinstance(sent, dict) else None
    if not isinstance(items, list) or not items:
        return problem(400, "dossiers_missing", "an object with a list dossiers is needed",
                       [{"field": "dossiers", "reason": "missing"}])
    if len(items) > MAX_DOSSIERS:
        return problem(413, "too_many_dossiers", f"at most {MAX_DOSSIERS} dossiers")
    done = commands.receive_dossiers(items, only_units=_units(key), actor=actor, now=clock.now())
    return answer({"results": [_result(one) for one in done]})
