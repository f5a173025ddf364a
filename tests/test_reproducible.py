"""The comparison of two builds notices what differs; that the book itself comes out the same is `make reproducible`, weekly."""

import nbformat
import pytest
import reproducible
from nbformat.v4 import new_code_cell, new_notebook, new_output
from reproducible import differences, judged


@pytest.fixture
def two(tmp_path):
    """Two builds that are the same: a page, a picture and a notebook each."""
    for name in ("one", "other"):
        for part in reproducible.COMPARED:
            (tmp_path / name / part).mkdir(parents=True)
        (tmp_path / name / "html" / "page.html").write_text("a page\nwith a line\n")
        (tmp_path / name / "html" / "picture.png").write_bytes(b"\x89PNG\xff")
        run = new_notebook(cells=[new_code_cell("1", id="c", outputs=[new_output("stream", text="1\n2\n")])])
        nbformat.write(run, tmp_path / name / "jupyter_execute" / "chapter.ipynb")
        (tmp_path / name / ".built-from").write_text(name)
    return tmp_path / "one", tmp_path / "other"


def test_two_equal_builds_are_equal(two):
    assert judged(differences(*two), ()) == []


def test_a_changed_byte_is_noticed(two):
    (two[1] / "html" / "picture.png").write_bytes(b"\x89PNG\xfe")
    assert judged(differences(*two), ()) == ["html/picture.png: differs"]


def test_a_changed_line_is_shown(two):
    (two[1] / "html" / "page.html").write_text("a page\nwith a time\n")
    assert judged(differences(*two), ()) == ["html/page.html: …'with a line' is …'with a time' in the second"]


def test_a_line_more_is_noticed(two):
    (two[1] / "html" / "page.html").write_text("a page\nwith a line\nand more\n")
    assert judged(differences(*two), ()) == ["html/page.html: differs"]


def test_a_file_that_is_in_one_alone_is_noticed(two):
    (two[0] / "html" / "page.html").unlink()
    (two[1] / "html" / "picture.png").unlink()
    assert judged(differences(*two), ()) == ["html/page.html: is only in the second", "html/picture.png: is only in the first"]


def test_a_changed_output_is_noticed_and_the_pieces_that_it_came_in_are_not(two):
    cell = new_code_cell("1", id="c", outputs=[new_output("stream", text="1\n"), new_output("stream", text="2\n")])
    nbformat.write(new_notebook(cells=[cell]), two[1] / "jupyter_execute" / "chapter.ipynb")
    assert judged(differences(*two), ()) == []
    cell.outputs[1].text = "3\n"
    nbformat.write(new_notebook(cells=[cell]), two[1] / "jupyter_execute" / "chapter.ipynb")
    assert [name for name, _ in differences(*two)] == ["jupyter_execute/chapter.ipynb"]


def test_what_is_allowed_is_passed_over_and_has_to_be_found(two):
    (two[1] / "html" / "page.html").write_text("a page\nwith a time\n")
    entry = (r"html/.*\.html", r"with a (line|time)", "the time of the build")
    unused = (r"html/.*\.html", r"with a whim", "no reason")
    assert judged(differences(*two), (entry,)) == []
    assert judged(differences(*two), (entry, unused)) == [f"allowed, and not found: {unused}"]
    assert len(judged(differences(*two), (unused,))) == 2
    # Both sides have to look as is allowed, and so has the file's name.
    assert len(judged(differences(*two), ((r"html/.*\.html", r"with a line", "half"),))) == 2
    assert len(judged(differences(*two), ((r"lite/.*", r"with a (line|time)", "elsewhere"),))) == 2


def test_builds_that_are_not_there_are_not_equal(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing to compare"):
        judged(differences(tmp_path, tmp_path))


def test_a_copy_holds_what_git_would_take_and_nothing_else(tmp_path):
    reproducible.copy_into(tmp_path)
    assert (tmp_path / "book" / "01-neuron.ipynb").is_file() and (tmp_path / "nnlearn" / "__init__.py").is_file()
    assert not (tmp_path / "_build").exists() and not (tmp_path / ".venv").exists() and not (tmp_path / ".git").exists()
