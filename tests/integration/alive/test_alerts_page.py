"""Each figure of the alerts page follows alarms, answers and messages; an alarm what was rated."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from kiosk_app.alerts import commands as alerts
from kiosk_app.alerts.records import Raised, Target, Text
from kiosk_app.cli import watching
from kiosk_app.config import Settings
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.columns import day_of
from kiosk_app.feedback import commands as feedback
from kiosk_app.feedback.records import Sender
from tests import stages
from tests.integration.alive import reading, world
from tests.integration.alive.case import Case, Page
from tests.integration.alive.conftest import Reader
from tests.integration.alive.reading import Figures, number
from tests.integration.alive.test_quality_page import wilson
from tests.integration.alive.world import CENTRE, READ, WARD, asked

NAMES = {"Trung tâm Hành chính công thành phố Hạ Long": "centre", "Phường Bạch Đằng": "ward"}
ASKED = {"every": "", "October": "?period=2018-10", "September": "?period=2018-09",
         "of the ward": f"?unit={WARD}"}
WORDS = {1: "một", 2: "hai", 3: "ba", 6: "sáu", 12: "mười hai", 24: "hai mươi bốn"}


def read(reader: Reader) -> Figures:
    found: Figures = {}
    for name, query in ASKED.items():
        page = reader.page(f"/manage/alerts{query}")
        said = reading.saying(page)
        counts = re.search(r"([\d.]+) thay đổi kéo dài, ([\d.]+) chưa ai ghi nhận", said)
        found |= {(name, "all"): counts[1] if counts else "0", (name, "open"): counts[2] if counts else "0"}
        found[name, "budget"] = re.sub(r".*Ngưỡng đang dùng: nhiều nhất (.*) báo động.*", r"\1", said)
    page = reader.page("/manage/alerts")
    sent = re.search(r"([\d.]+) đã gửi, ([\d.]+) đang chờ, ([\d.]+) không gửi được", reading.text(page))
    assert sent
    found |= {("messages", k): n for k, n in zip(("sent", "waiting", "lost"), sent.groups(), strict=True)}
    for card in re.findall(r'<section class="panel" id="[0-9a-f-]{36}">.*?</section>', page, re.S):
        title = re.search(r"<h2>(.*?)</h2>", card, re.S)
        figure = re.search(r"<p>(.*?)Báo động chọn", card, re.S)
        assert title
        assert figure
        at = NAMES[reading.text(title[1]).rpartition(": ")[2]]
        told = re.search(r"Đã báo (\d+) lần", card)
        found |= {(at, "figure"): reading.text(figure[1]), (at, "told"): told[1] if told else "1",
                  (at, "open"): "" if "Đã ghi nhận" in card else "open",
                  (at, "answers"): str(card.count("<li>"))}
    return found


ALARMS = """
SELECT a.id, u.ref, a.worse, a.first_day, a.day, a.n, a.share, a.low, a.high, a.expected
  FROM alerts a JOIN units u ON u.id = a.unit_id ORDER BY a.day
