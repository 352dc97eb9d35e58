"""Every route × every role × own and foreign unit, against the product's matrix written out anew.

A route without a line in ``ROUTES`` fails: nothing is reachable that nobody thought about.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk_app import create_app
from kiosk_app.accounts import commands as accounts
from kiosk_app.accounts import queries as account_queries
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.organisation import queries as organisation
from kiosk_app.paper import commands as paper
from kiosk_app.training import queries as training
from kiosk_app.web import access
from kiosk_app.web.presentation import ANSWERED_ON
from tests import training_year
from tests.conftest import make_settings

ROLES = ("officer", "manager", "case_handler", "hr", "inspector", "auditor", "administrator")
EVERY = dict.fromkeys(ROLES, "all")
FEEDS = dict.fromkeys(("officer", "manager", "hr", "auditor"), "all")
SEES: dict[str, dict[str, str]] = {
    "figures": EVERY | {"officer": "own", "manager": "own"},
    "figures_officers": {
        "officer": "own", "manager": "own", "inspector": "all", "auditor": "all",
    },
    "integrity": {"manager": "own", "inspector": "all", "auditor": "all"},
    "alerts": {"manager": "own", "inspector": "all", "auditor": "all"},
    "comments": {"manager": "own", "inspector": "all", "auditor": "all"},
    "training": {"officer": "self", "manager": "own", "hr": "all", "auditor": "all"},
    "accounts": {"auditor": "all", "administrator": "all"},
    "tablets": {"manager": "own", "auditor": "all", "administrator": "all"},
    "audit": {"inspector": "all", "auditor": "all", "administrator": "all"},
    "desk": {"officer": "own"}, "own_training": {"officer": "own"}, "own_feed": FEEDS,
    "intake": {"auditor": "all", "administrator": "all"},
    "administration": dict.fromkeys(("manager", "inspector", "auditor", "administrator"), "all"),
}
CHANGES = {
    "integrity": {"manager": "own", "inspector": "all"}, "alerts": {"manager": "own"},
    "comments": {"manager": "own", "inspector": "all"},
    "figures": {r: "all" for r in ROLES if r != "officer"} | {"manager": "own"},
    "figures_officers": {"officer": "own"}, "training": {"hr": "all"}, "accounts": {"administrator": "all"}, "desk": {"officer": "own"},
    "intake": {"administrator": "all"}, "own_training": {"officer": "own"}, "own_feed": FEEDS,
}
ROUTES: dict[str, tuple[str, str]] = {
    # endpoint: (who, what its address names of a unit)
    "static": ("public", ""), "auth.home": ("public", ""), "auth.login": ("public", ""),
    "auth.logout": ("public", ""), "public.healthz": ("public", ""),
    "public.readyz": ("public", ""), "public.metrics": ("public", ""),
    "public.seals": ("public", ""), "public.follow": ("public", ""),
    "trust.page": ("public", ""), "trust.certificate": ("public", ""),
    "kiosk.service_worker": ("public", ""), "kiosk.tablet": ("public", ""), "kiosk.form_receipt": ("public", ""),
    "kiosk.form_rate": ("public", ""), "kiosk.form_why": ("public", ""),
    "kiosk.form_thanks": ("public", ""), "kiosk.form_survey": ("public", ""),
    "kiosk.form_survey_end": ("public", ""), "phone.rate": ("public", ""), "phone.why": ("public", ""),
    "phone.thanks": ("public", ""), "phone.questions": ("public", ""),
    "phone.questions_end": ("public", ""), "phone.contest": ("public", ""), "api.openapi": ("public", ""),
    "api.request_pairing": ("public", ""), "api.poll_pairing": ("public", ""),
    "api.bootstrap": ("token", ""), "api.heartbeat": ("token", ""), "api.ratings": ("token", ""),
    "api.receipts": ("token", ""), "api.contest": ("token", ""),
    "api.call": ("token", ""), "api.put_dossier": ("token", ""), "api.put_dossiers": ("token", ""),
    "api.counters": ("token", ""), "api.seat": ("token", ""), "api.set_seat": ("token", ""),
    "api.invite": ("token", ""), "api.newest_invitation": ("token", ""),
    "api.invitation": ("token", ""), "api.withdraw_newest": ("token", ""),
    "api.withdraw_invitation": ("token", ""),
    "manage.overview": ("figures", "unit"), "manage.procedures": ("figures", "unit"),
    "manage.service": ("figures", "unit"), "manage.chart": ("figures", "unit"),
    "manage.officers": ("figures_officers", "unit"), "manage.units": ("figures", "unit"),
    "manage.officers_chart": ("figures_officers", "unit"),
    "manage.procedures_chart": ("figures", "unit"), "manage.procedure": ("figures", "unit"),
    "manage.procedure_course": ("figures", "unit"),
    "manage.officer": ("figures_officers", "figures"),
    "manage.officer_course": ("figures_officers", "figures"),
    "manage.own": ("figures_officers", "self"), "manage.reply": ("figures_officers!", "self"),
    "manage.quality": ("integrity", "unit"), "manage.decide": ("integrity!", ""),
    "manage.alerts": ("alerts", "unit"), "manage.acknowledge": ("alerts!", "unknown"),
    "manage.set_budget": ("alerts!", "unknown"),
    "manage.comments": ("comments", "unit"), "manage.redact": ("comments!", "unknown"),
    "manage.glossary": ("figures", "list"), "manage.exports": ("figures", "unit"), "manage.ask_export": ("figures!", "unknown"),
    "manage.fetch_export": ("figures", "unknown"), "manage.chart_file": ("figures", "drawn"),
    "api.results": ("figures", "unit"),
    "hr.index": ("training", ""), "hr.courses": ("training", "list"), "hr.staff": ("training", ""),
    "hr.export_sessions": ("training", "list"),
    "hr.export_staff": ("training", "list"),
    "hr.session": ("training", "session"), "hr.roster": ("training", "session"),
    "hr.attendance": ("training", "session"), "hr.results": ("training", "session"),
    "hr.export_roster": ("training", "session"), "hr.record": ("training", "person"),
    "hr.new_session": ("training!", ""), "hr.add_course": ("training!", ""),
    "hr.plan_session": ("training!", ""), "hr.enrol": ("training!", "session"),
    "hr.withdraw": ("training!", "session"), "hr.hold": ("training!", "session"),
    "hr.export_plan": ("training", "list"), "hr.export_calendar": ("training", "list"),
    "hr.export_courses": ("training", "list"), "hr.export_certificates": ("training", "session"),
    "hr.export_corrections": ("training", "session"), "hr.export_reactions": ("training", "session"),
    "hr.export_effect": ("training", "session"), "hr.marks_chart": ("training", "session"),
    "hr.export_needs": ("training!", ""), "hr.export_requirements": ("training!", ""),
    "hr.export_draw": ("training!", "unknown"),
    "public.certificate": ("public", ""),
    "hr.certificates": ("training", "session"), "hr.issue_certificates": ("training!", "session"),
    "hr.certificate_pdf": ("training", "unknown"), "hr.revoke_certificate": ("training!", "unknown"),
    "hr.transcript": ("training", "person"), "hr.transcript_workbook": ("training", "person"),
    "hr.session_certificates_pdf": ("training", "session"), "hr.days_off": ("training!", ""),
    "hr.needs": ("training!", ""), "hr.requirements": ("training!", ""),
    "hr.change_requirements": ("training!", ""), "hr.matrix": ("training", "list"),
    "hr.export_matrix": ("training", "list"), "hr.gaps": ("training", "list"), "hr.export_gaps": ("training", "list"),
    "hr.effect": ("training", "session"), "hr.effect_chart": ("training", "session"),
    "hr.publish_effect": ("training!", "session"),
    "hr.cancel": ("training!", "session"), "hr.record_attendance": ("training!", "session"),
    "hr.record_results": ("training!", "session"), "hr.substitute": ("training!", "session"), "hr.set_cost": ("training!", "session"), "hr.set_addresses": ("training!", "session"),
    "hr.edit_session": ("training!", "session"), "hr.change_session": ("training!", "session"),
    "hr.screen": ("training!", "half"), "hr.call": ("training!", "half"), "hr.call_one": ("training!", "half"),
    "hr.sheet": ("training!", "half"), "hr.key_sheet": ("training!", "half"),
    "hr.take_sheet": ("training!", "half"), "hr.own": ("own_training", ""),
    "hr.course": ("training", "course"), "hr.change_course": ("training!", "course"),
    "hr.resources": ("training", "list"), "hr.add_resource": ("training!", ""),
    "hr.resource": ("training!", "unknown"), "hr.change_resource": ("training!", "unknown"),
    "hr.year_plan": ("training", "list"), "hr.set_plan": ("training!", ""),
    "hr.calendar": ("training", ""), "hr.feed": ("public", ""), "hr.feed_page": ("own_feed", ""),
    "hr.renew_feed": ("own_feed", ""),
    "hr.set_checklist": ("training!", "course"), "hr.practice": ("training!", "unknown"), "hr.tick": ("training!", "unknown"),
    "hr.own_reaction": ("own_training", "unknown"), "hr.reaction": ("public", ""), "hr.react": ("public", ""),
    "hr.check_in": ("own_training!", ""), "hr.answer": ("own_training!", "unknown"),
    "hr.new_draw": ("training!", ""), "hr.make_draw": ("training!", ""), "hr.draw": ("training!", "unknown"),
    "admin.index": ("administration", ""), "admin.tablets": ("tablets", ""), "admin.users": ("accounts", ""),
    "admin.audit": ("audit", ""), "admin.audit_csv": ("audit", ""),
    "admin.approve_tablet": ("accounts!", ""),
    "admin.revoke_tablet": ("accounts!", ""), "admin.disable_user": ("accounts!", ""),
    "admin.paper": ("intake", ""), "admin.paper_batch": ("intake", ""),
    "admin.key_paper": ("intake!", ""), "admin.close_paper": ("intake!", ""),
    "admin.unmatched_page": ("intake", ""), "admin.match": ("intake!", ""),
    "desk.slips_page": ("desk", ""), "desk.slip_print": ("desk", ""), "desk.print_page": ("desk", ""),
    "desk.index": ("desk", ""), "desk.seat": ("desk!", ""), "desk.pulse": ("desk", ""),
    "desk.invite": ("desk!", ""), "desk.withdraw": ("desk!", ""),
}
"""``!``: a change. ``token``: no login opens it."""
EDITORS_READ = {
    "hr.needs", "hr.requirements",
    "hr.new_session", "hr.days_off", "hr.resource", "hr.new_draw", "hr.draw", "hr.edit_session", "hr.screen", "hr.call", "hr.sheet",
    "hr.key_sheet", "hr.practice", "hr.export_needs", "hr.export_requirements", "hr.export_draw",
}
"""Pages to look at that only who may change gets."""
LET_IN = {200, 201, 204, 302, 303, 400, 409, 422}


@dataclass
class House:
    """An installation with a training year, and one client of each role at one unit."""

    app: Flask
    users: dict[str, tuple[int, int]] = field(default_factory=dict)
    values: dict[str, dict[str, dict[str, object]]] = field(default_factory=dict)

    def client(self, role: str) -> FlaskClient:
        """A browser in which the role has just logged in."""
        made = self.app.test_client()
        if role in self.users:
            with made.session_transaction() as kept:
                kept["user_id"], kept["epoch"] = self.users[role]
        return made


def _add(role: str, unit_id: int | None, officer_id: int | None) -> tuple[int, int]:
    accounts.add_user(
        f"the-{role}", role=role, unit_id=unit_id, officer_id=officer_id,
        password="mot-mat-khau-dai", actor=SYSTEM, now=training_year.YEAR_END,
    )
    with db.reading() as conn:
        user = account_queries.by_username(conn, f"the-{role}")
    assert user is not None
    return user.id, user.session_epoch


def _places() -> tuple[int, str, int, str, int, int, int, int]:
    """Own ward and officer, a foreign ward and officer, a session of each ward's people only."""
    with db.reading() as conn:
        wards = {u.id: u.ref for u in organisation.receiving_units(conn) if u.ref != "HL-TTHCC"}
        postings = organisation.postings(conn)
        attended = {
            ward: {s.id for s in training.sessions(conn, year=2018, unit_ids=[ward]) if s.enrolled}
            for ward in wards
        }
    people = {p.unit_id: p.officer_id for p in postings if p.unit_id in wards}
    for own, foreign in product(people, people):
        mine, theirs = attended[own] - attended[foreign], attended[foreign] - attended[own]
        if mine and theirs:
            return (own, wards[own], foreign, wards[foreign], people[own], people[foreign],
                    min(mine), min(theirs))
    raise AssertionError("no two wards sent people to different sessions")


