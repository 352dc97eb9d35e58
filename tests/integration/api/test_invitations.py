"""Calls of a counter: their states, whose the rating is, and what happens when two things meet."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.devices import commands as devices
from kiosk_app.devices import invitations, presence, rules
from kiosk_app.devices.records import InvitationRecord, Presence
from kiosk_app.feedback import calling, recount
from kiosk_app.feedback import commands as feedback
from kiosk_app.organisation import queries, seating
from tests.conftest import START
from tests.integration.api.conftest import Caller

CODE = "000.00.12.H49-181001-0042"
WHO, OTHER, OF_DOSSIER = "HL.CB.001", "HL.CB.002", "HL.CB.003"


@dataclass
class Office:
    """A counter with a tablet, and one-stop software that calls it."""

    app: Flask
    clock: clock.FrozenClock
    software: Caller
    tablet: Caller
    device_id: int
    counter_id: int
    unit_id: int
    epoch: str
    seq: int = 0

    @property
    def path(self) -> str:
        return f"/api/v1/counters/{self.counter_id}/invitations"

    def push(self, code: str = CODE, **changed: object) -> None:
        now = self.clock.now().isoformat()
        answer = self.software("PUT", f"/api/v1/dossiers/{code}", {
            "updated_at": now, "procedure": "1.900001", "officer": OF_DOSSIER, "status": 4,
            "received_at": "2018-10-01T08:00:00+07:00", "due_date": "2018-10-20", **changed,
        })
        assert answer.status_code in (200, 201), answer.text

    def invite(self, code: str | None = CODE, step: str | None = "reception") -> str:
        answer = self.software("POST", self.path, {"dossier": code, "step": step})
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["invitation"])

    def state(self, ref: str) -> str:
        answer = self.software("GET", f"{self.path}/{ref}")
        assert set(answer.get_json()) == {"state"}
        return str(answer.get_json()["state"])

    def poll(self, *, showing: bool = False, tag: str = "") -> tuple[int, object, str]:
        answer = self.tablet(
            "GET", "/api/v1/device/call" + ("?showing=1" if showing else ""),
            **({"If-None-Match": tag} if tag else {}),
        )
        body = answer.get_json() if answer.status_code == 200 else None
        return answer.status_code, body and body["call"], answer.headers.get("ETag", "")

    def item(self, ref: str | None, **changed: object) -> dict[str, object]:
        self.seq += 1
        called = {"invitation": ref} if ref else {}
        return called | {
            "id": str(uuid.uuid4()), "epoch": self.epoch, "seq": self.seq, "kind": "rating",
            "level": 2, "receipt": CODE, "step": "reception", "channel": "tablet",
            "entry": "invited", "questionnaire": "sao5@1", "answers": {}, "reasons": [],
            "lang": "vi", "rated_at": self.clock.now().isoformat(), "clock_offset_ms": 0,
            "duration_ms": 4000, **changed,
        }

    def send(self, *items: object) -> list[str]:
        answer = self.tablet("POST", "/api/v1/ratings", {"ratings": list(items)})
        assert answer.status_code == 200
        return [r["reason"] or r["verdict"] for r in answer.get_json()["results"]]


def officer(code: str) -> int:
    with db.reading() as conn:
        found = queries.officer_by_code(conn, code)
    assert found is not None
    return found


def attributions() -> list[tuple[object, ...]]:
    with db.reading() as conn:
        assert recount.check(conn) == []
        return [tuple(row) for row in conn.execute(text(
            "SELECT a.state, a.officer_source, COALESCE(o.code, ''), a.counter_id, a.step "
            "FROM attributions a LEFT JOIN officers o ON o.id = a.officer_id "
            "WHERE NOT EXISTS (SELECT 1 FROM attributions n WHERE n.item_id = a.item_id "
            "AND n.version > a.version) ORDER BY a.item_id"
        ))]


@pytest.fixture
def office(
    app: Flask, with_key: Callable[..., Caller], still_clock: clock.FrozenClock
) -> Iterator[Office]:
    with db.reading() as conn:
        centre = queries.unit_by_ref(conn, "HL-TTHCC") or 0
        counter = queries.counters(conn, centre)[0]
    device_id, token = devices.add(
        "TAB-1", unit_id=centre, counter_id=counter.id, actor=SYSTEM, now=START
    )
    made = Office(
        app, still_clock, with_key("invitations", "dossiers"), Caller(app, token), device_id,
        counter.id, centre, str(uuid.uuid4()),
    )
    made.push()
    made.poll()
    return made


def test_the_tablet_is_told_once_and_then_only_that_nothing_changed(office: Office) -> None:
    status, call, tag = office.poll()
    assert (status, call) == (200, None)
    assert office.poll(tag=tag)[0] == 304
    ref = office.invite()
    status, call, tag = office.poll(tag=tag)
    assert status == 200
    assert isinstance(call, dict)
    assert (call["invitation"], call["receipt"], call["step"]) == (ref, CODE, "reception")
    assert call["procedure"]["vi"]
    assert 0 < call["expires_in_ms"] <= 60_000
    assert office.poll(tag=tag)[0] == 304
    with db.reading() as conn:
        before = conn.execute(text("SELECT COUNT(*) FROM audit_events")).scalar()
    for _ in range(5):
        office.poll(tag=tag)
    with db.reading() as conn:
        assert conn.execute(text("SELECT COUNT(*) FROM heartbeats")).scalar() == 0
        assert conn.execute(text("SELECT COUNT(*) FROM audit_events")).scalar() == before
    devices.revoke(office.device_id, actor=SYSTEM, now=START)
    assert office.poll()[0] == 401


def test_the_answer_is_told_in_steps_of_ten_seconds_and_never_what_it_was(office: Office) -> None:
    ref = office.invite()
    assert office.state(ref) == "waiting"
    office.clock.advance(seconds=3)
    office.poll(showing=True)
    assert office.send(office.item(ref, level=1)) == ["created"]
    assert office.state(ref) == "waiting"
    office.clock.advance(seconds=6)
    office.poll()
    assert office.state(ref) == "waiting"
    office.clock.advance(seconds=1)
    assert office.state(ref) == "answered"
    assert office.software("GET", office.path).get_json() == {"state": "answered"}
    assert office.poll()[1] is None
    assert [row[:3] for row in attributions()] == [("counted", "dossier", OF_DOSSIER)]


def test_whoever_sits_there_is_the_officer_of_the_call(office: Office) -> None:
    seat = f"/api/v1/counters/{office.counter_id}/seat"
    assert office.software("PUT", seat, {"officer": WHO}).get_json()["officer"] == WHO
    assert office.software("PUT", seat, {"officer": OTHER}).status_code == 200
    assert office.software("GET", seat).get_json()["officer"] == OTHER
    office.send(office.item(office.invite()))
    assert attributions() == [("counted", "invitation", OTHER, office.counter_id, "reception")]
    office.clock.advance(hours=1)
    office.push(officer=WHO, finished_at="2018-10-15T10:30:00+07:00", status=9)
    assert attributions() == [("counted", "invitation", OTHER, office.counter_id, "reception")]
    with db.reading() as conn:
        trail = conn.execute(text(
            "SELECT actor, role FROM audit_events WHERE action = 'seat' ORDER BY id"
        )).all()
    assert [tuple(row) for row in trail] == [("key-invitations-dossiers-None", "integration")] * 2


def test_the_steps_own_officer_and_then_the_dossiers_stand_in(office: Office) -> None:
    office.clock.advance(seconds=1)
    office.push(steps=[{"step": "reception", "officer": WHO}])
    office.send(office.item(office.invite()))
    assert attributions()[0][:3] == ("counted", "step", WHO)
    second = "000.00.12.H49-181001-0043"
    office.push(second)
    office.send(office.item(office.invite(second), receipt=second))
    assert attributions()[1][1:3] == ("dossier", OF_DOSSIER)


def test_without_a_dossier_the_one_who_sits_there_and_nobody_uninvited(office: Office) -> None:
    office.software("PUT", f"/api/v1/counters/{office.counter_id}/seat", {"officer": WHO})
    ref = office.invite(None, None)
    assert office.poll()[1]["officer_display"]  # type: ignore[index]
    office.send(
        office.item(ref, receipt=None, step=None),
        office.item(None, receipt=None, step=None, entry=None),
        office.item(ref, receipt=None, step=None, receipt_hint="999999"),
    )
    assert [row[:3] for row in attributions()] == [
        ("counted", "seat", WHO), ("counted", "none", ""), ("unmatched", "none", ""),
    ]


def test_it_expires_and_a_late_answer_still_counts(office: Office) -> None:
    ref = office.invite()
    office.clock.advance(seconds=59)
    office.poll(showing=True)
    office.clock.advance(seconds=2)
    assert office.poll(showing=True)[1] is None
    assert office.state(ref) == "waiting"
    office.clock.advance(seconds=7)
    office.poll()
    assert office.state(ref) == "expired"
    assert office.send(office.item(ref)) == ["created"]
    office.clock.advance(seconds=10)
    office.poll()
    assert office.state(ref) == "answered"


def test_withdrawn_stays_withdrawn_and_the_rating_stays_a_rating(office: Office) -> None:
    ref = office.invite()
    assert office.send(office.item(ref)) == ["created"]
    assert office.software("DELETE", f"{office.path}/{ref}").get_json() == {"state": "withdrawn"}
    office.clock.advance(seconds=30)
    assert office.state(ref) == "withdrawn"
    assert attributions()[0][0] == "counted"
    again = office.software("POST", office.path, {"dossier": CODE, "step": "reception"})
    assert again.status_code == 422
    assert again.content_type == "application/problem+json"
    assert again.get_json()["errors"] == [{"field": "step", "reason": "already_rated"}]
    assert office.software("POST", office.path, {"dossier": CODE, "step": "return"}).status_code == 201


def test_the_next_call_takes_the_place_of_the_one_before(office: Office) -> None:
    first = office.invite()
    second = "000.00.12.H49-181001-0043"
    office.push(second)
    ref = office.invite(second)
    assert (office.state(first), office.state(ref)) == ("withdrawn", "waiting")
    assert office.poll()[1]["receipt"] == second  # type: ignore[index]


def test_a_silent_tablet_is_offline_and_answers_when_it_is_back(office: Office) -> None:
    office.clock.advance(seconds=30)
    answer = office.software("POST", office.path, {"dossier": CODE, "step": "reception"})
    assert answer.get_json()["state"] == "tablet_offline"
    ref = answer.get_json()["invitation"]
    assert office.poll()[1] is not None
    assert office.state(ref) == "waiting"
    office.clock.advance(minutes=5)
    assert office.state(ref) == "tablet_offline"
    assert office.send(office.item(ref)) == ["created"]
    office.clock.advance(seconds=10)
    assert office.state(ref) == "answered"


def test_an_answer_of_another_counter_or_dossier_is_a_rating_like_any_other(office: Office) -> None:
    office.software("PUT", f"/api/v1/counters/{office.counter_id}/seat", {"officer": WHO})
    ref = office.invite()
    second = "000.00.12.H49-181001-0043"
    office.push(second)
    assert office.send(office.item(ref, receipt=second)) == ["created"]
    devices.place(office.device_id, None, actor=SYSTEM, now=office.clock.now())
    assert office.send(office.item(ref)) == ["created"]
    office.clock.advance(seconds=30)
    assert {row[1] for row in attributions()} == {"dossier"}
    assert office.state(ref) in ("tablet_offline", "expired")


@pytest.mark.parametrize(("body", "status", "reason"), [
    ({"dossier": "000.00.12.H49-181001-9999", "step": "return"}, 404, "dossier_unknown"),
    ({"dossier": "000.21.12.H49-181001-0001", "step": "return"}, 422, "unit_foreign"),
    ({"step": "return"}, 400, "missing"),
    ({"dossier": CODE, "step": "lunch"}, 422, "step_unknown"),
    ({"dossier": CODE, "officer": "nobody"}, 422, "officer_unknown"),
    ({"dossier": CODE, "officer": "HL.P.046"}, 422, "officer_not_posted"),
])
def test_a_refusal_says_which_field(
    office: Office, body: dict[str, object], status: int, reason: str
) -> None:
    office.push("000.21.12.H49-181001-0001", officer="HL.P.046")
    answer = office.software("POST", office.path, body)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert [one["reason"] for one in answer.get_json()["errors"]] == [reason]


def test_keys_reach_their_units_and_scopes_only(
    office: Office, with_key: Callable[..., Caller]
) -> None:
    with db.reading() as conn:
        ward = queries.unit_by_ref(conn, "P-BAICHAY")
    assert with_key("dossiers")("POST", office.path, {"dossier": CODE}).status_code == 401
    foreign = with_key("invitations", "dossiers", unit_id=ward)
    assert foreign("POST", office.path, {"dossier": CODE}).status_code == 404
    listed = foreign("GET", "/api/v1/counters").get_json()["counters"]
    assert {one["unit"] for one in listed} == {"P-BAICHAY"}
    refused = foreign("PUT", f"/api/v1/dossiers/{CODE}", {
        "updated_at": "2018-10-15T12:00:00+07:00", "procedure": "1.900001",
        "received_at": "2018-10-01T08:00:00+07:00",
    })
    assert refused.get_json()["errors"][0]["reason"] == "unit_foreign"


def together(*works: Callable[[], object]) -> list[BaseException]:
    """Run all at the same moment; what went wrong."""
    start, wrong = threading.Barrier(len(works)), list[BaseException]()

    def run(work: Callable[[], object]) -> None:
        start.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to the test
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return wrong


def test_two_calls_at_once_leave_one_open(office: Office) -> None:
    def call() -> None:
        calling.call(
            office.counter_id, unit_id=office.unit_id, code=CODE, step="reception",
            officer_id=None, actor=SYSTEM, now=office.clock.now(),
        )

    assert together(*[call] * 6) == []
    with db.reading() as conn:
        states = conn.execute(text("SELECT state, COUNT(*) FROM invitations GROUP BY state")).all()
    assert {row[0]: row[1] for row in states} == {"waiting": 1, "withdrawn": 5}


def test_answer_and_withdrawal_at_once_end_in_one_of_two_true_ends(office: Office) -> None:
    for number in range(6):
        code = f"000.00.12.H49-181001-1{number:03d}"
        office.push(code)
        ref, item = office.invite(code), office.item(None, receipt=code)
        item["invitation"] = ref
        wrong = together(
            lambda item=item: office.send(item),
            lambda ref=ref: invitations.withdraw(office.counter_id, ref, now=office.clock.now()),
            lambda item=item: office.send(item),
        )
        assert wrong == []
        office.clock.advance(seconds=10)
        office.poll()
        assert office.state(ref) in ("answered", "withdrawn")
    with db.reading() as conn:
        assert conn.execute(text("SELECT COUNT(*) FROM rating_items")).scalar() == 6
    assert {row[0] for row in attributions()} == {"counted"}


def test_a_parked_push_comes_in_when_its_officer_is_known(office: Office) -> None:
    code = "000.00.12.H49-181001-0077"
    answer = office.software("PUT", f"/api/v1/dossiers/{code}", {
        "updated_at": "2018-10-15T09:00:00+07:00", "procedure": "1.900001", "officer": "HL.CB.777",
        "received_at": "2018-10-01T08:00:00+07:00", "applicant": {"name": "Nguyễn Mẫu An"},
    })
    assert answer.get_json()["errors"] == [{"field": "officer", "reason": "officer_unknown"}]
    assert office.send(office.item(None, receipt=code, entry="typed")) == ["created"]
    assert attributions()[0][0] == "unmatched"
    assert feedback.retry_parked(now=office.clock.now()) == 0
    from kiosk_app.organisation import commands

    assert commands.import_officers([{
        "officer_code": "HL.CB.777", "full_name": "Lê Thị Mới", "unit_id": "HL-TTHCC",
        "posted_from": "2018-01-01", "counter": "Quầy 01",
    }], actor=SYSTEM, now=START).ok
    with db.reading() as conn:
        assert "Nguyễn" not in str(conn.execute(text("SELECT body FROM parked_pushes")).scalar())
    assert feedback.retry_parked(now=office.clock.now()) == 1
    assert feedback.retry_parked(now=office.clock.now()) == 0
    assert attributions()[0][:3] == ("counted", "dossier", "HL.CB.777")


def test_a_person_has_one_seat_and_only_at_the_own_unit(office: Office) -> None:
    day = START.astimezone(LOCAL_ZONE).date()
    with db.reading() as conn:
        second = queries.counters(conn, office.unit_id)[1]
    for counter in (office.counter_id, second.id):
        seating.seat(counter, officer(WHO), day, actor=SYSTEM, now=START)
    with db.reading() as conn:
        assert queries.seated(conn, office.counter_id, day) is None
        assert queries.seated(conn, second.id, day) == officer(WHO)
    seat = f"/api/v1/counters/{office.counter_id}/seat"
    assert office.software("PUT", seat, {"officer": "HL.P.046"}).status_code == 422
    assert office.software("PUT", seat, {}).status_code == 400


def record(**changed: object) -> InvitationRecord:
    return InvitationRecord(**{  # type: ignore[arg-type]
        "ref": "r", "counter_id": 1, "officer_id": None, "dossier_id": None, "receipt_key": "",
        "step": None, "state": "waiting", "created_at": START,
        "expires_at": START + timedelta(seconds=60), "shown_from": None, **changed,
    })


def test_presence_is_shared_without_the_database(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("presence") / "presence"
    presence.bind(path)
    presence.note(70_000, showing=True, now=START)
    presence.note(3, showing=False, now=START)
    presence.bind(path)
    assert presence.last(70_000) == (START, START)
    assert presence.last(3) == (START, None)
    assert presence.last(4) == (None, None)


def test_a_heartbeat_stands_in_where_no_poll_is_known() -> None:
    seen = Presence(None, None, START)
    assert rules.is_there(seen, START + timedelta(seconds=100))
    assert not rules.is_there(seen, START + timedelta(seconds=200))
    assert not rules.is_there(Presence(START, None, START), START + timedelta(seconds=100))
    assert rules.state_of(record(), None, START) == "tablet_offline"
