"""The pages to look things up in: the glossary is in order, and its words stand in the chapters that it names."""

import re
from pathlib import Path

import nbformat
import pytest

BOOK = Path(__file__).resolve().parent.parent / "book"
GLOSSARY = (BOOK / "glossary.md").read_text(encoding="utf-8").split("```{glossary}\n")[1].rsplit("```", 1)[0]


def entries():
    """Return {term: (its explanation, the numbers of the chapters that it names)}."""
    found = {}
    for entry in GLOSSARY.strip().split("\n\n"):
        term, explanation = entry.split("\n", 1)
        words = " ".join(explanation.split())
        numbers = re.search(r"\(([\d, ]+)\)$", words)
        found[term] = (words, [int(n) for n in numbers[1].split(",")] if numbers else [])
    return found


def text_of_chapter(number):
    """Return all that a chapter says in its text, or None if it is not written yet."""
    paths = list(BOOK.glob(f"{number:02d}-*.ipynb"))
    if not paths:
        return None
    cells = nbformat.read(paths[0], as_version=4).cells
    text = " ".join(cell.source for cell in cells).lower()
    return " ".join(re.sub(r"[-*_]", " ", text).split())


def test_the_glossary_is_in_order_and_names_each_term_once():
    terms = re.findall(r"^(\S.*)$", GLOSSARY, flags=re.MULTILINE)
    assert terms == sorted(terms, key=lambda term: term.lower().replace("-", " "))
    assert len(set(terms)) == len(terms) == len(entries()) >= 90


@pytest.mark.parametrize("term", entries())
def test_a_term_is_explained_and_stands_in_the_chapters_that_it_names(term):
    words, numbers = entries()[term]
    assert len(words) >= 40
    for number in numbers:
        text = text_of_chapter(number)
        # Singular and plural, and either spelling of -ize.
        stem = re.escape(term.lower().replace("-", " ").removesuffix("s").removesuffix("y")).replace("iz", "i[sz]")
        assert text is None or re.search(stem, text), f"chapter {number} does not speak of {term!r}"
