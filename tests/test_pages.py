"""Every page of the built book, in a real browser: nothing broken, everything moves, nobody shut out."""

import gzip
import io
import re

import numpy as np
import pictures_extension
import pytest
import widgets_extension
from PIL import Image

from tests.pages import probes, site
from tests.pages.browser import Visits
from tests.pages.site import pages, served

PAGES = pages()
every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.removesuffix(".html"))


#: Letters, words and lines as far apart as WCAG 1.4.12 lets readers have them.
SPACING = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"


@every_page
def test_a_page_works_and_shuts_nobody_out(visit, path):
    """One visit, looked at in many ways; what is found is told by the way in which it was looked at."""
    page = visit(path)
    faults = {
        "a picture has no words": probes.silent_pictures(page),
        "formulas that no screen reader can read": probes.silent_formulas(page),
        "by the keyboard": probes.keyboard_faults(page),
        "a control does not move its own picture": probes.dead_controls(page),
        "an answer has no feedback of its own": probes.mute_questions(page),
    }
    # The feedback to the last answers stays open, so that it is looked at, too.
    faults["barriers"] = probes.barriers(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    faults["barriers, dark"] = probes.barriers_of_colour(page)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        faults[f"at {width} pixels"] = probes.sideways(page) + probes.stretched(page)
    page.add_style_tag(content=SPACING)
    faults["at 320 pixels, with wide spacing"] = probes.sideways(page) + probes.cut_texts(page)
    faults["kept in the browser"] = probes.kept(page)
    faults["trouble"] = page.trouble
    assert {how: found for how, found in faults.items() if found} == {}


@every_page
def test_the_text_needs_no_script(visit, path):
    page = visit(path, scripts=False)
    assert page.get_attribute("html", "lang") == "en"
    assert page.query_selector("article h1").inner_text().strip()
    assert len(page.query_selector("article").inner_text()) > 300
    # An explorer is the picture with which it opens.
    text = page.content()
    assert len(page.query_selector_all("article .nn-frame")) == text.count('["nn-explorer"]')
    assert all(frame.bounding_box()["height"] > 100 for frame in page.query_selector_all("article .nn-waiting .nn-frame"))


@every_page
def test_a_page_is_light(built, path):
    page = built / path
    text = page.read_text(encoding="utf-8")
    pictures = {(page.parent / found).resolve() for found in re.findall(r'src="((?:\.\./)*_images/[^"]+)"', text)}
    own = len(gzip.compress(text.encode())) + sum(picture.stat().st_size for picture in pictures)
    assert own < 300_000, f"{own:,} bytes of its own"


@every_page
def test_the_text_waits_for_no_script(built, path):
    head, body = (built / path).read_text(encoding="utf-8").split("</head>", 1)
    assert len(head) < 20_000
    assert not re.search(r'<script (?!defer)[^>]*src="[^"]*vendor/', head + body)


def test_a_picture_gets_lighter_and_looks_the_same():
    drawn = np.full((200, 300, 3), 250, np.uint8)
    drawn[50:150] = np.linspace(60, 240, 300)[:, None].astype(np.uint8)
    drawn[10:14, 10:14] = (220, 90, 10)  # a small mark in a colour of its own, which a palette may forget
    made = pictures_extension.lighter(png(drawn))
    assert len(made) < len(png(drawn)) / 2
    assert np.abs(np.asarray(Image.open(io.BytesIO(made)).convert("RGB"), int) - drawn).max() <= pictures_extension.MOST
    assert pictures_extension.lighter(made) == made


def test_a_picture_that_would_suffer_stays_as_it_is():
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3), np.uint8)
    assert pictures_extension.lighter(png(noise)) == png(noise)


def png(pixels):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG", compress_level=0)
    return content.getvalue()


def test_the_widgets_forget_what_has_left_the_page(visit):
    page = visit("book/01-neuron.html")
    session = page.context.new_cdp_session(page)
    handle = page.query_selector(".nn-explorer .noUi-handle")

    def living():
        session.send("HeapProfiler.collectGarbage")
        return session.send("Memory.getDOMCounters")["nodes"]

    def move(times):
        for step in range(times):
            handle.press("ArrowRight" if step % 4 < 2 else "ArrowLeft")

    move(8)
    before = living()
    move(60)
    assert living() - before < 120  # a view that stays is a dozen of nodes


@every_page
def test_building_again_leaves_a_page_as_it_is(built, path):
    text = (built / path).read_text(encoding="utf-8")
    assert widgets_extension.text_first(widgets_extension.with_openings(text)) == text


def test_the_sites_bundle_is_the_vendored_one_mended(built):
    published = (site.ROOT / "book" / widgets_extension.BUNDLE).read_text(encoding="utf-8")
    assert (built / widgets_extension.BUNDLE).read_text(encoding="utf-8") == widgets_extension.mended(published)


