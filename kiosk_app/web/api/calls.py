"""Whether the counter calls: asked by its tablet each second, answered without a write."""

from __future__ import annotations

from flask import Response, request

from kiosk_app.core import clock, db
from kiosk_app.core.columns import to_ms
from kiosk_app.devices import presence
from kiosk_app.devices.records import InvitationRecord
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.web import access
from kiosk_app.web.api.routes import blueprint
from kiosk_app.web.api.wire import answer


def _shown(call: InvitationRecord) -> dict[str, object]:
    with db.reading() as conn:
        facts = dossier_queries.facts_by_key(conn, [call.receipt_key]).get(call.receipt_key)
        officer_id = call.officer_id or (facts.officer_id if facts else None) or 0
        officer = organisation_queries.officers(conn, [officer_id]).get(officer_id)
        procedure = (
            organisation_queries.procedures(conn).get(facts.procedure_id) if facts else None
        )
    return {
        "invitation": call.ref, "receipt": facts.code if facts else None, "step": call.step,
        "procedure": {lang: procedure.name(lang) for lang in ("vi", "en")} if procedure else None,
        "officer_display": officer.full_name if officer else None,
        "expires_in_ms": to_ms(call.expires_at) - to_ms(clock.now()),
    }


@blueprint.get("/api/v1/device/call")
@access.calling
def call() -> Response:
    """The call to show, or null; 304 while it is the one that the tablet knows.

    ``showing=1`` says that a call is on the screen and its person may still be there.
    """
    device_id, found = access.this_call()
    presence.note(device_id, showing=request.args.get("showing") == "1", now=clock.now())
    tag = found.ref if found else "none"
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        response = answer({"call": _shown(found) if found else None})
    response.set_etag(tag)
    return response
