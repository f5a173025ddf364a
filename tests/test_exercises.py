"""The checker, and every exercise of the book held to the same figures."""

import itertools
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from nnlearn.exercises import EXERCISES, check, hint, progress, solution, starter
from nnlearn.exercises.checking import check_answer
from nnlearn.exercises.exercise import Exercise, Hint, Misconception, function_from
from nnlearn.exercises.result import HEADINGS

ALL = list(EXERCISES.values())


@pytest.fixture(autouse=True, scope="module")
def own_progress(tmp_path_factory):
    """Keep the verdicts of these tests out of anybody's real progress."""
    before = os.environ.get("NNLEARN_PROGRESS")
    os.environ["NNLEARN_PROGRESS"] = str(tmp_path_factory.mktemp("progress"))
    yield
    if before is None:
        del os.environ["NNLEARN_PROGRESS"]
    else:
        os.environ["NNLEARN_PROGRESS"] = before


every_exercise = pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
SEEDS = range(10)


def right_forms(exercise):
    """Return the reference and the other right forms."""
    return (exercise.reference, *exercise.accepted)


# ---- Every exercise of the book ------------------------------------------------------------------------------------


def test_the_pilot_chapter_has_its_exercises():
    assert sum(exercise.id.startswith("03-") for exercise in ALL) >= 8


@every_exercise
def test_it_is_declared_whole(exercise):
    assert len(exercise.hints) >= 3 and len(exercise.misconceptions) >= 4 and len(exercise.accepted) >= 2
    assert len({misconception.message for misconception in exercise.misconceptions}) == len(exercise.misconceptions)
    texts = [hint.text for hint in exercise.hints] + [m.message for m in exercise.misconceptions]
    assert all(len(text) >= 15 for text in texts)
    assert exercise.hints[1].section, "the rule is linked into the chapter"
    assert all(misconception.section for misconception in exercise.misconceptions)


@every_exercise
def test_the_starter_is_not_attempted(exercise):
    for answer in (exercise.starter_function(), function_from(exercise.starter.replace("my_", "their_")), None, ...):
        assert check_answer(exercise, answer).kind == "not attempted"


@every_exercise
def test_right_forms_pass_on_every_seed(exercise):
    for answer, seed in itertools.product(right_forms(exercise), SEEDS):
        result = check_answer(exercise, answer, seed)
        assert result.ok, f"{seed}: {result}"


