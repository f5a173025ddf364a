"""What the pages may do, what they keep, and that a reader's text is shown as text: in Python, and in a browser."""

import json
import re
from html.parser import HTMLParser

import content_policy
import ipywidgets
import pytest
import security_extension
import widgets_extension
from content_policy import BOOK, LITE, policy, with_policy
from ipywidgets.embed import embed_data

from nnlearn import exercises
from nnlearn.autograd import Value
from nnlearn.exercises.progress_file import Progress
from nnlearn.explore.controls import Choice, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question
from tests.pages import probes
from tests.pages.browser import Visits
from tests.pages.site import served

#: As markup it would run a script; as text it is harmless.
EVIL = """<img src="x" onerror="window.evil = 1">"""


# ---- The policy -----------------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html><head><meta charset="utf-8"><script>one()</script><script src="a.js"></script>
<script type="application/json">{"a": "<b>"}</script></head><body><button onclick="window.print()">!</button></body></html>"""


def test_the_policy_names_the_scripts_of_a_page_and_no_data():
    rules = dict(rule.split(" ", 1) for rule in policy(PAGE, BOOK).split("; "))
    assert rules["script-src"] == " ".join([*BOOK["script-src"], content_policy._source("one()")])
    assert {name: sources for name, sources in rules.items() if name != "script-src"} == {
        name: " ".join(sources) for name, sources in BOOK.items() if name != "script-src"
    }


def test_a_hash_is_the_one_of_the_standard():
    # The example of the CSP 3 specification, section 8.2.
    assert content_policy._source("doSomething();") == "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"


def test_the_policy_stands_behind_the_encoding_and_only_once():
    first = with_policy(PAGE, BOOK)
    assert re.search(r'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy"', first)
    assert with_policy(first, BOOK) == first
    assert with_policy("<p>", BOOK).startswith("<meta http-equiv=")


def test_a_script_before_the_policy_is_refused():
    with pytest.raises(ValueError, match="a script stands before"):
        with_policy('<head><script>a()</script><meta charset="utf-8">', BOOK)


def test_unknown_code_in_an_attribute_is_refused():
    with pytest.raises(ValueError, match=r"must be one of .* got \['two\(\)'\]"):
        policy('<p onclick="two()">', BOOK)


def test_another_version_of_the_widgets_bundle_is_noticed():
    *others, compiles = widgets_extension.MENDED
    assert compiles.startswith("new Function(")
    with pytest.raises(ValueError, match="has 0 of the places to be mended, expected 1: new Function"):
        widgets_extension.mended("".join(others))


def test_every_page_has_the_policy_that_its_content_asks_for(built):
    book, lite = security_extension.pages(built), sorted((built / "lite").rglob("*.html"))
    assert len(book) > 20
    for pages, rules in ((book, BOOK), (lite, LITE)):
        for page in pages:
            text = page.read_text(encoding="utf-8")
            assert text.count("Content-Security-Policy") == 1 and with_policy(text, rules) == text, page.relative_to(built)


def test_what_is_allowed_is_no_more_than_this():
    for rules in (BOOK, LITE):
        assert rules["default-src"] == ["'none'"]
        allowed = {source for name, sources in rules.items() for source in sources if name != "script-src"}
        assert allowed <= {"'none'", "'self'", "data:", "blob:", "'unsafe-inline'"}
    handlers = [content_policy._source(handler) for handler in content_policy.HANDLERS]
    assert BOOK["script-src"] == ["'self'", "'unsafe-hashes'", *handlers]
    assert LITE["script-src"] == ["'self'", "'unsafe-eval'"]


def test_what_is_not_the_books_own_does_not_run(built, chromium, tmp_path):
    """Markup that has come into a page afterwards, as through a fault, is refused, and the probes of the tests hear of it."""
    (tmp_path / "_static").symlink_to(built / "_static")
    text = (built / "search.html").read_text(encoding="utf-8")
    scripts = '<script>window.evil = 2</script><script src="https://example.org/a.js"></script>'
    evil = f'{EVIL}{scripts}<a href="javascript:evil=3">follow me</a>'
    (tmp_path / "page.html").write_text(text.replace("</body>", f"{evil}</body>"), encoding="utf-8")
    (tmp_path / "searchindex.js").symlink_to(built / "searchindex.js")
    with served(tmp_path) as at:
        visits = Visits(chromium, at)
        page = visits("page.html")
        page.get_by_text("follow me", exact=True).click()
        assert page.evaluate("window.evil") is None
        refused = [words.split("refused by the policy: ")[1] for words in page.trouble if "refused by the policy" in words]
        visits.close()
    assert {" ".join(words.split()[:2]) for words in refused} == {
        "script-src-attr inline", "script-src-elem inline", "script-src-elem https://example.org/a.js"
    }  # fmt: skip


# ---- What stays in the browser ----------------------------------------------------------------------------------------


def test_what_a_page_keeps_is_found(chromium, tmp_path):
    (tmp_path / "page.html").write_text('<!doctype html><link rel="icon" href="data:,">', encoding="utf-8")
    with served(tmp_path) as at:
        visits = Visits(chromium, at)
        page = visits("page.html")
        assert probes.kept(page) == []
        page.evaluate("document.cookie = 'a=1'; localStorage.setItem('theme', 'dark'); sessionStorage.setItem('b', 1)")
        assert probes.kept(page) == ["cookie: a", "sessionStorage: b"]
        visits.close()


# ---- A reader's text is text ------------------------------------------------------------------------------------------


class Markup(HTMLParser):
    """Collects all text of a piece of HTML, and the attributes of its tags."""

    def __init__(self, text):
        super().__init__()
        self.text, self.attributes = "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.text += data


def shows_as_text(markup):
    """Whether a piece of HTML shows EVIL as text, and has no attribute of it."""
    found = Markup(markup)
    return EVIL in found.text and not {"onerror"} & set(found.attributes)


@pytest.fixture
def own_progress(tmp_path, monkeypatch):
    """A folder of its own for a reader's progress."""
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path))
    monkeypatch.setattr(exercises, "_progress", Progress())
    return tmp_path


