"""Which column of a table means what, in Vietnamese or English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from survey_analysis.charts.words import ENGLISH, VIETNAMESE
from survey_analysis.text.normalise import normalise, strip_marks

# Field → headings, without marks, in the order of preference.
HEADINGS: dict[str, tuple[str, ...]] = {
    "level": ("muc", "muc do", "muc do hai long", "muc hai long", "muc danh gia", "danh gia", "diem",
              "diem danh gia", "hai long", "level", "rating", "score", "satisfaction", "rate", "stars"),
    "time": ("thoi diem danh gia", "thoi gian danh gia", "ngay danh gia", "ngay gio", "thoi diem",
             "thoi gian", "ngay", "rated at", "rating date", "date time", "datetime", "timestamp",
             "date", "time", "created at"),
    "unit": ("don vi", "ten don vi", "ma don vi", "co quan", "bo phan", "trung tam", "phuong xa", "unit",
             "unit id", "unit name", "centre", "center", "office", "department", "branch"),
    "officer": ("can bo", "ma can bo", "ten can bo", "can bo tiep nhan", "can bo xu ly", "cong chuc",
                "nhan vien", "officer", "officer code", "officer id", "officer name", "staff",
                "employee", "clerk"),
    "counter": ("quay", "so quay", "ten quay", "counter", "desk", "window"),
    "procedure": ("thu tuc", "ten thu tuc", "ma thu tuc", "thu tuc hanh chinh", "tthc", "procedure",
                  "procedure code", "procedure name", "service"),
    "field": ("linh vuc", "ten linh vuc", "field", "sector"),
    "timeliness": ("tinh trang han", "dung han", "tien do", "timeliness", "on time", "late", "is late"),
    "channel": ("kenh", "kenh danh gia", "hinh thuc danh gia", "channel"),
    "reasons": ("ly do", "cac ly do", "reasons", "reason", "reason codes"),
    "comment": ("gop y", "y kien", "y kien khac", "noi dung gop y", "binh luan", "nhan xet", "comment",
                "comments", "remark", "text", "feedback"),
    "case": ("ma ho so", "so ho so", "ho so", "ma bien nhan", "so bien nhan", "dossier", "dossier code",
             "receipt", "case", "case id"),
}
OPTIONAL = tuple(f for f in HEADINGS if f != "level")


def _spelled(heading: object) -> str:
    bare = strip_marks(normalise(str(heading))).lower()
    bare = re.sub(r"\(.*?\)|\[.*?\]", " ", bare)
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())


# Headings that spelling makes one (ký/kí) are compared in one spelling.
_KNOWN = {field: tuple(_spelled(h) for h in found) for field, found in HEADINGS.items()}


def recognise(headings: Sequence[object]) -> dict[str, int]:
    """Field → index of its column; each column serves one field."""
    spelled = [_spelled(h) for h in headings]
    found: dict[str, int] = {}
    for field, names in _KNOWN.items():
        for name in names:
            if name in spelled and spelled.index(name) not in found.values():
                found[field] = spelled.index(name)
                break
    return found


def mapped(headings: Sequence[object], mapping: Mapping[str, str]) -> dict[str, int] | str:
    """`recognise`, overruled by a mapping of the caller; the heading that is missing, as text."""
    found = recognise(headings)
    spelled = [_spelled(h) for h in headings]
    for field, heading in mapping.items():
        if _spelled(heading) not in spelled:
            return heading
        place = spelled.index(_spelled(heading))
        found = {f: i for f, i in found.items() if i != place}
        found[field] = place
    return found


_LEVEL_WORDS = {
    _spelled(word): level
    for words in (VIETNAMESE, ENGLISH) for level, word in enumerate(words.levels, 1)
} | {
    _spelled(word): level for word, level in (
        ("Trung bình", 3), ("Tạm được", 3), ("Hài lòng một phần", 3), ("Tốt", 4), ("Rất tốt", 5),
        ("Kém", 2), ("Rất kém", 1), ("Chưa hài lòng", 2), ("Very good", 5), ("Good", 4), ("Poor", 2),
        ("Very poor", 1), ("Neither", 3), ("Unsatisfied", 2), ("Very unsatisfied", 1),
    )
}


def level_of(cell: object) -> int | None:
    """1 … 5 of a number or of words in either language; None where it is neither."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return int(cell) if cell in (1, 2, 3, 4, 5) else None
    text = str(cell).strip()
    number = re.fullmatch(r"\+?([1-5])(?:[.,]0+)?(?:\s*(?:sao|stars?|★|/\s*5))?", text)
    if number:
        return int(number[1])
    if re.fullmatch("★{1,5}☆{0,4}", text):
        return text.count("★")
    return _LEVEL_WORDS.get(_spelled(text))


def late_of(cell: object, heading: object) -> str:
    """``late``, ``on_time`` or ``""`` of the words offices use."""
    text = _spelled(cell)
    if not text:
        return ""
    yes_no = {"1": True, "x": True, "co": True, "yes": True, "true": True, "0": False, "khong": False,
              "no": False, "false": False}
    if text in yes_no:
        asked_late = _spelled(heading) in ("late", "is late", "tre han", "qua han")
        return "late" if yes_no[text] is asked_late else "on_time"
    late = ("tre", "qua han", "qua hen", "cham", "late", "overdue")
    return "late" if any(word in text for word in late) else "on_time"
