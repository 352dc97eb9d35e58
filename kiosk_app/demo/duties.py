"""What the demo year requires of whom, and which reasons its courses work on."""

from __future__ import annotations

from datetime import datetime

from kiosk_app.core import db
from kiosk_app.core.audit import Actor
from kiosk_app.training import catalogue, requirements, requiring

REQUIRED = (("KH-01", "role", "wards"), ("KH-02", "role", "centre"), ("KH-03", "role", "centre"),
            ("KH-04", "all", ""))
PROGRAMME = "Bộ phận Một cửa"
VALID = {"KH-02": 24, "KH-03": 36}
TOPICS = {
    "KH-01": ("kho_truc_tuyen",),
    "KH-02": ("giai_thich_chua_ro", "gop_y_khong_tra_loi", "huong_dan_kho_hieu", "thai_do"),
    "KH-03": ("cho_lau", "sai_sot", "tre_hen"),
    "KH-04": ("bo_sung_nhieu", "giay_to_ruom_ra"),
}


def set_duties(*, actor: Actor, now: datetime) -> None:
    """Requirements and topics of the courses that the year's workbook brought."""
    with db.reading() as conn:
        ids = {one.code: one.id for one in requirements.terms(conn)}
    for code, target, value in REQUIRED:
        requiring.require(ids[code], target, value, actor=actor, now=now)
    for code, topics in TOPICS.items():
        catalogue.set_detail(
            ids[code], programme=PROGRAMME, topics=topics, required_ids=(), valid_months=VALID.get(code),
            active=True, actor=actor, now=now,
        )