@pytest.fixture(scope="module")
def house(installed_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("access")
    shutil.copytree(installed_dir, folder, dirs_exist_ok=True)
    app = create_app(make_settings(folder))
    app.config["WTF_CSRF_ENABLED"] = False
    clock.bind(clock.FrozenClock(training_year.YEAR_END))
    training_year.take_in_organisation()
    training_year.take_in_procedures()
    training_year.take_in_training()
    own, own_ref, _foreign, foreign_ref, person, stranger, session, other = _places()
    made = House(app)
    for role in ROLES:
        bound = role in ("officer", "manager")
        made.users[role] = _add(
            role, own if bound else None, person if role == "officer" else None
        )
    shown = {"kind": "csv", "name": "trend", "poll": "x", "secret": "x", "token": "x" * 40,
             "rating_id": "00000000-0000-4000-8000-000000000000",
             "filename": "htmx.min.js", "username": "a-leaver", "code": "1.001193", "ref": "x",
             "counter_id": 1, "draw_id": 999, "certificate_id": 999, "enrolment_id": 999, "session_id": 999}
    with db.reading() as conn:
        halves = {one: {"session_id": one, "half_day_id": training.session(conn, one).half_days[0].id}
                  for one in (session, other)}
    made.values = {
        "own": {"": shown, "list": shown, "unit": shown | {"unit": own_ref},
                "session": shown | {"session_id": session}, "half": halves[session], "person": {"officer_id": person},
                "course": {"course_id": 1}, "figures": {"officer_id": person}, "self": shown, "unknown": shown,
                "drawn": shown | {"unit": own_ref, "kind": "svg"}},
        "foreign": {"": shown, "list": shown, "unit": shown | {"unit": foreign_ref},
                    "session": shown | {"session_id": other}, "half": halves[other], "person": {"officer_id": stranger},
                    "course": {"course_id": 1}, "figures": {"officer_id": stranger}, "self": shown, "unknown": shown,
                    "drawn": shown | {"unit": foreign_ref, "kind": "svg"}},
    }
    accounts.add_user("a-leaver", role="auditor", actor=SYSTEM, now=training_year.YEAR_END)
    device, _token = devices.add(
        "T1", unit_id=own, counter_id=None, actor=SYSTEM, now=training_year.YEAR_END
    )
    shown["device_id"] = device  # type: ignore[assignment]
    shown["batch_id"] = paper.open_batch(  # type: ignore[assignment]
        own, double_keyed=False, actor=SYSTEM, now=training_year.YEAR_END
    )
    yield made
    db.current().dispose()
    clock.bind(clock.Clock())


def ask(house: House, role: str, endpoint: str, method: str, place: str) -> int:
    """The status that the role gets."""
    _who, names = ROUTES[endpoint]
    values = house.values[place][names]
    rule = next(r for r in house.app.url_map.iter_rules(endpoint) if method in (r.methods or ()))
    used = {k: v for k, v in values.items() if k in rule.arguments or k == "unit"}
    with house.app.test_request_context():
        from flask import url_for

        address = url_for(endpoint, **used)  # type: ignore[arg-type]
    return house.client(role).open(address, method=method).status_code


def expected(role: str, endpoint: str, method: str, place: str) -> set[int]:
    """The statuses that the product's matrix allows."""
    who, names = ROUTES[endpoint]
    if who == "public":
        return LET_IN | {404} | ({401} if (endpoint, method) == ("auth.login", "POST") else set())
    if who == "token":
        return {401}
    if role == "nobody":
        return {303} if method == "GET" and not endpoint.startswith("api.") else {401}
    changing = who.endswith("!") or method == "POST"
    kind = who.rstrip("!")
    far = (CHANGES.get(kind, {}) if changing else SEES[kind]).get(role)
    if far is None:
        return {403}
    if far == "self" and names in ("session", "list", "course"):
        return {403}
    if names == "unknown":  # what nobody holds; a budget is set by who sees every unit
        return {403} if endpoint == "manage.set_budget" else {404}
    if names == "self":
        return LET_IN if role == "officer" else {404}
    if endpoint in ("manage.officers_chart", "manage.officer_course") and role == "officer":
        return {404}  # a funnel shows the others; the own course needs ratings enough
    if endpoint in ("desk.slip_print", "desk.print_page"):
        return {404}
    if place == "foreign" and names not in ("", "list", "course") and far in ("own", "self"):
        return {404}
    return LET_IN


def cases() -> list[tuple[str, str]]:
    """Endpoint and method of every route that the table names."""
    methods = {"auth.login": ("GET", "POST"), "admin.users": ("GET", "POST")}
    methods |= {f"kiosk.form_{n}": ("GET", "POST") for n in ("receipt", "rate", "why", "thanks", "survey",
                                                               "survey_end")}
    methods |= {f"phone.{n}": ("GET", "POST") for n in ("rate", "why", "thanks", "questions", "questions_end")}
    methods["admin.paper"] = ("GET", "POST")
    methods["desk.slips_page"] = ("GET", "POST")
    methods |= {"api.put_dossier": ("PUT",), "api.set_seat": ("PUT",)}
    methods |= {f"api.withdraw_{n}": ("DELETE",) for n in ("newest", "invitation")}
    posts = ("phone.contest", "auth.logout", "api.request_pairing", "api.heartbeat", "api.ratings",
             "api.contest", "api.put_dossiers", "api.invite", "hr.react", "hr.renew_feed")
    return [
        (endpoint, method)
        for endpoint, (who, _names) in ROUTES.items()
        for method in methods.get(
            endpoint,
            ("POST",) if endpoint in posts or (who.endswith("!") and endpoint not in EDITORS_READ)
            else ("GET",),
        )
    ]


def test_every_route_has_a_line_and_a_mark(house: House) -> None:
    found = {
        (rule.endpoint, method)
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == set(cases())
    unmarked = [e for e in ROUTES if access.mark_of(house.app, e) is None]
    assert unmarked == []


@pytest.mark.parametrize(("endpoint", "method"), cases())
def test_each_role_reaches_what_the_matrix_says(house: House, endpoint: str, method: str) -> None:
    wrong = []
    for role, place in product((*ROLES, "nobody"), ("own", "foreign")):
        got = ask(house, role, endpoint, method, place)
        if got not in expected(role, endpoint, method, place):
            wrong.append((role, place, got))
    assert wrong == []


LEAD_ON = {
    "auth.logout", "admin.disable_user", "admin.revoke_tablet", "hr.hold", "hr.cancel", "manage.set_budget",
    "desk.invite", "desk.withdraw", "desk.seat",
}
"""Forms that show no page of their own: they lead on to one, or refuse with a page of errors."""


def test_every_refused_form_knows_the_page_it_stands_on(house: House) -> None:
    """Or the language switch of a refused form would lead to an address that only takes forms."""
    rules = [rule for rule in house.app.url_map.iter_rules()
             if rule.endpoint.split(".")[0] in ("auth", "admin", "desk", "hr", "manage")]
    read = {rule.rule for rule in rules if "GET" in (rule.methods or ())}
    views = {rule.endpoint for rule in rules if rule.rule in read}
    lost = {rule.endpoint for rule in rules if rule.rule not in read} - LEAD_ON
    assert lost == set(ANSWERED_ON)
    assert set(ANSWERED_ON.values()) <= views


def test_a_view_without_a_mark_is_refused(house: House) -> None:
    house.app.view_functions["unmarked"] = lambda: "open"
    house.app.url_map.add(type(next(house.app.url_map.iter_rules()))("/x", endpoint="unmarked"))
    try:
        assert house.client("administrator").get("/x").status_code == 403
    finally:
        del house.app.view_functions["unmarked"]


def test_a_part_of_a_page_sends_its_page_to_the_login(house: House) -> None:
    """An ended session must not put the login form into the officer's console."""
    part = house.app.test_client().get("/desk/console", headers={
        "HX-Request": "true", "HX-Current-URL": "http://localhost/desk/?code=000.00.12.H49-181001-0007",
    })
    assert (part.status_code, part.text) == (204, "")
    assert part.headers["HX-Redirect"] == "/login?next=/desk/?code%3D000.00.12.H49-181001-0007"


def test_lists_hold_own_people_and_tablets_only(house: House) -> None:
    own, _ref, foreign, _other, person, stranger, _s, _o = _places()
    devices.add("TX", unit_id=foreign, counter_id=None, actor=SYSTEM, now=training_year.YEAR_END)
    with db.reading() as conn:
        named = organisation.officers(conn, [person, stranger])
    tablets = house.client("manager").get("/admin/tablets").text
    assert ">T1<" in tablets
    assert ">TX<" not in tablets
    for path in ("/hr/staff", "/hr/staff.csv"):
        listed = house.client("manager").get(path).text
        assert named[person].code in listed or named[person].full_name in listed
        assert named[stranger].code not in listed
    mine = house.client("officer").get("/hr/staff.csv")
    assert mine.status_code in (303, 403, 404) or named[stranger].code not in mine.text
    assert own != foreign
