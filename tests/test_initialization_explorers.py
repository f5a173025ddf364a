"""Chapter 13: what the explorers draw is what the stack computes, and what their sentences claim holds over seeds."""

import numpy as np
import pytest

import nnlearn
from nnlearn.explore import initialization


@pytest.mark.parametrize("activation", initialization.ACTIVATIONS)
def test_values_and_gradients_are_those_of_a_network(activation):
    forward, back = initialization.through_layers(activation, 1.0, seed=3, width=6, depth=3)
    rng = np.random.default_rng(3)
    layers = []
    for _ in range(3):
        layer = nnlearn.Dense(6, 6, rng=rng, init=lambda rng, shape: rng.normal(0, 1 / np.sqrt(6), shape))
        layers += [layer, initialization.ACTIVATIONS[activation]()]
    network, x = nnlearn.Network(layers), rng.normal(0, 1, (200, 6))
    values = network.trace(x)
    assert all(np.allclose(mine, theirs) for mine, theirs in zip(forward, values[2::2], strict=True))
    d_x, gradients = network.backward(values, rng.normal(0, 1, (200, 6)))
    assert np.allclose(gradients["0.b"], back[0].sum(axis=0))
    assert np.allclose(d_x, back[0] @ layers[0].params["W"].T)


@pytest.mark.parametrize(
    ("activation", "factor", "low", "high"),
    [("ReLU", np.sqrt(2), 0.3, 3), ("ReLU", 1, 0, 0.1), ("tanh", 1, 0.15, 0.5), ("tanh", 0.5, 0, 0.003), ("ReLU", 4, 1e3, 1e6)],
)
def test_the_spread_after_ten_layers_over_ten_seeds(activation, factor, low, high):
    spreads = [initialization.through_layers(activation, factor, seed)[0][-1].std() for seed in range(10)]
    assert low <= min(spreads) and max(spreads) <= high


def test_a_deep_sigmoid_network_loses_its_gradient_at_every_sensible_spread():
    for factor in (0.5, 1, np.sqrt(2), 2):
        sizes = [np.abs(initialization.through_layers("sigmoid", factor, seed)[1][0]).max() for seed in range(10)]
        assert max(sizes) < 0.002


def test_the_curves_say_what_the_chapter_says():
    for activation in ("tanh", "ReLU"):
        ends = {way: losses[-1] for way, losses in initialization.training_curves(activation).items()}
        assert ends["He"].max() < ends["Xavier"].min()
        for way in ("all equal", "too small"):
            assert np.abs(ends[way] - np.log(10)).max() < 0.05


def test_a_wide_histogram_is_where_many_values_are():
    explorer = initialization.LayersExplorer()
    explorer.update("tanh", 4)
    outline = explorer.shapes[0].get_xy()

    def width(low, high):
        return np.ptp(outline[(outline[:, 1] >= low) & (outline[:, 1] <= high), 0])

    assert width(0.7, 1.3) > width(-0.3, 0.3)  # saturated: most values are near -1 and 1


def test_a_histogram_ends_where_its_values_end():
    explorer = initialization.LayersExplorer()
    explorer.update("tanh", 4)
    heights = explorer.shapes[-1].get_xy()[:, 1]
    assert -1.4 < heights.min() <= -1 and 1 <= heights.max() < 1.4
