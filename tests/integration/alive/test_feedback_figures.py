"""What learners said of a session follows their answers, one by one, and nothing else moves."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime

from kiosk_app.core import keys
from kiosk_app.training import reactions
from tests.integration.alive import reading
from tests.integration.alive.conftest import Reader
from tests.integration.alive.reading import Figures, moved, number
from tests.integration.alive.test_quality_page import wilson
from tests.integration.alive.test_training_pages import office as office
from tests.integration.alive.test_training_pages import session
from tests.integration.alive.test_training_pages import stage as stage
from tests.integration.alive.world import asked

OPEN = datetime(2018, 9, 20, 3, tzinfo=UTC)
"""Two days after TH-04, when its people may answer."""
LEVELS = {5: "Rất đồng ý", 4: "Đồng ý", 3: "Lưỡng lự", 2: "Không đồng ý", 1: "Rất không đồng ý"}
CHOICES = {
    "thoi_luong": {0: "Quá ngắn", 1: "Vừa đủ", 2: "Quá dài"},
    "ap_dung": {2: "Có, hằng ngày", 1: "Có, một phần", 0: "Chưa dùng được"},
}
QUESTIONS = {
    "sat_viec": "Nội dung sát với công việc tôi đang làm.",
    "de_hieu": "Giảng viên trình bày dễ hiểu, có ví dụ từ công việc.",
    "thoi_luong": "Thời lượng so với nội dung thế nào?",
    "to_chuc": "Phòng học, tài liệu và giờ giấc được chuẩn bị tốt.",
    "ap_dung": "Trong một tháng tới, anh/chị có dùng được điều đã học không?",
    "gioi_thieu": "Tôi sẽ khuyên đồng nghiệp dự lớp này.",
}
GIVEN = (
    {"sat_viec": 5, "de_hieu": 4, "thoi_luong": 1, "to_chuc": 4, "ap_dung": 2, "gioi_thieu": 5},
    {"sat_viec": 4, "de_hieu": 4, "thoi_luong": 1, "to_chuc": 3, "ap_dung": 2, "gioi_thieu": 4},
    {"sat_viec": 2, "de_hieu": 4, "thoi_luong": 2, "to_chuc": 4, "ap_dung": 2, "gioi_thieu": 2},
    {"sat_viec": 5, "de_hieu": 4, "thoi_luong": 0, "to_chuc": 5, "ap_dung": 2, "gioi_thieu": 5},
    {"sat_viec": 5, "de_hieu": 4, "thoi_luong": 1, "to_chuc": 4, "ap_dung": 2, "gioi_thieu": 5},
    {"sat_viec": 3, "de_hieu": 1, "thoi_luong": 1, "to_chuc": 4, "ap_dung": 2, "gioi_thieu": 5},
)
"""Five say the same of one question: what all of a few say is what each of them said."""


def there(code: str) -> list[int]:
    """Enrolments of those who were there for a half-day."""
    return [int(str(one)) for (one,) in asked(
        "SELECT DISTINCT e.id FROM enrolments e JOIN attendance_marks m ON m.enrolment_id = e.id"
        " WHERE e.session_id = :s AND m.mark IN ('present', 'late') ORDER BY e.id", s=session(code))]


def read(reader: Reader, code: str) -> Figures:
    panel = reading.section(reader.page(f"/hr/sessions/{session(code)}"), "reactions")
    hint = re.search(r'<p class="hint">(.*?)</p>', panel)
    assert hint
    found: Figures = {("all", "answered"): reading.text(hint[1])}
    question = ""
    for row in reading.rows(panel.partition("<details")[2]):
        if len(row) == 5:
            question, _, agree = row.pop(0).partition(" Đồng ý: ")
            found[question, "agree"] = f"Đồng ý: {agree}" if agree else ""
        found[question, row[0]] = " ".join(row[1:])
    comments = panel.partition("xếp ngẫu nhiên")[2]
    return found | {("all", "comments"): str(comments.count("<li>"))}


def share(x: int, n: int) -> str:
    low, high = wilson(x, n)
    return f"{100 * x / n:.0f}% {abs(100 * low):.0f}–{100 * high:.0f}%"


def recount(given: tuple[dict[str, int], ...], attended: int) -> Figures:
    n = len(given)
    said = f"{n} trên {attended} người đã dự góp ý"
    if n < 5:
        return {("all", "comments"): "0", ("all", "answered"): (
            f"{said}. Dưới 5 câu trả lời nên không nêu kết quả: số nhỏ có thể làm lộ từng người.")}
    found: Figures = {("all", "answered"): f"{said} ({number(100 * n / attended)}%).",
                      ("all", "comments"): str(n)}
    for code, text in QUESTIONS.items():
        counts = Counter(one[code] for one in given)
        if len(counts) == 1 and n < 10:
            continue
        for value, name in CHOICES.get(code, LEVELS).items():
            found[text, name] = f"{counts[value]} {share(counts[value], n)}"
        if code not in CHOICES:
            part, interval = share(counts[4] + counts[5], n).split()
            found[text, "agree"] = f"Đồng ý: {part} ({interval})"
    return found


def test_each_answer_moves_its_counts_and_no_other_session(office: Reader) -> None:
    people, before = there("TH-04"), read(office, "TH-04")
    assert before["all", "answered"] == "Không ai góp ý về lớp này."
    other = read(office, "TH-05")
    for i, answers in enumerate(GIVEN, 1):
        link = reactions.token(keys.current(), session("TH-04"), people[i - 1])
        reactions.answer(link, answers, f"Cần thêm ví dụ {'abcdef'[i - 1]}", now=OPEN)
        after, counted = read(office, "TH-04"), recount(GIVEN[:i], len(people))
        assert {key: after.get(key) for key in counted} == counted
        assert ((QUESTIONS["de_hieu"], "Đồng ý") in after) == (i > 5), "five of one mind are not told"
        if i < 5:
            assert moved(before, after).keys() == {("all", "answered")}
        before = after
    assert read(office, "TH-05") == other
