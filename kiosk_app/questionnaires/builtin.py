"""The built-in questionnaire ``sao5@1``: five faces, and reasons by level and factor.

Low reasons are offered for levels 1–3, high reasons for 4–5. A surface that shows both sets as the
same number of tiles merges two pairs of the low set.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
SURVEY = DATA / "mot_cua.json"
"""The official 0/1/2 criteria a citizen can be asked, and the five factors; wordings with sources."""
TRAINING = DATA / "tap_huan.json"
"""What those who attended a training session are asked, without their names."""
QUESTIONNAIRE = "sao5"
VERSION = 1

LEVELS = (
    (1, "Rất không hài lòng", "Very dissatisfied"),
    (2, "Không hài lòng", "Dissatisfied"),
    (3, "Bình thường", "Neutral"),
    (4, "Hài lòng", "Satisfied"),
    (5, "Rất hài lòng", "Very satisfied"),
)
FACTORS = (
    ("tiep_can", "Tiếp cận dịch vụ", "Access"),
    ("thu_tuc", "Thủ tục", "Procedure"),
    ("cong_chuc", "Công chức", "Staff"),
    ("ket_qua", "Kết quả", "Result"),
    ("gop_y", "Góp ý, phản ánh", "Feedback"),
)
LOW = (
    ("cho_lau", "tiep_can", "Chờ lâu", "Long wait"),
    ("kho_tim_quay", "tiep_can", "Khó tìm quầy, thiếu chỗ ngồi", "Counter hard to find, no seats"),
    ("kho_truc_tuyen", "tiep_can", "Khó dùng dịch vụ trực tuyến", "Online service hard to use"),
    ("bo_sung_nhieu", "thu_tuc", "Phải bổ sung nhiều lần", "Asked for more papers repeatedly"),
    ("giay_to_ruom_ra", "thu_tuc", "Giấy tờ rườm rà", "Too much paperwork"),
    ("huong_dan_kho_hieu", "thu_tuc", "Hướng dẫn khó hiểu", "Guidance hard to follow"),
    ("thai_do", "cong_chuc", "Thái độ chưa đúng mực", "Improper attitude"),
    ("giai_thich_chua_ro", "cong_chuc", "Giải thích chưa rõ", "Unclear explanation"),
    ("goi_y_tien_qua", "cong_chuc", "Gợi ý thêm tiền, quà", "Hinted at money or gifts"),
    ("tre_hen", "ket_qua", "Trả kết quả trễ hẹn", "Result late"),
    ("sai_sot", "ket_qua", "Kết quả có sai sót", "Errors in the result"),
    ("gop_y_khong_tra_loi", "gop_y", "Góp ý không được trả lời", "Feedback unanswered"),
)
HIGH = (
    ("noi_cho_thuan_tien", "tiep_can", "Nơi chờ thuận tiện", "Comfortable waiting area"),
    ("de_tra_cuu", "tiep_can", "Dễ tra cứu", "Easy to look up"),
    ("giay_to_gon", "thu_tuc", "Giấy tờ gọn", "Little paperwork"),
    ("huong_dan_ro", "thu_tuc", "Hướng dẫn rõ", "Clear guidance"),
    ("lich_su", "cong_chuc", "Lịch sự", "Polite"),
    ("tan_tinh", "cong_chuc", "Tận tình", "Helpful"),
    ("thanh_thao", "cong_chuc", "Thành thạo", "Skilled"),
    ("dung_som_hen", "ket_qua", "Đúng hẹn, sớm hẹn", "On time or early"),
    ("chinh_xac", "ket_qua", "Kết quả chính xác", "Accurate result"),
    ("gop_y_duoc_tra_loi", "gop_y", "Góp ý được trả lời", "Feedback answered"),
)


def _reasons(rows: tuple[tuple[str, str, str, str], ...]) -> list[dict[str, object]]:
    return [
        {"code": code, "factor": factor, "text": {"vi": vi, "en": en}}
        for code, factor, vi, en in rows
    ]


def definition() -> dict[str, Any]:
    """The definition as stored: levels, factors and reasons with their texts."""
    return {
        "ref": f"{QUESTIONNAIRE}@{VERSION}",
        "kind": "rating",
        "levels": [{"level": n, "text": {"vi": vi, "en": en}} for n, vi, en in LEVELS],
        "factors": [{"code": c, "text": {"vi": vi, "en": en}} for c, vi, en in FACTORS],
        "reasons": {"low": _reasons(LOW), "high": _reasons(HIGH)},
        "questions": [],
    }


def _stored(path: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return {**known, "ref": f"{known['questionnaire']}@{known['version']}"}


def survey() -> dict[str, Any]:
    """The survey that comes with the service, as stored."""
    return _stored(SURVEY)


def training() -> dict[str, Any]:
    """The questions about a training session that come with the service, as stored."""
    return _stored(TRAINING)


def further_languages() -> dict[str, dict[str, str]]:
    """Words of faces and reasons in further languages: ``data/sao5.<language>.json``, by the Vietnamese."""
    return {
        path.name.split(".")[1]: json.loads(path.read_text("utf-8"))
        for path in sorted(DATA.glob(f"{QUESTIONNAIRE}.*.json"))
    }


MERGED = (
    (("kho_tim_quay", "kho_truc_tuyen"),
     "Khó tìm quầy, khó dùng dịch vụ trực tuyến", "Counter hard to find, online hard to use"),
    (("bo_sung_nhieu", "giay_to_ruom_ra"),
     "Giấy tờ rườm rà, phải bổ sung nhiều lần", "Too much paperwork, asked for more"),
)
"""Pairs of the low set that share a tile, so that both sets have ten tiles in the same places."""


def tiles(definition: dict[str, Any], which: str) -> list[dict[str, Any]]:
    """Tiles of the ``low`` or ``high`` set by factor; a tile bears one code, or a merged pair."""
    pairs = {codes[0]: (codes, vi, en) for codes, vi, en in MERGED}
    second = {codes[1] for codes, _, _ in MERGED}
    found = []
    for factor in definition["factors"]:
        shown = []
        for reason in definition["reasons"][which]:
            code = reason["code"]
            if reason["factor"] != factor["code"] or code in second:
                continue
            codes, vi, en = pairs.get(
                code, ((code,), reason["text"]["vi"], reason["text"]["en"])
            )
            shown.append({"codes": list(codes), "text": {"vi": vi, "en": en}})
        found.append({"text": factor["text"], "tiles": shown})
    return found


def numbered(lang: str) -> list[dict[str, Any]]:
    """The tiles of both sets, each with the number printed beside it on paper: low 1–10, high 11–20."""
    whole = definition()
    found: list[dict[str, Any]] = []
    for which in ("low", "high"):
        for factor in tiles(whole, which):
            for tile in factor["tiles"]:
                text = tile["text"].get(lang) or tile["text"]["vi"]
                found.append({"n": len(found) + 1, "text": text, "codes": tile["codes"]})
    return found
