"""Every address that the training office opens, read against what citizens said of one officer.

Ratings are planted that give one officer figures of his own; then each route of the application is
asked by the training office with real ids. A new route is walked by itself; one whose address
needs an id that nobody planted fails.
"""

from __future__ import annotations

import html
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import typst
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import text, update
from werkzeug.routing import Rule

from kiosk_app import create_app
from kiosk_app.accounts import commands as accounts
from kiosk_app.accounts import queries as account_queries
from kiosk_app.cli import watching
from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import commands as reporting
from kiosk_app.reporting import fairness, needs, periods
from kiosk_app.training import (
    certificates,
    certifying,
    checklists,
    commands,
    draws,
    feeds,
    notices,
    queries,
    requirements,
    requiring,
    ticking,
)
from kiosk_app.training.models import Course
from kiosk_app.training.rules import Slot
from tests import training_year
from tests.conftest import START, make_settings
from tests.integration.feedback.seed import seed_organisation
from tests.integration.hr.test_effect_page import FOUND, keep
from tests.integration.reporting.conftest import Office
from tests.signing import signed_in
from tests.training_year import HR, YEAR_END

SAID = "Chờ tới trưa mà ô cửa vẫn đóng im ỉm"
CENTRE, OFFICER, COLLEAGUE = "HL-TTHCC", "HL.CB.001", "HL.CB.002"
PLANTED = {OFFICER: (101, 36), COLLEAGUE: (52, 9)}
"""Satisfied and dissatisfied ratings; together 77,3 %."""
WARD_DESKS = ("HL.P.068", "HL.P.048", "HL.P.070", "HL.P.072", "HL.P.074")
"""One officer each of five wards with four: their wards are groups only together."""
WARDS = {"P-BACHDANG": "000.32.12.H49", "P-HONGHAI": "000.22.12.H49", "P-HONGHA": "000.33.12.H49",
         "P-HATRUNG": "000.34.12.H49", "P-HALAM": "000.35.12.H49"}
WARD_PROCEDURE = "1.001193"
QUERIES: tuple[dict[str, str], ...] = (
    {}, {"sort": "hours", "dir": "desc"}, {"state": "missing"}, {"by": "officer", "period": "2018-Q4"},
    {"version": "newest"}, {"view": "list", "on": "2018-11-01"},
)
NAMED = dict.fromkeys(("hr.resource", "hr.change_resource"), {"name": "Trung tâm Hành chính công"})
"""What an address asks for beside its path: a room of the year that is planted."""
OF_OTHERS = {"hr.own", "hr.own_reaction", "hr.reaction"}
"""Pages of the learner's own: the training office gets none of them."""
FORMS_OF_OTHERS = {"hr.answer", "hr.check_in", "hr.react"}
"""The learner's own: saying no, checking in, answering what the session was like."""
TIERS = ("Cao hơn rõ", "Thấp hơn rõ", "Chưa thấy khác biệt", "Không so sánh được", "clearly_",
         "no_difference", "not_comparable")


@dataclass
class Centre:
    """The service, its planted secrets, and ids that fill addresses."""

    app: Flask
    settings: Settings
    ids: dict[str, list[Any]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    """What no answer may hold anywhere, by what it is."""
    figures: dict[str, re.Pattern[str]] = field(default_factory=dict)
    """What no visible text may hold."""
    printed: list[str] = field(default_factory=list)
    """What was handed to the typesetter."""

    def client(self, name: str) -> FlaskClient:
        return signed_in(self.app.test_client(), name)

    def leaks(self, found: str) -> list[str]:
        """What of the planted a text gives away."""
        plain = html.unescape(found)
        seen = re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]*>", " ", plain, flags=re.S)
        return [what for what, word in self.words.items() if word in plain] + [
            what for what, form in self.figures.items() if form.search(seen)]


def _rows(prefix: str, unit: str, officer: str, procedure: str, first: int, n: int, month: int
          ) -> list[dict[str, str]]:
    return [{
        "dossier_code": f"{prefix}-18{month:02d}01-{number:04d}", "unit_id": unit, "procedure_code": procedure,
        "officer_code": officer, "channel": "direct", "received_at": f"2018-{month:02d}-01 08:00",
        "due_date": f"2018-{month:02d}-10", "finished_at": f"2018-{month:02d}-05 09:00",
        "returned_at": f"2018-{month:02d}-08 10:00",
    } for number in range(first, first + n)]


