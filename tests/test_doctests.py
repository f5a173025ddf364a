"""The examples in the docstrings run and print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import nnlearn

#: Folders of modules that need more than numpy; their examples, if any, are run where those are tested.
LESSONS = ("plots", "explore", "exercises")
MODULES = ["nnlearn"] + [
    f"nnlearn.{found.name}" for found in pkgutil.iter_modules(nnlearn.__path__) if found.name not in LESSONS
]


def test_the_stack_is_found():
    assert {"nnlearn.activations", "nnlearn.network", "nnlearn.training", "nnlearn._checks"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    failed, _ = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert failed == 0
