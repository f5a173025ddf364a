"""The book build: a strict build fails for what it has to fail for, and notices what changed.

All but the first build a book of one page with the book's own extension.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from book_extension import fingerprint, is_built
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.test_notebooks import SILENT_ERROR

CONF = """
extensions = ["myst_nb", "book_extension"]
exclude_patterns = ["_build"]
nb_execution_mode = "cache"
nb_execution_show_tb = True
nb_merge_streams = True
"""
TOOLS = Path(__file__).resolve().parent.parent / "tools"


@pytest.mark.builds_the_book
def test_the_book_itself_builds_strictly(built):
    assert (built / "index.html").is_file()
    assert is_built(built)


@pytest.fixture
def book(tmp_path):
    """A function that writes a book of one page with one cell, or none, and builds it strictly; gives the finished process."""
    (tmp_path / "conf.py").write_text(CONF)

    def build(code):
        page = new_notebook(cells=[new_markdown_cell("# A page"), *([new_code_cell(code)] if code else [])])
        nbformat.write(page, tmp_path / "index.ipynb")
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", ".", "_build/html"]
        environment = {**os.environ, "PYTHONPATH": str(TOOLS)}
        environment.pop("NNLEARN_EXPLORERS", None)
        return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)

    build.folder = tmp_path / "_build"
    return build


IN_PIECES = """
import os, sys
for piece in ("explorers", "\\nare", f" {os.environ['NNLEARN_EXPLORERS']}", "\\n"):
    sys.stdout.write(piece)
    sys.stdout.flush()
"""


def test_a_build_records_and_joins_what_is_printed_and_says_what_it_was_made_from(book):
    run = book(IN_PIECES)
    assert run.returncode == 0, run.stderr
    assert "<span></span>explorers\nare recorded\n</pre>" in (book.folder / "html" / "index.html").read_text()
    assert (book.folder / ".built-from").is_file()


def test_an_error_inside_a_widget_fails_the_build_each_time(book):
    for _ in range(2):
        run = book(SILENT_ERROR)
        assert run.returncode != 0 and "an error inside a widget: ValueError: nobody hears me" in run.stderr
        assert not (book.folder / ".built-from").exists()


def test_a_cell_that_raises_fails_the_build(book):
    run = book("1 / 0")
    assert run.returncode != 0 and "ZeroDivisionError" in run.stderr


def test_a_build_that_fails_at_its_very_end_is_not_taken_for_built(book):
    # As pages, cards and Python in the browser are written by others, when Sphinx is done.
    (book.folder.parent / "conf.py").write_text(f"{CONF}\ndef setup(app):\n    app.connect('build-finished', lambda *_: 1 / 0)\n")
    run = book("")
    assert run.returncode != 0 and "division by zero" in run.stderr
    assert (book.folder / "html" / "index.html").is_file() and not (book.folder / ".built-from").exists()


def test_a_changed_package_makes_notebooks_run_again(book):
    code = "import time\nprint('run at', time.time_ns())"
    times = []
    for change in (False, False, True):
        if change:
            (book.folder / ".jupyter_cache" / "package.sha256").write_text("another")
        assert book(code).returncode == 0
        times.append(re.search(r"run at (\d+)", (book.folder / "html" / "index.html").read_text())[1])
    assert times[0] == times[1] != times[2]


def test_a_fingerprint_follows_names_and_contents_and_not_compiled_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.py").write_text("1")
    first = fingerprint("a", root=tmp_path)
    (tmp_path / "a" / "__pycache__").mkdir()
    (tmp_path / "a" / "__pycache__" / "b.pyc").write_text("x")
    assert fingerprint("a", root=tmp_path) == first
    (tmp_path / "a" / "b.py").write_text("2")
    second = fingerprint("a", root=tmp_path)
    (tmp_path / "a" / "b.py").rename(tmp_path / "a" / "c.py")
    assert len({first, second, fingerprint("a", root=tmp_path)}) == 3
