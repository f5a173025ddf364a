"""Activations bend the weighted sum z: as functions, each with its derivative below it, and as layers.

Every function takes numbers or arrays of any shape, works on each entry by itself (softmax: on each row), keeps
float32, and gives finite results without a warning for every finite z.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nnlearn import _checks
from nnlearn._types import Array, Gradients, Settings
from nnlearn.layers import Layer

# ---- Step --------------------------------------------------------------------------------------------------------


def step(z: ArrayLike) -> Array:
    """Return 1 where z ≥ 0, else 0.

    Raises TypeError for what is not real numbers.

    >>> step([-0.5, 0.0, 0.5])
    array([0., 1., 1.])
    """
    return np.heaviside(_checks.real_array(z, "z"), 1)


def step_derivative(z: ArrayLike) -> Array:
    """Return 0 everywhere. At the jump, z = 0, there is no derivative; 0 is used there too.

    Raises TypeError for what is not real numbers.

    >>> step_derivative([-1.0, 0.0, 1.0])
    array([0., 0., 0.])
    """
    z = _checks.real_array(z, "z")
    return np.where(np.isnan(z), z, 0)


class Step(Layer):
    """The step function as a layer. It passes no gradient back, so nothing in front of it can learn.

    >>> Step().forward(np.array([[-2.0, 0.0]]))
    array([[0., 1.]])
    """

    kinks = (0.0,)

    def forward(self, x: Array) -> Array:
        return step(x)

    def backward(self, x: Array, out: Array, d_out: Array) -> tuple[Array, Gradients]:
        return np.zeros_like(d_out), {}


# ---- Sigmoid -----------------------------------------------------------------------------------------------------


def sigmoid(z: ArrayLike) -> Array:
    """Return σ(z) = 1 / (1 + e⁻ᶻ), between 0 and 1.

    Computed from e^(-|z|), which never overflows: for z < 0 the fraction is expanded by eᶻ.

    Raises TypeError for what is not real numbers.

    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    z = _checks.real_array(z, "z")
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def sigmoid_derivative(z: ArrayLike) -> Array:
    """Return σ′(z) = σ(z) (1 - σ(z)), at most 1/4 (at z = 0).

    Computed as e / (1 + e)² with e = e^(-|z|), which stays exact where 1 - σ(z) would round to 0.

    Raises TypeError for what is not real numbers.

    >>> sigmoid_derivative(0.0)
    np.float64(0.25)
    """
    e = np.exp(-np.abs(_checks.real_array(z, "z")))
    return e / (1 + e) ** 2


class Sigmoid(Layer):
    """The sigmoid as a layer; its derivative is written with its own output: σ′ = out (1 - out).

    >>> layer, x = Sigmoid(), np.array([[0.0]])
    >>> out = layer.forward(x)
    >>> d_x, _ = layer.backward(x, out, np.ones_like(out))
    >>> out, d_x
    (array([[0.5]]), array([[0.25]]))
    """

    def forward(self, x: Array) -> Array:
        return sigmoid(x)

    def backward(self, x: Array, out: Array, d_out: Array) -> tuple[Array, Gradients]:
        return d_out * out * (1 - out), {}


# ---- Tanh --------------------------------------------------------------------------------------------------------


def tanh(z: ArrayLike) -> Array:
    """Return tanh(z) = (eᶻ - e⁻ᶻ) / (eᶻ + e⁻ᶻ) = 2 σ(2z) - 1, between -1 and 1.

    Raises TypeError for what is not real numbers.

    >>> tanh([-1000.0, 0.0, 1000.0])
    array([-1.,  0.,  1.])
    """
    return np.tanh(_checks.real_array(z, "z"))


def tanh_derivative(z: ArrayLike) -> Array:
    """Return tanh′(z) = 1 - tanh(z)², at most 1 (at z = 0).

    Computed as 4e / (1 + e)² with e = e^(-2|z|), which stays exact where tanh(z)² rounds to 1.

    Raises TypeError for what is not real numbers.

    >>> tanh_derivative([0.0, 1000.0])
    array([1., 0.])
    """
    size = np.minimum(np.abs(_checks.real_array(z, "z")), 1000)  # beyond, e is 0; and 2|z| never overflows
    e = np.exp(-2 * size)
    return 4 * e / (1 + e) ** 2


class Tanh(Layer):
    """The hyperbolic tangent as a layer: tanh′ = 1 - out².

    >>> Tanh().forward(np.array([[0.0, 1000.0]]))
    array([[0., 1.]])
    """

    def forward(self, x: Array) -> Array:
        return tanh(x)

    def backward(self, x: Array, out: Array, d_out: Array) -> tuple[Array, Gradients]:
        return d_out * (1 - out**2), {}


# ---- ReLU --------------------------------------------------------------------------------------------------------


def relu(z: ArrayLike) -> Array:
    """Return max(0, z).

    Raises TypeError for what is not real numbers.

    >>> relu([-2.0, 0.0, 3.0])
    array([0., 0., 3.])
    """
    return np.maximum(_checks.real_array(z, "z"), 0)


def relu_derivative(z: ArrayLike) -> Array:
    """Return 1 where z > 0, else 0. At the kink, z = 0, any slope from 0 to 1 would do; 0 is used.

    Raises TypeError for what is not real numbers.

    >>> relu_derivative([-2.0, 0.0, 3.0])
    array([0., 0., 1.])
    """
    return np.heaviside(_checks.real_array(z, "z"), 0)


