"""check_layer, check_loss, check_optimizer: all parts of nnlearn pass, and each broken one is caught with the right words."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn import checks
from nnlearn.checks import CheckFailed


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("layer", [
    nn.Dense(3, 2, rng=rng()), nn.Dense(1, 4, rng=rng(), dtype=np.float32), nn.Dropout(0.5, rng=rng()), nn.Step(), nn.Sigmoid(),
    nn.Tanh(), nn.ReLU(), nn.LeakyReLU(0.1), nn.Softmax(),
], ids=repr)  # fmt: skip
def test_the_layers_of_this_package_pass(layer):
    before = {name: array.copy() for name, array in layer.params.items()}
    nn.check_layer(layer)
    assert all(np.array_equal(array, before[name]) for name, array in layer.params.items())


class Bent(nn.Layer):
    """Its slope changes from 1 to 2 at one place."""

    def __init__(self, place):
        super().__init__()
        self.kinks = (place,)

    def forward(self, x):
        return x + np.maximum(x - float(self.kinks[0]), 0)

    def backward(self, x, out, d_out):
        return np.where(x > self.kinks[0], 2 * d_out, d_out), {}


@pytest.mark.parametrize("place", rng().normal(size=15))
def test_a_kink_may_lie_anywhere(place):
    nn.check_layer(Bent(place))


@pytest.mark.parametrize("loss", [
    nn.MeanSquaredError(), nn.MeanAbsoluteError(), nn.BinaryCrossEntropy(), nn.CrossEntropy(), nn.SigmoidCrossEntropy(),
    nn.SoftmaxCrossEntropy(),
], ids=repr)  # fmt: skip
def test_the_losses_of_this_package_pass(loss):
    nn.check_loss(loss)


@pytest.mark.parametrize("optimizer", [
    nn.SGD(0.1), nn.SGD(nn.StepDecay(0.1, every=2)), nn.Momentum(0.1), nn.Momentum(0.1, classical=True),
    nn.Momentum(0.1, nesterov=True), nn.RMSprop(), nn.Adam(),
], ids=repr)  # fmt: skip
def test_the_optimizers_of_this_package_pass(optimizer):
    nn.check_optimizer(optimizer)
    assert optimizer.t == 0


class ThereAndBack(nn.SGD):
    """Its first step leads against the gradient, and what comes later may lead along it, as momentum does."""

    def rule(self, gradient, memory, t):
        return gradient if t == 1 else -0.1 * gradient


def test_only_the_first_step_has_to_lead_against_the_gradient():
    nn.check_optimizer(ThereAndBack(0.1))


# ---- Broken on purpose -----------------------------------------------------------------------------------------------


class WrongSlope(nn.Tanh):
    def backward(self, x, out, d_out):
        return d_out * (1 - out), {}


class ChangesItsInput(nn.Tanh):
    def forward(self, x):
        x *= 2
        return np.tanh(x)


class ChangesDOut(nn.Tanh):
    def backward(self, x, out, d_out):
        d_out *= 1 - out**2
        return d_out, {}


class ForgetsFloat32(nn.Tanh):
    def forward(self, x):
        return np.tanh(x.astype(float))


class AlwaysFloat32(nn.Tanh):
    def forward(self, x):
        return np.tanh(x).astype(np.float32)


class NeverTheSame(nn.Tanh):
    calls = 0

    def forward(self, x):
        self.calls += 1
        return np.tanh(x) + self.calls


class ForgetsAGradient(nn.Dense):
    calls = 0

    def backward(self, x, out, d_out):
        self.calls += 1
        d_x, gradients = super().backward(x, out, d_out)
        return d_x, gradients if self.calls == 1 else {"W": gradients["W"]}


class NoDict(nn.Tanh):
    def backward(self, x, out, d_out):
        return d_out * (1 - out**2)


class Flattens(nn.Tanh):
    def forward(self, x):
        return np.tanh(x).ravel()


class GivesNan(nn.Tanh):
    def forward(self, x):
        return np.where(x < 0, np.nan, x)


class NoBias(nn.Dense):
    def param_gradients(self, x, out, d_out):
        return {"W": x.mT @ d_out}


class MeanBias(nn.Dense):
    def param_gradients(self, x, out, d_out):
        return {"W": x.mT @ d_out, "b": d_out.mean(axis=-2, keepdims=True)}


class FlatBias(nn.Dense):
    def param_gradients(self, x, out, d_out):
        return {"W": x.mT @ d_out, "b": d_out.sum(axis=-2)}


class SumsOverAxis0(nn.Dense):
    def param_gradients(self, x, out, d_out):
        gradient = d_out.sum(axis=0, keepdims=True)
        return {"W": x.mT @ d_out, "b": gradient}


class MovesItsWeights(nn.Dense):
    def forward(self, x):
        self.params["b"] += 0.1
        return super().forward(x)


class RefusesPopulations(nn.Tanh):
    def forward(self, x):
        if x.ndim > 2:
            raise ValueError("one table at a time")
        return np.tanh(x)


class NormalizesOverAll(nn.Layer):
    """Right for one network; in a population it mixes the members."""

    def forward(self, x):
        return x / len(x)

    def backward(self, x, out, d_out):
        return d_out / len(x), {}


@pytest.mark.parametrize(("layer", "words"), [
    (WrongSlope(), "d_x from backward must agree with centred differences, expected .* got"),
    (ChangesItsInput(), r"forward\(x\) must leave what it is given as it is, got a change in place"),
    (ChangesDOut(), r"backward\(x, out, d_out\) must leave what it is given as it is"),
    (ForgetsFloat32(), r"forward\(x\) must be an array of shape \(5, 3\) and dtype float32, got .* float64"),
    (AlwaysFloat32(), r"forward\(x\) must be an array of shape \(5, 3\) and dtype float64, got .* float32"),
    (ForgetsAGradient(3, 2, rng=rng()), r"backward\(x, out, d_out\) must give the same for the same input"),
    (RefusesPopulations(), r"a layer must take a population, x of shape \(3, 5, 3\), got ValueError: one table at a time"),
    (NeverTheSame(), r"forward\(x\) must give the same for the same input"),
    (NoDict(), r"backward\(x, out, d_out\) must return d_x and a dict of gradients, got an array"),
    (Flattens(), r"forward\(x\) must be an array of shape \(5, 'n_out'\) and dtype float64, got .* \(15,\)"),
    (GivesNan(), r"forward\(x\) must be finite, got nan"),
    (NoBias(3, 2, rng=rng()), r"backward must name a gradient for each of the parameters \['W', 'b'\], got \['W'\]"),
    (MeanBias(3, 2, rng=rng()), "the gradient of b from backward must agree with centred differences"),
    (FlatBias(3, 2, rng=rng()), r"the gradient of b from backward must be an array of shape \(1, 2\) .*, got .* \(2,\)"),
    (SumsOverAxis0(3, 2, rng=rng()), "network 0 of a population its own gradient of b"),
    (MovesItsWeights(3, 2, rng=rng()), r"forward\(x\) must leave the parameters as they are"),
    (NormalizesOverAll(), "forward must give network 0 of a population its own output"),
], ids=lambda part: type(part).__name__ if isinstance(part, nn.Layer) else "")  # fmt: skip
def test_a_broken_layer_is_caught(layer, words):
    with pytest.raises(CheckFailed, match=words):
        nn.check_layer(layer)


class ForgottenFactor(nn.MeanSquaredError):
    def slope(self, out, y):
        return out - y


class RightBelow(nn.MeanAbsoluteError):
    def slope(self, out, y):
        return -np.ones_like(out)


class RightAbove(nn.MeanAbsoluteError):
    def slope(self, out, y):
        return np.ones_like(out)


class NoNumber(nn.MeanSquaredError):
    def value(self, out, y):
        return np.asarray(super().value(out, y))


class NotFinite(nn.MeanSquaredError):
    def value(self, out, y):
        return super().value(out, y) * np.inf


class Sum(nn.MeanSquaredError):
    def value(self, out, y):
        return ((out - y) ** 2).sum(axis=(-2, -1))

    def mean_slope(self, out, y):
        return 2 * (out - y)


class OneForAll(nn.MeanSquaredError):
    def value(self, out, y):
        return ((out - y) ** 2).mean()


class OneForEachRow(nn.MeanSquaredError):
    def value(self, out, y):
        return ((out - y) ** 2).mean(axis=-1)


class TakesNan(nn.MeanSquaredError):
    def targets(self, y, out):
        return np.nan_to_num(y)


@pytest.mark.parametrize(("loss", "words"), [
    (ForgottenFactor(), r"loss.gradient\(out, y\) must agree with centred differences"),
    (RightBelow(), r"loss.gradient\(out, y\) must agree with centred differences"),
    (RightAbove(), r"loss.gradient\(out, y\) must agree with centred differences"),
    (NoNumber(), r"loss\(out, y\) must be one finite float, got an array of shape \(\)"),
    (NotFinite(), r"loss\(out, y\) must be one finite float, got np.float64\(inf\)"),
    (Sum(), r"loss\(out, y\) must be a mean over the rows"),
    (OneForAll(), r"loss\(out, y\) for a population must be an array of shape \(3,\)"),
    (OneForEachRow(), r"loss\(out, y\) must be one finite float, got an array of shape \(5,\)"),
    (TakesNan(), r"loss\(out, y\) must raise a ValueError for nan in y"),
], ids=lambda part: type(part).__name__ if isinstance(part, nn.Loss) else "")  # fmt: skip
def test_a_broken_loss_is_caught(loss, words):
    with pytest.raises(CheckFailed, match=words):
        nn.check_loss(loss)


class Uphill(nn.SGD):
    def rule(self, gradient, memory, t):
        return -gradient


class OneMemoryForAll(nn.SGD):
    """The velocity of one parameter pushes the next."""

    pushes = 0.0

    def rule(self, gradient, memory, t):
        self.pushes = 0.9 * self.pushes + float(gradient.flat[0]) * 1e-3
        return gradient + self.pushes

    def fresh(self):
        new = super().fresh()
        new.pushes = 0.0
        return new


class KeepsItsMemory(nn.Momentum):
    def fresh(self):
        new = super().fresh()
        new.lr = self.lr = self.lr / 2
        return new


class ChangesTheGradient(nn.SGD):
    def rule(self, gradient, memory, t):
        gradient *= 0.5
        return gradient


class SettingsMissing(nn.Momentum):
    def settings(self):
        return {"lr": self.lr}


class SettingsUnknown(nn.SGD):
    def settings(self):
        return {"lr": self.lr, "speed": 1}


class Explodes(nn.SGD):
    def rule(self, gradient, memory, t):
        return np.inf * gradient


class StandsStill(nn.SGD):
    def rule(self, gradient, memory, t):
        return 0 * gradient


@pytest.mark.parametrize(("optimizer", "words"), [
    (Uphill(0.1), "the first step must lead against the gradient"),
    (OneMemoryForAll(0.1), "each parameter must have a memory of its own"),
    (KeepsItsMemory(0.1), r"fresh\(\) must start anew"),
    (ChangesTheGradient(0.1), r"step\(params, gradients\) must leave what it is given as it is"),
    (SettingsMissing(0.1, 0.5), r"made of settings\(\) must take the same steps"),
    (SettingsUnknown(0.1), r"settings\(\) must be the arguments that make it again, got {'lr': 0.1, 'speed': 1}: .*speed"),
    (StandsStill(0.1), "step must change W in place"),
    (Explodes(0.1), "step must change W in place, to finite float64, got an array"),
], ids=lambda part: type(part).__name__ if isinstance(part, nn.Optimizer) else "")  # fmt: skip
def test_a_broken_optimizer_is_caught(optimizer, words):
    with pytest.raises(CheckFailed, match=words):
        nn.check_optimizer(optimizer)


def test_what_was_expected_is_told_by_the_number_or_by_the_first_of_many():
    assert checks._short(0.5) == "0.5" and checks._short(np.array([[0.5, 2.0]])) == "shape (1, 2) beginning with 0.5"


def told(check, *arguments):
    """Return the words with which a check fails."""
    with pytest.raises(CheckFailed) as caught:
        check(*arguments)
    return str(caught.value)


# ---- Broken for a part of the cases only -----------------------------------------------------------------------------


def for_member(k, give, value):
    """Return the array for a population with what `give` makes of member 0's for member k."""
    value = value.copy()
    if value.ndim > 2:
        value[k] = give(value[0])
    return value


