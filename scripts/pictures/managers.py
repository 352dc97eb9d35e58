"""Managers, officers and administrators: their pages with figures, without, and when they fail."""

from __future__ import annotations

from collections.abc import Callable

from scripts.pictures.camera import Offices

PAGES = (
    ("manager", "overview", "/manage/"),
    ("manager", "overview-field", "/manage/?period=2018-Q4&field=3"),
    ("manager", "overview-unit", "/manage/?period=2018-12&unit=P-TUANCHAU"),
    ("manager", "overview-few", "/manage/?period=2018-12&unit=P-TUANCHAU&channel=paper"),
    ("manager", "overview-none", "/manage/?period=2017&unit=P-TUANCHAU"),
    ("manager", "officers", "/manage/officers?period=2018"),
    ("manager", "officer-one", "/manage/officers/9?period=2018-Q4"),
    ("manager", "procedures", "/manage/procedures?period=2018-Q4"),
    ("manager", "procedure-one", "/manage/procedures/1.900001?period=2018"),
    ("manager", "units", "/manage/units?period=2018&on=2025-07-01"),
    ("manager", "service", "/manage/service?period=2018"),
    ("manager", "service-field", "/manage/service?period=2018&by=field"),
    ("manager", "quality", "/manage/quality?period=2018-Q4"),
    ("manager", "alerts", "/manage/alerts"),
    ("manager", "comments", "/manage/comments?period=2018"),
    ("manager", "comments-none", "/manage/comments?period=2018&q=xyz"),
    ("manager", "glossary", "/manage/glossary"),
    ("manager", "not-found", "/manage/officers/99999"),
    ("officer", "forbidden", "/admin/users"),
    ("officer", "own", "/manage/own?period=2018"),
    ("officer", "slips", "/desk/slips"),
    ("administrator", "tablets", "/admin/tablets"),
    ("administrator", "users", "/admin/users"),
    ("administrator", "audit", "/admin/audit"),
)
"""Role, screen, address."""
NARROW = (1024, 768)


def shoot(offices: Offices, finish: Callable[[], object]) -> None:
    """Every page; ``finish`` is a round of the background work, after which an export is ready."""
    for role, screen, path in PAGES:
        offices.shoot(role, screen, path)
    for screen, path in (("overview", "/manage/"), ("officers", "/manage/officers?period=2018")):
        offices.shoot("manager", screen, path, NARROW, whole=False)
    page = offices.page("manager")
    for screen, path in (("print-overview", "/manage/"),
                         ("print-officers", "/manage/officers?period=2018")):
        page.goto(offices.base + path)
        page.wait_for_load_state("networkidle")
        offices.take.printed(page, screen)
    _failing(offices)
    _exported(offices, finish)


def _exported(offices: Offices, finish: Callable[[], object]) -> None:
    """The page of exports with one that is ready."""
    page = offices.page("manager")
    page.goto(offices.base + "/manage/exports")
    page.click("main button.primary")
    page.wait_for_load_state("load")
    finish()
    page.goto(offices.base + "/manage/exports")
    offices.take(page, "exports", whole=True)


def _failing(offices: Offices) -> None:
    """Charts that do not come: the network is cut between page and chart."""
    page = offices.page("manager").context.new_page()
    page.route("**/charts/*.svg*", lambda route: route.abort())
    page.goto(offices.base + "/manage/")
    page.wait_for_load_state("networkidle")
    offices.take(page, "overview-failing")
