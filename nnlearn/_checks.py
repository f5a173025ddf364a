"""Argument checks that the stack shares: each error names the argument, what came and what was expected."""

from __future__ import annotations

import operator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from nnlearn._types import Array

Kind = TypeVar("Kind")

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))


def describe(value: object) -> str:
    """Say what `value` is in a few words, for an error message: arrays by shape and dtype, the rest by repr."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}... ({type(value).__name__})"


def real_array(value: object, name: str) -> Array:
    """Return `value` as a float array: float32 and float64 stay as they are, other real numbers become float64.

    Raises TypeError for what is not real numbers (strings, objects, complex numbers, ragged lists).
    """
    if isinstance(value, np.ndarray) and value.dtype in FLOATS:
        return value
    try:
        array = np.asarray(value)
    except ValueError:
        raise TypeError(f"{name} must be an array of real numbers, got a ragged sequence") from None
    if array.dtype in FLOATS:
        return array
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be an array of real numbers, got {describe(value)}")
    return array.astype(np.float64)


def float_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return `dtype` as numpy's float32 or float64; raises TypeError for anything else."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found not in FLOATS:  # numpy takes None for float64
        raise TypeError(f"dtype must be float64 or float32, got {describe(dtype)}")
    return found


def count(value: Any, name: str, *, least: int = 1) -> int:
    """Return `value` as an int of at least `least`; a bool or a float is refused."""
    try:
        number = None if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{name} must be a whole number, got {describe(value)}")
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {number}")
    return number


def number(value: Any, name: str) -> float:
    """Return `value` as a finite Python float; raises TypeError for what is not one real number."""
    try:
        result = None if isinstance(value, (str, bytes, bool, np.bool_)) else float(value)
    except (TypeError, ValueError):
        result = None
    if result is None:
        raise TypeError(f"{name} must be a number, got {describe(value)}")
    if not np.isfinite(result):
        raise ValueError(f"{name} must be finite, got {result}")
    return result


def positive(value: Any, name: str) -> float:
    """Return `value` as a float above 0."""
    result = number(value, name)
    if result <= 0:
        raise ValueError(f"{name} must be positive, got {result}")
    return result


def share(value: Any, name: str, *, closed: bool = False) -> float:
    """Return `value` as a float with 0 <= value < 1 (or <= 1 where `closed`)."""
    result = number(value, name)
    if not (0 <= result < 1 or (closed and result == 1)):
        raise ValueError(f"{name} must be in [0, 1{']' if closed else ')'}, got {result}")
    return result


def instance(value: object, kind: type[Kind], name: str, example: str) -> Kind:
    """Return `value` if it is a `kind`; the error shows an `example`, for a class without its brackets or a string."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be of the class {kind.__name__}, such as {example}, got {describe(value)}")
    return value


def generator(rng: object, name: str = "rng") -> np.random.Generator:
    """Return `rng` if it is a numpy Generator; raises TypeError for a seed, None or the old RandomState."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"{name} must be a numpy.random.Generator, such as np.random.default_rng(0), got {describe(rng)}"
        )
    return rng
