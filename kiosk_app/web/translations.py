"""Languages: Vietnamese texts are the keys; other languages come from one PO file a surface."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, has_request_context, request, session
from flask_babel import Babel

SOURCE = Path(__file__).resolve().parents[1] / "translations"
CITIZENS = frozenset({"kiosk", "phone", "public"})
"""Blueprints of citizens: they may speak languages that the offices' pages do not."""


@dataclass(frozen=True)
class Language:
    """What ``translations/<code>/language.json`` says of a language."""

    name: str
    short: str
    everywhere: bool


def _known() -> dict[str, Language]:
    found = {"vi": Language("Tiếng Việt", "VI", everywhere=True)}
    for path in sorted(SOURCE.glob("*/language.json")):
        told = json.loads(path.read_text("utf-8"))
        found[path.parent.name] = Language(told["name"], told["short"], told["surfaces"] == "all")
    return found


KNOWN = _known()
LANGUAGES = {code: known.name for code, known in KNOWN.items() if known.everywhere}
"""Languages of every page; Vietnamese first."""
CITIZEN_LANGUAGES = {code: known.name for code, known in KNOWN.items()}
"""Languages of the tablet, the phone and the public pages: a folder with a catalogue adds one."""


def offered() -> dict[str, str]:
    """Languages of the page that is asked for."""
    if has_request_context() and request.blueprint in CITIZENS:
        return CITIZEN_LANGUAGES
    return LANGUAGES


def language() -> str:
    """Language of the request: as asked for in the address, else of the session, else vi."""
    if not has_request_context():
        return "vi"
    asked, languages = request.args.get("lang", ""), offered()
    if asked in languages:
        session["lang"] = asked
        return asked
    kept = session.get("lang", "vi")
    return kept if kept in languages else "vi"


def forget_session() -> None:
    """Empty the session; the language chosen on this screen is kept."""
    lang = session.get("lang")
    session.clear()
    if lang in CITIZEN_LANGUAGES:
        session["lang"] = lang


def merged(lang: str) -> Catalog:
    """All texts of a language, over its PO files."""
    whole = Catalog(locale=lang, domain="messages")
    for path in sorted((SOURCE / lang).glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale=lang):
                if message.id and message.string:
                    whole.add(message.id, message.string)
    return whole


def _write(target: Path, lang: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            write_mo(out, merged(lang))
        Path(part).replace(target)
    finally:
        Path(part).unlink(missing_ok=True)


def _compile(folder: Path) -> None:
    for lang in CITIZEN_LANGUAGES:
        target = folder / lang / "LC_MESSAGES" / "messages.mo"
        if lang != "vi" and not target.exists():
            _write(target, lang)


def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted(SOURCE.glob("*/*.po")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _compiled(data_dir: Path) -> Path:
    """Where the catalogues lie: beside the data, and where that disk is full in a folder apart.

    A worker that starts on a full disk must come up: it is the one that answers "try later".
    """
    folder = data_dir / "translations" / _version()
    try:
        _compile(folder)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="kiosk-translations-"))
        _compile(folder)
    return folder


def init_app(app: Flask) -> None:
    """Compile the catalogues beside the data and select the language of each request."""
    folder = _compiled(app.config["KIOSK_SETTINGS"].data_dir)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    app.config["BABEL_DEFAULT_LOCALE"] = "vi"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Ho_Chi_Minh"
    Babel(app, locale_selector=language)
