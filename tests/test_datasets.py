"""Data sets: what they hold, what prepares them, and files that are not what they should be."""

import gzip
import os
import struct
import subprocess
import sys
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlearn import datasets


def rng(seed=0):
    return np.random.default_rng(seed)


MADE = {
    "moons": (datasets.moons, 2),
    "spirals": (datasets.spirals, 3),
    "blobs": (datasets.blobs, 3),
}


def test_xor():
    x, y = datasets.xor()
    assert x.shape == (4, 2) and np.array_equal(y, x[:, 0] != x[:, 1])


@pytest.mark.parametrize("name", MADE)
def test_made_up_data_is_balanced_repeatable_and_drawn_from_the_rng(name):
    make, classes = MADE[name]
    x, y = make(rng(), 90)
    assert x.shape == (90, 2) and x.dtype == float and y.dtype.kind == "i"
    assert np.array_equal(np.bincount(y), [90 // classes] * classes)
    again, _ = make(rng(), 90)
    other, _ = make(rng(1), 90)
    assert np.array_equal(x, again) and not np.array_equal(x, other)


def test_made_up_data_without_noise_lies_on_its_curves():
    x, y = datasets.moons(rng(), 100, noise=0)
    assert np.allclose(np.hypot(*x[y == 0].T), 1) and (x[y == 0, 1] >= 0).all()
    assert np.allclose(np.hypot(x[y == 1, 0] - 1, x[y == 1, 1] - 0.5), 1)
    centers = np.array([[0.0, 0.0], [5.0, 5.0]])
    x, y = datasets.blobs(rng(), 10, centers=centers, noise=0)
    assert np.array_equal(x, centers[y])
    x, _ = datasets.spirals(rng(), 50, noise=0)
    assert (np.hypot(*x.T) <= 1 + 1e-12).all()


def test_the_arms_of_a_spiral_are_turned_against_each_other_and_wind_to_the_rim():
    x, y = datasets.spirals(rng(), 60, classes=4, turns=0.5, noise=0)
    turned = np.arctan2(x[:, 1], x[:, 0]) / (2 * np.pi) - y / 4
    assert np.allclose(np.cos(2 * np.pi * (turned - 0.5 * np.hypot(*x.T))), 1)


def test_blobs_stand_about_three_places_and_are_as_wide_as_the_noise():
    x, y = datasets.blobs(rng(), 3000)
    for label, center in enumerate([(-2, 0), (2, 0), (0, 3)]):
        assert np.abs(x[y == label].mean(axis=0) - center).max() < 0.1
        assert np.abs(x[y == label].std(axis=0) - 0.8).max() < 0.1


def test_digits():
    data = datasets.digits()
    x, y, *_ = data
    assert x.shape == (1797, 64) and x.min() == 0 and x.max() == 16
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert x[0, :8].tolist() == [0, 0, 5, 13, 9, 1, 0, 0] and y[0] == 0
    assert len(data.features) == 64 and "Alpaydin" in repr(data)


def test_the_data_is_read_from_a_zip_file_too(tmp_path):
    package = os.path.dirname(datasets.__file__)
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as archive:
        for name in (*os.listdir(package), *(f"data/{name}" for name in os.listdir(f"{package}/data"))):
            if name.endswith((".py", ".gz")):
                archive.write(f"{package}/{name}", f"nnlearn/{name}")
    code = "import nnlearn; d = nnlearn.datasets; print(nnlearn.__file__, d.digits().x.sum(), d.spam().y.sum())"
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "package.zip")}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True, check=True)
    place, ink, spam = done.stdout.split()
    assert "package.zip" in place and float(ink) == datasets.digits().x.sum() and spam == "1813"


def test_spam():
    data = datasets.spam()
    assert data.x.shape == (4601, 57) and data.y.sum() == 1813
    assert len(data.features) == 57 and data.features[0] == "make" and data.features[-1] == "capitalTotal"
    assert data.x[0, data.features.index("capitalTotal")] == 278
    assert data.classes[1] == "spam"


# ---- Fashion-MNIST -------------------------------------------------------------------------------------------------