class ForwardOfAnother(nn.Tanh):
    def __init__(self, k):
        super().__init__()
        self.k = k

    def forward(self, x):
        return for_member(self.k, lambda first: first, super().forward(x))


class BackwardOfAnother(ForwardOfAnother):
    forward = nn.Tanh.forward

    def backward(self, x, out, d_out):
        d_x, gradients = super().backward(x, out, d_out)
        return for_member(self.k, lambda first: first, d_x), gradients


class GradientOfAnother(nn.Dense):
    def param_gradients(self, x, out, d_out):
        gradients = super().param_gradients(x, out, d_out)
        return {**gradients, "W": for_member(self.k, lambda first: first, gradients["W"])}


class LossOfAnother(nn.MeanSquaredError):
    def __init__(self, k):
        self.k = k

    def value(self, out, y):
        value = np.array(super().value(out, y))
        if value.ndim:
            value[self.k] = value[0]
        return value[()]


class SlopeOfAnother(LossOfAnother):
    value = nn.MeanSquaredError.value

    def slope(self, out, y):
        return for_member(self.k, lambda first: first, super().slope(out, y))


@pytest.mark.parametrize("k", [1, 2])
def test_a_network_of_a_population_that_gets_what_belongs_to_another_is_caught_whichever_it_is(k):
    dense = GradientOfAnother(3, 2, rng=rng())
    dense.k = k
    for layer, words in (
        (ForwardOfAnother(k), f"forward must give network {k} of a population its own output: expected shape (5, 3) beginning "),
        (BackwardOfAnother(k), f"backward must give network {k} of a population its own d_x: expected shape (5, 3) beginning with"),
        (dense, f"backward must give network {k} of a population its own gradient of W: expected shape (3, 2) beginning with"),
    ):
        assert told(nn.check_layer, layer).startswith(words)
    for loss, words in (
        (LossOfAnother(k), f"for network {k} of a population the loss must be its own: expected "),
        (SlopeOfAnother(k), f"for network {k} of a population the gradient must be its own: expected shape (5, 3) beginning with "),
    ):
        assert told(nn.check_loss, loss).startswith(words)