def test_another_version_of_the_widgets_bundle_is_not_mended():
    with pytest.raises(ValueError, match="has 0 of the places to be mended, expected 1"):
        widgets_extension.mended("let a = 1;")


def test_the_sites_root_leads_to_the_book(visit):
    page = visit("index.html")
    page.wait_for_url(f"**/{PAGES[0]}")


def test_the_search_finds_a_word_of_the_book(visit):
    page = visit("search.html?q=saturation")
    assert page.wait_for_selector("#search-results li a").is_visible()
    assert page.trouble == []


def test_no_built_page_names_another_host_to_load_from(built):
    # Links that a reader may follow and the canonical address are no loading.
    tags = "script|link|img|iframe|source|audio|video"
    loading = re.compile(rf"""<(?:{tags})\b(?![^>]*canonical)[^>]*?(?:src|href)=["']?(?:https?:)?//[^>]*>""")
    found = {path.name: loading.findall(path.read_text(encoding="utf-8")) for path in built.rglob("*.html")}
    assert {name: there for name, there in found.items() if there} == {}
    styles = {path.name: path.read_text(encoding="utf-8") for path in built.rglob("*.css")}
    assert [name for name, text in styles.items() if re.search(r"@import[^;]*//|url\(['\"]?(?:https?:)?//", text)] == []


# ---- The probes themselves: what is broken on purpose must be found ------------------------------------------------

# Just enough of an explorer: keys move a handle, and what it shows is its picture.
EXPLORER = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">
<main><article><h1>t</h1><div class="nn-explorer"><div class="nn-title">Parabola</div>
<div class="noUi-handle" tabindex="0" role="slider" aria-label="x" aria-valuenow="1" aria-valuemin="0" aria-valuemax="3"></div>
<div class="nn-frame" role="img" aria-label=""><img alt="" src="data:,"></div></div></article></main>
<script>
let x = 1;
const handle = document.querySelector('.noUi-handle');
const steps = {ArrowRight: () => x + 1, ArrowLeft: () => x - 1, Home: () => 0, End: () => 3};
function draw() { document.querySelector('.nn-frame').setAttribute('aria-label', `At x = ${x} the height is ${x * x}.`); }
handle.addEventListener('keydown', (event) => {
  x = Math.min(3, Math.max(0, steps[event.key]()));
  handle.setAttribute('aria-valuenow', x);
  handle.setAttribute('aria-valuetext', x);
  draw();
});
draw();
</script></html>"""
QUESTION = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">
<div class="nn-question"><p class="nn-question-text" id="q">Which?</p>
<div class="widget-radio-box" role="radiogroup" aria-labelledby="q"><input type="radio" name="a"><input type="radio" name="a"></div>
<div id="place"></div></div>
<script>
const words = ["Right. It is.", "Not quite. It is not."];
document.querySelectorAll('input').forEach((radio, k) => radio.addEventListener('change', () => {
  document.getElementById('place').innerHTML = `<div class="nn-feedback">${words[k]}</div>`;
}));
</script></html>"""


@pytest.fixture(scope="module")
def scratch(chromium, tmp_path_factory):
    """A folder that is served, and windows to look at what is put into it."""
    folder = tmp_path_factory.mktemp("scratch")
    with served(folder) as at:
        visits = Visits(chromium, at)
        yield folder, visits
        visits.close()


@pytest.fixture
def try_page(scratch):
    """A function that opens a page given as text."""
    folder, visits = scratch

    def opened(text, **how):
        page = folder / f"{len(list(folder.iterdir()))}.html"  # of its own name, since browsers keep what they have read
        page.write_text(text, encoding="utf-8")
        return visits(page.name, **how)

    yield opened
    visits.leave()


@pytest.fixture
def impatient(monkeypatch):
    """Wait a short time only, where waiting in vain is what is expected."""
    monkeypatch.setattr(probes.becomes, "__defaults__", (300,))


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("", "", None),
        ("  draw();\n});", "});", "one step changes nothing"),
        ("x * x}.", "x * x} or ${Math.random()}.", "does not bring the picture back"),
        ("End: () => 3", "End: () => 0", "same at both ends"),
        ("'aria-valuetext', x", "'aria-valuetext', 1", "read out does not follow"),
        ('class="nn-frame"', 'class="frame"', "shows no picture"),
        ('class="nn-explorer"', 'class="explorer"', "outside of any explorer"),
    ],
)
def test_a_broken_slider_is_found(try_page, impatient, right, wrong, fault):
    text = EXPLORER.replace(right, wrong) if right else EXPLORER
    if fault == "shows no picture":
        text = text.replace("document.querySelector('.nn-frame')", "document.querySelector('.frame')")
    faults = probes.dead_controls(try_page(text))
    assert faults == [] if fault is None else any(fault in found for found in faults)


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("", "", None),
        ('"Not quite. It is not."', '"Right. It is."', "same feedback"),
        ('"Not quite. It is not."', '""', "shows 0 feedbacks"),
        ('<div id="place"></div>', '<div id="place"><div class="nn-feedback">!</div></div>', "before an answer"),
        ('role="radiogroup"', "", "screen reader"),
        ("Not quite. It is not", "Right. It is too", "not exactly one"),
    ],
)
def test_a_broken_question_is_found(try_page, right, wrong, fault):
    faults = probes.mute_questions(try_page(QUESTION.replace(right, wrong) if right else QUESTION))
    assert faults == [] if fault is None else any(fault in found for found in faults)


