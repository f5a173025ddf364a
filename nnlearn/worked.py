"""The source's three worked examples as data: what it prints at every step, what is right, and why they differ.

    print(sigmoid_example())                 # the source's own numbers
    print(sigmoid_example(x=1.5, y=0))       # the same steps with numbers of your own

Nothing that is right is written down here: it is all computed by the stack.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from nnlearn import _checks
from nnlearn._types import Array
from nnlearn.activations import relu, relu_derivative, sigmoid, sigmoid_derivative, softmax
from nnlearn.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy

#: One number for each class.
Vector: TypeAlias = Sequence[float] | Array


@dataclass(frozen=True)
class ExampleStep:
    """One step of an example.

    - `number`, `name`: as the source has them ("2b", "Apply Sigmoid activation").
    - `formula`: what is computed, in this book's notation.
    - `printed`: the source's figures, a tuple; None where its line was lost, or where the numbers are not the source's.
    - `right`: the right figures, a tuple.
    - `digits`: how many decimals the source gives, to compare at that precision.
    - `why`: what went wrong where they differ.
    - `implied`: where the source's line was lost, the figures that its other lines imply.

    >>> step = sigmoid_example()["2b"]
    >>> step.name, step.printed, step.agrees
    ('Apply Sigmoid activation', (0.525,), True)
    """

    number: str
    name: str
    formula: str
    right: tuple[float, ...]
    printed: tuple[float, ...] | None = None
    digits: int = 3
    why: str = ""
    implied: tuple[float, ...] | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether the source's figures are right at the precision that it prints; None where it prints none."""
        return None if self.printed is None else self._matches(self.printed)

    def _matches(self, figures: Iterable[float]) -> bool:
        # A figure cut off after its last digit counts as right too: 2.302585 is printed as 2.3.
        return all(abs(f - r) < 10.0**-self.digits for f, r in zip(figures, self.right, strict=True))

    @property
    def verdict(self) -> str:
        """The verdict as a word: yes or NO, in brackets where the figures are implied, empty where there are none."""
        if self.printed is not None:
            return "yes" if self._matches(self.printed) else "NO"
        if self.implied is not None:
            return "(yes)" if self._matches(self.implied) else "(NO)"
        return ""


@dataclass(frozen=True)
class Example:
    """A worked example: its title, its steps, and the results that a reader wants to go on with.

    >>> example = softmax_example()
    >>> [step.number for step in example.slips]
    ['2b', '2c', 'b1a', 'b1b', 'b1c']
    """

    title: str
    steps: tuple[ExampleStep, ...]

    def __getitem__(self, number: str) -> ExampleStep:
        """Return the step with the source's number, such as example["2b"]."""
        for step in self.steps:
            if step.number == number:
                return step
        raise KeyError(f"{self.title} has no step {number!r}; its steps are {', '.join(s.number for s in self.steps)}")

    @property
    def slips(self) -> tuple[ExampleStep, ...]:
        """The steps at which the source prints something else than what is right."""
        return tuple(step for step in self.steps if step.agrees is False)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for step in self.steps:
            printed = _as_printed(step.printed or ())
            if step.printed is None and step.implied is not None:
                printed = f"({_as_printed(step.implied)})"
            yield step.number, step.name, step.formula, printed, _figures(step.right), step.verdict

    def _notes(self) -> list[str]:
        notes = [f"{step.number}: {step.why}" for step in self.slips]
        if any(step.implied is not None for step in self.steps):
            notes.append("in brackets: the source's line is lost, and its other figures imply this number")
        return notes

    def __str__(self) -> str:
        rows = [("step", "name", "formula", "source", "right", "agrees"), *self._rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(6)]
        lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        notes = self._notes()
        return "\n".join([self.title, "", lines[0], "-" * len(lines[0]), *lines[1:], *([""] + notes if notes else [])])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("step", "name", "formula", "source", "right", "agrees"))
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in self._rows()
        )
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self._notes())
        return (
            # A table that is wider than a phone scrolls by itself, with the keyboard too.
            f'<div class="nn-worked" role="group" tabindex="0" aria-label="{html.escape(self.title)}, step by step">'
            f"<table><caption>{html.escape(self.title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
            + (f"<ul>{notes}</ul>" if notes else "")
        )


