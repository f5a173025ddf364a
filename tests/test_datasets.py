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


def said(call, *arguments, **options):
    """Return the words of a ValueError."""
    with pytest.raises(ValueError) as caught:
        call(*arguments, **options)
    return str(caught.value)


def test_names_of_pixels_and_classes(tmp_path):
    write_fashion(tmp_path, pack=False)
    for data, side in ((datasets.digits(), 8), *((part, 28) for part in datasets.fashion_mnist(tmp_path))):
        assert data.features == tuple(f"row {k // side}, column {k % side}" for k in range(side * side))
        assert len(data.classes) == 10 and data.x.shape[1] == side * side
    assert datasets.digits().classes == tuple("0123456789")
    assert datasets.spam().classes == ("no spam", "spam")
    assert repr(datasets.spam()).startswith("Dataset(x (4601, 57), y (4601,), 2 classes)\nHopkins")


def test_made_up_data_may_have_as_few_examples_as_classes():
    for make, classes in MADE.values():
        assert sorted(make(rng(), classes)[1]) == list(range(classes))
        assert said(make, rng(), classes - 1) == f"n must be at least {classes}, got {classes - 1}"
    assert datasets.blobs(rng(), 2, centers=[[0.0], [1.0]])[0].shape == (2, 1)
    assert datasets.spirals(rng(), 2, classes=2)[0].shape == (2, 2)
    assert said(datasets.blobs, rng(), centers=[[0.0]]).endswith("at least two points, shape (k, d), got the shape (1, 1)")


def test_made_up_data_spreads_over_the_whole_of_its_curves():
    x, y = datasets.moons(rng(), 4000, noise=0)
    for label, low, high in ((0, (-1, 0), (1, 1)), (1, (0, -0.5), (2, 0.5))):
        assert np.allclose(x[y == label].min(axis=0), low, atol=5e-3) and np.allclose(x[y == label].max(axis=0), high, atol=5e-3)
    radius = np.hypot(*datasets.spirals(rng(), 4000, noise=0)[0].T)
    assert 0.1 <= radius.min() < 0.11 and 0.995 < radius.max() <= 1
    assert abs((radius**2).mean() - 0.505) < 0.01, "evenly over the disc"


@pytest.mark.parametrize(("make", "noise"), [("moons", 0.1), ("spirals", 0.05), ("blobs", 0.8)])
def test_noise_is_added_to_the_curves_as_much_as_is_said_or_by_default(make, noise):
    exact, _ = MADE[make][0](rng(), 5000, noise=0)
    for options in ({}, {"noise": noise}, {"noise": 2 * noise}):
        moved, _ = MADE[make][0](rng(), 5000, **options)
        assert (moved - exact).std() == pytest.approx(options.get("noise", noise), rel=0.03)


def test_an_idx_file_may_have_so_many_dimensions_and_not_one_more(tmp_path):
    (tmp_path / "deep").write_bytes(idx(np.ones((1,) * 32)))
    assert datasets.read_idx(tmp_path / "deep", dimensions=32).shape == (1,) * 32
    assert said(datasets.read_idx, tmp_path / "deep", dimensions=33) == "dimensions must be at most 32, got 33"
    assert said(datasets.read_idx, tmp_path / "deep", dimensions=2).endswith("with 2 dimensions, but begins with 00 00 08 20")


def test_an_idx_file_may_say_that_it_holds_so_much_and_not_one_byte_more(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "IDX_LIMIT", 6)
    (tmp_path / "six").write_bytes(idx(np.ones((2, 3))))
    (tmp_path / "seven").write_bytes(idx(np.ones((7, 1))))
    assert datasets.read_idx(tmp_path / "six", dimensions=2).tolist() == [[1, 1, 1], [1, 1, 1]]
    words = "seven must hold at most 6 bytes, but says that its shape is (7, 1)"
    assert said(datasets.read_idx, tmp_path / "seven", dimensions=2).endswith(words)