"""


def _gathered(first: int, last: int, only: str) -> list[list[tuple[object, ...]]]:
    """Alarms of one direction whose changes lie no more than 31 days apart."""
    found: list[list[tuple[object, ...]]] = []
    for one in map(tuple, asked(ALARMS)):
        if not first <= one[4] <= last or (only and one[1] != only):
            continue
        last_one = next((g for g in reversed(found) if g[-1][1:3] == one[1:3]), None)
        if last_one and (day_of(one[3]) - day_of(last_one[-1][4])).days <= 31:
            last_one.append(one)
        else:
            found.append([one])
    return found


def recount() -> Figures:
    answered = {alert for (alert,) in asked("SELECT alert_id FROM alert_acknowledgements")}
    kept = asked("SELECT value FROM app_settings WHERE name = 'alerts.false_alarms'")
    budget = WORDS[int(str(kept[0][0]))] if kept else "sáu"
    found: Figures = {}
    for name, (first, last, only) in {
        "every": (0, 99_999_999, ""), "October": (20181001, 20181031, ""),
        "September": (20180901, 20180930, ""), "of the ward": (0, 99_999_999, WARD),
    }.items():
        groups = _gathered(first, last, only)
        found |= {
            (name, "all"): number(len(groups)), (name, "budget"): budget,
            (name, "open"): number(sum(group[-1][0] not in answered for group in groups)),
        }
    for group in _gathered(0, 99_999_999, ""):
        _id, ref, _worse, _first, _day, n, *shares = group[-1]
        share, low, high, expected = (f"{number(100 * float(str(one)), 1)}%" for one in shares)
        at = {CENTRE: "centre", WARD: "ward"}[str(ref)]
        found |= {
            (at, "told"): str(len(group)),
            (at, "figure"): f"{share} trong {n} lượt là hài lòng (khoảng 95%: {low} đến {high}); với hồ"
                            f" sơ như vậy, trước đây là {expected}.",
        }
    states = dict(map(tuple, asked("SELECT state, COUNT(*) FROM outgoing_messages GROUP BY state")))
    return found | {("messages", name): number(states.get(state, 0)) for name, state in (
        ("sent", "sent"), ("waiting", "waiting"), ("lost", "given_up"))}


def _alarm(unit: str, first: int, day: int, n: int = 40, *, mail: bool = False) -> None:
    """An alarm as the watch finds it, raised the day after."""
    _tablet, at = world.tablet_of(unit)
    alerts.raise_found(
        [Raised(at, "", True, first, day, n, 0.7, 0.9, 0.55, 0.82, 1.2, 6.0)], mark="x", version="a",
        targets=[Target("mail", "lanh.dao@halong.example")] if mail else [],
        say=lambda _ref, _one: (Text("Báo động", "Mức hài lòng giảm"), "{}"),
        now=datetime(day // 10_000, day // 100 % 100, day % 100, 3, tzinfo=UTC) + timedelta(days=1),
    )


def _answer(unit: str) -> None:
    ((ref,),) = asked("SELECT a.ref FROM alerts a JOIN units u ON u.id = a.unit_id WHERE u.ref = :u"
                      " ORDER BY a.day DESC LIMIT 1", u=unit)
    alerts.acknowledge(str(ref), "đã gọi", unit_ids=[world.tablet_of(unit)[1]], actor=SYSTEM, now=READ)


def _deliver(*, days: int = 0, fails: bool = False) -> None:
    def send(*_message: str) -> None:
        if fails:
            raise OSError("no route")

    alerts.deliver_due(send, now=READ + timedelta(days=days))


def _first() -> None:
    _alarm(CENTRE, 20180901, 20180912)


FIGURE = ("70,0% trong {} lượt là hài lòng (khoảng 95%: 55,0% đến 82,0%); với hồ sơ như vậy, trước đây"
          " là 90,0%.")


def _counts(*names: str, n: str, still: str = "") -> Figures:
    return {(name, k): v for name in names for k, v in (("all", n), ("open", still or n))}


CASES = {
    "the first": Case(_first, {
        **_counts("every", "September", n="1"), ("centre", "figure"): FIGURE.format(40),
        ("centre", "told"): "1", ("centre", "open"): "open", ("centre", "answers"): "0",
    }),
    "of another unit, in another month": Case(lambda: _alarm(WARD, 20181001, 20181012, 50), {
        **_counts("every", n="2"), **_counts("October", "of the ward", n="1"),
        ("ward", "figure"): FIGURE.format(50), ("ward", "told"): "1", ("ward", "open"): "open",
        ("ward", "answers"): "0",
    }, first=_first),
    "the same change again": Case(lambda: _alarm(CENTRE, 20180915, 20180927, 60), {
        ("centre", "figure"): FIGURE.format(60), ("centre", "told"): "2",
    }, first=_first),
    "an answer": Case(lambda: _answer(CENTRE), {
        ("every", "open"): "0", ("September", "open"): "0", ("centre", "open"): "",
        ("centre", "answers"): "1",
    }, first=_first),
    "the budget": Case(lambda: alerts.set_budget(3, actor=SYSTEM, now=READ), {
        (name, "budget"): "ba" for name in ASKED
    }),
    "a message": Case(lambda: _alarm(WARD, 20181001, 20181012, mail=True), {
        **_counts("every", "October", "of the ward", n="1"), ("messages", "waiting"): "1",
        ("ward", "figure"): FIGURE.format(40), ("ward", "told"): "1", ("ward", "open"): "open",
        ("ward", "answers"): "0",
    }),
    "a message that leaves": Case(_deliver, {
        ("messages", "waiting"): "0", ("messages", "sent"): "1",
    }, first=lambda: _alarm(WARD, 20181001, 20181012, mail=True)),
    "a message that is given up": Case(lambda: _deliver(days=4, fails=True), {
        ("messages", "waiting"): "0", ("messages", "lost"): "1",
    }, first=lambda: _alarm(WARD, 20181001, 20181012, mail=True)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_change_moves_exactly_its_figures(reader: Reader, case: Case) -> None:
    Page(lambda: read(reader), recount, worker=lambda: None).check(case)


WATCHED = "watched"
FIRST, DROP = datetime(2018, 1, 1, 2, tzinfo=UTC), 280
"""One rating a day from New Year's Day on; from the 281st day on a third of them are satisfied."""