def idx(array):
    """Return an array of bytes as the content of an IDX file."""
    array = np.asarray(array, np.uint8)
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_fashion(folder, pack, train=3, test=2):
    for part, n in (("train", train), ("t10k", test)):
        images = rng(n).integers(0, 256, (n, 28, 28))
        for name, content in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", np.arange(n))):
            path = folder / (name + (".gz" if pack else ""))
            path.write_bytes(gzip.compress(idx(content)) if pack else idx(content))


@pytest.mark.parametrize("pack", [True, False])
def test_fashion_mnist_is_read_packed_or_not(tmp_path, pack, monkeypatch):
    write_fashion(tmp_path, pack)
    train, test = datasets.fashion_mnist(tmp_path)
    assert train.x.shape == (3, 784) and test.x.shape == (2, 784) and train.x.dtype == np.float32
    assert np.array_equal(train.x, rng(3).integers(0, 256, (3, 28, 28)).reshape(3, -1))
    assert train.y.tolist() == [0, 1, 2] and train.classes[9] == "ankle boot"
    monkeypatch.setenv("NNLEARN_FASHION_MNIST", str(tmp_path))
    assert np.array_equal(datasets.fashion_mnist()[1].x, test.x)


def test_without_the_files_it_says_where_to_get_them(tmp_path):
    with pytest.raises(FileNotFoundError, match="dataset-fashion-mnist") as error:
        datasets.fashion_mnist(tmp_path)
    assert str(tmp_path) in str(error.value)


WHOLE = idx(np.zeros((2, 28, 28)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "begins with"),
        (b"<html>not found</html>", "begins with 3c 68 74 6d"),
        (WHOLE[:-1], r"must have 1,568 bytes after its first 16 for the shape \(2, 28, 28\), got 1,567"),
        (WHOLE + b"x", "got more"),
        (gzip.compress(WHOLE + b"x", mtime=0), "got more"),
        (WHOLE[:10], "begins with 00 00 08 03"),
        (WHOLE[:2] + b"\x0d" + WHOLE[3:], "begins with 00 00 0d 03"),
        (idx(np.zeros((0, 28, 28))), "28 × 28 images"),
        (idx(np.zeros((3, 27, 28))), "28 × 28 images"),
        (gzip.compress(WHOLE, mtime=0)[:-9], "whole gzip file"),
        (idx(np.zeros(5)), "3 dimensions"),
        (bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**31, 2**31, 2**31), "must hold at most 268,435,456 bytes"),
        (bytes([0, 0, 8, 3]) + struct.pack(">3I", 10, 28, 28) + b"a" * 50, "got 50"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(tmp_path, content, words):
    write_fashion(tmp_path, pack=False)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(ValueError, match=words):
        datasets.fashion_mnist(tmp_path)


@given(st.data())
def test_any_damage_to_a_packed_file_is_found(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("idx") / "images.gz"
    array = rng().integers(0, 256, (2, 28, 28))
    whole = bytearray(gzip.compress(idx(array), mtime=0))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    try:
        found = datasets.read_idx(path, dimensions=3)
    except ValueError as error:
        assert str(path) in str(error)
    else:
        assert np.array_equal(found, array)


def test_a_small_packed_file_cannot_take_much_memory(tmp_path):
    (tmp_path / "images.gz").write_bytes(gzip.compress(WHOLE + bytes(100_000_000)))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="got more"):
            datasets.read_idx(tmp_path / "images.gz", dimensions=3)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.skipif(not os.path.isdir(datasets.DEBIAN_FOLDER), reason="needs Debian's package dataset-fashion-mnist")
def test_debians_package_is_found(monkeypatch):
    monkeypatch.delenv("NNLEARN_FASHION_MNIST", raising=False)
    train, test = datasets.fashion_mnist()
    assert np.bincount(train.y).tolist() == [6000] * 10 and np.bincount(test.y).tolist() == [1000] * 10
    assert train.x.shape == (60_000, 784) and (train.x.min(), train.x.max()) == (0, 255)


def test_images_and_labels_have_to_belong_together(tmp_path):
    write_fashion(tmp_path, pack=False)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.arange(2)))
    with pytest.raises(ValueError, match="as many labels"):
        datasets.fashion_mnist(tmp_path)


