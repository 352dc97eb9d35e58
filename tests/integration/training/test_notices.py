"""Invitations, changes, reminders and cancellations by mail, once each, with a calendar."""

from __future__ import annotations

import email
import socket
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from kiosk_app.alerts import commands as alerts
from kiosk_app.alerts.sending import Sender
from kiosk_app.core import db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.training import commands, enrolling, icalendar, notices, planning, queries
from kiosk_app.training.rules import Slot
from tests.integration.training.test_enrolling import DAY, HR, NOW, enrolment, people, plan


def smtp_server(mails: list[Message]) -> int:
    """A server that speaks as much SMTP as deliveries take; its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def talk(line: socket.socket) -> None:
        with line, line.makefile("rwb") as wire:
            def say(words: bytes) -> None:
                wire.write(words + b"\r\n")
                wire.flush()

            say(b"220 here")
            while said := wire.readline().strip():
                if said.upper().startswith(b"DATA"):
                    say(b"354 go on")
                    lines = []
                    while (one := wire.readline()) != b".\r\n":
                        lines.append(one.removeprefix(b".") if one.startswith(b"..") else one)
                    mails.append(email.message_from_bytes(b"".join(lines), policy=default))
                say(b"221 bye" if said.upper() == b"QUIT" else b"250 ok")

    def serve() -> None:
        while True:
            line, _ = listening.accept()
            threading.Thread(target=talk, args=(line,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return int(listening.getsockname()[1])


def unfolded(text: str) -> list[str]:
    """Lines of an iCalendar text, by the letter of RFC 5545."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def read(text: str) -> dict[str, str]:
    """The last value of each property of a calendar."""
    return dict(line.split(":", 1) for line in unfolded(text))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200))
def test_any_text_survives_escaping_and_folding(text: str) -> None:
    lines = unfolded(icalendar.calendar([icalendar.Event(
        "u", 3, datetime(2019, 3, 4, 7, 30, tzinfo=LOCAL_ZONE),
        datetime(2019, 3, 4, 11, 30, tzinfo=LOCAL_ZONE), text)], name="x",
        stamp=datetime(2019, 1, 1, tzinfo=UTC)))
    (found,) = [line.removeprefix("SUMMARY:") for line in lines if line.startswith("SUMMARY:")]
    out, rest = "", found
    while rest:
        out, rest = (out + rest[1], rest[2:]) if rest[0] == "\\" else (out + rest[0], rest[1:])
    assert out == text
    assert "DTSTART:20190304T003000Z" in lines


def test_each_person_is_told_of_each_change_once(organised: db.Database) -> None:
    a, b = people(2)
    one = plan(capacity=5, room="Phòng 2; tầng 3, cạnh cầu thang")
    enrolling.enrol(one, [a, b], actor=HR, now=NOW, state="invited")
    mails: list[Message] = []
    sender = Sender(f"smtp://127.0.0.1:{smtp_server(mails)}", "kiosk@halong.example", b"", (), 0)

    def round_(now: datetime) -> list[tuple[str, dict[str, str]]]:
        def queue(conn: Connection, *words: str) -> None:
            alerts.queue_mail(conn, *words, now=now)

        del mails[:]
        told = notices.tell(queue, base="http://kiosk.example", host="kiosk.example", now=now)
        assert alerts.deliver_due(sender, now=now) == (told, 0)
        return [(str(m["Subject"]).split(":")[0],
                 read(next(p for p in m.iter_attachments()).get_content()))  # type: ignore[attr-defined]
                for m in mails]

    assert round_(NOW) == [], "nobody has an address"
    with pytest.raises(RuleError) as refused:
        notices.set_addresses({a: "lan@halong.gov.vn", b: "b at c"}, actor=HR, now=NOW)
    assert refused.value.field == f"email-{b}"
    assert notices.set_addresses({a: "lan@halong.gov.vn"}, actor=HR, now=NOW) == 1
    ((subject, entry),) = round_(NOW)
    assert subject == "Mời tập huấn"
    assert mails[0]["To"] == "lan@halong.gov.vn"
    body = mails[0].get_body().get_content()  # type: ignore[attr-defined]
    assert "http://kiosk.example/hr/own" in body
    assert (entry["SEQUENCE"], entry["STATUS"]) == ("0", "CONFIRMED")
    assert entry["LOCATION"] == "Phòng 2\\; tầng 3\\, cạnh cầu thang"
    uid = entry["UID"]
    assert round_(NOW) == []
    with db.reading() as conn:
        held = queries.session(conn, one)
    wanted = commands.SessionPlan(
        code=held.code, course_id=held.course_id, title="", audience="", room="Phòng 5",
        trainer="", capacity=5, has_test=False, slots=(Slot(DAY + timedelta(days=1), "afternoon"),),
    )
    planning.change_session(one, wanted, actor=HR, now=NOW)
    ((subject, entry),) = round_(NOW)
    assert (subject, entry["UID"], entry["SEQUENCE"]) == ("Lịch tập huấn thay đổi", uid, "100")
    assert entry["DTSTART"] == "20190305T060000Z"
    planning.change_session(one, replace(wanted, capacity=4), actor=HR, now=NOW)
    assert round_(NOW) == [], "seats are no change of theirs"
    eve = datetime(2019, 3, 4, 13, tzinfo=LOCAL_ZONE)
    assert [s for s, _e in round_(eve)] == ["Nhắc lịch tập huấn"]
    assert round_(eve + timedelta(hours=20)) == []
    enrolling.withdraw(one, enrolment(one, a), reason="", actor=HR, now=eve)
    ((subject, entry),) = round_(eve)
    assert (subject, entry["STATUS"], entry["SEQUENCE"]) == (
        "Không còn tên trong lớp tập huấn", "CANCELLED", "102")
    enrolling.enrol(one, [a], actor=HR, now=eve)
    ((subject, entry),) = round_(eve)
    assert (subject, entry["STATUS"], entry["SEQUENCE"]) == ("Mời tập huấn", "CONFIRMED", "103")
    commands.cancel_session(one, reason="mưa bão", actor=HR, now=eve)
    ((subject, entry),) = round_(eve)
    assert (subject, entry["STATUS"], entry["SEQUENCE"]) == (
        "Lớp tập huấn đã huỷ", "CANCELLED", "200")
    assert "mưa bão" in mails[0].get_body().get_content()  # type: ignore[attr-defined]
    assert round_(eve) == []
    over = plan(Slot(date(2019, 3, 8), "morning"), now=eve)
    enrolling.enrol(over, [a], actor=HR, now=eve)
    assert round_(datetime(2019, 3, 8, 8, tzinfo=LOCAL_ZONE)) == [], "too late to be told"
