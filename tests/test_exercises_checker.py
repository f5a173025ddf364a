"""The checker: its verdicts and their order, its words, its time budget, and what it sees in an error."""

import contextlib
import html
import inspect
import linecache
import math
import os
import re
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import replace

import numpy as np
import pytest

from nnlearn.exercises import checking, diagnosis, frames, running
from nnlearn.exercises.checking import check_answer
from nnlearn.exercises.exercise import Exercise, Hint, Misconception
from nnlearn.exercises.result import HEADINGS

HINTS = (Hint("a"), Hint("b", "step"), Hint("d"))

DOUBLE = Exercise(
    id="03-double",
    title="Double",
    task="Return twice z.",
    starter="def my_double(z):\n    ...",
    reference=lambda z: 2 * z,
    cases=lambda rng: [(np.array([1.0, 2.0]),), (rng.normal(size=(3, 3)),), (rng.normal(size=(2, 4)),)],
    hints=HINTS,
    misconceptions=(Misconception(lambda z: z**2, "You squared it.", "step"),),
)

CENTRE = replace(
    DOUBLE,
    reference=lambda z: z.mean(axis=0),
    cases=lambda rng: [(rng.normal(size=shape),) for shape in ((2, 3), (3, 3), (5, 4))],
    misconceptions=(),
)


def verdict(answer, exercise=DOUBLE):
    """Return (kind, which contract, message)."""
    result = check_answer(exercise, answer)
    return result.kind, result.detail, result.message


# ---- Not attempted -------------------------------------------------------------------------------------------------


def docstring_only(z):
    """Return twice z."""


def not_implemented(z):
    raise NotImplementedError("later")


@pytest.mark.parametrize(
    "answer", [None, ..., docstring_only, not_implemented, lambda x: None, lambda z: ...], ids=lambda answer: repr(answer)[:16]
)
def test_an_empty_function_is_not_attempted(answer):
    assert verdict(answer)[0] == "not attempted"


def test_a_starter_that_does_something_is_not_attempted_while_it_does_the_same():
    exercise = replace(DOUBLE, starter="def my_double(z):\n    out = z + 2\n    return out", misconceptions=())

    def renamed(x):
        y = x + 2
        return y

    assert verdict(renamed, exercise)[::2] == ("not attempted", "Fill in the function, run its cell, and check again.")
    kind, _, message = verdict(lambda z: 2 + z, exercise)
    assert kind == "not attempted" and "still gives what it gave at the start" in message
    assert verdict(lambda z: z + 3, exercise)[0] == "wrong"


def test_an_exercise_may_hold_lists():
    exercise = replace(DOUBLE, hints=list(HINTS), misconceptions=list(DOUBLE.misconceptions))
    assert verdict(lambda z: 2 * z, exercise)[0] == "ok" and verdict(lambda z: z * z, exercise)[0] == "misconception"


# ---- Form, before values -------------------------------------------------------------------------------------------


def changing(z):
    z *= 2
    return z


def two_ways(z):
    if z.shape == (3, 3):
        return None
    return z


@pytest.mark.parametrize(
    ("answer", "which", "words"),
    [
        (3.0, "signature", "You gave a number."),
        (np.ones(2), "signature", "You gave an array. Is there a pair of brackets too many"),
        (lambda: 1, "signature", "must take 1 argument (z); yours takes none."),
        (lambda a, b: a, "signature", "yours takes 2 arguments (a, b)."),
        (lambda z: print(z), "none", "It printed something: printing shows a value, `return` gives it back."),
        (two_ways, "none", "Is there a `return` on every way through it?"),
        (lambda z: "text", "type", "it returned text."),
        (lambda z: [None], "type", "it returned a list with something in it that is no plain number."),
        (lambda z: {1.0}, "type", "it returned a set."),
        (lambda z: OrderedDict(), "type", "it returned an OrderedDict."),
        (lambda z: [[1], [1, 2]], "type", "cannot be made an array"),
        (lambda z: z > 0, "dtype", "it returned True and False (dtype bool). Multiply by 1.0"),
        (lambda z: z * 1j, "dtype", "it returned complex numbers (dtype complex128)."),
        (lambda z: (z * 2).astype(np.float16), "dtype", "float16 holds no more"),
        (lambda z: z[:0], "shape", "must have the shape (2,), it has (0,)."),
        (lambda z: 1.0, "shape", "it has (). It is a single number."),
        (lambda z: z[None] * 2, "shape", "an axis of length 1 too many, or too few?"),
        (lambda z: 2 * z.T, "shape", "shape (2, 4), it has (4, 2). Those are the same two the other way round"),
        (lambda z: z / 0, "finite", "The result holds inf"),
        (lambda z: z * np.nan, "finite", "The result holds nan"),
        (changing, "changed", "changed its input z."),
    ],
)
def test_form_comes_before_value_and_says_which_part_of_it(answer, which, words):
    kind, detail, message = verdict(answer)
    assert (kind, detail) == ("contract", which) and words in message


DICT = replace(
    DOUBLE, starter="def my_double(p):\n    ...", reference=lambda p: 2 * p["W"], misconceptions=(),
    cases=lambda rng: [({"W": rng.normal(size=shape), "b": [1, 2]},) for shape in ((2,), (3, 3))],
)  # fmt: skip


def changing_a_table(p):
    p["W"] *= 2
    return p["W"]


def changing_a_list(p):
    p["b"].append(3)
    return 2 * p["W"]


def changing_an_entry(p):
    p["b"][1] = 3
    return 2 * p["W"]


def adding_a_key(p):
    p["c"] = 0
    return 2 * p["W"]


@pytest.mark.parametrize("answer", [changing_a_table, changing_a_list, changing_an_entry, adding_a_key])
def test_a_change_is_noticed_in_tables_and_lists_too(answer):
    assert verdict(lambda p: p["W"] + p["W"], DICT)[0] == "ok"
    kind, which, message = verdict(answer, DICT)
    assert (kind, which) == ("contract", "changed") and "changed its input p." in message


def test_a_function_that_does_not_tell_its_signature_is_run_all_the_same():
    with pytest.raises(ValueError, match="no signature"):
        inspect.signature(max)
    assert verdict(max)[0] == "error"
    largest = replace(DOUBLE, reference=lambda z: z.max(), cases=lambda rng: [(rng.normal(size=n),) for n in (2, 3)])
    assert verdict(max, largest)[0] == "ok"


