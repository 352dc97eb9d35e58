"""What the demo year's learners say of their sessions, through the same links as in an office."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from kiosk_app.core import db, keys
from kiosk_app.training import queries, reactions

SEED = 61
ANSWERS = 0.8
"""Share of those who attended that answer."""
COMMENTS = (
    "Nên có thêm bài thực hành trên phần mềm thật", "Lớp bổ ích, dễ áp dụng ở quầy",
    "Giảng viên nói hơi nhanh ở phần cuối", "Tài liệu nên phát trước một ngày",
    "Nên tổ chức vào đầu tuần, cuối tuần quầy đông", "Mong có lớp nâng cao",
    "Ví dụ tình huống rất sát thực tế", "Phòng máy thiếu máy, hai người dùng chung",
)


def _answers(rng: np.random.Generator) -> dict[str, object]:
    def level() -> int:
        return int(rng.choice([2, 3, 4, 5], p=[0.06, 0.14, 0.45, 0.35]))

    return {
        "sat_viec": level(), "de_hieu": level(), "thoi_luong": int(rng.choice([0, 1, 2], p=[.2, .7, .1])),
        "to_chuc": level(), "ap_dung": int(rng.choice([0, 1, 2], p=[.1, .5, .4])),
        "can_tro": int(rng.integers(0, 4)), "gioi_thieu": level(),
    }


def answer_all() -> int:
    """Answer for most of those who attended a held session; how many answers."""
    rng, count = np.random.default_rng(SEED), 0
    with db.reading() as conn:
        found = [
            (reactions.token(keys.current(), held.id, row.enrolment_id), end)
            for held in queries.sessions(conn, states=("held",))
            if (end := reactions.closes_at(held)) is not None
            for row in queries.roster(conn, held.id) if reactions.may_answer(row)
        ]
    for secret, end in found:
        said, words = _answers(rng), str(rng.choice(COMMENTS)) if rng.random() < 0.5 else ""
        if rng.random() < ANSWERS:
            reactions.answer(secret, said, words, now=end - timedelta(days=5))
            count += 1
    return count
