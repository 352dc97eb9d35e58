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
    fonts = sorted((folder / "fonts").glob("*.woff2"))
    return [*styles, *scripts, *(folder / "vendor" / name for name in VENDORED), *fonts]


@cache
def _files(folder: Path) -> tuple[dict[str, str], bytes]:
    """Digest of each file by its name below the static folder, and one of all, once a process."""
    digests = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _kept(folder)
    }
    whole = hashlib.sha256((folder / SCRIPT).read_bytes())
    whole.update(json.dumps(digests, sort_keys=True).encode())
    return digests, whole.digest()


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
    for lang in translations.LANGUAGES:
        for path in sorted((translations.SOURCE / lang).glob("*.po")):
            digest.update(path.read_bytes())
    return digest.digest()


@blueprint.get("/sw.js")
@access.public
def service_worker() -> Response:
    """The worker's script; another version as soon as anything it keeps has changed."""
    folder = Path(current_app.static_folder or "")
    digests, content = _files(folder)
    version = hashlib.sha256(content + _pages()).hexdigest()[:16]
    assets = {url_for("static", filename=name): known for name, known in digests.items()}
    head = f"const VERSION = {json.dumps(version)};\nconst ASSETS = {json.dumps(assets)};\n"
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
