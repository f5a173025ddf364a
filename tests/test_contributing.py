"""The steps of CONTRIBUTING.md are true: their explorer, question and exercise pass what those of the book have to pass."""

import importlib.util
import inspect
import itertools
import re
from pathlib import Path

import pytest

from nnlearn.exercises import links
from tests import test_exercises, test_explorer, test_quiz

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


def checks(module, argument):
    """Return the tests of a module that take one explorer, question or exercise and nothing else."""
    found = [value for name, value in vars(module).items() if name.startswith("test_") and inspect.isfunction(value)]
    usual = [test for test in found if "nightly" not in [mark.name for mark in getattr(test, "pytestmark", [])]]
    return [test for test in usual if list(inspect.signature(test).parameters) == [argument]]


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """The two files of the walk as modules, and the chapter's entry in `links.CHAPTERS`."""
    explorers, exercises, entry = BLOCKS
    modules = []
    for name, code in (("walk_explorers", explorers), ("walk_exercises", exercises)):
        path = tmp_path_factory.mktemp("walk") / f"{name}.py"
        path.write_text(code, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        modules.append(importlib.util.module_from_spec(spec))
        spec.loader.exec_module(modules[-1])
    (chapter,) = eval(f"{{{entry}}}", {"Chapter": links.Chapter}).values()
    return *modules, chapter


@pytest.mark.parametrize("check", checks(test_explorer, "explorer"), ids=lambda check: check.__name__)
def test_the_explorer_passes_what_all_pass(walk, check):
    check(walk[0].SoftplusExplorer())


@pytest.mark.parametrize("check", checks(test_quiz, "question"), ids=lambda check: check.__name__)
def test_the_question_passes_what_all_pass(walk, check):
    check(walk[0].PREDICT_CORNER)


@pytest.mark.parametrize("check", checks(test_exercises, "exercise"), ids=lambda check: check.__name__)
def test_the_exercise_passes_what_all_pass(walk, check, monkeypatch):
    (exercise,) = walk[1].EXERCISES
    monkeypatch.setitem(links.CHAPTERS, "17", walk[2])
    check(exercise)


@pytest.mark.parametrize("name", test_exercises.BAD)
def test_bad_answers_to_the_exercise_are_never_right(walk, name, capsys, monkeypatch):
    monkeypatch.setitem(links.CHAPTERS, "17", walk[2])
    test_exercises.test_bad_answers_are_never_right_and_never_the_checkers_fault(walk[1].EXERCISES[0], name, capsys)


def test_all_kinds_of_checks_are_found():
    found = [len(checks(*pair)) for pair in ((test_explorer, "explorer"), (test_quiz, "question"), (test_exercises, "exercise"))]
    assert all(count >= least for count, least in zip(found, (5, 2, 8), strict=True)), found


def test_the_chapters_number_and_labels_are_the_same_throughout(walk):
    (exercise,), chapter = walk[1].EXERCISES, walk[2]
    sections = {item.section for item in itertools.chain(exercise.hints, exercise.misconceptions)} - {""}
    assert sections == set(chapter.headings)
    assert chapter.page.split("-")[0] == exercise.id.split("-")[0] == walk[0].PREDICT_CORNER.id.split("-")[0]
    assert f"(exercise-{exercise.id})=\n### 1. {exercise.title}\n\n{exercise.task}\n" in TEXT
    assert f"```{{code-cell}}\n{exercise.starter}\ncheck(\"{exercise.id}\", my_softplus)\n```" in TEXT
