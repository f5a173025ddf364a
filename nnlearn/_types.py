"""The words that type hints use, each in one place.

Every module of the stack begins with `from __future__ import annotations`. Then hints stay text until somebody asks for them:
importing the package takes no longer for having them, and the API reference shows these words, not what they stand for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

#: An array of float64 or float32: what the stack computes with. (`ArrayLike` is all that numpy can make an array of.)
Array: TypeAlias = NDArray[np.floating[Any]]
#: An array of whole numbers: labels, or the numbers of rows.
Labels: TypeAlias = NDArray[np.integer[Any]]
#: One number; for a population an array (K,), with one number for each network.
Numbers: TypeAlias = float | Array

#: Arrays by the name of their parameter: what can be read of a network's parameters, and what `backward` returns.
Params: TypeAlias = Mapping[str, Array]
Gradients: TypeAlias = dict[str, Array]
#: What an optimizer takes as parameters or gradients.
ArrayOrArrays: TypeAlias = Array | Sequence[Array] | Mapping[str, Array]

#: The learning rate at step t, and all that an optimizer takes for a learning rate.
Schedule: TypeAlias = Callable[[int], Numbers]
Rate: TypeAlias = float | Sequence[float] | Array | Schedule

#: The shape (n_in, n_out) of weights; more entries in front are a population.
Shape: TypeAlias = tuple[int, ...]


class Initializer(Protocol):
    """A function that draws the first weights of a layer."""

    def __call__(self, rng: np.random.Generator, shape: tuple[int, int], /) -> Array: ...


#: The arguments that make a layer or an optimizer again, by name.
Settings: TypeAlias = dict[str, Any]
#: The name of a file or folder.
PathLike: TypeAlias = str | os.PathLike[str]