def test_shape_comes_before_value_whatever_the_order_of_the_cases():
    kind, detail, _ = verdict(lambda z: z[0] if z.ndim == 2 else z + 7)
    assert (kind, detail) == ("contract", "shape")


def test_memory_of_earlier_calls_is_noticed():
    calls = []

    def counting(z):
        calls.append(1)
        return 2 * z + (len(calls) > 3)

    kind, detail, message = verdict(counting)
    assert (kind, detail) == ("contract", "state") and "second call" in message


def test_a_function_that_returns_nothing_the_second_time_is_noticed():
    calls = []

    def once(z):
        calls.append(z)
        return 2 * z if len(calls) <= 3 else None

    assert verdict(once)[:2] == ("contract", "state")


@pytest.mark.parametrize("gives", [None, "two"])
def test_a_reference_that_gives_no_numbers_is_the_checkers_fault(gives):
    kind, _, message = verdict(lambda z: 2 * z, replace(DOUBLE, reference=lambda z: gives))
    assert kind == "fault" and "RuntimeError: the reference gave " in message


def test_nan_is_never_close():
    assert not diagnosis.close(np.array([np.nan]), np.array([1.0]), 1e9)
    assert not diagnosis.close(np.array([np.nan]), np.array([np.nan]), 1e9)
    assert diagnosis.close(np.array([np.inf, 1.0]), np.array([np.inf, 1.0]), 1e-9)


# ---- Several results -----------------------------------------------------------------------------------------------

SWAPPED = Misconception(lambda z: (z.sum(), 2 * z), "Swapped.", "step")
PAIR = replace(DOUBLE, reference=lambda z: (2 * z, z.sum()), misconceptions=(SWAPPED,))
TABLE = replace(DOUBLE, reference=lambda z: {"W": 2 * z, "b": z.sum()}, misconceptions=())


def test_a_tuple_or_a_dict_of_results():
    assert verdict(lambda z: [z + z, z.sum()], PAIR)[0] == "ok"
    assert verdict(lambda z: (z.sum(), z + z), PAIR)[2] == "Swapped."
    kind, which, message = verdict(lambda z: 2 * z[:1], PAIR)
    assert (kind, which) == ("contract", "type") and "2 results, as in `return a, b`; it returned an array" in message
    kind, _, message = verdict(lambda z: (2 * z, -z.sum()), PAIR)
    assert kind == "wrong" and message.startswith("In result 2: The sign is the wrong way round")
    assert "result 1 = [2. 4.]" in message
    assert verdict(lambda z: {"b": z.sum(), "W": 2.0 * z}, TABLE)[0] == "ok"
    assert "a dict with the keys 'W', 'b'; it returned a tuple of 2" in verdict(lambda z: (z, z), TABLE)[2]
    assert "In b: The result must have the shape ()" in verdict(lambda z: {"W": 2 * z, "b": z}, TABLE)[2]


# ---- Values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda z: -2 * z, "The sign is the wrong way round, everything else is right."),
        (lambda z: abs(2 * z), "numbers that should be negative are positive"),
        (lambda z: 3 * z, "Every number is 1.5 times what it should be."),
        (lambda z: z, "Every number is 1/2 of what it should be."),
        (lambda z: 2 * z + 0.5, "Every number is too large by 0.5."),
        (lambda z: 2 * z - 0.25, "Every number is too small by 0.25."),
        (lambda z: (2 * z).astype(int), "Only whole numbers come out"),
        (lambda z: 2 * z - (2 * z).mean(), "Every number is off by the mean"),
        (lambda z: np.where(z < 0, z, 2 * z), "The values are right, except where z is negative."),
        (lambda z: np.where(z > 0, 7, 2 * z), "The values are right, except where z is positive."),
        (lambda z: 2 * z if z.ndim == 1 else 2 * z[::-1], "The order is reversed"),
        (lambda z: 2 * (z.T if z.shape == (3, 3) else z), "Rows and columns are swapped"),
        (lambda z: -2 * z if z.ndim == 1 else 3 * z, "The values differ."),
        (lambda z: 2 * z + z**3, "The values differ."),
        (lambda z: z * 0.0, "The values differ."),
    ],
)
def test_what_all_wrong_cases_have_in_common_is_said(answer, words):
    kind, _, message = verdict(answer)
    assert kind == "wrong" and words in message.splitlines()[0]
    assert "expected:" in message and "got:" in message and "seed=0" in message


def test_a_sum_in_place_of_a_mean_is_seen():
    assert "too large by the number of rows" in verdict(lambda z: z.sum(axis=0), CENTRE)[2]
    assert "too small by the number of rows" in verdict(lambda z: z.mean(axis=0) / len(z), CENTRE)[2]


MEAN = replace(DOUBLE, reference=lambda z: z.mean(), cases=lambda rng: [(rng.normal(size=n),) for n in (3, 5)], misconceptions=())
ROWS = replace(DOUBLE, cases=lambda rng: [(rng.normal(size=shape),) for shape in ((3, 3), (2, 4))], misconceptions=())
TWO = replace(DOUBLE, cases=lambda rng: [(np.array([1.0, 2.0]),)], misconceptions=())
WITH_0 = replace(DOUBLE, cases=lambda rng: [(np.array([0.0, 1.0, -2.0]),)], misconceptions=())
INVERSE = replace(DOUBLE, reference=lambda z: 1 / z, cases=WITH_0.cases, misconceptions=())


@pytest.mark.parametrize(
    ("exercise", "answer", "words"),
    [
        (MEAN, lambda z: z.sum(), "Every number is too large by the number of entries"),
        (MEAN, lambda z: z.mean() / z.size, "Every number is too small by the number of entries"),
        (ROWS, lambda z: 2 * (z - z.mean(axis=1, keepdims=True)), "Every row is off by its mean."),
        (ROWS, lambda z: 2 * (z - z.mean(axis=0)), "Every column is off by its mean."),
        (TWO, lambda z: -2 * z, "The sign is the wrong way round"),
        (TWO, lambda z: 3 * z, "Every number is 1.5 times what it should be."),
        (TWO, lambda z: 0.8 * z, "Every number is 0.4 times what it should be."),
        (TWO, lambda z: -z / 2, "Every number is -1/4 of what it should be."),
        (WITH_0, lambda z: 2 * z + (z == 0), "The values are right, except where z is 0."),
        (INVERSE, lambda z: 1 / np.where(z == 0, 1, z), "The values differ."),
    ],
)
def test_what_is_common_is_seen_in_few_numbers_too(exercise, answer, words):
    kind, _, message = verdict(answer, exercise)
    assert kind == "wrong" and message.startswith(words)


