"""fit: the same as the loop by hand, what it stops for, what it writes down and whom it tells."""

import sys

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.training import Progress, shuffled_batches

MSE, SOFTMAX = nn.MeanSquaredError(), nn.SoftmaxCrossEntropy()


def data(n=20, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    return x, np.column_stack([x[:, 0] - x[:, 1], np.tanh(x[:, 2])])


def small(seed=0, dtype=float, *, rate=None):
    rng = np.random.default_rng(seed)
    middle = [nn.Tanh()] if rate is None else [nn.Tanh(), nn.Dropout(rate, rng=np.random.default_rng(seed + 100))]
    return nn.Network([nn.Dense(3, 4, rng=rng, dtype=dtype), *middle, nn.Dense(4, 2, rng=rng, dtype=dtype)])


def train(network, *, optimizer=None, epochs=3, batch_size=6, seed=1, loss=MSE, xy=None, **options):
    x, y = data() if xy is None else xy
    return nn.fit(
        network, x, y, loss=loss, optimizer=optimizer or nn.SGD(0.1), epochs=epochs, batch_size=batch_size,
        rng=np.random.default_rng(seed), **options,
    )  # fmt: skip


def assert_same_params(one, other):
    assert one.params.keys() == other.params.keys()
    for name in one.params:
        np.testing.assert_array_equal(one.params[name], other.params[name])


# ---- The loop ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rate", [None, 0.3])
@pytest.mark.parametrize("make", [lambda: nn.SGD(0.1), lambda: nn.Momentum(0.1), lambda: nn.Adam(0.01)])
def test_fit_is_the_loop_by_hand_bit_for_bit(make, rate, dtype):
    fitted, by_hand = small(0, dtype, rate=rate), small(0, dtype, rate=rate)
    x, y = data()
    history = train(fitted, optimizer=make())
    optimizer, rng = make(), np.random.default_rng(1)
    means = []
    for _ in range(3):
        order, losses = rng.permutation(20), []
        for start in range(0, 20, 6):
            rows = order[start : start + 6]
            with by_hand.training():
                values = by_hand.trace(x[rows])
                d_out = MSE.gradient(values[-1], y[rows])
                _, gradients = by_hand.backward(values, d_out)
            losses += [float(MSE(values[-1], y[rows]))] * len(rows)
            optimizer.step(by_hand.params, gradients)
        means.append(np.mean(losses))
    assert_same_params(fitted, by_hand)
    assert all(array.dtype == dtype for array in fitted.params.values())
    np.testing.assert_allclose(history.loss, means, rtol=1e-12)
    assert history.epochs == 3 and history.validation_loss == [] and history.metrics == {}
    assert all(type(entry) is float for entry in history.loss)


def test_shuffled_batches_show_each_row_once_and_differ_between_epochs():
    rng = np.random.default_rng(0)
    epochs = [list(shuffled_batches(rng, 23, 5)) for _ in range(4)]
    for batches in epochs:
        assert [len(rows) for rows in batches] == [5, 5, 5, 5, 3]
        assert sorted(np.concatenate(batches)) == list(range(23))
    # Not only the order of the batches changes, but also who is in a batch with whom.
    together = [{frozenset(rows.tolist()) for rows in batches} for batches in epochs]
    for one in range(4):
        for other in range(one):
            assert not together[one] & together[other]


def test_every_row_is_shown_once_an_epoch_with_its_own_target():
    seen = []

    class Recorder(nn.MeanSquaredError):
        def value(self, out, y):
            seen.append(y.copy())
            return super().value(out, y)

    x, y = data()
    train(small(), loss=Recorder(), epochs=2)
    assert len(seen) == 8
    for epoch in (seen[:4], seen[4:]):
        rows = np.concatenate(epoch)
        np.testing.assert_array_equal(rows[np.argsort(rows[:, 0])], y[np.argsort(y[:, 0])])
    assert not np.array_equal(seen[0], seen[4])


def test_no_batch_size_is_the_whole_set_and_a_larger_one_too():
    one, other, steps = small(), small(), []
    train(one, batch_size=None, callbacks=[lambda progress: steps.append(progress.step)])
    train(other, batch_size=1000)
    assert steps == [1, 2, 3]
    assert_same_params(one, other)


def test_no_epochs_change_nothing():
    network = small()
    history = train(network, epochs=0)
    assert_same_params(network, small())
    assert history.epochs == 0 and repr(history) == "History(0 epochs)"
    assert repr(nn.History(loss=[0.5])) == "History(1 epoch, loss 0.5 -> 0.5)"


def test_training_goes_on_where_it_stopped():
    once, twice = small(), small()
    optimizer, rng = nn.Adam(0.01), np.random.default_rng(1)
    x, y = data()
    train(once, optimizer=nn.Adam(0.01), epochs=4)
    for _ in range(2):
        nn.fit(twice, x, y, loss=MSE, optimizer=optimizer, epochs=2, batch_size=6, rng=rng)
    assert_same_params(once, twice)


def test_it_learns():
    history = train(small(), optimizer=nn.Adam(0.02), epochs=150)
    assert history.loss[-1] < history.loss[0] / 50
    assert repr(history).startswith("History(150 epochs, loss ")


def test_the_data_is_not_changed_and_may_be_read_only_views():
    x, y = data()
    wide_x, wide_y = np.zeros((40, 6)), np.zeros((2, 20))
    wide_x[::2, ::2], wide_y[:] = x, y.T
    for array in (x, y, wide_x, wide_y):
        array.flags.writeable = False
    one, other = small(), small()
    train(one, xy=(x, y), validation=(x, y))
    train(other, xy=(wide_x[::2, ::2], wide_y.T), validation=(wide_x[::2, ::2], wide_y.T))
    assert_same_params(one, other)
    np.testing.assert_array_equal(x, data()[0])
    np.testing.assert_array_equal(y, data()[1])


def test_lists_and_labels_are_taken_as_the_loss_takes_them():
    x = [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    one, other = small(), small()
    train(one, loss=SOFTMAX, xy=(x, [0, 1, 1]))
    train(other, loss=SOFTMAX, xy=(np.array(x, float), np.eye(2)[[0, 1, 1]]))
    assert_same_params(one, other)


# ---- Populations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [MSE, SOFTMAX], ids=repr)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_population_learns_what_its_members_learn(loss, dtype):
    x, y = data()
    if loss is SOFTMAX:
        y = (y[:, 0] > 0).astype(int)
    rates = [0.3, 0.01, 0.1]
    many = nn.Network.population([small(k, dtype) for k in range(3)])
    validation = x[:7], y[:7]
    history = train(many, loss=loss, optimizer=nn.Momentum(rates), xy=(x, y), validation=validation)
    assert history.loss[0].shape == history.validation_loss[0].shape == (3,)
    tolerance = 1e-13 if dtype is np.float64 else 1e-5
    for k, rate in enumerate(rates):
        single = small(k, dtype)
        own = train(single, loss=loss, optimizer=nn.Momentum(rate), xy=(x, y), validation=validation)
        np.testing.assert_allclose([entry[k] for entry in history.loss], own.loss, rtol=tolerance)
        np.testing.assert_allclose([entry[k] for entry in history.validation_loss], own.validation_loss, rtol=tolerance)
        member = many.member(k)
        for name, array in single.params.items():
            assert member.params[name].dtype == dtype
            np.testing.assert_allclose(member.params[name], array, rtol=tolerance, atol=tolerance)
    assert "(mean of 3)" in repr(history)


def test_each_network_of_a_population_may_have_data_of_its_own():
    x, y = data()
    xs, ys = np.stack([x, x[::-1]]), np.stack([y, -y[::-1]])
    many = nn.Network.population([small(0), small(1)])
    train(many, xy=(xs, ys))
    for k in range(2):
        single = small(k)
        train(single, xy=(xs[k], ys[k]))
        for name, array in single.params.items():
            np.testing.assert_allclose(many.params[name][k], array, rtol=1e-12, atol=1e-14)


# ---- What is written down ----------------------------------------------------------------------------------------


def test_validation_and_metrics_are_taken_after_every_epoch_with_dropout_off():
    x, y = data()
    network, seen = small(rate=0.5), []
    validation = x[:5] * 2, y[:5]

    def metric(out, targets):
        seen.append((out, targets))
        return len(seen)

    history = train(
        network, validation=validation, metrics={"calls": metric},
        callbacks=[lambda progress: seen.append(MSE(network.predict(validation[0]), y[:5]))],
    )  # fmt: skip
    assert history.metrics == {"calls": [1, 3, 5]}
    assert history.validation_loss == seen[1::2]
    for out, targets in seen[::2]:
        assert out.shape == (5, 2)
        np.testing.assert_array_equal(targets, y[:5])
    assert not network.layers[2].training


def test_metrics_get_the_labels_as_they_were_given():
    x, y = data()
    labels, given = (y[:, 0] > 0).astype(int), []
    train(small(), loss=SOFTMAX, xy=(x, labels), epochs=1, metrics={"share": lambda out, y: given.append(y)})
    np.testing.assert_array_equal(given[0], labels)
    train(small(), loss=SOFTMAX, xy=(x, labels), epochs=1, validation=(x[:4], labels[:4].tolist()),
          metrics={"share": lambda out, y: given.append(y)})  # fmt: skip
    np.testing.assert_array_equal(given[1], labels[:4])


@pytest.mark.parametrize("rows", [19, 21])
def test_there_has_to_be_one_target_for_each_row(rows):
    x, y = data()
    y = np.resize(y, (rows, 2))
    with pytest.raises(ValueError, match=rf"y must hold one target for each of the 20 rows of x, got shape \({rows}, 2\)"):
        nn.fit(small(), x, y, loss=MSE, optimizer=nn.SGD(lr=0.1), epochs=1, rng=np.random.default_rng(0))


def test_metrics_without_validation_are_those_of_the_training_rows():
    x, _ = data()
    history = train(small(), metrics={"rows": lambda out, y: (out.shape, y.shape)})
    assert history.metrics["rows"] == [((20, 2), (20, 2))] * 3
    assert history.validation_loss == []


# ---- Callbacks ---------------------------------------------------------------------------------------------------


class Listener:
    def __init__(self, name, heard, stop_at=None, error=None):
        self.name, self.heard, self.stop_at, self.error = name, heard, stop_at, error

    def __call__(self, progress):
        self.heard.append((self.name, progress.epoch, progress.step, progress.history.epochs))
        if self.error == progress.epoch:
            raise KeyError("a callback's own fault")
        return progress.epoch == self.stop_at

    def finish(self, progress):
        self.heard.append((self.name, "finish"))


def test_callbacks_are_called_in_order_after_every_epoch_and_at_the_end():
    heard = []
    train(small(), epochs=2, callbacks=[Listener("a", heard), Listener("b", heard), lambda progress: None])
    assert heard == [("a", 1, 4, 1), ("b", 1, 4, 1), ("a", 2, 8, 2), ("b", 2, 8, 2), ("a", "finish"), ("b", "finish")]


def test_all_hear_of_the_epoch_in_which_one_stops():
    heard = []
    history = train(small(), epochs=9, callbacks=(Listener("a", heard, stop_at=2), Listener("b", heard)))
    assert history.epochs == 2
    assert heard[-4:] == [("a", 2, 8, 2), ("b", 2, 8, 2), ("a", "finish"), ("b", "finish")]


def test_finish_is_called_also_when_a_callback_fails_or_training_diverges():
    heard = []
    with pytest.raises(KeyError, match="own fault"):
        train(small(), callbacks=[Listener("a", heard, error=2)])
    assert heard[-1] == ("a", "finish")
    heard.clear()
    with pytest.raises(nn.TrainingDiverged):
        train(small(), optimizer=nn.SGD(1e200), callbacks=[Listener("a", heard)])
    assert heard == [("a", "finish")]


@pytest.mark.parametrize(
    ("answer", "epochs"),
    [(True, 1), (np.True_, 1), (False, 3), (np.False_, 3), (None, 3), (1, 3), ("yes", 3), (np.ones(3), 3)],
    ids=repr,
)
def test_only_true_stops_pythons_and_numpys(answer, epochs):
    assert train(small(), callbacks=[lambda progress: answer]).epochs == epochs


def test_a_callback_may_compare_losses():
    history = train(small(), epochs=50, callbacks=[lambda progress: progress.history.loss[-1] < 0.5])
    assert history.loss[-1] < 0.5 <= history.loss[-2]
    assert history.epochs < 50


def test_progress_tells_of_the_objects_at_work():
    network, optimizer, told = small(), nn.SGD(0.1), []
    history = train(network, optimizer=optimizer, epochs=1, callbacks=[told.append])
    assert told[0].network is network and told[0].optimizer is optimizer and told[0].history is history
    assert told[0].epochs == 1


# ---- Early stopping ----------------------------------------------------------------------------------------------


BEST = 10


def best_after_10():
    """Return training rows, and validation rows whose targets are what `small` says after 10 epochs of SGD(0.1).

    The validation loss falls to 0 there and then rises, exactly.
    """
    teacher, (x, y) = small(), data()
    train(teacher, epochs=BEST)
    return (x, y), (x * 1.5, teacher.predict(x * 1.5))


def test_early_stopping_puts_the_best_weights_back():
    xy, validation = best_after_10()
    network, expected, stop = small(), small(), nn.EarlyStopping(patience=4)
    assert stop.best_epoch == 0, "before any"
    history = train(network, xy=xy, validation=validation, epochs=500, callbacks=[stop])
    train(expected, epochs=BEST)
    assert (stop.best_epoch, stop.best_loss) == (BEST, 0)
    assert history.epochs == BEST + 4
    assert history.validation_loss[-1] > 0
    assert_same_params(network, expected)


def test_early_stopping_puts_the_best_back_also_when_the_epochs_run_out_or_a_callback_stops():
    xy, validation = best_after_10()
    expected = small()
    train(expected, epochs=BEST)
    for options in ({"epochs": 14}, {"epochs": 500, "callbacks": [lambda p: p.epoch == 14]}):
        network = small()
        callbacks = [*options.pop("callbacks", []), nn.EarlyStopping(patience=400)]
        history = train(network, xy=xy, validation=validation, callbacks=callbacks, **options)
        assert history.epochs == 14
        assert_same_params(network, expected)


def test_min_delta_asks_for_more():
    losses = [1.0, 0.95, 0.8, 0.75, 0.75, 0.72]  # against 1.0 only 0.8 is lower by more than 0.1, and then none
    for min_delta, best_epoch, stops in ((0.1, 3, 6), (0.0, 6, None)):
        stop, history = nn.EarlyStopping(patience=3, min_delta=min_delta), nn.History()
        answers = []
        for epoch, loss in enumerate(losses, 1):
            history.validation_loss.append(loss)
            answers.append(stop(Progress(small(), nn.SGD(0.1), history, epochs=9, epoch=epoch)))
        assert answers == [epoch == stops for epoch in range(1, 7)]
        assert stop.best_epoch == best_epoch


def test_patience_may_be_long():
    stop, history = nn.EarlyStopping(patience=1000), nn.History(validation_loss=[1.0])
    answers = [stop(Progress(small(), nn.SGD(0.1), history, epochs=9999, epoch=epoch)) for epoch in (1, 1000, 1001, 1002)]
    assert answers == [False, False, True, True]


def test_the_first_epoch_may_be_the_best():
    stop, history, answers = nn.EarlyStopping(patience=2), nn.History(), []
    for epoch, loss in enumerate([0.5, 0.6, 0.7], 1):
        history.validation_loss.append(loss)
        answers.append(stop(Progress(small(), nn.SGD(0.1), history, epochs=9, epoch=epoch)))
    assert answers == [False, False, True] and (stop.best_epoch, stop.best_loss) == (1, 0.5)


def test_early_stopping_may_be_used_again_and_forgets_the_last_network():
    xy, validation = best_after_10()
    stop = nn.EarlyStopping(patience=3)
    train(small(), xy=xy, validation=validation, epochs=20, callbacks=[stop])
    second, fresh = small(5), small(5)
    history = train(second, xy=xy, validation=validation, epochs=20, callbacks=[stop])
    expected = train(fresh, xy=xy, validation=validation, epochs=20, callbacks=[nn.EarlyStopping(patience=3)])
    assert history.validation_loss == expected.validation_loss
    assert_same_params(second, fresh)


@pytest.mark.parametrize("options", [{"epochs": 0}, {"optimizer": nn.SGD(1e200)}], ids=["no epoch", "diverged"])
def test_early_stopping_gives_no_network_the_weights_of_another(options):
    xy, validation = best_after_10()
    stop, network = nn.EarlyStopping(), small(7)
    train(small(), xy=xy, validation=validation, callbacks=[stop])
    try:
        train(network, xy=xy, validation=validation, callbacks=[stop], **options)
    except nn.TrainingDiverged:
        assert options["optimizer"].t > 0
    assert_same_params(network, small(7))


# ---- When it goes wrong ------------------------------------------------------------------------------------------


def test_fit_stops_at_the_first_loss_that_is_not_finite_and_says_where_and_what_to_try():
    network = small()
    with pytest.raises(nn.TrainingDiverged) as caught:
        train(network, optimizer=nn.SGD(1e160), epochs=5)
    text = str(caught.value)
    assert text.startswith("the loss became inf at step 2, in epoch 1, with lr = 1e+160. Try a learning rate ten times")
    assert "standardize" in text and "SoftmaxCrossEntropy" in text
    assert isinstance(caught.value, ArithmeticError)
    assert caught.value.history.epochs == 0
    assert_same_params(network, small())


def test_where_the_first_loss_is_not_finite_the_first_rate_is_told():
    with pytest.raises(nn.TrainingDiverged, match=r"inf at step 1, in epoch 1, with lr = 0.1\. Try"):
        train(small(), optimizer=nn.SGD(lambda t: 0.1 / (t + 1)), xy=(data()[0], data()[1] * 1e200))


def test_the_history_and_the_weights_of_the_finished_epochs_are_kept():
    network, kept = small(), []
    schedule = lambda t: 1e170 if t == 9 else 0.1  # noqa: E731
    with pytest.raises(nn.TrainingDiverged, match="at step 11, in epoch 3, with lr = 1e.170") as caught:
        train(network, optimizer=nn.SGD(schedule), epochs=5,
              callbacks=[lambda p: kept.append({k: v.copy() for k, v in p.network.params.items()})])  # fmt: skip
    assert caught.value.history.epochs == len(kept) == 2
    for name, array in network.params.items():
        np.testing.assert_array_equal(array, kept[-1][name])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", [MSE, nn.MeanAbsoluteError(), nn.SigmoidCrossEntropy()], ids=repr)
@pytest.mark.parametrize("make", [nn.SGD, nn.Momentum, nn.RMSprop, nn.Adam])
@pytest.mark.parametrize("lr", [10.0, 1e10, 1e37])
def test_the_weights_are_finite_whatever_the_rate(lr, make, loss, dtype):
    rng = np.random.default_rng(2)
    layers = [nn.Dense(3, 8, rng=rng, dtype=dtype), nn.ReLU(), nn.Dense(8, 8, rng=rng, dtype=dtype), nn.ReLU()]
    network = nn.Network([*layers, nn.Dense(8, 2, rng=rng, dtype=dtype)])
    x, _ = data()
    history = None
    try:
        history = train(network, loss=loss, optimizer=make(lr), epochs=15, xy=(30 * x, (x[:, :2] > 0).astype(int)))
    except nn.TrainingDiverged as error:
        assert error.history.epochs < 15
    assert all(np.isfinite(array).all() for array in network.params.values())
    assert history is None or np.isfinite(history.loss).all()


def test_weights_that_the_last_step_spoils_are_found():
    """The last loss is still finite, and only the weights tell."""
    network = small()
    with pytest.raises(nn.TrainingDiverged, match="the weights became infinite or nan at step 1, in epoch 1"):
        train(network, optimizer=nn.SGD(1.7e308), epochs=1, batch_size=None, xy=(data()[0] * 1e3, data()[1] * 1e3))
    assert_same_params(network, small())


def test_a_validation_loss_that_is_not_finite_stops_training_and_the_epoch_before_it_stays():
    """The training rows are well-behaved; the weights are finite, and only the validation rows tell."""
    network, kept = nn.Network([nn.Dense(1, 1, rng=np.random.default_rng(0))]), []
    still_small = nn.SGD(lambda t: 0.1 if t == 0 else 1e3)
    with pytest.raises(nn.TrainingDiverged, match="the validation loss became inf at step 2, in epoch 2, with lr = 1") as caught:
        train(
            network, optimizer=still_small, batch_size=None, xy=(np.ones((2, 1)), np.full((2, 1), 5.0)),
            validation=(np.full((2, 1), 1e152), np.zeros((2, 1))), callbacks=[lambda p: kept.append(p.network.copy())],
        )  # fmt: skip
    assert caught.value.history.epochs == len(caught.value.history.validation_loss) == len(kept) == 1
    assert_same_params(network, kept[0])


def test_a_population_says_which_networks_have_a_validation_loss_that_is_not_finite():
    many = nn.Network.population([nn.Network([nn.Dense(3, 2, rng=np.random.default_rng(0))])] * 3)
    many.params["0.W"][:2] *= 1e-9
    far = np.full((4, 3), 1e156), np.zeros((4, 2))
    with pytest.raises(nn.TrainingDiverged, match=r"the validation loss became inf .* for networks \[2\]"):
        train(many, optimizer=nn.SGD(1e-12), validation=far)


class InfiniteGradient(nn.Dense):
    """Right at first; after three steps its gradient overflows, where the loss does not."""

    calls = 0

    def param_gradients(self, x, out, d_out):
        self.calls += 1
        gradients = super().param_gradients(x, out, d_out)
        return gradients if self.calls <= 3 else {**gradients, "b": np.full_like(gradients["b"], np.inf)}


def test_a_gradient_that_is_not_finite_is_named_before_the_step_is_taken():
    network = nn.Network([InfiniteGradient(3, 2, rng=np.random.default_rng(0))])
    optimizer, before = nn.Adam(), network.copy()
    with pytest.raises(nn.TrainingDiverged, match="the gradient of 0.b became infinite or nan at step 4, in epoch 1"):
        train(network, optimizer=optimizer)
    assert optimizer.t == 3
    assert_same_params(network, before)


def test_a_network_that_is_not_finite_is_not_trained():
    network = small()
    network.params["2.b"][0, 1] = np.nan
    with pytest.raises(ValueError, match="network must have finite parameters, got nan or inf in 2.b"):
        train(network, epochs=0)


def test_a_population_says_which_networks_diverged():
    many = nn.Network.population([small(0), small(1), small(2)])
    with pytest.raises(nn.TrainingDiverged, match=r"for networks \[1\] at step"):
        train(many, optimizer=nn.SGD([0.1, 1e160, 0.1]))


def test_probabilities_are_asked_for_in_every_batch():
    """A ReLU gives no probabilities; what begins between 0 and 1 need not stay there."""
    network = nn.Network([nn.Dense(1, 1, rng=np.random.default_rng(0)), nn.ReLU()])
    network.params["0.W"][:] = 0.5
    with pytest.raises(ValueError, match="out must hold probabilities, from 0 to 1"):
        train(network, loss=nn.BinaryCrossEntropy(), epochs=5, xy=(np.ones((4, 1)), np.ones((4, 1))))


def test_the_mode_is_restored_when_training_stops_with_an_error():
    network = small(rate=0.5)
    with pytest.raises(nn.TrainingDiverged):
        train(network, optimizer=nn.SGD(1e200))
    assert not network.layers[2].training


# ---- The progress bar --------------------------------------------------------------------------------------------


def test_training_is_silent(capfd):
    train(small(), validation=data())
    assert capfd.readouterr() == ("", "")


def test_progress_bar_shows_epochs_and_losses(capfd):
    bar = nn.ProgressBar()
    for _ in range(2):  # it can be used again
        train(small(), validation=data(), callbacks=[bar])
        shown = capfd.readouterr().err
        assert "3/3" in shown and "loss=" in shown and "validation=" in shown
    train(nn.Network.population([small(0), small(1)]), callbacks=[bar])
    assert "(mean of 2)" in capfd.readouterr().err


def test_progress_bar_is_closed_when_training_ends_early(capfd):
    bar = nn.ProgressBar()
    train(small(), epochs=10, callbacks=[bar, lambda progress: progress.epoch == 2])
    assert "2/10" in capfd.readouterr().err
    train(small(), callbacks=[bar])
    assert "3/3" in capfd.readouterr().err


def test_progress_bar_without_tqdm_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="needs the package tqdm: pip install tqdm"):
        nn.ProgressBar()


# ---- Errors ------------------------------------------------------------------------------------------------------

X, Y = data()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"xy": (X[:0], Y[:0])}, ValueError, ["x", "(n, n_in)", "(0, 3)"]),
        ({"xy": (X[0], Y[0])}, ValueError, ["x", "one example in each row", "(3,)"]),
        ({"xy": ("x", Y)}, TypeError, ["x", "real numbers", "'x'"]),
        ({"xy": (X * np.nan, Y)}, ValueError, ["x", "finite", "nan"]),
        ({"xy": (X[:, :2], Y)}, ValueError, ["x", "(n, 3)", "(1, 2)"]),
        ({"xy": (X, Y[:5])}, ValueError, ["y", "20 rows of x", "(5, 2)"]),
        ({"xy": (X, 3.0)}, ValueError, ["y", "20 rows of x", "()"]),
        ({"xy": (X, Y[:, :1])}, ValueError, ["y", "(20, 2)", "(20, 1)"]),
        ({"xy": (X, Y * np.inf)}, ValueError, ["y", "finite"]),
        ({"xy": (X, np.full((20, 2), "a"))}, TypeError, ["y", "real numbers"]),
        ({"xy": (X, np.full(20, 2)), "loss": SOFTMAX}, ValueError, ["y", "labels from 0 to 1", "2"]),
        ({"validation": X}, TypeError, ["validation", "pair (x, y)", "(20, 3)"]),
        ({"validation": (X, Y, 3)}, TypeError, ["validation", "pair (x, y)"]),
        ({"validation": (X, Y[:3])}, ValueError, ["validation y", "20 rows", "(3, 2)"]),
        ({"validation": (X * np.inf, Y)}, ValueError, ["validation x", "finite"]),
        ({"validation": (X[0], Y[0])}, ValueError, ["validation x", "(3,)"]),
        ({"epochs": -1}, ValueError, ["epochs", "at least 0", "-1"]),
        ({"epochs": 2.5}, TypeError, ["epochs", "whole number", "2.5"]),
        ({"batch_size": 0}, ValueError, ["batch_size", "at least 1", "0"]),
        ({"batch_size": "all"}, TypeError, ["batch_size", "whole number", "'all'"]),
        ({"loss": nn.MeanSquaredError}, TypeError, ["loss", "MeanSquaredError()", "class"]),
        ({"loss": "mse"}, TypeError, ["loss", "'mse'"]),
        ({"optimizer": nn.Adam}, TypeError, ["optimizer", "SGD(lr=0.1)", "class"]),
        ({"optimizer": "adam"}, TypeError, ["optimizer", "'adam'"]),
        ({"metrics": len}, TypeError, ["metrics", "dict", "len"]),
        ({"metrics": [len]}, TypeError, ["metrics", "dict", "[<built-in"]),
        ({"callbacks": nn.EarlyStopping()}, TypeError, ["callbacks", "list of functions", "EarlyStopping"]),
        ({"callbacks": [3]}, TypeError, ["callbacks", "list of functions", "[3]"]),
        ({"callbacks": [nn.EarlyStopping()]}, ValueError, ["EarlyStopping", "validation=(x, y)"]),
        ({"optimizer": nn.SGD([0.1, 0.2])}, ValueError, ["lr", "2 rates", "(3, 4)"]),
    ],
)  # fmt: skip
def test_errors_name_the_argument_what_came_and_what_was_expected(options, error, words):
    network = small()
    with pytest.raises(error) as caught:
        train(network, **options)
    for word in words:
        assert word in str(caught.value)
    if "EarlyStopping" not in words:
        assert_same_params(network, small())


