"""The full survey and the request to be called back, on the tablet and as plain forms."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from kiosk_app.core import db, keys
from kiosk_app.feedback import contact, recount
from kiosk_app.questionnaires import builtin
from tests.browser.tablet import FLAGS, faces, rows, tap, within
from tests.servers import Server

pytestmark = pytest.mark.browser
REF = builtin.survey()["ref"]


def begin_survey(page: Page, level: int = 4) -> None:
    faces(page)
    tap(page, level)
    page.click("[data-act=send]")
    page.click("[data-act=survey]")
    page.wait_for_selector(".k-survey .opt3")


def choose(page: Page, value: object) -> None:
    page.click(f"label:has(input[name=answer][value='{value}'])")


def newest_survey() -> tuple[dict[str, object], str | None]:
    found = rows("SELECT answers, relates_to FROM rating_items WHERE kind = 'survey' ORDER BY id DESC LIMIT 1")
    return (json.loads(str(found[0][0])), str(found[0][1])) if found else ({}, None)


def test_the_tablet_walks_as_the_service_does(page: Page) -> None:
    table = json.loads((Path(__file__).parents[1] / "data" / "branching_cases.json").read_text("utf-8"))
    walked = page.evaluate("""async (table) => {
      const { walk, kept } = await import('/static/tablet/branching.js');
      return table.cases.map((c) => Object.assign(
        walk(table.surveys[c.survey], c.answers), { kept: kept(table.surveys[c.survey], c.answers) }));
    }""", table)
    wanted = [{k: c[k] for k in ("answered", "now", "left", "kept")} for c in table["cases"]]
    assert walked == wanted


def test_a_survey_is_answered_changed_stopped_and_kept(page: Page) -> None:
    before = len(rows("SELECT 1 FROM rating_items WHERE kind = 'rating'"))
    begin_survey(page)
    assert page.inner_text("[data-slot=total]") == "10"
    page.click("[data-act=survey-next]")
    expect(page.locator("[data-slot=choose]")).to_be_visible()
    choose(page, 2)
    page.click("[data-act=survey-next]")
    assert "công khai" in page.inner_text("#sq"), "never contacted: the second criterion is skipped"
    assert page.inner_text("[data-slot=total]") == "9"
    page.click("[data-act=survey-back]")
    assert page.is_checked("input[name=answer][value='2']")
    choose(page, 1)
    page.click("[data-act=survey-next]")
    assert "mấy cơ quan" in page.inner_text("#sq")
    choose(page, "na")
    page.click("[data-act=survey-next]")
    page.click("[data-act=survey-stop]")
    page.click("[data-act=done]")
    assert within(20, lambda: newest_survey()[0] == {"tc3": 1, "tc4": "na"})
    ratings = rows("SELECT rating_id FROM rating_items WHERE kind = 'rating' ORDER BY id DESC")
    assert (len(ratings), newest_survey()[1]) == (before + 1, ratings[0][0])
    with db.reading() as conn:
        assert recount.check(conn) == []


def test_what_was_answered_is_kept_when_the_person_leaves_or_the_page_goes(
    centre: Server, tablet: BrowserContext
) -> None:
    page = tablet.new_page()
    page.clock.install()
    page.goto(f"{centre.address}/kiosk")
    page.wait_for_selector("html[data-ready=yes]")
    begin_survey(page)
    choose(page, 0)
    page.clock.fast_forward(61_000)
    page.clock.run_for(1000)
    page.wait_for_selector(".k-idle .start")
    assert within(20, lambda: newest_survey()[0] == {"tc3": 0})
    page.close()
    again = tablet.new_page()
    again.goto(f"{centre.address}/kiosk")
    again.wait_for_selector("html[data-ready=yes]")
    begin_survey(again)
    choose(again, 1)
    again.wait_for_function(
        "async () => (await new Promise((done) => { const r = indexedDB.open('kiosk'); r.onsuccess = () => {"
        " const q = r.result.transaction('drafts').objectStore('drafts').count();"
        " q.onsuccess = () => { r.result.close(); done(q.result); }; }; })) === 1"
    )
    again.reload()
    again.wait_for_selector(".k-idle .start")
    assert again.locator("input[name=answer]").count() == 0
    assert within(20, lambda: newest_survey()[0] == {"tc3": 1})
    again.close()


def test_answers_can_be_withdrawn_and_the_rating_stays(page: Page) -> None:
    surveys = len(rows("SELECT 1 FROM rating_items WHERE kind = 'survey'"))
    ratings = len(rows("SELECT 1 FROM rating_items WHERE kind = 'rating'"))
    begin_survey(page)
    choose(page, 2)
    page.click("[data-act=survey-stop]")
    page.click("[data-act=withdraw]")
    page.wait_for_selector(".k-idle .start")
    assert within(20, lambda: len(rows("SELECT 1 FROM rating_items WHERE kind = 'rating'")) == ratings + 1)
    assert len(rows("SELECT 1 FROM rating_items WHERE kind = 'survey'")) == surveys


def test_who_wants_an_answer_leaves_a_number_that_only_the_key_opens(page: Page) -> None:
    faces(page)
    tap(page, 2)
    page.click("[data-act=comment]")
    page.fill("textarea", "Chờ quá lâu")
    page.click("label.opt")
    page.fill("input[name=phone]", "0912")
    page.click("[data-act=send]")
    expect(page.locator("[data-slot=phonewrong]")).to_be_visible()
    page.fill("input[name=phone]", "0912 345 678")
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    assert within(20, lambda: len(rows("SELECT 1 FROM rating_items WHERE kind = 'contact'")) == 1)
    (sealed,) = rows("SELECT contact FROM rating_erasables WHERE contact IS NOT NULL")
    opened = contact.decrypt(keys.current(), str(sealed[0]))
    assert opened == {"phone": "0912345678", "consent_version": contact.CONSENT}
    (wish,) = rows("SELECT relates_to FROM rating_items WHERE kind = 'contact'")
    assert rows(f"SELECT level FROM rating_items WHERE rating_id = '{wish[0]}'") == [(2,)]
    faces(page)
    tap(page, 2)
    page.click("[data-act=comment]")
    assert page.input_value("textarea") == ""
    assert not page.is_checked("input[name=callback]")
    page.click("[data-act=skip]")
    page.click("[data-act=withdraw]")


def test_survey_and_wish_work_as_plain_forms(
    centre: Server, tablet: BrowserContext, playwright_: Playwright
) -> None:
    cookies = [c for c in tablet.cookies() if c["name"] == "kiosk_device"]
    browser = playwright_.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(cookies)  # type: ignore[arg-type]
    page = plain.new_page()
    page.goto(f"{centre.address}/kiosk")
    page.click("a[data-act=without]")
    page.click(".tile.t3")
    page.check("input[name=callback]", force=True)
    page.fill("input[name=phone]", "12")
    page.click("[data-act=send]")
    expect(page.locator("[data-slot=phonewrong]")).to_be_visible()
    page.check("input[name=callback]", force=True)
    page.fill("input[name=phone]", "0987654321")
    page.click("[data-act=send]")
    page.click("[data-act=survey]")
    page.click("text=Câu tiếp")
    expect(page.locator("p.msg.bad")).to_be_visible()
    page.check("input[name=answer][value='2']", force=True)
    page.click("text=Câu tiếp")
    assert "công khai" in page.inner_text("#sq")
    page.click("text=Quay lại")
    assert page.is_checked("input[name=answer][value='2']")
    page.click("text=Câu tiếp")
    page.check("input[name=answer][value='1']", force=True)
    page.click("text=Dừng ở đây")
    page.click("[data-act=done]")
    assert newest_survey()[0] == {"tc3": 2, "tc6": 1}
    assert rows("SELECT COUNT(*) FROM rating_items WHERE kind = 'contact' AND seq IS NULL") == [(1,)]
    page.go_back()
    assert page.locator("input[name=answer]").count() == 0
    browser.close()
