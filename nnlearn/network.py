"""A network is a chain of layers: the output of each is the input of the next."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from nnlearn import _checks
from nnlearn._types import Array, Gradients, Params
from nnlearn.layers import Dense, Dropout, Layer


class Network(Layer):
    """A chain of layers. A network among the layers stands for its own layers, which become part of the chain.

    A layer with parameters may stand in it once; an activation, which keeps nothing, as often as you like.

    `trace` returns every intermediate value; these are all that `backward` needs:

        values = network.trace(x)                     # [x, output of layer 0, output of layer 1, ...]
        d_out = loss.gradient(values[-1], y)
        d_x, gradients = network.backward(values, d_out)

    Parameters and gradients have the same keys, the layer's place in the chain and the parameter's name: "0.W".

    Raises TypeError for what is not a layer, ValueError for no layers, or widths that do not fit; the methods for
    arrays that do not fit the network.

    >>> from nnlearn import Dense, Network, Sigmoid
    >>> rng = np.random.default_rng(0)
    >>> network = Network([Dense(2, 3, rng=rng), Sigmoid(), Dense(3, 1, rng=rng)])
    >>> [value.shape for value in network.trace(np.zeros((5, 2)))]
    [(5, 2), (5, 3), (5, 3), (5, 1)]
    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        if isinstance(layers, (Layer, str)) or not np.iterable(layers):
            raise TypeError(f"layers must be a list of layers, got {_checks.describe(layers)}")
        self.layers: list[Layer] = []
        for place, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise TypeError(f"layers[{place}] must be a layer, such as ReLU(), got {layer!r}")
            self.layers += layer.layers if isinstance(layer, Network) else [layer]
        if not self.layers:
            raise ValueError("layers must hold at least one layer, got none")
        _check_each_once(self.layers)
        _check_widths(self.layers)

    @property
    def params(self) -> Params:  # type: ignore[override]  # its layers hold them
        """All parameters by name. The arrays are the layers' own: changing one in place changes the network.

        The table itself is read-only, since putting another array into it would change nothing:
        write `network.params["0.W"][:] = array`.
        """
        return MappingProxyType(
            {
                f"{place}.{name}": array
                for place, layer in enumerate(self.layers)
                for name, array in layer.params.items()
            }
        )

    @property
    def n_params(self) -> int:
        """The number of trainable numbers (in all members of a population together)."""
        return sum(array.size for array in self.params.values())

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters; float64 for a network without any."""
        return next((array.dtype for array in self.params.values()), np.dtype(float))

    # ---- Computing ---------------------------------------------------------------------------------------------

    def forward(self, x: ArrayLike) -> Array:
        """Return the network's output for the rows of `x`."""
        return self.trace(x)[-1]

    def trace(self, x: ArrayLike) -> list[Array]:
        """Return every value on the way: [x, output of layer 0, output of layer 1, ...]."""
        values = [self._own_rows(self._inputs(x))]
        for layer in self.layers:
            values.append(layer.forward(values[-1]))
        return values

    def backward(  # type: ignore[override]  # a chain has more values than an input and an output
        self, values: list[Array], d_out: ArrayLike, *, input_gradient: bool = True
    ) -> tuple[Array | None, Gradients]:
        """Pass d_out = ∂L/∂(output) back through the chain; return d_x = ∂L/∂x and the parameters' gradients.

        `values` is what `trace` returned. Training has no use for d_x; with `input_gradient=False` the first layer
        does not compute it, and None is returned in its place.
        """
        if not isinstance(values, list) or len(values) != len(self.layers) + 1:
            raise ValueError(
                f"values must be the list of {len(self.layers) + 1} arrays that trace(x) returned, "
                f"got {_checks.describe(values)}"
            )
        self._check_values(values)
        d_out = _checks.as_dtype(_checks.real_array(d_out, "d_out"), values[-1].dtype, "d_out")
        if d_out.shape != values[-1].shape:
            raise ValueError(f"d_out must have the shape of the output, {values[-1].shape}, got {d_out.shape}")
        gradients = {}
        for place in reversed(range(len(self.layers))):
            layer, x, out = self.layers[place], values[place], values[place + 1]
            if place == 0 and not input_gradient:
                found = layer.param_gradients(x, out, d_out)
            else:
                d_out, found = layer.backward(x, out, d_out)
            for name, gradient in found.items():
                gradients[f"{place}.{name}"] = gradient
        return d_out if input_gradient else None, gradients

    def predict(self, x: ArrayLike) -> Array:
        """Return the output for `x` with Dropout switched off; a single example (n_in,) gives a single output."""
        x = _checks.real_array(x, "x")
        with self.training(False):
            return self.forward(x[None, :])[..., 0, :] if x.ndim == 1 else self.forward(x)

    @contextmanager
    def training(self, on: bool = True) -> Iterator[Network]:
        """Within `with network.training():` the Dropout layers drop; afterwards each is as it was before."""
        on = _checks.flag(on, "on")
        dropouts = [layer for layer in self.layers if isinstance(layer, Dropout)]
        before = [layer.training for layer in dropouts]
        for layer in dropouts:
            layer.training = on
        try:
            yield self
        finally:
            for layer, mode in zip(dropouts, before, strict=True):
                layer.training = mode

    # ---- Copies and populations --------------------------------------------------------------------------------

    def copy(self) -> Network:
        """Return a network of its own: same layers, same parameters, nothing shared."""
        return copy.deepcopy(self)

    def astype(self, dtype: DTypeLike) -> Network:
        """Return a copy with all parameters in float32 or float64.

        Raises ValueError where float32 cannot hold a parameter.
        """
        dtype = _checks.float_dtype(dtype)
        return self._rebuilt(lambda key, array: np.array(_checks.as_dtype(array, dtype, key)))

    @classmethod
    def population(cls, networks: Iterable[Network]) -> Network:
        """Return one network that holds K networks of the same form, along a leading axis of every parameter.

        Everything else stays the same code: x (n, n_in) gives an output (K, n, n_out), a loss of shape (K,) and
        gradients of shape (K, ...). The networks are copied.
        """
        if isinstance(networks, Layer) or not np.iterable(networks):
            raise TypeError(f"networks must be a list of networks, got {_checks.describe(networks)}")
        networks = list(networks)
        if not networks:
            raise ValueError("networks must hold at least one network, got none")
        for k, network in enumerate(networks):
            _checks.instance(network, Network, f"networks[{k}]", "Network([Dense(2, 1, rng=rng)])")
        first = networks[0]
        form = [(type(layer), layer.settings()) for layer in first.layers]
        for k, network in enumerate(networks):
            if [(type(layer), layer.settings()) for layer in network.layers] != form:
                raise ValueError(f"networks must all have the same layers; networks[{k}] differs from networks[0]")
            if network.is_population:
                raise ValueError(f"networks must be single networks, networks[{k}] is a population already")
        return first._rebuilt(lambda key, array: np.stack([network.params[key] for network in networks]))

    @property
    def is_population(self) -> bool:
        """Whether the parameters have a leading population axis."""
        return any(array.ndim > 2 for array in self.params.values())

    def member(self, k: int) -> Network:
        """Return network k of a population, as a single network of its own; raises IndexError where there is none."""
        if not self.is_population:
            raise ValueError("member(k) needs a population; this is a single network")
        k = _checks.count(k, "k", least=0)
        if k >= self._size:
            raise IndexError(f"k must be below the population's size {self._size}, got {k}")
        return self._rebuilt(lambda key, array: array[k].copy())

    # ---- Looking at it -----------------------------------------------------------------------------------------

    def summary(self) -> str:
        """Return a table of the layers, with the shape of each output and the number of parameters, as text."""
        rows = [("layer", "output", "parameters", "count")]
        width = None
        for place, layer in enumerate(self.layers):
            width = getattr(layer, "n_out", width)
            shapes = "  ".join(f"{name} {array.shape}" for name, array in layer.params.items())
            count = sum(array.size for array in layer.params.values())
            rows.append((f"{place} {layer!r}", f"(n, {'?' if width is None else width})", shapes, f"{count:,}"))
        rows.append(("total", "", "", f"{self.n_params:,}"))
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines = [
            f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]:>{widths[3]}}"
            for row in rows
        ]
        rule = "-" * len(lines[0])
        return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])

    def __repr__(self) -> str:
        return f"Network([{', '.join(map(repr, self.layers))}])"

    # ---- Helpers -----------------------------------------------------------------------------------------------

    def _inputs(self, x: ArrayLike) -> Array:
        """Return `x` in the dtype of the parameters, so that a float32 network stays one."""
        x = _checks.real_array(x, "x")
        if x.ndim < 2:
            raise ValueError(f"x must hold one example in each row, shape (n, n_in), got {x.shape}")
        if x.ndim > 2 and self.is_population and x.shape[-3] not in (1, self._size):
            raise ValueError(f"x must be shared or hold rows for each of the {self._size} networks, got {x.shape}")
        return x.astype(self.dtype, copy=False) if self.params else x

    def _check_values(self, values: list[Array]) -> None:
        """Raise an error where `values` cannot be what `trace` returned."""
        for place, value in enumerate(values):
            if not isinstance(value, np.ndarray) or value.dtype not in _checks.FLOATS or value.ndim < 2:
                raise TypeError(f"values must be arrays that trace(x) returned, values[{place}] is {_checks.describe(value)}")
        for place, layer in enumerate(self.layers):
            if isinstance(layer, Dense):
                x, out = values[place].shape, values[place + 1].shape
                if (x[-1], out[-1]) != (layer.n_in, layer.n_out) or x[-2] != out[-2]:
                    raise ValueError(
                        f"values must be what trace(x) returned, (n, {layer.n_in}) before and (n, {layer.n_out}) behind "
                        f"layers[{place}], got {x} and {out}"
                    )

    def _own_rows(self, x: Array) -> Array:
        """Return shared rows once for each network of a population, where a Dropout layer is to drop some of them.

        Behind the first layer with parameters each network has rows of its own anyway, and so drops units of its own.
        """
        first = next((place for place, layer in enumerate(self.layers) if layer.params), 0)
        drops = any(isinstance(layer, Dropout) and layer.training for layer in self.layers[:first])
        return np.broadcast_to(x, (self._size, *x.shape[-2:])) if drops and self.is_population else x

    @property
    def _size(self) -> int:
        """The number of networks in a population."""
        return len(next(iter(self.params.values())))

    def _rebuilt(self, change: Callable[[str, Array], Array]) -> Network:
        """Return a copy in which every parameter is `change(key, array)`."""
        rebuilt = self.copy()
        rebuilt._set_params({key: change(key, array) for key, array in self.params.items()})
        return rebuilt

    def _set_params(self, params: Params) -> None:
        """Put other arrays in the place of the layers' own."""
        for key, array in params.items():
            place, name = key.split(".", 1)
            self.layers[int(place)].params[name] = array


def _check_each_once(layers: list[Layer]) -> None:
    """Raise a ValueError where a layer with parameters stands in two places: an optimizer would step twice with them.

    A layer without any, such as an activation, is a pure function and may be used again.
    """
    places: dict[int, int] = {}
    for place, layer in enumerate(layers):
        first = places.setdefault(id(layer), place)
        if first != place and layer.params:
            raise ValueError(
                f"layers must be different objects where they have parameters, got the same {layer!r} as layers[{first}] "
                f"and layers[{place}]; make a second one"
            )


def _check_widths(layers: list[Layer]) -> None:
    """Raise a ValueError where a Dense layer does not take what the one before it gives."""
    width, giver = None, None
    for place, layer in enumerate(layers):
        takes = getattr(layer, "n_in", None)
        if takes is not None and width is not None and takes != width:
            raise ValueError(
                f"layers[{place}] takes {takes} values, but layers[{giver}] before it gives {width}"
            )
        gives = getattr(layer, "n_out", None)
        if gives is not None:
            width, giver = gives, place
