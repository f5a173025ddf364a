"""The bridge to PyTorch: the same network as a module, with the same weights. PyTorch is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnlearn import _checks
from nnlearn.activations import LeakyReLU, ReLU, Sigmoid, Softmax, Step, Tanh
from nnlearn.layers import Dense, Dropout, Layer
from nnlearn.network import Network


def to_torch(network: Network) -> Any:
    """Return a copy of `network` as a PyTorch module (`torch.nn.Sequential`), with the same weights in the same dtype.

    Outputs and gradients of the two agree to rounding. The layers keep their places: the gradient of "0.W" is that of
    `module[0].weight`, transposed, because PyTorch keeps the weights of a dense layer as (n_out, n_in). Nothing is shared;
    training one leaves the other as it is.

    The module is in evaluation mode (Dropout off) unless the network's own Dropout layers are switched on; call
    `module.train()` before training. The masks of Dropout come from PyTorch's generator, and so are not the same ones.

    Raises ImportError where PyTorch is missing, ValueError for a population, and TypeError for a layer that has no like
    in PyTorch: `Step`, whose derivative is 0 everywhere, and layers of your own.

    >>> import numpy as np
    >>> network = Network([Dense(2, 3, rng=np.random.default_rng(0)), ReLU()])
    >>> to_torch(network)
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
    )
    """
    _checks.instance(network, Network, "network", "Network([Dense(2, 1, rng=rng)])")
    if network.is_population:
        raise ValueError("network must be a single network, got a population; convert network.member(k) for each k")
    torch = _torch()
    module = torch.nn.Sequential(*(_converted(torch, layer, place) for place, layer in enumerate(network.layers)))
    return module.train(any(isinstance(layer, Dropout) and layer.training for layer in network.layers))


def _converted(torch: Any, layer: Layer, place: int) -> Any:
    """Return the PyTorch module that computes what `layer` computes."""
    if type(layer) is Step:
        raise TypeError(
            f"layers[{place}] is Step(), which has no like in PyTorch: its derivative is 0 everywhere, "
            "so that nothing in front of it could learn"
        )
    if type(layer) not in _LIKE:
        known = ", ".join(kind.__name__ for kind in _LIKE)
        raise TypeError(f"layers[{place}] must be one of {known}; to_torch does not know {layer!r}")
    return _LIKE[type(layer)](torch, layer)


def _linear(torch: Any, layer: Dense) -> Any:
    weights, biases = layer.params["W"], layer.params["b"]
    dtype = getattr(torch, weights.dtype.name)
    # Without first weights of its own: drawing them would move PyTorch's random generator.
    linear = torch.nn.utils.skip_init(torch.nn.Linear, layer.n_in, layer.n_out, dtype=dtype)
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(weights.T.copy()))  # (n_out, n_in)
        linear.bias.copy_(torch.from_numpy(biases[0].copy()))  # (n_out,)
    return linear


_LIKE: dict[type[Layer], Callable[[Any, Any], Any]] = {
    Dense: _linear,
    Dropout: lambda torch, layer: torch.nn.Dropout(layer.rate),
    Sigmoid: lambda torch, layer: torch.nn.Sigmoid(),
    Tanh: lambda torch, layer: torch.nn.Tanh(),
    ReLU: lambda torch, layer: torch.nn.ReLU(),
    LeakyReLU: lambda torch, layer: torch.nn.LeakyReLU(layer.alpha),
    Softmax: lambda torch, layer: torch.nn.Softmax(dim=-1),
}


def _torch() -> Any:
    """Return the package torch, or say how to get it."""
    try:
        import torch
    except ImportError as error:
        raise ImportError('to_torch needs PyTorch: pip install "nnlearn[torch]"') from error
    return torch
