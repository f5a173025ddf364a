"""Argument checks that the stack shares: each error names the argument, what came and what was expected.

What they are for stands in the docstring of `nnlearn`, under "Bad input".
"""

from __future__ import annotations

import numbers
import operator
import os
import sys
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

    Raises TypeError for what is not real numbers (strings, objects, complex numbers, ragged lists), and ValueError for
    masked entries and for numbers that are too large for float64. nan and inf pass; see `finite_array`.
    """
    array = plain_array(value, name)
    if array.dtype in FLOATS:
        return array
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be an array of real numbers, got {describe(value)}")
    return as_dtype(array, np.float64, name)


def finite_array(value: object, name: str) -> Array:
    """Return `value` as `real_array` does; nan and inf are refused too."""
    array = real_array(value, name)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got nan or inf in it")
    return array


def plain_array(value: Any, name: str) -> np.ndarray:
    """Return `value` as an array of numpy's own class, whatever it holds: a np.matrix would multiply in its own way."""
    if type(value) is np.ndarray:
        return value
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(f"{name} must be without masked entries, got {np.ma.getmaskarray(value).sum()} of them")
    try:
        return np.asarray(value)
    except (ValueError, TypeError, OverflowError):
        raise TypeError(f"{name} must be an array of real numbers, got a ragged sequence or what is no sequence") from None


def as_dtype(array: np.ndarray, dtype: DTypeLike, name: str) -> Array:
    """Return the array in another dtype; a finite number that is too large for it is refused and does not become inf."""
    if array.dtype == dtype:
        return array
    with np.errstate(over="ignore"):
        changed = array.astype(dtype)
    if np.isinf(changed).any() and not np.isinf(array[np.isinf(changed)]).all():
        raise ValueError(f"{name} must hold numbers that {np.dtype(dtype)} can hold, got up to {np.nanmax(np.abs(array)):.3g}")
    return changed


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
        raise ValueError(f"{name} must be at least {least}, got {describe(number)}")
    if number > sys.maxsize:
        raise ValueError(f"{name} must be at most {sys.maxsize}, got {describe(number)}")
    return number


def number(value: Any, name: str) -> float:
    """Return `value` as a finite Python float; raises TypeError for what is not one real number."""
    one = value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value
    if isinstance(one, bool) or not isinstance(one, numbers.Real):
        raise TypeError(f"{name} must be a number, got {describe(value)}")
    try:
        result = float(one)
    except OverflowError:  # a whole number of more than 308 digits
        result = np.inf
    if not np.isfinite(result):
        raise ValueError(f"{name} must be finite, got {result}")
    return result


def positive(value: Any, name: str) -> float:
    """Return `value` as a float above 0."""
    result = number(value, name)
    if result <= 0:
        raise ValueError(f"{name} must be positive, got {result}")
    return result


def at_least_0(value: Any, name: str) -> float:
    """Return `value` as a float of at least 0."""
    result = number(value, name)
    if result < 0:
        raise ValueError(f"{name} must be at least 0, got {result}")
    return result


def share(value: Any, name: str, *, closed: bool = False) -> float:
    """Return `value` as a float with 0 <= value < 1 (or <= 1 where `closed`)."""
    result = number(value, name)
    if not (0 <= result < 1 or (closed and result == 1)):
        raise ValueError(f"{name} must be in [0, 1{']' if closed else ')'}, got {result}")
    return result


def flag(value: Any, name: str) -> bool:
    """Return `value` as a bool; anything else is refused, since "no" and [0] would count as true."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {describe(value)}")
    return bool(value)


def path(value: Any, name: str) -> str | os.PathLike[str]:
    """Return `value` if it names a file or folder; open() would take a number for a file that is open already."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name} must be the name of a file or folder, got {describe(value)}")
    return value


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
