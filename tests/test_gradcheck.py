"""gradient_check: it passes what is right, finds planted errors by name and index, and says where it cannot judge."""

import warnings

import numpy as np
import pytest

import nnlearn as nn
from nnlearn import gradcheck
from nnlearn.gradcheck import numeric_gradient

MSE, SOFTMAX = nn.MeanSquaredError(), nn.SoftmaxCrossEntropy()
X = np.random.default_rng(20).normal(size=(6, 3))
Y = np.random.default_rng(21).normal(size=(6, 2))


def small(first=nn.Dense, middle=None, last=nn.Dense, seed=0):
    rng = np.random.default_rng(seed)
    network = nn.Network([first(3, 4, rng=rng), middle or nn.Tanh(), last(4, 2, rng=rng)])
    for name, array in network.params.items():
        if name.endswith("b"):
            array += rng.normal(size=array.shape)
    return network


# ---- What is right passes ----------------------------------------------------------------------------------------


def test_a_right_network_passes():
    report = nn.gradient_check(small(), MSE, X, Y)
    assert report and report.ok
    assert report.norm_error < 1e-9
    assert report.warnings == ()
    assert {(p.name, p.checked, p.size) for p in report.parameters} == {
        ("0.W", 12, 12), ("0.b", 4, 4), ("2.W", 8, 8), ("2.b", 2, 2),
    }  # fmt: skip
    errors = [p.norm_error for p in report.parameters]
    assert errors == sorted(errors, reverse=True)


def test_the_numeric_gradient_is_the_definition():
    network = small()
    _, gradients = network.backward(network.trace(X), MSE.gradient(network.forward(X), Y))
    analytic = gradients["2.W"]
    in_front = numeric_gradient(network, MSE, X, Y, "0.W", np.array([5, 0]))
    assert in_front == pytest.approx(gradients["0.W"].ravel()[[5, 0]], rel=1e-7)
    found = numeric_gradient(network, MSE, X, Y, "2.W", np.array([5, 0]), h=1e-4)
    for position, coordinate in enumerate((5, 0)):
        losses = []
        for nudge in (1e-4, -1e-4):
            other = network.copy()
            other.params["2.W"].ravel()[coordinate] += nudge
            losses.append(MSE(other.forward(X), Y))
        assert found[position] == pytest.approx((losses[0] - losses[1]) / 2e-4, rel=1e-8)
        assert found[position] == pytest.approx(analytic.ravel()[coordinate], rel=1e-6)


def test_a_float32_network_is_checked_in_float64_and_stays_as_it_is():
    network = small().astype(np.float32)
    before = {name: array.copy() for name, array in network.params.items()}
    assert nn.gradient_check(network, MSE, X.astype(np.float32), Y.astype(np.float32)).norm_error < 1e-9
    for name, array in network.params.items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, before[name])


def test_dropout_is_off_during_the_check_and_its_mode_is_kept():
    network = small(middle=nn.Dropout(0.5, rng=np.random.default_rng(0)))
    with network.training():
        assert nn.gradient_check(network, MSE, X, Y).ok
        assert network.layers[1].training


def test_nothing_that_is_given_is_changed():
    x, y = X.copy(), Y.copy()
    x.flags.writeable = y.flags.writeable = False
    nn.gradient_check(small(), MSE, x, y)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)


@pytest.mark.parametrize("batch", [1, 2, 64])
def test_labels_and_batches_of_any_size(batch):
    """Also where the batch is as large as the population of nudged networks."""
    rng = np.random.default_rng(batch)
    assert nn.gradient_check(small(), SOFTMAX, rng.normal(size=(batch, 3)), rng.integers(0, 2, batch)).ok


def test_gradients_of_zero_pass():
    network = small()
    network.params["2.W"][:] = 0
    network.params["2.b"][:] = 0
    report = nn.gradient_check(network, MSE, X, np.zeros((6, 2)))
    assert report.ok and report.norm_error == 0


# ---- Planted errors ----------------------------------------------------------------------------------------------


class WrongSign(nn.Dense):
    def param_gradients(self, x, out, d_out):
        gradients = super().param_gradients(x, out, d_out)
        return {**gradients, "W": -gradients["W"]}


class OneWrongEntry(nn.Dense):
    def param_gradients(self, x, out, d_out):
        gradients = super().param_gradients(x, out, d_out)
        gradients["W"][2, 1] *= 1.001
        return gradients