class OwnParams(nn.Tanh):
    """With a parameter that is not what it should be."""

    def __init__(self, array):
        super().__init__()
        self.params = {"k": array}


@pytest.mark.parametrize(("array", "came"), [
    ([[1.0]], "[[1.0]]"),
    (np.ones((1, 1), int), "an array of shape (1, 1) and dtype int64"),
    (np.ones((1, 1), np.float16), "an array of shape (1, 1) and dtype float16"),
    (np.ones(3), "an array of shape (3,) and dtype float64"),
    (np.ones((2, 1, 3)), "an array of shape (2, 1, 3) and dtype float64"),
])  # fmt: skip
def test_a_parameter_is_a_float_array_of_two_axes(array, came):
    assert told(nn.check_layer, OwnParams(array)) == f"params['k'] must be a float array of two axes, got {came}"


class GradientInFloat64(nn.MeanSquaredError):
    def mean_slope(self, out, y):
        return super().mean_slope(out, y).astype(float)


class GradientInFloat32(nn.MeanSquaredError):
    def mean_slope(self, out, y):
        return super().mean_slope(out, y).astype(np.float32)


class GradientOfRows(nn.MeanSquaredError):
    def mean_slope(self, out, y):
        return super().mean_slope(out, y)[..., :1]


class ChangesThePrediction(nn.MeanSquaredError):
    def slope(self, out, y):
        out -= y
        return 2 * out


