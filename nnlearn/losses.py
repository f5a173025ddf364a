"""Losses measure how wrong an output is, and the gradient of that with respect to the loss's own input."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from nnlearn import _checks
from nnlearn._types import Array, Labels, Numbers
from nnlearn.activations import log_softmax, sigmoid, softmax


class Loss:
    """A loss is a mean over the batch: `loss(out, y)`; `loss.gradient(out, y)` is its gradient ∂L/∂out.

    `gradient` is always taken with respect to the loss's own input `out`, whatever that is: a prediction, a
    probability or a logit. A subclass writes two formulas without the mean: `each`, the loss of each entry (or each
    row), and `slope`, its derivative.

    Shapes: out (n, m), y (n, m); a column (n, 1) may be compared with n targets (n,). With a population, out is
    (K, n, m), y may be shared, the loss has the shape (K,) and each network gets its own gradient.

    y has to be finite. nan in out gives a loss of nan, and a loss that is too large for a float is inf.

    Raises TypeError for what is not real numbers, and ValueError for shapes that do not fit each other, for targets that are not
    finite, and for what a loss does not allow, such as a probability above 1.

    >>> class Quartic(Loss):
    ...     def each(self, out, y):
    ...         return (out - y) ** 4
    ...
    ...     def slope(self, out, y):
    ...         return 4 * (out - y) ** 3
    >>> loss = Quartic()
    >>> loss([[3.0]], [[1.0]]), loss.gradient([[3.0]], [[1.0]])
    (np.float64(16.0), array([[32.]]))
    """

    #: Differences out - y at which the loss has a corner.
    kinks: tuple[float, ...] = ()

    def __call__(self, out: ArrayLike, y: ArrayLike) -> Numbers:
        out = self.outputs(out)
        return self.value(out, self.targets(y, out))

    def gradient(self, out: ArrayLike, y: ArrayLike) -> Array:
        """Return ∂L/∂out, in the shape of `out`."""
        out = self.outputs(out)
        return self.mean_slope(out, self.targets(y, out))

    def outputs(self, out: ArrayLike) -> Array:
        """Return `out` as an array that this loss can be computed from, or raise an error that says why not."""
        out = _checks.real_array(out, "out")
        if out.ndim == 0 or out.size == 0:
            raise ValueError(f"out must hold at least one prediction, got shape {out.shape}")
        return out

    def targets(self, y: ArrayLike, out: Array) -> Array:
        """Return `y` in the shape and dtype that belong to `out`, or raise an error that says what is wrong."""
        y = _checks.as_dtype(_checks.real_array(y, "y"), out.dtype, "y")
        if y.ndim == 1 and out.ndim >= 2 and out.shape[-1] == 1:
            y = y[:, None]
        if y.shape not in (out.shape, out.shape[-2:]):
            # Broadcasting (n,) against (n, 1) would compare every prediction with every target, without a word.
            raise ValueError(f"y must have the shape of out, {out.shape}, got {y.shape}")
        if not np.isfinite(y).all():
            raise ValueError("y must be finite, got nan or inf in it")
        return y

    def value(self, out: Array, y: Array) -> Numbers:
        """Return the loss for arrays that `outputs` and `targets` have passed: the mean of `each`."""
        each = self.each(out, y)
        return each.mean(axis=(-2, -1)) if each.ndim > 1 else each.mean()

    def mean_slope(self, out: Array, y: Array) -> Array:
        """Return the gradient for arrays that `outputs` and `targets` have passed: `slope` over the count."""
        return self.slope(out, y) / self.averaged_over(out)

    def averaged_over(self, out: Array) -> int:
        """Return how many terms the mean is over: all entries of one network's output."""
        return math.prod(out.shape[-2:])

    def each(self, out: Array, y: Array) -> Array:
        """Return the loss of each entry (or row) by itself."""
        raise NotImplementedError(f"{type(self).__name__} has to define each(out, y)")

    def slope(self, out: Array, y: Array) -> Array:
        """Return the derivative of `each` with respect to `out`."""
        raise NotImplementedError(f"{type(self).__name__} has to define slope(out, y)")

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


