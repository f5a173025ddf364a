"""Every layer with every loss: backpropagation against centred differences for 200 seeds, h = 1e-5 in float64.

The 200 networks of a case are one population, each with data and targets of its own. The error is taken by norm: for
each network and each parameter (and the input) ‖backward - numeric‖ / (‖backward‖ + ‖numeric‖).

Kinks are kept away from by construction: the data of a seed is drawn again until no weighted sum lies within 0.01 of 0,
a thousand times the nudge, and the targets of the absolute error are put at least 0.1 away from the predictions. Losses
of probabilities stand behind a sigmoid or a softmax. The slopes ±1 of the absolute error have one sign in a column
and the other in the next: else they could cancel to a gradient of exactly 0 (over the rows; through a softmax, over the
columns), next to which any rounding of the difference is an error of 1.
"""

import numpy as np
import pytest

import nnlearn as nn

SEEDS, H, LIMIT = 200, 1e-5, 1e-7
N, WIDTHS = 5, (3, 4, 3)


def nothing():
    """Return no layer at all: Dense alone."""
    return []


def dropout():
    return [nn.Dropout(0.4, rng=np.random.default_rng(0))]


LAYERS = {
    "Dense": nothing,
    "Step": lambda: [nn.Step()],
    "Sigmoid": lambda: [nn.Sigmoid()],
    "Tanh": lambda: [nn.Tanh()],
    "ReLU": lambda: [nn.ReLU()],
    "LeakyReLU": lambda: [nn.LeakyReLU(0.1)],
    "Softmax": lambda: [nn.Softmax()],
    "Dropout off": dropout,
    "Dropout on": dropout,
}
# What stands in front of the loss so that its input is valid.
HEADS = {
    nn.MeanSquaredError: nothing,
    nn.MeanAbsoluteError: nothing,
    nn.CrossEntropy: lambda: [nn.Softmax()],
    nn.BinaryCrossEntropy: lambda: [nn.Sigmoid()],
    nn.SoftmaxCrossEntropy: nothing,
    nn.SigmoidCrossEntropy: nothing,
}
# Layers whose own output is what the loss takes; Step passes nothing back, so a loss behind it has nothing to show.
LAST = [
    (layer, loss)
    for loss in HEADS
    for layer in LAYERS
    if loss not in (nn.CrossEntropy, nn.BinaryCrossEntropy) or layer in ("Sigmoid", "Softmax")
]


def draw(seed, layers, n_dense):
    """Return a network of this form and rows for it, with every weighted sum at least 0.01 away from 0."""
    rng = np.random.default_rng(seed)
    dense = [nn.Dense(WIDTHS[i], WIDTHS[i + 1], rng=rng) for i in range(n_dense)]
    for layer in dense:
        layer.params["b"] += rng.normal(0, 0.5, layer.params["b"].shape)
    while True:
        x = rng.normal(size=(N, WIDTHS[0]))
        if np.abs(dense[0].forward(x)).min() >= 0.01:
            return nn.Network([dense[0], *layers(), *dense[1:]]), x


def targets(loss, out, rng):
    """Return targets that are valid for the loss; for the absolute error none is near its prediction."""
    if isinstance(loss, nn.MeanAbsoluteError):
        signs = rng.choice([-1, 1], (SEEDS, 1, 1)) * np.resize([1, -1], out.shape[-1])
        return out + signs * rng.uniform(0.1, 1, out.shape)
    y = rng.uniform(0, 1, out.shape)
    if isinstance(loss, (nn.CrossEntropy, nn.SoftmaxCrossEntropy)):
        y /= y.sum(axis=-1, keepdims=True)
    return y


def worst_error(layer, loss, *, last):
    """Return the largest norm-wise error of any parameter or input, over all seeds."""
    n_dense = 1 if last else 2
    singles, x = zip(*(draw(seed, LAYERS[layer], n_dense) for seed in range(SEEDS)), strict=True)
    x = np.stack(x)
    head = nothing if last else HEADS[type(loss)]
    network = nn.Network([nn.Network.population(singles), *head()])

    def trace():
        for part in network.layers:
            if isinstance(part, nn.Dropout):
                part.rng = np.random.default_rng(1)  # the same mask every time
                part.training = layer == "Dropout on"
        return network.trace(x)

    values = trace()
    y = targets(loss, values[-1], np.random.default_rng(2))
    d_x, gradients = network.backward(values, loss.gradient(values[-1], y))
    worst = 0.0
    for name, array in {"x": x, **network.params}.items():
        backward = (d_x if name == "x" else gradients[name]).reshape(SEEDS, -1)
        flat, numeric = array.reshape(SEEDS, -1), np.empty_like(backward)
        assert np.shares_memory(flat, array)
        for coordinate in range(flat.shape[1]):
            kept = flat[:, coordinate].copy()
            flat[:, coordinate] = up = kept + H
            higher = loss(trace()[-1], y)
            flat[:, coordinate] = down = kept - H
            numeric[:, coordinate] = (higher - loss(trace()[-1], y)) / (up - down)
            flat[:, coordinate] = kept
        sizes = np.linalg.norm(backward, axis=1) + np.linalg.norm(numeric, axis=1)
        errors = np.linalg.norm(backward - numeric, axis=1) / np.where(sizes == 0, 1, sizes)
        assert np.isfinite(errors).all()
        assert sizes.any() or layer == "Step"
        worst = max(worst, errors.max())
    return worst


@pytest.mark.parametrize("loss", HEADS, ids=lambda loss: loss.__name__)
@pytest.mark.parametrize("layer", LAYERS)
def test_gradients_of_every_layer_with_every_loss(layer, loss):
    assert worst_error(layer, loss(), last=False) <= LIMIT


@pytest.mark.parametrize(("layer", "loss"), LAST, ids=lambda part: part if isinstance(part, str) else part.__name__)
def test_gradients_of_every_layer_directly_in_front_of_the_loss(layer, loss):
    assert worst_error(layer, loss(), last=True) <= LIMIT
