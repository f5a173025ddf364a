"""The book on paper: nothing of it is missing, nothing dead is in it, and every page number is the right one."""

import io
import json
import re
import unicodedata
from collections import namedtuple
from pathlib import Path

import paper
import paper_widgets
import pdf as printer
import pikepdf
import pypdfium2
import pytest

from tests.pages.site import ROOT, SITE, pages
from tests.test_back_matter import entries

NOTEBOOKS = sorted((ROOT / "book").glob("[0-9]*.ipynb"))
MM = 72 / 25.4
#: What only a screen can do, in the words that the pages have for it.
OF_THE_SCREEN = (
    "Not attempted yet", "Show code cell output", "Hide code cell", "Show the right answer", "Click to", "Copy to clipboard",
)  # fmt: skip

Book = namedtuple("Book", "content texts outline wide controls")
Heading = namedtuple("Heading", "level title page above_bottom")


def plain(text):
    """Return text without spaces and line breaks, which paper sets as it needs, ligatures apart and quotation marks straight."""
    return re.sub(r"[\s\u2060\ufffe\u00ad]+", "", unicodedata.normalize("NFKC", text).replace("’", "'"))


def texts_of(content):
    """Return the text of every page of a PDF."""
    document = pypdfium2.PdfDocument(content)
    return [plain(page.get_textpage().get_text_bounded()) for page in document]


def outline_of(content):
    """Return the headings in the outline of a PDF, with how far above the paper's lower edge they stand, in points."""
    found = []
    for bookmark in pypdfium2.PdfDocument(content).get_toc():
        place = bookmark.get_dest()
        found.append(Heading(bookmark.level, plain(bookmark.get_title()), place.get_index() + 1, place.get_view()[1][1]))
    return found


@pytest.fixture(scope="module")
def book(built, chromium):
    """The book, printed once, and what its page in the browser said of itself before."""
    with printer.opened(built, chromium) as page:
        content = printer.finished(printer.printed(page), paper.Edition.of(ROOT))
        # As wide as the text on paper: A4 without its margins.
        page.set_viewport_size({"width": round(150 * MM * 96 / 72), "height": 1000})
        wide = page.evaluate("""() => [...document.querySelectorAll('body *')].filter((element) => {
          const box = element.getBoundingClientRect();
          return box.width > 0 && box.right > document.documentElement.clientWidth + 1;
        }).map((element) => element.outerHTML.slice(0, 200))""")
        controls = page.locator("article, body").locator("button, input, select, [role=slider], .headerlink").count()
    return Book(content, texts_of(content), outline_of(content), wide, controls)


def outputs(tag):
    """Yield (the notebook, a cell's source, its plain output) for all cells with a tag."""
    for path in NOTEBOOKS:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if tag in cell["metadata"].get("tags", []):
                for output in cell["outputs"]:
                    if "data" in output:
                        yield path.stem, "".join(cell["source"]), "".join(output["data"].get("text/plain", ""))


def explorers():
    """Yield (title, sentence) of every explorer as it opens; a notebook keeps them as the explorer's plain form."""
    for _, _, text in outputs("remove-input"):
        if len(text.split("\n")) == 2 and not re.match(r"Predict:|Question:|DrawingPad", text):
            yield tuple(text.split("\n"))


def questions():
    """Yield (the text, the answers) of every question in the book."""
    for _, _, text in outputs("remove-input"):
        for one in re.findall(r"^(?:Predict|Question): (.*(?:\n  [a-h]\) .*)*)", text, flags=re.MULTILINE):
            asked, *answers = one.split("\n")
            yield asked, [answer.strip() for answer in answers]


# ---- What stands on paper ------------------------------------------------------------------------------------------


def test_every_chapter_is_in_the_outline_in_the_contents_and_on_its_page(book):
    whole = plain("".join(book.texts))
    tops = {heading.title: heading.page for heading in book.outline if heading.level == 0}
    contents = "".join(book.texts[tops["Contents"] - 1 : tops[plain("This book on paper")] - 1])
    assert whole.startswith("nnlearn")
    for path in pages()[1:]:
        page = paper_widgets.parsed((SITE / path).read_text(encoding="utf-8"))
        page.select_one("article h1 .headerlink").decompose()
        number = re.match(r"0*(\d*)", Path(path).stem)[1]
        title = plain(number + page.select_one("article h1").get_text())
        assert title in tops, path
        assert title in book.texts[tops[title] - 1], path
        assert f"{title}{tops[title]}" in contents, path
    assert {plain("Answers to the questions"), plain("Solutions to the exercises")} <= set(tops)


def test_every_explorer_stands_on_one_page_with_its_title_and_its_sentence(book):
    found = list(explorers())
    assert len(found) >= 40
    for title, sentence in found:
        assert any(plain(title) in text and plain(sentence) in text for text in book.texts), title


