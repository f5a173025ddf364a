"""Automatic differentiation of single numbers: every value remembers what it was made from, and how to pass a gradient on.

The whole idea: a calculation builds a graph of `Value`s. `backward` walks it from the result to the inputs, and each
node hands its gradient to the nodes that it was made from, multiplied by its local slope: the chain rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from nnlearn import _checks

if TYPE_CHECKING:
    from nnlearn._graph import Graph


class Value:
    """A number that knows how it came about.

    `data` is the number, `grad` is ∂(result)/∂(this value) after `result.backward()`, 0 before. `parents` are the values
    that it was made from, `slopes` the derivative of this value with respect to each of them.

    Raises TypeError for what is not a number, ValueError for nan, inf and a slope that is not finite, as the logarithm has at
    0, and OverflowError where an exponential is too large for a float.

    >>> x, w, b = Value(0.5, "x"), Value(0.2, "w"), Value(0.1, "b")
    >>> out = (x * w + b).tanh()
    >>> out.backward()
    >>> round(out.data, 4), round(w.grad, 4)
    (0.1974, 0.4805)

    A result, a slope or a gradient that is too large for a float is a ValueError, in place of an inf that goes on.
    """

    def __init__(
        self, data: float, label: str = "", *,
        parents: tuple[Value, ...] = (), slopes: tuple[float, ...] = (), operation: str = "",
    ) -> None:  # fmt: skip
        self.data = _checks.number(data, "data")
        if not isinstance(label, str):
            raise TypeError(f"label must be a string, got {_checks.describe(label)}")
        self.grad = 0.0
        self.label = label
        self.parents, self.slopes, self.operation = parents, slopes, operation

    # ---- Operations: the value, and beside it the slope towards each parent --------------------------------------

    def __add__(self, other: Value | float) -> Value:
        other = _value(other)
        return Value(self.data + other.data, parents=(self, other), slopes=(1.0, 1.0), operation="+")

    def __mul__(self, other: Value | float) -> Value:
        other = _value(other)
        return Value(self.data * other.data, parents=(self, other), slopes=(other.data, self.data), operation="×")

    def __pow__(self, exponent: float) -> Value:
        exponent = _checks.number(exponent, "exponent")
        if self.data < 0 and exponent != int(exponent):
            raise ValueError(f"a power with the exponent {exponent} needs a base of at least 0, got {self.data}")
        if self.data == 0 and exponent < 1 and exponent != 0:
            raise ValueError(f"a power with the exponent {exponent} has no finite value and slope at the base 0, got {self.data}")
        operation = f"power {exponent:g}"
        out = _finite(operation, self, lambda: self.data**exponent)
        slope = _finite(operation, self, lambda: 0.0 if exponent == 0 else exponent * self.data ** (exponent - 1))
        return Value(out, parents=(self,), slopes=(slope,), operation=operation)

    def exp(self) -> Value:
        """Return e to the power of this value."""
        out = _finite("exp", self, lambda: math.exp(self.data))
        return Value(out, parents=(self,), slopes=(out,), operation="exp")

    def log(self) -> Value:
        """Return the natural logarithm; raises ValueError for a value that is not positive."""
        if self.data <= 0:
            raise ValueError(f"log needs a value above 0, got {self.data}")
        slope = _finite("log", self, lambda: 1 / self.data)
        return Value(math.log(self.data), parents=(self,), slopes=(slope,), operation="log")

    def tanh(self) -> Value:
        """Return the hyperbolic tangent."""
        out = math.tanh(self.data)
        return Value(out, parents=(self,), slopes=(1 - out**2,), operation="tanh")

    def relu(self) -> Value:
        """Return max(0, value), with the slope 0 at the kink."""
        return Value(max(0.0, self.data), parents=(self,), slopes=(float(self.data > 0),), operation="ReLU")

    def sigmoid(self) -> Value:
        """Return 1 / (1 + e^(-value))."""
        e = math.exp(-abs(self.data))
        out = (1 if self.data >= 0 else e) / (1 + e)
        return Value(out, parents=(self,), slopes=(e / (1 + e) ** 2,), operation="sigmoid")

    # All others are made of these.
    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Value | float) -> Value:
        return self + -_value(other)

    def __truediv__(self, other: Value | float) -> Value:
        return self * _value(other) ** -1

    def __radd__(self, other: float) -> Value:
        return _value(other) + self

    def __rmul__(self, other: float) -> Value:
        return _value(other) * self

    def __rsub__(self, other: float) -> Value:
        return _value(other) - self

    def __rtruediv__(self, other: float) -> Value:
        return _value(other) / self

    # ---- The way back ------------------------------------------------------------------------------------------

    def backward(self) -> None:
        """Set `grad` of every value that this one was made from, to ∂(this)/∂(that value).

        Every call starts from zero: calling it twice gives the same gradients, not their sum. A value that was used
        in several places gets the sum over these places.
        """
        order = self.ancestors()
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes, strict=True):
                parent.grad += slope * value.grad
        # Looked at in the end, so that all of them can be seen.
        if not all(math.isfinite(value.grad) for value in order):
            raise ValueError("the gradients must be finite, got one that is too large for a float; look at the graph")

    def ancestors(self) -> list[Value]:
        """Return this value and all that it was made from, each after all of its parents.

        With a list in place of recursion, so that a calculation of any length can be walked.
        """
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:
            value, parents_done = waiting.pop()
            if parents_done:
                order.append(value)
            elif id(value) not in seen:
                seen.add(id(value))
                waiting.append((value, True))
                waiting.extend((parent, False) for parent in value.parents)
        return order

    # ---- Looking at it -----------------------------------------------------------------------------------------

    def graph(self) -> Graph:
        """Return a picture of the calculation: an object that a notebook shows as a drawing and a prompt as text."""
        from nnlearn._graph import Graph

        return Graph(self)

    def __repr__(self) -> str:
        name = f"{self.label} = " if self.label else ""
        return f"Value({name}{self.data:.4g}, grad {self.grad:.4g})"


def _finite(operation: str, value: Value, compute: Callable[[], float]) -> float:
    """Return what `compute` gives, a value or a slope, if it is a number that a float can hold."""
    try:
        result = compute()
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise ValueError(f"{operation} must have a value and a slope that a float can hold, got {value.data:.4g} for it")
    return result


def _value(number: Value | float) -> Value:
    return number if isinstance(number, Value) else Value(number)
