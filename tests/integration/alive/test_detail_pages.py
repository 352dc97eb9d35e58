"""Each figure of one officer's and one procedure's page follows its facts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import pytest

from kiosk_app.core.audit import SYSTEM
from kiosk_app.feedback import replies
from kiosk_app.organisation import commands as organisation
from tests.integration.alive import reading, world
from tests.integration.alive.case import Case, Page, on_postgresql, on_sqlite
from tests.integration.alive.conftest import Reader
from tests.integration.alive.reading import Figures, number, percent
from tests.integration.alive.test_quality_page import local, october, wilson
from tests.integration.alive.world import CENTRE, PROCEDURE, READ, WARD, asked, code, codes
from tests.integration.feedback import seed


def read_page(page: str, at: str) -> Figures:
    found: Figures = {(at, term): said for term, said in reading.facts(page).items()}
    for month, n, share, interval in reading.rows(reading.section(page, "course")):
        found |= {(at, f"{month} n"): n, (at, f"{month} share"): share,
                  (at, f"{month} interval"): interval}
    for row in reading.rows(reading.section(page, "reasons")):
        found[at, f"reason {row[0]}"] = row[-1]
    found[at, "comments"] = str(reading.section(page, "comments").count("<li>"))
    found[at, "replies"] = str(reading.section(page, "replies").count("<li>"))
    found[at, "said"] = reading.saying(page)
    return found


def read(reader: Reader) -> Figures:
    found: Figures = {}
    for unit, at in ((CENTRE, "officer"), (WARD, "colleague")):
        page = reader.page(f"/manage/officers/{world.officer_of(unit)}?period=2018-10")
        found |= read_page(page, at)
    return found | read_page(
        reader.page(f"/manage/procedures/{PROCEDURE[CENTRE]}?period=2018-10"), "procedure")


RATED = """
SELECT i.level, i.reasons, a.day, a.officer_id, p.code, e.comment
  FROM rating_items i
  JOIN attributions a ON a.item_id = i.id AND a.state = 'counted'
   AND a.version = (SELECT MAX(b.version) FROM attributions b WHERE b.item_id = i.id)
  JOIN procedures p ON p.id = a.procedure_id
  JOIN rating_erasables e ON e.subject_id = i.id AND e.subject = 'item'
"""
DOSSIERS = """
SELECT v.officer_id, p.code, v.received_ms, v.returned_ms, v.finished_ms, v.due_day,
       v.supplement_count
  FROM dossier_versions v JOIN procedures p ON p.id = v.procedure_id
 WHERE v.version = (SELECT MAX(w.version) FROM dossier_versions w WHERE w.dossier_id = v.dossier_id)
"""
REASONS = {"cho_lau": "Chờ lâu"}


def in_time(finished: int | None, due: int | None) -> bool | None:
    return int(f"{local(finished):%Y%m%d}") <= due if finished and due else None


def share_of(levels: list[int]) -> float:
    return sum(level >= 4 for level in levels) / len(levels)


def change(before: list[int], now: list[int]) -> str:
    """The difference of two shares and the interval of Newcombe (1998) from Wilson's."""
    (low_1, high_1), (low_2, high_2) = (
        wilson(sum(level >= 4 for level in levels), len(levels)) for levels in (now, before))
    p, q = share_of(now), share_of(before)
    down = ((p - low_1) ** 2 + (high_2 - q) ** 2) ** 0.5
    up = ((high_1 - p) ** 2 + (q - low_2) ** 2) ** 0.5
    said = [signed(100 * value) for value in (p - q, p - q - down, p - q + up)]
    return (f"So với tháng 9/2018 chênh {said[0]} điểm (khoảng 95%: {said[1]} đến {said[2]}): "
            "nằm trong dao động ngẫu nhiên.")


def signed(points: float) -> str:
    text = number(abs(points), 1)
    return text if text == "0,0" else ("+" if points > 0 else "−") + text


def _course(at: str, months: dict[int, list[int]]) -> Figures:
    found: Figures = {}
    for month, levels in months.items():
        low, high = wilson(sum(level >= 4 for level in levels), len(levels))
        name = f"{month % 100:02d}/{month // 100}"
        found |= {(at, f"{name} n"): number(len(levels)),
                  (at, f"{name} share"): f"{number(100 * share_of(levels), 1)}%",
                  (at, f"{name} interval"): f"{number(100 * low, 1)}% – {number(100 * high, 1)}%"}
    now = months[201810]
    low, high = wilson(sum(level >= 4 for level in now), len(now))
    return found | {
        (at, "So kỳ trước"): change(months[201809], now),
        (at, "said"): f"{len(now)} lượt trong tháng 10/2018: {number(100 * share_of(now), 1)}% hài lòng"
        f" (khoảng 95%: {number(100 * low, 1)}% đến {number(100 * high, 1)}%)."
        " Chưa so sánh được với mức chung.",
    }