# ---- Preparing and judging -----------------------------------------------------------------------------------------


@given(st.integers(3, 60), st.floats(0.2, 0.6), st.integers(0, 1000))
def test_a_split_holds_every_row_once(n, share, seed):
    x, y = np.arange(2 * n).reshape(n, 2), np.arange(n)
    parts = datasets.train_test_split(rng(seed), x, y, test_share=share)
    assert sorted([*parts.y_train, *parts.y_test]) == list(range(n))
    assert len(parts.y_test) == round(share * n)
    assert np.array_equal(parts.x_train, x[parts.y_train]) and np.array_equal(parts.x_test, x[parts.y_test])


def test_standardize_learns_from_the_training_rows_alone():
    train, test = rng().normal(5, 3, (50, 4)), rng(1).normal(-5, 1, (20, 4))
    scaled, scaled_test = datasets.standardize(train, test)
    assert np.allclose(scaled.mean(axis=0), 0) and np.allclose(scaled.std(axis=0), 1)
    assert np.allclose(scaled_test, (test - train.mean(axis=0)) / train.std(axis=0))
    assert np.array_equal(datasets.standardize(train), scaled)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9, -1e-300])
def test_a_constant_column_stays_finite(value):
    train = np.full((7, 1), value)
    scaled, other = datasets.standardize(train, train + 1)
    assert np.allclose(scaled, 0) and np.isfinite(other).all() and np.abs(other).max() <= 2


def test_a_constant_column_stays_finite_in_float32_over_many_rows():
    train = np.full((60_000, 1), 0.1, np.float32)  # whose float32 mean is not 0.1
    scaled, other = datasets.standardize(train, train + 1)
    assert np.array_equal(scaled, np.zeros_like(train)) and np.allclose(other, 1)


def test_a_small_change_on_a_large_number_is_not_constant():
    assert np.allclose(datasets.standardize(1e9 + np.array([[0.0], [1e-3]])), [[-1], [1]], atol=1e-3)


def test_standardize_is_exact_in_float32():
    x = rng().uniform(0, 255, (60_000, 2)).astype(np.float32)
    exact = x.astype(float)
    assert np.abs(datasets.standardize(x) - (exact - exact.mean(axis=0)) / exact.std(axis=0)).max() < 2e-7
    large = np.array([[1e30], [3e30]], np.float32)  # whose squares float32 does not have
    assert np.allclose(datasets.standardize(large), [[-1], [1]])


def test_standardize_keeps_float32_and_leaves_its_input():
    train = rng().normal(size=(5, 2)).astype(np.float32)
    before = train.copy()
    assert datasets.standardize(train).dtype == np.float32
    assert np.array_equal(train, before)


def test_one_hot():
    assert datasets.one_hot([1, 0], 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert datasets.one_hot([2.0]).tolist() == [[0, 0, 1]]
    assert datasets.one_hot([10**6]).shape == (1, 10**6 + 1)  # which needs no matrix of a million rows


def test_accuracy_of_probabilities_logits_labels_columns_and_populations():
    y = np.array([0, 1, 1, 0])
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])
    assert datasets.accuracy(p, y) == 0.75
    assert datasets.accuracy(p, datasets.one_hot(y)) == 0.75
    assert datasets.accuracy(p.argmax(axis=1), y) == 0.75
    assert datasets.accuracy(p[:, 1:], y[:, None]) == 0.75
    assert datasets.accuracy(np.log(p[:, 1:] / p[:, :1]), y, threshold=0.0) == 0.75
    assert datasets.accuracy(np.stack([p, 1 - p]), y).tolist() == [0.75, 0.25]
    assert datasets.accuracy(p[:, 1:], datasets.one_hot(y)) == 0.75


def test_a_column_of_labels_keeps_its_classes():
    out = np.eye(4)
    assert datasets.accuracy(out, np.arange(4)[:, None]) == 1
    assert datasets.accuracy([0, 1, 2, 3], [[0], [1], [2], [2]]) == 0.75
    assert datasets.accuracy([[0.3], [0.8]], [[0.1], [0.9]]) == 1  # one output: shares on either side of the threshold


