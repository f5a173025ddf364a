"""Try the exporter for teachers: make assignments, hand in answers, and have nbgrader and otter grade them.

    python tools/try_grading.py            in an environment from requirements-grading.txt; `make test-grading` does both

Handed in are: the solutions, misconceptions, the untouched starters, and an answer whose author has emptied the cells that check.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import assignment
import nbformat

from nnlearn.exercises import EXERCISES

CHOSEN = [EXERCISES["03-sigmoid"], EXERCISES["04-mse"], EXERCISES["05-neuron"]]
NAME = "week-1"
PROGRAMS = Path(sys.executable).parent


def run(folder, program, *arguments):
    """Run a program of this environment in a folder; return what it printed."""
    environment = {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    finished = subprocess.run([PROGRAMS / program, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, f"{program} {arguments}\n{finished.stdout[-3000:]}{finished.stderr[-3000:]}"
    return finished.stdout


def wrong(exercise):
    """Return an answer that believes in the exercise's first misconception."""
    name = assignment.answer_name(exercise)
    return f'from nnlearn.exercises import EXERCISES\n{name} = EXERCISES["{exercise.id}"].misconceptions[0].function'


def hand_ins():
    """Return {student: (answers, whether the checking cells are emptied, points that are due)}."""
    return {
        "right": (list(map(assignment.solved, CHOSEN)), False, len(CHOSEN)),
        "wrong": (list(map(wrong, CHOSEN)), False, 0),
        "starter": ([exercise.starter for exercise in CHOSEN], False, 0),
        "half": ([assignment.solved(CHOSEN[0]), wrong(CHOSEN[1]), CHOSEN[2].starter], False, 1),
        "cheat": (list(map(wrong, CHOSEN)), True, 0),
    }


def answered(notebook, answers, emptied):
    """Write the answers into a student's notebook, and empty the cells that check where that is asked."""
    names = {f"def {assignment.answer_name(exercise)}(": answer for exercise, answer in zip(CHOSEN, answers, strict=True)}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for start, answer in names.items():
            if start in cell.source:
                cell.source = answer
                break
        else:
            if emptied and ("grade(" in cell.source or "grader.check" in cell.source):
                cell.source = "pass"
    return notebook


def try_nbgrader(folder):
    """Run a course with nbgrader; raise AssertionError where somebody gets other points than are due."""
    from nbgrader.api import Gradebook

    assignment.write_nbgrader(folder, NAME, CHOSEN)
    run(folder, "nbgrader", "generate_assignment", NAME)
    released = nbformat.read(folder / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in released.cells)
    assert "HIDDEN" not in text and "seeds" not in text, "the hidden tests were released"
    assert all(exercise.starter.strip() in text for exercise in CHOSEN), "a starter was changed"
    for student, (answers, emptied, _) in hand_ins().items():
        place = folder / "submitted" / student / NAME
        place.mkdir(parents=True)
        fresh = nbformat.read(folder / "release" / NAME / f"{NAME}.ipynb", as_version=4)
        nbformat.write(answered(fresh, answers, emptied), place / f"{NAME}.ipynb")
    run(folder, "nbgrader", "autograde", NAME)
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        for student, (_, _, due) in hand_ins().items():
            got = book.find_submission(NAME, student).score
            print(f"nbgrader: {student} gets {got:g} of {len(CHOSEN)}")
            assert got == due, f"{student} should get {due}"
    told = " ".join(_told(folder / "autograded" / "wrong" / NAME / f"{NAME}.ipynb").split())
    for exercise in CHOSEN:
        assert " ".join(exercise.misconceptions[0].message.split()) in told, f"{exercise.id}: its message is not told"


def _told(path):
    """Return the errors that a graded notebook shows."""
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(output.evalue for cell in cells for output in cell.get("outputs", []) if output.output_type == "error")


def try_otter(folder):
    """Make an assignment with otter and grade with it; raise AssertionError where somebody gets other points than are due."""
    assignment.write_otter(folder, NAME, CHOSEN)
    run(folder, "otter", "assign", f"{NAME}.ipynb", "dist", "--no-pdfs")  # which tests the solutions, too
    student_notebook = folder / "dist" / "student" / f"{NAME}.ipynb"
    text = "\n".join(cell.source for cell in nbformat.read(student_notebook, as_version=4).cells)
    assert all(exercise.starter.strip() in text for exercise in CHOSEN), "a starter was changed"
    graders = next((folder / "dist" / "autograder").glob("*.zip"))
    for student, (answers, emptied, due) in hand_ins().items():
        place = folder / student
        shutil.copytree(folder / "dist" / "student", place)
        nbformat.write(answered(nbformat.read(student_notebook, as_version=4), answers, emptied), place / f"{NAME}.ipynb")
        run(place, "otter", "run", f"{NAME}.ipynb", "-a", graders, "-o", place)
        results = json.loads((place / "results.json").read_text(encoding="utf-8"))
        got = sum(float(test.get("score") or 0) for test in results["tests"])
        print(f"otter: {student} gets {got:g} of {len(CHOSEN)}")
        assert got == due, f"{student} should get {due}"


if __name__ == "__main__":
    for trial in (try_nbgrader, try_otter):
        with tempfile.TemporaryDirectory() as place:
            trial(Path(place))
