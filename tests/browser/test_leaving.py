"""Who leaves leaves nothing on the screen; who needs time gets it; a language is changed under way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.tablet import faces, pair, rows, tap, within
from tests.servers import Server

pytestmark = pytest.mark.browser
SECRET = "Tôi tên là Lan, phải chờ lâu"


def say_something(page: Page) -> None:
    faces(page)
    tap(page, 2)
    page.click(".chip >> nth=0")
    page.click("[data-act=comment]")
    page.fill("textarea", SECRET)
    page.click("label.opt")
    page.fill("input[name=phone]", "0912345678")
    page.wait_for_function("""async () => new Promise((done) => {
      const r = indexedDB.open('kiosk'); r.onsuccess = () => {
        const q = r.result.transaction('drafts').objectStore('drafts').getAll();
        q.onsuccess = () => { r.result.close(); done(q.result.length === 2 && q.result.some((d) => d.comment)); }; };
    })""")


def shown(page: Page) -> str:
    """All that can be read or was typed on the page."""
    return str(page.evaluate(
        "() => document.body.innerText + Array.from(document.querySelectorAll('input, textarea'), (f) => f.value).join()"
    ))


def clean(page: Page) -> None:
    page.wait_for_selector(".k-idle .start")
    assert SECRET not in shown(page)
    assert "0912345678" not in shown(page)
    faces(page)
    assert page.locator(".tile.sel").count() == 0
    tap(page, 4)
    assert page.locator("input[name=reason]:checked").count() == 0
    page.click("[data-act=comment]")
    assert page.input_value("textarea") == ""
    page.click("[data-act=skip]")
    page.click("[data-act=withdraw]")
    page.wait_for_selector(".k-idle .start")


def comments() -> int:
    return len(rows(f"SELECT 1 FROM rating_erasables WHERE comment = '{SECRET}'"))


def test_back_forward_and_reload_show_nothing_of_the_one_before(centre: Server, page: Page) -> None:
    before = comments()
    say_something(page)
    page.reload()
    clean(page)
    say_something(page)
    page.goto(f"{centre.address}/healthz")
    page.go_back()
    page.wait_for_selector("html[data-ready=yes]")
    clean(page)
    page.go_forward()
    page.go_back()
    page.wait_for_selector("html[data-ready=yes]")
    clean(page)
    assert within(30, lambda: comments() == before + 2), "the drafts were sealed, not lost"


def test_a_page_that_was_put_aside_is_empty_before_it_is_seen_again(page: Page) -> None:
    say_something(page)
    seen = page.evaluate("""() => new Promise((done) => {
      window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      done(document.body.innerText + Array.from(document.querySelectorAll('input, textarea'), (f) => f.value).join());
    })""")
    assert SECRET not in seen
    assert "0912345678" not in seen
    with page.expect_navigation():
        page.evaluate("() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.wait_for_selector("html[data-ready=yes]")
    clean(page)


def waited(page: Page, seconds: float) -> None:
    page.clock.run_for(int(seconds * 1000))


def test_time_is_given_ten_times_and_doubled_for_who_needs_it(
    centre: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet().new_page()
    pair(page, centre)
    page.clock.install()
    page.goto(f"{centre.address}/kiosk")
    page.wait_for_selector("html[data-ready=yes]")
    faces(page)
    page.clock.pause_at(page.evaluate("() => Date.now()") + 1000)
    page.click("[data-act=text-normal]")
    for _time in range(11):
        waited(page, 41)
        expect(page.locator("#still")).to_be_visible()
        waited(page, 10)
        assert 8 <= int(page.inner_text("#still [data-slot=seconds]")) <= 10
        page.click("[data-act=more]")
        expect(page.locator("#still")).to_be_hidden()
    for act in ("text-plus", "contrast"):
        page.click(f".k-top [data-act={act}]")
        waited(page, 75)
        expect(page.locator("#still")).to_be_hidden()
        waited(page, 10)
        expect(page.locator("#still")).to_be_visible()
        waited(page, 25)
        assert page.locator(".tile").count() == 5, "forty seconds of warning, not twenty"
        page.click("[data-act=more]")
        page.click(".k-top [data-act=text-normal]" if act == "text-plus" else f".k-top [data-act={act}]")
    waited(page, 62)
    page.wait_for_selector(".k-idle .start")
    faces(page)
    page.click(".tile.t3")
    page.wait_for_selector(".tile.sel")
    assert within(20, lambda: waited(page, 1) is None and page.locator(".k-why .chip").count() > 0)
    page.click("[data-act=send]")
    waited(page, 3)
    page.click(".k-thanks h1")
    waited(page, 6)
    page.wait_for_selector(".k-idle .start")


def test_a_language_is_changed_under_way_and_forgotten_afterwards(page: Page) -> None:
    faces(page)
    tap(page, 2)
    page.click(".chip >> nth=0")
    page.click(".languages summary")
    page.click(".langlink[hreflang=zh]")
    page.wait_for_selector("html[lang=zh] .chip")
    assert "等候时间长" in page.inner_text(".chip >> nth=0")
    assert page.is_checked(".chip >> nth=0 >> input")
    assert page.evaluate("() => document.fonts.ready.then(() => Array.from(document.fonts).some("
                         "(f) => f.family.includes('CJK') && f.status === 'loaded'))")
    page.click("[data-act=send]")
    assert "谢谢您" in page.inner_text("h1")
    page.click("[data-act=done]")
    page.wait_for_selector("html[lang=vi] .k-idle .start")
    assert within(30, lambda: (2, '["cho_lau"]') in rows("SELECT level, reasons FROM rating_items"))


def test_reading_aloud_says_when_there_is_no_voice_and_reads_where_there_is(page: Page) -> None:
    button = page.locator(".k-top [data-act=aloud]")
    page.evaluate("() => { speechSynthesis.getVoices = () => []; }")
    button.click()
    expect(page.locator(".novoice")).to_be_visible()
    assert button.get_attribute("aria-pressed") == "false"
    page.evaluate("""() => {
      window.said = [];
      speechSynthesis.getVoices = () => [{ lang: 'vi-VN' }];
      window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
      speechSynthesis.speak = (spoken) => window.said.push(spoken.text);
    }""")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    faces(page)
    page.wait_for_function("() => window.said.includes('Rất hài lòng')")
    said = page.evaluate("() => window.said")
    assert said.index("Rất không hài lòng") < said.index("Rất hài lòng")
    tap(page, 4)
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    page.wait_for_selector(".k-idle .start")
    assert page.locator(".k-top [data-act=aloud]").get_attribute("aria-pressed") == "false"


def test_the_first_screen_is_light(centre: Server, page: Page) -> None:
    """At most 200 KB cross the line before a tablet that holds nothing can be used."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.setBypassServiceWorker", {"bypass": True})
    seen: list[float] = []
    session.on("Network.loadingFinished", lambda event: seen.append(event["encodedDataLength"]))
    page.goto(f"{centre.address}/kiosk")
    page.wait_for_selector("html[data-ready=yes]")
    page.wait_for_load_state("load")
    assert len(seen) > 20
    assert 80_000 < sum(seen) <= 200 * 1024