@pytest.mark.nightly
@every_exercise
def test_ten_thousand_right_answers_are_never_refused(exercise):
    runs = -(-10_000 // len(ALL) // len(right_forms(exercise)))
    for answer, seed in itertools.product(right_forms(exercise), range(runs)):
        assert check_answer(exercise, answer, seed).ok, seed


@every_exercise
def test_float32_and_whole_numbers_are_accepted_where_they_are_right(exercise):
    def in_float32(*arguments):
        return np.asarray(exercise.reference(*arguments), np.float32)

    assert check_answer(exercise, in_float32).ok

    def as_lists(*arguments):
        return np.asarray(exercise.reference(*arguments)).tolist()

    assert check_answer(exercise, as_lists).ok


@every_exercise
def test_every_misconception_gets_its_own_message(exercise):
    for misconception, seed in itertools.product(exercise.misconceptions, SEEDS):
        result = check_answer(exercise, misconception.function, seed)
        assert (result.kind, result.message) == ("misconception", misconception.message), f"{seed}: {result}"


def hard_coded(exercise, seed):
    """Return a function that knows the answers to the cases of one seed, and nothing else."""
    table = {repr(arguments): exercise.reference(*arguments) for arguments in exercise.cases(np.random.default_rng(seed))}
    return lambda *arguments: table.get(repr(arguments), 0.0)


def mutating(*arguments):
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            argument *= 0
    return arguments[0]


def printing(*arguments):
    print("hello")


def recursive(*arguments):
    return recursive(*arguments)


class NoArray:
    """Refuses to become an array."""

    def __array__(self, *arguments, **named):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("not even this")


def returning(value):
    return lambda *arguments: value


BAD = {
    "a number in place of a function": 3.0,
    "a string": "np.exp",
    "a list": [1, 2],
    "returns None by name": lambda *arguments: None,
    "returns zero": returning(0.0),
    "returns one": returning(1.0),
    "returns an empty array": returning(np.array([])),
    "returns a wrong shape": returning(np.zeros((7, 7, 7))),
    "returns zeros of the right shape": lambda *arguments: np.zeros_like(arguments[0]),
    "returns its input": lambda *arguments: np.asarray(arguments[0]) + 0.123,
    "returns a string": returning("0.5"),
    "returns complex numbers": lambda *arguments: np.asarray(arguments[0]) * 1j,
    "returns objects": lambda *arguments: np.array([None, 1], dtype=object),
    "returns a ragged list": returning([[1], [1, 2]]),
    "returns nan": lambda *arguments: np.asarray(arguments[0]) * np.nan,
    "returns inf": lambda *arguments: np.asarray(arguments[0]) + np.inf,
    "returns truth values": lambda *arguments: np.asarray(arguments[0]) > 100,
    "returns itself": lambda: ALL,
    "returns what is no array": lambda *arguments: NoArray(),
    "raises": lambda *arguments: 1 / 0,
    "raises SystemExit": lambda *arguments: sys.exit(3),
    "takes no argument": lambda: 1.0,
    "takes ten arguments": lambda a, b, c, d, e, f, g, h, i, j: 1.0,
    "prints": printing,
    "recurs without end": recursive,
    "changes its input": mutating,
    "is a class": NoArray,
}


@pytest.mark.parametrize("name", BAD)
@every_exercise
def test_bad_answers_are_never_right_and_never_the_checkers_fault(exercise, name, capsys):
    result = check_answer(exercise, BAD[name])
    assert not result and result.kind not in ("ok", "fault", "timed out")
    assert str(result) and result._repr_html_()
    assert capsys.readouterr().out == ""


@every_exercise
def test_the_shown_cases_cannot_be_learned_by_heart(exercise):
    assert check_answer(exercise, hard_coded(exercise, 0), 0).ok
    assert not check_answer(exercise, hard_coded(exercise, 0), 1)
    first = exercise.cases(np.random.default_rng(0))[0]
    constant = exercise.reference(*first)
    assert not check_answer(exercise, lambda *arguments: constant)


# ---- The checker ---------------------------------------------------------------------------------------------------

DOUBLE = Exercise(
    id="03-double",
    title="Double",
    task="Return twice z.",
    starter="def my_double(z):\n    ...",
    reference=lambda z: 2 * z,
    cases=lambda rng: [(np.array([1.0, 2.0]),), (rng.normal(size=(3, 3)),), (rng.normal(size=(2, 4)),)],
    hints=(Hint("a"), Hint("b", "c"), Hint("d")),
    misconceptions=(Misconception(lambda z: z**2, "You squared it.", "c"),),
)


def without_end(z):
    while True:
        pass


def without_end_and_deaf(z):
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


@pytest.mark.parametrize("answer", [without_end, without_end_and_deaf])
def test_an_endless_loop_ends(answer):
    result = check_answer(DOUBLE, answer)
    assert result.kind == "timed out"
    assert check_answer(DOUBLE, lambda z: z + z).ok, "and the next check works"


def test_an_endless_loop_ends_in_another_thread_too():
    results = []
    thread = threading.Thread(target=lambda: results.append(check_answer(DOUBLE, without_end)))
    thread.start()
    thread.join(10)
    assert [result.kind for result in results] == ["timed out"]
    assert sys.gettrace() is None


def test_form_comes_before_value():
    assert "shape (2,), it has (0,)" in check_answer(DOUBLE, lambda z: z[:0]).message
    assert "returned None" in check_answer(DOUBLE, lambda z: print(z, end="")).message
    assert "must return numbers" in check_answer(DOUBLE, lambda z: z.astype(str)).message
    assert "nan or inf" in check_answer(DOUBLE, lambda z: z / 0).message
    assert "takes" in check_answer(DOUBLE, lambda: 1).message or "1 arguments" in check_answer(DOUBLE, lambda: 1).message


def test_an_input_that_was_changed_is_noticed():
    def careless(z):
        z *= 2
        return z

    result = check_answer(DOUBLE, careless)
    assert result.kind == "contract" and "changed its input z" in result.message


def test_memory_of_earlier_calls_is_noticed():
    calls = []

    def counting(z):
        calls.append(1)
        return 2 * z + (len(calls) > 3)

    result = check_answer(DOUBLE, counting)
    assert result.kind == "contract" and "second call" in result.message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda z: -2 * z, "sign is the wrong way round"),
        (lambda z: 3 * z, "multiplied by 0.6667"),
        (lambda z: 2 * z + 0.5, "too large by 0.5"),
        (lambda z: 2 * z - 0.25, "too small by 0.25"),
        (lambda z: -2 * z if z.ndim == 1 else 3 * z, "The values differ"),
        (lambda z: 2 * z + z**3, "differ"),
        (lambda z: 2 * (z.T if z.shape == (3, 3) else z), "Rows and columns are swapped"),
    ],
)
def test_what_an_error_looks_like_is_said(answer, words):
    result = check_answer(DOUBLE, answer)
    assert result.kind == "wrong" and words in result.message
    assert "expected:" in result.message and "seed=0" in result.message


