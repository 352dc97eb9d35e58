"""The blueprint of the training office and what its templates may call."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from kiosk_app.web.hr import scope, tables, words

blueprint = Blueprint("hr", __name__, url_prefix="/hr")


def csrf() -> Markup:
    """The hidden field that every form posts back."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


KEPT = ("year", "below", "q", "state", "unit", "sort", "dir", "page")


def link(endpoint: str, view_args: dict[str, Any], **changes: Any) -> str:
    """The address of ``endpoint`` with the filters of this page and some of them changed."""
    kept = {key: request.args[key] for key in KEPT if request.args.get(key)}
    return url_for(endpoint, **{**kept, **view_args, **changes})


@blueprint.context_processor
def _names() -> dict[str, Any]:
    return {"words": words, "figure": tables.figure, "signed": tables.signed,
            "may_edit": scope.may_edit, "csrf": csrf, "link": link}
