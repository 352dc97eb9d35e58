"""What happens at the centre moves nothing on the pages of a ward's manager."""

from __future__ import annotations

from kiosk_app.accounts import commands as accounts
from kiosk_app.core.audit import SYSTEM
from tests.integration.alive import reading, world
from tests.integration.alive.case import on_sqlite
from tests.integration.alive.conftest import Reader
from tests.integration.alive.reading import text
from tests.integration.alive.test_alerts_page import _alarm
from tests.integration.alive.test_quality_page import _nobody, _screened
from tests.integration.alive.world import CENTRE, SEPTEMBER, SLOW, WARD, code, codes, rate
from tests.signing import signed_in

PAGES = ("", "officers", "procedures", "service", "quality", "comments", "units", "alerts")


def _pages(manager: Reader) -> dict[str, str]:
    return {name: text(manager.page(f"/manage/{name}?period=2018-10")) for name in PAGES}


@on_sqlite
def test_a_wards_manager_sees_nothing_move(reader: Reader) -> None:
    accounts.add_user(
        "lanh.dao", role="manager", unit_id=world.tablet_of(WARD)[1], officer_id=None,
        password="mot-mat-khau-dai", actor=SYSTEM, now=SEPTEMBER,
    )
    manager = Reader(signed_in(reader.client.application.test_client(), "lanh.dao"))
    _nobody()  # the year was screened, so that only whom it names can differ
    before = _pages(manager)
    assert "Phường Bạch Đằng" in before["quality"]
    rate(CENTRE, codes(CENTRE, 21), (1, 1, 1, 2, 3), comment=SLOW, reasons=["cho_lau"])
    rate(CENTRE, [code(CENTRE, 7777)], [1], skip=2)
    world.take_in([world.dossier(CENTRE, 261)])
    world.report(CENTRE, skew_ms=90_000, battery=5)
    _screened(CENTRE)
    _alarm(CENTRE, 20181001, 20181012)
    world.work()
    assert _pages(manager) == before
    assert "missing" in reader.page("/manage/quality?period=2018-10")
    assert reading.saying(reader.page("/manage/alerts")).startswith("1 thay đổi")