def raises(*arguments):
    """Raise an error whose words are the reader's."""
    raise ValueError(EVIL)


def named(name):
    """Return a function with a name that is the reader's, and a wrong signature."""

    def function():
        return 0

    function.__name__ = function.__qualname__ = name
    return function


@pytest.mark.parametrize(
    ("answer", "told"),
    [(raises, True), (lambda *a: EVIL, False), (lambda *a: {EVIL: 1}, False), (named(EVIL), False), (EVIL, False)],
    ids=["error", "text", "dict", "name", "no function"],
)
def test_what_the_checker_says_of_an_answer(own_progress, answer, told):
    markup = exercises.check(next(iter(exercises.EXERCISES)), answer)._repr_html_()
    assert "onerror" not in Markup(markup).attributes
    assert not told or shows_as_text(markup)


def test_what_stands_in_a_progress_file(own_progress):
    known = next(iter(exercises.EXERCISES))
    file = own_progress / "other.json"
    content = {"format": "nnlearn progress", "version": 1, "verdicts": {EVIL: EVIL, known: EVIL}}
    file.write_text(json.dumps(content), encoding="utf-8")
    exercises.import_progress(file)
    assert "onerror" not in Markup(exercises.progress()._repr_html_()).attributes


def test_the_label_of_a_number_in_a_graph_is_text():
    assert shows_as_text((Value(1.0, label=EVIL) * 2).graph()._repr_svg_())


class EvilExplorer(Explorer):
    """Every text that an explorer shows."""

    title = EVIL
    x = Range(0, 1, step=1, value=0, label=EVIL)
    y = Choice({EVIL: 0.0, "other": 1.0}, value=0.0, label=f"{EVIL} y")

    def setup(self, figure):
        (self.dot,) = figure.subplots().plot([], [], "o", animated=True)

    def update(self, x, y):
        self.dot.set_data([x], [y])
        return EVIL


class EvilError(EvilExplorer):
    """An explorer that fails in the reader's hands."""

    x = Range(0, 1, step=1, value=0, label="x")

    def update(self, x):
        if x:
            raise RuntimeError(EVIL)
        return "."


def evil_widgets():
    """Return widgets that show EVIL wherever a text may stand."""
    answers = [Answer(EVIL, EVIL, correct=True), Answer(f"`{EVIL}`", f"*{EVIL}*")]
    number = NumericQuestion(EVIL, 1.0, EVIL, [Near(2.0, EVIL)], tolerance=0.1, id="n")
    failing = EvilError().live()
    slider = next(w for w in walk(failing) if isinstance(w, ipywidgets.SelectionSlider))
    with pytest.raises(RuntimeError):
        slider.index = 1
    typed = number.widget(live=True)
    next(w for w in walk(typed) if isinstance(w, ipywidgets.Button)).click()
    questions = [Question(EVIL, answers, id="q").widget(), Predict(EVIL, answers, id="p").widget(), number.widget(), typed]
    return [EvilExplorer().live(), EvilExplorer().recorded(), failing, *questions]


def walk(widget):
    """Yield a widget and all that stand in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def test_no_widget_makes_markup_of_a_text(built, chromium, tmp_path):
    data = embed_data(views=evil_widgets(), drop_defaults=False)
    state = json.dumps(data["manager_state"]).replace("</", "<\\/").replace("<!--", "<\\!--")
    kind = "application/vnd.jupyter.widget-view+json"
    views = "".join(f'<div><script type="{kind}">{json.dumps(view)}</script></div>' for view in data["view_specs"])
    (tmp_path / "_static").symlink_to(built / "_static")
    (tmp_path / "page.html").write_text(
        f'<!doctype html><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">{views}'
        f'<script type="application/vnd.jupyter.widget-state+json">{state}</script>'
        '<script src="_static/vendor/widgets/embed.js"></script><script src="_static/nnlearn.js"></script>',
        encoding="utf-8",
    )
    with served(tmp_path) as at:
        visits = Visits(chromium, at)
        page = visits("page.html")
        for radio in page.query_selector_all("input[type=radio]"):
            radio.click()
        assert page.evaluate("document.body.innerText").count(EVIL) >= 20
        assert page.evaluate("[document.querySelectorAll('[onerror]').length, window.evil]") == [0, None]
        visits.close()


def test_the_search_shows_what_was_asked_for_as_text(visit):
    page = visit(f"search.html?q={EVIL.replace(' ', '+')}&highlight={EVIL.replace(' ', '+')}")
    page.wait_for_selector("#search-results")
    assert page.evaluate("[document.querySelectorAll('[onerror]').length, window.evil]") == [0, None]
    assert page.input_value("form.bd-search input >> nth=0") == EVIL
    assert page.trouble == []
