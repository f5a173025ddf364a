"""For everyone: what a screen reader is told, touch, chosen colours, little motion, and a site that is whole without a network."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.pages.site import pages

CHAPTER = "book/03-activations.html"
HANDLE = ".nn-explorer .noUi-handle"

# ---- What a screen reader is told --------------------------------------------------------------------------------------


def tree(page):
    """Return the page's accessibility tree as (role, name, value) of all that is in it."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    told = lambda node, key: node.get(key, {}).get("value", "")  # noqa: E731
    return [(told(n, "role"), told(n, "name"), told(n, "value")) for n in nodes if not n.get("ignored")]


def is_spoken(page, words):
    """Wait until exactly these words stand in the region that screen readers speak."""
    page.wait_for_function("(words) => document.querySelector('.nn-spoken').textContent === words", arg=words)


def test_a_walk_through_an_explorer_by_ear(visit):
    page = visit(CHAPTER)
    found = tree(page)
    title = page.locator(".nn-explorer .nn-title").first.inner_text()
    sentence = page.locator(".nn-explorer .nn-frame").first.get_attribute("aria-label")
    assert ("group", title) in [(role, name) for role, name, _ in found]
    assert ("image", sentence) in [(role, name) for role, name, _ in found]
    assert ("slider", "z") in [(role, name) for role, name, _ in found]
    assert "status" in [role for role, _, _ in found]
    handle = page.locator(HANDLE).first
    handle.focus()
    assert page.locator(".nn-spoken").text_content() == ""  # nothing is said before something changes
    for _ in range(3):
        handle.press("ArrowRight")
    after = page.locator(".nn-explorer .nn-frame").first.get_attribute("aria-label")
    assert after != sentence
    is_spoken(page, after)
    assert handle.get_attribute("aria-valuetext") == page.locator(".nn-explorer .widget-readout").first.inner_text()


def test_a_walk_through_a_question_by_ear(visit):
    page = visit(CHAPTER)
    question = page.locator(".nn-question").first
    text = question.locator(".nn-question-text").inner_text()
    answers = [label.strip() for label in question.locator(".widget-radio-box label").all_inner_texts()]
    found = [(role, " ".join(name.split())) for role, name, _ in tree(page)]
    assert ("radiogroup", " ".join(text.split())) in found
    assert all(("radio", answer) in found for answer in answers)
    question.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    feedback = question.locator(".nn-feedback")
    feedback.wait_for()
    said = feedback.text_content()
    is_spoken(page, said.strip())
    assert page.locator(".nn-feedback[role]").count() == 0  # or it would be said twice
    page.keyboard.press("ArrowDown")
    page.wait_for_function("(words) => document.querySelector('.nn-feedback').textContent !== words", arg=said)
    is_spoken(page, feedback.text_content().strip())


# ---- Touch -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def phone(chromium, address):
    """A page of the book on a phone with a touch screen."""
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/{CHAPTER}")
    page.locator(HANDLE).first.wait_for()
    yield page
    context.close()


def swipe(page, start, end):
    """Move a finger over the screen."""
    session = page.context.new_cdp_session(page)
    steps = 8
    points = [[start[k] + (end[k] - start[k]) * step / steps for k in (0, 1)] for step in range(steps + 1)]
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    for x, y in points[1:]:
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_moves_a_slider(phone):
    handle = phone.locator(HANDLE).first
    handle.scroll_into_view_if_needed()
    before = phone.locator(".nn-explorer .nn-frame").first.get_attribute("aria-label")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    swipe(phone, (x, y), (x + 80, y))
    phone.wait_for_function("(words) => document.querySelector('.nn-explorer .nn-frame').ariaLabel !== words", arg=before)


def test_a_finger_on_the_picture_scrolls_the_page(phone):
    picture = phone.locator(".nn-explorer .nn-frame").first
    picture.scroll_into_view_if_needed()
    box, before = picture.bounding_box(), phone.evaluate("scrollY")
    shown = picture.get_attribute("aria-label")
    swipe(phone, (box["x"] + 100, box["y"] + 60), (box["x"] + 100, box["y"] - 140))
    phone.wait_for_function("(before) => scrollY > before + 40", arg=before)
    assert picture.get_attribute("aria-label") == shown


# ---- Colours and motion that readers choose ----------------------------------------------------------------------------


def test_with_chosen_colours_every_control_is_still_to_be_seen(visit):
    page = visit(CHAPTER)
    page.emulate_media(forced_colors="active")
    lines = page.evaluate("""() => ['.noUi-target', '.noUi-handle', '.nn-explorer', '.nn-question'].map((name) => {
      const style = getComputedStyle(document.querySelector(`.bd-article ${name}`));
      return [name, style.borderTopStyle !== 'none' && parseFloat(style.borderTopWidth) >= 1];
    })""")
    assert [name for name, drawn in lines if not drawn] == []


def test_with_little_motion_nothing_moves_by_itself(visit):
    page = visit(CHAPTER)  # visits ask for little motion
    page.locator(HANDLE).first.press("ArrowRight")
    assert page.evaluate("() => document.getAnimations().filter((a) => a.playState === 'running').length") == 0


# ---- A folder of files -------------------------------------------------------------------------------------------------


class Links(HTMLParser):
    """The links, the sources and the anchors of a page."""

    def __init__(self, path):
        super().__init__()
        self.targets, self.anchors = [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        self.targets += [found[key] for key in ("href", "src") if found.get(key)]


@pytest.mark.parametrize("path", [*pages(), "index.html", "search.html", "genindex.html"])
def test_every_link_of_a_page_leads_to_a_file_and_a_place_in_it(built, path):
    page, dead = built / path, []
    own = Links(page)
    for target in own.targets:
        parts = urlsplit(target)
        if parts.scheme or target.startswith("//"):
            continue
        file = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
        if not file.is_file():
            dead.append(target)
        elif parts.fragment and file.suffix == ".html" and "lite" not in file.relative_to(built.resolve()).parts:
            anchors = own.anchors if file == page.resolve() else anchors_of(file)
            if unquote(parts.fragment) not in anchors:
                dead.append(target)
    assert dead == []


_anchors: dict[Path, set] = {}


def anchors_of(file):
    """Return the anchors of a page, which is read once."""
    if file not in _anchors:
        _anchors[file] = Links(file).anchors
    return _anchors[file]


def test_no_address_of_a_page_begins_at_the_root(built):
    rooted = re.compile(r'(?:src|href)="/[^/"]')
    assert [path for path in pages() if rooted.search((built / path).read_text(encoding="utf-8"))] == []
