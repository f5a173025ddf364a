"""The inside of `fit`: a whole epoch in arrays that were made once, number for number what the plain loop gives.

The plain loop (`training._plain_epoch`) calls layers, loss and optimizer as a reader would, and every call makes new arrays. For
small networks most of the time goes into that and into checks that say the same at every step. Here a step is a list of numpy
calls whose arguments exist already. They are the operations of the readable code in the same order, so that not a digit
changes, and what is known beforehand is done beforehand:

- all weights lie in one vector, all gradients in another, so that an optimizer works on a few long vectors;
- the rows of several batches are fetched at once, and the losses of several batches are computed at once.

A network keeps its own arrays: they are read when an epoch begins and written when it has ended well. Where it has not (a loss
that is not finite, values that a loss refuses), nothing is written, and the plain loop does the epoch again and says what is wrong.
For parts that are not known here, such as a reader's own layer, there is no workshop, and the plain loop does all.
"""

from functools import partial

import numpy as np

from nnlearn import activations, layers, losses, optimizers, schedules
from nnlearn.network import Network

# Rows of about so many bytes are fetched at once: many batches of a small data set, one of a large.
BLOCK_BYTES = 2**18
# An optimizer works on so many weights at once, all that it needs of them being in the processor's cache.
CHUNK = 2**14
# Up to this width numpy adds a row to every row more slowly than BLAS multiplies it by a column of ones.
NARROW = 64


def open_workshop(network, loss, optimizer, x, y, batch_size):
    """Return a `Workshop` for these parts and data, or None if one of them is not known here."""
    if _form(network, loss, optimizer) is None or x.ndim > 2 and not network.is_population or y.dtype != x.dtype:
        return None
    return Workshop(network, loss, optimizer, x, y, batch_size)


