"""Every level costs the same and looks the same; two taps give a rating with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import BrowserContext, Page

from kiosk_app.web import translations
from tests.browser.tablet import faces, pair, rows, tap, within
from tests.servers import Server

pytestmark = pytest.mark.browser
Open = Callable[..., BrowserContext]
SIZES = [(1280, 800), (800, 1280), (390, 844)]
WORDLESS = ".chip .lb { color: transparent !important; } .k-top > * { opacity: 0; }"


def test_two_taps_give_a_rating_with_a_reason(server: Server, open_tablet: Open) -> None:
    """From the faces: one face, one reason; the thank-you need not be asked for."""
    page = open_tablet().new_page()
    pair(page, server)
    page.evaluate("""() => {
      window.taps = [];
      addEventListener('click', (event) => window.taps.push([event.isTrusted, performance.now()]), true);
    }""")
    faces(page)
    page.evaluate("() => { window.taps = []; window.began = performance.now(); }")
    tap(page, 2)
    page.click(".chip >> nth=1")
    taken = page.evaluate("() => (performance.now() - window.began) / 1000")
    # Clicking a label also clicks its box: the hand tapped twice.
    hands = page.evaluate("() => window.taps.filter((t, i, all) => t[0] && (!i || t[1] - all[i - 1][1] > 30)).length")
    assert hands == 2
    assert taken <= 10
    page.reload()
    assert within(15, lambda: [r[0] for r in rows("SELECT reasons FROM rating_items")] != [])
    (level, reasons), = rows("SELECT level, reasons FROM rating_items")
    assert level == 2
    assert str(reasons) != "[]"


def unlike(one: bytes, other: bytes) -> int:
    """Pixels that differ, when they are more than the smoothing of a rounded corner."""
    first, second = (Image.open(io.BytesIO(picture)).convert("RGB") for picture in (one, other))
    differing = sum(ImageChops.difference(first, second).convert("L").histogram()[1:])
    return differing if differing > 12 else 0


LOOKS = [("vi", ""), ("vi", "text-plus"), ("zh", "")]
"""Language and size of text; the tallest tablet and the phone in plain Vietnamese as well."""
SEEN = [((1280, 800), look) for look in LOOKS] + [((800, 1280), LOOKS[1]), ((390, 844), LOOKS[0]), ((800, 1280), LOOKS[0])]


def dress(page: Page, lang: str, act: str) -> None:
    """Language and size are a person's own: they go with the one before."""
    if act:
        page.click(f".k-top [data-act={act}]")
    if lang != "vi":
        page.click(".languages summary")
        page.click(f".langlink[hreflang={lang}]")
        page.wait_for_selector(f"html[lang={lang}]")


@pytest.mark.parametrize(("size", "look"), SEEN)
def test_a_second_after_each_level_the_screens_are_the_same_picture(
    page: Page, size: tuple[int, int], look: tuple[str, str]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("(css) => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }", WORDLESS)
    pictures = []
    for level in range(1, 6):
        dress(page, *look)
        faces(page)
        page.click(f".tile.t{level}")
        page.wait_for_selector(".k-why .chip")
        page.mouse.move(0, 0)
        page.wait_for_timeout(1000)
        pictures.append(page.screenshot())
        page.click("[data-act=send]")
        page.click("[data-act=withdraw]")
        page.wait_for_selector("html[lang=vi] .k-idle .start")
    assert [unlike(pictures[0], one) for one in pictures[1:]] == [0] * 4


CUT = """() => {
  const found = [];
  const main = document.getElementById('main');
  if (document.documentElement.scrollWidth > innerWidth) found.push('page is wider than the screen');
  document.querySelectorAll('body *').forEach((el) => {
    const style = getComputedStyle(el);
    const box = el.getBoundingClientRect();
    if (!box.width || style.visibility === 'hidden' || el.closest('svg, .vh, .skip, [hidden], .bay')) return;
    const own = Array.from(el.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own) return;
    const says = el.textContent.trim().slice(0, 30);
    if (box.left < -1 || box.right > innerWidth + 1) found.push('off the side: ' + says);
    if (['hidden', 'clip'].includes(style.overflowX) && el.scrollWidth > el.clientWidth + 1) found.push('cut: ' + says);
    if (['hidden', 'clip'].includes(style.overflowY) && el.scrollHeight > el.clientHeight + 1) found.push('cut below: ' + says);
    const line = parseFloat(style.lineHeight) / parseFloat(style.fontSize);
    if (line && line < 1.1) found.push('too tight for two-storey letters: ' + says);
    const range = document.createRange();
    range.selectNodeContents(el);
    const text = range.getBoundingClientRect();
    const button = el.closest('button, a.btn, .tile, .chip');
    if (button) {
      const frame = button.getBoundingClientRect();
      if (text.bottom > frame.bottom + 1 || text.top < frame.top - 1 || text.right > frame.right + 1)
        found.push('outside its button: ' + says);
    }
  });
  return found;
}"""


def screens(page: Page) -> list[str]:
    """Every screen that the page holds as a template."""
    names: list[str] = page.evaluate("() => Array.from(document.querySelectorAll('template[data-body]')).map((t) => t.id)")
    return names


@pytest.mark.parametrize("lang", list(translations.CITIZEN_LANGUAGES))
def test_no_text_is_cut_or_leaves_its_screen(centre: Server, page: Page, lang: str) -> None:
    page.route("**/tablet/flow.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    wrong: dict[str, list[str]] = {}
    page.goto(f"{centre.address}/kiosk?lang={lang}")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for text in ("", "plus", "max") if width > 560 else ("", "plus"):
            page.evaluate("(text) => { document.documentElement.dataset.text = text; }", text)
            page.evaluate("(text) => { if (!text) document.documentElement.removeAttribute('data-text'); }", text)
            wrong |= {f"{name} {width} {text}": cut for name, cut in cut_screens(page).items()}
    assert wrong == {}


def cut_screens(page: Page) -> dict[str, list[str]]:
    """What is cut on each screen as the page stands."""
    wrong = {}
    for name in screens(page):
        page.evaluate("""(name) => {
          const template = document.getElementById(name);
          const content = template.content.cloneNode(true);
          document.getElementById('main').replaceChildren(...content.querySelector('[data-main]').childNodes);
          const below = content.querySelector('[data-foot]');
          document.getElementById('foot').replaceChildren(...(below ? below.childNodes : []));
          document.body.className = 'kiosk ' + template.dataset.body;
        }""", name)
        found = page.evaluate(CUT)
        if found:
            wrong[name] = found
    return wrong
