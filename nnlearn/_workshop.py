"""The inside of `fit`: a whole epoch in arrays that were made once, with the numbers of the plain loop.

The plain loop (`training._plain_epoch`) calls layers, loss and optimizer as a reader would, and every call makes new arrays. For
small networks most of the time goes into that and into checks that say the same at every step. Here a step is a list of numpy
calls whose arguments exist already. They are the operations of the readable code in the same order, so that not a digit
changes (for a population up to rounding: its arrays lie in memory in another order, which BLAS notices), and what is known
beforehand is done beforehand:

- all weights lie in one vector, all gradients in another, so that an optimizer works on a few long vectors;
- the losses of several batches are computed at once, since nobody needs them before the epoch ends.

A network keeps its own arrays: they are read when an epoch begins and written when it has ended well. Where it has not (a loss
that is not finite, values that a loss refuses), nothing is written, and the plain loop does the epoch again and says what is wrong.
For parts that are not known here, such as a reader's own layer, there is no workshop, and the plain loop does all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from nnlearn import activations, layers, losses, optimizers, schedules
from nnlearn._types import Array, Labels, Numbers, Params
from nnlearn.losses import Loss
from nnlearn.network import Network
from nnlearn.optimizers import Optimizer

#: numpy calls that are ready to be made, one after the other.
Calls: TypeAlias = Sequence[Callable[[], object]]
#: Given d_out, the calls of a layer's backward, and d_x (None where nobody needs it).
Back: TypeAlias = Callable[[Array], tuple[Calls, Any]]
#: Adam's two corrections for the step.
Corrections: TypeAlias = tuple[Array, Array]
#: The calls of an optimizer's rule, where they leave the change, and where the change times the rate can be written.
Change: TypeAlias = tuple[Calls, Array, Array]

# So much is kept of the outputs before their losses are computed.
KEPT_BYTES = 2**18
# An optimizer works on so many weights at once, all that it needs of them being in the processor's cache.
CHUNK = 2**15
# Up to so many weights what a numpy call costs by itself is more than what it does.
SHORT = 2**12


def open_workshop(
    network: Network, loss: Loss, optimizer: Optimizer, x: Array, y: Array, batch_size: int
) -> Workshop | None:
    """Return a `Workshop` for these parts and data, or None if one of them is not known here."""
    axes = 3 if network.is_population else 2
    if _form(network, loss, optimizer) is None or x.ndim > axes or y.dtype != x.dtype:
        return None
    return Workshop(network, loss, optimizer, x, y, batch_size)


class Workshop:
    """Trains a network epoch by epoch. `x` and `y` are as `fit` has checked them, in the dtype of the network."""

    def __init__(
        self, network: Network, loss: Loss, optimizer: Optimizer, x: Array, y: Array, batch_size: int
    ) -> None:
        self.network, self.loss, self.optimizer = network, loss, optimizer
        with network.training():
            self.x = network._own_rows(x)
        self.y, self.batch_size = y, min(batch_size, x.shape[-2])
        self._prepare()

    def _prepare(self) -> None:
        """Make every array and every call that an epoch needs."""
        self._form_prepared_for = _form(self.network, self.loss, self.optimizer)
        params = self.network.params
        size, dtype = sum(array.size for array in params.values()), self.network.dtype
        # The second row below the gradients is for the optimizer to work in.
        gradients, memories = np.zeros((2, size), dtype), np.zeros((self.optimizer.memory, size), dtype)
        self.weights, self.gradients = _Vector(params, np.zeros(size, dtype)), _Vector(params, gradients[0])
        self.memories = [_Vector(params, row) for row in memories]
        self.update = _Update(self.optimizer, self.weights, gradients, memories)
        rest = self.x.shape[-2] % self.batch_size
        self.batches = [_Batches(self, rows) for rows in (self.batch_size, rest) if rows]

    def epoch(self, order: Labels) -> Numbers | None:
        """Train for one epoch on the rows in this order, and return the sum of their losses.

        Returns None, with network and optimizer as they were, where the plain loop has to do this epoch.
        """
        form = _form(self.network, self.loss, self.optimizer)
        if form is None or not _can_step(self.optimizer, self.network.params):
            return None
        if form != self._form_prepared_for:  # a callback has changed something
            self._prepare()
        self._read()
        generators = [layer.rng.bit_generator for layer in self.network.layers if type(layer) is layers.Dropout]
        states = [generator.state for generator in generators]
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                total = self._all_batches(order)
        except KeyboardInterrupt:
            self._write()  # what has been learnt so far, as in the plain loop
            raise
        if total is None or not all(np.isfinite(vector.all).all() for vector in (self.weights, *self.memories)):
            for generator, state in zip(generators, states, strict=True):
                generator.state = state
            return None
        self._write()
        return total

    def _all_batches(self, order: Labels) -> Numbers | None:
        """Take all steps of the epoch; return the sum of the losses of all rows, or None if one is not finite."""
        total: Numbers = 0.0
        whole = len(order) - len(order) % self.batch_size
        for batches, rows in zip(self.batches, (order[:whole], order[whole:]), strict=False):
            losses = batches.train(rows)
            if losses is None:
                return None
            for loss in losses:
                total = total + loss * batches.rows
        return total

    def _read(self) -> None:
        """Take over the weights of the network, and what the optimizer remembers and says now."""
        self.weights.read(self.network.params)
        remembered = self.optimizer._memories
        for place, vector in enumerate(self.memories):
            if remembered is None:
                vector.all.fill(0)
            else:
                vector.read({name: arrays[place] for name, arrays in remembered.items()})
        self.update.begin()

    def _write(self) -> None:
        """Give the network and the optimizer what the epoch has made of it."""
        params = self.network.params
        self.weights.write(params)
        remembered = self.optimizer._memories_of(params)
        for place, vector in enumerate(self.memories):
            vector.write({name: arrays[place] for name, arrays in remembered.items()})
        self.optimizer.t = self.update.t


# ---- What is known here ------------------------------------------------------------------------------------------------------


def _form(network: Network, loss: Loss, optimizer: Optimizer) -> list[Any] | None:
    """Return all that the prepared calls depend on, to be compared; None where a part is not one of this package's own."""
    params = network.params
    shapes = [(name, array.shape, array.dtype) for name, array in params.items()]
    if not params or type(loss) not in _LOSSES or type(optimizer) not in _RULES or type(network) is not Network:
        return None
    if len({(array.dtype, array.shape[:-2]) for array in params.values()}) > 1 or shapes[0][1][1:-2]:
        return None
    parts = [network, loss, optimizer, *network.layers]
    if any(callable(getattr(type(part), name, None)) for part in parts for name in vars(part)):
        return None  # somebody has put a function of their own in the place of a method
    if not _is_known_rate(optimizer.lr):
        return None
    settings = [(name, value) for name, value in optimizer.settings().items() if name != "lr"]
    form: list[Any] = [shapes, isinstance(optimizer.lr, np.ndarray), settings]
    for layer in network.layers:
        if type(layer) not in _LAYERS:
            return None
        form.append((layer, layer.settings(), getattr(layer, "rng", None)))
    return form