class ZeroBias(nn.Dense):
    def param_gradients(self, x, out, d_out):
        gradients = super().param_gradients(x, out, d_out)
        return {**gradients, "b": 0 * gradients["b"]}


class NoBias(nn.Dense):
    def param_gradients(self, x, out, d_out):
        return {"W": x.mT @ d_out}


class NanBias(nn.Dense):
    def param_gradients(self, x, out, d_out):
        gradients = super().param_gradients(x, out, d_out)
        gradients["b"][0, 1] = np.nan
        return gradients


class TransposedGradient(nn.Dense):
    def param_gradients(self, x, out, d_out):
        gradients = super().param_gradients(x, out, d_out)
        return {**gradients, "W": gradients["W"].mT.copy()}


class UntransposedWeights(nn.Dense):
    """Square layers hide this one: d_out @ W has the right shape."""

    def backward(self, x, out, d_out):
        return d_out @ self.params["W"], self.param_gradients(x, out, d_out)


class DerivativeAtOutput(nn.Sigmoid):
    def backward(self, x, out, d_out):
        return d_out * nn.sigmoid_derivative(out), {}


class TwiceTheDerivative(nn.Sigmoid):
    def backward(self, x, out, d_out):
        return d_out * (out * (1 - out)) ** 2, {}


class ForgottenMean(nn.MeanSquaredError):
    def mean_slope(self, out, y):
        return self.slope(out, y)


class ForgottenFactor(nn.MeanSquaredError):
    def slope(self, out, y):
        return out - y


def test_a_wrong_sign_is_found_with_name_and_numbers():
    report = nn.gradient_check(small(first=WrongSign), MSE, X, Y)
    assert not report and not report.ok
    assert report.worst[0] == "0.W"
    assert report.norm_error == pytest.approx(1, rel=1e-6)
    worst = report.parameters[0]
    assert worst.analytic == pytest.approx(-worst.numeric, rel=1e-6)
    assert all(p.norm_error < 1e-9 for p in report.parameters[1:])


def test_one_wrong_entry_is_found_with_its_index():
    report = nn.gradient_check(small(first=OneWrongEntry), MSE, X, Y)
    assert not report.ok
    assert report.worst == ("0.W", (2, 1))
    worst = report.parameters[0]
    assert worst.analytic == pytest.approx(1.001 * worst.numeric, rel=1e-6)
    assert worst.element_error == pytest.approx(0.001 / 2.001, rel=1e-4)


def test_a_bias_that_is_never_updated_is_found():
    report = nn.gradient_check(small(last=ZeroBias), MSE, X, Y)
    assert not report.ok and report.worst[0] == "2.b"
    assert report.parameters[0].analytic == 0


def test_a_missing_gradient_is_named():
    with pytest.raises(ValueError, match=r"must return a gradient for 0.b, got gradients for \['2.W', '2.b', '0.W'\]"):
        nn.gradient_check(small(first=NoBias), MSE, X, Y)


def test_nan_does_not_pass_for_agreement():
    report = nn.gradient_check(small(first=NanBias), MSE, X, Y)
    assert not report.ok
    assert report.worst == ("0.b", (0, 1))
    assert np.isnan(report.norm_error) and np.isnan(report.element_error)
    assert "DO NOT AGREE" in str(report)


def test_a_transposed_gradient_is_named_by_its_shape_or_found_by_its_value():
    with pytest.raises(ValueError, match=r"0.W has shape \(3, 4\), its gradient \(4, 3\)"):
        nn.gradient_check(small(first=TransposedGradient), MSE, X, Y)
    rng = np.random.default_rng(0)
    square = nn.Network([TransposedGradient(3, 3, rng=rng), nn.Tanh(), nn.Dense(3, 2, rng=rng)])
    report = nn.gradient_check(square, MSE, X, Y)
    assert not report.ok and report.worst[0] == "0.W"


def test_weights_that_are_not_transposed_show_in_the_layers_before():
    rng = np.random.default_rng(0)
    middle = UntransposedWeights(3, 3, rng=rng)
    network = nn.Network([nn.Dense(3, 3, rng=rng), nn.Tanh(), middle, nn.Dense(3, 2, rng=rng)])
    report = nn.gradient_check(network, MSE, X, Y)
    assert not report.ok
    wrong = {p.name for p in report.parameters if p.norm_error > 1e-7}
    assert wrong == {"0.W", "0.b"}


