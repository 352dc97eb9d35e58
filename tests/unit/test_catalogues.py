"""Every text of the service has its English, and no catalogue keeps what nobody says."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont

from kiosk_app.questionnaires import builtin
from kiosk_app.web import translations
from scripts import make_cjk_font

FONTS = Path(__file__).parents[2] / "kiosk_app" / "static" / "fonts"
HOUSE = Path(__file__).parents[2] / "kiosk_app"
METHODS = [
    ("**.py", "python"),
    ("templates/**.html", "jinja2.ext:babel_extract"),
    ("templates/**.svg", "jinja2.ext:babel_extract"),
]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
OTHER = sorted(lang for lang in translations.LANGUAGES if lang != "vi")
CATALOGUES = sorted(translations.SOURCE.glob("*/*.po"))
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")

Text = str | tuple[str, ...]


def forms(text: Text) -> tuple[str, ...]:
    """Singular and plurals, or the one text there is."""
    return (text,) if isinstance(text, str) else tuple(text)


def place(text: str) -> tuple[Counter[str], int]:
    """Placeholders, and percent signs that stand for themselves."""
    return Counter(PLACEHOLDER.findall(text)), text.count("%%")


@cache
def used() -> dict[Text, str]:
    """Each text that source and templates ask for, and one place that does."""
    found: dict[Text, str] = {}
    for name, line, text, _comments, _context in extract_from_dir(HOUSE, METHODS, {}, KEYWORDS):
        found.setdefault(text, f"{name}:{line}")
    return found


@cache
def written(path: Path) -> dict[Text, Text]:
    """Texts and translations of one catalogue, empty ones too."""
    with path.open("rb") as source:
        return {one.id: one.string for one in read_po(source, locale=path.parent.name) if one.id}


def test_texts_are_found_on_every_surface() -> None:
    for surface in ("admin", "auth", "desk", "errors", "hr", "kiosk", "layout", "manage", "public"):
        assert any(where.startswith(f"templates/{surface}/") for where in used().values()), surface


@pytest.mark.parametrize("lang", OTHER)
def test_every_text_is_translated(lang: str) -> None:
    known = {
        one.id
        for one in translations.merged(lang)
        if one.id and all(form.strip() for form in forms(one.string))
    }
    missing = {text: where for text, where in used().items() if text not in known}
    assert not missing


CITIZENS = (
    "templates/kiosk/", "templates/layout/kiosk.html", "templates/public/follow.html",
    "templates/layout/plain.html", "web/kiosk/",
)
"""Where citizens read: in every language that has a catalogue."""


@cache
def read_by_citizens() -> dict[Text, str]:
    """Each text of the tablet, the phone and the page that follows a rating."""
    found: dict[Text, str] = {}
    for name, line, text, _comments, _context in extract_from_dir(HOUSE, METHODS, {}, KEYWORDS):
        if name.startswith(CITIZENS):
            found.setdefault(text, f"{name}:{line}")
    return found


@pytest.mark.parametrize("lang", sorted(set(translations.CITIZEN_LANGUAGES) - {"vi"}))
def test_every_text_of_citizens_is_translated(lang: str) -> None:
    known = {one.id for one in translations.merged(lang) if one.id and one.string}
    assert {text: where for text, where in read_by_citizens().items() if text not in known} == {}


@pytest.mark.parametrize("lang", sorted(builtin.further_languages()))
def test_every_face_and_reason_is_translated(lang: str) -> None:
    said = builtin.definition()
    texts = [part["text"]["vi"] for part in (*said["levels"], *said["factors"])]
    texts += [tile["text"]["vi"] for which in ("low", "high")
              for factor in builtin.tiles(said, which) for tile in factor["tiles"]]
    assert [text for text in texts if text not in builtin.further_languages()[lang]] == []


def test_the_chinese_face_has_every_character() -> None:
    for weight in (400, 700):
        with TTFont(FONTS / f"later-cjk-{weight}.woff2") as font:
            drawn = set(font.getBestCmap())
        assert [c for c in make_cjk_font.characters() if ord(c) not in drawn] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_placeholders_are_kept(path: Path) -> None:
    for text, translation in written(path).items():
        allowed = [place(form) for form in forms(text)]
        for form in forms(translation):
            assert place(form) in allowed, text


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_no_catalogue_keeps_an_unused_text(path: Path) -> None:
    assert not [text for text in written(path) if text not in used()]


@pytest.mark.parametrize("lang", OTHER)
def test_no_text_is_translated_twice(lang: str) -> None:
    counted = Counter(
        text for path in CATALOGUES if path.parent.name == lang for text in written(path)
    )
    assert [text for text, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("lang", OTHER)
def test_merged_texts_format(lang: str) -> None:
    for one in translations.merged(lang):
        for form in (*forms(one.id), *forms(one.string)) if one.id else ():
            if PLACEHOLDER.search(form) or "%%" in form:
                assert form % dict.fromkeys(PLACEHOLDER.findall(form), "1")