def sigmoid_example(x: float = 0.5, w: float = 0.2, y: float = 1.0, lr: float = 0.1) -> Example:
    """Example 1: one input, one weight, a sigmoid and cross-entropy. y is 0 or 1, or a probability between.

    Raises TypeError for what is not a number, ValueError for a y outside [0, 1].

    >>> [round(number, 4) for number in sigmoid_example()["3d"].right]
    [0.2238]
    """
    x, w, lr, y = _numbers(x=x, w=w, lr=lr) + (_checks.share(y, "y", closed=True),)
    own = (x, w, y, lr) != (0.5, 0.2, 1.0, 0.1)
    z = x * w
    p = float(sigmoid(z))
    loss, logits = SigmoidCrossEntropy(), np.array([[z]])
    d_z = float(loss.gradient(logits, [[y]])[0, 0])
    d_w = d_z * x
    twice = (
        "p - y is the gradient at z already; it contains the sigmoid's derivative, which is multiplied in once more here. "
        "(p - y) σ′ belongs to the loss ½(p - y)²"
    )
    steps = (
        ExampleStep("2a", "Multiply input by weight", "z = x w", (z,), (0.1,), 1),
        ExampleStep("2b", "Apply Sigmoid activation", "p = σ(z)", (p,), (0.525,), 3),
        ExampleStep("2c", "Calculate the error using Cross-Entropy Loss", "L = -(y log p + (1 - y) log(1 - p))",
             (float(loss(logits, [[y]])),), (0.644,), 3),
        ExampleStep("3a", "Calculate the gradient of the output (error)", "d_z = p - y", (d_z,), implied=(-0.475,)),
        ExampleStep("3b", "Derivative of the Sigmoid function", "σ′(z), contained in d_z", (float(sigmoid_derivative(z)),),
             implied=(0.249,)),
        ExampleStep("3c", "Calculate the weight gradient", "d_w = d_z x", (d_w,), (-0.118,), 3, twice),
        ExampleStep("3d", "Update the weight", "w - η d_w", (w - lr * d_w,), (0.2059,), 4,
             "it follows from 3c, and the printed line contradicts itself: 0.1 × 0.118 is 0.0118 and not 0.0059"),
    )  # fmt: skip
    return Example("Sigmoid + cross-entropy loss", _without_source(steps) if own else steps)


def relu_example(x: float = 0.5, w: float = 0.2, y: float = 1.0, lr: float = 0.1) -> Example:
    """Example 2: one input, one weight, a ReLU, and the loss -log of its output, which is no probability.

    Only y = 1 makes sense of it. Raises ValueError where the output is 0: its logarithm is minus infinity.

    >>> [round(number, 4) for number in relu_example()["3d"].right]
    [0.7]
    """
    x, w, lr, y = _numbers(x=x, w=w, lr=lr) + (_checks.number(y, "y"),)
    own = (x, w, y, lr) != (0.5, 0.2, 1.0, 0.1)
    if y != 1:
        raise ValueError(f"y must be 1: -y log(p) forgets every example with y = 0, got {y}")
    z = x * w
    p = float(relu(z))
    if p == 0:
        raise ValueError(f"x w must be positive, got {z}: the ReLU gives 0, and -log(0) is infinite")
    d_p = -y / p
    d_z = d_p * float(relu_derivative(z))
    d_w = d_z * x
    steps = (
        ExampleStep("2a", "Multiply input by weight", "z = x w", (z,), (0.1,), 1),
        ExampleStep("2b", "Apply ReLU activation", "p = max(0, z)", (p,), (0.1,), 1),
        ExampleStep("2c", "Calculate the error using Cross-Entropy Loss", "L = -y log p", (-y * float(np.log(p)),), (2.3,), 1),
        ExampleStep("3a", "Calculate the gradient of the output (error)", "d_p = -y / p", (d_p,), None, 1, implied=(-0.9,)),
        ExampleStep("3b", "Derivative of ReLU function", "f′(z)", (float(relu_derivative(z)),), None, 0, implied=(1,)),
        ExampleStep("3c", "Calculate the weight gradient", "d_w = d_p f′(z) x", (d_w,), (-0.45,), 2,
             "p - y = -0.9 was used for the gradient of the output; that is right behind a sigmoid or softmax, where the "
             "derivative of the activation cancels. Behind a ReLU nothing cancels, and the gradient is -1/p"),
        ExampleStep("3d", "Update the weight", "w - η d_w", (w - lr * d_w,), (0.245,), 3, "it follows from 3c"),
    )  # fmt: skip
    return Example("ReLU + cross-entropy loss", _without_source(steps) if own else steps)