def test_fashion_images_and_labels_are_told_whole_where_they_do_not_fit(tmp_path):
    write_fashion(tmp_path, pack=False)
    labels = tmp_path / "t10k-labels-idx1-ubyte"
    head = f"{tmp_path} must hold 28 × 28 images and as many labels 0 to 9 for t10k, got (2, 28, 28) images and "
    for content, words in (([9, 10], "(2,) labels up to 10"), ([9], "(1,) labels up to 9"), ([], "(0,) labels up to 0")):
        labels.write_bytes(idx(content))
        assert said(datasets.fashion_mnist, tmp_path) == head + words
    labels.write_bytes(idx([9, 9]))
    assert datasets.fashion_mnist(tmp_path)[1].y.tolist() == [9, 9]
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx(np.zeros((0, 28, 28))))
    labels.write_bytes(idx([]))
    assert said(datasets.fashion_mnist, tmp_path).endswith("got (0, 28, 28) images and (0,) labels up to 0")


def test_a_split_takes_anything_with_rows_and_leaves_at_least_one_on_each_side():
    x, y = list(range(5)), [[k] for k in range(5)]
    parts = datasets.train_test_split(rng(), x, y)
    assert [len(part) for part in parts] == [4, 4, 1, 1] and parts.y_test.shape == (1, 1)
    assert [len(part) for part in datasets.train_test_split(rng(), x, y, test_share=0.8)] == [1, 1, 4, 4]
    for share, words in ((0.0, "0.0, which takes 0 of 5 rows"), (0.95, "0.95, which takes 5 of 5 rows")):
        assert said(datasets.train_test_split, rng(), x, y, test_share=share) == (
            f"test_share must leave rows on both sides, got {words}"
        )
    for x, y, shapes in ((3.0, [1], "() and (1,)"), ([1], 3.0, "(1,) and ()"), ([1, 2], [1], "(2,) and (1,)")):
        assert said(datasets.train_test_split, rng(), x, y) == f"x and y must have as many rows as each other, got shapes {shapes}"


def test_standardize_tells_which_of_the_arrays_is_wrong():
    good, wide = np.eye(2), np.ones((2, 3))
    assert [part.shape for part in datasets.standardize(good, good, good[:1])] == [(2, 2), (2, 2), (1, 2)]
    form = "must hold one example in each row, shape (n, d), got"
    assert said(datasets.standardize, good[0]) == f"train {form} (2,)"
    assert said(datasets.standardize, good, good[0]) == f"others[0] {form} (2,)"
    assert said(datasets.standardize, good, good, good[:0]) == f"others[1] {form} (0, 2)"
    assert said(datasets.standardize, good, good, wide) == "others must have the 2 columns of train, got 3"
    assert said(datasets.standardize, [[1e200], [-3e200]]) == "train must hold numbers whose squares are finite, got 3e+200"


def test_a_column_is_constant_where_it_changes_by_rounding_alone():
    for x, constant in (([1.0, 1 + 4 * 2.0**-52], True), ([1.0, 1 + 8 * 2.0**-52], False), ([-1.0, -1 - 8 * 2.0**-52], False)):
        scaled = datasets.standardize(np.array(x)[:, None])
        assert (np.abs(scaled).max() < 0.5) == constant
    assert datasets.standardize([[3.0, 1.0], [3.0, 2.0]], [[5.0, 3.0]])[1].tolist() == [[2.0, 3.0]], "only centred"


def test_one_hot_has_as_many_columns_as_the_largest_label_needs_or_as_is_said():
    assert datasets.one_hot([0, 2], dtype=np.float32).dtype == np.float32 and datasets.one_hot([0]).dtype == float
    assert datasets.one_hot([0, 2]).shape == (2, 3) and datasets.one_hot([0, 2], 5).shape == (2, 5)
    assert said(datasets.one_hot, [0, 3], 3) == "labels must be below n_classes = 3, got 3"
    for labels, words in (([0.5, 1, -1], "0.5"), ([1, -1], "-1"), ([np.inf], "inf"), ([2.0**53 + 2], "9007199254740994.0")):
        assert said(datasets.one_hot, labels) == f"labels must hold whole numbers from 0 on, got {words}"
    assert datasets._labels([2.0**53], "y").tolist() == [2**53]
    for labels, shape in (([[1]], "(1, 1)"), ([], "(0,)"), (1, "()")):
        assert said(datasets.one_hot, labels) == f"labels must hold one label for each example, shape (n,), got {shape}"