def _rate(office: Office, rows: list[dict[str, str]], low: int, month: int) -> None:
    """The first ``low`` of these are dissatisfied with waiting, and say so in words of their own."""
    codes, at = [one["dossier_code"] for one in rows], f"2018-{month:02d}-12T09:00:00+07:00"
    office.take_in(rows)
    for start in range(0, len(codes), 40):
        part = codes[start:start + 40]
        bad = part[:max(0, low - start)]
        if bad:
            office.rate(bad, [2] * len(bad), reasons=["cho_lau"], comment=SAID, rated_at=at)
        if part[len(bad):]:
            office.rate(part[len(bad):], [5] * (len(part) - len(bad)), rated_at=at)


def _citizens(office: Office) -> None:
    first = 1
    for officer, (good, bad) in PLANTED.items():
        _rate(office, _rows("000.00.12.H49", CENTRE, officer, "1.900001", first, good + bad, 10), bad, 10)
        first += good + bad
    for month, low in ((9, 0), (10, 9)):
        for (unit, prefix), officer in zip(WARDS.items(), WARD_DESKS, strict=True):
            _rate(office, _rows(prefix, unit, officer, WARD_PROCEDURE, 1, 12, month), low, month)


def plant_training() -> dict[str, list[Any]]:
    """A training year, coming sessions, certificates, a draw, an effect, needs and answers."""
    training_year.take_in_training()
    with db.transaction() as conn:
        conn.execute(update(Course).values(valid_months=3, topics="cho_lau"))
    with db.reading() as conn:
        held = queries.sessions(conn, year=2018)
        centre = organisation.unit_by_ref(conn, CENTRE)
        people = [p.officer_id for p in organisation.postings(conn) if p.unit_id == centre][:12]
    coming = [commands.plan_session(commands.SessionPlan(
        code=f"TH-1{n}", course_id=held[0].course_id, title="", audience="", room="", trainer="", capacity=30,
        has_test=False, slots=(Slot(date(2019, 2, 4 + n), "morning"),),
    ), actor=HR, now=YEAR_END) for n in range(2)]
    drawn = draws.apply(session_ids=coming, officers=[(one, "") for one in people], seats=[6, 6], seed=1,
                        waves=[1] * 6 + [2] * 6, actor=HR, now=YEAR_END)
    for one in held:
        certifying.issue(one.id, actor=HR, now=YEAR_END)
    requiring.require(held[0].course_id, "all", "", actor=HR, now=YEAR_END)
    ticking.set_checklist(held[0].course_id, [checklists.Item("Chào hỏi", True)], None, actor=HR, now=YEAR_END)
    notices.set_addresses({one: f"cb{one}@example.vn" for one in people}, actor=HR, now=YEAR_END)
    fourth = next(one for one in held if one.code == "TH-04")
    keep(fourth.id, FOUND, "a1")
    with db.reading() as conn:
        halves = {one: [h.id for h in queries.session(conn, one).half_days]
                  for one in [*coming, *(s.id for s in held)]}
        rows = queries.roster(conn, fourth.id)
        proofs = certificates.of_session(conn, fourth.id)
        officer = organisation.officer_by_code(conn, OFFICER)
        seated = [one.enrolment_id for one in queries.roster(conn, coming[0])[:1]]
    return {
        "session_id": [fourth.id, coming[0]], "half_day_id": [halves[fourth.id][0], halves[coming[0]][0]],
        "officer_id": [officer, rows[0].officer_id], "enrolment_id": [rows[0].enrolment_id, *seated],
        "certificate_id": [next(iter(proofs.values())).id], "draw_id": [drawn],
        "course_id": [fourth.course_id], "kind": ["csv", "xlsx", "svg", "room"],
        "name": ["trend", "weeks", "hours"], "code": [certificates.code_of(
            keys.current(), next(iter(proofs.values())).number), WARD_PROCEDURE],
    }


def _planted(made: Centre) -> None:
    """What must not be seen: each rating's name and slip, the words said, the officer's figures."""
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, OFFICER)
        period = periods.parse("2018-Q4")
        units = [one.id for one in organisation.receiving_units(conn)]
        standing = fairness.officers(conn, period.months, units)[str(officer)]
        ids = conn.execute(text("SELECT rating_id FROM rating_items")).scalars().all()
    assert len(ids) > 300
    assert standing.adjusted is not None
    good, bad = PLANTED[OFFICER]
    n = good + bad
    made.words = {"comment": SAID, "slip": "12.H49-181001-"} | {f"rating {one}": str(one) for one in ids}
    numbers = {"count": str(n), "share": f"{100 * good / n:.1f}", "mean": f"{(5 * good + 2 * bad) / n:.2f}",
               "adjusted": f"{100 * standing.adjusted:.1f}", "raw share": f"{good / n:.4f}"}
    made.figures = {what: re.compile(rf"(?<![\d.,]){one.replace('.', '[.,]')}(?!\d)")
                    for what, one in numbers.items()}


