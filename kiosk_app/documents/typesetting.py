"""Setting a document: a template of this package and data become PDF, SVG or PNG."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import segno
import typst

TEMPLATES = Path(__file__).resolve().parent / "templates"
FONTS = Path(__file__).resolve().parent / "fonts"
Format = Literal["pdf", "svg", "png"]
_STILL = datetime(2000, 1, 1, tzinfo=UTC)


def qr_svg(text: str, *, sized: bool = True, mask: int | None = None) -> str:
    """A QR code of ``text`` as SVG, error correction M, with its quiet zone.

    Without ``sized`` it is as large as its page makes it. ``mask`` names one of the eight patterns
    that every reader takes; trying all for the evenest is most of the work, which hundreds feel.
    """
    out = io.BytesIO()
    segno.make(text, error="m", micro=False, mask=mask).save(out, kind="svg", border=2, xmldecl=False, svgns=True,
                                                 omitsize=not sized)
    return out.getvalue().decode("utf-8")


def set_document(
    template: str, data: Mapping[str, object], *, kind: Format = "pdf", ppi: float = 144,
) -> list[bytes]:
    """The document as one PDF, or one SVG or PNG a page; the same data give the same bytes.

    ``data`` reaches the template as JSON, so that nothing in it is read as typst source. Raises
    FileNotFoundError for a template that is not of this package.
    """
    source = TEMPLATES / f"{template}.typ"
    if not source.is_file():
        raise FileNotFoundError(template)
    made: bytes | list[bytes] = typst.compile(
        str(source), root=str(TEMPLATES), font_paths=[str(FONTS)], ignore_system_fonts=True,
        format=kind, ppi=ppi, sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(_STILL.timestamp()),
    )
    return made if isinstance(made, list) else [made]
