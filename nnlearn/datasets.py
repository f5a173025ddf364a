"""Data to learn from: small made-up sets, two real ones that come with the package, and what prepares them.

Everywhere x is (n, d) with one example in each row, and y holds n labels 0, 1, 2, …
"""

from __future__ import annotations

import gzip
import math
import os
import pathlib
import struct
import zlib
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from nnlearn import _checks
from nnlearn._types import Array, Labels, Numbers, PathLike


class Dataset(NamedTuple):
    """Examples `x` (n, d), labels `y` (n,), a name for each feature and each class, and whom to cite.

    It unpacks as a tuple: `x, y, *_ = digits()`.

    >>> digits()
    Dataset(x (1797, 64), y (1797,), 10 classes)
    Alpaydin & Kaynak 1998, Optical Recognition of Handwritten Digits, UCI, CC BY 4.0
    """

    x: Array
    y: Labels
    features: tuple[str, ...]
    classes: tuple[str, ...]
    citation: str

    def __repr__(self) -> str:
        return f"Dataset(x {self.x.shape}, y {self.y.shape}, {len(self.classes)} classes)\n{self.citation}"


# ---- Made-up data ------------------------------------------------------------------------------------------------


def xor() -> tuple[Array, Labels]:
    """Return the four rows of "exactly one of the two", which no straight line separates: x (4, 2), y (4,).

    Raises nothing: it takes no arguments.

    >>> x, y = xor()
    >>> y
    array([0, 1, 1, 0])
    """
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def moons(rng: np.random.Generator, n: int = 200, *, noise: float = 0.1) -> tuple[Array, Labels]:
    """Return two half circles that reach into each other, with normal noise: x (n, 2), y (n,) of 0 and 1.

    Raises TypeError for a generator that is none, ValueError for a negative noise or fewer examples than classes.

    >>> x, y = moons(np.random.default_rng(0), 100)
    >>> x.shape, y[:4]
    ((100, 2), array([0, 1, 0, 1]))
    """
    n, noise = _size(rng, n, noise, classes=2)
    y = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    return np.where(y[:, None] == 0, upper, lower) + rng.normal(0, noise, (n, 2)), y


def spirals(
    rng: np.random.Generator, n: int = 300, *, classes: int = 3, turns: float = 0.75, noise: float = 0.05
) -> tuple[Array, Labels]:
    """Return `classes` spiral arms around the origin, with normal noise: x (n, 2), y (n,).

    Raises TypeError for a generator that is none, ValueError for a negative noise or fewer examples than classes.

    >>> x, y = spirals(np.random.default_rng(0), 90, classes=3)
    >>> x.shape, np.bincount(y)
    ((90, 2), array([30, 30, 30]))
    """
    classes, turns = _checks.count(classes, "classes", least=2), _checks.number(turns, "turns")
    n, noise = _size(rng, n, noise, classes=classes)
    y = np.arange(n) % classes
    radius = np.sqrt(rng.uniform(0.01, 1, n))  # the root spreads the points evenly over the disc
    angle = 2 * np.pi * (turns * radius + y / classes)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + rng.normal(0, noise, (n, 2)), y


def blobs(
    rng: np.random.Generator, n: int = 300, *, centers: ArrayLike = ((-2.0, 0.0), (2.0, 0.0), (0.0, 3.0)), noise: float = 0.8
) -> tuple[Array, Labels]:
    """Return a round cloud of points about each of the `centers`, shape (k, d): x (n, d), y (n,).

    Raises TypeError for a generator that is none, ValueError for a negative noise or fewer examples than classes.

    >>> x, y = blobs(np.random.default_rng(0), 90, centers=[(0.0, 0.0), (3.0, 0.0)])
    >>> x.shape, np.bincount(y)
    ((90, 2), array([45, 45]))
    """
    centers = _checks.finite_array(centers, "centers")
    if centers.ndim != 2 or len(centers) < 2:
        raise ValueError(f"centers must hold at least two points, shape (k, d), got the shape {centers.shape}")
    n, noise = _size(rng, n, noise, classes=len(centers))
    y = np.arange(n) % len(centers)
    return centers[y] + rng.normal(0, noise, (n, centers.shape[1])), y


