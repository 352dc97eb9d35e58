"""The signed link opens the tablet's screens on a phone: no cookie, no storage, one ballot a step."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from kiosk_app import create_app
from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.dossiers import links, slips
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.feedback import commands
from kiosk_app.questionnaires import builtin
from kiosk_app.questionnaires import commands as questionnaire_commands
from tests import stages
from tests.integration.feedback.conftest import Office, count, office

__all__ = ["count", "office"]


@pytest.fixture
def stage() -> str:
    return stages.ORGANISED


@pytest.fixture
def app(settings: Settings, office: Office) -> Flask:
    made = create_app(settings)
    clock.bind(office.clock)
    return made


@dataclass
class Phone:
    """A phone whose browser keeps nothing at all."""

    client: FlaskClient
    path: str
    shown: TestResponse | None = None

    def open(self, path: str | None = None) -> TestResponse:
        self.shown = self.client.get(path or self.path)
        return self.shown

    def press(self, path: str, **fields: object) -> TestResponse:
        answer = self.client.post(path, data=fields)
        self.shown = self.open(answer.location) if answer.status_code == 303 else answer
        self.at = answer.location if answer.status_code == 303 else path
        return self.shown

    def tap(self, level: int, **more: object) -> str:
        """Tap a face; the address of the reasons that follow."""
        page = self.press(self.path, level=level, **more)
        assert page.status_code == 200, page.text
        return self.at


@pytest.fixture
def phone(app: Flask) -> Callable[[str], Phone]:
    def opened(code: str) -> Phone:
        path = links.PATH + links.token(keys.current(), normal_form(code))
        return Phone(app.test_client(use_cookies=False), path)

    return opened


def _one(query: str) -> list[tuple[object, ...]]:
    with db.reading() as conn:
        return [tuple(row) for row in conn.execute(text(query)).all()]


def test_two_taps_rate_the_step_that_is_due(office: Office, phone: Callable[[str], Phone]) -> None:
    one = phone(office.dossier(7))
    page = one.open()
    assert page.status_code == 200
    assert page.text.count('name="level"') == 5
    assert "H49-181001-0007" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers

    why = one.tap(2)
    thanks = one.press(why, reason="cho_lau", comment="Chờ hơi lâu")
    done = one.press(one.at, done="1")

    assert "Cảm ơn" in thanks.text
    assert "Đánh giá đã được ghi nhận" in done.text
    assert _one("SELECT level, channel, entry, step, reasons FROM rating_items") == [
        (2, "phone", "link", "return", '["cho_lau"]')
    ]
    assert _one("SELECT state, step FROM attributions") == [("counted", "return")]


def test_before_the_hand_over_the_reception_is_rated_and_the_return_stays_open(
    office: Office, phone: Callable[[str], Phone]
) -> None:
    code = office.dossier(7, returned_at="", finished_at="", status="4")
    one = phone(code)
    one.press(one.tap(5))
    one.press(one.at, done="1")
    again = one.open()
    office.dossier(7)
    later = one.open()

    assert "Giấy hẹn này đã được đánh giá" in again.text
    assert later.text.count('name="level"') == 5
    assert _one("SELECT step FROM rating_items") == [("reception",)]


def test_thirty_days_after_the_hand_over_the_link_says_so(
    office: Office, phone: Callable[[str], Phone], count: Callable[[str], int]
) -> None:
    one = phone(office.dossier(7))
    office.clock.advance(days=22)
    last = one.open()
    office.clock.advance(days=2)
    page = one.press(one.path, level=5)

    assert last.text.count('name="level"') == 5
    assert "quá hạn đánh giá" in page.text
    assert count("rating_drafts") == 0


def test_the_same_link_on_two_phones_gives_one_ballot(
    office: Office, phone: Callable[[str], Phone]
) -> None:
    code = office.dossier(7)
    first, second = phone(code), phone(code)
    first.press(first.tap(5))
    second.press(second.tap(1))
    first.press(first.at, done="1")
    told = second.press(second.at, done="1")

    assert "Giấy hẹn này đã được đánh giá" in told.text
    assert _one("SELECT level FROM rating_items") == [(5,)]
    assert _one("SELECT reason FROM quarantined_items") == [("already_rated",)]


def test_a_rated_link_can_be_contested(office: Office, phone: Callable[[str], Phone]) -> None:
    code = office.dossier(7)
    office.send(office.item(receipt=code, level=5))
    one = phone(code)
    page = one.open()
    action = re.search(r'action="([^"]+/contest)"', page.text)
    assert action is not None

    noted = one.press(action[1])

    assert "Đã ghi nhận lời báo" in noted.text
    assert _one("SELECT flag FROM rating_flags") == [("contested",)]


def test_going_back_changes_the_same_rating(
    office: Office, phone: Callable[[str], Phone], count: Callable[[str], int]
) -> None:
    one = phone(office.dossier(7))
    why = one.tap(1)
    rating_id = why.split("/")[3]
    back = one.open(f"{one.path}?rating_id={rating_id}")
    assert f'name="rating_id" value="{rating_id}"' in back.text
    one.press(one.tap(4, rating_id=rating_id))
    one.press(one.at, done="1")

    assert _one("SELECT level FROM rating_items") == [(4,)]
    assert count("rating_drafts") == 0


def test_withdrawn_leaves_nothing_and_the_link_opens_again(
    office: Office, phone: Callable[[str], Phone], count: Callable[[str], int]
) -> None:
    one = phone(office.dossier(7))
    one.press(one.tap(1))
    page = one.press(one.at, withdraw="1")

    assert "Đã rút lại" in page.text
    assert count("rating_items") == 0
    assert one.open().text.count('name="level"') == 5


def test_a_closed_page_is_sealed_by_the_worker_and_a_slow_comment_is_not_cut(
    office: Office, phone: Callable[[str], Phone], count: Callable[[str], int]
) -> None:
    one = phone(office.dossier(7))
    why = one.tap(3)
    office.clock.advance(minutes=10)
    assert commands.seal_due_drafts(now=office.clock.now()) == 0
    one.press(why, comment="gõ chậm")
    office.clock.advance(minutes=3)

    assert commands.seal_due_drafts(now=office.clock.now()) == 1
    assert _one("SELECT comment FROM rating_erasables") == [("gõ chậm",)]


def test_a_link_printed_before_the_dossier_is_known_is_matched_later(
    office: Office, phone: Callable[[str], Phone]
) -> None:
    one = phone("000.00.12.H49-181001-0007")
    one.press(one.tap(5))
    one.press(one.at, done="1")
    before = _one("SELECT state FROM attributions")
    office.dossier(7)
    commands.match_unmatched(now=office.clock.now())

    assert before == [("unmatched",)]
    assert _one("SELECT state, step FROM attributions ORDER BY version")[1] == ("counted", "return")


def test_a_slip_opens_its_own_step(office: Office, phone: Callable[[str], Phone]) -> None:
    slip = slips.make_slip(
        unit_id=office.unit_id, step="refusal", actor=SYSTEM, now=office.clock.now()
    )
    one = phone(slip.code)
    one.press(one.tap(1))
    one.press(one.at, done="1")

    assert _one("SELECT step, state FROM attributions") == [("refusal", "counted")]


def test_a_bent_link_is_told_kindly_and_another_links_draft_is_not(
    office: Office, phone: Callable[[str], Phone]
) -> None:
    one, other = phone(office.dossier(7)), phone(office.dossier(8))
    rating_id = one.tap(1).split("/")[3]
    bent = one.client.get(one.path[:-1] + ("A" if one.path[-1] != "A" else "B"))
    foreign = other.open(f"{other.path}/{rating_id}/why")

    assert bent.status_code == 404
    assert "name=\"level\"" not in bent.text
    assert "cho_lau" not in foreign.text


def test_the_language_travels_in_the_address(office: Office, phone: Callable[[str], Phone]) -> None:
    one = phone(office.dossier(7))
    page = one.open(one.path + "?lang=en")
    action = re.search(r'action="([^"]+)" data-form="rate"', page.text)
    assert action is not None
    why = one.press(action[1].replace("&amp;", "&"), level=5)

    assert "lang=en" in action[1]
    assert "Điều gì" not in why.text


def test_the_follow_page_knows_the_rating(office: Office, phone: Callable[[str], Phone]) -> None:
    one = phone(office.dossier(7))
    thanks = one.press(one.tap(5))
    link = re.search(r'href="(/c/[^"]+)"', thanks.text)
    assert link is not None
    before = one.client.get(link[1]).text
    one.press(one.at, done="1")
    after = one.client.get(link[1]).text

    assert before != after


def test_how_long_it_took_is_measured_from_the_faces(
    office: Office, phone: Callable[[str], Phone]
) -> None:
    one = phone(office.dossier(7))
    shown = re.search(r'name="shown" value="(\d+)"', one.open().text)
    assert shown is not None
    office.clock.advance(seconds=timedelta(seconds=6).total_seconds())
    one.press(one.tap(5, shown=shown[1]))
    one.press(one.at, done="1")

    assert _one("SELECT duration_ms FROM rating_items") == [(6000,)]


def test_a_failing_page_leaves_no_token_in_the_log(
    app: Flask, phone: Callable[[str], Phone], office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    one = phone(office.dossier(7))
    with app.test_request_context(one.path):
        app.log_exception((ValueError, ValueError("no"), None))  # type: ignore[arg-type]

    assert "Exception on /r/…" in caplog.text
    assert one.path not in caplog.text


def test_the_phone_asks_what_the_tablet_asks(office: Office, phone: Callable[[str], Phone]) -> None:
    """Wish to be called, then the unit's survey; all without cookie, and only behind its own link."""
    today = office.clock.now().astimezone(LOCAL_ZONE).date()
    questionnaire_commands.set_round(
        office.unit_id, builtin.survey()["ref"], today, today, actor=SYSTEM, now=office.clock.now()
    )
    one, other = phone(office.dossier(7)), phone(office.dossier(8))
    why = one.tap(2)
    refused = one.press(why, callback="1", phone="09")
    assert "Số điện thoại chưa đủ" in refused.text
    assert re.search(r'id="pw" role="alert" data-slot="phonewrong">', refused.text)
    one.press(why, callback="1", phone="0912 345 678")
    asked = one.press(one.at, survey="1")
    assert "Set-Cookie" not in asked.headers
    assert "csrf_token" not in asked.text
    foreign = one.at.replace(one.path, other.path)
    assert "Đánh giá đã được ghi nhận" in other.open(foreign).text
    code = re.search(r'name="question" value="(\w+)"', asked.text)
    assert code
    missing = one.press(one.at.split("?")[0], question=code[1])
    assert "Xin chọn một câu trả lời" in missing.text
    one.press(one.at.split("?")[0], question=code[1], answer="2")
    ended = one.press(one.at.split("?")[0], stop="1")
    assert "Rút lại câu trả lời" in ended.text
    one.press(one.at, done="1")
    assert _one("SELECT kind, channel, answers FROM rating_items ORDER BY kind") == [
        ("contact", "phone", "{}"), ("rating", "phone", "{}"), ("survey", "phone", f'{{"{code[1]}": 2}}'),
    ]


