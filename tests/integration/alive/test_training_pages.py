"""Each figure of the training office follows its facts, on every page that shows it.

All pages are read before and after each change: a seat taken is told by the session, the year, the
calendar, the plan and the gap plan alike, and by nothing else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from kiosk_app.accounts import commands as accounts
from kiosk_app.config import Settings
from kiosk_app.core import clock
from kiosk_app.training import catalogue, certifying, commands, enrolling, planning, requiring
from kiosk_app.training.rules import Slot
from tests import stages, training_year
from tests.integration.alive import reading
from tests.integration.alive.case import Case, Page, on_postgresql, on_sqlite
from tests.integration.alive.conftest import Reader, visited
from tests.integration.alive.reading import Figures, number
from tests.integration.alive.world import asked
from tests.signing import signed_in
from tests.training_year import HR, YEAR_END

STAGE, USER = "schooled", "phong.noi.vu"
READ = datetime(2019, 3, 20, 3, tzinfo=UTC)
"""When the pages are read: TH-07 is over and not closed, TH-08 lies ahead."""
A, B, C, D, E, F = ("HL.P.046", "HL.P.068", "HL.P.050", "HL.P.048", "HL.P.070", "HL.P.052")
"""Of Bãi Cháy, Bạch Đằng, Hồng Gai, Hồng Hải, Hồng Hà and Hà Khẩu."""
COURSE, PAST, AHEAD = "KH-09", "TH-07", "TH-08"
REQUIRED = ("P-BAICHAY", "P-BACHDANG")


def one(statement: str, **values: object) -> int:
    ((found,),) = asked(statement, **values)
    return int(str(found))


def session(code: str) -> int:
    return one("SELECT id FROM training_sessions WHERE code = :c", c=code)


def officer(code: str) -> int:
    return one("SELECT id FROM officers WHERE code = :c", c=code)


def course() -> int:
    return one("SELECT id FROM courses WHERE code = :c", c=COURSE)


def enrolment(session_code: str, officer_code: str) -> int:
    return one("SELECT id FROM enrolments WHERE session_id = :s AND officer_id = :o",
               s=session(session_code), o=officer(officer_code))


def halves(code: str) -> list[int]:
    return [int(str(half)) for (half,) in asked(
        "SELECT id FROM training_half_days WHERE session_id = :s ORDER BY id", s=session(code))]


def plan(code: str, day: date, *parts: str, capacity: int | None, has_test: bool = False) -> None:
    commands.plan_session(commands.SessionPlan(
        code=code, course_id=course(), title="", audience="wards", room=f"Phòng {code}",
        trainer="", capacity=capacity, has_test=has_test, slots=tuple(Slot(day, p) for p in parts),
    ), actor=HR, now=YEAR_END)


def enrol(code: str, *officers: str, **how: object) -> None:
    enrolling.enrol(session(code), [officer(each) for each in officers], actor=HR, now=YEAR_END, **how)


def build() -> None:
    training_year.take_in_organisation()
    training_year.take_in_training()
    commands.add_course(code=COURSE, name="Kỹ năng số", hours=8, has_test=True, pass_mark=5,
                        valid_months=12, actor=HR, now=YEAR_END)
    plan(PAST, date(2019, 3, 4), "morning", "afternoon", capacity=10, has_test=True)
    plan(AHEAD, date(2019, 4, 10), "morning", capacity=2)
    enrol(PAST, A, B, C)
    enrol(AHEAD, D)
    catalogue.set_plan_line(2019, course(), sessions=2, seats=20, budget_vnd=10_000_000, actor=HR,
                            now=YEAR_END)
    for unit in REQUIRED:
        requiring.require(course(), "unit", str(one("SELECT id FROM units WHERE ref = :r", r=unit)),
                          actor=HR, now=YEAR_END)
    accounts.add_user(USER, role="hr", unit_id=None, officer_id=None, password="mot-mat-khau-dai",
                      actor=HR, now=YEAR_END)


stages.OTHERS[STAGE] = build


@pytest.fixture
def stage() -> str:
    return STAGE


@pytest.fixture
def office(settings: Settings, still_clock: clock.FrozenClock) -> Iterator[Reader]:
    """The training office on 20 March 2019."""
    yield from visited(settings, still_clock, READ, USER)


def _codes() -> dict[str, str]:
    """Codes of the officers by the number in their record's address: two bear one name."""
    return {str(at): str(code) for at, code in asked("SELECT id, code FROM officers")}


