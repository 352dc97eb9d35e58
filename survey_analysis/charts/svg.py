"""A figure as SVG that needs no inline style and says what it shows."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_STYLE = re.compile(r' style="([^"]*)"')
_WEIGHT = re.compile(r"(?:^|\s)([1-9]00)(?=\s)")
_IDS = re.compile(r'(id="|url\(#|href="#)([A-Za-z_][\w.-]*)')


def _attributes(match: re.Match[str]) -> str:
    pairs = (part.split(":", 1) for part in match[1].split(";") if ":" in part)
    found = []
    for name, value in ((n.strip(), v.strip()) for n, v in pairs):
        if name == "font":
            size = re.search(r"([\d.]+)px", value)
            weight = _WEIGHT.search(value)
            found.append(
                f' font-size="{size[1] if size else 13}px" '
                f'font-weight="{"600" if "bold" in value else weight[1] if weight else "400"}"'
            )
        else:
            fallback = ", system-ui, sans-serif" if name == "font-family" else ""
            found.append(f' {name}="{value.replace(chr(34), chr(39))}{fallback}"')
    return "".join(found)


def to_svg(drawn: Figure, *, name: str, title: str, description: str) -> bytes:
    """UTF-8 SVG of ``drawn``: deterministic, presentation attributes only, title and text.

    Parameters
    ----------
    drawn : Figure
        What to write.
    name : str
        Prefix of every id, so that several charts fit on one page.
    title, description : str
        Text alternative in the reader's language.

    """
    buffer = io.StringIO()
    drawn.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = _STYLE.sub(_attributes, text)
    text = _IDS.sub(rf"\1{name}-\2", text)
    head, rest = text.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    label = (
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>'
    )
    return (
        f'{head} role="img" aria-labelledby="{name}-title {name}-desc" '
        f'font-family="Be Vietnam Pro, system-ui, sans-serif">{label}{rest}'
    ).encode()
