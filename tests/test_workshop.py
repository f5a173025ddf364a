"""The inside of `fit` and the plain loop give the same numbers, the same errors and the same state of every object."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlearn as nn
from nnlearn import _workshop

ACTIVATIONS = [nn.Step, nn.Sigmoid, nn.Tanh, nn.ReLU, nn.LeakyReLU, nn.Softmax]
LOSSES = [
    nn.MeanSquaredError(), nn.MeanAbsoluteError(), nn.BinaryCrossEntropy(), nn.CrossEntropy(), nn.SigmoidCrossEntropy(),
    nn.SoftmaxCrossEntropy(),
]  # fmt: skip
LAST = {nn.BinaryCrossEntropy: nn.Sigmoid, nn.CrossEntropy: nn.Softmax}
SCHEDULES = [
    nn.StepDecay(0.05, every=3), nn.ExponentialDecay(0.05, half_life=5), nn.CosineDecay(0.05, steps=9),
    nn.Warmup(4, then=0.05), nn.Warmup(4, then=nn.CosineDecay(0.05, steps=9)),
]  # fmt: skip
OPTIMIZERS = [
    nn.SGD, nn.Momentum, lambda lr: nn.Momentum(lr, classical=True), lambda lr: nn.Momentum(lr, nesterov=True), nn.RMSprop,
    nn.Adam,
]  # fmt: skip
EPOCHS = 3


@st.composite
def trainings(draw):
    """A whole training: network, data, loss, optimizer and batch size."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    widths = draw(st.lists(st.sampled_from([1, 2, 3, 5, 16, 70]), min_size=2, max_size=4))
    members = draw(st.sampled_from([None, None, 1, 3]))
    # In float32 an adaptive optimizer blows up what rounding does to a gradient that is almost zero.
    dtype = draw(st.sampled_from([np.float32, np.float64])) if members is None else np.float64
    layers = [draw(st.sampled_from(ACTIVATIONS))()] if draw(st.booleans()) else []
    for n_in, n_out in zip(widths, widths[1:], strict=False):
        layers.append(nn.Dense(n_in, n_out, rng=rng, dtype=dtype))
        layers += [kind() for kind in draw(st.lists(st.sampled_from(ACTIVATIONS), max_size=2))]
        if draw(st.integers(0, 3)) == 0:
            layers.append(nn.Dropout(0.3, rng=rng))
    loss = draw(st.sampled_from(LOSSES))
    if type(loss) in LAST:
        layers.append(LAST[type(loss)]())
    network = nn.Network(layers)
    n = draw(st.integers(1, 40))
    own_x = members is not None and draw(st.booleans())
    x = rng.normal(size=(members, n, widths[0]) if own_x else (n, widths[0]))
    y = rng.dirichlet(np.ones(widths[-1]), size=(members, n) if members and draw(st.booleans()) else n)
    lr = draw(st.sampled_from([0.05, *SCHEDULES]))
    if members is not None:
        network = nn.Network.population([network, *[network.copy() for _ in range(members - 1)]])
        for array in network.params.values():
            array += 0.1 * rng.normal(size=array.shape).astype(dtype)
        if draw(st.booleans()):
            lr = 0.05 * rng.random(members) + 0.01
    return {
        "network": network, "x": x, "y": y, "loss": loss, "optimizer": draw(st.sampled_from(OPTIMIZERS))(lr), "epochs": EPOCHS,
        "batch_size": draw(st.sampled_from([None, 1, 4, 7, 50])), "rng": rng,
    }  # fmt: skip


def in_both_ways(arguments):
    """Train in the workshop and in the plain loop, each with its own copy; return what each leaves."""
    left = []
    for opening in (_workshop.open_workshop, lambda *parts: None):
        own = copy.deepcopy(arguments)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_workshop, "open_workshop", opening)
            try:
                own["history"] = nn.fit(**own)
            except (nn.TrainingDiverged, ValueError) as error:
                own["error"] = f"{type(error).__name__}: {error}"
        left.append(own)
    return left


def assert_the_same(one, other, *, rounding=0.0):
    assert one.get("error") == other.get("error")
    for name, array in one["network"].params.items():
        np.testing.assert_allclose(array, other["network"].params[name], rtol=rounding, atol=rounding, err_msg=name)
        assert array.dtype == other["network"].params[name].dtype
    if "history" in one:
        np.testing.assert_allclose(one["history"].loss, other["history"].loss, rtol=rounding)
        assert [type(entry) for entry in one["history"].loss] == [type(entry) for entry in other["history"].loss]
    assert one["optimizer"].t == other["optimizer"].t
    assert (one["optimizer"]._memories is None) == (other["optimizer"]._memories is None)
    for name, arrays in (one["optimizer"]._memories or {}).items():
        for array, other_array in zip(arrays, other["optimizer"]._memories[name], strict=True):
            np.testing.assert_allclose(array, other_array, rtol=rounding, atol=rounding)
    # The same numbers were drawn, for the order of the rows and for what is dropped.
    assert one["rng"].bit_generator.state == other["rng"].bit_generator.state


@given(trainings())
def test_the_workshop_gives_the_numbers_of_the_plain_loop(arguments):
    workshop = _workshop.open_workshop(
        arguments["network"], arguments["loss"], arguments["optimizer"], arguments["x"].astype(arguments["network"].dtype),
        arguments["y"].astype(arguments["network"].dtype), arguments["batch_size"] or len(arguments["x"]),
    )  # fmt: skip
    assert workshop is not None
    assert_the_same(*in_both_ways(arguments), rounding=1e-9 if arguments["network"].is_population else 0.0)