def _day(i: int) -> datetime:
    return FIRST + timedelta(days=i)


def _rated(days: range, levels: tuple[int, ...]) -> None:
    device, at = world.tablet_of(CENTRE)
    ((last,),) = asked("SELECT COALESCE(MAX(seq), 0) FROM rating_items")
    items = [{
        "id": str(uuid.uuid4()), "epoch": str(uuid.uuid5(uuid.NAMESPACE_DNS, "watched")),
        "seq": int(str(last)) + k, "kind": "rating", "level": levels[i % len(levels)],
        "receipt": f"000.00.12.H49-{_day(i):%y%m%d}-0001", "step": "return", "channel": "tablet",
        "entry": "scan", "questionnaire": "sao5@1", "answers": {}, "reasons": [], "lang": "vi",
        "rated_at": (_day(i) + timedelta(hours=2)).isoformat(), "clock_offset_ms": 0,
    } for k, i in enumerate(days, 1)]
    for start in range(0, len(items), 200):
        outcome = feedback.record(
            items[start : start + 200], sender=Sender(device_id=device, unit_id=at), now=READ)
        assert {one.verdict for one in outcome.results} == {"created"}


def _build_watched() -> None:
    centre = world.seed_organisation(FIRST)
    world.devices.add(world.TABLET[CENTRE], unit_id=centre, counter_id=None, actor=SYSTEM, now=FIRST)
    world.take_in([
        world.dossier(
            CENTRE, 1, dossier_code=f"000.00.12.H49-{_day(i):%y%m%d}-0001",
            received_at=f"{_day(i):%Y-%m-%d} 08:00", due_date=f"{_day(i):%Y-%m-%d}",
            finished_at=f"{_day(i):%Y-%m-%d} 09:00", returned_at=f"{_day(i):%Y-%m-%d} 10:00",
        ) for i in range(320)
    ])
    _rated(range(DROP), (5, 4, 5, 5, 4, 5, 5, 5, 2, 5))
    world.accounts.add_user(
        world.READER, role="inspector", unit_id=None, officer_id=None, password="mot-mat-khau-dai",
        actor=SYSTEM, now=FIRST,
    )
    world.work()


stages.OTHERS[WATCHED] = _build_watched


@pytest.mark.parametrize("stage", [WATCHED])
def test_a_drop_raises_an_alarm_that_agrees_with_the_ratings(reader: Reader, settings: Settings) -> None:
    """Ninety per cent for nine months, then a third: told with the ratings since it began."""
    assert watching.watch_changes(settings, now=READ) == 0
    assert read(reader)["every", "all"] == "0"
    _rated(range(DROP, 320), (1, 2, 5))
    assert watching.watch_changes(settings, now=READ + timedelta(days=1)) >= 1
    shown = read(reader)
    (*_rest, (_id, _ref, worse, first, day, *_figures)) = map(tuple, asked(ALARMS))
    levels = [level for (level,) in asked(
        "SELECT i.level FROM rating_items i JOIN attributions a ON a.item_id = i.id"
        " WHERE a.day BETWEEN :first AND :day", first=first, day=day)]
    n, good = len(levels), sum(level >= 4 for level in levels)
    low, high = wilson(good, n)
    assert worse
    assert first >= 20181001
    assert shown["centre", "figure"].startswith(
        f"{number(100 * good / n, 1)}% trong {n} lượt là hài lòng (khoảng 95%: "
        f"{number(100 * low, 1)}% đến {number(100 * high, 1)}%)")
    assert (shown["every", "all"], shown["every", "open"]) == ("1", "1")