def test_the_smallest_failing_case_is_shown():
    assert "z = [1. 2.]" in check_answer(DOUBLE, lambda z: z * 2 + np.arange(z.shape[-1])).message


def test_an_error_shows_the_readers_line_and_nothing_of_ours():
    def wrong(z):
        helper = z[7][9]
        return helper

    result = check_answer(DOUBLE, wrong)
    assert result.kind == "error" and "helper = z[7][9]" in result.message and "IndexError" in result.message
    assert "running.py" not in result.message and os.sep + "nnlearn" not in result.message


def test_a_fault_of_the_checker_does_not_blame_the_reader():
    from dataclasses import replace

    broken = replace(DOUBLE, reference=lambda z: 1 / 0)
    result = check_answer(broken, lambda z: 2 * z)
    assert result.kind == "fault" and "not your fault" in str(result)


def test_a_misconception_brings_its_message_and_a_link():
    result = check_answer(DOUBLE, lambda z: z * z)
    assert result.kind == "misconception" and result.message == "You squared it." and result.link == "03-activations.html#c"
    assert '<a href="03-activations.html#c">' in result._repr_html_()


def test_html_is_escaped():
    def sly(z):
        raise ValueError("<script>alert(1)</script>")

    page = check_answer(DOUBLE, sly)._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_results_speak_without_colour_and_without_chance():
    texts = {str(check_answer(DOUBLE, lambda z: z + 1)) for _ in range(3)}
    assert len(texts) == 1 and HEADINGS["wrong"] in texts.pop()


# ---- What a reader calls -------------------------------------------------------------------------------------------


def test_check_hint_solution_and_progress():
    assert check("03-relu-derivative").kind == "not attempted"
    assert check("03-relu-derivative", lambda z: (z > 0) * 1.0).ok
    assert check("03-relu-derivative", lambda z: z).kind != "ok"
    line = next(line for line in str(progress()).splitlines() if "03-relu-derivative" in line)
    assert line.startswith("✓"), "what was solved once stays solved"
    texts = [str(hint("03-relu-derivative")) for _ in range(4)]
    assert texts[0].startswith("Hint 1 of 3") and texts[2].startswith("Hint 3 of 3") and texts[3] == texts[0]
    assert "03-activations.html#relu" in texts[1]
    assert "return" in str(solution("03-relu-derivative"))
    assert "def my_relu_derivative(z):" in str(starter("03-relu-derivative"))


def test_an_unknown_exercise_names_its_neighbours():
    with pytest.raises(ValueError, match="near it: 03-sigmoid"):
        check("03-sigmoi", None)
    with pytest.raises(TypeError, match="quotation marks"):
        check(np.tanh, "03-tanh")


def test_in_a_plain_prompt():
    code = "from nnlearn.exercises import check; import numpy as np; print(check('03-step', lambda z: (z >= 0) * 1))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "✓ 03-step: Correct.\n"