class Moody(nn.MeanSquaredError):
    calls = 0

    def value(self, out, y):
        self.calls += 1
        return super().value(out, y) + self.calls


class NanGradient(nn.MeanSquaredError):
    def slope(self, out, y):
        return super().slope(out, y) * np.nan


class RefusesPopulationsOfLosses(nn.MeanSquaredError):
    def outputs(self, out):
        return np.asarray(out)[0] if np.ndim(out) > 2 else np.asarray(out)


ARRAY = "must be an array of shape (5, 3) and dtype"


@pytest.mark.parametrize(("loss", "message"), [
    (GradientInFloat64(), f"loss.gradient(out, y) {ARRAY} float32, got an array of shape (5, 3) and dtype float64"),
    (GradientInFloat32(), f"loss.gradient(out, y) {ARRAY} float64, got an array of shape (5, 3) and dtype float32"),
    (GradientOfRows(), f"loss.gradient(out, y) {ARRAY} float64, got an array of shape (5, 1) and dtype float64"),
    (ChangesThePrediction(), "loss.gradient(out, y) must leave what it is given as it is, got a change in place"),
    (Moody(), "loss(out, y) must give the same for the same input, got another result the second time"),
    (NanGradient(), "loss.gradient(out, y) must be finite, got nan or inf in it"),
    (RefusesPopulationsOfLosses(),
     "loss(out, y) for a population must be an array of shape (3,) and dtype float64, got an array of shape () and dtype float64"),
], ids=lambda part: type(part).__name__ if isinstance(part, nn.Loss) else "")  # fmt: skip
def test_what_is_wrong_with_a_loss_is_told_whole(loss, message):
    assert told(nn.check_loss, loss) == message