def test_more_errors():
    with pytest.raises(TypeError, match=r"network must be of the class Network, .* got 'net'"):
        train("net")
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator, .* got 0"):
        nn.fit(small(), X, Y, loss=MSE, optimizer=nn.SGD(0.1), epochs=1, rng=0)
    with pytest.raises(ValueError, match="patience must be at least 1, got 0"):
        nn.EarlyStopping(0)
    with pytest.raises(TypeError, match="min_delta must be a number, got 'a'"):
        nn.EarlyStopping(min_delta="a")
    many = nn.Network.population([small(0), small(1)])
    with pytest.raises(ValueError, match="EarlyStopping works on a single network, got a population"):
        train(many, validation=(X, Y), callbacks=[nn.EarlyStopping()])


# ---- What is shown and said, whole -----------------------------------------------------------------------------------


class Bar:
    """In the place of tqdm: writes down what it is asked to show."""

    def __init__(self, **options):
        self.heard = [options]
        bars.append(self)

    def set_postfix(self, shown, refresh):
        self.heard.append(shown)

    def update(self, n):
        self.heard.append(n)

    def close(self):
        self.heard.append("close")


bars = []


def test_the_bar_shows_the_latest_losses_and_goes_one_on_with_each_epoch():
    bars.clear()
    bar = nn.ProgressBar()
    bar._tqdm = Bar
    history = train(small(), validation=data(), callbacks=[bar], epochs=2)
    shown = [{"loss": f"{loss:.4g}", "validation": f"{other:.4g}"}
             for loss, other in zip(history.loss, history.validation_loss, strict=True)]  # fmt: skip
    assert shown[0] != shown[1] and bars[0].heard == [{"total": 2, "unit": "epoch"}, shown[0], 1, shown[1], 1, "close"]
    history = train(small(), callbacks=[bar], epochs=1)
    assert bars[1].heard[1:] == [{"loss": f"{history.loss[0]:.4g}"}, 1, "close"] and len(bars) == 2
    train(small(), callbacks=[bar], epochs=0)
    assert len(bars) == 2, "without an epoch there is no bar"


