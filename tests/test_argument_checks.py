"""The argument checks by themselves: what each gives, both sides of each boundary, and every message from beginning to end."""

import fractions
import pathlib
import sys

import numpy as np
import pytest

from nnlearn import _checks

RNG = np.random.default_rng(0)
FLOATS = np.array([0.5, -1.0], np.float32)


class Row:
    """What shows itself by `text`."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros((2, 3), np.int8), "an array of shape (2, 3) and dtype int8"),
        (3, "3"),
        ("x", "'x'"),
        (Row("a" * 60), "a" * 60),
        (Row("a" * 61), "a" * 57 + "... (Row)"),
    ],
)
def test_a_value_is_described_in_a_few_words(value, words):
    assert _checks.describe(value) == words


# ---- Arrays ----------------------------------------------------------------------------------------------------------


def test_float32_and_float64_stay_the_arrays_they_are_and_other_real_numbers_become_float64():
    for check in (_checks.real_array, _checks.finite_array):
        for dtype in (np.float32, np.float64):
            array = np.ones(2, dtype)
            assert check(array, "x") is array
        arrays = [np.ones(2, dtype) for dtype in (np.uint8, np.float16, ">f8", np.longdouble)]
        for value in (True, 3, 2.5, [1, 2], (1.0,), np.float16(1), *arrays):
            found = check(value, "x")
            assert type(found) is np.ndarray and found.dtype == np.dtype(float)
            assert found.tolist() == np.asarray(value, float).tolist()
    assert np.isnan(_checks.real_array([np.nan, np.inf], "x")[0])


def test_subclasses_of_arrays_become_plain_ones():
    found = _checks.plain_array(np.array([[1, 2]]).view(np.matrix), "x")
    assert type(found) is np.ndarray and found.tolist() == [[1, 2]]
    assert type(_checks.plain_array(np.ma.array([1.0]), "x")) is np.ndarray
    assert _checks.plain_array(["a"], "x").tolist() == ["a"]
    array = np.array([None])
    assert _checks.plain_array(array, "x") is array


RAGGED = "x must be an array of real numbers, got a ragged sequence or what is no sequence"
NOT_REAL = "x must be an array of real numbers, got "


@pytest.mark.parametrize(
    ("check", "value", "error", "message"),
    [
        (_checks.plain_array, [[1], [1, 2]], TypeError, RAGGED),
        (_checks.plain_array, np.ma.masked_equal([1, 2, 2], 2), ValueError, "x must be without masked entries, got 2 of them"),
        (_checks.real_array, [[1], [1, 2]], TypeError, RAGGED),
        (_checks.real_array, "a", TypeError, NOT_REAL + "'a'"),
        (_checks.real_array, [None], TypeError, NOT_REAL + "[None]"),
        (_checks.real_array, np.ones(2, complex), TypeError, NOT_REAL + "an array of shape (2,) and dtype complex128"),
        (_checks.real_array, np.zeros(1, "M8[Y]"), TypeError, NOT_REAL + "an array of shape (1,) and dtype datetime64[Y]"),
        (_checks.finite_array, [1.0, np.nan], ValueError, "x must be finite, got nan or inf in it"),
        (_checks.finite_array, [-np.inf], ValueError, "x must be finite, got nan or inf in it"),
    ],
)  # fmt: skip
def test_what_is_no_array_of_numbers_is_refused_with_what_came(check, value, error, message):
    with pytest.raises(error) as caught:
        check(value, "x")
    assert str(caught.value) == message


def test_another_dtype_may_round_but_not_turn_a_number_into_infinity():
    array = np.array([1.5, np.inf, -np.inf, np.nan])
    assert _checks.as_dtype(array, float, "x") is array
    found = _checks.as_dtype(array, np.float32, "x")
    assert found.dtype == np.float32 and np.array_equal(found, array, equal_nan=True)
    largest = float(np.finfo(np.float32).max)
    assert _checks.as_dtype(np.array([largest, -largest]), np.float32, "x").tolist() == [largest, -largest]
    for numbers, shown in (([1.0, -2 * largest], "6.81e+38"), ([1e300, np.nan], "1e+300"), ([1e300, np.inf], "inf")):
        with pytest.raises(ValueError) as caught:
            _checks.as_dtype(np.array(numbers), np.float32, "x")
        assert str(caught.value) == f"x must hold numbers that float32 can hold, got up to {shown}"


# ---- dtypes, counts, numbers -----------------------------------------------------------------------------------------


def test_a_float_dtype_is_one_of_two():
    for name in ("float64", float, np.float64, None):
        assert _checks.float_dtype(name) == np.float64
    assert _checks.float_dtype("f4") == np.float32
    for value, shown in (("half", "'half'"), ("nonsense", "'nonsense'"), (np.float16, "<class 'numpy.float16'>"), (3, "3")):
        with pytest.raises(TypeError) as caught:
            _checks.float_dtype(value)
        assert str(caught.value) == f"dtype must be float64 or float32, got {shown}"


@pytest.mark.parametrize("value", [5, np.int8(5), np.uint64(5), np.array(5)])
def test_a_count_is_a_plain_int(value):
    assert type(_checks.count(value, "n")) is int and _checks.count(value, "n") == 5


def test_a_count_lies_between_the_least_and_what_an_index_can_be():
    assert _checks.count(1, "n") == 1 and _checks.count(0, "n", least=0) == 0 and _checks.count(3, "n", least=3) == 3
    assert _checks.count(sys.maxsize, "n") == sys.maxsize
    huge = sys.maxsize + 1
    for value, least, words in ((0, 1, "at least 1, got 0"), (-1, 0, "at least 0, got -1"), (2, 3, "at least 3, got 2"),
                                (huge, 1, f"at most {sys.maxsize}, got {huge}")):  # fmt: skip
        with pytest.raises(ValueError) as caught:
            _checks.count(value, "n", least=least)
        assert str(caught.value) == f"n must be {words}"
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        _checks.count(0, "n")


@pytest.mark.parametrize("value", [True, np.True_, 2.0, np.float64(2), "2", None, [2], np.array([2])], ids=repr)
def test_what_is_no_whole_number_is_no_count(value):
    with pytest.raises(TypeError) as caught:
        _checks.count(value, "n")
    assert str(caught.value) == f"n must be a whole number, got {_checks.describe(value)}"


@pytest.mark.parametrize("value", [2, 2.0, np.int8(2), np.float32(2), np.array(2.0), fractions.Fraction(2)], ids=repr)
def test_a_number_is_a_plain_float(value):
    for check in (_checks.number, _checks.positive, _checks.at_least_0):
        assert type(check(value, "k")) is float and check(value, "k") == 2.0


@pytest.mark.parametrize("value", [True, np.True_, "2", None, 2j, [2.0], np.array([2.0]), np.array(True), np.array("a")], ids=repr)
def test_what_is_not_one_real_number_is_refused(value):
    for check in (_checks.number, _checks.positive, _checks.at_least_0, _checks.share):
        with pytest.raises(TypeError) as caught:
            check(value, "k")
        assert str(caught.value) == f"k must be a number, got {_checks.describe(value)}"


def refused(check, value, **more):
    """Return the words of a ValueError."""
    with pytest.raises(ValueError) as caught:
        check(value, "k", **more)
    return str(caught.value)


def test_numbers_on_both_sides_of_each_boundary():
    tiny = 5e-324
    for check in (_checks.number, _checks.positive, _checks.at_least_0, _checks.share):
        for value, shown in ((np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf"), (10**400, "inf")):
            assert refused(check, value) == f"k must be finite, got {shown}"
    assert _checks.number(-1.5, "k") == -1.5 and _checks.positive(tiny, "k") == tiny and _checks.at_least_0(0, "k") == 0
    assert refused(_checks.positive, 0) == "k must be positive, got 0.0"
    assert refused(_checks.positive, -1) == "k must be positive, got -1.0"
    assert refused(_checks.at_least_0, -tiny) == "k must be at least 0, got -5e-324"
    below_1, above_1 = np.nextafter(1, 0), np.nextafter(1, 2)
    assert [_checks.share(value, "k") for value in (0, tiny, below_1)] == [0, tiny, below_1]
    assert [_checks.share(value, "k", closed=True) for value in (0, 0.5, 1)] == [0, 0.5, 1]
    assert refused(_checks.share, 1) == "k must be in [0, 1), got 1.0"
    assert refused(_checks.share, -tiny) == "k must be in [0, 1), got -5e-324"
    assert refused(_checks.share, above_1, closed=True) == f"k must be in [0, 1], got {float(above_1)}"
    assert refused(_checks.share, -tiny, closed=True) == "k must be in [0, 1], got -5e-324"


# ---- Things ----------------------------------------------------------------------------------------------------------


def test_a_flag_is_a_plain_bool():
    assert _checks.flag(True, "f") is True and _checks.flag(np.False_, "f") is False
    for value in (0, 1, "no", [0], None):
        with pytest.raises(TypeError) as caught:
            _checks.flag(value, "f")
        assert str(caught.value) == f"f must be True or False, got {value!r}"


def test_a_path_is_a_name():
    for value in ("a", pathlib.Path("a")):
        assert _checks.path(value, "p") is value
    for value in (3, b"a", None):
        with pytest.raises(TypeError) as caught:
            _checks.path(value, "p")
        assert str(caught.value) == f"p must be the name of a file or folder, got {value!r}"


def test_an_instance_and_a_generator_are_returned_as_they_are():
    assert _checks.instance(True, int, "k", "3") is True and _checks.generator(RNG) is RNG
    for value in (int, "3"):
        with pytest.raises(TypeError) as caught:
            _checks.instance(value, int, "k", "3")
        assert str(caught.value) == f"k must be of the class int, such as 3, got {value!r}"
    for value in (0, None, np.random):
        with pytest.raises(TypeError) as caught:
            _checks.generator(value)
        expected = f"must be a numpy.random.Generator, such as np.random.default_rng(0), got {_checks.describe(value)}"
        assert str(caught.value) == f"rng {expected}"
        with pytest.raises(TypeError) as caught:
            _checks.generator(value, "chance")
        assert str(caught.value) == f"chance {expected}"