def test_every_question_stands_on_one_page_and_its_answer_where_it_says(book):
    found = list(questions())
    assert len(found) >= 150
    for asked, answers in found:
        places = [text for text in book.texts if plain(asked) in text and all(plain(answer) in text for answer in answers)]
        assert places, asked
    leads = [(int(to), at) for at, text in enumerate(book.texts, 1) for to in re.findall(r"answer:page(\d+)", text)]
    back = {int(to) for text in book.texts for to in re.findall(r"\d+\.\d+[a-h]\)page(\d+)", text)}
    assert len(leads) == len(found)
    assert {at for _, at in leads} == back
    first = next(heading.page for heading in book.outline if heading.title == plain("Answers to the questions"))
    assert all(to >= first for to, _ in leads)


def test_every_answer_is_answered(book):
    whole = "".join(book.texts)
    for path in NOTEBOOKS:
        page = paper_widgets.parsed((SITE / "book" / f"{path.stem}.html").read_text(encoding="utf-8"))
        widgets = paper_widgets.Widgets.of(page)
        for view in page.select(f'script[type="{paper_widgets.VIEW}"]'):
            for shown in widgets.shown_by(view):
                if isinstance(shown, paper_widgets.Question):
                    words = [plain(paper_widgets.parsed(feedback).get_text()) for feedback in shown.feedback]
                    # A page may end within them, and its number stands between.
                    assert all(said[:40] in whole for said in words), shown.text


def test_solutions_are_at_the_back_and_there_alone(book):
    first = next(heading.page for heading in book.outline if heading.title == plain("Solutions to the exercises"))
    found = [text for _, source, text in outputs("hide-output") if source.startswith("solution(")]
    assert len(found) >= 70
    before, after = "".join(book.texts[: first - 1]), "".join(book.texts[first - 1 :])
    for solution in found:
        assert plain(solution) in after, solution
        assert plain(solution) not in before, solution


def test_every_term_of_the_glossary_is_there(book):
    whole = "".join(book.texts)
    assert [term for term in entries() if plain(term) not in whole] == []


def test_nothing_on_paper_waits_for_a_click(book):
    whole = "".join(book.texts)
    assert [words for words in OF_THE_SCREEN if plain(words) in whole] == []
    assert book.controls == 0


# ---- How it stands there -------------------------------------------------------------------------------------------


def test_nothing_is_wider_than_the_text(book):
    # One such formula would make Chromium shrink every page.
    assert book.wide == []


def test_no_heading_is_the_last_thing_on_its_page(book):
    assert len(book.outline) > 300
    assert [heading.title for heading in book.outline if heading.above_bottom < 38 * MM] == []


def test_the_file_is_a_book(book):
    assert len(book.content) < 25e6
    assert 150 < len(book.texts) < 600
    with pikepdf.open(io.BytesIO(book.content)) as pdf:
        assert all([round(side / MM) for side in map(float, page.mediabox)] == [0, 0, 210, 297] for page in pdf.pages)
        assert pdf.Root.Lang == "en" and pdf.Root.MarkInfo.Marked
        with pdf.open_metadata() as about:
            assert about["dc:title"] == "nnlearn: an interactive textbook on neural networks"
            assert about["dc:creator"] == ["The nnlearn authors"]
        fonts = {font.objgen: font for page in pdf.pages for font in page.resources.get("/Font", {}).values()}
        assert len(fonts) > 5
        for font in fonts.values():
            # A font of Type 3 is its own drawing instructions; any other has to bring its file along.
            for part in font.get("/DescendantFonts", [font]):
                assert part.Subtype == "/Type3" or {"/FontFile", "/FontFile2", "/FontFile3"} & set(part.FontDescriptor.keys())


def test_every_picture_and_formula_has_words_for_those_who_listen(book):
    with pikepdf.open(io.BytesIO(book.content)) as pdf:
        marked = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"]
        words = [str(figure.get("/Alt", "")) for figure in marked]
    assert len(words) > 1000 and all(words)
    said = set(map(plain, words))
    assert all(plain(sentence) in said for _, sentence in explorers())


def test_links_lead_into_the_book_or_to_an_address_that_is_printed(book):
    with pikepdf.open(io.BytesIO(book.content)) as pdf:
        links = [link for page in pdf.pages for link in page.get("/Annots", []) if link.Subtype == "/Link"]
        inside = [str(link.Dest) for link in links if "/Dest" in link]
        outside = {str(link.A.URI) for link in links if "/A" in link and "/URI" in link.A}
        assert len(inside) > 700 and set(inside) <= set(pdf.Root.Dests.keys())
    assert outside and all(re.match("https?://", address) for address in outside)
    whole = "".join(book.texts)
    for address in outside:
        identifier = re.sub(r"https?://(doi\.org/|arxiv\.org/abs/)?", "", address)
        assert plain(identifier) in whole, address


