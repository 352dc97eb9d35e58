"""Learners' answers: one each, nobody's name, told from five on and once closed."""

from __future__ import annotations

import ast
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import inspect, select, text

from kiosk_app import tables
from kiosk_app.core import db, keys
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.dossiers import links
from kiosk_app.questionnaires import commands as questionnaires
from kiosk_app.questionnaires import queries as questionnaire_queries
from kiosk_app.reporting import reactions as told
from kiosk_app.training import asking, intake, queries, reactions
from kiosk_app.training.models import ReactionBox
from kiosk_app.training.records import RosterRow, SessionRecord
from tests import training_year
from tests.integration.training.test_enrolling import ONLY_SQLITE
from tests.rules.sources import modules

GOOD = {"sat_viec": 5, "de_hieu": 4, "thoi_luong": 1, "to_chuc": 4, "ap_dung": 2, "gioi_thieu": 5}
POOR = {"sat_viec": 2, "de_hieu": 2, "thoi_luong": 2, "to_chuc": 1, "ap_dung": 0, "can_tro": 1,
        "gioi_thieu": 2}


def session(code: str) -> tuple[SessionRecord, list[RosterRow]]:
    with db.reading() as conn:
        held = next(one for one in queries.sessions(conn) if one.code == code)
        return held, queries.roster(conn, held.id)


def link(held: SessionRecord, row: RosterRow) -> str:
    return reactions.token(keys.current(), held.id, row.enrolment_id)


def open_day(held: SessionRecord):
    end = reactions.closes_at(held)
    assert end is not None
    return end - timedelta(days=2)


def shown(held: SessionRecord, *, after: timedelta = timedelta()) -> told.Reactions:
    end = reactions.closes_at(held)
    assert end is not None
    with db.reading() as conn:
        return told.of_session(conn, held, end + after)


def refusal(secret: str, now, answers=GOOD) -> str:
    with pytest.raises((RuleError, NotFoundError)) as caught:
        reactions.answer(secret, answers, "", now=now)
    return caught.value.code


def test_each_attendee_answers_once_and_four_are_told_less_than_five(trained: intake.Report) -> None:
    held, rows = session("TH-04")
    there = [one for one in rows if reactions.may_answer(one)]
    now = open_day(held)
    for number, row in enumerate(there[:4]):
        reactions.answer(link(held, row), POOR if number == 0 else GOOD, f"lời {4 - number}", now=now)
    assert refusal(link(held, there[0]), now) == "reaction_spent"
    with db.reading() as conn:
        live = told.of_session(conn, held, now)
    assert (live.state, live.answered, live.questions) == ("open", 4, ())
    few = shown(held)
    assert (few.state, few.answered, few.questions, few.comments) == ("few", 4, (), ())
    reactions.answer(link(held, there[4]), GOOD, "", now=now)
    five = shown(held)
    assert (five.state, five.answered, five.attended) == ("shown", 5, len(there))
    first = five.questions[0]
    assert first.agree is not None
    assert (first.n, first.agree.n, first.agree.share) == (5, 4, 80.0)
    assert 37 < first.agree.low < 38 and 96 < first.agree.high < 97  # noqa: PT018 - Wilson of 4 in 5
    hindrance = next(one for one in five.questions if one.code == "can_tro")
    assert (hindrance.n, hindrance.shares) == (1, ()), "one person's answer stands alone"
    assert (five.comments, five.few_comments) == ((), 4)
    reactions.answer(link(held, there[5]), GOOD, "Gọi chị Nguyễn Thị Lan 0912345678", now=now)
    assert len(shown(held).comments) == 5
    assert not any("0912345678" in one for one in shown(held).comments)
    with db.reading() as conn:
        box = conn.execute(select(ReactionBox.__table__)).one()
    assert json.loads(box.comments) == sorted(json.loads(box.comments))
    assert sum(json.loads(box.counts)["sat_viec"].values()) == 6


@ONLY_SQLITE
def test_who_may_not_answer_is_told_why_and_nothing_is_kept(trained: intake.Report) -> None:
    held, rows = session("TH-04")
    other, elsewhere = session("TH-05")
    there = next(one for one in rows if reactions.may_answer(one))
    now, ring = open_day(held), keys.current()
    absent = next(one for one in elsewhere if not reactions.may_answer(one))
    assert refusal(link(other, absent), open_day(other)) == "reaction_not_attended"
    assert refusal(reactions.token(ring, other.id, there.enrolment_id), open_day(other)) == (
        "reaction_not_attended"), "somebody of another session"
    secret = link(held, there)
    forged = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    rating = links.token(ring, f"{held.id}.{there.enrolment_id}")
    assert {refusal(one, now) for one in (forged, rating, "x" * 40)} == {"reaction_unknown"}
    first, end = reactions.opens_at(held), reactions.closes_at(held)
    assert first is not None
    assert end is not None
    assert refusal(secret, first - timedelta(seconds=1)) == "reaction_early"
    assert refusal(secret, end) == "reaction_closed"
    assert refusal(secret, now, {**GOOD, "sat_viec": 9}) == "reaction_unreadable"
    assert refusal(secret, now, {"sat_viec": 5}) == "reaction_unfinished"
    with db.reading() as conn:
        assert reactions.answered(conn, held.id) == 0
    reactions.answer(secret, GOOD, "", now=first)


