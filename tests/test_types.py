"""Type hints: whoever installs the package gets them, and every word in them means something.

That each function has them, and that they are true, is checked by `make types`.
"""

import importlib
import inspect
import pkgutil
import typing
from importlib.resources import files

import pytest

import nnlearn

STACK = ["nnlearn", *(f"nnlearn.{found.name}" for found in pkgutil.iter_modules(nnlearn.__path__) if not found.ispkg)]


def functions_of(module):
    """Yield every function and method that is written in this module."""
    for value in vars(module).values():
        if getattr(value, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(value):
            yield value
        elif inspect.isclass(value):
            for member in vars(value).values():
                member = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
                if inspect.isfunction(member) and member.__module__ == module.__name__:
                    yield member


def test_the_package_says_that_it_has_hints():
    assert files("nnlearn").joinpath("py.typed").is_file()


@pytest.mark.parametrize("name", STACK)
def test_every_hint_can_be_looked_up(name):
    module = importlib.import_module(name)
    for_checkers_alone = {"Value": nnlearn.autograd.Value, "Graph": importlib.import_module("nnlearn._graph").Graph}
    for function in functions_of(module):
        typing.get_type_hints(inspect.unwrap(function), localns=for_checkers_alone)
