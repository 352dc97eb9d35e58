"""Views for everybody."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from kiosk_app import schema
from kiosk_app.core import clock, db, keys
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import ConfigurationError, StorageUnavailableError
from kiosk_app.dossiers import counts
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.organisation import queries as organisation
from kiosk_app.seals import queries as seal_queries
from kiosk_app.training import certificates
from kiosk_app.web import access, typed

blueprint = Blueprint("public", __name__)


@blueprint.get("/healthz")
@access.public
def healthz() -> dict[str, str]:
    """Alive."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@access.public
def readyz() -> tuple[dict[str, str], int]:
    """Ready for ratings: database writable, migrations current, keys right."""
    try:
        keys.current()
        with db.transaction() as conn:
            if not schema.is_current(conn):
                return {"status": "migrations are not current; run kiosk init"}, 503
    except ConfigurationError:
        return {"status": "keys are missing or wrong"}, 503
    except (StorageUnavailableError, SQLAlchemyError):
        return {"status": "the database cannot be written"}, 503
    return {"status": "ready"}, 200


@blueprint.get("/metrics")
@access.public
def metrics() -> Response:
    """Prometheus text, for this machine only."""
    if request.remote_addr not in {"127.0.0.1", "::1"}:
        abort(403)
    with db.reading() as conn:
        states = feedback_queries.state_counts(conn)
        lines = [f'kiosk_ratings{{state="{name}"}} {n}' for name, n in sorted(states.items())]
        lines.append(f"kiosk_dossiers {counts.total(conn)}")
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


@blueprint.get("/seals")
@access.public
def seals() -> Response:
    """Published roots, one JSON object a line; keep them to verify later."""
    after = request.args.get("after", 0, type=typed.small)
    with db.reading() as conn:
        roots = seal_queries.roots(conn, after=after)
    text = "".join(json.dumps(asdict(root)) + "\n" for root in roots)
    return Response(text, content_type="application/jsonl; charset=utf-8")


@blueprint.get("/c/<secret>")
@access.public
def follow(secret: str) -> str:
    """Whether one's own rating has arrived; nothing else is told."""
    wanted = hashlib.sha256(secret.encode()).hexdigest()
    with db.reading() as conn:
        state = feedback_queries.follow_state(conn, wanted)
    return render_template("public/follow.html", state=state)


@blueprint.get("/cert/<code>")
@access.public
def certificate(code: str) -> tuple[str, int]:
    """Whether a certificate is genuine and holds; 404 for any code that was not issued."""
    number = certificates.number_of(keys.current(), code)
    with db.reading() as conn:
        one = certificates.by_number(conn, number) if number else None
        holder = ""
        if one is not None:
            name = organisation.officers(conn, [one.officer_id])[one.officer_id].full_name
            *first, last = name.split()
            holder = " ".join([*(f"{word[0]}." for word in first), last])
    today = clock.now().astimezone(LOCAL_ZONE).date()
    page = render_template(
        "public/certificate.html", one=one, holder=holder, state=one.state(today) if one else "",
    )
    return page, 200 if one else 404
