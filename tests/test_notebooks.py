"""The form in which the chapters are committed, and that what a widget keeps to itself is heard.

That their outputs are those that are committed is what nbval looks at (`make test-notebooks`); that they run from any folder is
shown by the book's build, which runs each in a folder of its own, and by the browser's Python (`tests/test_lite.py`).
"""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebooks import executed, normal_form, text_of

CHAPTERS = sorted((Path(__file__).resolve().parent.parent / "book").glob("*.ipynb"))

SILENT_ERROR = """
from ipywidgets import IntSlider, Output
slider, output = IntSlider(), Output()

@output.capture()
def moved(change):
    raise ValueError("nobody hears me")

slider.observe(moved, "value")
slider.value = 1
output
"""


def test_an_error_that_a_widget_keeps_to_itself_is_heard(tmp_path):
    with pytest.raises(RuntimeError, match="inside a widget: ValueError: nobody hears me"):
        executed(new_notebook(cells=[new_code_cell(SILENT_ERROR)]), tmp_path)


def test_running_twice_gives_the_same_bytes(tmp_path):
    code = "import matplotlib.pyplot as plt\nfrom ipywidgets import IntSlider\nplt.plot([1, 2])\nplt.show()\nIntSlider()"
    notebook = new_notebook(cells=[new_code_cell(code), new_code_cell("print(1)"), new_code_cell("print(1)")])
    once = text_of(normal_form(executed(notebook, tmp_path)))
    again = nbformat.reads(once, as_version=4)
    assert text_of(normal_form(executed(again, tmp_path))) == once
    assert len({cell.id for cell in again.cells}) == 3


def test_what_is_printed_in_pieces_is_joined_and_warnings_are_kept_apart():
    names = ("stdout", "stdout", "stderr", "stdout")
    cell = new_code_cell("1", outputs=[new_output("stream", name=name, text=name) for name in names])
    form = normal_form(new_notebook(cells=[cell]))
    assert [output.text for output in form.cells[0].outputs] == ["stdoutstdout", "stderr", "stdout"]
    assert len(cell.outputs) == 4


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_chapter_shows_a_warning(path):
    cells = nbformat.read(path, as_version=4).cells
    assert [cell.source for cell in cells if any(output.get("name") == "stderr" for output in cell.get("outputs", []))] == []


def test_a_cell_in_between_leaves_the_ids_of_the_others():
    cells = [new_code_cell("a = 1"), new_code_cell("b = 2")]
    before = [cell.id for cell in normal_form(new_notebook(cells=cells)).cells]
    after = [cell.id for cell in normal_form(new_notebook(cells=[cells[0], new_code_cell("c = 3"), cells[1]])).cells]
    assert [after[0], after[2]] == before