class CountsTwice(nn.SGD):
    def step(self, params, gradients):
        super().step(params, gradients)
        self.t += self.t > 1


class PutsOthersInPlace(nn.SGD):
    def step(self, params, gradients):
        super().step(params, gradients)
        params["b"] = params["b"].copy()


class TurnsRoundOnce(nn.SGD):
    """Only one parameter is led along its gradient."""

    def rule(self, gradient, memory, t):
        return -gradient if gradient.shape == (4,) else gradient


class StandsStillLater(nn.SGD):
    def rule(self, gradient, memory, t):
        return gradient * (t < 3)


@pytest.mark.parametrize(("optimizer", "message"), [
    (CountsTwice(0.1), "step must count itself in t, which must be 2 after it, got 3"),
    (PutsOthersInPlace(0.1), "step must change b in place, to finite float64, got an array of shape (1, 2) and dtype float64"),
    (StandsStillLater(0.1), "step must change W in place, to finite float64, got an array of shape (3, 2) and dtype float64"),
    (TurnsRoundOnce(0.1), "the first step must lead against the gradient, got one that leads along it for v"),
], ids=lambda part: type(part).__name__ if isinstance(part, nn.Optimizer) else "")  # fmt: skip
def test_what_is_wrong_with_an_optimizer_is_told_whole(optimizer, message):
    assert told(nn.check_optimizer, optimizer) == message


class OnlyWrongInFloat32(nn.SGD):
    def rule(self, gradient, memory, t):
        return -gradient if gradient.dtype == np.float32 else gradient


def test_an_optimizer_is_looked_at_in_both_widths_and_made_again_only_where_its_rate_is_a_number():
    with pytest.raises(CheckFailed, match="the first step must lead against the gradient"):
        nn.check_optimizer(OnlyWrongInFloat32(0.1))

    class Unmade(nn.SGD):
        def settings(self):
            return {}

    nn.check_optimizer(Unmade(lambda t: 0.1))
    with pytest.raises(CheckFailed, match=r"settings\(\) must be the arguments that make it again, got {}: .*lr"):
        nn.check_optimizer(Unmade(0.1))


