"""Every exercise of the book, held to the same figures; and what a reader calls."""

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import numpy as np
import pytest

from nnlearn.exercises import EXERCISES, all_links, check, hint, links, progress, running, solution, starter
from nnlearn.exercises.checking import check_answer
from nnlearn.exercises.exercise import function_from

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
BOOK = Path(__file__).resolve().parent.parent / "book"


def right_forms(exercise):
    """Return the reference, the other right forms, and last one that computes in 32 bits."""
    return (exercise.reference, *exercise.accepted, in_float32(exercise.reference))


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
    forms = right_forms(exercise)
    for seed, (number, answer) in itertools.product(range(100), enumerate(forms)):
        result = check_answer(exercise, answer, seed)
        assert result.ok, f"seed {seed}, form {number} of {len(forms)}, the last of which computes in float32: {result}"


@every_exercise
def test_the_solution_is_right_as_it_is_shown(exercise):
    result = check_answer(exercise, function_from(exercise.solution()))
    assert result.ok, result


@pytest.mark.nightly
@every_exercise
def test_ten_thousand_right_answers_are_never_refused(exercise):
    forms = right_forms(exercise)
    runs = -(-10_000 // len(ALL) // len(forms))
    for seed, answer in itertools.product(range(100, 100 + runs), forms):
        result = check_answer(exercise, answer, seed)
        assert result.ok, f"{seed}: {result}"


def in_float32(function):
    """Return a form that computes in 32 bits from the beginning to the end. Labels, row numbers and counts stay whole."""

    def narrowed(x):
        if np.asarray(x).dtype.kind != "f":
            return x
        return x.astype(np.float32) if isinstance(x, np.ndarray) else np.float32(x)

    def narrow(*arguments):
        return function(*map(narrowed, arguments))

    return narrow


@every_exercise
def test_lists_and_whole_numbers_are_accepted_where_they_are_right(exercise):
    def whole_where_exact(value):
        value = np.asarray(value)
        return value.astype(int) if np.array_equal(value, value.round()) else value

    for change in (lambda value: np.asarray(value).tolist(), whole_where_exact):
        result = check_answer(exercise, lambda *arguments: in_each(change, exercise.reference(*arguments)))  # noqa: B023
        assert result.ok, result


def in_each(change, value):
    """Return a result with every part of it changed: of a tuple or dict each entry, else the whole."""
    if isinstance(value, tuple):
        return tuple(change(part) for part in value)
    if isinstance(value, dict):
        return {key: change(part) for key, part in value.items()}
    return change(value)


@every_exercise
def test_every_misconception_gets_its_own_message_and_so_no_two_are_alike(exercise):
    for seed, misconception in itertools.product(range(20), exercise.misconceptions):
        result = check_answer(exercise, misconception.function, seed)
        assert (result.kind, result.message) == ("misconception", misconception.message), f"{seed}: {result}"
        assert result.link == exercise.link(misconception.section)


@every_exercise
def test_cases_begin_with_fixed_ones_and_hold_square_and_other_shapes(exercise):
    one, other = (exercise.cases(np.random.default_rng(seed)) for seed in (1, 2))
    assert repr(one[0]) == repr(other[0]) and repr(one) != repr(other)
    shapes = [x.shape for arguments in one for x in arguments if isinstance(x, np.ndarray) and x.ndim == 2]
    assert not shapes or {rows == columns for rows, columns in shapes} == {True, False}


def hard_coded(exercise, seed):
    """Return a function that knows the answers to the cases of one seed, and nothing else."""
    table = {repr(arguments): exercise.reference(*arguments) for arguments in exercise.cases(np.random.default_rng(seed))}
    return lambda *arguments: table.get(repr(arguments), 0.0)


def only(case, reference):
    """Return a function that knows the answer to one case, and gives numbers of the right form for all others."""

    def answer(*arguments):
        right = reference(*arguments)
        return right if repr(arguments) == repr(case) else in_each(lambda part: np.zeros_like(part, dtype=float) + 0.125, right)

    return answer


def mutating(*arguments):
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            argument *= 0
    return arguments[0]


def reshaping(*arguments):
    if isinstance(arguments[0], np.ndarray):
        arguments[0].resize(1, refcheck=False)
    return 0.25


def printing(*arguments):
    print("hello")


def asking(*arguments):
    return float(input("z? "))


def endless(*arguments):
    while True:
        pass


def endless_and_deaf(*arguments):
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


def forgetful(*arguments):
    forgetful.calls += 1
    return np.asarray(arguments[0]) * forgetful.calls


forgetful.calls = 0


def recursive(*arguments):
    return recursive(*arguments)


class SilentError(Exception):
    """Cannot tell its own message."""

    def __str__(self):
        raise RuntimeError("not even this")


def raising_silently(*arguments):
    raise SilentError


class Endless:
    """Never ends becoming an array."""

    def __array__(self, *arguments, **named):
        endless()


class NoArray:
    """Refuses to become an array."""

    def __array__(self, *arguments, **named):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("not even this")


def returning(value):
    return lambda *arguments: value


HOLDS_ITSELF = []
HOLDS_ITSELF.append(HOLDS_ITSELF)


def interrupting():
    raise KeyboardInterrupt


BAD = {
    "a number in place of a function": 3.0,
    "a string": "np.exp",
    "a list": [1, 2],
    "an array": np.ones(3),
    "a module": np,
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
    "returns a list that holds itself": lambda *arguments: HOLDS_ITSELF,
    "returns a number too large": returning(10**400),
    "returns a generator": lambda *arguments: itertools.count(),
    "returns two results": lambda *arguments: (arguments[0], arguments[0]),
    "returns a dict": returning({"a": 1.0}),
    "returns 16 bits": lambda *arguments: np.asarray(arguments[0], np.float16) * 0.37,
    "returns chance": lambda *arguments: np.random.default_rng().normal(size=np.shape(arguments[0])),
    "remembers": forgetful,
    "asks": asking,
    "raises silently": raising_silently,
    "raises KeyboardInterrupt": lambda *arguments: interrupting(),
    "changes its input's shape": reshaping,
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
    assert "0x" not in str(result), "an address differs from run to run"


def never_an_array(exercise):
    """Return a function that returns as many results as it should, none of which ends becoming an array."""
    return lambda *arguments: in_each(lambda part: Endless(), exercise.reference(*arguments))


@pytest.mark.parametrize("answer", [endless, endless_and_deaf, never_an_array])
@every_exercise
def test_an_answer_without_end_is_stopped(exercise, answer, monkeypatch):
    monkeypatch.setattr(running, "BUDGET", 0.05)
    answer = answer(exercise) if answer is never_an_array else answer
    result = check_answer(exercise, answer)
    assert result.kind == "timed out" and "loop" in result.message
    monkeypatch.undo()
    assert check_answer(exercise, exercise.reference).ok, "and the next check works"


@every_exercise
def test_the_shown_cases_cannot_be_learned_by_heart(exercise):
    assert not check_answer(exercise, hard_coded(exercise, 0), 1)
    shown = exercise.cases(np.random.default_rng(0))
    for case in shown:
        assert not check_answer(exercise, only(case, exercise.reference))
    first = shown[0]
    constant = exercise.reference(*first)
    assert not check_answer(exercise, lambda *arguments: constant)


# ---- What a reader calls -------------------------------------------------------------------------------------------


def test_check_hint_solution_and_progress():
    assert check("03-relu-derivative").kind == "not attempted"
    assert check("03-relu-derivative", lambda z: (z > 0) * 1.0).ok
    assert check("03-relu-derivative", lambda z: z).kind != "ok"
    line = next(line for line in str(progress()).splitlines() if "03-relu-derivative" in line)
    assert line.startswith("✓"), "what was solved once stays solved"
    texts = [str(hint("03-relu-derivative")) for _ in range(4)]
    assert texts[0].startswith("Hint 1 of 3") and texts[2].startswith("Hint 3 of 3") and texts[3] == texts[0]
    assert "Read again: chapter 03, ReLU (rectified linear unit)" in texts[1] and "solution('03-relu-derivative')" in texts[2]
    assert "return" in str(solution("03-relu-derivative"))
    assert "def my_relu_derivative(z):" in str(starter("03-relu-derivative"))


def test_an_unknown_exercise_names_its_neighbours():
    with pytest.raises(ValueError, match="near it: 03-sigmoid"):
        check("03-sigmoi", None)
    with pytest.raises(TypeError, match="quotation marks"):
        check(np.tanh, "03-tanh")
    with pytest.raises(ValueError, match="seed must be a whole number"):
        check("03-step", np.sign, seed=-1)


def test_hints_are_shown_as_code_in_a_notebook():
    page = [hint("03-tanh-derivative") for _ in range(3)][2]._repr_html_()
    assert "<code>return 1 - np.tanh(z) ** 2</code>" in page


# ---- Links ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", all_links())
def test_a_link_leads_to_a_label_and_its_heading_in_the_notebook(link):
    page, _, section = link.partition("#")
    text = (BOOK / page.replace(".html", ".ipynb")).read_text(encoding="utf-8")
    heading = links.CHAPTERS[page[:2]].headings.get(section)
    assert f"({section})=" in text
    if not section.startswith("exercise-"):
        assert re.search(rf"\({section}\)=\\n\",\s*\"#+ {re.escape(heading)}", text), heading


def test_a_link_is_for_the_place_where_it_is_shown(monkeypatch):
    link = "03-activations.html#leaky-relu"
    monkeypatch.setenv("NNLEARN_EXPLORERS", "recorded")
    assert links.href(link) == link
    monkeypatch.setenv("NNLEARN_EXPLORERS", "live")
    assert links.href(link) == "03-activations.ipynb#5.-Leaky-ReLU"
    assert links.words(link) == "chapter 03, Leaky ReLU"
    assert links.words("03-activations.html") == "chapter 03, Activation functions"


# ---- As a reader ---------------------------------------------------------------------------------------------------


def test_in_a_plain_prompt():
    code = "from nnlearn.exercises import check; import numpy as np; print(check('03-step', lambda z: (z >= 0) * 1))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "✓ 03-step: Correct.\n"


def test_an_endless_loop_in_a_notebook_leaves_the_kernel_alive(tmp_path):
    cells = [
        "import time\nfrom nnlearn.exercises import check",
        "def my_step(z):\n    while True:\n        try:\n            time.sleep(60)\n        except:\n            pass",
        "check('03-step', my_step)",
        "import numpy as np\ncheck('03-step', lambda z: (z >= 0) * 1)",
        "def my_step(z):\n    # no such row\n    return z[100]\n\ncheck('03-step', my_step)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute(env=dict(os.environ))
    shown = [cell.outputs[-1]["data"] for cell in notebook.cells if cell.outputs]
    assert shown[0]["text/plain"].startswith("✗ 03-step: Your code did not come to an end in time.")
    assert shown[1]["text/plain"] == "✓ 03-step: Correct."
    assert "  →    3      return z[100]\n  IndexError" in shown[2]["text/plain"], "only the reader's own lines"
    assert shown[2]["text/plain"].count("line ") == 1