def recount() -> Figures:
    """Released levels are live ones here: every case adds ratings by fives."""
    subjects = {world.officer_of(CENTRE): "officer", world.officer_of(WARD): "colleague",
                PROCEDURE[CENTRE]: "procedure"}
    months: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    reasons, comments = Counter[tuple[str, str]](), Counter[str]()
    for level, reason, day, officer, procedure, comment in asked(RATED):
        for subject in (officer, procedure):
            if subject in subjects:
                at = subjects[subject]
                months[at][day // 100].append(level)
                comments[at] += bool(comment) and day // 100 == 201810
                reasons.update((at, code_) for code_ in json.loads(reason) if at != "procedure")
    steps, results, taken_in = Counter[str](), Counter[tuple[str, bool]](), Counter[tuple[str, object]]()
    for officer, procedure, received, returned, finished, due, supplements in asked(DOSSIERS):
        good = in_time(finished, due)
        if officer in subjects:
            at = subjects[officer]
            steps[at] += october(received) * (1 + (supplements > 0)) + october(returned)
            if october(returned) and good is not None:
                results[at, good] += 1
        if procedure == PROCEDURE[CENTRE] and october(received):
            taken_in["received", None] += 1
            taken_in["over", None] += supplements > 1
            taken_in["result", good] += 1
    found: Figures = {}
    for at, of in months.items():
        found |= _course(at, of) | {(at, "comments"): str(comments[at])}
        if at != "procedure":
            n = len(of[201810])
            low, high = wilson(sum(level >= 4 for level in of[201810]), n)
            share = f"{number(100 * share_of(of[201810]), 1)}%"
            found |= {
                (at, "Bước hồ sơ"): number(steps[at]),
                (at, "Được đánh giá"): f"{n} ({percent(n, steps[at])})",
                (at, "Trả đúng hạn"): percent(results[at, True], results[at, True] + results[at, False]),
                (at, "Thô"): f"{share} ({number(100 * low, 1)}% – {number(100 * high, 1)}%)",
                (at, "Mức chung của đơn vị"): share,
            }
    good, late = taken_in["result", True], taken_in["result", False]
    return found | {
        (at, f"reason {REASONS[reason]}"): number(n) for (at, reason), n in reasons.items() if n >= 5
    } | {
        ("procedure", "Tiếp nhận"): number(taken_in["received", None]),
        ("procedure", "Đúng và sớm hạn"): percent(good, good + late),
        ("procedure", "Trễ"): number(late),
        ("procedure", "Bổ sung quá một lần"): number(taken_in["over", None]),
    }


def _procedures(**changed: str) -> None:
    rows = seed.rows("procedures")
    for row in rows:
        if row["procedure_code"] == PROCEDURE[CENTRE]:
            row |= changed
    assert organisation.import_procedures(rows, actor=SYSTEM, now=READ).ok


def _of(*places: str, **figures: str) -> Figures:
    return {(at, name): said for at in places for name, said in figures.items()}


BOTH = ("officer", "procedure")
RATED_WORSE = (1, 1, 2, 2, 3)
CASES = {
    "ratings": Case(lambda: world.rate(CENTRE, codes(CENTRE, 21), RATED_WORSE), {
        **_of(*BOTH, **{
            "10/2018 n": "30", "10/2018 share": "66,7%", "10/2018 interval": "48,8% – 80,8%",
            "So kỳ trước": "So với tháng 9/2018 chênh −13,3 điểm (khoảng 95%: −36,3 đến +20,7): nằm"
                           " trong dao động ngẫu nhiên.",
            "said": "30 lượt trong tháng 10/2018: 66,7% hài lòng (khoảng 95%: 48,8% đến 80,8%)."
                    " Chưa so sánh được với mức chung.",
        }),
        ("officer", "Được đánh giá"): "30 (25,0%)", ("officer", "Thô"): "66,7% (48,8% – 80,8%)",
        ("officer", "Mức chung của đơn vị"): "66,7%", ("procedure", "Mức chung"): "66,7%",
    }),
    "ratings of September, with reasons": Case(
        lambda: world.rate(CENTRE, [code(CENTRE, i, "180901") for i in range(11, 16)],
                           at=world.SEPTEMBER, reasons=["cho_lau"]), {
            **_of(*BOTH, **{
                "09/2018 n": "15", "09/2018 interval": "54,8% – 93,0%",
                "So kỳ trước": "So với tháng 9/2018 chênh 0,0 điểm (khoảng 95%: −23,1 đến +27,5):"
                               " nằm trong dao động ngẫu nhiên.",
            }),
            ("officer", "reason Chờ lâu"): "10",
        }),
    "comments": Case(lambda: world.rate(CENTRE, codes(CENTRE, 31), comment=world.SLOW), {
        **_of(*BOTH, **{
            "comments": "20", "10/2018 n": "30", "10/2018 interval": "62,7% – 90,5%",
            "So kỳ trước": "So với tháng 9/2018 chênh 0,0 điểm (khoảng 95%: −22,5 đến +32,7): nằm"
                           " trong dao động ngẫu nhiên.",
            "said": "30 lượt trong tháng 10/2018: 80,0% hài lòng (khoảng 95%: 62,7% đến 90,5%)."
                    " Chưa so sánh được với mức chung.",
        }),
        ("officer", "Được đánh giá"): "30 (25,0%)", ("officer", "Thô"): "80,0% (62,7% – 90,5%)",
    }),
    "handed over late": Case(lambda: world.take_in([world.dossier(CENTRE, 261)]), {
        ("officer", "Bước hồ sơ"): "122", ("officer", "Được đánh giá"): "25 (20,5%)",
        ("officer", "Trả đúng hạn"): "65,6%", ("procedure", "Tiếp nhận"): "61",
        ("procedure", "Đúng và sớm hạn"): "65,6%", ("procedure", "Trễ"): "21",
    }),
    "ready, not handed over": Case(lambda: world.take_in([world.dossier(CENTRE, 61, returned_at="")]), {
        ("officer", "Bước hồ sơ"): "121", ("officer", "Được đánh giá"): "25 (20,7%)",
        ("procedure", "Tiếp nhận"): "61", ("procedure", "Đúng và sớm hạn"): "67,2%",
    }),
    "two supplements": Case(
        lambda: world.take_in([world.dossier(
            CENTRE, 62, finished_at="", returned_at="", supplement_count="2")]), {
            ("officer", "Bước hồ sơ"): "122", ("officer", "Được đánh giá"): "25 (20,5%)",
            ("procedure", "Tiếp nhận"): "61", ("procedure", "Bổ sung quá một lần"): "1",
        }),
    "of another officer": Case(
        lambda: world.take_in([world.dossier(
            CENTRE, 63, finished_at="", returned_at="", officer_code="HL.CB.002")]),
        {("procedure", "Tiếp nhận"): "61"}),
    "of another procedure": Case(
        lambda: world.take_in([world.dossier(
            CENTRE, 64, finished_at="", returned_at="", procedure_code=PROCEDURE[WARD])]),
        {("officer", "Bước hồ sơ"): "121", ("officer", "Được đánh giá"): "25 (20,7%)"}),
    "of September": Case(lambda: world.take_in([world.of_september(CENTRE, 30)]), {}),
    "a reply": Case(
        lambda: replies.reply(world.officer_of(CENTRE), "2018-10", "Quầy quá tải.", actor=SYSTEM, now=READ),
        {("officer", "replies"): "1"}),
    "a promise of the catalogue": Case(lambda: _procedures(iso_days="15"), {
        ("procedure", "Cam kết"): "15 ngày (cắt 50%)",
    }),
    "a fee": Case(lambda: _procedures(iso_days="15", fee_vnd="60000"), {
        ("procedure", "Phí, lệ phí"): "60.000 đồng",
    }, first=lambda: _procedures(iso_days="15")),
}


def _page(reader: Reader) -> Page:
    edges = frozenset({"10/2018 share", "Mức chung", "Mức chung của đơn vị"})
    return Page(lambda: read(reader), recount, thresholds=edges)


@on_sqlite
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_change_moves_exactly_its_figures(reader: Reader, case: Case) -> None:
    _page(reader).check(case)


@on_postgresql
def test_the_changes_in_a_row_move_the_same_figures(reader: Reader) -> None:
    _page(reader).check_in_a_row(CASES)