def test_what_is_no_part_at_all_is_refused_by_name():
    for check, words in (
        (nn.check_layer, r"^layer must be of the class Layer, such as Tanh\(\), got 3$"),
        (nn.check_loss, r"^loss must be of the class Loss, such as MeanSquaredError\(\), got 3$"),
        (nn.check_optimizer, r"^optimizer must be of the class Optimizer, such as SGD\(lr=0.1\), got 3$"),
    ):
        with pytest.raises(TypeError, match=words):
            check(3)


class Wide(nn.Tanh):
    """Takes rows of a given width only."""

    def __init__(self, width):
        super().__init__()
        self.width = width

    def forward(self, x):
        if x.shape[-1] != self.width:
            raise ValueError("another width")
        return np.tanh(x)


def test_a_layer_gets_rows_of_its_own_width_of_that_which_is_asked_for_or_of_three():
    nn.check_layer(Wide(3))
    nn.check_layer(Wide(7), n_in=7)
    own = Wide(4)
    own.n_in = 4
    nn.check_layer(own, n_in=9)
    words = "forward(x) must work for an array of shape (5, 3) and dtype float64, got: another width"
    assert told(nn.check_layer, Wide(2)) == words
    with pytest.raises(ValueError, match="n_in must be at least 1, got 0"):
        nn.check_layer(Wide(2), n_in=0)


def test_what_should_be_close_is_close_to_nine_digits_and_of_the_same_shape():
    checks._expect_close("x", [1.0, 0.0], [1 + 1e-9, 1e-9])
    for value, expected, words in (
        ([1.0, 0.0], [1.0, 2e-9], "x: expected shape (2,) beginning with 1, got shape (2,) beginning with 1"),
        (1.0, 1 + 3e-9, "x: expected 1, got 1"),
        (np.ones((2, 1)), np.ones(2), "x: expected shape (2,) beginning with 1, got shape (2, 1) beginning with 1"),
        (np.nan, 1.0, "x: expected 1, got nan"),
    ):
        assert told(checks._expect_close, "x", value, expected) == words


# ---- What a part is put to -------------------------------------------------------------------------------------------


class WatchedLoss(nn.MeanAbsoluteError):
    seen = []

    def value(self, out, y):
        self.seen.append((out, y))
        return super().value(out, y)


def test_predictions_lie_on_both_sides_of_the_targets_and_away_from_the_kink():
    WatchedLoss.seen.clear()
    nn.check_loss(WatchedLoss())
    out, y = WatchedLoss.seen[0]
    error = out - y
    assert (y >= 0).all() and np.allclose(y.sum(axis=1), 1)
    assert np.abs(error).min() >= checks.DISTANCE and (error < 0).sum() >= 3 and (error > 0).sum() >= 3
    assert error.min() < -0.6 and error.max() > 0.6 and np.abs(error).max() < 1.3
    assert len(np.unique(error.round(12))) == error.size


@pytest.mark.parametrize("kinks", [(), (0.0,), (0.0, -0.3, 0.5), (0.5, 0.0, -0.3, -0.1)])
def test_what_is_near_to_a_kink_is_moved_away_from_it_and_not_to_the_next(kinks):
    x = np.linspace(-2, 2, 401) + 0.003
    moved = checks._away_from(kinks, x)
    near = np.array([any(abs(number - kink) < checks.DISTANCE for kink in kinks) for number in x])
    assert all((np.abs(moved - kink) >= checks.DISTANCE).all() for kink in kinks)
    assert (moved[near] > x[near]).all() and np.array_equal(moved[~near], x[~near])
    assert (moved - x).max() <= 2 * checks.DISTANCE * len(kinks) + 1e-12


class WatchedLayer(Bent):
    def forward(self, x):
        self.seen.append(x)
        return super().forward(x)

    def __deepcopy__(self, memo):
        return self


