"""A gradient check compares backpropagation with the plain definition of a derivative."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nnlearn import _checks
from nnlearn._types import Array, Labels, Params
from nnlearn.losses import Loss
from nnlearn.network import Network

# How many nudged copies of a parameter are computed with at once, as a population: so many copies, so many numbers.
COPIES = 128
NUMBERS = 2**22


class KinkWarning(UserWarning):
    """A value lies so close to a kink that a nudge may step across it; the check may then fail without an error.

    >>> from nnlearn import Dense, MeanSquaredError, Network, ReLU
    >>> network = Network([Dense(1, 1, rng=np.random.default_rng(0)), ReLU()])
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     _ = gradient_check(network, MeanSquaredError(), [[0.0]], [[1.0]])
    >>> caught[0].category.__name__
    'KinkWarning'
    """


@dataclass(frozen=True)
class ParameterCheck:
    """The check of one parameter: its errors, and the coordinate where the two gradients differ most.

    >>> ParameterCheck("0.W", 4, 4, 3e-10, 2e-8, (1, 0), analytic=0.25, numeric=0.25).worst_index
    (1, 0)
    """

    name: str
    checked: int
    size: int
    norm_error: float
    element_error: float
    worst_index: tuple[int, ...]
    analytic: float
    numeric: float


@dataclass(frozen=True)
class GradientReport:
    """The result of `gradient_check`: one `ParameterCheck` for each parameter array, the worst first.

    >>> check = ParameterCheck("0.W", 4, 4, 3e-10, 2e-8, (1, 0), analytic=0.25, numeric=0.25)
    >>> report = GradientReport((check,), tolerance=1e-7)
    >>> report.ok, report.worst
    (True, ('0.W', (1, 0)))
    """

    parameters: tuple[ParameterCheck, ...]
    tolerance: float
    warnings: tuple[str, ...] = ()

    @property
    def norm_error(self) -> float:
        """The largest norm-wise error of any parameter; nan counts as the largest."""
        return self.parameters[0].norm_error

    @property
    def element_error(self) -> float:
        """The largest element-wise error. Near-zero gradients drown in rounding here: look, but do not judge by it."""
        return float(np.max([parameter.element_error for parameter in self.parameters]))

    @property
    def worst(self) -> tuple[str, tuple[int, ...]]:
        """The name and the index of the coordinate where the two gradients differ most, such as ("0.W", (1, 2))."""
        return self.parameters[0].name, self.parameters[0].worst_index

    @property
    def ok(self) -> bool:
        """Whether every norm-wise error is at most the tolerance."""
        return self.norm_error <= self.tolerance

    def __bool__(self) -> bool:
        return bool(self.ok)

    def __str__(self) -> str:
        verdict = "agree" if self.ok else "DO NOT AGREE"
        lines = [f"Backpropagation and centred differences {verdict} (norm-wise error, tolerance {self.tolerance:g})."]
        lines.append(
            f"{'parameter':<10} {'checked':>13} {'norm error':>11} {'worst at':>14} {'backward':>12} {'nudged':>12}"
        )
        for p in self.parameters:
            index = ", ".join(map(str, p.worst_index))
            lines.append(
                f"{p.name:<10} {f'{p.checked} of {p.size}':>13} {p.norm_error:>11.1e} {f'[{index}]':>14} "
                f"{p.analytic:>12.5g} {p.numeric:>12.5g}"
            )
        return "\n".join([*lines, *(f"Note: {warning}" for warning in self.warnings)])

    __repr__ = __str__


def gradient_check(
    network: Network, loss: Loss, x: ArrayLike, y: ArrayLike, *,
    h: float = 1e-5, tolerance: float = 1e-7, samples: int | None = 200, rng: np.random.Generator | None = None,
) -> GradientReport:  # fmt: skip
    """Compare the gradients of `network.backward` with centred differences; return a `GradientReport`.

    For every coordinate θ of every parameter,

        numeric = (L(θ + h) - L(θ - h)) / 2h,

    and for every parameter array the norm-wise error is ‖backward - numeric‖ / (‖backward‖ + ‖numeric‖). The
    difference of two losses carries a rounding error of about 1e-16 · |L| / h in each coordinate; gradients that are
    too small to be told from it are compared against that floor, and not against themselves.

    - Of arrays with more than `samples` entries, `samples` coordinates are drawn by `rng` (default_rng(0) if None);
      `samples=None` checks all of them.
    - It is computed in float64, also for a float32 network, and with Dropout off.
    - Where a layer or the loss has a kink (ReLU at 0), a nudge across it spoils the difference: values that lie that
      close are counted in the report and in a KinkWarning.

    Raises ValueError for a population (check `network.member(k)`), and for x or parameters that are not finite.

    >>> from nnlearn import Dense, MeanSquaredError, Network, Tanh
    >>> rng = np.random.default_rng(0)
    >>> network = Network([Dense(2, 3, rng=rng), Tanh(), Dense(3, 1, rng=rng)])
    >>> report = gradient_check(network, MeanSquaredError(), rng.normal(size=(8, 2)), np.zeros(8))
    >>> report.ok, len(report.parameters)
    (True, 4)
    """
    _checks.instance(network, Network, "network", "Network([Dense(2, 1, rng=rng)])")
    _checks.instance(loss, Loss, "loss", "MeanSquaredError()")
    if network.is_population:
        raise ValueError("network must be a single network, got a population; use network.member(k) for one of it")
    if not network.params:
        raise ValueError("network must have parameters to check, got a network without any")
    h, tolerance = _checks.positive(h, "h"), _checks.positive(tolerance, "tolerance")
    samples = None if samples is None else _checks.count(samples, "samples")
    rng = np.random.default_rng(0) if rng is None else _checks.generator(rng)
    x = _checks.finite_array(x, "x")
    if x.size == 0:
        raise ValueError(f"x must hold at least one example, got the shape {x.shape}")
    for name, array in network.params.items():
        _checks.finite_array(array, f"the network's parameter {name}")
    network = network.astype(np.float64)
    with network.training(False):
        values = network.trace(x)
        _, gradients = network.backward(values, loss.gradient(values[-1], y))
        _check_shapes(network.params, gradients)
        loss_size = abs(float(loss(values[-1], y)))
        checks = []
        for name, array in network.params.items():
            coordinates = _coordinates(array, samples, rng)
            checks.append(_check_parameter(network, loss, x, y, name, gradients[name], coordinates, h, loss_size))
    checks.sort(key=lambda check: np.inf if np.isnan(check.norm_error) else check.norm_error, reverse=True)
    # A weight moves a weighted sum by its input times the nudge, so large inputs have a long reach.
    reach = 10 * h * max(1.0, *(float(np.abs(value).max()) for value in values[:-1]))
    notes = _near_kinks(network, loss, values, y, reach)
    for note in notes:
        warnings.warn(note, KinkWarning, stacklevel=2)
    return GradientReport(tuple(checks), tolerance, tuple(notes))


def numeric_gradient(
    network: Network, loss: Loss, x: ArrayLike, y: ArrayLike, name: str, coordinates: Labels, *, h: float = 1e-5
) -> Array:
    """Return the centred differences of the loss for the given flat coordinates of parameter `name`.

    The nudged networks are the members of a population: two for each coordinate, θ + h and θ - h. Only the parameter
    that is nudged needs the leading axis; the others broadcast.
    """
    numeric = np.empty(len(coordinates))
    at_once = max(1, min(COPIES, NUMBERS // network.params[name].size) // 2)
    for start in range(0, len(coordinates), at_once):
        some = coordinates[start : start + at_once]
        copies = np.repeat(network.params[name][None], 2 * len(some), axis=0)
        nudged = network.copy()
        nudged._set_params({name: copies})
        flat = copies.reshape(2 * len(some), -1)  # a view, so that this changes the networks
        up, down = np.arange(len(some)), len(some) + np.arange(len(some))
        flat[up, some] += h
        flat[down, some] -= h
        losses = np.asarray(loss(nudged.forward(x), y))
        # The step that was taken is not h exactly: θ + h is rounded too.
        numeric[start : start + len(some)] = (losses[up] - losses[down]) / (flat[up, some] - flat[down, some])
    return numeric


def _check_parameter(
    network: Network, loss: Loss, x: ArrayLike, y: ArrayLike, name: str, gradient: Array, coordinates: Labels,
    h: float, loss_size: float,
) -> ParameterCheck:  # fmt: skip
    numeric = numeric_gradient(network, loss, x, y, name, coordinates, h=h)
    analytic = gradient.ravel()[coordinates]
    difference = np.abs(analytic - numeric)
    worst = int(np.argmax(difference)) if np.isfinite(difference).all() else int(np.argmin(np.isfinite(difference)))
    # What rounding alone can do to one coordinate, and the size from which on it stays below 1e-8 of the gradient.
    floor = np.finfo(float).eps * max(loss_size, 1) / h / 1e-8
    norm = np.linalg.norm(analytic) + np.linalg.norm(numeric)
    return ParameterCheck(
        name=name,
        checked=len(coordinates),
        size=gradient.size,
        norm_error=float(np.linalg.norm(difference) / max(norm, floor * np.sqrt(len(coordinates)))),
        element_error=float(np.max(difference / np.maximum(np.abs(analytic) + np.abs(numeric), np.finfo(float).tiny))),
        worst_index=tuple(int(i) for i in np.unravel_index(coordinates[worst], gradient.shape)),
        analytic=float(analytic[worst]),
        numeric=float(numeric[worst]),
    )


def _check_shapes(params: Params, gradients: Params) -> None:
    """Raise a ValueError where a parameter has no gradient, or one of another shape."""
    for name, array in params.items():
        if name not in gradients:
            raise ValueError(f"backward must return a gradient for {name}, got gradients for {list(gradients)} only")
        if np.shape(gradients[name]) != array.shape:
            raise ValueError(
                f"backward must return gradients in the shape of the parameters; {name} has shape {array.shape}, "
                f"its gradient {np.shape(gradients[name])}"
            )


def _coordinates(array: Array, samples: int | None, rng: np.random.Generator) -> Labels:
    if samples is None or array.size <= samples:
        return np.arange(array.size)
    return np.sort(rng.choice(array.size, samples, replace=False))


def _near_kinks(network: Network, loss: Loss, values: list[Array], y: ArrayLike, reach: float) -> list[str]:
    """Return a sentence for each layer (and the loss) whose input comes within `reach` of one of its kinks."""
    notes = []
    for place, layer in enumerate(network.layers):
        close = sum(int((np.abs(values[place] - kink) < reach).sum()) for kink in layer.kinks)
        if close:
            notes.append(
                f"{close} inputs of layer {place}, {layer!r}, lie within {reach:.1g} of its kink; "
                "a nudge may step across it. Try another seed for the weights or the data"
            )
    if loss.kinks:
        error = values[-1] - loss.targets(y, values[-1])
        close = sum(int((np.abs(error - kink) < reach).sum()) for kink in loss.kinks)
        if close:
            notes.append(f"{close} predictions lie within {reach:.1g} of the kink of {loss!r}")
    return notes