@pytest.mark.parametrize("middle", [DerivativeAtOutput(), TwiceTheDerivative()], ids=repr)
def test_a_wrong_derivative_of_an_activation_shows_in_front_of_it_alone(middle):
    report = nn.gradient_check(small(middle=middle), MSE, X, Y)
    assert {p.name for p in report.parameters if p.norm_error > 1e-7} == {"0.W", "0.b"}


@pytest.mark.parametrize(("loss", "factor"), [(ForgottenMean(), 12), (ForgottenFactor(), 0.5)], ids=repr)
def test_a_wrong_factor_of_the_loss_shows_everywhere(loss, factor):
    report = nn.gradient_check(small(), loss, X, Y)
    for p in report.parameters:
        assert p.norm_error == pytest.approx(abs(factor - 1) / (factor + 1), rel=1e-6)
        assert p.analytic == pytest.approx(factor * p.numeric, rel=1e-4)


# ---- Kinks -------------------------------------------------------------------------------------------------------


def test_inputs_near_a_kink_are_counted_and_warned_of():
    network = small(middle=nn.ReLU())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert nn.gradient_check(network, MSE, X, Y).ok
    network.params["0.b"][0, 2] -= network.layers[0].forward(X)[4, 2] - 1e-6
    with pytest.warns(nn.KinkWarning, match=r"1 inputs of layer 1, ReLU\(\), lie within .* of its kink"):
        report = nn.gradient_check(network, MSE, X, Y)
    assert not report.ok and report.worst[0].startswith("0.")
    assert report.parameters[0].worst_index[-1] == 2
    assert "Note: 1 inputs of layer 1" in str(report)


def test_large_inputs_have_a_longer_reach():
    network = small(middle=nn.ReLU())
    x = X.copy()
    x[4] *= 1e4
    network.params["0.b"][0, 2] -= network.layers[0].forward(x)[4, 2] - 0.05  # 0.05 is far for x near 1, not for 10,000
    with pytest.warns(nn.KinkWarning, match="layer 1"):
        assert not nn.gradient_check(network, MSE, x, Y).ok


def test_large_values_inside_have_a_longer_reach_too():
    rng = np.random.default_rng(0)
    network = nn.Network([nn.Dense(3, 4, rng=rng), nn.Tanh(), nn.Dense(4, 4, rng=rng), nn.Dense(4, 4, rng=rng), nn.ReLU()])
    network.params["2.W"][:] *= 1e4
    network.params["3.b"][0, 2] -= network.trace(X)[4][4, 2] - 0.05
    with pytest.warns(nn.KinkWarning, match="layer 4"):
        nn.gradient_check(network, MSE, X, rng.normal(size=(6, 4)))


def test_the_kink_of_a_loss_is_warned_of():
    y = small().forward(X)
    with pytest.warns(nn.KinkWarning, match=r"12 predictions lie within .* of the kink of MeanAbsoluteError\(\)") as caught:
        nn.gradient_check(small(), nn.MeanAbsoluteError(), X, y)
    assert caught[0].filename == __file__, "the warning points at the line that called"


# ---- Large networks ----------------------------------------------------------------------------------------------


def test_large_arrays_are_sampled():
    rng = np.random.default_rng(0)
    network = nn.Network([nn.Dense(3, 300, rng=rng), nn.Tanh(), nn.Dense(300, 2, rng=rng)])
    report = nn.gradient_check(network, MSE, X, Y, samples=50)
    assert report.ok
    assert {p.name: (p.checked, p.size) for p in report.parameters} == {
        "0.W": (50, 900), "0.b": (50, 300), "2.W": (50, 600), "2.b": (2, 2),
    }  # fmt: skip
    again = nn.gradient_check(network, MSE, X, Y, samples=50)
    assert report == again
    other = nn.gradient_check(network, MSE, X, Y, samples=50, rng=np.random.default_rng(9))
    assert other.parameters != report.parameters
    everything = nn.gradient_check(network, MSE, X, Y, samples=None)
    assert all(p.checked == p.size for p in everything.parameters)


def test_the_default_is_200_samples():
    rng = np.random.default_rng(0)
    report = nn.gradient_check(nn.Network([nn.Dense(30, 20, rng=rng)]), MSE, rng.normal(size=(2, 30)), np.ones((2, 20)))
    assert [p.checked for p in sorted(report.parameters, key=lambda p: p.name)] == [200, 20]


