"""Every example in a docstring of the package, and in the errata, runs and gives what it says."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import nnlearn

MODULES = ["nnlearn", *sorted(found.name for found in pkgutil.walk_packages(nnlearn.__path__, "nnlearn."))]
ERRATA = Path(__file__).resolve().parent.parent / "book" / "errata.md"


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    if name == "nnlearn.torch_bridge":
        pytest.importorskip("torch", reason="PyTorch is not installed: make .venv/.torch")
    failures, _ = doctest.testmod(importlib.import_module(name))
    assert failures == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    count = sum(len(test.examples) for name in MODULES for test in finder.find(importlib.import_module(name)))
    assert count >= 30


def errata():
    """Return the errata's examples; the fences around them are no part of what is printed."""
    text = re.sub(r"^```.*$", "", ERRATA.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return doctest.DocTestParser().get_doctest(text, {}, "errata", str(ERRATA), 0)


def test_the_errata_print_what_they_say():
    examples = errata()
    assert len(examples.examples) >= 30
    assert doctest.DocTestRunner().run(examples).failed == 0
