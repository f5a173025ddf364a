"""A layer is a pure function with parameters: forward computes its output, backward passes a gradient back."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from nnlearn import _checks
from nnlearn._types import Array, Gradients, Initializer, Settings
from nnlearn.initializers import glorot_uniform


class Layer:
    """What every layer offers. A layer keeps its parameters and nothing of the data that went through it.

    `backward` is the formula alone: it trusts that its arguments are what forward took and gave. `Network.backward` checks
    that they are.

    Because nothing is kept, `backward` is given what it needs: the layer's input `x`, its output `out`, and
    d_out = ∂L/∂out. In a chain of layers those are exactly the values that `Network.trace` returns.

    Rows are examples: `x` has the shape (n, n_in). More axes in front are allowed; the first of three is a
    population, K networks that are computed at once.

    A layer of your own defines `forward` and `backward`. Raises TypeError or ValueError in both for arrays that it cannot take.

    >>> class Double(Layer):
    ...     def forward(self, x):
    ...         return 2 * x
    ...
    ...     def backward(self, x, out, d_out):
    ...         return 2 * d_out, {}
    >>> Double().forward(np.array([[1.5]]))
    array([[3.]])
    """

    #: Inputs at which the output has a corner or a jump. A gradient check keeps away from them.
    kinks: tuple[float, ...] = ()

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}

    def forward(self, x: Array) -> Array:
        """Return the output for the input `x`."""
        raise NotImplementedError(f"{type(self).__name__} has to define forward(x)")

    def backward(self, x: Array, out: Array, d_out: Array) -> tuple[Array, Gradients]:
        """Return d_x = ∂L/∂x and a dict with ∂L/∂(parameter) for each parameter, given d_out = ∂L/∂out."""
        raise NotImplementedError(f"{type(self).__name__} has to define backward(x, out, d_out)")

    def param_gradients(self, x: Array, out: Array, d_out: Array) -> Gradients:
        """Return the parameters' gradients alone, for a first layer, whose d_x nobody needs."""
        return self.backward(x, out, d_out)[1]

    def settings(self) -> Settings:
        """Return the arguments that make a layer of this form again, as a dict of plain numbers."""
        return {}

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value}" for name, value in self.settings().items())
        return f"{type(self).__name__}({arguments})"


class Dense(Layer):
    """Weighted sums: every output is connected with every input.

        out = x @ W + b

    Shapes: x (n, n_in), W (n_in, n_out), b (1, n_out), out (n, n_out). With a population of K networks W is
    (K, n_in, n_out), b is (K, 1, n_out) and out is (K, n, n_out); x may be shared, (n, n_in), or (K, n, n_in).

    The weights are drawn by `init(rng, (n_in, n_out))`; the biases start at zero, which is safe because
    unequal weights already break the symmetry between the units.

    Raises TypeError or ValueError, which name the argument, for sizes below 1, a generator that is none, and an `init` that returns
    something else than weights; `forward` for an x of another width.

    >>> layer = Dense(2, 1, rng=np.random.default_rng(0))
    >>> layer.params["W"][:] = [[0.3], [-0.2]]
    >>> layer.forward(np.array([[1.0, 2.0]]))
    array([[-0.1]])
    """

    def __init__(
        self, n_in: int, n_out: int, *, rng: np.random.Generator, init: Initializer = glorot_uniform, dtype: DTypeLike = float
    ) -> None:
        super().__init__()
        self.n_in = _checks.count(n_in, "n_in")
        self.n_out = _checks.count(n_out, "n_out")
        dtype = _checks.float_dtype(dtype)
        if not callable(init):
            raise TypeError(f"init must be a function f(rng, shape), such as he_uniform, got {_checks.describe(init)}")
        weights = _checks.finite_array(init(_checks.generator(rng), (self.n_in, self.n_out)), "what init returns")
        if weights.shape != (self.n_in, self.n_out):
            raise ValueError(
                f"init must return an array of shape {(self.n_in, self.n_out)}, got {_checks.describe(weights)}"
            )
        weights = np.array(_checks.as_dtype(weights, dtype, "what init returns"))  # an array of its own
        self.params = {"W": weights, "b": np.zeros((1, self.n_out), dtype)}

    def forward(self, x: Array) -> Array:
        x = _checks.real_array(x, "x")
        if x.ndim < 2 or x.shape[-1] != self.n_in:
            raise ValueError(f"x must have the shape (n, {self.n_in}), got {x.shape}")
        return x @ self.params["W"] + self.params["b"]  # (n, n_in) @ (n_in, n_out) + (1, n_out)

    def backward(self, x: Array, out: Array, d_out: Array) -> tuple[Array, Gradients]:
        d_x = d_out @ self.params["W"].mT  # (n, n_out) @ (n_out, n_in)
        return d_x, self.param_gradients(x, out, d_out)

    def param_gradients(self, x: Array, out: Array, d_out: Array) -> Gradients:
        return {
            "W": x.mT @ d_out,  # (n_in, n) @ (n, n_out): the sum over the examples
            "b": d_out.sum(axis=-2, keepdims=True),
        }

    def settings(self) -> Settings:
        return {"n_in": self.n_in, "n_out": self.n_out}


class Dropout(Layer):
    """Silence a random share `rate` of the values while training; pass everything through otherwise.

        out = x · mask / (1 - rate),  mask is 0 with probability `rate`, else 1

    Dividing by 1 - rate keeps the expected value of each output, so that nothing has to be rescaled afterwards
    ("inverted" dropout). From Srivastava et al. 2014.

    This is the one layer with a mode. `training` is False at first; `fit` switches it on for its own steps, and
    `with network.training():` does the same by hand. The mask is drawn from `rng` at every forward pass. It is not
    kept: a silenced value is written as -0.0 and a value that happens to be zero as +0.0, so that the output alone
    tells `backward` which were silenced.

    In a population the one generator, that of the first network, draws a mask for each network: they drop different
    units, also where they share x, and not those that each would drop if it were trained alone.

    Raises ValueError for a rate outside [0, 1), TypeError for a generator that is none.

    >>> layer = Dropout(0.5, rng=np.random.default_rng(0))
    >>> layer.forward(np.ones((1, 6)))
    array([[1., 1., 1., 1., 1., 1.]])
    >>> layer.training = True
    >>> layer.forward(np.ones((1, 6)))
    array([[ 2., -0., -0., -0.,  2.,  2.]])
    """

    def __init__(self, rate: float, *, rng: np.random.Generator) -> None:
        super().__init__()
        self.rate = _checks.share(rate, "rate")
        self.rng = _checks.generator(rng)
        self.training = False

    def forward(self, x: Array) -> Array:
        x = _checks.real_array(x, "x")  # whole numbers have no -0
        if not self.training:
            return x
        kept = self.rng.random(x.shape) >= self.rate
        # Adding 0.0 turns a -0.0 of the input into +0.0, which leaves -0.0 free to mean "silenced".
        return np.where(kept, x / (1 - self.rate) + 0.0, x.dtype.type(-0.0))

    def backward(self, x: Array, out: Array, d_out: Array) -> tuple[Array, Gradients]:
        if not self.training:
            return d_out, {}
        silenced = (out == 0) & np.signbit(out)
        return np.where(silenced, 0, d_out / (1 - self.rate)), {}

    def settings(self) -> Settings:
        return {"rate": self.rate}