def test_one_wrong_number_is_no_pattern():
    single = replace(DOUBLE, cases=lambda rng: [(np.array([1.5]),), (np.array([0.0]),)])
    assert verdict(lambda z: z * 5, single)[2].startswith("The values are right, except where z is positive.")
    scalar = replace(DOUBLE, cases=lambda rng: [(1.5,)])
    assert verdict(lambda z: z * 5, scalar)[2].startswith("The values differ.")


def test_the_smallest_failing_case_is_shown():
    message = verdict(lambda z: z * 2 + np.arange(z.shape[-1]))[2]
    assert "  z = [1. 2.]\n  expected: [2. 4.]\n  got:      [2. 5.]\n" in message


def test_a_small_difference_is_shown_with_enough_digits():
    message = verdict(lambda z: 2 * z * (1 + 1e-4 * (z > 1)))[2]
    assert "expected: [2. 4.]\n  got:      [2.     4.0004]" in message
    shown = re.findall(r"(?:expected|got): +(.+)", verdict(lambda z: 2 * z * (1 + 1.1e-5))[2])
    assert shown[0] != shown[1]


def test_numbers_are_shown_with_four_digits_behind_the_point_and_a_single_one_with_six():
    shown = replace(DOUBLE, cases=lambda rng: [(np.array([1.23456, 1000.0]),)], misconceptions=())
    assert "\n  z = [   1.2346 1000.    ]\n" in verdict(lambda z: z + 1, shown)[2]
    apart = replace(DOUBLE, cases=lambda rng: [(np.array([0.5, 20000.0]),)], misconceptions=())
    assert "e+" not in verdict(lambda z: z + 1, apart)[2]
    scalar = replace(DOUBLE, cases=lambda rng: [(0.1 + 0.2,)], misconceptions=())
    assert "\n  z = 0.3\n  expected: 0.6\n  got:      1.3\n" in verdict(lambda z: z + 1, scalar)[2]


def test_what_was_printed_is_shown_from_its_beginning():
    def wordy(z):
        for _ in range(9):
            print("x" * 999)
        return z

    screen = running.Screen()
    for _ in range(9):
        print("x" * 999, file=screen)
    assert len(screen.text()) == running.PRINTED
    assert f"  printed:  {'x' * 397}...\n" in verdict(wordy)[2]


def test_what_was_printed_is_shown_with_the_case():
    def talking(z):
        print("z is", z)
        return z * 7 + 1

    assert "  printed:  z is [1. 2.]\n" in verdict(talking)[2]


def test_a_misconception_brings_its_message_and_a_link():
    result = check_answer(DOUBLE, lambda z: z * z)
    assert result.kind == "misconception" and result.message == "You squared it." and result.link == "03-activations.html#step"
    assert str(result).endswith("Read again: chapter 03, Step function")


def test_a_misconception_is_seen_behind_a_second_mistake_that_gives_no_numbers():
    assert verdict(lambda z: z * z if z.shape != (2, 4) else z / 0)[0] == "misconception"
    assert verdict(lambda z: 2 * z if z.shape != (2, 4) else z / 0)[:2] == ("contract", "finite")


def test_a_misconception_that_overflows_is_seen_where_the_answer_overflows_too():
    overflow = Misconception(lambda z: np.exp(z) / np.exp(z) * z, "It overflows.", "step")
    exercise = replace(DOUBLE, cases=lambda rng: [(np.array([1000.0, 2.0]),)], misconceptions=(overflow,))
    assert verdict(lambda z: z * (np.exp(z) / np.exp(z)), exercise)[::2] == ("misconception", "It overflows.")


def test_a_loop_is_noticed_where_none_was_asked():
    cases = lambda rng: [(np.array([1.0]),), (rng.normal(size=(12, 3)),)]  # noqa: E731
    exercise = replace(DOUBLE, vectorised=True, cases=cases)

    def by_rows(z):
        out = np.empty_like(z)
        for k in range(len(z)):
            out[k] = 2 * z[k]
        return out

    one_by_one = np.vectorize(lambda v: 2 * v)
    for answer in (by_rows, lambda z: [2 * row for row in z], one_by_one, lambda z: list(map(lambda row: 2 * row, z))):
        kind, which, message = verdict(answer, exercise)
        assert (kind, which) == ("contract", "loop") and "The values are right" in message
    for answer in (lambda z: 2 * z, lambda z: np.add(z, z), lambda z: np.einsum("...,->...", z, 2.0)):
        assert verdict(answer, exercise)[0] == "ok"


# ---- Errors in the reader's code -----------------------------------------------------------------------------------


def test_an_error_shows_the_readers_lines_with_one_marked_and_nothing_of_ours():
    def wrong(z):
        helper = z[7][9]
        return helper

    kind, _, message = verdict(wrong)
    assert kind == "error" and "IndexError" in message
    assert re.search(r"  in wrong, line \d+:\n +\d+      def wrong\(z\):\n  → +\d+          helper = z\[7\]\[9\]\n", message)
    assert "running.py" not in message and os.sep not in message
    assert message.count("line ") == 1


def from_a_cell(source, kept=True):
    """Return the function f of a cell. A notebook keeps the text of its cells, and a plain prompt does not."""
    name = "<cell>" if kept else "<prompt>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True) if kept else [], name)
    namespace = {}
    exec(compile(source, name, "exec"), namespace)
    return namespace["f"]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "def f(z):\n    y = 1\n    x = z[9]\n    w = y\n    return x + w\n",
            "  in f, line 3:\n       2      y = 1\n  →    3      x = z[9]\n       4      w = y\n  IndexError: ",
        ),
        (
            "def f(z):\n    x = z[9]\n    return x\n",
            "  in f, line 2:\n       1  def f(z):\n  →    2      x = z[9]\n       3      return x\n  IndexError: ",
        ),
        (
            "def f(z):\n    x = 9\n    return z[x]\nf_2 = f\n",
            "  in f, line 3:\n       2      x = 9\n  →    3      return z[x]\n  IndexError: ",
        ),
        (
            "def f(z):\n    return z[9]",
            "  in f, line 2:\n       1  def f(z):\n  →    2      return z[9]\n  IndexError: ",
        ),
        (
            "f = lambda z: z[9]\nb = 2\n",
            "  in <lambda>, line 1:\n  →    1  f = lambda z: z[9]\n  IndexError: ",
        ),
        (
            "a = 1\ndef f(z): return z[9]\nb = 2\n",
            "  in f, line 2:\n  →    2  def f(z): return z[9]\n  IndexError: ",
        ),
    ],
)
def test_of_an_error_its_line_is_shown_between_its_neighbours_in_the_function(source, shown):
    assert verdict(from_a_cell(source))[2].startswith(shown)


