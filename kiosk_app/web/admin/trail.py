"""View of the audit trail: who did what, when and why; filtered, in pages, and as a file."""

from __future__ import annotations

from flask import Response, render_template, request
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import audit, clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.web import access, downloads, typed
from kiosk_app.web.admin import words
from kiosk_app.web.admin.routes import blueprint
from kiosk_app.web.presentation import moment

__all__ = ["blueprint"]
PAGE_ROWS = 50
FILE_ROWS = 100_000
SCOPES = {"administrator": ("settings", "intake", "accounts"), "inspector": ("cases",)}


def _asked(*, skip: int, limit: int) -> audit.Trail:
    with db.reading() as conn:
        return audit.trail(
            conn, scopes=SCOPES.get(access.current().role), action=request.args.get("action", ""),
            actor=request.args.get("actor", "").strip()[:120], skip=skip, limit=limit,
        )


@blueprint.get("/audit", endpoint="audit")
@access.requires(Data.AUDIT)
def audit_events() -> str:
    """Audit events of the scopes that the role may see, newest first."""
    page = min(max(1, request.args.get("page", 1, type=typed.small)), FILE_ROWS)
    found = _asked(skip=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS)
    names = words.action_names()
    return render_template(
        "admin/audit.html", trail=found, names=names, subject=words.subject_text, page=page,
        pages=max(1, -(-found.total // PAGE_ROWS)), why=words.reason_text, who=words.actor_text,
        roles=words.role_names(),
        choices=sorted(found.actions, key=lambda one: names.get(one, one)),
    )


@blueprint.get("/audit.csv", endpoint="audit_csv")
@access.requires(Data.AUDIT)
def audit_file() -> Response:
    """The same events as a file."""
    found, names = _asked(skip=0, limit=FILE_ROWS), words.action_names()
    header = [_("Lúc ghi"), _("Người làm"), _("Việc"), _("Nội dung việc"), _("Lý do")]
    asked = [request.args.get(name, "").strip() or "*" for name in ("action", "actor")]
    return downloads.download("csv", "nhat-ky", header, [
        [event.at.astimezone(LOCAL_ZONE).isoformat(timespec="seconds"), words.actor_text(event),
         names.get(event.action, event.action), words.subject_text(event), words.reason_text(event)]
        for event in found.events
    ], title=_("Nhật ký"), notes=[
        _("Lọc: việc %(action)s, người làm %(actor)s.", action=names.get(asked[0], asked[0]),
          actor=asked[1]),
        _("%(n)s dòng mới nhất trên %(all)s dòng khớp, lập lúc %(when)s.", n=len(found.events),
          all=found.total, when=moment(clock.now())),
    ])
