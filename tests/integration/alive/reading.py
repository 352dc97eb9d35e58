"""Reading a page as a user does: the texts of its tables, facts and sentences."""

from __future__ import annotations

import re
from html import unescape

_TAG = re.compile(r"<[^>]*>")
Figures = dict[tuple[str, str], str]
"""What a page shows, under the row (a unit, a tablet, a month …) and the figure's name."""


def text(html: str) -> str:
    """What stands there, without marks and with single spaces."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def section(page: str, name: str) -> str:
    """The panel with this id; '' where there is none."""
    found = re.search(rf'<section[^>]* id="{name}".*?</section>', page, re.S)
    return found[0] if found else ""


def rows(html: str) -> list[list[str]]:
    """Cells of every row of the bodies of the tables in it, as text."""
    return [
        [text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for body in re.findall(r"<tbody>(.*?)</tbody>", html, re.S)
        for row in re.findall(r"<tr.*?</tr>", body, re.S)
    ]


def facts(html: str) -> dict[str, str]:
    """Terms and what stands beside them."""
    return {
        text(term): text(said)
        for term, said in re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", html, re.S)
    }


def saying(page: str) -> str:
    """The sentence above the figures."""
    found = re.search(r'<p class="saying">(.*?)</p>', page, re.S)
    assert found, "the page says nothing"
    return text(found[1])


def number(value: float, digits: int = 0) -> str:
    """The Vietnamese notation, written out anew."""
    whole, _, rest = f"{value:,.{digits}f}".partition(".")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")


def percent(part: float, whole: float, digits: int = 1) -> str:
    """A share as the pages print it."""
    return f"{number(100 * part / whole, digits)}%"


def moved(before: Figures, after: Figures) -> Figures:
    """Figures that came or changed; those that went have '' now."""
    return {
        key: after.get(key, "") for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    }