def test_of_a_text_that_is_not_kept_only_the_line_is_named():
    assert verdict(from_a_cell("def f(z):\n    return z[9]\n", kept=False))[2].startswith("  in f, line 2\n  IndexError: ")


CHAIN = "".join(f"def {one}(z):\n    return {other}(z)\n" for one, other in zip("fghijk", "ghijkl", strict=True))


@pytest.mark.parametrize(
    ("last", "shown"),
    [
        ("g", ["f", "g"]),
        ("h", ["f", "g", "h"]),
        ("i", ["f", "g", "h", "i"]),
        ("j", ["f", "g", "  ... 1 calls more ...", "i", "j"]),
        ("l", ["f", "g", "  ... 3 calls more ...", "k", "l"]),
    ],
)
def test_of_the_way_to_an_error_the_first_two_and_the_last_two_functions_are_shown(last, shown):
    source = CHAIN.split(f"def {last}(z)")[0] + f"def {last}(z):\n    return z[9]\n"
    message = verdict(from_a_cell(source))[2]
    assert re.findall(r"  in (\w), line|(  \.\.\. .*)", message) == [(one, "") if len(one) == 1 else ("", one) for one in shown]


def test_an_error_is_told_with_its_message_or_without_one():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    def failing(error):
        def fails(z):
            raise error

        return verdict(fails)[:1] + (verdict(fails)[2].split("\n\nThis happened")[0],)

    assert failing(ValueError("z is odd"))[1].endswith("\n  ValueError: z is odd")
    for kind, message in (failing(ValueError()), failing(Mute())):
        assert kind == "error" and message.endswith(("\n  ValueError", "\n  Mute"))


def test_of_a_long_message_the_beginning_is_told():
    def many_lines(z):
        raise ValueError("a\nb\nc\nd\ne\nf")

    def one_long_line(z):
        raise ValueError("y" * 1000)

    assert "  ValueError: a\n  b\n  c\n  d\n  e\n\nThis" in verdict(many_lines)[2]
    assert "  ValueError: " + "y" * 300 + "\n\nThis" in verdict(one_long_line)[2]


def test_a_long_way_to_an_error_is_shortened():
    def downwards(z):
        return downwards(z)

    message = verdict(downwards)[2]
    assert "calls more ..." in message and message.count("in downwards") == 4 and "RecursionError" in message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda z: 1 if z > 0 else 0, "np.where and np.maximum decide for each number"),
        (lambda z: math.exp(z), "Functions of `math` take one number"),
        (lambda z: z / np.ones(7), "keepdims=True keeps it"),
        (lambda z: z @ np.ones((7, 7)), "(n, k) @ (k, m)"),
        (lambda z: nq.exp(z), "Is it spelt as where it was made"),  # noqa: F821
    ],
)
def test_a_common_error_is_explained(answer, words):
    kind, _, message = verdict(answer)
    assert kind == "error" and words in message


def test_a_long_line_is_cut():
    def wordy(z):
        raise ValueError("a")  # xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx

    message = verdict(wordy)[2]
    assert "xxx...\n" in message
    assert len(re.search(r"→ +\d+  (.*)", message)[1]) == frames.WIDTH
    assert frames._cut("x" * frames.WIDTH) == "x" * frames.WIDTH


def test_a_tiny_number_is_not_shown_as_0():
    tiny = replace(DOUBLE, cases=lambda rng: [(np.array([-1e-9, 1.0]),)])
    assert "z = [-1.e-09  1.e+00]" in verdict(lambda z: z + 1, tiny)[2]
    for number, shown in ((1e-9, "[1.e-09 1.e+00]"), (4.9e-5, "[4.9e-05 1.0e+00]"), (5.1e-5, "[0.0001 1.    ]"), (0.0, "[0. 1.]")):
        exercise = replace(DOUBLE, cases=lambda rng: [(np.array([number, 1.0]),)])  # noqa: B023
        assert f"\n  z = {shown}\n" in verdict(lambda z: z + 1, exercise)[2]


def test_an_interruption_by_hand_ends_the_check_at_once():
    calls = []

    def interrupted(z):
        calls.append(1)
        raise KeyboardInterrupt

    assert verdict(interrupted)[0] == "error" and len(calls) == 1


@pytest.mark.parametrize("what", ["reference", "cases"])
def test_a_fault_of_the_checker_does_not_blame_the_reader(what):
    def broken(*arguments):
        raise RuntimeError("oh")

    exercise = replace(DOUBLE, **{what: broken})
    result = check_answer(exercise, lambda z: -z)
    assert result.kind == "fault" and "oh" in result.message and "not your fault" in str(result)


# ---- The time budget -----------------------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch):
    """A budget that the tests need not wait for."""
    monkeypatch.setattr(running, "BUDGET", 0.1)


def without_end(z):
    while True:
        pass


def sleeping(z):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            continue


def deaf(z):
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


def deaf_twice(z):
    while True:
        try:
            while True:
                try:
                    while True:
                        pass
                except:  # noqa: E722
                    pass
        except:  # noqa: E722
            continue


def suppressing(z):
    while True:
        with contextlib.suppress(BaseException):
            while True:
                pass


def going_on_in_finally(z):
    try:
        while True:
            pass
    finally:
        going_on_in_finally(z)


def giving_an_answer_all_the_same(z):
    try:
        while True:
            pass
    except BaseException:
        return 2 * z


def printing_without_end(z):
    while True:
        print("x" * 1000)


ENDLESS = [without_end, deaf, deaf_twice, suppressing, going_on_in_finally, giving_an_answer_all_the_same, printing_without_end]