# ---- For predictions that are numbers ----------------------------------------------------------------------------


class MeanSquaredError(Loss):
    """Mean squared error: L = mean of (ŷ - y)², for regression. What minimizes it is the mean of the targets.

    >>> loss = MeanSquaredError()
    >>> loss([[1.0], [4.0]], [[1.0], [2.0]])
    np.float64(2.0)
    >>> loss.gradient([[1.0], [4.0]], [[1.0], [2.0]])
    array([[0.],
           [2.]])
    """

    def each(self, out: Array, y: Array) -> Array:
        return (out - y) ** 2

    def slope(self, out: Array, y: Array) -> Array:
        return 2 * (out - y)


class MeanAbsoluteError(Loss):
    """Mean absolute error: L = mean of |ŷ - y|, for regression. What minimizes it is the median of the targets.

    Its slope is +1 or -1 however large the error is, and so one outlier pulls no harder than any other example. At
    ŷ = y there is no derivative; 0 is used.

    >>> loss = MeanAbsoluteError()
    >>> loss([[1.0], [4.0]], [[1.0], [2.0]]), loss.gradient([[1.0], [4.0]], [[1.0], [2.0]])
    (np.float64(1.0), array([[0. ],
           [0.5]]))
    """

    kinks = (0.0,)

    def each(self, out: Array, y: Array) -> Array:
        return np.abs(out - y)

    def slope(self, out: Array, y: Array) -> Array:
        return np.sign(out - y)


# ---- For probabilities -------------------------------------------------------------------------------------------


class BinaryCrossEntropy(Loss):
    """Binary cross-entropy of probabilities: L = mean of -(y log p + (1 - y) log(1 - p)), with y in [0, 1].

    p and 1 - p are kept above the smallest normal float, so that the loss stays finite. There the chain through a
    sigmoid has already lost the gradient (σ′ rounds to 0): `SigmoidCrossEntropy` has not.

    >>> loss = BinaryCrossEntropy()
    >>> round(float(loss([[0.524979]], [[1.0]])), 4)
    0.6444
    """

    def outputs(self, out: ArrayLike) -> Array:
        return _probabilities(super().outputs(out))

    def targets(self, y: ArrayLike, out: Array) -> Array:
        return _within_unit(super().targets(y, out))

    def each(self, out: Array, y: Array) -> Array:
        return -(y * np.log(_above_zero(out)) + (1 - y) * _log_of_rest(out))

    def slope(self, out: Array, y: Array) -> Array:
        return -y / _above_zero(out) + (1 - y) / _above_zero(1 - out)


class _RowLoss(Loss):
    """A loss of whole rows: y is a distribution over the classes in each row, or n class labels (n,)."""

    def targets(self, y: ArrayLike, out: Array) -> Array:
        labels = _checks.plain_array(y, "y")
        if labels.dtype.kind in "biu" and labels.shape == out.shape[-2:-1] and out.ndim > 1:
            y = _one_hot(labels, out.shape[-1])
        y = super().targets(y, out)
        if (y < 0).any() or not np.allclose(y.sum(axis=-1), 1, rtol=0, atol=1e-3):
            raise ValueError("y must hold class labels, or rows of probabilities that sum to 1")
        return y

    def averaged_over(self, out: Array) -> int:
        return out.shape[-2] if out.ndim > 1 else 1


class CrossEntropy(_RowLoss):
    """Categorical cross-entropy of probabilities: L = mean over the examples of -Σ_k y_k log p_k.

    The sum runs over the classes, the mean over the examples. p is kept above the smallest normal float, so that the
    loss stays finite; there the chain through a softmax has already lost the gradient: `SoftmaxCrossEntropy` has not.

    Shapes: out (n, k), y (n, k) or labels (n,).

    >>> loss = CrossEntropy()
    >>> round(float(loss([[0.5, 0.5], [0.0, 1.0]], [0, 1])), 4)
    0.3466
    """

    def outputs(self, out: ArrayLike) -> Array:
        return _probabilities(super().outputs(out))

    def each(self, out: Array, y: Array) -> Array:
        return -(y * np.log(_above_zero(out))).sum(axis=-1, keepdims=True)

    def slope(self, out: Array, y: Array) -> Array:
        return -y / _above_zero(out)