def test_patience_is_five_epochs_and_any_improvement_counts():
    stop, history = nn.EarlyStopping(), nn.History()
    answers = []
    for epoch, loss in enumerate([1.0, 1 - 1e-15, *[1.0] * 5], 1):
        history.validation_loss.append(loss)
        answers.append(stop(Progress(small(), nn.SGD(0.1), history, epochs=9, epoch=epoch)))
    assert answers == [False] * 6 + [True] and stop.best_epoch == 2


ADVICE = (
    " Try a learning rate ten times smaller; bring the inputs to mean 0 and standard deviation 1 (datasets.standardize); compute "
    "the loss from logits (SoftmaxCrossEntropy, SigmoidCrossEntropy)"
)


def test_the_word_of_a_training_that_diverged_from_beginning_to_end():
    with pytest.raises(nn.TrainingDiverged) as caught:
        train(small(), optimizer=nn.SGD(1e160), epochs=5)
    assert str(caught.value) == "the loss became inf at step 2, in epoch 1, with lr = 1e+160." + ADVICE
    many = nn.Network.population([small(0), small(1), small(2)])
    with pytest.raises(nn.TrainingDiverged) as caught:
        train(many, optimizer=nn.SGD([0.1, 1e160, 1e160]))
    words = "the loss became inf (mean of 3) for networks [1, 2] at step 2, in epoch 1, with lr = [1.e-001 1.e+160 1.e+160]."
    assert str(caught.value) == words + ADVICE


