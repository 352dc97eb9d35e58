"""The OpenAPI description of what one-stop software and counter calls use."""

from __future__ import annotations

Schema = dict[str, object]
_TEXT: Schema = {"type": ["string", "null"]}
_MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
_STEPS: list[object] = ["reception", "supplement", "refusal", "return"]
_KEY: list[dict[str, list[str]]] = [{"key": []}]
_PROBLEM: Schema = {
    "description": "Problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_ID: Schema = {
    "name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0},
}
_REF: Schema = {"name": "ref", "in": "path", "required": True, "schema": {"type": "string"}}
STATE: Schema = {
    "type": "object", "required": ["state"], "additionalProperties": False,
    "properties": {"state": {
        "enum": ["waiting", "answered", "expired", "withdrawn", "tablet_offline"]}},
}
DOSSIER: Schema = {
    "type": "object",
    "description": "Keys that are not named here, such as anything about the applicant, are not read.",
    "required": ["updated_at", "procedure", "received_at"],
    "properties": {
        "code": {"type": "string"}, "updated_at": {"type": "string", "format": "date-time"},
        "unit": _TEXT, "procedure": {"type": "string"}, "officer": _TEXT,
        "filing_mode": {"enum": ["direct", "online", "post", None]},
        "received_at": {"type": "string", "format": "date-time"},
        "due_date": {"type": ["string", "null"], "format": "date"},
        "finished_at": _MOMENT, "returned_at": _MOMENT,
        "status": {"type": ["integer", "null"], "minimum": 1, "maximum": 10},
        "supplement_count": {"type": ["integer", "null"], "minimum": 0},
        "steps": {"type": ["array", "null"], "items": {
            "type": "object", "required": ["step"], "properties": {
                "step": {"enum": _STEPS}, "at": _MOMENT, "officer": _TEXT}}},
    },
}
PUSHED: Schema = {
    "type": "object", "required": ["code", "outcome", "reason", "rate_url"],
    "properties": {
        "code": {"type": "string"},
        "outcome": {"enum": ["created", "updated", "unchanged", "warned", "ignored", "parked",
                             "refused", "busy"]},
        "reason": _TEXT, "field": _TEXT, "cure": _TEXT, "rate_url": _TEXT,
    },
}
CALL: Schema = {"type": "object", "required": ["call"], "properties": {"call": {
    "type": ["object", "null"], "properties": {
        "invitation": {"type": "string"}, "receipt": _TEXT, "step": {"enum": [*_STEPS, None]},
        "procedure": {"type": ["object", "null"]}, "officer_display": _TEXT,
        "expires_in_ms": {"type": "integer"}},
}}}
SEAT: Schema = {"type": "object", "required": ["officer"], "properties": {"officer": _TEXT}}


def _answer(schema: Schema, description: str = "Done") -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _operation(
    summary: str, answers: dict[str, Schema], *, parameters: list[Schema] | None = None,
    body: Schema | None = None, security: list[dict[str, list[str]]] | None = None,
) -> Schema:
    written: Schema = {
        "summary": summary, "security": _KEY if security is None else security,
        "parameters": parameters or [], "responses": {**answers, "default": _PROBLEM},
    }
    if body is not None:
        written["requestBody"] = {
            "required": True, "content": {"application/json": {"schema": body}},
        }
    return written


def _invitation(parameters: list[Schema], which: str) -> dict[str, Schema]:
    return {
        "get": _operation(f"State of {which} invitation, and nothing more",
                          {"200": _answer(STATE)}, parameters=parameters),
        "delete": _operation(f"Take {which} invitation back", {"200": _answer(STATE)},
                             parameters=parameters),
    }


PATHS: dict[str, dict[str, Schema]] = {
    "/api/v1/device/call": {"get": _operation(
        "Whether the counter calls; asked each second",
        {"200": _answer(CALL), "304": {"description": "The call that the tablet knows"}},
        parameters=[
            {"name": "showing", "in": "query", "required": False, "schema": {"enum": ["0", "1"]}},
            {"name": "If-None-Match", "in": "header", "required": False,
             "schema": {"type": "string"}},
        ], security=[{"tablet": []}],
    )},
    "/api/v1/dossiers/{code}": {"put": _operation(
        "Take in one dossier, idempotent by code and updated_at",
        {"200": _answer(PUSHED, "Known already"), "201": _answer(PUSHED, "Created")},
        parameters=[{"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}],
        body=DOSSIER,
    )},
    "/api/v1/dossiers:batch": {"post": _operation(
        "Take in up to a thousand dossiers", {"200": _answer({
            "type": "object", "required": ["results"],
            "properties": {"results": {"type": "array", "items": PUSHED}}})},
        body={"type": "object", "required": ["dossiers"], "properties": {"dossiers": {
            "type": "array", "minItems": 1, "maxItems": 1000,
            "items": {**DOSSIER, "required": ["code", "updated_at", "procedure", "received_at"]}}}},
    )},
    "/api/v1/counters": {"get": _operation(
        "Counters and who sits there today", {"200": _answer({
            "type": "object", "required": ["counters", "next"], "properties": {
                "counters": {"type": "array", "items": {"type": "object", "properties": {
                    "id": {"type": "integer"}, "name": {"type": "string"},
                    "unit": {"type": "string"}, "officer": _TEXT}}},
                "next": _TEXT}})},
        parameters=[{"name": "cursor", "in": "query", "required": False,
                     "schema": {"type": "string"}}],
    )},
    "/api/v1/counters/{id}/seat": {
        "get": _operation("Who sits there today", {"200": _answer(SEAT)}, parameters=[_ID]),
        "put": _operation("Say who sits there today; null for nobody", {"200": _answer(SEAT)},
                          parameters=[_ID], body=SEAT),
    },
    "/api/v1/counters/{id}/invitations": {
        "post": _operation(
            "Call the counter's tablet to rate a step of a dossier; null: without a dossier",
            {"201": _answer({
                "type": "object", "required": ["invitation", "state", "expires_at", "self"],
                "properties": {
                    "invitation": {"type": "string"}, "state": {"enum": ["waiting", "tablet_offline"]},
                    "expires_at": {"type": "string", "format": "date-time"},
                    "self": {"type": "string"}}})},
            parameters=[_ID], body={
                "type": "object", "required": ["dossier"], "properties": {
                    "dossier": _TEXT, "step": {"enum": [*_STEPS, None]}, "officer": _TEXT}},
        ),
        **_invitation([_ID], "the counter's newest"),
    },
    "/api/v1/counters/{id}/invitations/{ref}": _invitation([_ID, _REF], "an"),
}