def test_what_is_said_at_the_threshold_and_beside_it():
    column = [[0.5], [np.nextafter(0.5, 0)], [0.0], [-1e-300]]
    assert datasets.predicted_labels(column).tolist() == [1, 0, 0, 0]
    assert datasets.predicted_labels(column, threshold=0).tolist() == [1, 1, 1, 0]
    assert datasets.accuracy(column, [1, 0, 0, 0]) == 1 and datasets.accuracy(column, [1, 1, 1, 0], threshold=0.0) == 1
    assert datasets.predicted_labels(np.zeros((2, 3, 1)) + 0.7).tolist() == [[1, 1, 1], [1, 1, 1]]
    assert datasets.predicted_labels([[[0.1, 0.9], [0.8, 0.2]]]).tolist() == [[1, 0]]
    broken = [[np.nan, 1], [np.nan, np.nan]]
    assert said(datasets.predicted_labels, broken) == "out must say a label for each row, got nan in 3 places"
    for out, shape in (([0.1, 0.9], "(2,)"), (np.zeros((3, 0)), "(3, 0)"), (3.0, "()")):
        assert said(datasets.predicted_labels, out) == f"out must hold one row for each example, shape (n, k), got {shape}"


def test_accuracy_takes_labels_in_every_form_for_one_network_and_for_several():
    out = np.array([[[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], [[0.1, 0.9], [0.2, 0.8], [0.6, 0.4]]])
    y = np.array([0, 1, 1])
    for targets in (y, y[:, None], np.eye(2)[y], np.stack([y, y])[..., None], np.stack([np.eye(2)[y]] * 2)):
        assert datasets.accuracy(out, targets).tolist() == pytest.approx([2 / 3, 1 / 3])
    assert datasets.accuracy(out[..., 1:], np.eye(2)[y]).tolist() == pytest.approx([2 / 3, 1 / 3])
    three = np.stack([np.eye(3)] * 2)
    assert datasets.accuracy(three, np.stack([[[0], [1], [2]], [[0], [2], [2]]])).tolist() == pytest.approx([1, 2 / 3])
    assert datasets.accuracy(out[..., 1:], [[0.1], [0.9], [0.8]]).tolist() == pytest.approx([2 / 3, 1 / 3])
    assert datasets.accuracy([1.0, np.nan], [1, 1]) == 0.5
    words = "out and y must hold as many examples as each other, got "
    for answers, targets, shapes in (
        (out[0], [0, 1], "(3, 2) and (2,)"), ([0, 1], 1, "(2,) and ()"), (out, np.zeros((2, 2, 1)), "(2, 3, 2) and (2, 2)"),
        (np.zeros((0, 2)), [], "(0, 2) and (0,)"),
    ):  # fmt: skip
        assert said(datasets.accuracy, answers, targets) == words + shapes
    classes = "out and y must have as many classes as each other, got "
    assert said(datasets.accuracy, out[0], np.eye(3)) == classes + "(3, 2) and (3, 3)"
    assert said(datasets.accuracy, out, np.zeros((2, 3, 4))) == classes + "(2, 3, 2) and (2, 3, 4)"
    assert said(datasets.accuracy, [0.5, 1], [0, 1]) == (
        "out, without a column for each output, must hold whole numbers from 0 on, got 0.5"
    )
    assert said(datasets.accuracy, [0, 1], [0, 1.5]) == "y must hold whole numbers from 0 on, got 1.5"


def test_a_confusion_matrix_has_a_row_and_a_column_for_each_class():
    assert datasets.confusion_matrix([0, 0, 2], [2, 0, 1]).tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert datasets.confusion_matrix([0], [1]).shape == datasets.confusion_matrix([1], [0]).shape == (2, 2)
    assert datasets.confusion_matrix([0], [1], 4).shape == (4, 4) and datasets.confusion_matrix([0], [1], 2).sum() == 1
    for y, answers in (([2], [0]), ([0], [2])):
        assert said(datasets.confusion_matrix, y, answers, 2) == "labels must be below n_classes = 2, got 2"
    assert said(datasets.confusion_matrix, [0, 1], [0]) == "y and said must hold as many labels as each other, got 2 and 1"


def test_a_single_label_beside_a_column_of_one_keeps_its_class():
    assert datasets.accuracy([2], [[2]]) == 1 and datasets.accuracy([[0.2, 0.1, 0.9]], [[2]]) == 1
