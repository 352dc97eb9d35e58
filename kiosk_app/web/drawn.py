"""A chart to take away: what it shows is written inside the file, and its hash."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from xml.sax.saxutils import escape

from flask import Response, abort

from kiosk_app.documents.typesetting import set_document

KINDS = ("svg", "png")


def taken_away(
    drawn: bytes, notes: Sequence[str], *, name: str, title: str, kind: str
) -> Response:
    """The chart as SVG with its notes as metadata, or as PNG with its notes below; else 404."""
    if kind not in KINDS:
        abort(404)
    said = [*notes, f"SHA-256 {sha256(drawn).hexdigest()}"]
    if kind == "svg":
        inside = f"<metadata>{escape(json.dumps(said, ensure_ascii=False))}</metadata></svg>"
        body, mime = drawn.rstrip().removesuffix(b"</svg>") + inside.encode(), "image/svg+xml"
    else:
        body = set_document(
            "chart", {"svg": drawn.decode(), "title": title, "notes": said}, kind="png"
        )[0]
        mime = "image/png"
    response = Response(body, content_type=mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
