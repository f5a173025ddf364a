"""Every page of the built book, in a real browser: nothing broken, everything moves, nobody shut out."""

import functools
import json
import os
import re
import shutil
import sys
import threading
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
sys.path.insert(0, str(ROOT / "tools"))
import serve  # noqa: E402

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
HOW = (
    "The pages were not tested: no Chromium was found. Install it (on Debian and Ubuntu: apt-get install chromium), or "
    "set CHROMIUM to the path of a Chromium or Chrome."
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]

# What axe finds in the theme's own parts, and that a book's author cannot change without replacing the theme.
KNOWN = {
    "label-content-name-mismatch": ".search-button__button, .theme-switch-button, .search-button, .dropdown-toggle",
    "region": ".navbar-brand",
}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=HOW)
playwright = pytest.importorskip("playwright.sync_api")


def pages():
    """Return the addresses of the pages in the table of contents."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter["file"] for chapter in toc.get("chapters", [])]
    chapters += [chapter["file"] for part in toc.get("parts", []) for chapter in part["chapters"]]
    return [f"{toc['root']}.html", *(f"{chapter}.html" for chapter in chapters)]


PAGES = pages()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Serve the built book below a sub-path, as many hosts do, and return its address."""
    if not SITE.is_dir():
        pytest.fail("The book has not been built: run make html (make test-pages does both)")
    root = tmp_path_factory.mktemp("host")
    (root / "some").mkdir()
    (root / "some" / "book").symlink_to(SITE)
    with serving(root) as address:
        yield f"{address}/some/book"