# ---- For logits: activation and loss fused -----------------------------------------------------------------------


class SigmoidCrossEntropy(Loss):
    """Sigmoid and binary cross-entropy in one, on the logit z: L = mean of max(z, 0) - z y + log(1 + e^(-|z|)).

    This is `BinaryCrossEntropy` of σ(z), written so that no logarithm of 0 can occur. Its slope is p - y: the
    sigmoid's derivative is already in it. The difference max(z, 0) - z y is computed as |z| times the distance of y
    from the answer that the sign of z gives, so that nothing cancels when both terms are large.

    >>> loss = SigmoidCrossEntropy()
    >>> loss([[-1000.0]], [[1.0]]), loss.gradient([[-1000.0]], [[1.0]])
    (np.float64(1000.0), array([[-1.]]))
    """

    def targets(self, y: ArrayLike, out: Array) -> Array:
        return _within_unit(super().targets(y, out))

    def each(self, out: Array, y: Array) -> Array:
        size = np.abs(out)
        return size * np.where(out >= 0, 1 - y, y) + np.log1p(np.exp(-size))

    def slope(self, out: Array, y: Array) -> Array:
        return sigmoid(out) - y


class SoftmaxCrossEntropy(_RowLoss):
    """Softmax and categorical cross-entropy in one, on the logits z: L = mean of -Σ_k y_k log softmax(z)_k.

    Its slope is p - y: the softmax's Jacobian is already in it.

    Shapes: out (n, k), y (n, k) or labels (n,).

    >>> loss = SoftmaxCrossEntropy()
    >>> loss([[0.0, 1000.0]], [0]), loss.gradient([[0.0, 1000.0]], [0])
    (np.float64(1000.0), array([[-1.,  1.]]))
    """

    def each(self, out: Array, y: Array) -> Array:
        return -(y * log_softmax(out)).sum(axis=-1, keepdims=True)

    def slope(self, out: Array, y: Array) -> Array:
        return softmax(out) - y


# ---- Helpers -----------------------------------------------------------------------------------------------------


def _above_zero(p: Array) -> Array:
    """Return p, but at least the smallest normal float, whose logarithm is finite."""
    return np.maximum(p, np.finfo(p.dtype).tiny)


def _log_of_rest(p: Array) -> Array:
    """Return log(1 - p), exact also for a tiny p, and kept as finite at p = 1 as `_above_zero` keeps it."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.log1p(-p), np.log(np.finfo(p.dtype).tiny))


def _probabilities(out: Array) -> Array:
    """Return `out` if it holds probabilities; a rounding error beyond 1 is forgiven, and nan gives a loss of nan."""
    if out.min() < 0 or out.max() > 1 + 8 * np.finfo(out.dtype).eps:
        raise ValueError(
            f"out must hold probabilities, from 0 to 1, got values from {out.min():.4g} to {out.max():.4g}; "
            "for logits use SigmoidCrossEntropy or SoftmaxCrossEntropy"
        )
    return np.minimum(out, 1)


def _within_unit(y: Array) -> Array:
    """Return `y` if all of it lies in [0, 1]."""
    if y.min() < 0 or y.max() > 1:
        raise ValueError(f"y must lie in [0, 1], got values from {y.min():.4g} to {y.max():.4g}")
    return y


def _one_hot(labels: Labels, n_classes: int) -> Array:
    """Return a row for each label, 1 in the label's column and 0 elsewhere."""
    labels = labels.astype(np.intp)
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError(
            f"y must hold labels from 0 to {n_classes - 1}, got labels from {labels.min()} to {labels.max()}"
        )
    return np.eye(n_classes)[labels]