def test_no_answer_can_be_joined_to_a_person() -> None:
    """A rule of the schema: two tables, no column in common, no time, no person, no order."""
    box, spent = (tables.metadata.tables[one] for one in ("reaction_boxes", "spent_reactions"))
    assert set(box.columns.keys()) == {"session_id", "questionnaire", "answered", "counts", "comments"}
    assert set(spent.columns.keys()) == {"token_hash"}
    assert spent.dialect_options["sqlite"]["with_rowid"] is False
    others = {fk.target_fullname for table in tables.metadata.tables.values()
              for fk in table.foreign_keys}
    assert not any(one.startswith(("reaction_boxes", "spent_reactions")) for one in others)
    named = {
        path for path, tree in modules("kiosk_app").items() for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in {"ReactionBox", "SpentReaction"}
    }
    assert named == {"kiosk_app/training/reactions.py"}, "one module writes and reads them"


def test_an_answer_rewrites_the_whole_row_and_leaves_no_trace_of_time(trained: intake.Report) -> None:
    held, rows = session("TH-04")
    there = [one for one in rows if reactions.may_answer(one)]
    before = _audited()
    for row in there[:3]:
        reactions.answer(link(held, row), GOOD, "", now=open_day(held))
    assert _audited() == before, "the audit trail bears times"
    with pytest.raises(Exception, match="append-only|permission denied"), db.transaction() as conn:
        conn.execute(text("DELETE FROM spent_reactions"))
    with db.reading() as conn:
        assert conn.execute(text("SELECT COUNT(*) FROM reaction_boxes")).scalar() == 1
        assert "spent_reactions" in inspect(conn).get_table_names()


def _audited() -> int:
    with db.reading() as conn:
        return int(conn.execute(text("SELECT COUNT(*) FROM audit_events")).scalar_one())


@ONLY_SQLITE
def test_a_new_version_asks_sessions_without_answers_only(trained: intake.Report) -> None:
    held, rows = session("TH-04")
    other, _rows = session("TH-05")
    one, two = [row for row in rows if reactions.may_answer(row)][:2]
    reactions.answer(link(held, one), GOOD, "", now=open_day(held))
    with db.reading() as conn:
        known = reactions.invited(conn, link(held, two), open_day(held)).definition
        assert known["ref"] not in questionnaire_queries.known_refs(conn), "no citizen is asked this"
    questionnaires.publish({**known, "version": 2}, actor=training_year.HR,
                           now=datetime(2100, 1, 1, tzinfo=UTC))
    with db.reading() as conn:
        assert reactions.invited(conn, link(held, two), open_day(held)).definition["version"] == 1
        there = next(row for row in queries.roster(conn, other.id) if reactions.may_answer(row))
        assert reactions.invited(conn, link(other, there), open_day(other)).definition["version"] == 2


@ONLY_SQLITE
def test_the_letter_goes_once_to_those_who_attended(trained: intake.Report) -> None:
    from sqlalchemy import insert

    from kiosk_app.training.models import OfficerAddress

    held, rows = session("TH-05")
    there = next(one for one in rows if reactions.may_answer(one))
    absent = next(one for one in rows if not reactions.may_answer(one))
    with db.transaction() as conn:
        conn.execute(insert(OfficerAddress), [
            {"officer_id": one.officer_id, "email": f"{one.officer_id}@b.vn"} for one in (there, absent)])
    mails: list[tuple[str, str]] = []

    def queue(_conn: object, address: str, _subject: str, body: str, _calendar: str) -> None:
        mails.append((address, body))

    last = held.slots[-1].ends_at
    assert asking.ask(queue, base="https://k", now=last - timedelta(minutes=1)) == 0
    assert asking.ask(queue, base="https://k", now=last) == 1
    assert asking.ask(queue, base="https://k", now=last + timedelta(hours=1)) == 0
    (address, body), = mails
    assert address == f"{there.officer_id}@b.vn"
    secret = body.split("https://k/hr/reaction/")[1].split()[0]
    reactions.answer(secret, GOOD, "", now=last)


def test_two_presses_at_once_count_once(trained: intake.Report) -> None:
    held, rows = session("TH-04")
    row = next(one for one in rows if reactions.may_answer(one))
    secret, now, start = link(held, row), open_day(held), Barrier(4)

    def press(_number: int) -> str:
        start.wait()
        try:
            reactions.answer(secret, GOOD, "", now=now)
        except RuleError as refused:
            return refused.code
        return "counted"

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(press, range(4))) == ["counted"] + ["reaction_spent"] * 3
    with db.reading() as conn:
        assert reactions.answered(conn, held.id) == 1
