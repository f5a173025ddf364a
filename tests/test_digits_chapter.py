"""Chapter 15: the drawing pad, the script for Fashion-MNIST, and what the page says of both."""

import gzip
import importlib.util
import re
import struct
from pathlib import Path

import numpy as np
import pytest

import nnlearn
from nnlearn.explore import digits, drawing

ROOT = Path(__file__).parents[1]
SEVEN = ["..#####.", ".....##.", "....##..", "...###..", "..#####.", "...#....", "..##....", "..##...."]


# ---- Drawing -----------------------------------------------------------------------------------------------------


def test_ink_wets_its_neighbours_and_never_exceeds_one():
    one = np.zeros((8, 8), bool)
    one[2, 3] = True
    pixels = drawing.spread_ink(one).reshape(8, 8)
    assert pixels[2, 3] == 1
    assert pixels[1, 3] == pixels[3, 3] == pixels[2, 2] == pixels[2, 4] == drawing.BLEED
    assert np.count_nonzero(pixels) == 5
    assert drawing.spread_ink(np.ones((8, 8))).tolist() == [1.0] * 64


@pytest.mark.parametrize("text", ["", "\n".join(SEVEN[:7]), "\n".join(SEVEN).replace(".", "o"), "\n".join(SEVEN) + "#"])
def test_a_text_that_is_no_drawing_is_refused(text):
    with pytest.raises(ValueError, match="8 lines of 8 characters"):
        drawing.from_text(text)


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="text must be a text of 8 lines, got"):
        drawing.from_text(np.zeros((8, 8)))


def test_the_ten_that_were_drawn_are_ten_different_drawings():
    assert drawing.ten().shape == (10, 64)
    assert len({pixels.tobytes() for pixels in drawing.ten()}) == 10
    assert np.array_equal(drawing.ten()[7], drawing.from_text("\n".join(SEVEN)))


def test_the_pad_says_what_the_network_says_to_the_same_drawing():
    network = digits.trained()[0]
    pad = drawing.DrawingPad(network)
    assert pad.sentence() == pad.EMPTY and pad.EMPTY in pad.words.value
    for cell, character in zip(pad.cells, "".join(SEVEN), strict=True):
        cell.value = character == "#"
    assert pad.sentence() == drawing.reading(network, drawing.from_text("\n".join(SEVEN)))
    assert pad.sentence() in pad.words.value
    pad.clear.click()
    assert pad.sentence() == pad.EMPTY and not any(cell.value for cell in pad.cells)


def test_every_cell_of_the_pad_says_where_it_is():
    names = [cell.tooltip for cell in drawing.DrawingPad(digits.trained()[0]).cells]
    assert len(set(names)) == 64 and names[0] == "row 1, column 1" and names[-1] == "row 8, column 8"


def test_a_page_without_a_kernel_gets_a_sentence_in_place_of_the_pad(monkeypatch):
    monkeypatch.setenv("NNLEARN_EXPLORERS", "recorded")
    widget = drawing.DrawingPad(digits.trained()[0]).widget()
    assert "when you run this chapter as a notebook" in widget.value


def test_a_page_without_a_kernel_holds_nothing_of_the_pad_and_names_what_it_shows_by_counting(monkeypatch):
    """As all widgets of the recorded book are, so that two builds give the same page."""
    monkeypatch.setenv("NNLEARN_EXPLORERS", "recorded")
    made = []
    monkeypatch.setattr(drawing.ToggleButton, "__init__", lambda *arguments, **named: made.append(arguments))
    data = drawing.DrawingPad(digits.trained()[0])._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert made == [] and re.fullmatch(r"\d{6}", data["application/vnd.jupyter.widget-view+json"]["model_id"])


# ---- Fashion-MNIST -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fashion():
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("fashion_mnist", ROOT / "examples" / "fashion_mnist.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_idx(path, array):
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(head + array.astype(np.uint8).tobytes(), mtime=0))


@pytest.fixture
def small_clothes(tmp_path):
    """A folder with four files of the right form: images of ten kinds, each a bright row of its own in some noise."""
    rng = np.random.default_rng(0)
    for part, n in (("train", 600), ("t10k", 100)):
        labels = rng.integers(0, 10, n)
        images = rng.integers(0, 60, (n, 28, 28))
        images[np.arange(n), 2 * labels + 3] += 150
        write_idx(tmp_path / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte.gz", labels)
    return tmp_path


def test_the_script_learns_and_writes_what_it_prints(fashion, small_clothes, capsys):
    log = small_clothes / "run.log"
    share = fashion.main(["--folder", str(small_clothes), "--epochs", "6", "--hidden", "32", "--log", str(log)])
    assert share > 0.9
    assert log.read_text(encoding="utf-8") == capsys.readouterr().out
    lines = log.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("550 images to learn from, 50 held back")
    assert [line[:8] for line in lines[1:7]] == [f"epoch {epoch:>2}" for epoch in range(1, 7)]


def test_without_the_files_the_script_says_where_to_get_them(fashion, tmp_path):
    with pytest.raises(SystemExit, match="dataset-fashion-mnist"):
        fashion.main(["--folder", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []


def test_the_committed_log_is_of_the_script_as_it_is_and_reaches_what_the_page_says(fashion):
    log = (ROOT / "examples" / "fashion_mnist.log").read_text(encoding="utf-8").splitlines()
    n_params = fashion.new_network(np.random.default_rng(0), [256, 128], 0.2).n_params
    assert f"{n_params:,} parameters" in log[0]
    assert float(log[-2].removeprefix("test: ").split("%")[0]) >= 88
    assert float(log[-3].rpartition("(")[2].removesuffix(" s)")) < 300
    page = (ROOT / "book" / "15-digits.ipynb").read_text(encoding="utf-8")
    assert all(line in page for line in log[-3:])


# ---- Overfitting -------------------------------------------------------------------------------------------------


def test_a_share_of_the_labels_is_wrong_and_the_new_digits_are_others():
    x_train, y_train, x_new, y_new = digits.few_digits(np.random.default_rng(1), 300, 0.2)
    clean = digits.few_digits(np.random.default_rng(1), 300, 0.0)
    assert np.array_equal(x_train, clean[0]) and np.array_equal(y_new, clean[3])
    assert np.flatnonzero(y_train != clean[1]).tolist() == list(range(60))
    assert len(x_new) == 600 and not set(map(bytes, x_train)) & set(map(bytes, x_new))


def test_dropout_stands_between_the_layers_where_it_is_asked_for():
    rng = np.random.default_rng(0)
    assert not any(isinstance(layer, nnlearn.Dropout) for layer in digits.new_network(rng).layers)
    assert digits.new_network(rng, 8, 0.5).layers[2].rate == 0.5
