"""What all views of the tablet share: blueprint, questionnaire, the tablet's cookie."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from kiosk_app.core import db
from kiosk_app.devices import queries as device_queries
from kiosk_app.questionnaires import builtin

blueprint = Blueprint("kiosk", __name__, url_prefix="/kiosk")


def _further(part: Any) -> Any:
    """The same with its texts in further languages as well."""
    if isinstance(part, dict):
        if isinstance(part.get("vi"), str):
            known = {lang: words.get(part["vi"]) for lang, words in builtin.further_languages().items()}
            return {**{lang: text for lang, text in known.items() if text}, **part}
        return {key: _further(value) for key, value in part.items()}
    return [_further(each) for each in part] if isinstance(part, list) else part


QUESTIONNAIRE: dict[str, Any] = _further(builtin.definition())
REF = str(QUESTIONNAIRE["ref"])
TILES = {which: _further(builtin.tiles(QUESTIONNAIRE, which)) for which in ("low", "high")}


def device() -> device_queries.DeviceRecord | None:
    """The paired tablet whose cookie a form bears, if it may still rate."""
    token = request.cookies.get("kiosk_device", "")
    if not token:
        return None
    with db.reading() as conn:
        found = device_queries.by_token(conn, token)
    return found if found and found.revoked_at is None else None


def gone() -> str:
    """What is shown of a draft that is sealed, withdrawn or was never there: nothing."""
    return render_template(
        "kiosk/form.html", screen="notice", body="k-thanks k-zero", questionnaire=QUESTIONNAIRE,
        title=_("Đánh giá đã được ghi nhận"), text=_("Cảm ơn ông/bà. Mời người tiếp theo."),
    )
