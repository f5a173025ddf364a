"""Assignments for a class: what students get, what is hidden from them, and addresses and notebooks that stand alone.

That nbgrader and otter really grade them is what `make test-grading` looks at, in an environment of its own.
"""

import json
import subprocess
import sys
import types
from pathlib import Path

import addresses
import assignment
import nbformat
import pytest
import standalone
import yaml
from IPython.core.interactiveshell import InteractiveShell

from nnlearn.exercises import EXERCISES, grade, progress_file

ROOT = Path(__file__).resolve().parent.parent
every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))

# ---- Grading -----------------------------------------------------------------------------------------------------------


@every_exercise
def test_what_is_exported_as_the_solution_gets_the_point_and_the_starter_does_not(exercise):
    namespace = {}
    exec(assignment.SET_UP, namespace)
    exec(assignment.solved(exercise), namespace)
    grade(exercise.id, namespace[assignment.answer_name(exercise)], seeds=(1,))
    with pytest.raises(AssertionError, match=exercise.id):
        grade(exercise.id, exercise.starter_function())


def test_grading_says_what_the_checker_says_and_leaves_no_trace(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path))
    exercise = EXERCISES["03-sigmoid"]
    with pytest.raises(AssertionError) as told:
        grade(exercise.id, exercise.misconceptions[0].function)
    assert exercise.misconceptions[0].message in str(told.value)
    grade(exercise.id, exercise.reference, seeds=(0, 1, 2))
    assert progress_file.Progress().all() == {} and list(tmp_path.iterdir()) == []


def test_a_fault_of_the_checker_is_no_wrong_answer(monkeypatch):
    exercise = EXERCISES["03-sigmoid"]
    broken = types.SimpleNamespace(**{**vars(exercise), "cases": lambda rng: 1 / 0})
    monkeypatch.setitem(EXERCISES, exercise.id, broken)
    with pytest.raises(RuntimeError, match="not your fault"):
        grade(exercise.id, exercise.reference)


# ---- What students get -------------------------------------------------------------------------------------------------


def test_an_assignment_for_nbgrader_keeps_the_starters_and_marks_what_is_hidden(tmp_path):
    chosen = ["03-sigmoid", "04-mse"]
    assignment.main(["nbgrader", str(tmp_path), "one", *chosen])
    notebook = nbformat.read(tmp_path / "source" / "one" / "one.ipynb", as_version=4)
    marks = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in notebook.cells}
    assert len(marks) == 1 + 3 * len(chosen)
    for id in chosen:
        assert marks[f"answer-{id}"].source == EXERCISES[id].starter.strip()
        test = marks[f"test-{id}"]
        seen, hidden = test.source.split("### BEGIN HIDDEN TESTS")
        assert "seeds" not in seen and "seeds" in hidden and test.metadata["nbgrader"]["points"] == 1
    solutions = (tmp_path / "solutions" / "one.ipynb").read_text(encoding="utf-8")
    assert all(json.dumps(line, ensure_ascii=False)[1:-1] in solutions for line in EXERCISES["04-mse"].solution().splitlines())


def test_an_assignment_for_otter_has_a_prompt_a_solution_and_a_hidden_test_for_each_exercise(tmp_path):
    assignment.main(["otter", str(tmp_path), "one", "03-sigmoid"])
    sources = [cell.source for cell in nbformat.read(tmp_path / "one.ipynb", as_version=4).cells]
    assert sum(source.startswith("# HIDDEN") for source in sources) == 1
    assert any(EXERCISES["03-sigmoid"].starter.strip() in source and "# END PROMPT" in source for source in sources)


def test_two_assignments_hide_different_cases():
    assert assignment.hidden_seeds() != assignment.hidden_seeds()


def test_an_unknown_exercise_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        assignment.main(["otter", str(tmp_path), "one", "03-nonsense"])
    assert "no exercise 03-nonsense" in capsys.readouterr().err and list(tmp_path.iterdir()) == []


# ---- Addresses ---------------------------------------------------------------------------------------------------------


def test_every_address_follows_from_the_one_in_the_settings(tmp_path, monkeypatch):
    config = tmp_path / "_config.yml"
    config.write_text("repository:\n  url: https://github.com/you/a-book\n  branch: trunk\n")
    monkeypatch.setattr(addresses, "CONFIG", config)
    assert addresses.binder("03-activations").startswith("https://mybinder.org/v2/gh/you/a-book/trunk?urlpath=lab%2Ftree%2Fbook%2F03")
    assert addresses.colab("03-activations").endswith("/github/you/a-book/blob/notebooks/03-activations.ipynb")
    assert "repo=https%3A%2F%2Fgithub.com%2Fyou%2Fa-book&branch=notebooks" in addresses.nbgitpuller()
    assert addresses.install() == "nnlearn[lessons] @ git+https://github.com/you/a-book@trunk"
    addresses.main(["set", "https://github.com/we/book2"])
    assert yaml.safe_load(config.read_text()) == {"repository": {"url": "https://github.com/we/book2", "branch": "trunk"}}
    with pytest.raises(ValueError, match="address must look like"):
        addresses.change("example.org")


# ---- Notebooks that stand alone ----------------------------------------------------------------------------------------


@pytest.fixture
def shell(monkeypatch):
    """An IPython that writes down what it would install."""
    running, asked = InteractiveShell(), []
    running.register_magic_function(lambda line: asked.append(line), magic_name="pip")
    running.asked = asked
    yield running
    InteractiveShell.clear_instance()


def test_the_first_cell_installs_on_colab_and_does_nothing_where_the_package_is(shell, monkeypatch):
    cell = standalone.FIRST_CELL.format(install="THE PACKAGE")
    shell.run_cell(cell).raise_error()
    assert shell.asked == []
    asked = []
    output = types.ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: asked.append("widgets")
    colab = types.ModuleType("google.colab")
    colab.output = output
    for name, module in {"google": types.ModuleType("google"), "google.colab": colab, "google.colab.output": output}.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    shell.run_cell(cell).raise_error()
    assert shell.asked == ['install --quiet "THE PACKAGE"'] and asked == ["widgets"]


def test_the_notebooks_of_their_own_branch_are_whole(tmp_path):
    standalone.write_all(tmp_path)
    chapters = sorted(path.name for path in (ROOT / "book").glob("*.ipynb"))
    assert sorted(path.name for path in tmp_path.glob("*.ipynb")) == chapters and (tmp_path / "scripts").is_dir()
    for path in tmp_path.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert notebook.cells[0].source.startswith("# ") and addresses.install() in notebook.cells[1].source


# ---- Binder ------------------------------------------------------------------------------------------------------------


def test_binder_finds_its_files():
    assert (ROOT / "runtime.txt").read_text() == "python-3.11\n"
    script = ROOT / "postBuild"
    mode = subprocess.run(["git", "ls-files", "-s", "postBuild"], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert mode.startswith("100755") and script.read_text().startswith("#!/bin/bash")
    assert not (ROOT / "binder").exists() and not (ROOT / ".binder").exists()  # they would take the place of the files at the top
