"""The comparison of the chapters' outputs with the committed ones does its work: a number that is not right makes it fail."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_notebook

CHAPTER = Path(__file__).resolve().parent.parent / "book" / "01-neuron.ipynb"
NUMBER = re.compile(r"\d+\.\d+")


def beginning():
    """Return the chapter up to the first cell that prints a number, and that cell's output."""
    cells = nbformat.read(CHAPTER, as_version=4).cells
    for end, cell in enumerate(cells, 1):
        for output in cell.get("outputs", []):
            if output.get("name") == "stdout" and NUMBER.search(output.text):
                return new_notebook(cells=[cell for cell in cells[:end] if cell.cell_type == "code"]), output
    raise AssertionError(f"{CHAPTER.name} prints no number")


def test_one_digit_that_is_not_right_makes_the_comparison_fail(tmp_path):
    notebook, output = beginning()
    nbformat.write(notebook, tmp_path / "right.ipynb")
    number = NUMBER.search(output.text)
    last = number.end() - 1
    output.text = output.text[:last] + str((int(output.text[last]) + 1) % 10) + output.text[last + 1 :]
    nbformat.write(notebook, tmp_path / "wrong.ipynb")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-rA", "--rootdir", tmp_path, "."],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    cells = len(notebook.cells)
    assert ran.returncode == 1, ran.stdout
    assert ran.stdout.count("PASSED right.ipynb") == cells
    assert ran.stdout.count("PASSED wrong.ipynb") == cells - 1
    assert f"FAILED wrong.ipynb::Cell {cells - 1}" in ran.stdout