@pytest.mark.parametrize("answer", [*ENDLESS, sleeping])
def test_what_has_no_end_is_ended(answer, short):
    handler = running.signal.getsignal(running.signal.SIGALRM)
    kind, _, message = verdict(answer)
    assert kind == "timed out" and "  z = [1. 2.]" in message
    assert sys.gettrace() is None and running.signal.getsignal(running.signal.SIGALRM) is handler
    assert running.signal.getitimer(running.signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize("answer", [answer for answer in ENDLESS if answer is not going_on_in_finally])
def test_it_is_ended_in_another_thread_too(answer, short):
    results = []
    thread = threading.Thread(target=lambda: results.append((verdict(answer)[0], sys.gettrace())), daemon=True)
    thread.start()
    thread.join(20)
    assert results == [("timed out", None)]


def test_when_the_time_is_up_nothing_more_is_called():
    calls = []
    with running.Watch(0) as watch:
        time.sleep(0.01)
        with pytest.raises(running.TimedOut):
            watch.call(calls.append, 1)
    assert calls == []


def test_right_answers_are_right_in_another_thread():
    results = []
    thread = threading.Thread(target=lambda: results.append(verdict(lambda z: 2 * z)[0]))
    thread.start()
    thread.join(20)
    assert results == ["ok"]


def test_somebody_elses_timer_goes_on():
    before = running.signal.signal(running.signal.SIGALRM, lambda *arguments: None)
    running.signal.setitimer(running.signal.ITIMER_REAL, 100)
    try:
        assert verdict(lambda z: 2 * z)[0] == "ok"
        assert 90 < running.signal.getitimer(running.signal.ITIMER_REAL)[0] <= 100
    finally:
        running.signal.setitimer(running.signal.ITIMER_REAL, 0)
        running.signal.signal(running.signal.SIGALRM, before)


# ---- Output --------------------------------------------------------------------------------------------------------


def test_html_is_escaped_and_says_the_same_as_the_text():
    def sly(z):
        raise ValueError("<script>alert(1)</script>")

    for answer in (sly, lambda z: z * z, lambda z: -2 * z, lambda z: 2 * z, lambda z: None):
        result = check_answer(DOUBLE, answer)
        page = result._repr_html_()
        assert "<script>" not in page
        words = html.unescape(re.sub("<[^>]+>", " ", page)).split()
        assert words == str(result).split()


def test_results_speak_without_colour_and_without_chance():
    texts = {str(check_answer(DOUBLE, lambda z: z + 1)) for _ in range(3)}
    assert len(texts) == 1 and HEADINGS["wrong"] in texts.pop()


def test_no_address_gets_into_a_result():
    def naming(z):
        print(object())
        raise ValueError(f"{object()}")

    message = verdict(naming)[2]
    assert "<object object>" in message and "0x" not in message


# ---- What numbers have in common, looked at directly -----------------------------------------------------------------


def pattern(*pairs, fine=(), tolerance=1e-5):
    """Return the sentence for pairs of a right result and what came; z is the right result itself where nothing else is given."""
    wrong, right = ([tuple(map(np.asarray, pair[:2])) + ((pair[2] if len(pair) > 2 else np.asarray(pair[0]),),) for pair in some]
                    for some in (pairs, fine))  # fmt: skip
    return diagnosis.pattern(wrong, right, tolerance, "z")


A, B = np.array([[1.0, -2.0, 3.5], [0.25, 5.0, -6.0]]), np.array([[2.0, -1.5], [4.0, 0.5]])
LARGE, SMALL = np.arange(1.0, 13).reshape(4, 3), np.arange(2.0, 8).reshape(3, 2)
DIFFERENT = "The values differ."


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([(A, -A), (B, -B)], "The sign is the wrong way round, everything else is right."),
        ([(A, -A), (B, B + 1)], DIFFERENT),
        ([(A, abs(A)), (B, abs(B))], "The sizes are right, but numbers that should be negative are positive."),
        ([(A, np.trunc(A))], "Only whole numbers come out: what stands behind the decimal point got lost."),
        ([(A, np.round(A))], "Only whole numbers come out: what stands behind the decimal point got lost."),
        ([(A, np.floor(A))], "Only whole numbers come out: what stands behind the decimal point got lost."),
        ([(A, 2 * A), (B, 2 * B)], "Every number is 2 times what it should be."),
        ([(A, -1.23456 * A), (B, -1.23456 * B)], "Every number is -1.235 times what it should be."),
        ([(A, A / 7), (B, B / 7)], "Every number is 1/7 of what it should be."),
        ([(A, A / -7), (B, B / -7)], "Every number is -1/7 of what it should be."),
        ([(A, A / 1.5), (B, B / 1.5)], "Every number is 0.6667 times what it should be."),
        ([(A, 2 * A), (B, 3 * B)], DIFFERENT),
        ([(A, 1.00002 * A), (B, 1.00002 * B)], "Every number is 1.00002 times what it should be."),
        ([(A, 0 * A)], DIFFERENT),
        ([(np.zeros(3), np.ones(3))], "Every number is too large by 1."),
        ([([2.0, 0.0, 2.0], [3.0, 1.0, 3.0])], "Every number is too large by 1."),
        ([([2.0, 0.0, 2.0], [3.0, 0.0, 3.0])], "The values are right, except where z is positive."),
        ([(A, A + 0.5), (B, B + 0.5)], "Every number is too large by 0.5."),
        ([(A, A - 12.34567), (B, B - 12.34567)], "Every number is too small by 12.35."),
        ([(A, A[::-1]), (B, B[::-1])], "The order is reversed: the first comes last."),
        ([(B, B.T), (B + 1, B.T + 1)], "Rows and columns are swapped: the transpose would be right."),
        ([(A, A + [[0, 0, 0], [0, 0, 1]]), (B, B.T)], DIFFERENT),
        ([(3.0, 4.0), (A, A[::-1])], DIFFERENT),
        ([(A, A - A.mean()), (B, B - B.mean())], "Every number is off by the mean: the mean of the right values is missing."),
        ([(A, A - A.mean(axis=1, keepdims=True)), (B, B - B.mean(axis=1, keepdims=True))], "Every row is off by its mean."),
        ([(A, A - A.mean(axis=0)), (B, B - B.mean(axis=0))], "Every column is off by its mean."),
        ([([1.0, 2.0], [1.0, 2.0 + np.inf])], DIFFERENT),
        ([([1.0, np.inf], [1.0, 2.0])], DIFFERENT),
    ],
)
def test_the_sentence_for_what_numbers_have_in_common(pairs, said):
    assert pattern(*pairs) == said


