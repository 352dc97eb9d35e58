"""Pure rules of paper entry: what was keyed, where two keyings differ, the item it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime, time

from kiosk_app.core.columns import LOCAL_ZONE, day_number, day_of
from kiosk_app.core.errors import RuleError
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.paper.records import Keyed

STEPS = ("", "reception", "supplement", "refusal", "return")
COMMENT_MAX = 2000
CODE_MAX = 200
OLDEST_DAYS = 400


def _day(text: str, today: date) -> int:
    """``15``, ``15/10`` or ``15/10/2018``: the last such day that is not in the future."""
    parts = text.replace("-", "/").replace(".", "/").split("/")
    if not text.strip():
        return day_number(today)
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 3:
            year = numbers[2] + 2000 if numbers[2] < 100 else numbers[2]
            found = date(year, numbers[1], numbers[0])
        elif len(numbers) == 2:
            found = date(today.year, numbers[1], numbers[0])
            if found > today:
                found = date(today.year - 1, numbers[1], numbers[0])
        else:
            month, year = today.month, today.year
            if numbers[0] > today.day:
                month, year = (month - 1, year) if month > 1 else (12, year - 1)
            found = date(year, month, numbers[0])
    except ValueError:
        raise RuleError("day_unreadable", text, field="day") from None
    if found > today or (today - found).days > OLDEST_DAYS:
        raise RuleError("day_out_of_range", text, field="day")
    return day_number(found)


def _reasons(text: str, by_number: Mapping[int, Sequence[str]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in text.replace(",", " ").replace(";", " ").split():
        if not word.isdigit() or int(word) not in by_number:
            raise RuleError("reason_unknown", word, field="reasons")
        found.update(dict.fromkeys(by_number[int(word)]))
    return tuple(found)


def read_form(
    typed: Mapping[str, str], *, by_number: Mapping[int, Sequence[str]], today: date
) -> Keyed:
    """A form from what was typed. RuleError names the field: ``code``, ``step``, ``level``,
    ``reasons``, ``comment``, ``day``.

    ``by_number`` gives the reason codes of each number that is printed on the form. Digits alone
    are a code's last six: two codes typed into one field are none.
    """
    code = typed.get("code", "").strip()
    key = normal_form(code)
    if len(code) > CODE_MAX or (code and not key) or (key.isdigit() and not is_hint(code)):
        raise RuleError("code_unreadable", code[:40], field="code")
    step = typed.get("step", "").strip()
    if step not in STEPS:
        raise RuleError("step_unknown", step, field="step")
    level = typed.get("level", "").strip()
    if level not in {"1", "2", "3", "4", "5"}:
        raise RuleError("level_out_of_range", level, field="level")
    comment = typed.get("comment", "").strip()
    if len(comment) > COMMENT_MAX:
        raise RuleError("comment_too_long", str(COMMENT_MAX), field="comment")
    return Keyed(
        code=code, step=step, level=int(level), reasons=_reasons(typed.get("reasons", ""), by_number),
        comment=comment, day=_day(typed.get("day", ""), today),
    )


def differences(first: Keyed, second: Keyed) -> tuple[str, ...]:
    """Fields in which two keyings differ; a code counts by its normal form, reasons as a set."""
    same = {
        "code": normal_form(first.code) == normal_form(second.code),
        "reasons": set(first.reasons) == set(second.reasons),
        "comment": first.comment.split() == second.comment.split(),
    }
    return tuple(
        each.name for each in fields(Keyed)
        if not same.get(each.name, getattr(first, each.name) == getattr(second, each.name))
    )


def is_hint(code: str) -> bool:
    """Whether only the last six digits of a code were keyed."""
    key = normal_form(code)
    return len(key) == 6 and key.isdigit()


def as_item(keyed: Keyed, rating_id: str, *, questionnaire: str, now: datetime) -> dict[str, object]:
    """The item of ``POST /api/v1/ratings`` that a form becomes; rated at noon of its day."""
    noon = datetime.combine(day_of(keyed.day), time(12), LOCAL_ZONE)
    hint = is_hint(keyed.code)
    return {
        "id": rating_id, "epoch": None, "seq": None, "kind": "rating", "relates_to": None,
        "level": keyed.level, "receipt": keyed.code if keyed.code and not hint else None,
        "receipt_hint": normal_form(keyed.code) if hint else None, "follow_hash": None,
        "step": keyed.step or None, "channel": "paper", "entry": None,
        "questionnaire": questionnaire, "answers": {}, "reasons": list(keyed.reasons),
        "comment": keyed.comment or None, "contact": None, "lang": "vi",
        "rated_at": min(noon, now).isoformat(), "clock_offset_ms": 0, "duration_ms": None,
    }


def as_json(keyed: Keyed) -> dict[str, object]:
    """A keyed form for storage."""
    return asdict(keyed)


def from_json(stored: Mapping[str, object]) -> Keyed:
    """A keyed form as it was stored."""
    reasons = stored["reasons"]
    assert isinstance(reasons, list)  # noqa: S101 - written by as_json
    return Keyed(**{**stored, "reasons": tuple(reasons)})  # type: ignore[arg-type]