def _can_step(optimizer: Optimizer, params: Params) -> bool:
    """Whether the optimizer would take a step with these parameters; if not, the plain loop raises its error."""
    try:
        optimizer._check(params, params)
        for array in params.values():
            optimizers.along_first_axis(0.0 if callable(optimizer.lr) else optimizer.lr, array)
    except (TypeError, ValueError):
        return False
    return True


def _is_known_rate(lr: object) -> bool:
    """Whether `lr` is a number, numbers, or a schedule of this package, which looks at nothing but the step."""
    if type(lr) is schedules.Warmup:
        return _is_known_rate(lr.then)
    return type(lr) in (float, np.ndarray, schedules.StepDecay, schedules.ExponentialDecay, schedules.CosineDecay)


# ---- Vectors and batches -----------------------------------------------------------------------------------------------------


class _Vector:
    """One long vector (`all`) that has room for every parameter, and a view of its part for each (`parts`)."""

    def __init__(self, params: Params, vector: Array) -> None:
        self.all = vector
        pieces = np.split(vector, np.cumsum([array.size for array in params.values()])[:-1])
        self.parts = {
            name: piece.reshape(array.shape) for (name, array), piece in zip(params.items(), pieces, strict=True)
        }

    def read(self, arrays: Params) -> None:
        """Take over the numbers of these arrays."""
        for name, part in self.parts.items():
            np.copyto(part, arrays[name])

    def write(self, arrays: Params) -> None:
        """Give these arrays the numbers of the vector."""
        for name, part in self.parts.items():
            np.copyto(arrays[name], part)


