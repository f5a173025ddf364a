"""Initializers draw the first weights: each is a function of a generator and the shape (n_in, n_out)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnlearn import _checks
from nnlearn._types import Array, Shape

LARGEST_SIZE = 1e300
#: More than any memory holds, and few enough for numpy to count the bytes.
MOST_WEIGHTS = 10**15


def zeros(rng: np.random.Generator, shape: Shape) -> Array:
    """All weights 0. Fine for biases; units with equal weights in and out never become unequal (see chapter 13).

    Raises TypeError for a generator that is none, ValueError for a shape that is none.

    >>> zeros(np.random.default_rng(0), (1, 2))
    array([[0., 0.]])
    """
    _fans(rng, shape)
    return np.zeros(shape)


def random_uniform(rng: np.random.Generator, shape: Shape, limit: float = 0.05) -> Array:
    """Uniform in [-limit, limit): small numbers that break the symmetry and know nothing of the layer's size.

    Raises TypeError for a generator that is none, ValueError for a shape that is none, or a width that is not positive.

    >>> w = random_uniform(np.random.default_rng(0), (100, 50), limit=0.1)
    >>> w.shape, bool(np.abs(w).max() <= 0.1)
    ((100, 50), True)
    """
    _fans(rng, shape)
    limit = _size(limit, "limit")
    return rng.uniform(-limit, limit, shape)


def random_normal(rng: np.random.Generator, shape: Shape, std: float = 0.05) -> Array:
    """Normal with mean 0 and standard deviation `std`.

    Raises TypeError for a generator that is none, ValueError for a shape that is none, or a width that is not positive.

    >>> w = random_normal(np.random.default_rng(0), (100, 50), std=0.1)
    >>> round(float(w.std()), 2)
    0.1
    """
    _fans(rng, shape)
    return rng.normal(0.0, _size(std, "std"), shape)


def glorot_uniform(rng: np.random.Generator, shape: Shape) -> Array:
    """Xavier/Glorot, uniform in ±√(6 / (n_in + n_out)), so that Var(w) = 2 / (n_in + n_out).

    A compromise between keeping the variance of the values on the way forward (1 / n_in) and that of the gradients
    on the way back (1 / n_out); made for units with slope 1 at 0, such as tanh. From Glorot & Bengio 2010.

    Raises TypeError for a generator that is none, ValueError for a shape that is none.

    >>> w = glorot_uniform(np.random.default_rng(0), (200, 100))
    >>> round(float(w.var() * (200 + 100)), 1)
    2.0
    """
    n_in, n_out = _fans(rng, shape)
    limit = np.sqrt(6 / (n_in + n_out))  # a uniform variable in ±a has the variance a²/3
    return rng.uniform(-limit, limit, shape)


def glorot_normal(rng: np.random.Generator, shape: Shape) -> Array:
    """Xavier/Glorot, normal with Var(w) = 2 / (n_in + n_out). From Glorot & Bengio 2010.

    Raises TypeError for a generator that is none, ValueError for a shape that is none.

    >>> w = glorot_normal(np.random.default_rng(0), (200, 100))
    >>> round(float(w.var() * (200 + 100)), 1)
    2.0
    """
    n_in, n_out = _fans(rng, shape)
    return rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), shape)


def he_uniform(rng: np.random.Generator, shape: Shape) -> Array:
    """He, uniform in ±√(6 / n_in), so that Var(w) = 2 / n_in.

    The 2 makes up for the half of its inputs that a ReLU sets to zero. From He et al. 2015.

    Raises TypeError for a generator that is none, ValueError for a shape that is none.

    >>> w = he_uniform(np.random.default_rng(0), (200, 100))
    >>> round(float(w.var() * 200), 1)
    2.0
    """
    n_in, _ = _fans(rng, shape)
    limit = np.sqrt(6 / n_in)
    return rng.uniform(-limit, limit, shape)


def he_normal(rng: np.random.Generator, shape: Shape) -> Array:
    """He, normal with Var(w) = 2 / n_in. From He et al. 2015.

    Raises TypeError for a generator that is none, ValueError for a shape that is none.

    >>> w = he_normal(np.random.default_rng(0), (200, 100))
    >>> round(float(w.var() * 200), 1)
    2.0
    """
    n_in, _ = _fans(rng, shape)
    return rng.normal(0.0, np.sqrt(2 / n_in), shape)


def _size(value: Any, name: str) -> float:
    """Return a positive number that is small enough for none of the weights to become inf."""
    value = _checks.positive(value, name)
    if value > LARGEST_SIZE:
        raise ValueError(f"{name} must be at most {LARGEST_SIZE:g}, got {value}")
    return value


def _fans(rng: np.random.Generator, shape: Shape) -> tuple[int, int]:
    """Return (n_in, n_out), the last two entries of `shape`; more entries in front are a population."""
    _checks.generator(rng)
    if not isinstance(shape, (tuple, list)) or len(shape) < 2:
        raise ValueError(f"shape must be (n_in, n_out), got {shape!r}")
    sizes = [_checks.count(size, "each entry of shape") for size in shape]
    if math.prod(sizes) > MOST_WEIGHTS:
        raise ValueError(f"shape must hold at most {MOST_WEIGHTS:.0e} weights, got {shape!r}")
    return sizes[-2], sizes[-1]