@pytest.fixture(scope="module")
def centre(installed_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    folder = tmp_path_factory.mktemp("walk")
    shutil.copytree(installed_dir, folder, dirs_exist_ok=True)
    settings = replace(make_settings(folder), smtp_url="smtp://127.0.0.1:9", public_url="http://kiosk.example")
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    clock.bind(clock.FrozenClock(START))
    unit = seed_organisation(START)
    _, token = devices.add("TAB-C01", unit_id=unit, counter_id=None, actor=SYSTEM, now=START)
    office = Office(folder, app.test_client(), app.test_client(), token, decides=False)
    _citizens(office)
    clock.bind(clock.FrozenClock(YEAR_END))
    reporting.decide(now=YEAR_END)
    reporting.read_comments()
    made = Centre(app, settings, plant_training())
    for role in ("hr", "inspector"):
        accounts.add_user(role, role=role, password="mot-mat-khau-dai", actor=SYSTEM, now=YEAR_END)
    with db.reading() as conn:
        user = account_queries.by_username(conn, "hr")
    assert user is not None
    made.ids["token"] = [feeds.renew(user.id, actor=HR, now=YEAR_END)]
    _planted(made)
    real = typst.compile

    def compile_(*given: Any, **named: Any) -> Any:
        made.printed.append(named["sys_inputs"]["data"])
        return real(*given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typst, "compile", compile_)
        yield made
    db.current().dispose()
    clock.bind(clock.Clock())


def addresses(made: Centre, rule: Rule) -> list[str]:
    """The rule filled with each planted id, and asked in several ways; none if an id is not planted."""
    names = sorted(rule.arguments)
    if any(name not in made.ids for name in names):
        return []
    found = []
    with made.app.test_request_context():
        for n, values in enumerate(product(*(made.ids[name] for name in names))):
            asked = dict(zip(names, values, strict=True))
            if n or rule.rule.endswith(".pdf"):
                more = QUERIES[:1]
            elif rule.rule.startswith("/hr"):
                more = QUERIES
            else:
                more = tuple(one for one in QUERIES if "period" in one)
            found += [url_for(rule.endpoint, **{**extra, **NAMED.get(rule.endpoint, {}), **asked})
                      for extra in more]
    return found


def as_text(data: bytes) -> str:
    """What an answer says: the parts of a workbook, else the text itself; see ``printed`` for PDF."""
    if data.startswith(b"%PDF"):
        return ""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = "\n".join(book.read(one).decode("utf-8") for one in book.namelist()
                              if one.endswith(".xml"))
        return re.sub(r't="s"><v>\d+</v>', ">", parts)  # places in the list of strings
    return data.decode("utf-8", "replace")


def rules(made: Centre) -> list[Rule]:
    return [one for one in made.app.url_map.iter_rules()
            if "GET" in (one.methods or ()) and one.endpoint not in ("static", "auth.logout")]


def forms_of(made: Centre) -> list[dict[str, Any]]:
    """An empty form, one full of what no form wants, and one with names that the forms know."""
    officer = made.ids["officer_id"][1]
    known = {
        "officer_ids": [str(officer)], "officer_id": str(officer), "officer": OFFICER, "state": "enrolled",
        "session_ids": [str(one) for one in made.ids["session_id"]], "reason": "đi công tác", "to": "declined",
        "course_id": str(made.ids["course_id"][0]), "code": "TH-99", "name": "Lớp thử", "year": "2019",
        "day-0": "5/3/2019", "morning-0": "1", "units": ["4"], "seed": "7", "what": "exempt",
        "until": "31/12/2019", "mark": "absent", "item": "0", "met": "yes", "email": "a@b.vn",
        "cost_vnd": "1000", "sheet": "AAAAA", "number": "1", "version": "a1", "title": "Giám đốc",
        "item-0": "Chào hỏi", "must-0": "1", "hours": "8", "kind": "room", "seats": "30",
    }
    return [{}, dict.fromkeys(known, "«x»' 1.5"), known]


def test_what_is_planted_can_be_seen_by_who_may(centre: Centre) -> None:
    """The inspector's pages hold each secret: the walk below looks for what there is."""
    reader = centre.client("inspector")
    seen = as_text(reader.get("/manage/officers?period=2018-Q4&unit=HL-TTHCC").data)
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, OFFICER)
    seen += as_text(reader.get(f"/manage/officers/{officer}?period=2018-Q4").data)
    seen += as_text(reader.get("/manage/comments?period=2018-Q4").data)
    assert {"comment", "count", "share", "adjusted"} <= set(centre.leaks(seen))
    assert any(tier in html.unescape(seen) for tier in TIERS)


