"""The API reference: every public name has an entry, an example and its errors, and docstrings become what Sphinx reads."""

import dataclasses
import inspect
from pathlib import Path

import pytest
from api_extension import as_rst, entries

import nnlearn
from nnlearn import autograd, checks, datasets, gradcheck, optimizers, storage, training, worked

PAGE = (Path(__file__).resolve().parent.parent / "book" / "api.md").read_text(encoding="utf-8")
#: Modules that are public by themselves; what `nnlearn` offers of them is named without the module.
MODULES = (autograd, checks, datasets, gradcheck, storage, worked)


def public_names():
    """Return every public object by the name that a reader writes behind `nnlearn.`."""
    found = {name: getattr(nnlearn, name) for name in nnlearn.__all__}
    for module in MODULES:
        for name, value in vars(module).items():
            is_own = getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
            if is_own and name not in nnlearn.__all__ and (inspect.isclass(value) or inspect.isfunction(value)):
                found[f"{module.__name__.removeprefix('nnlearn.')}.{name}"] = value
    found["optimizers.NonFiniteGradient"], found["training.Progress"] = optimizers.NonFiniteGradient, training.Progress
    for shared_inside in ("gradcheck.numeric_gradient", "storage.parse_json", "storage.write_atomically"):
        del found[shared_inside]
    return found


PUBLIC = public_names()


def test_every_public_name_has_one_entry():
    assert sorted(entries(PAGE)) == sorted(PUBLIC)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_has_an_example(name):
    assert ">>> " in inspect.getdoc(PUBLIC[name])


def is_a_result(value):
    """Whether this is something that others make and readers only look at, or an error itself."""
    return inspect.isclass(value) and (issubclass(value, (tuple, Exception)) or dataclasses.is_dataclass(value))


@pytest.mark.parametrize("name", sorted(name for name, value in PUBLIC.items() if not is_a_result(value)))
def test_every_public_name_says_its_errors(name):
    value = PUBLIC[name]
    # A class that is made without arguments of its own raises what its base class says.
    speakers = [value]
    if inspect.isclass(value) and "__init__" not in vars(value):
        speakers += [base for base in value.__mro__[1:] if base is not object]
    assert any("raises" in (speaker.__doc__ or "").lower() for speaker in speakers)


# ---- From a docstring to what Sphinx reads --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("e^(-|z|) and 2 * x_1", r"e^(-\|z\|) and 2 \* x\_1"),
        ("`x` (n, n_in)", r"``x`` (n, n\_in)"),
        ("see `fit` and `nnlearn.fit`", ":py:obj:`fit <nnlearn.fit>`"),
        ("Raises ValueError for x.", "**Raises** ValueError for x."),
        ("Shapes: x (n,)", "**Shapes:** x (n,)"),
    ],
)
def test_running_text(line, wanted):
    assert wanted in as_rst([line], {"fit": "nnlearn.fit"})[0]


def test_formulas_keep_their_columns_and_examples_stay():
    lines = ["A rule:", "", "    v ← β v + g,   w ← w - η v", "    w ← 0", "", "Then:", "", ">>> f(1)", "2", "", "The end_."]
    assert as_rst(lines, {}) == [
        "A rule:", "", ".. code-block:: text", "", "    v ← β v + g,   w ← w - η v", "    w ← 0", "", "Then:", "", ">>> f(1)", "2",
        "", r"The end\_.",
    ]  # fmt: skip


def test_a_list_stands_apart_from_the_text_before_it():
    assert as_rst(["One of:", "- `a`", "- b"], {}) == ["One of:", "", "- ``a``", "- b"]
