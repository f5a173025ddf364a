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


def checks(module, *arguments):
    """Return the tests of a module that take one of these, an explorer or an exercise, and at most `monkeypatch` besides."""
    found = [value for name, value in vars(module).items() if name.startswith("test_") and inspect.isfunction(value)]
    usual = [test for test in found if "nightly" not in [mark.name for mark in getattr(test, "pytestmark", [])]]
    named = {test: set(inspect.signature(test).parameters) - {"monkeypatch"} for test in usual}
    return [test for test, names in named.items() if names and names <= set(arguments)]


def given(check, **arguments):
    """Call a test with those of the arguments that it takes."""
    check(**{name: arguments[name] for name in inspect.signature(check).parameters})


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


@pytest.mark.parametrize("check", checks(test_explorer, "explorer", "corners"), ids=lambda check: check.__name__)
def test_the_explorer_passes_what_all_pass(walk, check, monkeypatch):
    explorer = walk[0].SoftplusExplorer()
    given(check, explorer=explorer, corners=test_explorer.drawn_corners(explorer), monkeypatch=monkeypatch)


@pytest.mark.parametrize("check", checks(test_quiz, "question"), ids=lambda check: check.__name__)
def test_the_question_passes_what_all_pass(walk, check):
    given(check, question=walk[0].PREDICT_CORNER)


@pytest.mark.parametrize("check", checks(test_exercises, "exercise"), ids=lambda check: check.__name__)
def test_the_exercise_passes_what_all_pass(walk, check, monkeypatch):
    (exercise,) = walk[1].EXERCISES
    monkeypatch.setitem(links.CHAPTERS, "17", walk[2])
    given(check, exercise=exercise, monkeypatch=monkeypatch)


@pytest.mark.parametrize("name", test_exercises.BAD)
def test_bad_answers_to_the_exercise_are_never_right(walk, name, capsys, monkeypatch):
    monkeypatch.setitem(links.CHAPTERS, "17", walk[2])
    test_exercises.test_bad_answers_are_never_right_and_never_the_checkers_fault(walk[1].EXERCISES[0], name, capsys)


def test_all_kinds_of_checks_are_found():
    takes = ((test_explorer, "explorer", "corners"), (test_quiz, "question"), (test_exercises, "exercise"))
    found = [len(checks(*take)) for take in takes]
    assert all(count >= least for count, least in zip(found, (6, 2, 8), strict=True)), found


def test_the_chapters_number_and_labels_are_the_same_throughout(walk):
    (exercise,), chapter = walk[1].EXERCISES, walk[2]
    sections = {item.section for item in itertools.chain(exercise.hints, exercise.misconceptions)} - {""}
    assert sections == set(chapter.headings)
    assert chapter.page.split("-")[0] == exercise.id.split("-")[0] == walk[0].PREDICT_CORNER.id.split("-")[0]
    assert f"(exercise-{exercise.id})=\n### 1. {exercise.title}\n\n{exercise.task}\n" in TEXT
    assert f"```{{code-cell}}\n{exercise.starter}\ncheck(\"{exercise.id}\", my_softplus)\n```" in TEXT
