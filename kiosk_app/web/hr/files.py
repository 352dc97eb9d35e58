"""What every file of the training office says of itself: selection, moment, version and hash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response, abort, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.core import audit, clock
from kiosk_app.organisation import queries as organisation
from kiosk_app.web import downloads, translations
from kiosk_app.web.hr import words

FACTS = ("training", "intake", "settings")
LOOKS = ("record_viewed",)
KINDS = ("csv", "xlsx")


def version(conn: Connection) -> str:
    """A mark of the deeds behind a file: two files of one version hold the same records."""
    return f"DT-{audit.newest(conn, FACTS, but=LOOKS)}"


def require_kind(kind: str) -> None:
    """404 for what is no kind of file."""
    if kind not in KINDS:
        abort(404)


def notes(of: Sequence[str], mark: str) -> list[str]:
    """What a file says before its hash."""
    return [*of, _("Lập lúc %(when)s.", when=words.moment_text(clock.now())),
            _("Phiên bản số liệu: %(version)s", version=mark)]


def send(
    kind: str, name: str, title: str, header: Sequence[str], rows: Iterable[Sequence[object]],
    of: Sequence[str], mark: str,
) -> Response:
    """A table as CSV or XLSX; ``of`` says what it is of, ``mark`` is the version it was read in."""
    return downloads.download(kind, name, header, rows, title=title, notes=notes(of, mark))


def filtered(conn: Connection) -> str:
    """The filters of the address in words."""
    unit, state = request.args.get("unit", ""), request.args.get("state", "")
    known = {str(one.id): one.name(translations.language())
             for one in organisation.units(conn).values()} if unit else {}
    states = words.state_names() | words.standing_names()
    return str(_("Lọc: có chữ “%(q)s”, đơn vị %(unit)s, tình trạng %(state)s.",
                 q=request.args.get("q", "").strip() or "*", unit=known.get(unit, "*"),
                 state=states.get(state, "*")))