def test_a_row_with_nan_is_not_right():
    assert datasets.accuracy([[np.nan, np.nan], [0.9, 0.1]], [0, 0]) == 0.5
    assert datasets.accuracy([[np.nan], [0.1]], [0, 0]) == 0.5


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=50))
def test_a_confusion_matrix_counts_every_pair(pairs):
    y, said = map(list, zip(*pairs, strict=True))
    matrix = datasets.confusion_matrix(y, said, 5)
    assert matrix.sum() == len(pairs) and np.trace(matrix) / len(pairs) == datasets.accuracy(said, y)
    assert all(matrix[i, j] == pairs.count((i, j)) for i in range(5) for j in range(5))


BAD = [
    (lambda: datasets.moons(0), TypeError, "rng must be a numpy.random.Generator"),
    (lambda: datasets.moons(rng(), 1), ValueError, "n must be at least 2, got 1"),
    (lambda: datasets.moons(rng(), 10, noise=-1), ValueError, "noise must be at least 0, got -1"),
    (lambda: datasets.spirals(rng(), 10, classes=1), ValueError, "classes must be at least 2"),
    (lambda: datasets.blobs(rng(), centers=[1.0, 2.0]), ValueError, "centers must hold at least two points"),
    (lambda: datasets.blobs(rng(), centers=[[1.0, 2.0]]), ValueError, r"centers must hold at least two points, .* \(1, 2\)"),
    (lambda: datasets.predicted_labels([0.1, 0.9]), ValueError, r"out must hold one row for each example, .* \(2,\)"),
    (lambda: datasets.predicted_labels(np.zeros((3, 0))), ValueError, r"out must hold one row for each example, .* \(3, 0\)"),
    (lambda: datasets.train_test_split(rng(), [[1]], [1]), ValueError, "test_share must leave rows on both sides"),
    (lambda: datasets.train_test_split(rng(), [[1], [2]], [1]), ValueError, "as many rows"),
    (lambda: datasets.train_test_split(rng(), [1, 2], [1, 2], test_share=2), ValueError, "test_share must be in"),
    (lambda: datasets.standardize([1.0, 2.0]), ValueError, "train must hold one example in each row"),
    (lambda: datasets.standardize([[1.0]], [[1.0, 2.0]]), ValueError, "others must have the 1 columns of train, got 2"),
    (lambda: datasets.standardize([[np.nan]]), ValueError, "train must be finite"),
    (lambda: datasets.standardize([["a"]]), TypeError, "train must be an array of real numbers"),
    (lambda: datasets.one_hot([-1]), ValueError, "labels must hold whole numbers from 0 on"),
    (lambda: datasets.one_hot([0.5]), ValueError, "labels must hold whole numbers from 0 on"),
    (lambda: datasets.one_hot([3], 3), ValueError, "labels must be below n_classes = 3, got 3"),
    (lambda: datasets.one_hot([]), ValueError, "labels must hold one label for each example"),
    (lambda: datasets.accuracy([[1.0, 2.0]], [0, 1]), ValueError, "as many examples"),
    (lambda: datasets.accuracy([0, 1], 1), ValueError, "as many examples"),
    (lambda: datasets.accuracy(np.zeros((5, 4, 3)), np.zeros((4, 4, 3))), ValueError, "as many examples"),
    (lambda: datasets.accuracy(np.eye(3), np.eye(3)[:, :2]), ValueError, "as many classes"),
    (lambda: datasets.accuracy(["a"], [0]), TypeError, "out must be an array of real numbers"),
    (lambda: datasets.spirals(rng(), 10, turns=np.nan), ValueError, "turns must be finite"),
    (lambda: datasets.blobs(rng(), centers=[[np.nan], [1.0]]), ValueError, "centers must be finite, got nan"),
    (lambda: datasets.standardize([[1e200], [2e200]]), ValueError, "train must hold numbers whose squares are finite"),
    (lambda: datasets.confusion_matrix([0, 1], [0]), ValueError, "as many labels"),
]


@pytest.mark.parametrize(("call", "error", "words"), BAD)
def test_bad_input_gets_a_clear_error(call, error, words):
    with pytest.raises(error, match=words):
        call()