def test_an_index_of_a_sample_is_that_of_the_whole_array():
    class LastEntryWrong(nn.Dense):
        def param_gradients(self, x, out, d_out):
            gradients = super().param_gradients(x, out, d_out)
            gradients["W"][:, -1] += 1.0
            return gradients

    rng = np.random.default_rng(0)
    network = nn.Network([LastEntryWrong(40, 20, rng=rng)])
    report = nn.gradient_check(network, MSE, rng.normal(size=(2, 40)), np.ones((2, 20)), samples=400)
    name, (_, column) = report.worst
    assert (name, column) == ("0.W", 19)


# ---- The report and the errors -----------------------------------------------------------------------------------


def test_the_report_as_text():
    text = str(nn.gradient_check(small(), MSE, X, Y)).splitlines()
    assert text[0] == "Backpropagation and centred differences agree (norm-wise error, tolerance 1e-07)."
    assert text[1].split() == ["parameter", "checked", "norm", "error", "worst", "at", "backward", "nudged"]
    assert len(text) == 6
    strict = nn.gradient_check(small(), MSE, X, Y, tolerance=1e-16)
    assert not strict.ok and repr(strict).startswith("Backpropagation and centred differences DO NOT AGREE")


MANY = nn.Network.population([small(), small(seed=1)])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.gradient_check(MANY, MSE, X, Y), ValueError, ["single network", "member(k)"]),
        (lambda: nn.gradient_check(nn.Network([nn.Tanh()]), MSE, X, X), ValueError, ["network", "parameters"]),
        (lambda: nn.gradient_check("net", MSE, X, Y), TypeError, ["network", "Network", "'net'"]),
        (lambda: nn.gradient_check(small(), nn.MeanSquaredError, X, Y), TypeError, ["loss", "class"]),
        (lambda: nn.gradient_check(small(), MSE, X, Y, h=0), ValueError, ["h", "positive", "0"]),
        (lambda: nn.gradient_check(small(), MSE, X, Y, tolerance=-1), ValueError, ["tolerance", "positive", "-1"]),
        (lambda: nn.gradient_check(small(), MSE, X, Y, samples=0), ValueError, ["samples", "at least 1", "0"]),
        (lambda: nn.gradient_check(small(), MSE, X, Y, rng=0), TypeError, ["rng", "Generator", "0"]),
        (lambda: nn.gradient_check(small(), MSE, X[:, :2], Y), ValueError, ["x", "(n, 3)", "(6, 2)"]),
        (lambda: nn.gradient_check(small(), MSE, X, Y[:3]), ValueError, ["y", "(6, 2)", "(3, 2)"]),
    ],
)
def test_errors_name_the_argument_what_came_and_what_was_expected(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


def test_what_cannot_be_checked_is_told_whole():
    broken = small()
    broken.params["2.b"][0, 1] = np.inf
    for network, x, words in (
        (small(), X[:0], "x must hold at least one example, got the shape (0, 3)"),
        (small(), X * np.nan, "x must be finite, got nan or inf in it"),
        (broken, X, "the network's parameter 2.b must be finite, got nan or inf in it"),
        (MANY, X, "network must be a single network, got a population; use network.member(k) for one of it"),
        (nn.Network([nn.Tanh()]), X, "network must have parameters to check, got a network without any"),
    ):
        with pytest.raises(ValueError) as caught:
            nn.gradient_check(network, MSE, x, Y)
        assert str(caught.value) == words


def sizes_of_populations(monkeypatch, size, **limits):
    """Check a parameter of so many numbers, and return how many copies were computed with at once."""
    sizes = []
    for name, value in limits.items():
        monkeypatch.setattr(gradcheck, name, value)

    class Counting(nn.MeanSquaredError):
        def value(self, out, y):
            sizes.append(len(out))
            return super().value(out, y)

    network = nn.Network([nn.Dense(1, size, rng=np.random.default_rng(0))])
    numbers = np.arange(size)
    found = numeric_gradient(network, Counting(), np.ones((1, 1)), np.zeros((1, size)), "0.W", numbers)
    assert found == pytest.approx(2 * network.params["0.W"][0] / size, rel=1e-6)
    return sizes


def test_as_many_copies_are_computed_with_at_once_as_the_limits_allow(monkeypatch):
    assert sizes_of_populations(monkeypatch, 70) == [128, 12]
    assert sizes_of_populations(monkeypatch, 5, COPIES=8) == [8, 2]
    assert sizes_of_populations(monkeypatch, 5, COPIES=9) == [8, 2], "always two for a coordinate"
    assert sizes_of_populations(monkeypatch, 4, COPIES=100, NUMBERS=16) == [4, 4]
    assert sizes_of_populations(monkeypatch, 3, COPIES=100, NUMBERS=1) == [2, 2, 2], "one coordinate fits in any case"


@pytest.mark.parametrize(("far", "warned"), [(0.95e-4, True), (1.05e-4, False), (-0.95e-4, True), (-1.05e-4, False)])
def test_a_kink_is_near_within_ten_nudges(far, warned):
    network = nn.Network([nn.Dense(1, 1, rng=np.random.default_rng(0)), nn.ReLU()])
    network.params["0.b"][:] = far - network.params["0.W"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        report = nn.gradient_check(network, MSE, [[1.0]], [[1.0]])
    words = (
        "1 inputs of layer 1, ReLU(), lie within 0.0001 of its kink; a nudge may step across it. Try another seed for the "
        "weights or the data"
    )
    assert [str(warning.message) for warning in caught] == list(report.warnings) == ([words] if warned else [])


@pytest.mark.parametrize(("far", "warned"), [(0.95e-4, True), (1.05e-4, False), (-0.95e-4, True), (-1.05e-4, False)])
def test_the_kink_of_a_loss_is_near_within_ten_nudges(far, warned):
    network = nn.Network([nn.Dense(1, 1, rng=np.random.default_rng(0))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = nn.gradient_check(network, nn.MeanAbsoluteError(), [[1.0]], network.forward([[1.0]]) - far)
    words = "1 predictions lie within 0.0001 of the kink of MeanAbsoluteError()"
    assert list(report.warnings) == ([words] if warned else [])


def test_a_sample_has_no_coordinate_twice_and_is_in_order():
    array = np.zeros((4, 5))
    drawn = gradcheck._coordinates(array, 19, np.random.default_rng(0))
    assert len(set(drawn.tolist())) == 19 and drawn.tolist() == sorted(drawn)
    assert gradcheck._coordinates(array, 20, None).tolist() == gradcheck._coordinates(array, None, None).tolist() == list(range(20))


def test_a_report_is_a_table_with_columns_that_fit():
    check = nn.gradcheck.ParameterCheck("0.W", 4, 12, 3e-10, 2e-8, (1, 0), analytic=0.25, numeric=-0.2512345678)
    other = nn.gradcheck.ParameterCheck("10.b", 200, 1000, 1e-12, 3e-6, (0,), analytic=1e-9, numeric=12345678.0)
    report = nn.gradcheck.GradientReport((check, other), tolerance=3e-10, warnings=("a kink is near",))
    assert str(report).splitlines() == [
        "Backpropagation and centred differences agree (norm-wise error, tolerance 3e-10).",
        "parameter        checked  norm error       worst at     backward       nudged",
        "0.W              4 of 12     3.0e-10         [1, 0]         0.25     -0.25123",
        "10.b         200 of 1000     1.0e-12            [0]        1e-09   1.2346e+07",
        "Note: a kink is near",
    ]
    assert report.ok and bool(report) and report.element_error == 3e-6 and report.worst == ("0.W", (1, 0))
    assert not nn.gradcheck.GradientReport((check, other), tolerance=2.9e-10).ok


@pytest.mark.parametrize("loss_size", [0.25, 3.0])
@pytest.mark.parametrize("h", [1e-5, 1e-3])
def test_gradients_that_rounding_drowns_are_compared_with_what_rounding_does(loss_size, h, monkeypatch):
    """Beside nudged differences of 0, any gradient has the error 1, unless it is so small that rounding could have made it."""
    monkeypatch.setattr(gradcheck, "numeric_gradient", lambda *arguments, h: np.zeros(4))
    rounding = np.finfo(float).eps * max(loss_size, 1) / h
    for size, error in ((1e10 * rounding, 1.0), (1e8 * rounding, 0.5), (rounding, 0.5e-8)):
        gradient = np.array([[size, 0.0], [0.0, 0.0]])
        check = gradcheck._check_parameter(None, None, None, None, "0.W", gradient, np.arange(4), h, loss_size)
        assert check.norm_error == pytest.approx(error, rel=1e-12) and check.element_error == 1
        assert (check.worst_index, check.analytic, check.numeric, check.checked, check.size) == ((0, 0), size, 0, 4, 4)