class Workshop:
    """Trains a network epoch by epoch. `x` and `y` are as `fit` has checked them, in the dtype of the network."""

    def __init__(self, network, loss, optimizer, x, y, batch_size):
        self.network, self.loss, self.optimizer = network, loss, optimizer
        self.x, self.y, self.batch_size = x, y, min(batch_size, x.shape[-2])
        self._prepare()

    def _prepare(self):
        """Make every array and every call that an epoch needs."""
        self._form_prepared_for = _form(self.network, self.loss, self.optimizer)
        self.weights, self.gradients = _Vector(self.network.params), _Vector(self.network.params)
        self.memories = [_Vector(self.network.params) for _ in range(self.optimizer.memory)]
        self.update = _Update(self.optimizer, self.weights, self.gradients, self.memories)
        n, size = self.x.shape[-2], self.batch_size
        row_bytes = self.x.nbytes // n + self.y.nbytes // n
        at_once = min(max(1, BLOCK_BYTES // (row_bytes * size)), n // size)
        self.batches = _Batches(self, size, at_once)
        self.last = _Batches(self, n % size, 1) if n % size else None

    def epoch(self, order):
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
        if total is None or not np.isfinite(self.weights.all).all():
            for generator, state in zip(generators, states, strict=True):
                generator.state = state
            return None
        self._write()
        return total

    def _all_batches(self, order):
        total, done, block = 0.0, 0, self.batches.rows * len(self.batches.slots)
        whole = len(order) - len(order) % self.batches.rows
        pieces = [(self.batches, order[start : min(start + block, whole)]) for start in range(0, whole, block)]
        if self.last is not None:
            pieces.append((self.last, order[whole:]))
        for batches, rows in pieces:
            for batch_loss in batches.train(rows, self.update) or ():
                total = total + batch_loss * batches.rows
                done += batches.rows
        return total if done == len(order) else None

    def _read(self):
        """Take over the weights of the network, and what the optimizer remembers and says now."""
        self.weights.read(self.network.params)
        remembered = self.optimizer._memories
        for place, vector in enumerate(self.memories):
            if remembered is None:
                vector.all.fill(0)
            else:
                vector.read({name: arrays[place] for name, arrays in remembered.items()})
        self.update.begin()

    def _write(self):
        """Give the network and the optimizer what the epoch has made of it."""
        params = self.network.params
        self.weights.write(params)
        remembered = self.optimizer._memories_of(params)
        for place, vector in enumerate(self.memories):
            vector.write({name: arrays[place] for name, arrays in remembered.items()})
        self.optimizer.t = self.update.t


# ---- What is known here ------------------------------------------------------------------------------------------------------


def _form(network, loss, optimizer):
    """Return all that the prepared calls depend on, to be compared; None where a part is not one of this package's own."""
    params = network.params
    shapes = [(name, array.shape, array.dtype) for name, array in params.items()]
    if not params or type(loss) not in _SLOPES or type(optimizer) not in _RULES or type(network) is not Network:
        return None
    if len({(array.dtype, array.shape[:-2]) for array in params.values()}) > 1 or shapes[0][1][1:-2]:
        return None
    parts = [network, loss, optimizer, *network.layers]
    if any(callable(getattr(type(part), name, None)) for part in parts for name in vars(part)):
        return None  # somebody has put a function of their own in the place of a method
    if not _is_known_rate(optimizer.lr):
        return None
    form = [shapes, np.ndim(optimizer.lr), [(name, value) for name, value in optimizer.settings().items() if name != "lr"]]
    for layer in network.layers:
        if type(layer) not in _LAYERS:
            return None
        form.append((layer, layer.settings(), getattr(layer, "rng", None)))
    return form


def _can_step(optimizer, params):
    """Whether the optimizer would take a step with these parameters; if not, the plain loop raises its error."""
    try:
        optimizer._check(params, params)
        for array in params.values():
            optimizers.along_first_axis(0.0 if callable(optimizer.lr) else optimizer.lr, array)
    except (TypeError, ValueError):
        return False
    return True


def _is_known_rate(lr):
    """Whether `lr` is a number, numbers, or a schedule of this package, which looks at nothing but the step."""
    if type(lr) is schedules.Warmup:
        return _is_known_rate(lr.then)
    return type(lr) in (float, np.ndarray, schedules.StepDecay, schedules.ExponentialDecay, schedules.CosineDecay)


# ---- Vectors and batches -----------------------------------------------------------------------------------------------------


class _Vector:
    """One long vector (`all`) that has room for every parameter, and a view of its part for each (`parts`)."""

    def __init__(self, params):
        sizes = [array.size for array in params.values()]
        self.all = np.zeros(sum(sizes), next(iter(params.values())).dtype)
        pieces = np.split(self.all, np.cumsum(sizes)[:-1])
        self.parts = {
            name: piece.reshape(array.shape) for (name, array), piece in zip(params.items(), pieces, strict=True)
        }

    def read(self, arrays):
        """Take over the numbers of these arrays."""
        for name, part in self.parts.items():
            np.copyto(part, arrays[name])

    def write(self, arrays):
        """Give these arrays the numbers of the vector."""
        for name, part in self.parts.items():
            np.copyto(arrays[name], part)


class _Batches:
    """Everything for batches of `rows` rows, of which `at_once` are fetched in one go."""

    def __init__(self, workshop, rows, at_once):
        self.x, self.y, self.loss, self.rows = workshop.x, workshop.y, workshop.loss, rows
        self.fetched_x, self.fetched_y = (_rows_like(array, rows * at_once) for array in (self.x, self.y))
        places = [slice(i * rows, (i + 1) * rows) for i in range(at_once)]
        single = at_once == 1
        x, y = (array if single else _rows_like(array, rows) for array in (self.fetched_x, self.fetched_y))
        forward, backward, out = _calls(workshop, x, y)
        self.outs = np.empty((at_once, *out.shape), out.dtype)
        self.slots = []
        for place, kept in zip(places, self.outs, strict=True):
            fetch = [] if single else [
                partial(np.copyto, x, self.fetched_x[..., place, :]), partial(np.copyto, y, self.fetched_y[..., place, :])
            ]  # fmt: skip
            self.slots.append([*fetch, *forward, partial(np.copyto, kept, out), *backward])

    def train(self, rows, update):
        """Take one step on each batch of these rows; return the list of their losses, or None if one is not finite."""
        count = len(rows) // self.rows
        x, y = self.fetched_x[..., : len(rows), :], self.fetched_y[..., : len(rows), :]
        # Every row number is in range; "clip" alone lets numpy write straight into `out`.
        np.take(self.x, rows, axis=-2, out=x, mode="clip")
        np.take(self.y, rows, axis=-2, out=y, mode="clip")
        for calls in self.slots[:count]:
            for call in calls:
                call()
            update.step()
        found = self._losses(self.outs[:count], y.reshape(*y.shape[:-2], count, self.rows, y.shape[-1]))
        return found if found is not None and np.isfinite(found).all() else None

    def _losses(self, outs, y):
        """Return the loss of each batch. The batches stand one behind the other as the networks of a population do."""
        if outs.ndim > 3:
            y = np.ascontiguousarray(np.moveaxis(y, -3, 0)) if y.ndim > 3 else y[:, None]
        try:
            found = self.loss.value(self.loss.outputs(outs), y)
        except ValueError:  # not probabilities
            return None
        return found.tolist() if found.ndim == 1 else list(found)


def _rows_like(array, rows):
    """Return an empty array with so many rows, and for the rest like `array`."""
    return np.empty((*array.shape[:-2], rows, array.shape[-1]), array.dtype)


def _room(shape, dtype):
    """Return an empty array. For a population, K rows that belong to the same example lie together in memory.

    Then a bias is added to, and summed over, long stretches. Sums over a column of width 1 depend on where it lies; it stays
    in the usual order, as in the plain loop.
    """
    if len(shape) < 3 or shape[-1] == 1:
        return np.empty(shape, dtype)
    return np.empty((shape[1], shape[0], shape[2]), dtype).swapaxes(0, 1)


# ---- Layers: the calls of forward and of backward ----------------------------------------------------------------------------


def _calls(workshop, x, y):
    """Return the calls of one step up to the gradients, those of forward and of backward, and the output's array."""
    forward, passing_back, out, free = [], [], x, False
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
    d_out = np.empty_like(out)
    backward = _SLOPES[type(workshop.loss)](out, y, d_out)
    backward.append(partial(np.divide, d_out, _number(workshop.loss.averaged_over(out), out), d_out))
    for back in reversed(passing_back):
        calls, d_out = back(d_out)
        backward += calls
    return forward, backward, out


# Each of these functions is given the layer, its input, whether it may write over that, and the layer's weights and gradients by
# name. It returns the calls of forward, the output, and a function that is given d_out and returns the calls of backward
# and d_x; these may write over d_out.


def _dense(layer, x, free, weights, gradients, wants_d_x):
    w, b = weights["W"], weights["b"]
    product = np.dot if w.ndim == 2 else np.matmul  # the same numbers; dot starts sooner
    out = _room((*w.shape[:-2], x.shape[-2], w.shape[-1]), w.dtype)
    forward = [partial(product, x, w, out)]
    if w.ndim == 2 and 1 < layer.n_out <= NARROW:
        ones, everywhere = np.ones((len(x), 1), w.dtype), np.empty_like(out)
        forward += [partial(np.dot, ones, b, everywhere), partial(np.add, out, everywhere, out)]
    else:
        forward.append(partial(np.add, out, b, out))

    def back(d_out):
        calls = [
            partial(product, x.mT, d_out, gradients["W"]),
            partial(np.add.reduce, d_out, -2, None, gradients["b"], True),
        ]
        if not wants_d_x:
            return calls, None
        d_x = _room((*w.shape[:-2], *x.shape[-2:]), w.dtype)
        return [*calls, partial(product, d_out, w.mT, d_x)], d_x

    return forward, out, back


def _dropout(layer, x, free, *_):
    out, drawn, silenced = x if free else np.empty_like(x), np.empty(x.shape), np.empty(x.shape, bool)
    share, zero, minus_zero = (_number(value, x) for value in (1 - layer.rate, 0.0, -0.0))
    forward = [
        partial(layer.rng.random, out=drawn), partial(np.less, drawn, layer.rate, silenced),
        partial(np.divide, x, share, out), partial(np.add, out, zero, out),
        partial(np.copyto, out, minus_zero, where=silenced),
    ]  # fmt: skip

    def back(d_out):
        return [partial(np.divide, d_out, share, d_out), partial(np.copyto, d_out, zero, where=silenced)], d_out

    return forward, out, back


def _step(layer, x, free, *_):
    out = x if free else np.empty_like(x)
    return [partial(np.heaviside, x, _number(1, x), out)], out, lambda d_out: ([partial(d_out.fill, 0)], d_out)


def _sigmoid(layer, x, free, *_):
    out, rest, one = x if free else np.empty_like(x), np.empty_like(x), _number(1, x)

    def back(d_out):
        return [
            partial(np.multiply, d_out, out, d_out), partial(np.subtract, one, out, rest),
            partial(np.multiply, d_out, rest, d_out),
        ], d_out  # fmt: skip

    return _sigmoid_calls(x, out), out, back


def _tanh(layer, x, free, *_):
    out, slope, one = x if free else np.empty_like(x), np.empty_like(x), _number(1, x)

    def back(d_out):
        return [
            partial(np.square, out, slope), partial(np.subtract, one, slope, slope),
            partial(np.multiply, d_out, slope, d_out),
        ], d_out  # fmt: skip

    return [partial(np.tanh, x, out)], out, back


def _relu(layer, x, free, *_):
    out, passes = x if free else np.empty_like(x), np.empty_like(x, bool)
    zero = _number(0, x)

    def back(d_out):  # the output is positive where the input is
        return [partial(np.greater, out, zero, passes), partial(np.multiply, d_out, passes, d_out)], d_out

    return [partial(np.maximum, x, zero, out=out)], out, back


def _leaky_relu(layer, x, free, *_):
    out, positive, alpha = np.empty_like(x), np.empty_like(x, bool), _number(layer.alpha, x)
    forward = [
        partial(np.greater, x, _number(0, x), positive), partial(np.multiply, x, alpha, out),
        partial(np.copyto, out, x, where=positive),
    ]  # fmt: skip

    def back(d_out):
        d_x = np.empty_like(d_out)
        return [partial(np.multiply, d_out, alpha, d_x), partial(np.copyto, d_x, d_out, where=positive)], d_x

    return forward, out, back


def _softmax(layer, x, free, *_):
    out, product = x if free else np.empty_like(x), np.empty_like(x)
    sums = np.empty_like(x[..., :1])

    def back(d_out):
        return [
            partial(np.multiply, d_out, out, product), partial(np.add.reduce, product, -1, None, sums, True),
            partial(np.subtract, d_out, sums, d_out), partial(np.multiply, d_out, out, d_out),
        ], d_out  # fmt: skip

    return _softmax_calls(x, out), out, back


_LAYERS = {
    layers.Dense: _dense,
    layers.Dropout: _dropout,
    activations.Step: _step,
    activations.Sigmoid: _sigmoid,
    activations.Tanh: _tanh,
    activations.ReLU: _relu,
    activations.LeakyReLU: _leaky_relu,
    activations.Softmax: _softmax,
}


def _sigmoid_calls(z, out):
    """Return the calls of `activations.sigmoid`; `out` may be `z`."""
    e, positive, one = np.empty_like(z), np.empty_like(z, bool), _number(1, z)
    return [
        partial(np.greater_equal, z, _number(0, z), positive), partial(np.abs, z, e), partial(np.negative, e, e),
        partial(np.exp, e, e), partial(np.copyto, out, e), partial(np.copyto, out, one, where=positive),
        partial(np.add, e, one, e), partial(np.divide, out, e, out),
    ]  # fmt: skip


def _softmax_calls(z, out):
    """Return the calls of `activations.softmax`; `out` may be `z`."""
    row = np.empty_like(z[..., :1])
    return [
        partial(np.maximum.reduce, z, -1, None, row, True), partial(np.subtract, z, row, out),
        partial(np.maximum, out, _number(np.finfo(z.dtype).min, z), out=out), partial(np.exp, out, out),
        partial(np.add.reduce, out, -1, None, row, True), partial(np.divide, out, row, out),
    ]  # fmt: skip


def _number(value, like):
    """Return the number as an array of no dimensions, which numpy takes more quickly than a Python number."""
    return np.array(value, like.dtype)


# ---- Losses: the calls of `slope` --------------------------------------------------------------------------------------------


def _squared_error(out, y, d_out):
    return [partial(np.subtract, out, y, d_out), partial(np.multiply, d_out, _number(2, out), d_out)]


def _absolute_error(out, y, d_out):
    return [partial(np.subtract, out, y, d_out), partial(np.sign, d_out, d_out)]


def _binary_cross_entropy(out, y, d_out):
    p, of_y = np.empty_like(out), np.empty_like(y)
    one, tiny = _number(1, out), _number(np.finfo(out.dtype).tiny, out)
    other = np.empty_like(out)
    return [
        partial(np.minimum, out, one, out=p), partial(np.maximum, p, tiny, out=d_out), partial(np.negative, y, of_y),
        partial(np.divide, of_y, d_out, d_out),
        partial(np.subtract, one, p, p), partial(np.maximum, p, tiny, out=p), partial(np.subtract, one, y, of_y),
        partial(np.divide, of_y, p, other), partial(np.add, d_out, other, d_out),
    ]  # fmt: skip


def _cross_entropy(out, y, d_out):
    one, tiny, minus_y = _number(1, out), _number(np.finfo(out.dtype).tiny, out), np.empty_like(y)
    return [
        partial(np.minimum, out, one, out=d_out), partial(np.maximum, d_out, tiny, out=d_out), partial(np.negative, y, minus_y),
        partial(np.divide, minus_y, d_out, d_out),
    ]  # fmt: skip


def _sigmoid_cross_entropy(out, y, d_out):
    return [*_sigmoid_calls(out, d_out), partial(np.subtract, d_out, y, d_out)]


def _softmax_cross_entropy(out, y, d_out):
    return [*_softmax_calls(out, d_out), partial(np.subtract, d_out, y, d_out)]


_SLOPES = {
    losses.MeanSquaredError: _squared_error,
    losses.MeanAbsoluteError: _absolute_error,
    losses.BinaryCrossEntropy: _binary_cross_entropy,
    losses.CrossEntropy: _cross_entropy,
    losses.SigmoidCrossEntropy: _sigmoid_cross_entropy,
    losses.SoftmaxCrossEntropy: _softmax_cross_entropy,
}


# ---- Optimizers: the calls of `rule` -----------------------------------------------------------------------------------------


class _Update:
    """One step of an optimizer on the whole vector of weights, and the count of its steps."""

    def __init__(self, optimizer, weights, gradients, memories):
        self.optimizer, self.t = optimizer, optimizer.t
        w = weights.all
        self.rates = _Vector(weights.parts) if np.ndim(optimizer.lr) else None
        self.rate = _number(0, w)
        self.corrections = _number(1, w), _number(1, w)
        self.calls = []
        for start in range(0, w.size, CHUNK):
            part = slice(start, start + CHUNK)
            rate = self.rate if self.rates is None else self.rates.all[part]
            scratch = np.empty_like(w[part])
            memory = [vector.all[part] for vector in memories]
            calls, change = _RULES[type(optimizer)](optimizer, gradients.all[part], memory, scratch, self.corrections)
            self.calls += [
                *calls, partial(np.multiply, change, rate, scratch), partial(np.subtract, w[part], scratch, w[part])
            ]  # fmt: skip

    def begin(self):
        """Take over what the optimizer says now, for the steps of one epoch."""
        self.t = self.optimizer.t
        if self.rates is not None:
            for part in self.rates.parts.values():
                part[...] = optimizers.along_first_axis(self.optimizer.lr, part)
        elif not callable(self.optimizer.lr):
            self.rate[()] = self.optimizer.lr

    def step(self):
        """Take the step, with the gradients as they are now."""
        if callable(self.optimizer.lr):
            self.rate[()] = self.optimizer.rate(self.t)
        self.t += 1
        if type(self.optimizer) is optimizers.Adam:
            for correction, beta in zip(self.corrections, (self.optimizer.beta1, self.optimizer.beta2), strict=True):
                correction[()] = 1 - beta**self.t
        for call in self.calls:
            call()


# Each of these functions is given the optimizer, a stretch of the gradients and of its memories, an array to work in, and Adam's two
# corrections for the step. It returns the calls, and where they leave the change.


def _sgd(optimizer, g, memory, scratch, _):
    return [], g


def _momentum(optimizer, g, memory, scratch, _):
    (v,) = memory
    beta, push = _number(optimizer.beta, g), g if optimizer.classical else np.empty_like(g)
    calls = [] if optimizer.classical else [partial(np.multiply, g, _number(1 - optimizer.beta, g), push)]
    calls += [partial(np.multiply, v, beta, v), partial(np.add, v, push, v)]
    if not optimizer.nesterov:
        return calls, v
    return [*calls, partial(np.multiply, v, beta, scratch), partial(np.add, scratch, push, scratch)], scratch


def _rmsprop(optimizer, g, memory, scratch, _):
    (s,) = memory
    return [
        partial(np.multiply, s, _number(optimizer.rho, g), s), partial(np.square, g, scratch),
        partial(np.multiply, scratch, _number(1 - optimizer.rho, g), scratch), partial(np.add, s, scratch, s),
        partial(np.sqrt, s, scratch), partial(np.add, scratch, _number(optimizer.eps, g), scratch),
        partial(np.divide, g, scratch, scratch),
    ], scratch  # fmt: skip


def _adam(optimizer, g, memory, scratch, corrections):
    m, s = memory
    m_correction, s_correction = corrections
    root = np.empty_like(g)
    return [
        partial(np.multiply, m, _number(optimizer.beta1, g), m),
        partial(np.multiply, g, _number(1 - optimizer.beta1, g), scratch), partial(np.add, m, scratch, m),
        partial(np.multiply, s, _number(optimizer.beta2, g), s), partial(np.square, g, scratch),
        partial(np.multiply, scratch, _number(1 - optimizer.beta2, g), scratch), partial(np.add, s, scratch, s),
        partial(np.divide, s, s_correction, root), partial(np.sqrt, root, root),
        partial(np.add, root, _number(optimizer.eps, g), root),
        partial(np.divide, m, m_correction, scratch), partial(np.divide, scratch, root, scratch),
    ], scratch  # fmt: skip


_RULES = {
    optimizers.SGD: _sgd,
    optimizers.Momentum: _momentum,
    optimizers.RMSprop: _rmsprop,
    optimizers.Adam: _adam,
}