def test_the_date_is_the_editions_or_the_one_that_is_asked_for(monkeypatch):
    blank = pikepdf.new()
    blank.add_blank_page()
    content = _bytes(blank)
    edition = paper.Edition.of(ROOT)
    for epoch, date in (("", edition.released.isoformat()), ("86400", "1970-01-02")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        made = printer.finished(content, edition)
        assert made == printer.finished(content, edition)
        with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_metadata() as about:
            assert about["xmp:CreateDate"].startswith(date)


def _bytes(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


# ---- The making of it ----------------------------------------------------------------------------------------------


def chapter_of(markup, name="02-a"):
    content = paper_widgets.parsed(markup).section
    return paper.Chapter(name, "A", "Part", content)


def test_links_get_a_page_and_what_is_not_on_paper_becomes_words():
    chapter = chapter_of("""<section><a href="01-b.html#x">one</a> <a href="#y">two</a> <a href="glossary.html#z">three</a>
    <a href="../_downloads/f.py">four</a> <a href="https://example.org">five</a></section>""")
    paper.lead_links(chapter, {"01-b": {"01-b/x": "01-b/heading"}, "02-a": {}, "glossary": {}})
    assert [link["href"] for link in chapter.content.select("a")] == ["#01-b/heading", "#02-a/y", "#glossary/z", "https://example.org"]
    assert [number["data-page-of"] for number in chapter.content.select("[data-page-of]")] == ["01-b/heading", "02-a/y"]
    assert "four" in chapter.content.get_text()


def test_the_places_of_a_chapter_are_its_own_and_its_sections_names_go_to_their_headings():
    chapter = chapter_of("""<section id="a"><h1>A</h1><section id="quiz"><span id="label"></span><h2>Quiz</h2>
    <p id="p">text</p></section></section>""")
    paper.name_places(chapter)
    assert [element["id"] for element in chapter.content.select("[id]")] == ["02-a", "02-a/quiz", "02-a/p"]
    assert chapter.content.h2["id"] == "02-a/quiz" and chapter.labels == {"02-a/label": "02-a/quiz"}


def test_a_formula_keeps_the_mark_behind_it():
    chapter = chapter_of('<section><p>for <span class="math">x</span>, and <span class="math">y</span> too</p></section>')
    for formula in chapter.content.select("span.math"):
        paper.keep_together(formula)
    assert [element.get_text() for element in chapter.content.select(".together")] == ["x,"]
    assert chapter.content.get_text() == "for x, and y too"


def test_a_widget_that_paper_does_not_know_is_refused():
    state = json.dumps({"state": {"1": {"model_name": "PlayModel", "state": {}}}})
    page = paper_widgets.parsed(
        f'<script type="{paper_widgets.STATE}">{state}</script><script type="{paper_widgets.VIEW}">{{"model_id": "1"}}</script>'
    )
    with pytest.raises(ValueError, match="got PlayModel"):
        paper_widgets.Widgets.of(page).shown_by(page.find("script", type=paper_widgets.VIEW))


class Restless:
    """A document whose one place moves to and fro with the width of its number, until the numbers are equally wide."""

    def __init__(self, targets=("place",)):
        self.targets, self.shown, self.equal = list(targets), None, False

    def evaluate(self, script, argument=None):
        if script == printer.TARGETS:
            return self.targets
        if script == printer.NUMBERED:
            self.shown = argument
        else:
            assert "equal-numbers" in script
            self.equal = True
        return None

    def pdf(self, **_):
        document = pikepdf.new()
        for _ in range(2):
            document.add_blank_page()
        place = 0 if self.equal or not self.shown or self.shown["place"] == 2 else 1
        document.Root.Dests = pikepdf.Dictionary({"/place": [document.pages[place].obj, pikepdf.Name.Fit]})
        return _bytes(document)


def test_numbers_that_move_the_text_to_and_fro_come_to_rest():
    page = Restless()
    content = printer.printed(page)
    assert page.equal and printer.pages_of(content) == page.shown == {"place": 1}


def test_a_page_number_of_no_place_is_refused():
    with pytest.raises(ValueError, match=r"no such places: \['nowhere'\]"):
        printer.printed(Restless(["nowhere"]))


# ---- One page, printed from the browser ----------------------------------------------------------------------------


def test_a_single_page_prints_without_controls_and_with_everything_open(visit):
    page = visit("book/03-activations.html")
    page.emulate_media(media="print")
    controls = page.locator(".widget-slider, select, input, .nn-player, .copybtn, .headerlink, .prev-next-area, summary p")
    assert controls.count() > 20
    assert [control.evaluate("(element) => element.outerHTML") for control in controls.all() if control.is_visible()] == []
    whole = "".join(texts_of(page.pdf(prefer_css_page_size=True)))
    for words in (
        "sigmoid at z = 0: the value is 0.5",
        "b) It falls from 1/4 towards 0.",
        "The first factor is",
        "return np.where(z >= 0, 1.0, 0.0)",
    ):
        assert plain(words) in whole, words
    assert [words for words in OF_THE_SCREEN if plain(words) in whole] == []