def softmax_example(
    x: Vector = (1.0, 2.0), w: Vector = (0.3, -0.2), y: Vector = (0.0, 1.0), lr: float = 0.1
) -> Example:
    """Example 3: two classes, each with an input and a weight of its own (z_k = w_k x_k), softmax and cross-entropy.

    In the source the backward pass is numbered 1 once more; here it has the prefix "b".

    Raises ValueError for x, w and y that do not hold one number for each of at least two classes.

    >>> [round(float(number), 4) for number in softmax_example()["2b"].right]
    [0.6682, 0.3318]
    """
    x, w, y = (_checks.real_array(value, name) for value, name in ((x, "x"), (w, "w"), (y, "y")))
    if x.ndim != 1 or len(x) < 2 or not x.shape == w.shape == y.shape:
        raise ValueError(
            f"x, w and y must hold one number for each of at least two classes, got shapes {x.shape}, {w.shape}, {y.shape}"
        )
    (lr,) = _numbers(lr=lr)
    own = (*x, *w, *y, lr) != (1.0, 2.0, 0.3, -0.2, 0.0, 1.0, 0.1)
    z = x * w
    p = softmax(z)
    loss, logits = SoftmaxCrossEntropy(), z[None, :]
    d_z = loss.gradient(logits, y[None, :])[0]
    d_w = d_z * x
    follows = "it follows from 2b; the method is right"
    steps = (
        ExampleStep("2a", "Calculate the weighted inputs", "z_k = x_k w_k", tuple(z), (0.3, -0.4), 1),
        ExampleStep("2b", "Apply Softmax activation", "p = softmax(z)", tuple(p), (0.645, 0.355), 3,
             "the exponentials were not evaluated correctly; both pairs sum to 1, so that check does not find it"),
        ExampleStep("2c", "Calculate the error using Cross-Entropy Loss", "L = -Σ y_k log p_k",
             (float(loss(logits, y[None, :])),), (1.034,), 3,
             "it follows from 2b, with a slip in rounding: -log 0.355 is 1.0356"),
        ExampleStep("b1a", "Calculate the gradient of the output (error)", "d_z = p - y", tuple(d_z), (0.645, -0.645), 3, follows),
        ExampleStep("b1b", "Calculate the weight gradients", "d_w_k = d_z_k x_k", tuple(d_w), (0.645, -1.29), 3, follows),
        ExampleStep("b1c", "Update the weights", "w_k - η d_w_k", tuple(w - lr * d_w), (0.2355, -0.071), 4, follows),
    )  # fmt: skip
    return Example("Softmax + cross-entropy loss", _without_source(steps) if own else steps)


def _numbers(**named: float) -> tuple[float, ...]:
    return tuple(_checks.number(value, name) for name, value in named.items())


def _without_source(steps: tuple[ExampleStep, ...]) -> tuple[ExampleStep, ...]:
    """Return the steps without the source's figures, which belong to other numbers."""
    return tuple(ExampleStep(s.number, s.name, s.formula, s.right) for s in steps)


def _figures(numbers: Iterable[float]) -> str:
    """Write the numbers with at most six decimals."""
    return ", ".join(f"{number:.6f}".rstrip("0").rstrip(".") for number in numbers)


def _as_printed(numbers: Iterable[float]) -> str:
    """Write the numbers as the source does, which is as they stand in this file."""
    return ", ".join(f"{number:g}" for number in numbers)