def _size(rng: np.random.Generator, n: int, noise: float, classes: int) -> tuple[int, float]:
    _checks.generator(rng)
    noise = _checks.at_least_0(noise, "noise")
    return _checks.count(n, "n", least=classes), noise


# ---- Real data that comes with the package -----------------------------------------------------------------------


def digits() -> Dataset:
    """Return 1,797 handwritten digits of 8 × 8 pixels: x (1797, 64) with ink from 0 to 16, y the digit.

    `x[i].reshape(8, 8)` is the image. From Alpaydin & Kaynak 1998.

    Raises nothing: it takes no arguments.

    >>> x, y, *_ = digits()
    >>> x.shape, y[:5]
    ((1797, 64), array([0, 1, 2, 3, 4]))
    """
    table = np.loadtxt(_shipped("digits.csv.gz"), delimiter=",", dtype=np.float64)
    return Dataset(
        x=table[:, :-1],
        y=table[:, -1].astype(int),
        features=tuple(f"row {row}, column {column}" for row in range(8) for column in range(8)),
        classes=tuple("0123456789"),
        citation="Alpaydin & Kaynak 1998, Optical Recognition of Handwritten Digits, UCI, CC BY 4.0",
    )


def spam() -> Dataset:
    """Return 4,601 e-mails as 57 counts and shares of words and characters: x (4601, 57), y is 1 for spam.

    From Hopkins, Reeber, Forman & Suermondt 1999.

    Raises nothing: it takes no arguments.

    >>> x, y, *_ = spam()
    >>> x.shape, round(float(y.mean()), 3)
    ((4601, 57), 0.394)
    """
    header, *lines = _shipped("spambase.csv.gz")
    table = np.loadtxt(lines, delimiter=",", dtype=np.float64)
    return Dataset(
        x=table[:, :-1],
        y=table[:, -1].astype(int),
        features=tuple(header.split(",")[:-1]),
        classes=("no spam", "spam"),
        citation="Hopkins, Reeber, Forman & Suermondt 1999, Spambase, UCI, CC BY 4.0",
    )


def _shipped(name: str) -> list[str]:
    """Return the lines of a packed text file in the package's folder `data`."""
    packed = files("nnlearn").joinpath("data", name).read_bytes()
    return gzip.decompress(packed).decode("ascii").splitlines()


# ---- Fashion-MNIST, which is too large to ship -------------------------------------------------------------------