@pytest.mark.parametrize(
    ("many", "few", "said"),
    [
        (4, 3, "rows"), (3, 2, "columns"), (12, 6, "entries"),
    ],
)  # fmt: skip
def test_a_sum_and_a_mean_are_told_apart_by_what_they_go_over(many, few, said):
    right, other = np.array([1.0, 2.0, -1.0]), np.array([0.5, 3.0, -2.0])
    large = "Every number is too large by the number of {}: is a sum where a mean belongs?"
    small = "Every number is too small by the number of {}: was it divided once too often?"
    assert pattern((right, right * many, LARGE), (other, other * few, SMALL)) == large.format(said)
    assert pattern((right, right / many, LARGE), (other, other / few, SMALL)) == small.format(said)


def test_a_single_row_counts_as_one_and_what_is_no_array_as_well():
    right, line = np.array([1.0, 2.0, -1.0]), np.arange(5.0)
    assert "number of entries" in pattern((right, right * 5, line), (right, right * 12, LARGE))
    assert "number of rows" in pattern((right, right, line), (right, right * 4, LARGE))
    assert "number of columns" in pattern((right, right, line), (right, right * 3, LARGE))
    assert pattern((right, right * 5, line), (right, right * 4, LARGE)) == DIFFERENT
    assert "number of rows" in pattern((right, right, 7.0), (right, right * 4, LARGE))
    assert "number of entries" in pattern((right, right, 7.0), (right, right * 12, LARGE))
    same = np.array([2.0, 2.0])
    assert pattern((same, same * 4, LARGE), (same, same * 4, LARGE + 1)) == "Every number is too large by 6.", "as many rows"


def test_a_single_wrong_number_has_no_pattern_but_a_place():
    assert pattern((3.0, -3.0)) == DIFFERENT
    z = np.array([-1.0])
    assert pattern(([2.0], [-2.0], z), fine=[([2.0], [2.0], -z)]) == "The values are right, except where z is negative."


@pytest.mark.parametrize(("side", "words"), [(0, "is 0"), (-1, "is negative"), (1, "is positive")])
def test_where_only_one_side_of_0_is_wrong_it_is_named(side, words):
    z = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    right = np.array([3.0, 1.0, 4.0, 1.5, 9.0])
    got = np.where(np.sign(z) == side, right + [0.1, 0.4, 0.3, 0.7, 0.2], right)
    assert pattern((right, got, z)) == f"The values are right, except where z {words}."
    assert pattern((right, got, z), fine=[(right, right, z)]) == f"The values are right, except where z {words}."
    everywhere = np.array([0.1, 0.4, 0.3, 0.7, 0.2])
    assert pattern((right, right + everywhere, z)) == DIFFERENT
    assert pattern((right, got, z[:4])) == pattern((right, got, 3.0)) == DIFFERENT, "the argument has another shape"
    assert pattern((right + 1, got + everywhere, abs(z) + 1)) == DIFFERENT, "there is only one side"
    assert pattern((right, right + everywhere * (z < 2), np.where(z == 1, 0.5, z))) == DIFFERENT, "on one side and in the middle"


def test_an_entry_counts_as_wrong_in_its_place_by_the_largest_of_its_case():
    z = np.array([-1.0, 1.0, 2.0])
    right = np.array([1.0, 1000.0, 500.0])
    assert pattern((right, right + [0.005, 100, 70], z)) == "The values are right, except where z is positive."
    assert pattern((right, right + [0.02, 100, 70], z)) == DIFFERENT


def test_close_is_by_the_norm_and_what_is_0_is_close_to_what_is_almost_0():
    right = np.array([300.0, 400.0])
    assert diagnosis.close(right + [0.0049, 0], right, 1e-5) and not diagnosis.close(right + [0.0051, 0], right, 1e-5)
    assert diagnosis.close(right, right, 0.0) and diagnosis.close(right + 3000, right, 10.0)
    zero = np.zeros(2)
    assert diagnosis.close(zero + 1e-18, zero, 1e-5) and not diagnosis.close(zero + 1e-16, zero, 1e-5)
    infinite = np.array([np.inf, 1.0])
    assert not diagnosis.close(np.array([-np.inf, 1.0]), infinite, 1.0) and not diagnosis.close(right, infinite, 1.0)


# ---- Messages from beginning to end ----------------------------------------------------------------------------------

AGAIN = "To see the same cases again: check('03-double', your_function, seed=0)."
FIRST = f"\n\nThe smallest case that fails:\n  z = [1. 2.]\n  expected: [2. 4.]\n  got:      {{}}\n{AGAIN}"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda z: z + 1, "The values differ." + FIRST.format("[2. 3.]")),
        (lambda z: print(end=""),
         "The function returned None. Is there a `return` on every way through it?" + FIRST.format("None")),
        (lambda z: "text", "The function must return numbers; it returned text." + FIRST.format("text")),
        (lambda z: (2 * z)[None],
         "The result must have the shape (2,), it has (1, 2). The number of entries is right: is there an axis of length 1 too "
         "many, or too few?" + FIRST.format("[[2. 4.]]")),
        (lambda z: 1.0, "The result must have the shape (2,), it has (). It is a single number." + FIRST.format("1")),
        (lambda z: z[:1], "The result must have the shape (2,), it has (1,)." + FIRST.format("[1.]")),
        (lambda z: z + np.inf,
         "The result holds inf where a finite number is right. Is something divided by 0, or an exponential too large?"
         + FIRST.format("[inf inf]")),
        (changing, "The function changed its input z. Work on a new array: `z = z * 2`, not `z *= 2`." + FIRST.format("[2. 4.]")),
        (lambda z: z * 1j, "The function must return real numbers; it returned complex numbers (dtype complex128)."
         + FIRST.format("complex numbers")),
        (lambda z: z > 1, "The function must return real numbers; it returned True and False (dtype bool). Multiply by 1.0, or use "
         "np.where, to get 1 and 0." + FIRST.format("True and False")),
        (lambda z: (2 * z).astype(np.float16) + np.float16(0.001),
         "The values are right to three digits. float16 holds no more: use float32 or float64."),
        (lambda: 1, "The function must take 1 argument (z); yours takes none."),
        (lambda a, b, c: 1, "The function must take 1 argument (z); yours takes 3 arguments (a, b, c)."),
        (np.ones(3),
         "Give the function itself, as in check('03-double', my_function). You gave an array. Is there a pair of brackets too many "
         "behind its name?"),
        ("np.exp", "Give the function itself, as in check('03-double', my_function). You gave text."),
    ],
)  # fmt: skip
def test_a_message_from_beginning_to_end(answer, message):
    said = verdict(answer)[2]
    assert said == message or message.endswith("float64.") and said.startswith(message + "\n")


