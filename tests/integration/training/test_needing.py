"""Order by need on both databases, against a recount in statements of its own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text, update

from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.records import Post
from kiosk_app.training import intake, needing, queries, requiring
from kiosk_app.training.models import Course
from kiosk_app.training.needing import ENDING, HOLDS, NEVER, NOT_REQUIRED, Need
from tests.training_year import HR

DAY = date(2019, 3, 4)


def _ordered(course_id: int, *, backwards: bool = False) -> list[tuple[int, Need]]:
    with db.reading() as conn:
        rows = organisation.posted_on(conn, DAY)
        posts = {one[0]: Post(one[3], one[4]) for one in (reversed(rows) if backwards else rows)}
        today = clock.now().astimezone(LOCAL_ZONE).date()
        found = needing.of_course(conn, posts, course_id, DAY, today)
    return sorted(found.items(), key=lambda one: (one[1].key, one[0]))


def test_missing_then_ending_then_not_required_each_by_the_longest_wait(
    trained: intake.Report
) -> None:
    with db.transaction() as conn:
        fourth = next(one for one in queries.sessions(conn, year=2018) if one.code == "TH-04")
        conn.execute(update(Course).where(Course.id == fourth.course_id).values(valid_months=6))
        centre = organisation.unit_by_ref(conn, "HL-TTHCC")
    requiring.require(fourth.course_id, "role", "centre", actor=HR, now=clock.now())
    first = next(who for who, need in _ordered(fourth.course_id) if need.rank == NEVER)
    requiring.exempt(first, fourth.course_id, reason="nghỉ ốm", until=date(2019, 12, 31), actor=HR,
                     now=clock.now())
    order = _ordered(fourth.course_id)
    assert order == _ordered(fourth.course_id, backwards=True)
    ranks = [need.rank for _who, need in order]
    assert ranks == sorted(ranks)
    assert HOLDS not in ranks, "all that hold it lose it on 18/3/2019, two weeks after the first day"
    by_rank = {rank: {who for who, need in order if need.rank == rank} for rank in set(ranks)}
    with db.reading() as conn:
        done = set(conn.execute(text(
            "SELECT e.officer_id FROM enrolments e JOIN training_sessions s ON s.id = e.session_id "
            "WHERE s.course_id = :c AND e.state = 'completed'"), {"c": fourth.course_id}).scalars())
        there = set(conn.execute(text(
            "SELECT officer_id FROM postings WHERE unit_id = :u AND posted_from <= :d "
            "AND (posted_to IS NULL OR posted_to >= :d)"), {"u": centre, "d": DAY}).scalars())
        attended = {who: date.fromisoformat(str(last)[:10]) for who, last in conn.execute(text(
            "SELECT e.officer_id, max(h.day) FROM enrolments e "
            "JOIN attendance_marks m ON m.enrolment_id = e.id "
            "JOIN training_half_days x ON x.id = m.half_day_id "
            "JOIN training_half_days h ON h.session_id = e.session_id "
            "JOIN training_sessions s ON s.id = e.session_id AND s.state <> 'cancelled' "
            "WHERE m.mark IN ('present', 'late') AND e.state IN ('completed', 'not_completed') "
            "AND m.version = (SELECT max(n.version) FROM attendance_marks n WHERE "
            "n.enrolment_id = m.enrolment_id AND n.half_day_id = m.half_day_id) "
            "GROUP BY e.officer_id"))}
    assert by_rank[ENDING] == done & there
    assert by_rank[NEVER] == there - done - {first}
    assert first in by_rank[NOT_REQUIRED]
    assert len(attended) > 30
    assert {who: need.last for who, need in order if need.last} == {
        who: last for who, last in attended.items() if who in dict(order)}
    for rank in by_rank:
        waits = [need.last or date.min for _who, need in order if need.rank == rank]
        assert waits == sorted(waits), "within a rank (all of ENDING end on one day)"
