"""The OpenAPI description of the interface."""

from __future__ import annotations

from kiosk_app.web.api import openapi_integrations

_TEXT: dict[str, object] = {"type": ["string", "null"]}
_NUMBER: dict[str, object] = {"type": ["integer", "null"]}
_PROBLEM = {
    "description": "Problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_TABLET: list[dict[str, list[str]]] = [{"tablet": []}]

ITEM: dict[str, object] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"}, "epoch": _TEXT, "seq": _NUMBER,
        "kind": {"enum": ["rating", "survey", "contact"]}, "relates_to": _TEXT, "level": _NUMBER,
        "receipt": _TEXT, "receipt_hint": _TEXT, "follow_hash": _TEXT,
        "step": {"enum": ["reception", "supplement", "refusal", "return", None]},
        "channel": {"enum": ["tablet", "phone", "paper"]},
        "entry": {"enum": ["scan", "typed", "invited", "link", None]},
        "questionnaire": {"type": "string"}, "answers": {"type": ["object", "null"]},
        "reasons": {"type": ["array", "null"], "items": {"type": "string"}}, "comment": _TEXT,
        "contact": {"type": ["object", "null"]}, "lang": _TEXT,
        "rated_at": {"type": "string", "format": "date-time"}, "clock_offset_ms": _NUMBER,
        "duration_ms": _NUMBER,
    },
    "required": ["id", "channel", "questionnaire", "rated_at"],
}


def _operation(summary: str, *, security: list[dict[str, list[str]]], answer: str = "200",
               parameters: list[dict[str, object]] | None = None,
               body: dict[str, object] | None = None) -> dict[str, object]:
    return {
        "summary": summary, "security": security,
        "responses": {
            answer: {"description": "Done", "content": {"application/json": {"schema": {
                "type": "object"}}}},
            "default": _PROBLEM,
        },
        "parameters": parameters or [],
        **(_body(body) if body else {}),
    }


def _parameter(name: str, where: str) -> dict[str, object]:
    return {"name": name, "in": where, "required": where == "path", "schema": {"type": "string"}}


def _body(schema: dict[str, object]) -> dict[str, object]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


DOCUMENT: dict[str, object] = {
    "openapi": "3.1.0",
    "info": {"title": "Citizen-satisfaction service", "version": "1"},
    "paths": {
        "/api/v1/devices/pairings": {
            "post": _operation("A tablet asks to be paired", security=[], answer="201"),
        },
        "/api/v1/devices/pairings/{poll}": {
            "get": _operation("State of a pairing; the token once", security=[],
                              parameters=[_parameter("poll", "path")]),
        },
        "/api/v1/device/bootstrap": {
            "get": _operation("What a tablet needs at start", security=_TABLET),
        },
        "/api/v1/device/heartbeat": {
            "post": _operation("A sign of life", security=_TABLET, body={"type": "object"}),
        },
        "/api/v1/device/receipts": {
            "get": _operation("State of a receipt", security=_TABLET, parameters=[
                _parameter("code", "query"), _parameter("digits", "query")]),
        },
        "/api/v1/ratings": {
            "post": _operation(
                "Deliver 1 to 200 items", security=[{"tablet": []}, {"key": []}],
                body={"type": "object", "required": ["ratings"], "properties": {
                    "ratings": {"type": "array", "minItems": 1, "maxItems": 200, "items": ITEM}}},
            ),
        },
        "/api/v1/satisfaction": {
            "get": _operation(
                "Published figures of a calendar period, by unit, officer, procedure or reason",
                security=[{"key": []}, {"session": []}],
                parameters=[_parameter(n, "query") for n in ("period", "unit", "by", "step", "cursor")],
            ),
        },
        **openapi_integrations.PATHS,
    },
    "components": {
        "securitySchemes": {
            "tablet": {"type": "http", "scheme": "bearer"},
            "key": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "session"},
        },
        "schemas": {"Problem": {"type": "object", "properties": {
            "type": {"type": "string"}, "title": {"type": "string"},
            "status": {"type": "integer"}, "detail": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "object"}}}}},
    },
}