def test_an_error_is_shown_with_its_case_and_without_results():
    def fails(z):
        raise ValueError("no")

    message = verdict(fails)[2]
    assert message.split("\n\n")[1] == f"This happened in the case:\n  z = [1. 2.]\n{AGAIN}"


def test_of_several_changed_arguments_the_first_is_named():
    both = replace(
        DOUBLE, starter="def my_double(a, b):\n    ...", reference=lambda a, b: a + b, misconceptions=(),
        cases=lambda rng: [(rng.normal(size=2), rng.normal(size=2)) for _ in range(2)],
    )  # fmt: skip

    def changes_both(a, b):
        out = a + b
        a += 1
        b += 1
        return out

    assert verdict(changes_both, both)[2].startswith("The function changed its input a.")
    assert verdict(lambda a: 1, both)[2] == "The function must take 2 arguments (a, b); yours takes 1 argument (a)."


def test_an_interruption_in_a_later_case_ends_the_check_too():
    calls = []

    def interrupted(z):
        calls.append(1)
        if z.ndim == 2:
            raise KeyboardInterrupt
        return 2 * z

    assert verdict(interrupted)[0] == "error" and len(calls) == 2


def test_what_has_no_end_when_it_is_looked_at_line_by_line_is_ended_too(short):
    exercise = replace(DOUBLE, vectorised=True, misconceptions=())

    def slow_when_watched(z):
        while sys.gettrace() is not None:
            pass
        return 2 * z

    kind, _, message = verdict(slow_when_watched, exercise)
    assert kind == "timed out" and message.startswith("It was stopped. Is there a loop whose condition never")


@pytest.mark.parametrize(("change", "shown"), [
    (1.2e-4, ("[1.2345 0.5   ]", "[1.2347 0.5001]")),
    (1.1e-5, ("[1.23451 0.5    ]", "[1.23452357961 0.5000055    ]")),
])  # fmt: skip
def test_so_many_digits_are_shown_as_show_the_difference(change, shown):
    exercise = replace(DOUBLE, cases=lambda rng: [(np.array([0.617255, 0.25]),)], misconceptions=())
    message = verdict(lambda z: 2 * z * (1 + change), exercise)[2]
    assert tuple(re.findall(r"(?:expected|got): +(.+)", message)) == shown


def test_a_single_number_is_shown_with_six_digits_or_as_many_as_are_needed():
    third = replace(DOUBLE, cases=lambda rng: [(1 / 3,), (2 / 3,)], misconceptions=())
    assert "\n  z = 0.333333\n  expected: 0.666667\n  got:      1.33333\n" in verdict(lambda z: z + 1, third)[2]
    strict = replace(third, tolerance=1e-8)
    assert "\n  expected: 0.666666666667\n  got:      0.666666966667\n" in verdict(lambda z: 2 * z + 3e-7, strict)[2]


def test_the_lines_of_a_table_stand_below_one_another():
    table = replace(DOUBLE, cases=lambda rng: [(np.array([[1.0, 2.0], [3.0, 4.0]]),)], misconceptions=())
    assert verdict(lambda z: z + 1, table)[2] == (
        "The values differ.\n\nThe smallest case that fails:\n"
        "  z = [[1. 2.]\n"
        "       [3. 4.]]\n"
        "  expected: [[2. 4.]\n"
        "             [6. 8.]]\n"
        "  got:      [[2. 3.]\n"
        f"             [4. 5.]]\n{AGAIN}"
    )
    several = replace(PAIR, cases=table.cases, misconceptions=())
    assert verdict(lambda z: (z + 1, z.sum()), several)[2].splitlines()[5:10] == [
        "  expected: result 1 = [[2. 4.]", "             [6. 8.]]", "            result 2 = 10",
        "  got:      result 1 = [[2. 3.]", "             [4. 5.]]",
    ]  # fmt: skip


def test_a_long_array_and_a_long_text_are_shown_in_part():
    long = replace(DOUBLE, cases=lambda rng: [(np.arange(41.0),)], misconceptions=())
    assert "\n  z = [ 0.  1.  2. ... 38. 39. 40.]\n" in verdict(lambda z: z + 1, long)[2]
    fits = replace(DOUBLE, cases=lambda rng: [(np.arange(40.0),)], misconceptions=())
    assert "..." not in verdict(lambda z: z + 1, fits)[2]
    for length, shown in ((396, f"['{'x' * 396}']"), (397, f"['{'x' * 395}...")):
        text = replace(
            DOUBLE, starter="def my_double(words):\n    ...", reference=lambda words: len(words), misconceptions=(),
            cases=lambda rng: [(["x" * length],)],  # noqa: B023
        )  # fmt: skip
        assert f"\n  words = {shown}\n" in verdict(lambda words: 7, text)[2]


# ---- How many lines a call takes, and what is left when the time is up -------------------------------------------------


def test_lines_of_python_are_counted_one_by_one():
    def three(z):
        a = z
        b = a
        return b

    def loop(z):
        for _ in z:
            pass

    count = lambda function, z: running.steps(running.Unlimited(), function, (z,))  # noqa: E731
    assert count(three, 1) == 5, "the call, three lines, the return"
    assert count(loop, range(30)) - count(loop, range(20)) == 20
    assert sys.gettrace() is None


@pytest.mark.parametrize(("more", "kind"), [(7, "ok"), (8, "contract")])
def test_a_loop_is_one_that_takes_a_line_more_for_each_row(more, kind, monkeypatch):
    exercise = replace(
        DOUBLE, starter="def my_double(z, k):\n    ...", vectorised=True, misconceptions=(), reference=lambda z, k: 2 * z,
        cases=lambda rng: [(np.ones(n), np.ones(2)) for n in (5, 1, 9)],
    )  # fmt: skip
    monkeypatch.setattr(checking, "steps", lambda watch, answer, case: {1: 3, 9: 3 + more}[len(case[0])])
    assert verdict(lambda z, k: z + z, exercise)[0] == kind


def test_a_watch_that_has_ended_one_function_ends_the_next_at_once():
    calls = []
    watch = running.Watch(0.05)
    watch._by_signal = False
    with pytest.raises(running.TimedOut):
        watch.call(without_end, 1)
    assert watch.expired and sys.gettrace() is None
    with pytest.raises(running.TimedOut):
        watch.call(calls.append, 1)
    watch.deadline += 100
    with pytest.raises(running.TimedOut):
        watch.call(calls.append, 1)
    assert calls == []