class serving:
    """Serve a folder in the background for as long as a `with` block lasts."""

    def __init__(self, folder):
        self.server = serve.server(folder, 0)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser):
    """Return a function that opens an address and waits for its widgets; the page has a list `trouble`."""
    contexts = []

    def open_page(address, *, width=1200, scheme="light", scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.trouble = []
        page.on("console", lambda message: message.type == "error" and page.trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: page.trouble.append(f"error: {error}"))
        page.on("request", functools.partial(note_foreign, page.trouble))
        page.on("response", lambda answer: answer.status >= 400 and page.trouble.append(f"{answer.status}: {answer.url}"))
        page.goto(address, wait_until="load")
        if scripts:
            page.wait_for_function(WIDGETS_ARE_THERE, timeout=30_000)
            page.wait_for_function("!window.MathJax?.startup?.promise || window.MathJax.startup.promise.then(() => true)")
        return page

    yield open_page
    for context in contexts:
        context.close()


WIDGETS_ARE_THERE = """() => {
  const wanted = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]').length;
  return document.querySelectorAll('.widget-subarea, .cell_output .jupyter-widgets').length >= wanted
    && (wanted === 0 || [...document.querySelectorAll('.noUi-handle')].every((handle) => handle.hasAttribute('aria-label')));
}"""


def note_foreign(trouble, request):
    """Write down a request that leaves this machine."""
    if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
        trouble.append(f"request to another host: {request.url}")


def shown(explorer):
    """Return what an explorer shows now: the moving picture and its words."""
    return explorer.evaluate("""(e) => {
      const frame = e.querySelector('.nn-frame');
      return frame ? [frame.querySelector('img').src, frame.getAttribute('aria-label')] : null;
    }""")


def move_every_control(explorer):
    """Move each slider, menu and player of an explorer; return a list of what did not answer."""
    dead = []
    for place, handle in enumerate(explorer.query_selector_all(".noUi-handle")):
        start = shown(explorer)
        seen = [start]
        handle.focus()
        for key in ("End", "Home", "ArrowRight", "ArrowRight"):
            handle.press(key)
            seen.append(shown(explorer))
        values = {handle.get_attribute("aria-valuetext")}
        if None in seen or len({tuple(frame) for frame in seen}) < 3 or seen[1] == seen[2]:
            dead.append(f"slider {place} ({handle.get_attribute('aria-label')}) shows {len(set(map(str, seen)))} frames; {values}")
    for place, menu in enumerate(explorer.query_selector_all("select")):
        frames = set()
        for option in range(len(menu.query_selector_all("option"))):
            menu.select_option(index=option)
            frames.add(json.dumps(shown(explorer)))
        if len(frames) < len(menu.query_selector_all("option")):
            dead.append(f"menu {place} shows {len(frames)} frames")
    return dead


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_and_everything_on_it_moves(visit, site, path):
    page = visit(f"{site}/{path}")
    dead = []
    for explorer in page.query_selector_all(".nn-explorer"):
        name = explorer.query_selector(".nn-title").inner_text()
        dead += [f"{name}: {what}" for what in move_every_control(explorer)]
        if player := explorer.query_selector(".nn-player"):
            dead += [f"{name}: {what}" for what in play(page, explorer, player)]
    assert dead == []
    assert page.trouble == []


def play(page, explorer, player):
    """Press play, and reset; return what did not answer."""
    handle = player.query_selector(".noUi-handle")
    handle.press("Home")
    start = shown(explorer)
    buttons = player.query_selector_all("button")
    buttons[0].click()
    page.wait_for_timeout(900)
    buttons[0].click()
    after = shown(explorer)
    buttons[1].click()
    page.wait_for_timeout(300)
    reset = shown(explorer)
    return [*(["play shows nothing new"] if after == start else []), *(["reset does not go back"] if reset != start else [])]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_has_its_own_feedback(visit, site, path):
    page = visit(f"{site}/{path}")
    for question in page.query_selector_all(".nn-question"):
        text = question.query_selector(".nn-question-text").inner_text()
        box = question.query_selector(".widget-radio-box")
        named_by = box.get_attribute("aria-labelledby")
        assert box.get_attribute("role") == "radiogroup" and page.query_selector(f"#{named_by}").inner_text() == text
        assert question.query_selector(".nn-feedback") is None, f"feedback before any answer: {text}"
        radios = question.query_selector_all("input[type=radio]")
        seen = []
        radios[0].focus()
        page.keyboard.press("Space")
        seen.append(question.wait_for_selector(".nn-feedback").inner_text())
        for radio in radios[1:]:
            radio.click()
            seen.append(question.wait_for_selector(".nn-feedback").inner_text())
        assert len(set(seen)) == len(radios), text
        assert sum(words.startswith(("Right", "✓ Right")) for words in seen) == 1, seen
    assert page.trouble == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_what_is_ours(visit, site, path, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"{site}/{path}", scheme=scheme)
    for question in page.query_selector_all(".nn-question")[:3]:
        question.query_selector_all("input[type=radio]")[0].click()
    results = Axe().run(page, options={"resultTypes": ["violations"]}).response
    found = [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in results["violations"]
        for node in violation["nodes"]
        if not is_known(page, violation["id"], node["target"])
    ]
    assert found == []


def is_known(page, rule, target):
    """Whether what axe found lies in one of the theme's parts that are listed as known."""
    element = page.query_selector(target[0]) if isinstance(target[0], str) else None
    return rule in KNOWN and element is not None and element.evaluate("(e, s) => e.closest(s) !== null", KNOWN[rule])


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_makes_a_phone_scroll_sideways(visit, site, path, width):
    page = visit(f"{site}/{path}", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    too_wide = page.evaluate(
        """(width) => [...document.querySelectorAll('.nn-explorer, .nn-question, .nn-frame img, .cell_output img')]
          .filter((e) => e.getBoundingClientRect().width > 0 && e.getBoundingClientRect().right > width)
          .map((e) => e.className || e.tagName)""",
        width,
    )
    assert too_wide == []


@pytest.mark.parametrize("path", PAGES)
def test_pictures_have_words_and_the_text_needs_no_script(visit, site, path):
    page = visit(f"{site}/{path}")
    silent = page.evaluate(
        """() => [...document.querySelectorAll('article img')].filter((image) =>
          !image.closest('[role=img][aria-label], [aria-hidden=true]') && !(image.alt || '').trim())
          .map((image) => image.outerHTML.slice(0, 150))"""
    )
    assert silent == []
    labels = page.evaluate("[...document.querySelectorAll('.nn-frame')].map((frame) => frame.getAttribute('aria-label'))")
    assert all(len(label) > 20 for label in labels)
    heading = page.query_selector("article h1").inner_text()
    plain = visit(f"{site}/{path}", scripts=False)
    assert plain.query_selector("article h1").inner_text() == heading
    assert len(plain.query_selector("article").inner_text()) > 300


def test_the_sites_root_leads_to_the_book(visit, site):
    page = visit(f"{site}/index.html")
    page.wait_for_url(f"{site}/{PAGES[0]}")


def test_built_pages_name_no_other_host_to_load_from():
    loads = re.compile(r"""<(?:script|link|img|iframe|source)[^>]*?(?:src|href)=["'](?:https?:)?//([^"'/]+)""")
    for path in SITE.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        foreign = [host for tag, host in ((m.group(0), m.group(1)) for m in loads.finditer(text)) if "canonical" not in tag]
        assert foreign == [], path


# ---- The tests themselves: what is broken on purpose must be found -------------------------------------------------


def test_a_broken_slider_is_found(visit, site, tmp_path):
    source = (SITE / "book" / "03-activations.html").read_text(encoding="utf-8")
    broken = source.replace('"_model_name": "LinkModel"', '"_model_name": "LayoutModel"').replace(
        '"model_name": "LinkModel"', '"model_name": "NoSuchModel"'
    )
    assert broken != source
    site_copy = tmp_path / "book"
    site_copy.mkdir()
    (tmp_path / "_static").symlink_to(SITE / "_static")
    (site_copy / "broken.html").write_text(broken, encoding="utf-8")
    with serving(tmp_path) as address:
        page = visit(f"{address}/book/broken.html")
        found = [what for explorer in page.query_selector_all(".nn-explorer") for what in move_every_control(explorer)]
    assert found


def test_a_request_to_another_host_is_found():
    class Request:
        url = "https://example.org/x.js"

    trouble = []
    note_foreign(trouble, Request)
    assert trouble == ["request to another host: https://example.org/x.js"]
