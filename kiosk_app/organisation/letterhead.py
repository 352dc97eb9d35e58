"""What stands at the head and the foot of papers that are handed in: bodies, place, who signs."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from kiosk_app.core import audit, settings_table
from kiosk_app.core.audit import Actor
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import RuleError
from kiosk_app.organisation import queries
from kiosk_app.organisation.records import UnitRecord

SETTING = "letterhead"
LONGEST = 120
NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc")
_KIND = re.compile(r"^(thành phố|thị xã|thị trấn|tỉnh|huyện|quận|phường|xã)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Letterhead:
    """The superior body, the body that issues, the place written before the day, who signs."""

    above: str = ""
    body: str = ""
    place: str = ""
    title: str = ""
    """Office of who signs, as ``Giám đốc``."""
    name: str = ""
    """Name below the signature; '' leaves the line free."""

    @property
    def bodies(self) -> tuple[str, str]:
        """The two lines on the left, in capitals as the rules of office papers have them."""
        return self.above.upper(), self.body.upper()

    def on(self, day: date) -> str:
        """Place and day: ``Hạ Long, ngày 05 tháng 3 năm 2019``; days below 10 and the first two
        months carry a nought, as Decree 30/2020 has it.
        """
        month = f"{day.month:02}" if day.month <= 2 else str(day.month)
        text = f"ngày {day.day:02} tháng {month} năm {day.year}"
        return f"{self.place}, {text}" if self.place else text.capitalize()


def read(conn: Connection, day: date) -> Letterhead:
    """What was set, else what the register of units of ``day`` says of the centre and its superior."""
    kept = settings_table.read(conn, SETTING)
    return Letterhead(**json.loads(kept)) if kept else _registered(queries.units(conn, on=day), day)


def _registered(units: dict[int, UnitRecord], day: date) -> Letterhead:
    centres = [one for one in units.values() if one.kind == "centre"
               and (one.valid_from or day) <= day <= (one.valid_to or day)]
    if not centres:
        return Letterhead()
    centre = min(centres, key=lambda one: one.id)
    above = units.get(centre.parent_id) if centre.parent_id is not None else None
    if above is None:
        return Letterhead(body=centre.name_vi, title="Giám đốc")
    return Letterhead(
        f"Ủy ban nhân dân {above.name_vi[:1].lower()}{above.name_vi[1:]}", centre.name_vi,
        _KIND.sub("", above.name_vi), "Giám đốc",
    )


def change(wanted: Letterhead, *, actor: Actor, now: datetime) -> None:
    """Keep another head; RuleError ``letterhead_missing`` or ``letterhead_long`` names the field."""
    for field, value in asdict(wanted).items():
        if field in ("body", "place", "title") and not value.strip():
            raise RuleError("letterhead_missing", field, field=field)
        if len(value) > LONGEST:
            raise RuleError("letterhead_long", str(LONGEST), field=field)
    with transaction() as conn:
        kept = {field: value.strip() for field, value in asdict(wanted).items()}
        settings_table.write(conn, SETTING, json.dumps(kept, ensure_ascii=False))
        audit.record(conn, actor=actor, scope="settings", action="letterhead_changed",
                     subject=kept["body"], now=now, **kept)
