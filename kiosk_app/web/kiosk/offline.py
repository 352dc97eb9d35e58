"""The service worker that keeps the tablet's page for days without a network."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Response, current_app, render_template, url_for

from kiosk_app.web import access, translations
from kiosk_app.web.extensions import compress
from kiosk_app.web.kiosk.surface import QUESTIONNAIRE, TILES, blueprint

__all__ = ["blueprint"]
STYLES = ("tokens", "base", "kiosk", "tablet", "flow")
VENDORED = ("qrcode.mjs", "zxing-reader.js", "zxing_reader.wasm")
SCRIPT = "tablet/worker.js"


def _kept(folder: Path) -> list[Path]:
    """Every file that the tablet's page loads."""
    scripts = [p for p in sorted((folder / "tablet").glob("*.js")) if p.name != "worker.js"]
    styles = [folder / "css" / f"{name}.css" for name in STYLES]
    fonts = sorted(set((folder / "fonts").glob("*.woff2")) - set(_later(folder)))
    return [*styles, *scripts, *(folder / "vendor" / name for name in VENDORED), *fonts]


def _later(folder: Path) -> list[Path]:
    """Faces of scripts that few ask for: kept only once they were used."""
    return sorted((folder / "fonts").glob("later-*.woff2"))


def _digests(folder: Path, paths: list[Path]) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@cache
def _files(folder: Path) -> tuple[dict[str, str], dict[str, str], bytes]:
    """Digests by name below the static folder: kept at once, kept once used; and one of all."""
    digests, later = _digests(folder, _kept(folder)), _digests(folder, _later(folder))
    whole = hashlib.sha256((folder / SCRIPT).read_bytes())
    whole.update(json.dumps([digests, later], sort_keys=True).encode())
    return digests, later, whole.digest()


def _pages() -> bytes:
    """The pages as they are now, without what changes with each request."""
    digest = hashlib.sha256()
    for name in ("kiosk/tablet.html", "kiosk/_screens.html", "kiosk/_survey.html", "kiosk/_receipt.html",
                 "layout/kiosk.html", "components/marks.html"):
        source, _path, _fresh = current_app.jinja_env.loader.get_source(  # type: ignore[union-attr]
            current_app.jinja_env, name
        )
        digest.update(source.encode())
    digest.update(json.dumps([QUESTIONNAIRE, TILES], sort_keys=True, default=str).encode())
    for lang in translations.CITIZEN_LANGUAGES:
        for path in sorted((translations.SOURCE / lang).glob("*.po")):
            digest.update(path.read_bytes())
    return digest.digest()


@blueprint.get("/sw.js")
@access.public
def service_worker() -> Response:
    """The worker's script; another version as soon as anything it keeps has changed."""
    folder = Path(current_app.static_folder or "")
    digests, later, content = _files(folder)
    version = hashlib.sha256(content + _pages()).hexdigest()[:16]
    pages = [url_for("kiosk.tablet", lang=lang) for lang in translations.CITIZEN_LANGUAGES]
    assets, later_ = (
        {url_for("static", filename=name): known for name, known in each.items()}
        for each in (digests, later)
    )
    told = {"VERSION": version, "ASSETS": assets, "PAGES": pages, "LATER": later_}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in told.items())
    response = Response(
        head + (folder / SCRIPT).read_text("utf-8"), content_type="text/javascript; charset=utf-8"
    )
    response.headers["Service-Worker-Allowed"] = "/kiosk"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("")
@access.public
@compress.compressed()
def tablet() -> Response:
    """The tablet's one page."""
    page = render_template("kiosk/tablet.html", questionnaire=QUESTIONNAIRE, tiles=TILES)
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["X-Kiosk"] = "tablet"
    return response