@pytest.mark.parametrize("place", [-0.5, 0.0, 0.4])
def test_inputs_lie_on_both_sides_of_a_kink_and_away_from_it(place):
    layer = WatchedLayer(place)
    layer.seen = []
    nn.check_layer(layer)
    x = layer.seen[0]
    assert x.shape == (5, 3) and np.abs(x - place).min() >= checks.DISTANCE - 1e-12
    assert (x < place).sum() >= 3 and (x > place).sum() >= 3 and np.abs(x).max() < 3
    assert len(np.unique(x.round(12))) == x.size
    assert {array.shape for array in layer.seen} >= {(5, 3), (3, 5, 3)} and {array.dtype.name for array in layer.seen} == {
        "float64", "float32"
    }  # fmt: skip


class WatchedOptimizer(nn.SGD):
    seen = []

    def step(self, params, gradients):
        self.seen.append({name: (w.shape, w.dtype.name) for name, w in params.items()})
        super().step(params, gradients)


def test_an_optimizer_is_put_to_parameters_of_several_shapes_together_and_alone():
    WatchedOptimizer.seen.clear()
    nn.check_optimizer(WatchedOptimizer(0.1))
    shapes = {"W": (3, 2), "b": (1, 2), "v": (4,), "many": (3, 2, 2)}
    for dtype in ("float64", "float32"):
        together = {name: (shape, dtype) for name, shape in shapes.items()}
        assert WatchedOptimizer.seen.count(together) == (3 * 2 if dtype == "float32" else 3 * 4)
        for name in shapes:
            assert WatchedOptimizer.seen.count({name: together[name]}) == 3


class GivesThree(nn.Tanh):
    def backward(self, x, out, d_out):
        return (*super().backward(x, out, d_out), None)


class GivesAList(nn.Tanh):
    def backward(self, x, out, d_out):
        return list(super().backward(x, out, d_out))


class GivesPairs(nn.Tanh):
    def backward(self, x, out, d_out):
        return super().backward(x, out, d_out)[0], []


@pytest.mark.parametrize(("layer", "came"), [(GivesThree(), "(array("), (GivesAList(), "[array("), (GivesPairs(), "(array(")])
def test_backward_gives_a_tuple_of_two_the_second_a_dict(layer, came):
    assert told(nn.check_layer, layer).startswith(f"backward(x, out, d_out) must return d_x and a dict of gradients, got {came}")


class ParamGradientsOfTheirOwn(nn.Dense):
    def backward(self, x, out, d_out):
        d_x, gradients = super().backward(x, out, d_out)
        return d_x, {**gradients, "W": gradients["W"].copy()}

    def param_gradients(self, x, out, d_out):
        gradients = super().param_gradients(x, out, d_out)
        return {**gradients, "b": gradients["b"] + (np.ndim(x) == 2 and self.odd())}

    calls = 0

    def odd(self):
        self.calls += 1
        return self.calls == 3  # backward calls it twice, and then it is asked by itself


def test_the_two_ways_to_the_gradients_of_parameters_agree():
    with pytest.raises(CheckFailed, match="^param_gradients must give what backward gives for b: expected shape .* got shape"):
        nn.check_layer(ParamGradientsOfTheirOwn(3, 2, rng=rng()))


class Deep(nn.Tanh):
    def forward(self, x):
        return np.tanh(x)[..., None]


class GivesMoreTheSecondTime(nn.Dense):
    calls = 0

    def backward(self, x, out, d_out):
        self.calls += 1
        d_x, gradients = super().backward(x, out, d_out)
        return d_x, gradients if self.calls == 1 else {**gradients, "more": d_x}


@pytest.mark.parametrize(("layer", "message"), [
    (Deep(),
     "forward(x) must be an array of shape (5, 'n_out') and dtype float64, got an array of shape (5, 3, 1) and dtype float64"),
    (Flattens(),
     "forward(x) must be an array of shape (5, 'n_out') and dtype float64, got an array of shape (15,) and dtype float64"),
    (GivesMoreTheSecondTime(3, 2, rng=rng()),
     "backward(x, out, d_out) must give the same for the same input, got another result the second time"),
], ids=lambda part: type(part).__name__ if isinstance(part, nn.Layer) else "")  # fmt: skip
def test_what_is_wrong_with_a_layer_is_told_whole(layer, message):
    assert told(nn.check_layer, layer) == message
