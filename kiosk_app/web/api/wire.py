"""What every view of the interface reads and writes: JSON, moments, the integration that asks."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import msgspec
from flask import Response, abort, request

from kiosk_app.accounts.queries import ApiKeyRecord
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.web import access


def answer(body: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(
        json.dumps(body, ensure_ascii=False), status, content_type="application/json"
    )


def body() -> Any:
    """The decoded body; 400 if it is not JSON."""
    raw = request.get_data(cache=False)
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        abort(400, f"the body is not JSON: {error}")


def moment(value: datetime) -> str:
    """RFC 3339 with the centre's offset."""
    return value.astimezone(LOCAL_ZONE).isoformat()


def integration(scope: str) -> tuple[ApiKeyRecord, Actor]:
    """The key that asks and its name in the audit trail; 401 without the scope."""
    key = access.api_key(scope)
    if key is None:
        abort(401)
    return key, Actor(key.name, "integration")
