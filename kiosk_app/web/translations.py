"""Languages: Vietnamese texts are the keys; other languages come from one PO file a surface."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, has_request_context, request, session
from flask_babel import Babel

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
SOURCE = Path(__file__).resolve().parents[1] / "translations"


def language() -> str:
    """Language of the request: as asked for in the address, else of the session, else vi."""
    if not has_request_context():
        return "vi"
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        session["lang"] = asked
        return asked
    kept = session.get("lang", "vi")
    return kept if kept in LANGUAGES else "vi"


def forget_session() -> None:
    """Empty the session; the language chosen on this screen is kept."""
    lang = session.get("lang")
    session.clear()
    if lang in LANGUAGES:
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


def _compile(folder: Path) -> None:
    for lang in LANGUAGES:
        if lang == "vi":
            continue
        target = folder / lang / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as out:
            write_mo(out, merged(lang))
        Path(part).replace(target)


def init_app(app: Flask) -> None:
    """Compile the catalogues beside the data and select the language of each request."""
    folder = app.config["KIOSK_SETTINGS"].data_dir / "translations"
    _compile(folder)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    app.config["BABEL_DEFAULT_LOCALE"] = "vi"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Ho_Chi_Minh"
    Babel(app, locale_selector=language)
