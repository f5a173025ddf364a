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