def test_who_closes_the_page_after_sending_has_rated(office: Office, phone: Callable[[str], Phone]) -> None:
    """The thanks rest for two minutes; a link opened anew meanwhile finds the step rated."""
    one = phone(office.dossier(7))
    one.press(one.tap(4), comment="Nhanh")
    shown = one.shown
    assert shown is not None
    follow = re.search(r'href="(/c/[^"]+)"', shown.text)
    assert follow
    assert "Đánh giá đang được ghi nhận" in one.client.get(follow[1]).text
    assert "Giấy hẹn này đã được đánh giá" in one.open(one.path).text
    assert _one("SELECT level, comment IS NULL FROM rating_items JOIN rating_erasables"
                " ON subject_id = rating_items.id AND subject = 'item'") == [(4, 0)]
    assert "Đánh giá đã tới hệ thống" in one.client.get(follow[1]).text


def test_a_tap_that_was_not_sent_yet_can_be_chosen_anew(office: Office, phone: Callable[[str], Phone]) -> None:
    one = phone(office.dossier(7))
    one.tap(1)
    assert one.open(one.path).text.count('name="level"') == 5


def test_a_damaged_link_is_told_without_a_login(office: Office, phone: Callable[[str], Phone]) -> None:
    one = phone(office.dossier(7))
    page = one.open(one.path[:-1] + ("A" if one.path[-1] != "A" else "B"))
    assert page.status_code == 404
    assert "Mã này không đọc được" in page.text
    assert "/login" not in page.text
