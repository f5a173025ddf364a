"""Finding: the search knows the glossary, first uses lead there, and each page says what it is about and how long it takes."""

import re
from html import unescape
from pathlib import Path

import addresses
import nbformat
import pytest
from finding_extension import forms
from PIL import Image

from tests.pages.site import pages
from tests.test_back_matter import entries

BOOK = Path(__file__).resolve().parent.parent / "book"
CHAPTERS = sorted(BOOK.glob("*.ipynb"))
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
every_page = pytest.mark.parametrize("path", pages(), ids=lambda path: path.removesuffix(".html"))


def html_of(built, path):
    return (built / path).read_text(encoding="utf-8")


# ---- Search ------------------------------------------------------------------------------------------------------------


def test_the_search_finds_every_term_of_the_glossary(visit):
    page = visit("search.html?q=neuron")
    page.wait_for_selector("#search-results li a")
    found = page.evaluate(
        """(terms) => Object.fromEntries(terms.map((term) => {
          const [, searched, excluded, highlighted, objects] = Search._parseQuery(term);
          const results = Search._performSearch(term, searched, excluded, highlighted, objects);
          return [term, results.map((result) => result[0])];
        }))""",
        list(entries()),
    )
    chapters = {f"book/{path.stem}" for path in CHAPTERS}
    assert [term for term, results in found.items() if not any(result in chapters | {"book/glossary"} for result in results)] == []
    in_chapters = [term for term, results in found.items() if chapters & set(results)]
    named = [term for term, (_, numbers) in entries().items() if numbers]
    assert [term for term in named if term not in in_chapters] == []


# ---- First uses --------------------------------------------------------------------------------------------------------


@every_chapter
def test_first_uses_lead_to_the_glossary_and_the_notation_once_each(built, chapter):
    article = html_of(built, f"book/{chapter.stem}.html")
    targets = re.findall(r'<a class="nn-term reference internal" href="([^"]+)"', article)
    assert len(targets) == len(set(targets)), "a term is linked twice"
    assert len(targets) >= 8, f"its prose uses only {len(targets)} terms of the glossary"
    letters = re.findall(r'<a class="nn-letter reference internal" href="([^"]+)"', article)
    assert letters == ["notation.html#letters"] * len(letters)


@every_chapter
def test_every_term_that_the_glossary_explains_in_a_chapter_is_linked_where_its_prose_has_it(built, chapter):
    number = int(chapter.stem[:2])
    article = html_of(built, f"book/{chapter.stem}.html")
    text = re.sub(r'<script\b.*?</script>|<div class="nn-check">.*?</div>', " ", article, flags=re.DOTALL)
    paragraphs = re.findall(r"<p>(.*?)</p>", text, flags=re.DOTALL)
    plain = " ".join(unescape(re.sub(r"<(a|code|span)\b.*?</\1>|<[^>]+>", " ", paragraph)) for paragraph in paragraphs)
    linked = set(re.findall(r'class="nn-term reference internal" href="glossary\.html#term-([^"]+)"', article))
    for term, (_, numbers) in entries().items():
        if number in numbers and forms(term).search(plain):
            assert re.sub(r"[^\w]+", "-", term).strip("-") in linked or term in linked, term


def test_a_terms_forms():
    assert forms("hidden layer").search("two Hidden-layers") and forms("entropy").search("entropies")
    assert forms("initialization").search("initialisation") and not forms("batch").search("rebatched")


# ---- What a page says of itself ----------------------------------------------------------------------------------------


@every_page
def test_a_page_has_one_description_and_a_card(built, path):
    text = html_of(built, path)
    descriptions = re.findall(r'<meta name="description" content="([^"]+)"', text)
    assert len(descriptions) == 1 and 40 <= len(unescape(descriptions[0])) <= 260
    cards = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)"', text))
    assert cards["description"] and cards["url"] == f"{addresses.site()}{path}" and cards["image"].startswith(addresses.site())
    picture = built / cards["image"].removeprefix(addresses.site())
    with Image.open(picture) as card:
        assert card.width >= 1000 and picture.stat().st_size < 100_000
    assert re.findall(r'<link rel="canonical" href="([^"]+)"', text) == [f"{addresses.site()}{path}"]


def test_no_two_pages_have_the_same_description(built):
    said = [re.search(r'<meta name="description" content="([^"]+)"', html_of(built, path))[1] for path in pages()]
    assert len(set(said)) == len(said)


def test_the_map_of_the_site_names_every_page(built):
    listed = re.findall(r"<loc>([^<]+)</loc>", (built / "sitemap.xml").read_text())
    assert {f"{addresses.site()}{path}" for path in pages()} <= set(listed)
    assert f"Sitemap: {addresses.site()}sitemap.xml" in (built / "robots.txt").read_text()


@every_page
def test_one_can_go_on_to_the_next_page_and_back(built, path):
    order = pages()
    place, text = order.index(path), html_of(built, path)
    for step, name in ((1, "right-next"), (-1, "left-prev")):
        neighbour = order[place + step] if 0 <= place + step < len(order) else None
        found = re.search(rf'<a class="{name}"\s+href="([^"]+)"', text)
        assert (found and (Path(path).parent / found[1]).name) == (neighbour and Path(neighbour).name)


# ---- How long it takes -------------------------------------------------------------------------------------------------

#: Minutes for a word, a formula, a line of code, an explorer and a question: 200 words a minute, and time to play.
PACE = {"words": 1 / 200, "formulas": 0.3, "lines": 0.05, "explorers": 1.5, "questions": 0.5}


def estimate(notebook):
    """Return the minutes for reading a chapter and playing with it, without its exercises."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown").split("\n## Exercises")[0]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    seen = [cell for cell in code if not {"remove-cell", "remove-input", "hide-input"} & set(cell.metadata.get("tags", []))]
    shown = [cell for cell in code if "remove-input" in cell.metadata.get("tags", [])]
    explorers = sum("Explorer" in cell.source for cell in shown)
    counts = {
        "words": len(re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL).split()),
        "formulas": text.count("$$") // 2,
        "lines": sum(len(cell.source.splitlines()) for cell in seen),
        "explorers": explorers,
        "questions": len(shown) - explorers,
    }
    return sum(PACE[what] * count for what, count in counts.items())


@every_chapter
def test_a_chapter_takes_about_as_long_as_it_says(chapter):
    notebook = nbformat.read(chapter, as_version=4)
    stated = int(re.search(r"About (\d+) minutes", notebook.cells[0].source)[1])
    assert abs(estimate(notebook) - stated) <= 5.5, f"it says {stated} minutes, and takes about {estimate(notebook):.0f}"
    table = (BOOK / "index.md").read_text(encoding="utf-8")
    assert re.search(rf"\]\({chapter.stem}\) \|[^|]+\| {stated} \|", table), f"book/index.md has no row of {stated} minutes for it"