def _named(html: str, codes: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Code of the officer whose record each row leads to, and the row's other cells."""
    found = []
    for row in re.findall(r"<tr.*?</tr>", html, re.S):
        at = re.search(r'href="/hr/staff/(\d+)"', row)
        if at:
            found.append((codes[at[1]], reading.rows(f"<tbody>{row}</tbody>")[0][1:]))
    return found


def _session(page: str, codes: dict[str, str]) -> Figures:
    found: Figures = {(PAST, "said"): reading.saying(page)}
    tests = re.search(r"<h2>(\d+ người tăng điểm, \d+ người giảm)</h2>", page)
    found[PAST, "gains"] = tests[1] if tests else ""
    for code, (_unit, *marks, pre, post, change, result) in _named(page, codes):
        row = f"{PAST} {code}"
        found |= {(row, f"mark {i}"): mark for i, mark in enumerate(marks)}
        found |= {(row, "pre"): pre, (row, "post"): post, (row, "change"): change, (row, "result"): result}
    return found


def _roster(page: str) -> Figures:
    said = reading.text(page)
    states: Figures = {}
    for row in reading.rows(page.partition("<tbody>")[1] + page.partition("<tbody>")[2])[:2]:
        state = re.match(r"Đã mời, chờ trả lời|Đã cử", row[2]) if len(row) > 2 else None
        if state:
            states[f"{AHEAD} {row[0]}", "state"] = state[0]
    left = re.search(r"trên (\d+) chỗ, còn (\d+)", said)
    found = re.search(r"Đã cử (\d+) người", said)
    waiting = re.search(r"Danh sách chờ: (\d+) người", said)
    assert found
    return states | {(AHEAD, "seated"): found[1], (AHEAD, "left"): left[2] if left else "",
            (AHEAD, "waiting"): waiting[1] if waiting else "0"}


def _lists(reader: Reader) -> Figures:
    found: Figures = {}
    page = reader.page("/hr/?year=2019")
    found["year", "said"] = reading.saying(page)
    for code, _day, _what, invited, completed, means, state in reading.rows(page):
        found |= {(f"year {code}", k): v for k, v in (
            ("invited", invited), ("completed", completed), ("means", means), ("state", state))}
    page = reader.page("/hr/calendar?view=list&on=2019-03-01")
    for _day, hours, code, *_rest, people, state in reading.rows(page):
        found |= {(f"calendar {code} {hours}", "people"): people, (f"calendar {code} {hours}", "state"): state}
    for code, _name, *_rest, sessions in reading.rows(reader.page("/hr/courses")):
        found[f"courses {code}", "sessions"] = sessions
    page = reader.page("/hr/plan?year=2019")
    found["plan", "said"] = reading.saying(page)
    for name, *cells in reading.rows(page):
        found |= {(f"plan {name.split()[0]}", k): v for k, v in zip(
            ("planned", "sessions", "held", "seats", "people", "budget", "spent"), cells, strict=True)}
    return found


def _people(reader: Reader, codes: dict[str, str]) -> Figures:
    found: Figures = {}
    for code in (A, D):
        page = reader.page(f"/hr/staff?q={code}&year=2019")
        ((_name, _code, _unit, _counter, sessions, completed, hours, of_year, last),) = reading.rows(page)
        found |= {(f"staff {code}", k): v for k, v in (
            ("sessions", sessions), ("completed", completed), ("hours", hours), ("year", of_year),
            ("last", last))}
    short = re.search(r": (\d+) cán bộ đang làm việc chưa đủ", reading.text(reader.page("/hr/staff?year=2019")))
    found["staff", "short"] = short[1] if short else ""
    facts = reading.facts(reader.page(f"/hr/staff/{officer(A)}"))
    found |= {(f"record {A}", re.sub(r" năm \d+", "", name)): said for name, said in facts.items()
              if name.startswith(("Giờ học", "Lớp đã học"))}
    for unit in REQUIRED:
        at = one("SELECT id FROM units WHERE ref = :r", r=unit)
        page = reader.page(f"/hr/matrix?unit={at}")
        for who, said in re.findall(r'/hr/staff/(\d+)">[^<]*</a>.*?aria-label="(.*?)"', page, re.S):
            found[f"matrix {codes[who]}", COURSE] = said
    gaps = reading.text(reader.page("/hr/gaps"))
    for name, form in (("open", r": (\d+) chỗ cần mở"), ("counts", r"(\d+ thiếu, .*? còn hiệu lực(?: · \d+ được miễn)?)"),
                       ("seated", r"(\d+ người cần học, .*?)\. ")):
        said = re.search(form, gaps)
        found["gaps", name] = said[1] if said else ""
    needs = reading.text(reader.page("/hr/needs"))
    due = re.search(r"hôm nay, (\d+) lượt", needs)
    counts = re.search(r"(\d+ thiếu, .*? còn hiệu lực)", needs)
    return found | {("needs", "due"): due[1] if due else "", ("needs", "counts"): counts[1] if counts else ""}


def read(reader: Reader) -> Figures:
    codes = _codes()
    return (
        _session(reader.page(f"/hr/sessions/{session(PAST)}"), codes)
        | _roster(reader.page(f"/hr/sessions/{session(AHEAD)}/roster"))
        | _lists(reader) | _people(reader, codes)
    )


SEATED = ("invited", "enrolled", "completed", "not_completed")
MARKS = {"present": "Có mặt", "late": "Đến muộn", "absent": "Vắng", "excused": "Vắng có phép",
         "unknown": "Chưa rõ"}
STATES = {"planned": "Đã lên lịch", "held": "Đã tổ chức", "cancelled": "Đã huỷ"}
RESULTS = {"enrolled": "Đã cử", "completed": "Học đủ", "not_completed": "Chưa đạt"}
TODAY = date(2019, 3, 20)


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def short(value: float) -> str:
    return number(value, 1).removesuffix(",0")


def _marks() -> dict[int, dict[int, str]]:
    """The newest mark by enrolment and half-day."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for enrolled, half, mark in asked(
        "SELECT enrolment_id, half_day_id, mark FROM attendance_marks ORDER BY version"):
        found[enrolled][half] = mark
    return found


def _tests() -> dict[tuple[int, str], float]:
    found: dict[tuple[int, str], float] = {}
    for enrolled, kind, mark in asked("SELECT enrolment_id, kind, mark FROM test_results ORDER BY version"):
        found[enrolled, kind] = mark
    return {key: mark for key, mark in found.items() if mark is not None}


def _mean(values: list[float]) -> str:
    return number(sum(values) / len(values), 1) if values else "—"


def _gone_through() -> tuple[Figures, dict[str, list[str]]]:
    """Figures of the sessions, and who sits in them."""
    found: Figures = {}
    marks, tests, codes = _marks(), _tests(), _codes()
    sat: dict[str, list[str]] = defaultdict(list)
    means: dict[str, list[tuple[float | None, float | None]]] = defaultdict(list)
    held = {code: (int(at), state, capacity) for at, code, state, capacity in asked(
        "SELECT id, code, state, capacity FROM training_sessions WHERE course_id = :c", c=course())}
    done: Counter[str] = Counter()
    for code, (at, _state, _capacity) in held.items():
        for enrolled, who, state in asked(
            "SELECT id, officer_id, state FROM enrolments WHERE session_id = :s", s=at):
            if state not in SEATED:
                continue
            person = codes[str(who)]
            sat[code].append(person)
            done[code] += state == "completed"
            pre, post = tests.get((enrolled, "pre")), tests.get((enrolled, "post"))
            means[code].append((pre, post))
            if code == PAST:
                row = f"{PAST} {person}"
                found |= {(row, f"mark {i}"): MARKS.get(marks[enrolled].get(half, ""), "Chưa điểm danh")
                          for i, half in enumerate(halves(PAST))}
                found |= {(row, name): number(value, 1) if value is not None else "—"
                          for name, value in (("pre", pre), ("post", post))}
                found[row, "result"] = RESULTS[state]
    for code, (at, state, capacity) in held.items():
        both = [pair for pair in means[code] if None not in pair] or means[code]
        pre, post = (_mean([mark for mark in kind if mark is not None]) for kind in zip(*both, strict=True)
                     ) if both else ("—", "—")
        told = f"{pre} – {post}" if post != "—" else "—"
        n = len(sat[code])
        found |= {(f"year {code}", "invited"): str(n), (f"year {code}", "state"): STATES[state],
                  (f"year {code}", "completed"): str(done[code]) if state == "held" else "—",
                  (f"year {code}", "means"): told}
        for (part,) in asked("SELECT part FROM training_half_days WHERE session_id = :s", s=at):
            hours = {"morning": "7:30–11:30", "afternoon": "13:00–17:00"}[str(part)]
            found |= {(f"calendar {code} {hours}", "people"): f"{n} / {capacity}",
                      (f"calendar {code} {hours}", "state"): STATES[state]}
    waiting = one("SELECT COUNT(*) FROM enrolments WHERE session_id = :s AND state = 'waiting'",
                  s=session(AHEAD))
    n = len(sat[AHEAD])
    return found | {(AHEAD, "seated"): str(n), (AHEAD, "left"): str(held[AHEAD][2] - n),
                    (AHEAD, "waiting"): str(waiting)}, sat


def _money(sat: dict[str, list[str]]) -> Figures:
    ((sessions, seats, budget),) = asked(
        "SELECT sessions, seats, budget_vnd FROM training_plan_lines WHERE year = 2019")
    states = Counter[str]()
    spent = ahead = unpriced = people = 0
    for code, state, cost in asked(
        "SELECT code, state, cost_vnd FROM training_sessions WHERE course_id = :c", c=course()):
        states[state] += 1
        people += len(sat[code]) if state != "cancelled" else 0
        spent += (cost or 0) if state == "held" else 0
        ahead += (cost or 0) if state == "planned" else 0
        unpriced += state == "held" and cost is None
    ran = states["planned"] + states["held"]
    at = f"plan {COURSE}"
    told = f"{number(spent)} ₫" + (f" {number(ahead)} ₫ cho lớp sắp tới" if ahead else "")
    left = f"còn {number(budget - spent)} ₫." if spent <= budget else f"vượt {number(spent - budget)} ₫ ."
    said = f"Đã chi {number(spent)} ₫ trên {number(budget)} ₫ dự kiến, {left}"
    return {
        ("plan", "said"): said + (f" {unpriced} lớp chưa ghi kinh phí, nên số đã chi còn thiếu." if unpriced else ""),
        (at, "planned"): str(sessions), (at, "seats"): str(seats), (at, "budget"): f"{number(budget)} ₫",
        (at, "sessions"): str(ran), (at, "held"): str(states["held"]), (at, "people"): str(people),
        (at, "spent"): told + (f" {unpriced} lớp chưa ghi" if unpriced else " vượt dự kiến" if spent > budget else ""),
        (f"courses {COURSE}", "sessions"): str(ran),
    }


def _attended() -> tuple[dict[str, Counter[str]], dict[str, date]]:
    """By officer: sessions begun, completed, hours and hours of 2019; and the last day attended."""
    marks, codes = _marks(), _codes()
    days: dict[int, list[date]] = defaultdict(list)
    for at, day in asked("SELECT h.session_id, h.day FROM training_half_days h"
                         " JOIN training_sessions s ON s.id = h.session_id WHERE s.state <> 'cancelled'"):
        days[at].append(_day(day))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    last: dict[str, date] = {}
    for enrolled, at, who, state in asked("SELECT id, session_id, officer_id, state FROM enrolments"):
        if state not in SEATED or not days[at] or min(days[at]) > TODAY:
            continue
        hours = 4 * sum(mark in ("present", "late") for mark in marks[enrolled].values())
        person = codes[str(who)]
        found[person].update({"sessions": 1, "completed": state == "completed", "hours": hours,
                              "year": hours if min(days[at]).year == 2019 else 0})
        if hours:
            last[person] = max(last.get(person, date.min), max(days[at]))
    return found, last


def _records() -> Figures:
    attended, last = _attended()
    kept = asked("SELECT value FROM app_settings WHERE name = 'training_hours_norm'")
    norm = float(str(kept[0][0])) if kept else 24.0
    posted = {code for code, first, end in asked(
        "SELECT o.code, p.posted_from, p.posted_to FROM postings p JOIN officers o ON o.id = p.officer_id")
        if _day(first) <= TODAY and (end is None or _day(end) >= TODAY)}
    found: Figures = {("staff", "short"): str(sum(attended[code]["year"] < norm for code in posted))}
    for code in (A, D):
        of = attended[code]
        lacks = f" thiếu {short(norm - of['year'])}" if of["year"] < norm else ""
        found |= {(f"staff {code}", "sessions"): str(of["sessions"]),
                  (f"staff {code}", "completed"): str(of["completed"]),
                  (f"staff {code}", "hours"): str(of["hours"]),
                  (f"staff {code}", "year"): f"{of['year']}{lacks}",
                  (f"staff {code}", "last"): f"{last[code].day}/{last[code].month}/{last[code].year}"}
    of = attended[A]
    return found | {(f"record {A}", "Lớp đã học đủ"): f"{of['completed']} trên {of['sessions']}"}


def _standing(who: str, months: int | None) -> tuple[str, str]:
    """State and words of one officer of a unit that must hold the course."""
    found = asked(
        "SELECT MAX(h.day) FROM enrolments e JOIN training_half_days h ON h.session_id = e.session_id"
        " JOIN training_sessions s ON s.id = e.session_id WHERE e.officer_id = :o AND s.course_id = :c"
        " AND e.state = 'completed' AND NOT EXISTS (SELECT 1 FROM certificates k"
        " JOIN certificate_revocations r ON r.certificate_id = k.id WHERE k.enrolment_id = e.id)",
        o=officer(who), c=course())[0][0]
    if found is not None and months:
        done = _day(found)
        at = done.month - 1 + months
        end = date(done.year + at // 12, at % 12 + 1, done.day)
        day = f"{end.day}/{end.month}/{end.year}"
        if end >= TODAY:
            soon = (end - TODAY).days <= 90
            return ("expiring", f"Sắp hết hạn đến {day}") if soon else ("valid", f"Còn hiệu lực đến {day}")
    for until, why in asked(
        "SELECT until, reason FROM requirement_exemptions WHERE officer_id = :o AND course_id = :c"
        " ORDER BY id DESC LIMIT 1", o=officer(who), c=course()):
        if _day(until) >= TODAY:
            end = _day(until)
            return "exempt", f"Được miễn đến {end.day}/{end.month}/{end.year}: {why}"
    return "missing", "Cần học"


def _duties(sat: dict[str, list[str]]) -> Figures:
    """Everybody of the units that must hold the course; nobody else has completed it here."""
    units = {ref for (ref,) in asked(
        "SELECT u.ref FROM course_requirements r JOIN units u ON CAST(u.id AS VARCHAR) = r.value"
        " WHERE r.target = 'unit' AND r.to_day IS NULL")}
    people = [(str(code), str(ref)) for code, ref, first, end in asked(
        "SELECT o.code, u.ref, p.posted_from, p.posted_to FROM postings p"
        " JOIN officers o ON o.id = p.officer_id JOIN units u ON u.id = p.unit_id")
        if ref in units and _day(first) <= TODAY and (end is None or _day(end) >= TODAY)]
    months = one("SELECT COALESCE(valid_months, 0) FROM courses WHERE id = :c", c=course())
    states = {code: _standing(code, months) for code, _ in people}
    counts = Counter(state for state, _ in states.values())
    lacking = [code for code, (state, _) in states.items() if state in ("missing", "expiring")]
    seated, free = 0, 0
    for code, capacity, last in asked(
        "SELECT s.code, s.capacity, MAX(h.day) FROM training_sessions s JOIN training_half_days h"
        " ON h.session_id = s.id WHERE s.course_id = :c AND s.state = 'planned'"
        " GROUP BY s.code, s.capacity", c=course()):
        if _day(last) >= TODAY:
            seated += sum(who in lacking for who in sat[code])
            free += max(capacity - len(sat[code]), 0)
    told = (f"{counts['missing']} thiếu, {counts['expiring']} sắp hết hạn, {counts['valid']} còn hiệu lực")
    found: Figures = {
        ("gaps", "open"): str(max(len(lacking) - seated - free, 0)), ("needs", "counts"): told,
        ("gaps", "counts"): told + (f" · {counts['exempt']} được miễn" if counts["exempt"] else ""),
        ("gaps", "seated"): f"{len(lacking)} người cần học, {seated} đã có chỗ trong lớp sắp tới"
        + (f"; lớp sắp tới còn {free} chỗ" if free else ""), ("needs", "due"): str(len(lacking)),
    }
    return found | {(f"matrix {code}", COURSE): states[code][1] for code, ref in people if ref in REQUIRED}


def recount() -> Figures:
    found, sat = _gone_through()
    return found | _money(sat) | _records() | _duties(sat)


def _leave(code: str, who: str, state: str) -> None:
    enrolling.leave(session(code), enrolment(code, who), state=state, reason="nghỉ ốm", actor=HR,
                    now=YEAR_END)


def _mark(who: str, *written: str) -> None:
    marks = {(enrolment(PAST, who), half): mark for half, mark in zip(halves(PAST), written, strict=False)}
    commands.record_attendance(session(PAST), marks, actor=HR, now=READ)


def _test(who: str, kind: str, mark: str) -> None:
    commands.record_results(session(PAST), {(enrolment(PAST, who), kind): mark}, actor=HR, now=READ)


def _attended_and_tested() -> None:
    """A and B were there and pass, C was there and fails."""
    for who, mark in ((A, "8"), (B, "8"), (C, "3")):
        _mark(who, "present", "present")
        _test(who, "post", mark)


def _hold() -> None:
    commands.hold_session(session(PAST), actor=HR, now=READ)


def _held() -> None:
    _attended_and_tested()
    _hold()


def _wait() -> None:
    enrol(AHEAD, E)
    enrol(AHEAD, F, may_wait=True)


def _cost(vnd: int) -> None:
    planning.set_cost(session(PAST), vnd, actor=HR, now=READ)


def _valid(months: int) -> None:
    catalogue.set_detail(course(), programme="", topics=[], required_ids=[], valid_months=months,
                         active=True, actor=HR, now=READ)


def _revoke() -> None:
    certifying.revoke(one("SELECT id FROM certificates WHERE officer_id = :o", o=officer(A)),
                      reason="thi hộ", actor=HR, now=READ)


def _certified() -> None:
    _held()
    certifying.issue(session(PAST), actor=HR, now=READ)


def _seats(n: int, *, left: int, people: int) -> Figures:
    """What everybody tells of the seats taken in the session to come."""
    return {(AHEAD, "seated"): str(n), (AHEAD, "left"): str(left),
            (f"year {AHEAD}", "invited"): str(n), (f"calendar {AHEAD} 7:30–11:30", "people"): f"{n} / 2",
            (f"plan {COURSE}", "people"): str(people)}


def _hours(n: int, total: int) -> Figures:
    """Hours of A attended in 2019 and in all."""
    return {(f"staff {A}", "hours"): str(total), (f"staff {A}", "year"): f"{n} thiếu {24 - n}",
            (f"record {A}", "Giờ học"): f"{n} giờ, còn thiếu {24 - n} so với định mức 24"}


FULL = "{} người cần học, {} đã có chỗ trong lớp sắp tới"
DUE = "{} thiếu, 0 sắp hết hạn, {} còn hiệu lực"
ROW = f"{PAST} {A}"
CASES = {
    "a seat taken": Case(lambda: enrol(AHEAD, E), {
        **_seats(2, left=0, people=5), (f"{AHEAD} Đỗ Quang Hùng", "state"): "Đã cử",
        ("gaps", "open"): "4", ("gaps", "seated"): FULL.format(4, 0),
    }),
    "a seat taken by who lacks it": Case(lambda: enrol(AHEAD, A), {
        **_seats(2, left=0, people=5), (f"{AHEAD} Đỗ Thị Thanh Vân", "state"): "Đã cử",
        ("gaps", "seated"): FULL.format(4, 1),
    }),
    "an invitation": Case(lambda: enrol(AHEAD, E, state="invited"), {
        **_seats(2, left=0, people=5),
        (f"{AHEAD} Đỗ Quang Hùng", "state"): "Đã mời, chờ trả lời",
        ("gaps", "open"): "4", ("gaps", "seated"): FULL.format(4, 0),
    }),
    "an invitation accepted": Case(
        lambda: enrolling.accept(session(AHEAD), enrolment(AHEAD, E), officer_id=officer(E), actor=HR,
                                 now=YEAR_END),
        {(f"{AHEAD} Đỗ Quang Hùng", "state"): "Đã cử"},
        first=lambda: enrol(AHEAD, E, state="invited"),
    ),
    "one who waits": Case(lambda: enrol(AHEAD, F, may_wait=True), {(AHEAD, "waiting"): "1"},
                          first=lambda: enrol(AHEAD, E)),
    "one who waited moves up": Case(lambda: _leave(AHEAD, D, "withdrawn"), {
        (AHEAD, "waiting"): "0", (f"{AHEAD} Phạm Thu Lan", "state"): "",
        (f"{AHEAD} Đỗ Hữu Nam", "state"): "Đã cử",
    }, first=_wait),
    "a refusal": Case(lambda: _leave(AHEAD, D, "declined"), {
        **_seats(0, left=2, people=3), (f"{AHEAD} Phạm Thu Lan", "state"): "", ("gaps", "open"): "2",
        ("gaps", "seated"): f"{FULL.format(4, 0)}; lớp sắp tới còn 2 chỗ",
    }),
    "present": Case(lambda: _mark(A, "present"), {
        (ROW, "mark 0"): "Có mặt", **_hours(4, 16), (f"staff {A}", "last"): "4/3/2019",
    }),
    "late": Case(lambda: _mark(A, "present", "late"), {
        (ROW, "mark 1"): "Đến muộn", **_hours(8, 20),
    }, first=lambda: _mark(A, "present")),
    "excused": Case(lambda: _mark(A, "excused"), {(ROW, "mark 0"): "Vắng có phép"}),
    "a mark corrected": Case(lambda: _mark(A, "absent"), {
        (ROW, "mark 0"): "Vắng", **_hours(0, 12), (f"staff {A}", "last"): "26/9/2018",
    }, first=lambda: _mark(A, "present")),
    "the first test": Case(lambda: _test(A, "pre", "4,5"), {(ROW, "pre"): "4,5"}),
    "the last test": Case(lambda: _test(A, "post", "8"), {
        (ROW, "post"): "8,0", (ROW, "change"): "+3,5", (f"year {PAST}", "means"): "4,5 – 8,0",
        (PAST, "gains"): "1 người tăng điểm, 0 người giảm",
    }, first=lambda: _test(A, "pre", "4,5")),
    "a test of another": Case(lambda: _test(C, "post", "6"), {
        (f"{PAST} {C}", "post"): "6,0",  # without a first test nobody is compared
    }, first=lambda: (_test(A, "pre", "4,5"), _test(A, "post", "8"))),
    "closed": Case(_hold, {
        (PAST, "said"): "2 trên 3 người đã học đủ 2 buổi.",
        (ROW, "result"): "Học đủ", (f"{PAST} {B}", "result"): "Học đủ", (f"{PAST} {C}", "result"): "Chưa đạt",
        ("year", "said"): "Năm 2019 có 1 đợt tập huấn cho cán bộ bộ phận tiếp nhận và trả kết quả các"
                          " phường. 2 trên 3 lượt người được mời đã học đủ.",
        (f"year {PAST}", "completed"): "2", (f"year {PAST}", "state"): "Đã tổ chức",
        (f"calendar {PAST} 7:30–11:30", "state"): "Đã tổ chức",
        (f"calendar {PAST} 13:00–17:00", "state"): "Đã tổ chức",
        (f"staff {A}", "completed"): "2", (f"record {A}", "Lớp đã học đủ"): "2 trên 3",
        (f"matrix {A}", COURSE): "Còn hiệu lực đến 4/3/2020", (f"matrix {B}", COURSE): "Còn hiệu lực đến 4/3/2020",
        ("gaps", "open"): "1", ("gaps", "counts"): DUE.format(2, 2), ("needs", "counts"): DUE.format(2, 2),
        ("gaps", "seated"): f"{FULL.format(2, 0)}; lớp sắp tới còn 1 chỗ", ("needs", "due"): "2",
        (f"plan {COURSE}", "held"): "1", (f"plan {COURSE}", "spent"): "0 ₫ 1 lớp chưa ghi",
        ("plan", "said"): "Đã chi 0 ₫ trên 10.000.000 ₫ dự kiến, còn 10.000.000 ₫."
                          " 1 lớp chưa ghi kinh phí, nên số đã chi còn thiếu.",
    }, first=_attended_and_tested),
    "first tests entered after closing": Case(
        lambda: (_test(A, "pre", "4,5"), _test(B, "pre", "9,5")), {
            (ROW, "pre"): "4,5", (ROW, "change"): "+3,5", (f"{PAST} {B}", "pre"): "9,5",
            (f"{PAST} {B}", "change"): "−1,5", (PAST, "gains"): "1 người tăng điểm, 1 người giảm",
            (f"year {PAST}", "means"): "7,0 – 8,0",
            (PAST, "said"): "2 trên 3 người đã học đủ 2 buổi. Ở 2 người có cả hai bài, điểm trung bình đi từ"
                            " 7,0 đến 8,0: +1,0 điểm . 1 người giảm điểm nên được kèm thêm.",
        }, first=_held),
    "a cost to come": Case(lambda: _cost(3_000_000), {
        (f"plan {COURSE}", "spent"): "0 ₫ 3.000.000 ₫ cho lớp sắp tới",
    }),
    "a cost": Case(lambda: _cost(3_000_000), {
        (f"plan {COURSE}", "spent"): "3.000.000 ₫",
        ("plan", "said"): "Đã chi 3.000.000 ₫ trên 10.000.000 ₫ dự kiến, còn 7.000.000 ₫.",
    }, first=_held),
    "a cost beyond the plan": Case(lambda: _cost(12_000_000), {
        (f"plan {COURSE}", "spent"): "12.000.000 ₫ vượt dự kiến",
        ("plan", "said"): "Đã chi 12.000.000 ₫ trên 10.000.000 ₫ dự kiến, vượt 2.000.000 ₫ .",
    }, first=_held),
    "a line of the plan": Case(
        lambda: catalogue.set_plan_line(2019, course(), sessions=3, seats=30, budget_vnd=12_000_000,
                                        actor=HR, now=READ), {
            (f"plan {COURSE}", "planned"): "3", (f"plan {COURSE}", "seats"): "30",
            (f"plan {COURSE}", "budget"): "12.000.000 ₫",
            ("plan", "said"): "Đã chi 0 ₫ trên 12.000.000 ₫ dự kiến, còn 12.000.000 ₫.",
        }),
    "a further session": Case(lambda: plan("TH-09", date(2019, 5, 8), "morning", capacity=5), {
        ("year", "said"): "Năm 2019 có 3 lớp , 3 đợt cho các phường đã lên lịch, chưa tổ chức.",
        ("year TH-09", "invited"): "0", ("year TH-09", "completed"): "—", ("year TH-09", "means"): "—",
        ("year TH-09", "state"): "Đã lên lịch", ("calendar TH-09 7:30–11:30", "people"): "0 / 5",
        ("calendar TH-09 7:30–11:30", "state"): "Đã lên lịch", (f"courses {COURSE}", "sessions"): "3",
        (f"plan {COURSE}", "sessions"): "3", ("gaps", "open"): "0",
        ("gaps", "seated"): f"{FULL.format(4, 0)}; lớp sắp tới còn 6 chỗ",
    }),
    "a session cancelled": Case(
        lambda: commands.cancel_session(session(AHEAD), reason="Bão", actor=HR, now=READ), {
            ("year", "said"): "Năm 2019 có 2 lớp , 1 đợt cho các phường đã lên lịch, chưa tổ chức.",
            (f"year {AHEAD}", "state"): "Đã huỷ", (f"calendar {AHEAD} 7:30–11:30", "state"): "Đã huỷ",
            (f"courses {COURSE}", "sessions"): "1", (f"plan {COURSE}", "sessions"): "1",
            (f"plan {COURSE}", "people"): "3", ("gaps", "open"): "4", ("gaps", "seated"): FULL.format(4, 0),
        }),
    "a session cancelled that had begun": Case(
        lambda: commands.cancel_session(session(PAST), reason="Bão", actor=HR, now=READ), {
            (PAST, "said"): "Lớp đã huỷ: Bão",
            ("year", "said"): "Năm 2019 có 2 lớp , 1 đợt cho các phường đã lên lịch, chưa tổ chức.",
            (f"year {PAST}", "state"): "Đã huỷ", (f"calendar {PAST} 7:30–11:30", "state"): "Đã huỷ",
            (f"calendar {PAST} 13:00–17:00", "state"): "Đã huỷ", (f"courses {COURSE}", "sessions"): "1",
            (f"plan {COURSE}", "sessions"): "1", (f"plan {COURSE}", "people"): "1",
            **_hours(0, 12), (f"staff {A}", "sessions"): "2",
            (f"record {A}", "Giờ học"): "12 giờ, còn thiếu 12 so với định mức 24", (f"staff {A}", "last"): "26/9/2018",
            (f"record {A}", "Lớp đã học đủ"): "1 trên 2",
        }, first=lambda: _mark(A, "present")),
    "a further requirement": Case(
        lambda: requiring.require(course(), "unit", str(one("SELECT id FROM units WHERE ref = 'P-HONGGAI'")),
                                  actor=HR, now=READ), {
            ("gaps", "open"): "5", ("gaps", "counts"): DUE.format(6, 0), ("needs", "counts"): DUE.format(6, 0),
            ("gaps", "seated"): f"{FULL.format(6, 0)}; lớp sắp tới còn 1 chỗ", ("needs", "due"): "6",
        }),
    "an exemption": Case(
        lambda: requiring.exempt(officer(A), course(), reason="nghỉ thai sản", until=date(2019, 12, 31),
                                 actor=HR, now=READ), {
            (f"matrix {A}", COURSE): "Được miễn đến 31/12/2019: nghỉ thai sản", ("gaps", "open"): "2",
            ("gaps", "counts"): f"{DUE.format(3, 0)} · 1 được miễn", ("needs", "counts"): DUE.format(3, 0),
            ("gaps", "seated"): f"{FULL.format(3, 0)}; lớp sắp tới còn 1 chỗ", ("needs", "due"): "3",
        }),
    "a shorter validity": Case(lambda: _valid(2), {
        (f"matrix {A}", COURSE): "Sắp hết hạn đến 4/5/2019", (f"matrix {B}", COURSE): "Sắp hết hạn đến 4/5/2019",
        ("gaps", "open"): "3", ("gaps", "counts"): "2 thiếu, 2 sắp hết hạn, 0 còn hiệu lực",
        ("needs", "counts"): "2 thiếu, 2 sắp hết hạn, 0 còn hiệu lực", ("needs", "due"): "4",
        ("gaps", "seated"): f"{FULL.format(4, 0)}; lớp sắp tới còn 1 chỗ",
    }, first=_held),
    "a certificate revoked": Case(_revoke, {
        (f"matrix {A}", COURSE): "Cần học", ("gaps", "open"): "2", ("gaps", "counts"): DUE.format(3, 1),
        ("needs", "counts"): DUE.format(3, 1), ("needs", "due"): "3",
        ("gaps", "seated"): f"{FULL.format(3, 0)}; lớp sắp tới còn 1 chỗ",
    }, first=_certified),
    "the norm": Case(lambda: requiring.set_norm(4, actor=HR, now=READ), {
        (f"staff {A}", "year"): "4", (f"staff {D}", "year"): "0 thiếu 4", ("staff", "short"): "84",
        (f"record {A}", "Giờ học"): "4 giờ (định mức 4)",
    }, first=lambda: _mark(A, "present")),
}


def _page(office: Reader) -> Page:
    return Page(lambda: read(office), recount, worker=lambda: None)


@on_sqlite
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_change_moves_exactly_its_figures(office: Reader, case: Case) -> None:
    _page(office).check(case)


WEIGHTY = ("one who waited moves up", "late", "a test of another", "closed", "a certificate revoked")
"""Cases whose figures ask most of a database."""


@on_postgresql
@pytest.mark.parametrize("name", WEIGHTY)
def test_the_weighty_changes_move_the_same_figures(office: Reader, name: str) -> None:
    _page(office).check(CASES[name])


@on_sqlite
def test_an_officers_page_names_the_newest_session_that_was_held(office: Reader) -> None:
    accounts.add_user(
        "lanh.dao", role="manager", unit_id=one("SELECT id FROM units WHERE ref = 'P-BAICHAY'"),
        officer_id=None, password="mot-mat-khau-dai", actor=HR, now=YEAR_END,
    )
    manager = Reader(signed_in(office.client.application.test_client(), "lanh.dao"))
    address = f"/manage/officers/{officer(A)}?period=2018"
    newest = "Tập huấn gần nhất"
    assert "Nghị định 61/2018" in reading.facts(manager.page(address))[newest]
    _held()
    assert reading.facts(manager.page(address))[newest] == "Kỹ năng số"


HR_PAGES = ("?year=2019", "calendar?view=list&on=2019-03-01", "staff?year=2019", "matrix", "gaps", "courses")


@on_sqlite
def test_a_wards_manager_sees_nothing_move_for_other_wards(office: Reader) -> None:
    accounts.add_user(
        "lanh.dao", role="manager", unit_id=one("SELECT id FROM units WHERE ref = 'P-BAICHAY'"),
        officer_id=None, password="mot-mat-khau-dai", actor=HR, now=YEAR_END,
    )
    manager = Reader(signed_in(office.client.application.test_client(), "lanh.dao"))
    pages = [f"/hr/{name}" for name in HR_PAGES] + [f"/hr/sessions/{session(PAST)}"]
    before = {page: reading.text(manager.page(page)) for page in pages}
    for who in (B, C):
        _mark(who, "present", "late")
        _test(who, "pre", "3")
        _test(who, "post", "8")
    requiring.exempt(officer(B), course(), reason="ốm", until=date(2019, 12, 31), actor=HR, now=READ)
    assert {page: reading.text(manager.page(page)) for page in pages} == before