class _Batches:
    """Everything for batches of `rows` rows; the losses of several are computed together, from what is kept of each."""

    def __init__(self, workshop: Workshop, rows: int) -> None:
        self.x, self.y, self.rows = workshop.x, workshop.y, rows
        self.batch_x, self.batch_y = (
            np.empty((*array.shape[:-2], rows, array.shape[-1]), array.dtype) for array in (self.x, self.y)
        )
        self.calls, self.backward, used, self.value = _calls(workshop, self.batch_x, self.batch_y)
        at_once = max(1, min(KEPT_BYTES // sum(array.nbytes for array in used), self.x.shape[-2] // rows))
        kept = [np.empty((at_once, *array.shape), array.dtype) for array in used]
        self.kept, self.keeping = kept, [
            [partial(np.copyto, place, array) for place, array in zip(places, used, strict=True)]
            for places in zip(*kept, strict=True)
        ]  # fmt: skip

    def train(self, order: Labels) -> list[Numbers] | None:
        """Take one step on each batch of these rows; return the loss of each, or None if one is not finite."""
        found: list[Numbers] = []
        batches = order.reshape(-1, self.rows)
        for start in range(0, len(batches), len(self.keeping)):
            some = batches[start : start + len(self.keeping)]
            for rows, keeping in zip(some, self.keeping, strict=False):
                # Every row number is in range; "clip" alone lets numpy write straight into the array.
                self.x.take(rows, -2, self.batch_x, "clip")
                self.y.take(rows, -2, self.batch_y, "clip")
                for calls in (self.calls, keeping, self.backward):
                    for call in calls:
                        call()
            losses = self._losses(some)
            if losses is None or not np.isfinite(losses).all():
                return None
            found += losses.tolist() if losses.ndim == 1 else list(losses)
        return found

    def _losses(self, batches: Labels) -> Array | None:
        """Return the loss of each batch; they stand one behind the other, as the networks of a population do."""
        kept = [array[: len(batches)] for array in self.kept]
        y = np.stack([self.y.take(rows, -2) for rows in batches]) if self.y.ndim > 2 else self.y[batches]
        try:
            return self.value(*kept, y if y.ndim == kept[0].ndim else y[:, None])
        except ValueError:  # not probabilities
            return None


def _room(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return an empty array. For a population, the K rows that belong to one example lie together in memory.

    Then a bias is added to, and summed over, long stretches.
    """
    if len(shape) < 3:
        return np.empty(shape, dtype)
    return np.empty((shape[1], shape[0], shape[2]), dtype).swapaxes(0, 1)


# ---- Layers: the calls of forward and of backward ----------------------------------------------------------------------------


def _calls(
    workshop: Workshop, x: Array, y: Array
) -> tuple[Calls, Calls, list[Array], Callable[..., Array]]:
    """Return the calls of one step up to the slope of the loss, those after it, and what the loss is computed from and how."""
    forward: list[Callable[[], object]] = []
    passing_back: list[Back] = []
    out, free = x, False
    chain = workshop.network.layers
    lowest = min(place for place, layer in enumerate(chain) if layer.params)  # below it no gradient is of use
    for place, layer in enumerate(chain):
        weights, gradients = (
            {name: vector.parts[f"{place}.{name}"] for name in layer.params}
            for vector in (workshop.weights, workshop.gradients)
        )
        calls, out, back = _LAYERS[type(layer)](layer, out, free, weights, gradients, place > lowest)
        forward += calls
        if place >= lowest:
            passing_back.append(back)
        free = type(layer) is layers.Dense  # which does not look at its output again
    d_out, divisor = np.empty_like(out), _number(workshop.loss.averaged_over(out), out)
    calls, kept, value = _LOSSES[type(workshop.loss)](workshop.loss, out, y, d_out)
    forward += calls
    backward: list[Callable[[], object]] = [partial(np.divide, d_out, divisor, d_out)]
    for back in reversed(passing_back):
        calls, d_out = back(d_out)
        backward += calls
    return forward, [*backward, *workshop.update.calls], kept, value


# Each of these functions is given the layer, its input, whether it may write over that, and the layer's weights and gradients by
# name. It returns the calls of forward, the output, and a function that is given d_out and returns the calls of backward
# and d_x; these may write over d_out.


def _dense(
    layer: layers.Dense, x: Array, free: bool, weights: Params, gradients: Params, wants_d_x: bool
) -> tuple[Calls, Array, Back]:
    w, b = weights["W"], weights["b"]
    product = np.dot if w.ndim == 2 else np.matmul  # the same numbers; dot starts sooner
    out = _room((*w.shape[:-2], x.shape[-2], w.shape[-1]), w.dtype)
    forward = [partial(product, x, w, out), partial(np.add, out, b, out)]

    def back(d_out: Array) -> tuple[Calls, Any]:
        calls = [
            partial(product, x.mT, d_out, gradients["W"]),
            partial(np.add.reduce, d_out, -2, None, gradients["b"], True),
        ]
        if not wants_d_x:
            return calls, None
        d_x = _room((*w.shape[:-2], *x.shape[-2:]), w.dtype)
        if w.ndim == 2:
            return [*calls, partial(product, d_out, w.mT, d_x)], d_x
        if w.shape[-1] == 1:  # every sum has one term
            return [*calls, partial(np.copyto, d_x, d_out), partial(np.multiply, d_x, w.mT, d_x)], d_x
        transposed = np.empty_like(w.mT, order="C")  # many small products are quicker with it than with the view
        return [*calls, partial(np.copyto, transposed, w.mT), partial(product, d_out, transposed, d_x)], d_x

    return forward, out, back


def _dropout(layer: layers.Dropout, x: Array, free: bool, *_: object) -> tuple[Calls, Array, Back]:
    out, drawn, silenced = x if free else np.empty_like(x), np.empty(x.shape), np.empty(x.shape, bool)
    share, zero, minus_zero = (_number(value, x) for value in (1 - layer.rate, 0.0, -0.0))
    forward = [
        partial(layer.rng.random, out=drawn), partial(np.less, drawn, layer.rate, silenced),
        partial(np.divide, x, share, out), partial(np.add, out, zero, out),
        partial(np.copyto, out, minus_zero, where=silenced),
    ]  # fmt: skip

    def back(d_out: Array) -> tuple[Calls, Any]:
        return [partial(np.divide, d_out, share, d_out), partial(np.copyto, d_out, zero, where=silenced)], d_out

    return forward, out, back


def _step(layer: layers.Layer, x: Array, free: bool, *_: object) -> tuple[Calls, Array, Back]:
    out = x if free else np.empty_like(x)
    return [partial(np.heaviside, x, _number(1, x), out)], out, lambda d_out: ([partial(d_out.fill, 0)], d_out)


def _sigmoid(layer: layers.Layer, x: Array, free: bool, *_: object) -> tuple[Calls, Array, Back]:
    out, rest, one = x if free else np.empty_like(x), np.empty_like(x), _number(1, x)

    def back(d_out: Array) -> tuple[Calls, Any]:
        return [
            partial(np.multiply, d_out, out, d_out), partial(np.subtract, one, out, rest),
            partial(np.multiply, d_out, rest, d_out),
        ], d_out  # fmt: skip

    return _sigmoid_calls(x, out), out, back


def _tanh(layer: layers.Layer, x: Array, free: bool, *_: object) -> tuple[Calls, Array, Back]:
    out, slope, one = x if free else np.empty_like(x), np.empty_like(x), _number(1, x)

    def back(d_out: Array) -> tuple[Calls, Any]:
        return [
            partial(np.square, out, slope), partial(np.subtract, one, slope, slope),
            partial(np.multiply, d_out, slope, d_out),
        ], d_out  # fmt: skip

    return [partial(np.tanh, x, out)], out, back


def _relu(layer: layers.Layer, x: Array, free: bool, *_: object) -> tuple[Calls, Array, Back]:
    out, passes = x if free else np.empty_like(x), np.empty_like(x, bool)
    zero = _number(0, x)

    def back(d_out: Array) -> tuple[Calls, Any]:  # the output is positive where the input is
        return [partial(np.greater, out, zero, passes), partial(np.multiply, d_out, passes, d_out)], d_out

    return [partial(np.maximum, x, zero, out=out)], out, back


def _leaky_relu(layer: activations.LeakyReLU, x: Array, free: bool, *_: object) -> tuple[Calls, Array, Back]:
    out, positive, alpha = np.empty_like(x), np.empty_like(x, bool), _number(layer.alpha, x)
    forward = [
        partial(np.greater, x, _number(0, x), positive), partial(np.multiply, x, alpha, out),
        partial(np.copyto, out, x, where=positive),
    ]  # fmt: skip

    def back(d_out: Array) -> tuple[Calls, Any]:
        d_x = np.empty_like(d_out)
        return [partial(np.multiply, d_out, alpha, d_x), partial(np.copyto, d_x, d_out, where=positive)], d_x

    return forward, out, back


def _softmax(layer: layers.Layer, x: Array, free: bool, *_: object) -> tuple[Calls, Array, Back]:
    out, product = x if free else np.empty_like(x), np.empty_like(x)
    sums = np.empty_like(x[..., :1])

    def back(d_out: Array) -> tuple[Calls, Any]:
        return [
            partial(np.multiply, d_out, out, product), partial(np.add.reduce, product, -1, None, sums, True),
            partial(np.subtract, d_out, sums, d_out), partial(np.multiply, d_out, out, d_out),
        ], d_out  # fmt: skip

    return _softmax_calls(x, out)[1], out, back


_LAYERS: dict[type[layers.Layer], Callable[..., tuple[Calls, Array, Back]]] = {
    layers.Dense: _dense,
    layers.Dropout: _dropout,
    activations.Step: _step,
    activations.Sigmoid: _sigmoid,
    activations.Tanh: _tanh,
    activations.ReLU: _relu,
    activations.LeakyReLU: _leaky_relu,
    activations.Softmax: _softmax,
}


def _sigmoid_calls(z: Array, out: Array) -> Calls:
    """Return the calls of `activations.sigmoid`; `out` may be `z`."""
    e, one = np.empty_like(z), _number(1, z)
    return [
        partial(np.copysign, z, _number(-1, z), e), partial(np.exp, e, e),  # e^(-|z|), at most 1
        partial(np.heaviside, z, one, out), partial(np.maximum, out, e, out=out),  # 1 where z ≥ 0, else e
        partial(np.add, e, one, e), partial(np.divide, out, e, out),
    ]  # fmt: skip


def _softmax_calls(z: Array, out: Array) -> tuple[Array, Calls]:
    """Return z minus the largest of its row, and the calls of `activations.softmax`; `out` may be `z`."""
    gap, row, sums = np.empty_like(z), np.empty_like(z[..., :1]), np.empty_like(z[..., :1])
    return gap, [
        partial(np.maximum.reduce, z, -1, None, row, True), partial(np.subtract, z, row, gap),
        partial(np.maximum, gap, _number(np.finfo(z.dtype).min, z), out=gap), partial(np.exp, gap, out),
        partial(np.add.reduce, out, -1, None, sums, True), partial(np.divide, out, sums, out),
    ]  # fmt: skip


def _number(value: float | np.floating, like: Array) -> Array:
    """Return the number as an array of no dimensions, which numpy takes more quickly than a Python number."""
    return np.array(value, like.dtype)


# ---- Losses: the calls of `slope` --------------------------------------------------------------------------------------------


# Each of these functions returns the calls that write the slope into d_out, a list of the arrays that the loss is computed from,
# and the function of these and y that computes it.


def _slope(calls: Callable[[Array, Array, Array], Calls]) -> Callable[..., Any]:
    """Return a function for a loss of which nothing but the output is kept; `calls` makes the calls of its slope."""
    return lambda loss, out, y, d_out: (
        calls(out, y, d_out), [out], lambda outs, targets: loss.value(loss.outputs(outs), targets)
    )  # fmt: skip


@_slope
def _squared_error(out: Array, y: Array, d_out: Array) -> Calls:
    return [partial(np.subtract, out, y, d_out), partial(np.multiply, d_out, _number(2, out), d_out)]


@_slope
def _absolute_error(out: Array, y: Array, d_out: Array) -> Calls:
    return [partial(np.subtract, out, y, d_out), partial(np.sign, d_out, d_out)]


@_slope
def _binary_cross_entropy(out: Array, y: Array, d_out: Array) -> Calls:
    p, of_y, other = np.empty_like(out), np.empty_like(y), np.empty_like(out)
    one, tiny = _number(1, out), _number(np.finfo(out.dtype).tiny, out)
    return [
        partial(np.minimum, out, one, out=p), partial(np.maximum, p, tiny, out=d_out), partial(np.negative, y, of_y),
        partial(np.divide, of_y, d_out, d_out),
        partial(np.subtract, one, p, p), partial(np.maximum, p, tiny, out=p), partial(np.subtract, one, y, of_y),
        partial(np.divide, of_y, p, other), partial(np.add, d_out, other, d_out),
    ]  # fmt: skip


@_slope
def _cross_entropy(out: Array, y: Array, d_out: Array) -> Calls:
    one, tiny, minus_y = _number(1, out), _number(np.finfo(out.dtype).tiny, out), np.empty_like(y)
    return [
        partial(np.minimum, out, one, out=d_out), partial(np.maximum, d_out, tiny, out=d_out),
        partial(np.negative, y, minus_y), partial(np.divide, minus_y, d_out, d_out),
    ]  # fmt: skip


@_slope
def _sigmoid_cross_entropy(out: Array, y: Array, d_out: Array) -> Calls:
    return [*_sigmoid_calls(out, d_out), partial(np.subtract, d_out, y, d_out)]


def _softmax_cross_entropy(
    loss: Loss, out: Array, y: Array, d_out: Array
) -> tuple[Calls, list[Array], Callable[..., Array]]:
    """The softmax of the slope has already subtracted the largest of each row, which is most of the work for the loss."""
    gaps, calls = _softmax_calls(out, d_out)

    def value(gaps: Array, targets: Array) -> Array:
        each = -(targets * activations.log_softmax_of_gaps(gaps)).sum(axis=-1, keepdims=True)
        return each.mean(axis=(-2, -1))

    return [*calls, partial(np.subtract, d_out, y, d_out)], [gaps], value


_LOSSES: dict[type[Loss], Callable[..., tuple[Calls, list[Array], Callable[..., Array]]]] = {
    losses.MeanSquaredError: _squared_error,
    losses.MeanAbsoluteError: _absolute_error,
    losses.BinaryCrossEntropy: _binary_cross_entropy,
    losses.CrossEntropy: _cross_entropy,
    losses.SigmoidCrossEntropy: _sigmoid_cross_entropy,
    losses.SoftmaxCrossEntropy: _softmax_cross_entropy,
}


# ---- Optimizers: the calls of `rule` -----------------------------------------------------------------------------------------


class _Update:
    """The steps of an optimizer on the whole vector of weights, and the count of them."""

    def __init__(self, optimizer: Any, weights: _Vector, gradients: Array, memories: Array) -> None:
        self.optimizer, self.t = optimizer, optimizer.t
        w = weights.all
        self.rates = _Vector(weights.parts, np.empty_like(w)) if isinstance(optimizer.lr, np.ndarray) else None
        self.rate, self.corrections = _number(0, w), (_number(1, w), _number(1, w))
        self.calls: list[Callable[[], object]] = [self._next_adam if type(optimizer) is optimizers.Adam else self._next]
        is_short_adam = type(optimizer) is optimizers.Adam and w.size <= SHORT
        rule = _short_adam if is_short_adam else _RULES[type(optimizer)]
        for start in range(0, w.size, CHUNK):
            part = slice(start, start + CHUNK)
            rate = self.rate if self.rates is None else self.rates.all[part]
            calls, change, scratch = rule(optimizer, gradients[:, part], memories[:, part], self.corrections)
            self.calls += [
                *calls, partial(np.multiply, change, rate, scratch), partial(np.subtract, w[part], scratch, w[part])
            ]  # fmt: skip

    def begin(self) -> None:
        """Take over what the optimizer says now, for the steps of one epoch."""
        self.t, lr = self.optimizer.t, self.optimizer.lr
        self.schedule = self.optimizer.rate if callable(lr) else None
        if self.rates is not None:
            for part in self.rates.parts.values():
                part[...] = optimizers.along_first_axis(lr, part)
        elif self.schedule is None:
            self.rate[()] = lr

    def _next(self) -> None:
        """Set the numbers that change from step to step."""
        if self.schedule is not None:
            self.rate[()] = self.schedule(self.t)
        self.t += 1

    def _next_adam(self) -> None:
        self._next()
        for_m, for_s = self.corrections
        for_m[()] = 1 - self.optimizer.beta1**self.t
        for_s[()] = 1 - self.optimizer.beta2**self.t


# Each of these functions is given the optimizer, a stretch of the gradients with a row below them to work in, the same stretch of
# what is remembered, and Adam's two corrections for the step. It returns the calls, where they leave the change, and where the
# change times the rate can be written.


def _sgd(optimizer: optimizers.SGD, gradients: Array, memories: Array, _: object) -> Change:
    g, scratch = gradients
    return [], g, scratch


def _momentum(optimizer: optimizers.Momentum, gradients: Array, memories: Array, _: object) -> Change:
    (g, scratch), (v,) = gradients, memories
    beta = _number(optimizer.beta, g)
    push = g if optimizer.classical else np.empty_like(g)
    calls = [] if optimizer.classical else [partial(np.multiply, g, _number(1 - optimizer.beta, g), push)]
    calls += [partial(np.multiply, v, beta, v), partial(np.add, v, push, v)]
    if not optimizer.nesterov:
        return calls, v, scratch
    return [*calls, partial(np.multiply, v, beta, scratch), partial(np.add, scratch, push, scratch)], scratch, scratch


def _rmsprop(optimizer: optimizers.RMSprop, gradients: Array, memories: Array, _: object) -> Change:
    (g, scratch), (s,) = gradients, memories
    return [
        partial(np.multiply, s, _number(optimizer.rho, g), s), partial(np.square, g, scratch),
        partial(np.multiply, scratch, _number(1 - optimizer.rho, g), scratch), partial(np.add, s, scratch, s),
        partial(np.sqrt, s, scratch), partial(np.add, scratch, _number(optimizer.eps, g), scratch),
        partial(np.divide, g, scratch, scratch),
    ], scratch, scratch  # fmt: skip


def _adam(optimizer: optimizers.Adam, gradients: Array, memories: Array, corrections: Corrections) -> Change:
    (g, scratch), (m, s) = gradients, memories
    calls = [
        partial(np.multiply, m, _number(optimizer.beta1, g), m), partial(np.multiply, s, _number(optimizer.beta2, g), s),
        partial(np.square, g, scratch), partial(np.multiply, scratch, _number(1 - optimizer.beta2, g), scratch),
        partial(np.add, s, scratch, s),
        partial(np.multiply, g, _number(1 - optimizer.beta1, g), g), partial(np.add, m, g, m),
    ]  # fmt: skip
    return _adams_quotient(calls, optimizer, gradients, memories, corrections)


def _short_adam(optimizer: optimizers.Adam, gradients: Array, memories: Array, corrections: Corrections) -> Change:
    """The same for few weights, with m and s in one call where they are treated alike: then the calls are what takes time."""
    keep, take = (
        np.repeat(np.array(shares, gradients.dtype), gradients.shape[1]).reshape(2, -1)
        for shares in ((optimizer.beta1, optimizer.beta2), (1 - optimizer.beta1, 1 - optimizer.beta2))
    )
    calls = [
        partial(np.square, gradients[0], gradients[1]), partial(np.multiply, gradients, take, gradients),
        partial(np.multiply, memories, keep, memories), partial(np.add, memories, gradients, memories),
    ]  # fmt: skip
    return _adams_quotient(calls, optimizer, gradients, memories, corrections)


def _adams_quotient(
    calls: Calls, optimizer: optimizers.Adam, gradients: Array, memories: Array, corrections: Corrections
) -> Change:
    (change, root), (m, s), (for_m, for_s) = gradients, memories, corrections
    return [
        *calls, partial(np.divide, s, for_s, root), partial(np.sqrt, root, root),
        partial(np.add, root, _number(optimizer.eps, m), root),
        partial(_divide_twice, m, for_m, root, change),
    ], change, change  # fmt: skip


def _divide_twice(m: Array, correction: Array, root: Array, change: Array) -> None:
    """Set change = m / correction / root. After some 165 steps in float32 the correction is 1, which divides nothing."""
    if correction.item() != 1:
        m = np.divide(m, correction, change)
    np.divide(m, root, change)


_RULES: dict[type[Optimizer], Callable[..., Change]] = {
    optimizers.SGD: _sgd,
    optimizers.Momentum: _momentum,
    optimizers.RMSprop: _rmsprop,
    optimizers.Adam: _adam,
}