class ReLU(Layer):
    """The rectified linear unit as a layer: it passes the gradient where its input was positive.

    >>> layer, x = ReLU(), np.array([[-2.0, 3.0]])
    >>> d_x, _ = layer.backward(x, layer.forward(x), np.array([[5.0, 5.0]]))
    >>> d_x
    array([[0., 5.]])
    """

    kinks = (0.0,)

    def forward(self, x: Array) -> Array:
        return relu(x)

    def backward(self, x: Array, out: Array, d_out: Array) -> tuple[Array, Gradients]:
        return d_out * (x > 0), {}


# ---- Leaky ReLU --------------------------------------------------------------------------------------------------


def leaky_relu(z: ArrayLike, alpha: float = 0.01) -> Array:
    """Return z where z > 0, else alpha · z. From Maas et al. 2013.

    Raises TypeError for what is not real numbers, ValueError for an alpha outside [0, 1].

    >>> leaky_relu([-2.0, 0.0, 3.0], alpha=0.1)
    array([-0.2,  0. ,  3. ])
    """
    z, alpha = _checks.real_array(z, "z"), _checks.share(alpha, "alpha", closed=True)
    return np.where(z > 0, z, alpha * z)


def leaky_relu_derivative(z: ArrayLike, alpha: float = 0.01) -> Array:
    """Return 1 where z > 0, else alpha. At the kink, z = 0, alpha is used.

    Raises TypeError for what is not real numbers, ValueError for an alpha outside [0, 1].

    >>> leaky_relu_derivative([-2.0, 0.0, 3.0], alpha=0.1)
    array([0.1, 0.1, 1. ])
    """
    z, alpha = _checks.real_array(z, "z"), _checks.share(alpha, "alpha", closed=True)
    return np.where(np.isnan(z), z, np.where(z > 0, 1, alpha)).astype(z.dtype)


class LeakyReLU(Layer):
    """The leaky ReLU as a layer: it passes the gradient whole where z > 0, and the share alpha elsewhere.

    Raises ValueError for an alpha outside [0, 1].

    >>> LeakyReLU(alpha=0.1).forward(np.array([[-2.0, 3.0]]))
    array([[-0.2,  3. ]])
    """

    kinks = (0.0,)

    def __init__(self, alpha: float = 0.01) -> None:
        super().__init__()
        self.alpha = _checks.share(alpha, "alpha", closed=True)

    def forward(self, x: Array) -> Array:
        return leaky_relu(x, self.alpha)

    def backward(self, x: Array, out: Array, d_out: Array) -> tuple[Array, Gradients]:
        return np.where(x > 0, d_out, self.alpha * d_out), {}

    def settings(self) -> Settings:
        return {"alpha": self.alpha}


# ---- Softmax -----------------------------------------------------------------------------------------------------


def softmax(z: ArrayLike) -> Array:
    """Return the probabilities e^(z_i) / Σ_j e^(z_j), over the last axis; each row sums to 1.

    The largest z of each row is subtracted first. That changes nothing in the fraction, and no exponential overflows.
    The difference d is rounded before its exponential is taken, and so p is right to 4 + |d| units of its last place.

    Raises TypeError for what is not real numbers, ValueError for a row without any.

    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """
    e = np.exp(_below_largest(_checks.real_array(z, "z")))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z: ArrayLike) -> Array:
    """Return the logarithms of the probabilities, z_i - log Σ_j e^(z_j), over the last axis.

    Exact also where the probability itself is too small for a float, or so near 1 that it rounds to 1; and so what a
    loss is computed from. The largest z of a row is subtracted first, and then its own exponential is the 1 in
    log(1 + Σ of the others), which `log1p` takes without rounding the sum.

    Raises TypeError for what is not real numbers, ValueError for a row without any.

    >>> log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    """
    return log_softmax_of_gaps(_below_largest(_checks.real_array(z, "z")))


def softmax_jacobian(z: ArrayLike) -> Array:
    """Return the matrix J with J[i, j] = ∂p_i/∂z_j = p_i ([i = j] - p_j), for each row of z.

    Shapes: z (..., k), J (..., k, k). Every output depends on every input, so the derivative is a matrix and not a
    list of slopes; it is symmetric, and each of its rows sums to 0.

    Raises TypeError for what is not real numbers, ValueError for a row without any.

    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    p = softmax(z)
    return p[..., :, None] * (np.eye(p.shape[-1], dtype=p.dtype) - p[..., None, :])


class Softmax(Layer):
    """Softmax as a layer. d_x = p · (d_out - Σ_j d_out_j p_j), which is d_out times the Jacobian, without building it.

    To train a classifier, leave this layer out and use `SoftmaxCrossEntropy` on the logits: it does not break down
    when a probability rounds to 0.

    >>> Softmax().forward(np.array([[1000.0, 1000.0]]))
    array([[0.5, 0.5]])
    """

    def forward(self, x: Array) -> Array:
        return softmax(x)

    def backward(self, x: Array, out: Array, d_out: Array) -> tuple[Array, Gradients]:
        return out * (d_out - (d_out * out).sum(axis=-1, keepdims=True)), {}


def log_softmax_of_gaps(gaps: Array) -> Array:
    """Return `log_softmax` of rows from which their largest entry has been subtracted already."""
    others = np.exp(gaps)
    np.put_along_axis(others, gaps.argmax(axis=-1, keepdims=True), 0, axis=-1)
    return gaps - np.log1p(others.sum(axis=-1, keepdims=True))


def _below_largest(z: Array) -> Array:
    """Return z minus the largest entry of its row; a gap too wide for a float counts as the widest float."""
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"z must hold at least one number in each row, got shape {z.shape}")
    with np.errstate(over="ignore"):
        gap = z - z.max(axis=-1, keepdims=True)
    return np.maximum(gap, np.finfo(z.dtype).min)