def test_no_address_tells_the_training_office_of_one_officer_or_rating(centre: Centre) -> None:
    hr, found, reached = centre.client("hr"), [], set()
    for rule in rules(centre):
        asked = addresses(centre, rule)
        assert asked or not rule.rule.startswith("/hr"), f"plant what {rule.rule} needs"
        for address in asked:
            answer = hr.get(address)
            said = as_text(answer.data)
            if answer.status_code == 200:
                reached.add(rule.endpoint)
            tiers = [one for one in TIERS if rule.rule.startswith("/hr") and one in html.unescape(said)]
            found += [(address, what) for what in centre.leaks(said) + tiers]
    assert found == []
    own = {one.endpoint for one in rules(centre) if one.rule.startswith("/hr")}
    assert own - reached == OF_OTHERS
    assert len(centre.printed) >= 3, "certificate, transcript and sign-in sheet were set"
    assert [leak for page in centre.printed for leak in centre.leaks(page)] == []


def test_no_letter_tells_of_one_officer_or_rating(centre: Centre) -> None:
    assert watching.tell_of_training(centre.settings, now=YEAR_END) > 0
    assert watching.remind_of_certificates(centre.settings, now=YEAR_END) >= 0
    with db.reading() as conn:
        sent = conn.execute(text("SELECT subject, body, calendar FROM outgoing_messages")).all()
    assert len(sent) >= 12
    assert [leak for one in sent for part in one for leak in centre.leaks(part)] == []


def test_wards_of_four_are_groups_only_together_and_four_officers_none(centre: Centre) -> None:
    page = html.unescape(centre.client("hr").get("/hr/needs?period=2018-Q4").text)
    with db.reading() as conn:
        names = {u.ref: u.name("vi") for u in organisation.receiving_units(conn)}
        at = requirements.postings_on(conn, YEAR_END.date())
        units = [one.id for one in organisation.receiving_units(conn)]
        period = needs.span("2018-Q4")
        desks = [organisation.officer_by_code(conn, one) for one in WARD_DESKS]
        told, fewer = (needs.of_groups(conn, period, who, units, ["cho_lau"], "vi").needs for who in (
            at, {one: place for one, place in at.items() if one != desks[0]}))
    heads = re.findall(r"<h2>([^<]*)</h2>", page)
    assert "Thủ tục: Đăng ký khai sinh" in heads
    assert not [head for head in heads if any(head.endswith(names[ward]) for ward in WARDS)]
    assert ("procedure", WARD_PROCEDURE) in {(one.kind, one.key) for one in told}
    assert ("procedure", WARD_PROCEDURE) not in {(one.kind, one.key) for one in fewer}
    assert min(len(one.officers) for one in (*told, *fewer)) >= 5


def test_no_answer_to_a_form_tells_the_training_office_of_one_officer_or_rating(centre: Centre) -> None:
    """Last in this file: what can be done is done. Errors, what a page says next, and where it leads."""
    hr, found = centre.client("hr"), []
    answers: dict[str, set[int]] = {}
    for rule in [one for one in centre.app.url_map.iter_rules()
                 if "POST" in (one.methods or ()) and one.rule.startswith("/hr")]:
        asked = sorted({one if rule.endpoint in NAMED else one.partition("?")[0]
                        for one in addresses(centre, rule)})
        assert asked, f"plant what {rule.rule} needs"
        for address, form in product(asked, forms_of(centre)):
            answer = hr.post(address, data=form)
            answers.setdefault(rule.endpoint, set()).add(answer.status_code)
            said = [answer.headers.get("Location", ""), as_text(answer.data)]
            if answer.status_code in (302, 303):
                said.append(as_text(hr.get(answer.headers["Location"]).data))
            found += [(address, what) for one in said for what in (
                *centre.leaks(one), *(tier for tier in TIERS if tier in html.unescape(one)))]
    assert found == []
    reached = [one for one, codes in answers.items() if codes & {200, 303, 422}]
    assert set(answers) - set(reached) == FORMS_OF_OTHERS
    assert {code for codes in answers.values() for code in codes} <= {200, 303, 400, 403, 404, 409, 422}
