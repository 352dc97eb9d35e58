"""Tables of ratings as offices keep them, drawn from a seed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

HEADINGS_VI = ("Mã hồ sơ", "Mức độ hài lòng", "Thời điểm đánh giá", "Đơn vị", "Cán bộ", "Thủ tục",
               "Kênh", "Lý do", "Góp ý")
HEADINGS_EN = ("dossier_code", "level", "rated_at", "unit", "officer", "procedure", "channel", "reasons",
               "comment")
COMMENTS = ("Chờ lâu quá", "Cán bộ nhiệt tình", "không phải chờ lâu", "gọi chị Lan 0912345678", "tốt", "")
REASONS = ("cho_lau", "thai_do", "giai_thich_chua_ro", "goi_y_tien_qua")


def rows(n: int, *, seed: int = 1, months: int = 6) -> list[list[str]]:
    """n ratings of two units, six officers and three procedures, plus one tiny unit."""
    rng = np.random.default_rng(seed)
    start = datetime(2018, 1, 2, 8)
    found = []
    for i in range(n):
        officer = int(rng.integers(6))
        level = int(rng.choice([1, 2, 3, 4, 5], p=[0.05, 0.05, 0.1, 0.3, 0.5]))
        if officer == 5 and rng.random() < 0.4:
            level = 2
        when = start + timedelta(days=int(rng.integers(30 * months)), hours=int(rng.integers(9)))
        reason = REASONS[int(rng.integers(4))] if level <= 3 else ""
        unit = "Phường Nhỏ" if i < 3 else f"Trung tâm {officer % 2}"
        found.append([
            f"H49.18-{when:%y%m%d}-{i:04d}", str(level), f"{when:%d/%m/%Y %H:%M}", unit,
            f"CB{officer}", f"1.00{int(rng.integers(3))}", "tablet", reason,
            COMMENTS[int(rng.integers(6))],
        ])
    return found


def as_csv(headings: Sequence[str], body: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(headings)
    writer.writerows(body)
    return out.getvalue()
