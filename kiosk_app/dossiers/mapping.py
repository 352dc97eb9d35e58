"""Which column holds what: synonyms of headers, and the personal columns that are never read."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk_app.core.errors import KioskError

SYNONYMS: dict[str, tuple[str, ...]] = {
    "code": ("dossier code", "ma ho so", "so ho so", "so bien nhan", "ma so ho so"),
    "unit": ("unit id", "don vi", "co quan tiep nhan", "don vi tiep nhan"),
    "procedure": ("procedure code", "ma tthc", "ma thu tuc", "thu tuc", "ten thu tuc"),
    "officer": ("officer code", "ma can bo", "can bo", "can bo tiep nhan"),
    "filing_mode": ("channel", "filing mode", "hinh thuc nop", "kenh nop"),
    "received": ("received at", "ngay tiep nhan", "tiep nhan", "ngay nhan", "thoi diem nop"),
    "due": ("due date", "hen tra", "ngay hen tra"),
    "finished": ("finished at", "co ket qua", "ngay co ket qua", "ngay hoan thanh"),
    "returned": ("returned at", "ngay tra", "ngay tra ket qua", "tra ket qua"),
    "supplement": ("supplement count", "so lan bo sung", "bo sung"),
    "status": ("status", "trang thai", "tinh trang"),
    "fee": ("fee vnd", "le phi", "phi le phi"),
}
REQUIRED = ("code", "procedure", "received")
PERSONAL_WORDS = (
    "ho ten", "ho va ten", "nguoi nop", "chu ho so", "cong dan", "cmnd", "cccd", "ho chieu",
    "dinh danh", "dia chi", "thuong tru", "noi o", "dien thoai", "sdt", "dt lien he", "email",
    "ngay sinh", "ghi chu", "applicant", "phone", "address", "so dt",
)


def plain(header: str) -> str:
    """A header without accents, case, punctuation and doubled spaces."""
    text = unicodedata.normalize("NFD", header.replace("đ", "d").replace("Đ", "D"))
    kept = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join(kept.casefold().split())


@dataclass(frozen=True)
class Columns:
    """Index of each known field, how wide the table is, and the headers left unread."""

    index: dict[str, int]
    width: int
    personal: tuple[str, ...]
    names: dict[str, str]


def recognise(header: Sequence[str]) -> Columns:
    """Map a header; KioskError ``header_unknown`` names the columns that are missing."""
    index: dict[str, int] = {}
    personal = []
    for position, name in enumerate(header):
        text = plain(name)
        known = next((f for f, words in SYNONYMS.items() if text in words), None)
        if known is not None and known not in index:
            index[known] = position
        elif any(word in text for word in PERSONAL_WORDS):
            personal.append(name)
    missing = [name for name in REQUIRED if name not in index]
    if missing:
        wanted = "; ".join(f"{m}: {', '.join(SYNONYMS[m][:2])}" for m in missing)
        raise KioskError("header_unknown", f"row 1: a column is missing ({wanted})", field=missing[0])
    return Columns(index, len(header), tuple(personal), {f: header[i] for f, i in index.items()})