def test_a_silent_picture_a_wide_one_and_a_barrier_are_found(try_page):
    page = try_page('<!doctype html><title>t</title><article><img src="data:,"><p style="width: 500px">!</p></article>', width=390)
    assert len(probes.silent_pictures(page)) == 1
    assert any("scrolls sideways" in fault for fault in probes.sideways(page))
    assert any(fault.startswith("image-alt") for fault in probes.barriers(page))


FAINT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><style>
body { background: white; color: black } td, div { padding: 9px }
tr:nth-child(even) { background: #666 }  .dim { opacity: 0.5 }  .pale { color: #ccc }
@media (prefers-color-scheme: dark) { body { background: black; color: white } p { color: #555 } a { color: #555 } }
</style><main><h1>t</h1><p>one</p><p>two</p>%s</main></html>"""


@pytest.mark.parametrize(
    ("text", "faint"),
    [
        ("<p>three <b>four</b></p>", []),
        ('<p>three <b class="pale">four</b></p>', ["pale"]),
        ('<p>three</p><div class="dim"><div>four</div></div>', ["<div>four"]),
        ("<table><tr><td>one</td></tr><tr><td>two</td></tr><tr><td>one</td></tr></table>", ["<td>two"]),
        ('<p>three <a href="#" style="color: #222; text-decoration: none">four</a></p>', ["<a href"]),
    ],
)
def test_a_text_too_faint_to_read_is_found_among_those_that_are_not(try_page, text, faint):
    page = try_page(FAINT % text)
    for found in (probes.barriers_of_colour(page), probes.barriers(page)):
        assert len(found) == len(faint) and all(words in fault for words, fault in zip(faint, found, strict=True))
    page.emulate_media(color_scheme="dark")
    assert any("<p>" in fault for fault in probes.barriers_of_colour(page))


def test_a_stretched_picture_is_found(try_page):
    square = "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>"
    page = try_page(f"""<!doctype html><title>t</title><article><img alt="whole" src="data:image/svg+xml,{square}">
    <img alt="flat" width="20" height="10" src="data:image/svg+xml,{square}"></article>""")
    assert probes.stretched(page) == ["flat: 2.00"]


def test_a_page_finds_nothing_that_an_earlier_one_has_kept(try_page, scratch):
    keep = "localStorage.a = sessionStorage.b = 1; document.cookie = 'c=1'; indexedDB.open('d'); caches.open('e');"
    kept = probes.kept(try_page(f"<!doctype html><script>{keep}</script>"))
    assert [entry.split(":")[0] for entry in kept] == ["cache", "cookie", "indexedDB", "localStorage", "sessionStorage"]
    scratch[1].leave()
    assert probes.kept(try_page("<!doctype html>")) == []


def test_trouble_is_written_down(try_page):
    away = '<script src="https://example.org/x.js"></script><img src="none.png">'
    page = try_page(f'{away}<script>console.error("oh"); throw Error("no")</script>')
    told = " ".join(page.trouble)
    assert all(word in told for word in ("elsewhere: https://example.org/x.js", "console: oh", "script error: no", "404"))


def test_a_built_page_without_its_links_is_found(built, chromium, tmp_path, impatient):
    path = next(path for path in PAGES if "nn-explorer" in (built / path).read_text(encoding="utf-8"))
    text = (built / path).read_text(encoding="utf-8")
    broken = text.replace('"model_name": "LinkModel"', '"model_name": "NoSuchModel"')
    assert broken != text
    (tmp_path / "_static").symlink_to(built / "_static")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "broken.html").write_text(broken, encoding="utf-8")
    with served(tmp_path) as at:
        visits = Visits(chromium, at)
        page = visits("book/broken.html")
        handle = page.query_selector(".nn-explorer .noUi-handle")
        assert "changes nothing" in probes.dead_slider(page, 0, handle)[0]
        visits.close()
