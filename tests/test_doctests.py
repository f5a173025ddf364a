"""Every example in a docstring of the stack runs and gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import nnlearn

MODULES = ["nnlearn", *(f"nnlearn.{found.name}" for found in pkgutil.iter_modules(nnlearn.__path__) if not found.ispkg)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    failures, _ = doctest.testmod(importlib.import_module(name))
    assert failures == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    count = sum(len(test.examples) for name in MODULES for test in finder.find(importlib.import_module(name)))
    assert count >= 30