def test_a_history_in_one_line():
    assert repr(nn.History(loss=[2.0, 0.123456])) == "History(2 epochs, loss 2 -> 0.1235)"
    many = nn.History(loss=[np.array([1.0, 3.0]), np.array([0.5, 0.7])])
    assert repr(many) == "History(2 epochs, loss 2 (mean of 2) -> 0.6 (mean of 2))"
    assert many.epochs == 2 and nn.History().validation_loss == [] and nn.History().metrics == {}


def refusal(**options):
    """Return the words with which `fit` refuses."""
    with pytest.raises((TypeError, ValueError)) as caught:
        train(small(), **options)
    return str(caught.value)


def test_data_that_does_not_fit_is_refused_whole():
    each = "must hold one target for each of the 20 rows of"
    assert refusal(xy=(X[0], Y)) == "x must hold one example in each row, shape (n, n_in), got (3,)"
    assert refusal(xy=(X[:0], Y[:0])) == "x must hold one example in each row, shape (n, n_in), got (0, 3)"
    assert refusal(xy=(X, Y[:19])) == f"y {each} x, got shape (19, 2)"
    assert refusal(xy=(X, np.zeros(19, int)), loss=SOFTMAX) == f"y {each} x, got shape (19,)"
    assert refusal(xy=(X, 1.0)) == f"y {each} x, got shape ()"
    assert refusal(validation=(X, Y[:19])) == f"validation y {each} validation x, got shape (19, 2)"
    head = "validation x and validation y must fit network and loss; for them "
    assert refusal(validation=(X[:, :2], Y)) == head + "x must have the shape (n, 3), got (1, 2)"
    assert refusal(validation=(X, Y[:, :1])) == head + "y must have the shape of out, (20, 2), got (20, 1)"
    assert refusal(validation=(X,)).startswith("validation must be a pair (x, y), got (array(")
    assert refusal(metrics={"a": 3}) == "metrics must be a dict of functions by name, got {'a': 3}"
    assert refusal(callbacks=3) == refusal(callbacks=(3,)).replace("(3,)", "3") == "callbacks must be a list of functions, got 3"


def test_a_population_may_have_validation_rows_of_its_own_for_each_network():
    x, y = data()
    xs, ys = np.stack([x, 2 * x]), np.stack([y, -y])
    many = nn.Network.population([small(0), small(1)])
    history = train(many, xy=(xs, ys), validation=(xs[:, :7], ys[:, :7]), epochs=1)
    for k in range(2):
        own = train(small(k), xy=(xs[k], ys[k]), validation=(xs[k, :7], ys[k, :7]), epochs=1)
        assert history.validation_loss[0][k] == pytest.approx(own.validation_loss[0], rel=1e-12)
