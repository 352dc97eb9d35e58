"""The blueprint of the training office and what its templates may call."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from kiosk_app.web.hr import scope, tables, words

blueprint = Blueprint("hr", __name__, url_prefix="/hr")


def csrf() -> Markup:
    """The hidden field that every form posts back."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


@blueprint.context_processor
def _names() -> dict[str, Any]:
    return {"words": words, "figure": tables.figure, "signed": tables.signed,
            "may_edit": scope.may_edit, "csrf": csrf}
