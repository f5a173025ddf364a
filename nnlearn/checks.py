"""Checks for parts of your own: a layer, a loss or an optimizer is put to the same tests as nnlearn's.

Each check returns None, or raises `CheckFailed` at the first thing that is wrong, with one sentence: what was expected, and what
came.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nnlearn import _checks
from nnlearn._types import Array
from nnlearn.gradcheck import GradientReport, gradient_check
from nnlearn.layers import Dense, Layer
from nnlearn.losses import Loss, MeanSquaredError
from nnlearn.network import Network
from nnlearn.optimizers import Optimizer

N, MEMBERS, STEPS = 5, 3, 3
#: How far from a kink the inputs are kept: a nudge of the gradient check moves them by a ten-thousandth of it.
DISTANCE = 0.1
#: How far two ways to compute the same may lie apart by rounding.
ROUNDING = 1e-9
NO_PARAMS: Mapping[str, Array] = {}


class CheckFailed(AssertionError):
    """A layer, loss or optimizer does not do what it should; the message says what was expected and what came.

    >>> class Half(Layer):
    ...     def forward(self, x):
    ...         return x / 2
    ...
    ...     def backward(self, x, out, d_out):
    ...         return d_out, {}
    >>> try:
    ...     check_layer(Half())
    ... except CheckFailed as error:
    ...     print("centred differences" in str(error))
    True
    """


def check_layer(layer: Layer, *, n_in: int = 3) -> None:
    """Check a layer that takes `n_in` values in each row (its own `n_in` where it has one).

    Looked at are: the types, shapes and dtypes of what `forward` and `backward` return, in float64 and float32; that neither
    changes what it is given, also where that is read-only; that the same input gives the same result again; that there is a
    gradient for every parameter, by its name; that all gradients, d_x too, agree with centred differences (`gradient_check`, away
    from the layer's `kinks`); and that a population gives what its members give. The layer itself is not changed.

    Raises CheckFailed, an AssertionError, where something is not so: its message says what was expected and what came.

    >>> from nnlearn import Tanh
    >>> check_layer(Tanh())
    """
    _checks.instance(layer, Layer, "layer", "Tanh()")
    layer = copy.deepcopy(layer)
    rng = np.random.default_rng(0)
    n_in = _checks.count(getattr(layer, "n_in", n_in), "n_in")
    for name, array in layer.params.items():
        if not isinstance(array, np.ndarray) or array.dtype not in _checks.FLOATS or array.ndim != 2:
            raise CheckFailed(f"params[{name!r}] must be a float array of two axes, got {_checks.describe(array)}")
    _cast(layer, np.float64)
    x = _away_from(layer.kinks, rng.normal(size=(N, n_in)))
    out = _checked_forward(layer, x)
    d_out = rng.normal(size=out.shape)
    _checked_backward(layer, x, out, d_out)
    single = copy.deepcopy(layer)
    _cast(single, np.float32)
    single_out = _checked_forward(single, x.astype(np.float32))
    _checked_backward(single, x.astype(np.float32), single_out, d_out.astype(np.float32))
    _check_layer_population(layer, x, rng)
    _check_layer_gradients(layer, x, out, rng)  # it computes the nudged copies as a population


def check_loss(loss: Loss) -> None:
    """Check a loss: on predictions between 0 and 1 and targets that sum to 1 in each row, which every loss can take.

    Looked at are: that the loss is one number for a network and one for each network of a population, that it is a mean over
    the rows, that targets with nan are refused, that nothing that is given is changed, that the same comes again, that
    `gradient` has the shape and dtype of `out` in float64 and float32, and that it agrees with centred differences, away from
    the loss's `kinks`.

    Raises CheckFailed, an AssertionError, where something is not so: its message says what was expected and what came.

    >>> check_loss(MeanSquaredError())
    """
    _checks.instance(loss, Loss, "loss", "MeanSquaredError()")
    rng = np.random.default_rng(0)
    y = rng.dirichlet(np.ones(3), size=N)
    out = y + _away_from(loss.kinks, rng.uniform(-1, 1, (N, 3)))
    out = np.clip(out, 0.02, 0.98) if not loss.kinks else out
    value = _repeatable("loss(out, y)", loss, out, y)
    if np.shape(value) != () or not isinstance(value, (float, np.floating)) or not np.isfinite(value):
        raise CheckFailed(f"loss(out, y) must be one finite float, got {_checks.describe(value)}")
    twice = loss(np.tile(out, (2, 1)), np.tile(y, (2, 1)))
    _expect_close("loss(out, y) must be a mean over the rows; for every row twice", twice, value)
    for dtype in _checks.FLOATS:
        given: Array = out.astype(dtype)
        gradient = _repeatable("loss.gradient(out, y)", loss.gradient, given, y.astype(dtype))
        _expect_array("loss.gradient(out, y)", gradient, given.shape, given.dtype)
    many = np.stack([out, out[::-1], np.roll(out, 1, axis=0)])
    values = np.asarray(loss(many, y))
    _expect_array("loss(out, y) for a population", values, (MEMBERS,), np.dtype(float))
    for k, (value, gradient) in enumerate(zip(values, loss.gradient(many, y), strict=True)):
        _expect_close(f"for network {k} of a population the loss must be its own", value, loss(many[k], y))
        _expect_close(f"for network {k} of a population the gradient must be its own", gradient, loss.gradient(many[k], y))
    # The weights are the predictions themselves, so that their gradient is that of the loss.
    report = gradient_check(_as_weights(out), loss, np.eye(N), y, tolerance=1e-6)
    _expect_agreement("loss.gradient(out, y)", report, "0.W")
    try:
        loss(out, np.where(np.arange(3) == 1, np.nan, y))
    except ValueError:
        return
    raise CheckFailed("loss(out, y) must raise a ValueError for nan in y, got a result")


def check_optimizer(optimizer: Optimizer) -> None:
    """Check an optimizer with a number for its rate, on parameters of several shapes. The optimizer itself takes no step.

    Looked at are: that a step changes the parameters in place, keeps their dtype (float64 and float32), leaves gradients as they
    are and leads against a first gradient; that what is remembered is kept for each parameter by itself; that `fresh()` starts
    anew; and that the same settings make the same optimizer again.

    Raises CheckFailed, an AssertionError, where something is not so: its message says what was expected and what came.

    >>> from nnlearn import SGD
    >>> check_optimizer(SGD(lr=0.1))
    """
    _checks.instance(optimizer, Optimizer, "optimizer", "SGD(lr=0.1)")
    for dtype in (np.float64, np.float32):
        together = _walk(optimizer.fresh(), dtype)
        _expect_same_walk("fresh() must start anew, with the same steps", _walk(optimizer.fresh(), dtype), together)
        for name in together:
            alone = _walk(optimizer.fresh(), dtype, only=name)
            _expect_same_walk("each parameter must have a memory of its own, and move as it does alone", alone, together)
    if not callable(optimizer.lr) and np.ndim(optimizer.lr) == 0:
        try:
            again = type(optimizer)(**optimizer.settings())
        except TypeError as error:
            raise CheckFailed(f"settings() must be the arguments that make it again, got {optimizer.settings()}: {error}") from None
        walk, other = _walk(again, np.float64), _walk(optimizer.fresh(), np.float64)
        _expect_same_walk("an optimizer made of settings() must take the same steps", walk, other)


# ---- Layers ----------------------------------------------------------------------------------------------------------


def _checked_forward(layer: Layer, x: Array) -> Array:
    out = _repeatable("forward(x)", layer.forward, x, unchanged=layer.params)
    width = out.shape[-1] if isinstance(out, np.ndarray) and out.ndim == 2 else "n_out"
    _expect_array("forward(x)", out, (len(x), width), x.dtype)
    return out


def _checked_backward(layer: Layer, x: Array, out: Array, d_out: Array) -> None:
    found = _repeatable("backward(x, out, d_out)", layer.backward, x, out, d_out, unchanged=layer.params)
    if not isinstance(found, tuple) or len(found) != 2 or not isinstance(found[1], dict):
        raise CheckFailed(f"backward(x, out, d_out) must return d_x and a dict of gradients, got {_checks.describe(found)}")
    d_x, gradients = found
    _expect_array("d_x from backward", d_x, x.shape, x.dtype)
    if gradients.keys() != layer.params.keys():
        raise CheckFailed(f"backward must name a gradient for each of the parameters {list(layer.params)}, got {list(gradients)}")
    for name, array in layer.params.items():
        _expect_array(f"the gradient of {name} from backward", gradients[name], array.shape, array.dtype)
    alone = layer.param_gradients(x, out, d_out)
    for name, gradient in gradients.items():
        _expect_close(f"param_gradients must give what backward gives for {name}", alone[name], gradient)


def _check_layer_gradients(layer: Layer, x: Array, out: Array, rng: np.random.Generator) -> None:
    """Compare with centred differences; the weights in front are x itself, so that their gradient is d_x."""
    network = Network([*_as_weights(x).layers, layer])
    # Targets of another size for each entry, so that no gradient vanishes.
    report = gradient_check(network, MeanSquaredError(), np.eye(N), out + rng.uniform(0.5, 1.5, out.shape), tolerance=1e-6)
    _expect_agreement("d_x from backward", report, "0.W")
    for name in layer.params:
        _expect_agreement(f"the gradient of {name} from backward", report, f"1.{name}")


def _check_layer_population(layer: Layer, x: Array, rng: np.random.Generator) -> None:
    """A leading axis of every parameter, and of x, is a population."""
    many = copy.deepcopy(layer)
    for name, array in layer.params.items():
        many.params[name] = np.stack([array + 0.1 * rng.normal(size=array.shape) for _ in range(MEMBERS)])
    xs = np.stack([x, x[::-1], np.roll(x, 1, axis=0)])
    try:
        out = many.forward(xs)
        d_out = rng.normal(size=np.shape(out))
        d_x, gradients = many.backward(xs, out, d_out)
    except (ValueError, TypeError, IndexError) as error:
        raise CheckFailed(f"a layer must take a population, x of shape {xs.shape}, got {type(error).__name__}: {error}") from None
    for k in range(MEMBERS):
        one = copy.deepcopy(layer)
        one.params.update({name: array[k] for name, array in many.params.items()})
        own_out = one.forward(xs[k])
        own_d_x, own = one.backward(xs[k], own_out, d_out[k])
        _expect_close(f"forward must give network {k} of a population its own output", out[k], own_out)
        _expect_close(f"backward must give network {k} of a population its own d_x", d_x[k], own_d_x)
        for name, gradient in own.items():
            what = f"backward must give network {k} of a population its own gradient of {name}"
            _expect_close(what, gradients[name][k], gradient)


def _cast(layer: Layer, dtype: DTypeLike) -> None:
    layer.params.update({name: array.astype(dtype) for name, array in layer.params.items()})


def _as_weights(rows: Array) -> Network:
    """Return a network that gives these rows for the unit matrix."""
    return Network([Dense(*rows.shape, rng=np.random.default_rng(0), init=lambda rng, shape: rows)])


def _away_from(kinks: Sequence[float], x: Array) -> Array:
    """Return x with every entry that is too near to a kink moved away from it."""
    for kink in sorted(kinks):  # upwards, so that nothing is moved to a kink that has been dealt with
        x = np.where(np.abs(x - kink) < DISTANCE, x + 2 * DISTANCE, x)
    return x


# ---- Optimizers ------------------------------------------------------------------------------------------------------


def _walk(optimizer: Optimizer, dtype: DTypeLike, only: str | None = None) -> dict[str, Array]:
    """Take a few steps, look at each, and return the parameters by name."""
    rng = np.random.default_rng(0)
    shapes = {"W": (3, 2), "b": (1, 2), "v": (4,), "many": (MEMBERS, 2, 2)}
    params = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    walk = [{name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()} for _ in range(STEPS)]
    if only is not None:
        params, walk = {only: params[only]}, [{only: gradients[only]} for gradients in walk]
    arrays = dict(params)
    for t, gradients in enumerate(walk):
        before = copy.deepcopy(params)
        _unchanged("step(params, gradients)", lambda *given, now=gradients: optimizer.step(params, now), *gradients.values())
        if optimizer.t != t + 1:
            raise CheckFailed(f"step must count itself in t, which must be {t + 1} after it, got {optimizer.t}")
        for name, w in params.items():
            if w is not arrays[name] or w.dtype != dtype or not np.isfinite(w).all() or (w == before[name]).all():
                raise CheckFailed(f"step must change {name} in place, to finite {np.dtype(dtype)}, got {_checks.describe(w)}")
            if t == 0 and not ((w - before[name]) * gradients[name]).sum() < 0:
                raise CheckFailed(f"the first step must lead against the gradient, got one that leads along it for {name}")
    return params


def _expect_same_walk(what: str, walk: dict[str, Array], other: dict[str, Array]) -> None:
    for name, w in walk.items():
        _expect_close(f"{what}; for {name}", w, other[name])


# ---- What is expected ------------------------------------------------------------------------------------------------


def _repeatable(what: str, function: Callable[..., Any], *arrays: Array, unchanged: Mapping[str, Array] = NO_PARAMS) -> Any:
    """Return function(*arrays), if it leaves the arrays as they are and gives the same again."""
    first = _unchanged(what, function, *arrays, params=unchanged)
    second = _unchanged(what, function, *arrays, params=unchanged)
    parts, again = _parts(first), _parts(second)
    if len(parts) != len(again) or not all(map(_equal, parts, again)):
        raise CheckFailed(f"{what} must give the same for the same input, got another result the second time")
    return first


def _unchanged(what: str, function: Callable[..., Any], *arrays: Array, params: Mapping[str, Array] = NO_PARAMS) -> Any:
    """Return function(*arrays) for arrays that are read-only, if it leaves `params` as they are too."""
    for array in arrays:
        array.flags.writeable = False
    before = copy.deepcopy(dict(params))
    try:
        result = function(*arrays)
    except ValueError as error:
        if "read-only" not in str(error):
            raise CheckFailed(f"{what} must work for {' and '.join(_checks.describe(a) for a in arrays)}, got: {error}") from error
        raise CheckFailed(f"{what} must leave what it is given as it is, got a change in place") from error
    if not all(np.array_equal(array, before[name]) for name, array in dict(params).items()):
        raise CheckFailed(f"{what} must leave the parameters as they are, got others after it")
    return copy.deepcopy(result)


def _parts(result: Any) -> list[Any]:
    """Return the arrays in what forward, backward or a loss returned."""
    if isinstance(result, dict):
        return list(result.values())
    return [part for item in result for part in _parts(item)] if isinstance(result, (tuple, list)) else [result]


def _equal(one: Any, other: Any) -> bool:
    """Whether numpy takes both for equal, nan with nan; what is no array of numbers is told by a later check."""
    try:
        return np.array_equal(one, other, equal_nan=True)
    except TypeError:
        return np.array_equal(one, other)


def _expect_array(what: str, value: Any, shape: tuple[object, ...], dtype: DTypeLike) -> None:
    if not isinstance(value, np.ndarray) or value.shape != shape or value.dtype != dtype:
        raise CheckFailed(f"{what} must be an array of shape {shape} and dtype {dtype}, got {_checks.describe(value)}")
    if not np.isfinite(value).all():
        raise CheckFailed(f"{what} must be finite, got nan or inf in it")


def _expect_close(what: str, value: Any, expected: Any) -> None:
    if np.shape(value) != np.shape(expected) or not np.allclose(value, expected, rtol=ROUNDING, atol=ROUNDING):
        raise CheckFailed(f"{what}: expected {_short(expected)}, got {_short(value)}")


def _expect_agreement(what: str, report: GradientReport, name: str) -> None:
    parameter = next(parameter for parameter in report.parameters if parameter.name == name)
    if not parameter.norm_error <= report.tolerance:
        raise CheckFailed(
            f"{what} must agree with centred differences, expected {parameter.numeric:.6g} at {list(parameter.worst_index)}, "
            f"got {parameter.analytic:.6g}"
        )


def _short(value: Any) -> str:
    """A number as it is, an array by its first number."""
    value = np.asarray(value)
    return f"{float(value):.6g}" if value.ndim == 0 else f"shape {value.shape} beginning with {float(value.flat[0]):.6g}"