def test_a_call_gives_what_the_function_gives_and_keeps_somebody_elses_trace():
    watch = running.Watch(100)
    watch._by_signal = False
    mine = lambda *arguments: None  # noqa: E731
    before = sys.gettrace()
    sys.settrace(mine)
    try:
        assert watch.call(lambda a, b: a - b, 5, 3) == 2 and sys.gettrace() is mine
    finally:
        sys.settrace(before)


def test_what_was_printed_in_several_lines_stands_below_its_first():
    def talking(z):
        print("a\nb")
        return z + 1

    assert "\n  printed:  a\n            b\nTo see" in verdict(talking)[2]


def outcome(value=None, error=None, returned=""):
    """Return a `Run` that gave a value, an error of this name, or nothing of use."""
    parts = None if value is None else {"": running.Part(np.asarray(value, float), "float64", "an array")}
    return running.Run(parts, returned, frames.Failure(error, "") if error else None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (outcome([1.0]), outcome([1.0 + 1e-7]), True), (outcome([1.0]), outcome([1.1]), False),
        (outcome([1.0]), outcome([[1.0]]), False), (outcome([np.nan, 1.0]), outcome([np.nan, 1.0]), True),
        (outcome([np.nan, 1.0]), outcome([np.inf, 1.0]), False), (outcome([np.nan, 1.0]), outcome([np.nan, 2.0]), False),
        (outcome([1.0, 1.0]), outcome([np.nan, 1.0]), False), (outcome([np.nan, 1.0]), outcome([1.0, 1.0]), False),
        (outcome(error="KeyError"), outcome(error="KeyError"), True),
        (outcome(error="KeyError"), outcome(error="IndexError"), False),
        (outcome(error="KeyError"), outcome([1.0]), False), (outcome([1.0]), outcome(error="KeyError"), False),
        (outcome(returned="text"), outcome(returned="text"), True), (outcome(returned="text"), outcome(returned="a set"), False),
        (outcome(returned="text"), outcome([1.0]), False),
    ],
)  # fmt: skip
def test_two_runs_are_the_same_where_they_gave_the_same_numbers_or_the_same_error(one, other, same):
    assert checking._same_outcome(one, other, 1e-5) is same and checking._same_outcome(other, one, 1e-5) is same


def test_results_are_the_same_where_all_of_them_are_and_have_the_same_names():
    part = lambda value: running.Part(None if value is None else np.asarray(value), "", "")  # noqa: E731
    runs = [running.Run({"a": part(a), "b": part(b)}) for a, b in ((1.0, 2.0), (1.0, 3.0), (4.0, 2.0), (1.0, None), (None, None))]
    for k, one in enumerate(runs):
        assert [checking._same_outcome(one, other, 1e-5) for other in runs] == [k == n for n in range(5)]
    assert not checking._same_outcome(runs[0], running.Run({"a": part(1.0), "c": part(2.0)}), 1e-5)
    assert not checking._same_outcome(runs[0], running.Run({"a": part(1.0)}), 1e-5)


@pytest.mark.parametrize(
    ("value", "dtype", "returned", "numbers"),
    [
        (None, "", "None", False), (1, "int64", "a whole number", True), (2.5, "float64", "a number", True),
        ([1, 2], "int64", "a list", True), (np.float32(1), "float32", "a float32", True),
        (np.ones(2, np.uint8), "uint8", "an array", True),
        (True, "bool", "True and False", False), (1j, "complex128", "complex numbers", False), ("a", "", "text", False),
        (["a"], "", "text", False), (b"a", "", "text", False), ({1}, "", "a set", False),
        ([None], "", "a list with something in it that is no plain number", False),
        ((object(),), "", "a tuple with something in it that is no plain number", False),
        (np.array([None]), "", "an array with something in it that is no plain number", False),
        ([[1], [1, 2]], "", "a list that cannot be made an array (rows of different lengths, perhaps)", False),
        (OrderedDict(), "", "an OrderedDict", False), (Exercise, "", "a type", False), (HINTS[0], "", "a Hint", False),
    ],
)  # fmt: skip
def test_a_result_is_told_by_what_it_is(value, dtype, returned, numbers):
    part = running._part(value)
    assert (part.dtype, part.returned) == (dtype, returned)
    assert part.value.dtype == float and np.array_equal(part.value, np.asarray(value)) if numbers else part.value is None


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True), (np.array([1.0]), np.array([2.0]), False),
        (np.ones(1, ">f8"), np.ones(1, ">f8"), True), (np.array([1.0]), np.array([[1.0]]), False),
        (np.array([1]), np.array([1.0]), False), (np.array([1.0]), [1.0], False),
        (np.array([0.0]), np.array([-0.0]), True), (np.array([0.0, np.nan]), np.array([-0.0, np.nan]), True),
        ([1, [2]], [1, [2]], True), ([1, [2]], [1, [3]], False), ([1], [1, 2], False),
        ((1, 2), (1, 2), True), ((1, 2), (2, 2), False),
        ({"a": [1]}, {"a": [1]}, True), ({"a": [1]}, {"a": [2]}, False), ({"a": 1}, {"b": 1}, False),
        (1, 1, True), (1, 1.0, False), (1, True, False), (1.5, 2.5, False), ("a", "a", True), (None, None, True),
    ],
)  # fmt: skip
def test_an_argument_is_the_same_where_nothing_in_it_has_changed(before, after, same):
    assert running._same(before, after) is same


def test_results_are_split_by_the_form_of_the_reference():
    assert running.Form.of(1.0) == running.Form() == running.Form("array", ("",))
    two, table = running.Form.of((1, 2)), running.Form.of({"W": 1, "b": 2})
    assert (two.kind, two.labels) == ("tuple", ("result 1", "result 2")) and (table.kind, table.labels) == ("dict", ("W", "b"))
    assert running.Form().split([1, 2]) == {"": [1, 2]}
    for value in ((1, 2), [1, 2], np.array([1, 2])):
        assert list(two.split(value)) == ["result 1", "result 2"] and list(two.split(value).values()) == [1, 2]
    for value in ((1,), [1, 2, 3], {"a": 1, "b": 2}, "ab", 1.0):
        assert two.split(value) is None
    assert list(table.split({"b": 2, "W": 1}).items()) == [("W", 1), ("b", 2)]
    for value in ({"W": 1}, {"W": 1, "b": 2, "c": 3}, {"W": 1, "B": 2}, [1, 2]):
        assert table.split(value) is None
