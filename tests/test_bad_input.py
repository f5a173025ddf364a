"""Whatever is put into a public call: the right result, or an error of ours that names the argument; nothing is changed.

What each call takes stands in the table of tests/bad_input.py; the policy in the docstring of `nnlearn`, under "Bad input".
"""

import copy
import inspect
import os
import re
import traceback
from collections import Counter
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlearn as nn
from nnlearn import datasets
from tests.bad_input import CALLS, NOT_NUMBERS, NOT_ONE_NUMBER, TAKE_NOTHING

NIGHTLY = bool(os.environ.get("NNLEARN_NIGHTLY"))
SEEDS = range(4 if NIGHTLY else 1)
EXAMPLES = 60 if NIGHTLY else 4
PACKAGE = str(Path(nn.__file__).parent)
#: Where an error speaks of an argument by another word.
OTHER_WORDS = {
    "x": "x|z|y must have the shape of out", "classes": "classes|n must", "value": "exp|log|data", "exponent": "exponent|power",
    "data": "data|base|power", "gradients": "gradients?", "gradient": "gradients?", "other": "others",
}  # fmt: skip

PAIRS = [(call, name) for call in CALLS for name in call.arguments]
BY_NAME = {"ids": lambda part: part if isinstance(part, str) else part.name}


def arguments_of(call, seed):
    """Return good arguments; the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    return {name: argument.good(rng) for name, argument in call.arguments.items()}


def numbers_in(value):
    """Return all arrays and numbers in a result or an argument, in order."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, nn.Network):
        value = list(value.params.values())
    if isinstance(value, (list, tuple)):
        return [found for part in value for found in numbers_in(part)]
    return [np.asarray(value)]


def assert_equal(one, other, *, rounding=0.0):
    for left, right in zip(numbers_in(one), numbers_in(other), strict=True):
        if left.dtype.kind == "f" and right.dtype.kind == "f":
            np.testing.assert_allclose(left, right, rtol=rounding, atol=rounding)
        elif left.dtype.kind in "biufcUSM":
            np.testing.assert_array_equal(left, right)


def refused(call, name, arguments):
    """Return whether the call refuses the arguments, and assert that it does it in our way; or the result."""
    before = copy.deepcopy({key: value for key, value in arguments.items() if isinstance(value, (np.ndarray, list, tuple, dict))})
    try:
        with np.errstate(all="ignore"):  # numpy's word for what has no value; what has one comes without (see the forms below)
            result = call.function(**arguments)
    except call.also_raises:
        return True, None
    except (TypeError, ValueError) as error:
        where = traceback.extract_tb(error.__traceback__)[-1].filename
        assert where.startswith(PACKAGE), f"{call.name}({name}={arguments[name]!r}): not an error of ours: {error}"
        said = f"{call.name}({name}={arguments[name]!r}): {error}"
        assert re.search(rf"\b({OTHER_WORDS.get(name, name)})", str(error)), f"the argument is not named: {said}"
        assert re.search(r"\b(got|is|gives|differs|its gradient)\b", str(error)), f"it is not said what came: {said}"
        result, was_refused = None, True
    else:
        was_refused = False
    for key, value in before.items():
        assert_equal(value, arguments[key])
    return was_refused, result


# ---- The table is whole ----------------------------------------------------------------------------------------------


def test_every_public_name_is_in_the_table():
    inside = {call.name.split(".")[0].split(",")[0] for call in CALLS} | TAKE_NOTHING
    assert set(nn.__all__) - inside == set()
    functions = {f"datasets.{name}" for name, value in vars(datasets).items()
                 if inspect.isfunction(value) and value.__module__ == "nnlearn.datasets" and name[0] != "_"}  # fmt: skip
    assert functions - {call.name for call in CALLS} == set()


def test_there_are_enough_cases():
    bad = sum(len(call.arguments[name].bad(np.random.default_rng(0))) for call, name in PAIRS)
    forms = sum(len(call.arguments[name].forms(arguments_of(call, 0)[name])) for call, name in PAIRS)
    cases = len(SEEDS) * (bad + forms) + EXAMPLES * len(PAIRS)
    assert cases >= (10_000 if NIGHTLY else 1_000)


# ---- What is put in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("call", "name"), PAIRS, **BY_NAME)
def test_what_cannot_be_right_is_refused(call, name):
    for seed in SEEDS:
        for place in range(len(call.arguments[name].bad(np.random.default_rng(seed)))):
            # Made anew for each, since what is refused must not have been changed by the one before.
            bad = call.arguments[name].bad(np.random.default_rng(seed))[place]
            was_refused, result = refused(call, name, {**arguments_of(call, seed), name: bad})
            assert was_refused, f"{call.name}({name}={bad!r}) gave {result!r}"


@pytest.mark.parametrize(("call", "name"), PAIRS, **BY_NAME)
def test_the_same_numbers_in_another_form_give_the_same(call, name):
    """Without a warning, too: pytest makes errors of them."""
    for seed in SEEDS:
        good = arguments_of(call, seed)
        try:
            expected = call.function(**good)
        except call.also_raises:
            continue
        for form in call.arguments[name].forms(good[name]):
            kept = copy.deepcopy(form)
            # Another layout in memory makes BLAS add in another order.
            assert_equal(call.function(**{**arguments_of(call, seed), name: form}), expected, rounding=1e-13)
            assert_equal(form, kept)


@pytest.mark.parametrize(("call", "name"), [pair for pair in PAIRS if pair[0].arguments[pair[1]].passes_nan], **BY_NAME)
def test_nan_is_not_turned_into_a_number(call, name):
    good = arguments_of(call, 0)
    broken = good[name].copy()
    broken.flat[broken.size // 2] = np.nan
    with np.errstate(all="ignore"):
        result = call.function(**{**good, name: broken})
    assert any(np.isnan(array).any() for array in numbers_in(result))


# ---- Whatever --------------------------------------------------------------------------------------------------------

ANYTHING = st.one_of(
    st.sampled_from([*NOT_NUMBERS, *NOT_ONE_NUMBER]), st.integers(-3, 9), st.floats(), st.text(max_size=3), st.booleans(),
    st.lists(st.one_of(st.floats(), st.none(), st.text(max_size=1)), max_size=4),
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.float16, np.longdouble, np.int8, np.uint64, np.bool_, np.complex64]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6),
    ),
)  # fmt: skip


def test_whatever_is_put_in_gives_a_result_or_an_error_of_ours():
    tried = Counter()

    for call, name in PAIRS:
        if call.name in SLOW_TO_FUZZ:
            continue

        @settings(max_examples=EXAMPLES, database=None)
        @given(ANYTHING, st.integers(0, 99))
        def property_of_one(anything, seed):
            tried[call.name] += 1  # noqa: B023 - it is called before the loop goes on
            refused(call, name, {**arguments_of(call, seed), name: anything})  # noqa: B023

        property_of_one()
    assert set(tried) == {call.name for call, _ in PAIRS} - SLOW_TO_FUZZ


#: These would load PyTorch, read files that a text or number may name, or make as many objects as a number says.
SLOW_TO_FUZZ = {"to_torch", "save", "load", "datasets.read_idx", "datasets.fashion_mnist"}
