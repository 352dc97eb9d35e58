"""How a tablet comes to trust this installation's certificates."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for

from kiosk_app.tls import queries
from kiosk_app.web import access

blueprint = Blueprint("trust", __name__)
FILE = "kiosk-ca.crt"
CHROMIUM = f'certutil -d sql:$HOME/.pki/nssdb -A -t "C,," -n kiosk -i {FILE}'

OPENSSL = f"openssl x509 -inform der -in {FILE} -noout -fingerprint -sha256"


def _authority() -> bytes | None:
    """The authority's certificate; its key is never opened here."""
    settings = current_app.config["KIOSK_SETTINGS"]
    return queries.authority_der(queries.folder(settings.data_dir))


def _address() -> str:
    """Where another machine finds the page."""
    public_url: str = current_app.config["KIOSK_SETTINGS"].public_url
    return (public_url or request.host_url.rstrip("/")) + url_for("trust.page")


@blueprint.get("/trust")
@access.public
def page() -> str:
    """Steps for a tablet, with the fingerprint to compare."""
    der = _authority()
    rows = queries.fingerprint_rows(queries.fingerprint(der)) if der else []
    return render_template(
        "public/trust.html", rows=rows, address=_address(), file=FILE, chromium=CHROMIUM,
        openssl=OPENSSL,
    )


@blueprint.get("/trust/ca.crt")
@access.public
def certificate() -> Response:
    """The authority's certificate, as Android takes it; 404 where there is none."""
    der = _authority()
    if der is None:
        abort(404)
    return Response(
        der, content_type="application/x-x509-ca-cert",
        headers={"Content-Disposition": f'attachment; filename="{FILE}"'},
    )