#: Where Debian's package dataset-fashion-mnist puts the files.
DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist"
#: What an IDX file may say that it holds: about five times as much as the largest of Fashion-MNIST's.
IDX_LIMIT = 2**28
IDX_DIMENSIONS = 32
FASHION_CLASSES = (
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


def fashion_mnist(folder: PathLike | None = None) -> tuple[Dataset, Dataset]:
    """Return (train, test): 60,000 and 10,000 images of clothes, 28 × 28 pixels, x (n, 784) with ink from 0 to 255.

    Reads the four IDX files, as they are or gzipped, from `folder`; without one, from the folder that the
    environment variable NNLEARN_FASHION_MNIST names, or from Debian's package. From Xiao, Rasul & Vollgraf 2017.

    Raises FileNotFoundError that says where to get the files, and ValueError for a file that is not what it should be.

    >>> fashion_mnist("no-such-folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    FileNotFoundError: no train-images-idx3-ubyte or train-images-idx3-ubyte.gz in no-such-folder...
    """
    if folder is None:
        folder = os.environ.get("NNLEARN_FASHION_MNIST") or DEBIAN_FOLDER
    folder = pathlib.Path(_checks.path(folder, "folder"))
    parts = []
    for part in ("train", "t10k"):
        images = read_idx(_idx_file(folder, f"{part}-images-idx3-ubyte"), dimensions=3)
        labels = read_idx(_idx_file(folder, f"{part}-labels-idx1-ubyte"), dimensions=1)
        right_form = len(images) == len(labels) > 0 and images.shape[1:] == (28, 28)
        if not right_form or labels.max() > 9:
            raise ValueError(
                f"{folder} must hold 28 × 28 images and as many labels 0 to 9 for {part}, got {images.shape} images and "
                f"{labels.shape} labels up to {labels.max(initial=0)}"
            )
        parts.append(
            Dataset(
                x=images.reshape(len(images), -1).astype(np.float32),
                y=labels.astype(int),
                features=tuple(f"row {row}, column {column}" for row in range(28) for column in range(28)),
                classes=FASHION_CLASSES,
                citation="Xiao, Rasul & Vollgraf 2017, Fashion-MNIST, MIT licence",
            )
        )
    train, test = parts
    return train, test


def read_idx(path: PathLike, *, dimensions: int) -> NDArray[np.uint8]:
    """Return the bytes of an IDX file, gzipped or not, as an array of that many dimensions.

    The file begins with two zeros, 8 for "unsigned bytes" and the number of dimensions, then has the size of each as four
    bytes, and then the data.

    Raises ValueError for a file that is none of these, cut, or with more in it than it says.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "labels"
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    ...     print(read_idx(path, dimensions=1))
    [7 2 1]
    """
    path, dimensions = _checks.path(path, "path"), _checks.count(dimensions, "dimensions")
    if dimensions > IDX_DIMENSIONS:
        raise ValueError(f"dimensions must be at most {IDX_DIMENSIONS}, got {dimensions}")
    start = 4 + 4 * dimensions
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else open(path, "rb") as file:
        try:
            head = file.read(start)
            if len(head) < start or head[:4] != bytes([0, 0, 8, dimensions]):
                raise ValueError(
                    f"{path} must be an IDX file of bytes with {dimensions} dimensions, but begins with {head[:4].hex(' ')}"
                )
            shape = struct.unpack(f">{dimensions}I", head[4:])
            size = math.prod(shape)
            if size > IDX_LIMIT:
                raise ValueError(f"{path} must hold at most {IDX_LIMIT:,} bytes, but says that its shape is {shape}")
            # One byte more than there should be: it finds what follows, and lets gzip get to its checksum.
            content = file.read(size + 1)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{path} must be a whole gzip file, but cannot be unpacked: {error}") from None
    if len(content) != size:
        came = "more" if len(content) > size else f"{len(content):,}"
        raise ValueError(f"{path} must have {size:,} bytes after its first {start} for the shape {shape}, got {came}")
    return np.frombuffer(content, np.uint8).reshape(shape)


def _idx_file(folder: pathlib.Path, name: str) -> pathlib.Path:
    for candidate in (folder / f"{name}.gz", folder / name):
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(
        f"no {name} or {name}.gz in {folder}. Fashion-MNIST is not part of nnlearn: on Debian or Ubuntu install the "
        "package dataset-fashion-mnist; elsewhere download its four files (github.com/zalandoresearch/fashion-mnist) and "
        "name their folder: fashion_mnist(folder)"
    )


# ---- Preparing ---------------------------------------------------------------------------------------------------


class Split(NamedTuple):
    """The parts of a split, in the order in which they unpack.

    >>> x, y = xor()
    >>> Split(x[:3], y[:3], x[3:], y[3:]).y_test
    array([0])
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def train_test_split(rng: np.random.Generator, x: ArrayLike, y: ArrayLike, *, test_share: float = 0.2) -> Split:
    """Shuffle the rows and hold a share of them back; return (x_train, y_train, x_test, y_test).

    Raises TypeError for a generator that is none, ValueError for x and y of different lengths, and for a
    share that leaves no rows on one side.

    >>> parts = train_test_split(np.random.default_rng(0), np.eye(10), np.arange(10))
    >>> parts.x_train.shape, parts.x_test.shape
    ((8, 10), (2, 10))
    """
    _checks.generator(rng)
    x, y = _checks.plain_array(x, "x"), _checks.plain_array(y, "y")
    test_share = _checks.share(test_share, "test_share")
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise ValueError(f"x and y must have as many rows as each other, got shapes {x.shape} and {y.shape}")
    n_test = round(test_share * len(x))
    if not 0 < n_test < len(x):
        raise ValueError(
            f"test_share must leave rows on both sides, got {test_share}, which takes {n_test} of {len(x)} rows"
        )
    order = rng.permutation(len(x))
    test, train = order[:n_test], order[n_test:]
    return Split(x[train], y[train], x[test], y[test])


def standardize(train: ArrayLike, *others: ArrayLike) -> Any:
    """Bring every column to mean 0 and standard deviation 1; return `train` and `others`, changed in the same way.

    Mean and deviation are taken from `train` alone: what the test set looks like must stay unknown until the end. A
    column that never changes in `train` is only centred.

    Raises ValueError for arrays that are not (n, d), have other columns than `train`, or hold nan or inf.

    >>> standardize([[1.0], [3.0]], [[5.0]])
    (array([[-1.],
           [ 1.]]), array([[3.]]))
    """
    train = _rows(train, "train")
    with np.errstate(over="ignore", invalid="ignore"):
        # In float64, since a float32 sum over many rows is not exact enough.
        mean, deviation = train.mean(axis=0, dtype=np.float64), train.std(axis=0, dtype=np.float64)
    if not np.isfinite(deviation).all():
        raise ValueError(f"train must hold numbers whose squares are finite, got {np.abs(train).max():.3g}")
    # Dividing by the deviation of a constant column, which is 0 up to rounding, would blow the rounding up.
    low, high = train.min(axis=0), train.max(axis=0)
    constant = high - low <= 4 * np.finfo(train.dtype).eps * np.maximum(np.abs(low), np.abs(high))
    mean, deviation = np.where(constant, low, mean), np.where(constant, 1, deviation)
    changed = []
    for place, x in enumerate((train, *others)):
        x = _rows(x, "train" if place == 0 else f"others[{place - 1}]")
        if x.shape[1] != train.shape[1]:
            raise ValueError(f"others must have the {train.shape[1]} columns of train, got {x.shape[1]}")
        changed.append(((x - mean) / deviation).astype(x.dtype))
    return tuple(changed) if others else changed[0]


def _rows(x: ArrayLike, name: str) -> Array:
    x = _checks.finite_array(x, name)
    if x.ndim != 2 or len(x) == 0:
        raise ValueError(f"{name} must hold one example in each row, shape (n, d), got {x.shape}")
    return x


def one_hot(labels: ArrayLike, n_classes: int | None = None, *, dtype: DTypeLike = float) -> Array:
    """Return a row for each label with 1 in the label's column and 0 elsewhere, shape (n, n_classes).

    Raises ValueError for labels that are not whole numbers from 0 to n_classes - 1.

    >>> one_hot([2, 0])
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    labels = _labels(labels, "labels")
    n_classes = labels.max() + 1 if n_classes is None else _checks.count(n_classes, "n_classes")
    if labels.max() >= n_classes:
        raise ValueError(f"labels must be below n_classes = {n_classes}, got {labels.max()}")
    rows = np.zeros((len(labels), n_classes), _checks.float_dtype(dtype))
    rows[np.arange(len(labels)), labels] = 1
    return rows


#: Above it a float is whole whatever it stands for.
LARGEST_LABEL = 2**53


# ---- Judging -----------------------------------------------------------------------------------------------------


def predicted_labels(out: ArrayLike, *, threshold: float = 0.5) -> Labels:
    """Return the label that a network's output says for each row.

    With several columns it is the one with the largest entry, for probabilities and for logits alike; with a single
    column it is 1 where the entry is at least `threshold`: 0.5 for probabilities, 0 for logits. Shapes: out (..., n, k),
    labels (..., n).

    Raises ValueError for an out that has no rows, and for nan, which says no label.

    >>> predicted_labels([[0.1, 0.9], [0.8, 0.2]]), predicted_labels([[0.7], [0.2]])
    (array([1, 0]), array([1, 0]))
    """
    out = _checks.real_array(out, "out")
    if np.isnan(out).any():
        raise ValueError(f"out must say a label for each row, got nan in {np.isnan(out).sum()} places")
    return _said(out, "out", _checks.number(threshold, "threshold"))


def _said(out: Array, name: str, threshold: float = 0.5) -> np.ndarray:
    """Return the labels that the rows say; of a row with nan in it any."""
    if out.ndim < 2 or out.shape[-1] == 0:
        raise ValueError(f"{name} must hold one row for each example, shape (n, k), got {out.shape}")
    return (out[..., 0] >= threshold).astype(int) if out.shape[-1] == 1 else out.argmax(axis=-1)


def accuracy(out: ArrayLike, y: ArrayLike, *, threshold: float = 0.5) -> Numbers:
    """Return the share of examples whose label is right.

    `out` is a network's output (n, k), or labels (n,); `y` are labels (n,), a column of them, or one-hot rows. A
    population's output (K, n, k) gives one share for each network. A row with nan in it says nothing: it is not right.

    Raises ValueError for an out and y that do not hold the same examples and classes.

    >>> accuracy([[0.9, 0.1], [0.2, 0.8]], [0, 0])
    np.float64(0.5)
    """
    out, y, threshold = _checks.real_array(out, "out"), _checks.finite_array(y, "y"), _checks.number(threshold, "threshold")
    said: np.ndarray = out
    broken = np.isnan(out)
    if out.ndim != 1:
        said, broken = _said(out, "out", threshold), np.asarray(broken.any(axis=-1))
    else:
        _whole(out[~broken], "out, without a column for each output,")
    if y.ndim > 1:
        if y.shape[-1] > 1 and out.ndim > 1 and out.shape[-1] not in (1, y.shape[-1]):
            raise ValueError(f"out and y must have as many classes as each other, got {out.shape} and {y.shape}")
        one_output = out.ndim > 1 and out.shape[-1] == 1
        y = y[..., 0] if y.shape[-1] == 1 and not one_output else _said(y, "y")
    _whole(y, "y")
    if y.size == 0 or y.shape not in (said.shape, said.shape[-1:]):
        raise ValueError(f"out and y must hold as many examples as each other, got {out.shape} and {y.shape}")
    return ((said == y) & ~broken).mean(axis=-1)


def confusion_matrix(y: ArrayLike, said: ArrayLike, n_classes: int | None = None) -> Labels:
    """Return the matrix C with C[i, j] = how many examples of class i were said to be of class j.

    Raises ValueError for labels that are not whole numbers from 0 to n_classes - 1, and for lists of different lengths.

    >>> confusion_matrix([0, 0, 1], [0, 1, 1])
    array([[1, 1],
           [0, 1]])
    """
    y, said = _labels(y, "y"), _labels(said, "said")
    if len(y) != len(said):
        raise ValueError(f"y and said must hold as many labels as each other, got {len(y)} and {len(said)}")
    largest = max(y.max(), said.max())
    n_classes = largest + 1 if n_classes is None else _checks.count(n_classes, "n_classes")
    if largest >= n_classes:
        raise ValueError(f"labels must be below n_classes = {n_classes}, got {largest}")
    matrix = np.zeros((n_classes, n_classes), int)
    np.add.at(matrix, (y, said), 1)
    return matrix


def _labels(labels: ArrayLike, name: str) -> Labels:
    """Return class labels as an array of whole numbers from 0 on; floats that are whole are accepted."""
    labels = _checks.plain_array(labels, name)
    labels = labels if labels.dtype.kind in "iu" else _checks.real_array(labels, name)
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError(f"{name} must hold one label for each example, shape (n,), got {labels.shape}")
    _whole(labels, name)
    return labels.astype(int)


def _whole(labels: np.ndarray, name: str) -> None:
    """Raise a ValueError where the numbers are no class labels."""
    wrong = ~np.isfinite(labels) | (labels != np.floor(labels)) | (labels < 0) | (labels > LARGEST_LABEL)
    if wrong.any():
        raise ValueError(f"{name} must hold whole numbers from 0 on, got {labels[wrong].flat[0]}")
