"""Response headers: strict content policy, no sniffing, no framing, no caching of pages."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


READS_CODES = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""For the tablet's pages and their decoder alone: the reader of codes is WebAssembly."""
DECODER = "tablet/decoder.js"


def _policy() -> str:
    decoder = request.endpoint == "static" and (request.view_args or {}).get("filename") == DECODER
    return READS_CODES if decoder or request.blueprint == "kiosk" else POLICY


def _add(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _policy())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")  # forms over HTTPS prove it
    response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), camera=(self)")
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=3600"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update(["HX-Request", "Cookie"])
    return response


def init_app(app: Flask) -> None:
    """Add the headers to every response."""
    app.after_request(_add)
