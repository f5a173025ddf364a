"""Assignments for a class, made from the book's exercises: for nbgrader or for otter-grader.

    python tools/assignment.py nbgrader FOLDER NAME 03-sigmoid 03-relu ...
    python tools/assignment.py otter FOLDER NAME 03-sigmoid 03-relu ...

Students get the task, the starter and a cell that checks it, which says what the book says: what went wrong, and the misconception
behind it. What is graded are further random cases, which they do not see. One point for each exercise.

- nbgrader: FOLDER becomes a course, with source/NAME/NAME.ipynb for `nbgrader generate_assignment NAME`, and solutions/NAME.ipynb.
- otter: FOLDER holds NAME.ipynb for `otter assign NAME.ipynb dist`.
"""

import argparse
import secrets
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from nnlearn.exercises import EXERCISES

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
SET_UP = "import numpy as np\n\nimport nnlearn\nfrom nnlearn.exercises import check, grade, hint"
NBGRADER_CONFIG = '''\
"""A course whose cells to fill in hold the book's own starters: nbgrader leaves them as they are, and hides the hidden tests."""

from nbgrader import preprocessors as p

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "nnlearn"
c.GenerateAssignment.preprocessors = [
    p.IncludeHeaderFooter, p.LockCells, p.ClearOutput, p.CheckCellMetadata, p.ComputeChecksums, p.SaveCells,
    p.ClearHiddenTests, p.ClearMarkScheme, p.ComputeChecksums, p.CheckCellMetadata,
]
'''


def answer_name(exercise):
    """Return the name of the function that a reader writes."""
    return exercise.starter_function().__name__


def solved(exercise):
    """Return the solution under the name that the starter has, so that the cells behind it find it."""
    wanted, name = answer_name(exercise), exercise.reference.__name__
    return exercise.solution() if name == wanted else f"{exercise.solution()}\n{wanted} = {name}\n"


def hidden_seeds(count=3):
    """Return seeds that nobody knows before an assignment is made."""
    return tuple(secrets.randbelow(10**6) + 1 for _ in range(count))


# ---- nbgrader ----------------------------------------------------------------------------------------------------------


def nbgrader_notebook(exercises, answers):
    """Return the notebook of an assignment in nbgrader's form, with the given text as the answer to each exercise."""
    cells = [_locked(new_code_cell(SET_UP), "set-up")]
    for exercise, answer in zip(exercises, answers, strict=True):
        cells.append(_locked(new_markdown_cell(f"## {exercise.title}\n\n{exercise.task}"), f"task-{exercise.id}"))
        cells.append(_marked(new_code_cell(answer.strip()), f"answer-{exercise.id}", solution=True))
        test = (
            f'grade("{exercise.id}", {answer_name(exercise)})\n### BEGIN HIDDEN TESTS\n'
            f'grade("{exercise.id}", {answer_name(exercise)}, seeds={hidden_seeds()})\n### END HIDDEN TESTS'
        )
        cells.append(_marked(new_code_cell(test), f"test-{exercise.id}", grade=True, locked=True, points=1))
    return _notebook(cells)


def _locked(cell, name):
    return _marked(cell, name, locked=True)


def _marked(cell, name, *, grade=False, solution=False, locked=False, points=None):
    """Return a cell with what nbgrader wants to know of it."""
    marks = {"grade_id": name, "grade": grade, "solution": solution, "locked": locked, "task": False, "schema_version": 3}
    if points is not None:
        marks["points"] = points
    cell.metadata["nbgrader"] = marks
    cell.id = name
    return cell


def write_nbgrader(folder, name, exercises):
    """Write a course with one assignment into `folder`."""
    source = folder / "source" / name
    source.mkdir(parents=True, exist_ok=True)
    (folder / "solutions").mkdir(exist_ok=True)
    _write(source / f"{name}.ipynb", nbgrader_notebook(exercises, [exercise.starter for exercise in exercises]))
    _write(folder / "solutions" / f"{name}.ipynb", nbgrader_notebook(exercises, list(map(solved, exercises))))
    (folder / "nbgrader_config.py").write_text(NBGRADER_CONFIG, encoding="utf-8")


# ---- otter -------------------------------------------------------------------------------------------------------------


def otter_notebook(name, exercises):
    """Return the notebook of an assignment in the form that `otter assign` reads."""
    config = f"# ASSIGNMENT CONFIG\nname: {name}\ninit_cell: true\ncheck_all_cell: false\nexport_cell: false\nsolutions_pdf: false"
    cells = [new_raw_cell(config), new_code_cell(SET_UP)]
    for exercise in exercises:
        answer = (
            f"# BEGIN SOLUTION NO PROMPT\n{solved(exercise).strip()}\n# END SOLUTION\n"
            f'""" # BEGIN PROMPT\n{exercise.starter.strip()}\n""" # END PROMPT'
        )
        call = f'grade("{exercise.id}", {answer_name(exercise)}'
        cells += [
            new_raw_cell(f"# BEGIN QUESTION\nname: {_otter_name(exercise)}\npoints: 1"),
            new_markdown_cell(f"## {exercise.title}\n\n{exercise.task}"),
            new_raw_cell("# BEGIN SOLUTION"),
            new_code_cell(answer),
            new_raw_cell("# END SOLUTION"),
            new_raw_cell("# BEGIN TESTS"),
            new_code_cell(f"{call})"),
            new_code_cell(f"# HIDDEN\n{call}, seeds={hidden_seeds()})"),
            new_raw_cell("# END TESTS"),
            new_raw_cell("# END QUESTION"),
        ]
    return _notebook(cells)


def _otter_name(exercise):
    return "q" + exercise.id.replace("-", "_")


def write_otter(folder, name, exercises):
    """Write the notebook that `otter assign` turns into the students' and the graders'."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{name}.ipynb", otter_notebook(name, exercises))


# ---- Both --------------------------------------------------------------------------------------------------------------


def _notebook(cells):
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def _write(path, notebook):
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def main(arguments=None):
    """Write an assignment of the exercises that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("system", choices=["nbgrader", "otter"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("name", help="of the assignment, such as week-3")
    parser.add_argument("exercises", nargs="+", metavar="exercise", help="ids such as 03-sigmoid")
    options = parser.parse_args(arguments)
    unknown = [id for id in options.exercises if id not in EXERCISES]
    if unknown:
        parser.error(f"no exercise {', '.join(unknown)}; there are: {', '.join(EXERCISES)}")
    write = write_nbgrader if options.system == "nbgrader" else write_otter
    write(options.folder, options.name, [EXERCISES[id] for id in options.exercises])
    print(f"{options.folder}: {options.name}, {len(options.exercises)} exercises, for {options.system}")


if __name__ == "__main__":
    sys.exit(main())
