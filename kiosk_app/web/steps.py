"""What a slip without a dossier's procedure stands for, in words, where the procedure would be."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from kiosk_app.feedback.records import ReceiptState


def step_name(step: str) -> str | None:
    """A slip's step in words; None for steps that a procedure stands beside."""
    found = {
        "refusal": _("Từ chối tiếp nhận hồ sơ"), "supplement": _("Yêu cầu bổ sung hồ sơ"),
    }.get(step)
    return str(found) if found else None


def named(state: ReceiptState) -> ReceiptState:
    """The state with the step in the procedure's place, if no procedure is known."""
    if state.procedure or not state.steps:
        return state
    return replace(state, procedure=step_name(state.steps[0]))
