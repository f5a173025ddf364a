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
    if draw(st.integers(0, 3)) == 0:
        layers.append(nn.Dropout(0.3, rng=rng))
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


@pytest.mark.parametrize("make", OPTIMIZERS)
@pytest.mark.parametrize("width", [100, 300], ids=["too many for one call", "too many for one piece"])
def test_many_weights_are_worked_on_in_another_way_with_the_same_numbers(make, width):
    rng = np.random.default_rng(0)
    network = nn.Network([nn.Dense(3, width, rng=rng), nn.Tanh(), nn.Dense(width, width // 2, rng=rng)])
    size = sum(array.size for array in network.params.values())
    assert size > {100: _workshop.SHORT, 300: _workshop.CHUNK}[width]
    x, y = rng.normal(size=(10, 3)), rng.normal(size=(10, width // 2))
    assert_the_same(*in_both_ways(
        {"network": network, "x": x, "y": y, "loss": nn.MeanSquaredError(), "optimizer": make(0.05), "epochs": 2, "batch_size": 4,
         "rng": rng}
    ))  # fmt: skip


def test_where_only_one_layer_is_a_population_both_ways_refuse_it_alike():
    rng = np.random.default_rng(0)
    network = nn.Network([nn.Dense(3, 4, rng=rng), nn.Tanh(), nn.Dense(4, 2, rng=rng)])
    network.layers[0].params.update({name: np.stack([array] * 2) for name, array in network.layers[0].params.items()})
    assert_the_same(*in_both_ways(
        {"network": network, "x": rng.normal(size=(5, 3)), "y": np.ones((5, 2)), "loss": nn.MeanSquaredError(),
         "optimizer": nn.SGD(0.1), "epochs": 1, "rng": rng}
    ))  # fmt: skip


# ---- When training goes wrong ----------------------------------------------------------------------------------------


def training_of(layers, optimizer, *, loss=None, seed=0, **options):
    """The arguments of a training on 20 rows in batches of 6; one generator draws everything."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(20, 3))
    y = np.column_stack([x[:, 0] > 0, x[:, 0] <= 0]).astype(float)
    return {"network": nn.Network(layers(rng)), "x": x, "y": y, "loss": loss or nn.MeanSquaredError(), "optimizer": optimizer,
            "epochs": 4, "batch_size": 6, "rng": rng, **options}  # fmt: skip


def with_dropout(rng):
    return [nn.Dense(3, 4, rng=rng), nn.Tanh(), nn.Dropout(0.3, rng=rng), nn.Dense(4, 2, rng=rng)]


@pytest.mark.parametrize("kind", [nn.RMSprop, nn.Adam])
def test_squares_of_gradients_that_overflow_are_found_at_the_end_of_the_epoch(kind):
    """Else the average stays infinite, every step is 0, and the network has stopped learning without a word."""
    def layers(rng):
        return [nn.Dense(3, 2, rng=rng, dtype=np.float32)]

    arguments = training_of(layers, kind(0.01))
    arguments["y"] = arguments["y"] * 1e30  # the squared error would overflow; its gradient's square does
    one, other = in_both_ways(arguments | {"loss": nn.MeanAbsoluteError(), "x": arguments["x"] * 1e25})
    assert f"the averages that {kind.__name__} keeps became infinite or nan at step 4, in epoch 1" in one["error"]
    assert_the_same(one, other)


def test_a_validation_loss_that_is_not_finite_ends_both_alike():
    arguments = training_of(with_dropout, nn.SGD(0.1), validation=(np.ones((2, 3)), np.full((2, 2), 1e200)))
    one, other = in_both_ways(arguments)
    assert "the validation loss became inf at step 4, in epoch 1" in one["error"]
    assert_the_same(one, other)


@pytest.mark.parametrize("kind", [nn.SGD, nn.Momentum, nn.RMSprop, nn.Adam])
@pytest.mark.parametrize("lr", [3.0, 1e5, 1e40, 1e160])
def test_a_training_that_diverges_ends_in_the_same_state(kind, lr):
    one, other = in_both_ways(training_of(with_dropout, kind(lr)))
    assert_the_same(one, other)
    if lr == 1e160:
        assert "became" in one["error"]


def test_adam_goes_on_alike_when_its_correction_has_become_one():
    """In float32 that is so after some 165 steps, and then it is no longer divided by."""
    def layers(rng):
        return [nn.Dense(3, 4, rng=rng, dtype=np.float32), nn.Tanh(), nn.Dense(4, 2, rng=rng, dtype=np.float32)]

    one, other = in_both_ways(training_of(layers, nn.Adam(0.01), epochs=60))
    assert one["optimizer"].t == 240 and np.float32(1 - 0.9**240) == 1
    assert_the_same(one, other)


def test_what_a_loss_refuses_after_a_while_is_said_in_the_same_words():
    def layers(rng):
        return [nn.Dense(3, 2, rng=rng, init=lambda rng, shape: np.full(shape, 0.1)), nn.ReLU()]

    one, other = in_both_ways(training_of(layers, nn.SGD(3.0), loss=nn.BinaryCrossEntropy()))
    assert "out must hold probabilities" in one["error"] and one["error"] == other["error"]
    assert one["optimizer"].t == other["optimizer"].t


def test_an_interrupted_training_keeps_what_it_has_learnt(monkeypatch):
    arguments = training_of(with_dropout, nn.Adam(0.01))
    workshop = _workshop.open_workshop(*(arguments[k] for k in ("network", "loss", "optimizer", "x", "y", "batch_size")))
    before = {name: array.copy() for name, array in arguments["network"].params.items()}
    calls = workshop.batches[1].backward  # the last batch of the epoch

    def interrupt():
        raise KeyboardInterrupt

    calls.insert(0, interrupt)
    with pytest.raises(KeyboardInterrupt):
        workshop.epoch(np.arange(20))
    assert arguments["optimizer"].t == 3
    assert all((array != before[name]).any() for name, array in arguments["network"].params.items())


# ---- What others may do meanwhile ------------------------------------------------------------------------------------


def lower_the_rate(progress):
    progress.optimizer.lr /= 2


def change_a_weight(progress):
    progress.network.params["0.W"][0] = 0.5


def drop_more(progress):
    progress.network.layers[2].rate = 0.5


def replace_a_layer(progress):
    progress.network.layers[1] = nn.ReLU()


def forget_more(progress):
    progress.optimizer.beta1 = 0.5


def follow_a_schedule(progress):
    progress.optimizer.lr = nn.CosineDecay(0.1, steps=10)


def put_a_function_in_the_place_of_a_method(progress):
    layer = progress.network.layers[1]
    layer.forward = lambda x: np.tanh(x) / 2


@pytest.mark.parametrize("callback", [
    lower_the_rate, change_a_weight, drop_more, replace_a_layer, forget_more, follow_a_schedule,
    put_a_function_in_the_place_of_a_method,
])  # fmt: skip
def test_a_callback_may_change_what_is_at_work(callback):
    one, other = in_both_ways(training_of(with_dropout, nn.Adam(0.01), callbacks=[callback]))
    assert_the_same(one, other)
    untouched, _ = in_both_ways(training_of(with_dropout, nn.Adam(0.01)))
    assert one["history"].loss[-1] != untouched["history"].loss[-1]


def test_arrays_and_memories_stay_the_objects_they_were():
    arguments = training_of(with_dropout, nn.Momentum(0.1))
    network, optimizer = arguments["network"], arguments["optimizer"]
    arrays = dict(network.params)
    nn.fit(**arguments)
    assert all(array is arrays[name] and array.base is None for name, array in network.params.items())
    memories = optimizer._memories
    optimizer.step(network.params, {name: np.ones_like(array) for name, array in arrays.items()})
    nn.fit(**arguments)
    assert optimizer._memories is memories and optimizer.t == 33


# ---- What is not known -----------------------------------------------------------------------------------------------


class OwnLayer(nn.Tanh):
    """A reader's own."""


class OwnLoss(nn.MeanSquaredError):
    """A reader's own."""


class OwnOptimizer(nn.SGD):
    """A reader's own."""


class OwnNetwork(nn.Network):
    """A reader's own."""


def plain_layers(rng):
    return [nn.Dense(3, 2, rng=rng)]


@pytest.mark.parametrize("arguments", [
    training_of(lambda rng: [*plain_layers(rng), OwnLayer()], nn.SGD(0.1)),
    training_of(plain_layers, nn.SGD(0.1), loss=OwnLoss()),
    training_of(plain_layers, OwnOptimizer(0.1)),
    training_of(plain_layers, nn.SGD(lambda t: 0.1)),
    training_of(plain_layers, nn.SGD(nn.Warmup(3, then=lambda t: 0.1))),
    training_of(plain_layers, nn.SGD(0.1)) | {"network": OwnNetwork(plain_layers(np.random.default_rng(0)))},
], ids=["layer", "loss", "optimizer", "schedule", "schedule after another", "network"])  # fmt: skip
def test_a_readers_own_parts_are_left_to_the_plain_loop(arguments):
    parts = (arguments[k] for k in ("network", "loss", "optimizer", "x", "y", "batch_size"))
    assert _workshop.open_workshop(*parts) is None
    assert nn.fit(**arguments).epochs == 4


# ---- When it opens, and how much it keeps ----------------------------------------------------------------------------


def opened(network=None, x=None, y=None, batch_size=4, **limits):
    """Return the workshop for five rows, or None."""
    network = network or nn.Network(plain_layers(np.random.default_rng(0)))
    x, y = np.ones((5, 3)) if x is None else x, np.ones((5, 2)) if y is None else y
    with pytest.MonkeyPatch.context() as patch:
        for name, value in limits.items():
            patch.setattr(_workshop, name, value)
        return _workshop.open_workshop(network, nn.MeanSquaredError(), nn.SGD(0.1), x, y, batch_size)


def test_it_opens_for_data_in_the_form_and_the_width_that_it_works_in():
    many = nn.Network.population([nn.Network(plain_layers(np.random.default_rng(0)))] * 2)
    assert opened() and opened(many) and opened(many, np.ones((2, 5, 3)), np.ones((2, 5, 2)))
    assert opened(x=np.ones((1, 5, 3))) is None and opened(many, np.ones((1, 2, 5, 3))) is None
    assert opened(y=np.ones((5, 2), np.float32)) is None
    assert opened(nn.Network([nn.Tanh()])) is None


def test_batches_are_as_large_as_is_said_and_the_last_one_takes_the_rest():
    for batch_size, rows in ((4, [4, 1]), (5, [5]), (9, [5]), (1, [1]), (3, [3, 2])):
        assert [batches.rows for batches in opened(batch_size=batch_size).batches] == rows


def test_as_many_outputs_are_kept_as_there_are_batches_and_as_the_limit_allows():
    kept = lambda **options: [len(batches.keeping) for batches in opened(batch_size=2, **options).batches]  # noqa: E731
    assert kept() == [2, 5] and kept(KEPT_BYTES=1) == [1, 1]
    assert kept(KEPT_BYTES=2 * 2 * 8) == [1, 2], "two rows of two numbers, or two of one row"
    rng = np.random.default_rng(0)
    many = nn.Network.population([nn.Network(plain_layers(rng)) for _ in range(2)])
    assert kept(network=many, x=np.ones((2, 5, 3)), y=np.ones((2, 5, 2))) == [2, 5]


def test_few_and_many_weights_are_told_apart_at_the_bounds():
    rng = np.random.default_rng(0)
    network = nn.Network([nn.Dense(3, 2, rng=rng)])  # 8 numbers
    calls = lambda optimizer, **limits: len(_update(network, optimizer, **limits).calls)  # noqa: E731
    assert calls(nn.SGD(0.1), CHUNK=8) == 3 and calls(nn.SGD(0.1), CHUNK=7) == 5 and calls(nn.SGD(0.1), CHUNK=4) == 5
    short, long = calls(nn.Adam(0.1), SHORT=8), calls(nn.Adam(0.1), SHORT=7)
    assert short < long


def _update(network, optimizer, **limits):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in limits.items():
            patch.setattr(_workshop, name, value)
        workshop = _workshop.open_workshop(network, nn.MeanSquaredError(), optimizer, np.ones((5, 3)), np.ones((5, 2)), 4)
    return workshop.update


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_pieces_and_batches_of_any_size_give_the_same(make):
    """With bounds so low that everything is done in several pieces, and the losses of each batch by themselves."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"CHUNK": 5, "SHORT": 0, "KEPT_BYTES": 100}.items():
            patch.setattr(_workshop, name, value)
        assert_the_same(*in_both_ways(training_of(with_dropout, make(0.05))))


def test_a_network_whose_parameters_differ_in_width_is_left_to_the_plain_loop():
    rng = np.random.default_rng(0)
    mixed = nn.Network([nn.Dense(3, 4, rng=rng), nn.Dense(4, 2, rng=rng, dtype=np.float32)])
    assert opened(mixed) is None
    deep = nn.Network(plain_layers(rng))
    deep.layers[0].params.update({name: array[None, None] for name, array in deep.layers[0].params.items()})
    assert opened(deep) is None, "a population of populations"


@pytest.mark.parametrize("members", [None, 1, 3])
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_it_does_the_epochs_itself_and_does_not_leave_them_to_the_plain_loop(loss, members):
    """An error of its own would go unseen: the plain loop would do the epoch again, and give the same numbers later."""
    rng = np.random.default_rng(0)
    last = LAST[type(loss)]() if type(loss) in LAST else nn.LeakyReLU()
    network = nn.Network([nn.Dense(3, 4, rng=rng), nn.Tanh(), nn.Dropout(0.3, rng=rng), nn.Dense(4, 2, rng=rng), last])
    network = nn.Network.population([network] * members) if members else network
    x, y = rng.normal(size=(11, 3)), rng.dirichlet(np.ones(2), size=11)
    for targets in (y, np.stack([y] * members)) if members else (y,):
        workshop = _workshop.open_workshop(network, loss, nn.Adam(0.01), x, targets, 4)
        assert np.isfinite(workshop.epoch(rng.permutation(11))).all() and workshop.optimizer.t == 3
