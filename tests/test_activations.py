"""Activations: exact values, slopes, the largest floats, dtypes and what the layers pass back."""

import warnings
from decimal import Decimal, localcontext

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlearn as nn

POINTWISE = {
    "step": (nn.step, nn.step_derivative),
    "sigmoid": (nn.sigmoid, nn.sigmoid_derivative),
    "tanh": (nn.tanh, nn.tanh_derivative),
    "relu": (nn.relu, nn.relu_derivative),
    "leaky_relu": (nn.leaky_relu, nn.leaky_relu_derivative),
}
FUNCTIONS = [f for pair in POINTWISE.values() for f in pair] + [nn.softmax, nn.log_softmax, nn.softmax_jacobian]
LAYERS = [nn.Step(), nn.Sigmoid(), nn.Tanh(), nn.ReLU(), nn.LeakyReLU(), nn.LeakyReLU(alpha=0.3), nn.Softmax()]
DTYPES = [np.float32, np.float64]
# No entry lies near 0, where step, ReLU and leaky ReLU have their kink.
SMOOTH = np.array([-31.0, -7.5, -2.0, -0.5, -1e-3, 2e-3, 0.25, 1.0, 3.0, 9.0, 30.0])


def extremes(dtype):
    info = np.finfo(dtype)
    sizes = [0.0, info.smallest_subnormal, info.tiny, 1e-8, 1.0, 20.0, 50.0, 88.0, 104.0, 709.0, 746.0, 1e30, info.max]
    return np.array([sign * size for size in sizes for sign in (1, -1)], dtype)


# ---- Every float that there is -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_finite_and_silent_up_to_the_largest_float(function, dtype):
    z = extremes(dtype)
    with np.errstate(all="raise", under="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        for rows in (z, z[:, None], np.stack([z, z[::-1]]), np.stack(np.meshgrid(z, z), axis=-1)):
            out = function(rows)
            assert np.isfinite(out).all()
            assert out.dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_layers_are_finite_and_silent_up_to_the_largest_float(layer, dtype):
    z = extremes(dtype)
    x = np.stack(np.meshgrid(z, z, indexing="ij"), axis=-1).reshape(-1, 2)
    with np.errstate(all="raise", under="ignore"):
        out = layer.forward(x)
        d_x, gradients = layer.backward(x, out, np.ones_like(out))
    assert np.isfinite(out).all() and np.isfinite(d_x).all()
    assert out.dtype == d_x.dtype == dtype
    assert gradients == {}


@given(
    hnp.arrays(
        np.float64, hnp.array_shapes(max_dims=3, max_side=5), elements=st.floats(allow_nan=False, allow_infinity=False)
    )
)
def test_softmax_of_any_finite_rows_is_a_distribution(z):
    p = nn.softmax(z)
    assert (p >= 0).all() and (p <= 1).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-15 * z.shape[-1] + 1e-15)
    assert np.isfinite(nn.log_softmax(z)).all()
    assert (nn.log_softmax(z) <= 0).all()


# ---- Exact values ------------------------------------------------------------------------------------------------


def exact(formula, *numbers):
    """Evaluate a formula with 60 digits, on the exact values of the floats."""
    with localcontext() as context:
        context.prec = 60
        context.Emin, context.Emax = -(10**9), 10**9
        return float(formula(*(Decimal(float(number)) for number in numbers)))


EXACT = {
    "sigmoid": (nn.sigmoid, lambda z: 1 / (1 + (-z).exp())),
    "sigmoid_derivative": (nn.sigmoid_derivative, lambda z: (-z).exp() / (1 + (-z).exp()) ** 2),
    "tanh": (nn.tanh, lambda z: (z.exp() - (-z).exp()) / (z.exp() + (-z).exp())),
    "tanh_derivative": (nn.tanh_derivative, lambda z: 4 / (z.exp() + (-z).exp()) ** 2),
    "leaky_relu": (nn.leaky_relu, lambda z: max(z, Decimal(0.01) * z)),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", EXACT)
def test_values_are_exact_to_a_few_units_of_the_last_place(name, dtype):
    function, formula = EXACT[name]
    z = np.concatenate([SMOOTH, [-80.0, -40.0, 0.0, 40.0, 80.0]]).astype(dtype)
    expected = np.array([exact(formula, value) for value in z])
    # A result below the smallest normal float has fewer digits; none of these does in float64.
    info = np.finfo(dtype)
    np.testing.assert_allclose(function(z), expected, rtol=8 * info.eps, atol=float(info.tiny))


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_and_its_logarithm_are_exact(dtype):
    z = np.array([[0.3, -0.4, 2.0], [-20.0, 1.0, 5.0], [1000.0, 999.0, 970.0]], dtype)
    for row, p, log_p in zip(z, nn.softmax(z), nn.log_softmax(z), strict=True):
        for i in range(3):
            wanted = exact(lambda *zs, i=i: zs[i].exp() / sum(value.exp() for value in zs), *row)
            wanted_log = exact(lambda *zs, i=i: zs[i] - sum(value.exp() for value in zs).ln(), *row)
            np.testing.assert_allclose(p[i], wanted, rtol=16 * np.finfo(dtype).eps)
            # The sum of a row with one large p is near 1, where rounding it costs its logarithm one eps at most.
            eps = np.finfo(dtype).eps
            np.testing.assert_allclose(log_p[i], wanted_log, rtol=8 * eps, atol=eps)


def test_values_that_can_be_checked_by_hand():
    np.testing.assert_array_equal(nn.step([-1e-300, -0.0, 0.0, 1e-300]), [0, 1, 1, 1])
    np.testing.assert_array_equal(nn.sigmoid([-1000, 0, 1000]), [0, 0.5, 1])
    np.testing.assert_array_equal(nn.tanh([-1000, 0, 1000]), [-1, 0, 1])
    np.testing.assert_array_equal(nn.relu([-2, 0, 3]), [0, 0, 3])
    np.testing.assert_array_equal(nn.leaky_relu([-2, 0, 3], alpha=0.25), [-0.5, 0, 3])
    np.testing.assert_array_equal(nn.softmax([0, 0, 0, 0]), [0.25] * 4)
    assert nn.sigmoid_derivative(0) == 0.25
    assert nn.tanh_derivative(0) == 1


def test_slopes_at_the_kink_are_the_ones_that_the_docstrings_state():
    for zero in (0.0, -0.0):
        assert nn.step_derivative(zero) == 0
        assert nn.relu_derivative(zero) == 0
        assert nn.leaky_relu_derivative(zero, alpha=0.2) == 0.2
    x = np.array([[0.0, -0.0]])
    for layer, slope in ((nn.Step(), 0), (nn.ReLU(), 0), (nn.LeakyReLU(0.2), 0.2)):
        d_x, _ = layer.backward(x, layer.forward(x), np.ones((1, 2)))
        np.testing.assert_array_equal(d_x, [[slope, slope]])


@pytest.mark.parametrize("layer", LAYERS[:-1], ids=repr)
def test_a_layer_bends_where_it_says_that_its_kinks_are_and_nowhere_else(layer):
    """By second differences: next to a kink they are as large as the step, elsewhere its square."""
    h = 1e-4
    at = np.round(np.arange(-3, 3.5, 0.5), 1)
    below, here, above = (layer.forward(at[None] + nudge)[0] for nudge in (-h, 0, h))
    assert tuple(at[np.abs(above - 2 * here + below) > 0.1 * h]) == layer.kinks


def test_sigmoid_keeps_its_digits_in_both_tails():
    np.testing.assert_allclose(nn.sigmoid(-700.0), np.exp(-700.0), rtol=1e-15)
    np.testing.assert_allclose(nn.sigmoid_derivative(700.0), np.exp(-700.0), rtol=1e-15)
    np.testing.assert_allclose(nn.tanh_derivative(-300.0), 4 * np.exp(-600.0), rtol=1e-13)


def test_softmax_with_two_logits_is_a_sigmoid_of_their_difference():
    z = np.linspace(-30, 30, 25)
    np.testing.assert_allclose(nn.softmax(np.stack([z, np.zeros(25)], axis=-1))[:, 0], nn.sigmoid(z), rtol=1e-14)


def test_softmax_does_not_see_a_shift_of_the_row():
    z = np.array([1.0, -2.0, 0.5])
    np.testing.assert_array_equal(nn.softmax(z + 64), nn.softmax(z))  # exact: 64 is added without rounding


def test_log_softmax_keeps_what_softmax_loses():
    assert nn.softmax([0.0, 1000.0])[0] == 0
    assert nn.log_softmax([0.0, 1000.0])[0] == -1000


# ---- Slopes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POINTWISE)
def test_derivatives_against_centred_differences(name):
    function, derivative = POINTWISE[name]
    h = 1e-6 * np.maximum(1, np.abs(SMOOTH))
    h[np.abs(SMOOTH) < 0.01] = 1e-6
    numeric = (function(SMOOTH + h) - function(SMOOTH - h)) / (2 * h)
    np.testing.assert_allclose(derivative(SMOOTH), numeric, rtol=0, atol=1e-9)


@pytest.mark.parametrize("alpha", [0.0, 0.01, 0.5, 1.0])
def test_leaky_relu_slope_for_every_alpha(alpha):
    np.testing.assert_array_equal(nn.leaky_relu_derivative([-3.0, 3.0], alpha), [alpha, 1])
    np.testing.assert_array_equal(nn.leaky_relu([-3.0, 3.0], alpha), [-3 * alpha, 3])


def test_leaky_relu_reaches_relu_and_identity():
    np.testing.assert_array_equal(nn.leaky_relu(SMOOTH, 0.0), nn.relu(SMOOTH))
    np.testing.assert_array_equal(nn.leaky_relu(SMOOTH, 1.0), SMOOTH)


def test_softmax_jacobian():
    z = np.random.default_rng(0).normal(size=(4, 3)) * 3
    jacobian = nn.softmax_jacobian(z)
    assert jacobian.shape == (4, 3, 3)
    h = 1e-6
    for j in range(3):
        nudge = h * np.eye(3)[j]
        numeric = (nn.softmax(z + nudge) - nn.softmax(z - nudge)) / (2 * h)
        np.testing.assert_allclose(jacobian[:, :, j], numeric, atol=1e-9)
    np.testing.assert_allclose(jacobian, jacobian.mT, atol=1e-16)
    np.testing.assert_allclose(jacobian.sum(axis=-1), 0, atol=1e-16)


@pytest.mark.parametrize("layer", LAYERS[:-1], ids=repr)
def test_layers_pass_back_the_derivative_times_what_came(layer):
    rng = np.random.default_rng(1)
    x, d_out = rng.normal(size=(6, 5)), rng.normal(size=(6, 5))
    alpha = {"alpha": layer.alpha} if isinstance(layer, nn.LeakyReLU) else {}
    function, derivative = POINTWISE["leaky_relu" if alpha else type(layer).__name__.lower()]
    out = layer.forward(x)
    np.testing.assert_array_equal(out, function(x, **alpha))
    d_x, _ = layer.backward(x, out, d_out)
    np.testing.assert_allclose(d_x, d_out * derivative(x, **alpha), rtol=1e-13, atol=1e-16)


def test_softmax_layer_passes_back_d_out_times_the_jacobian():
    rng = np.random.default_rng(2)
    x, d_out = rng.normal(size=(6, 5)), rng.normal(size=(6, 5))
    layer = nn.Softmax()
    d_x, _ = layer.backward(x, layer.forward(x), d_out)
    np.testing.assert_allclose(d_x, (d_out[:, None, :] @ nn.softmax_jacobian(x))[:, 0], rtol=1e-12, atol=1e-16)


def test_a_step_lets_nothing_back():
    d_x, _ = nn.Step().backward(np.ones((2, 3)), np.ones((2, 3)), np.full((2, 3), 7.0))
    np.testing.assert_array_equal(d_x, np.zeros((2, 3)))


# ---- What goes in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_whole_numbers_lists_and_single_numbers_become_float64(function):
    for z in ([1, 2, 3], np.array([1, 2, 3]), (True, False), np.array([1, 2], np.float16)):
        assert function(z).dtype == np.float64
    if function not in (nn.softmax, nn.log_softmax, nn.softmax_jacobian):
        assert np.ndim(function(3)) == 0
        assert function(np.float32(3)).dtype == np.float32
        assert function(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_views_and_read_only_arrays_give_the_same_and_stay_the_same(function):
    whole = np.random.default_rng(3).normal(size=(6, 8))
    view = whole[::2, ::-2]
    expected = function(view.copy())
    before = whole.copy()
    whole.flags.writeable = False
    np.testing.assert_array_equal(function(view), expected)
    np.testing.assert_array_equal(function(np.asfortranarray(view)), expected)
    np.testing.assert_array_equal(whole, before)


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
@given(data=st.data())
def test_layers_change_nothing_that_they_are_given(layer, data):
    dtype = data.draw(st.sampled_from(DTYPES))
    shape = data.draw(hnp.array_shapes(min_dims=2, max_dims=3, max_side=4))
    numbers = hnp.arrays(dtype, shape, elements=st.floats(-50, 50, width=32))
    x, d_out = data.draw(numbers), data.draw(numbers)
    out = layer.forward(x)
    kept = x.copy(), out.copy(), d_out.copy()
    for array in (x, out, d_out):
        array.flags.writeable = False
    d_x, _ = layer.backward(x, out, d_out)
    layer.forward(x)
    assert d_x.shape == out.shape == shape
    assert d_x.dtype == out.dtype == dtype
    for array, before in zip((x, out, d_out), kept, strict=True):
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_a_population_gives_what_its_members_give(layer):
    rng = np.random.default_rng(4)
    x, d_out = rng.normal(size=(3, 6, 5)), rng.normal(size=(3, 6, 5))
    out = layer.forward(x)
    d_x, _ = layer.backward(x, out, d_out)
    for k in range(3):
        np.testing.assert_array_equal(out[k], layer.forward(x[k]))
        np.testing.assert_array_equal(d_x[k], layer.backward(x[k], out[k], d_out[k])[0])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.sigmoid("1"), TypeError, ["z", "real numbers", "'1'"]),
        (lambda: nn.relu([1 + 2j]), TypeError, ["z", "real numbers"]),
        (lambda: nn.tanh([[1, 2], [3]]), TypeError, ["z", "ragged"]),
        (lambda: nn.step(None), TypeError, ["z", "None"]),
        (lambda: nn.sigmoid_derivative("a"), TypeError, ["z", "'a'"]),
        (lambda: nn.tanh_derivative(object), TypeError, ["z", "real numbers"]),
        (lambda: nn.relu_derivative({}), TypeError, ["z", "{}"]),
        (lambda: nn.step_derivative(["a"]), TypeError, ["z", "'a'"]),
        (lambda: nn.leaky_relu(1.0, alpha=-0.1), ValueError, ["alpha", "[0, 1]", "-0.1"]),
        (lambda: nn.leaky_relu(1.0, alpha="x"), TypeError, ["alpha", "number", "'x'"]),
        (lambda: nn.leaky_relu_derivative(1.0, alpha=1.5), ValueError, ["alpha", "[0, 1]", "1.5"]),
        (lambda: nn.LeakyReLU(alpha=np.nan), ValueError, ["alpha", "finite", "nan"]),
        (lambda: nn.LeakyReLU(alpha=True), TypeError, ["alpha", "number", "True"]),
        (lambda: nn.softmax(3.0), ValueError, ["z", "at least one number", "()"]),
        (lambda: nn.log_softmax(np.zeros((2, 0))), ValueError, ["z", "(2, 0)"]),
        (lambda: nn.softmax_jacobian(1), ValueError, ["z", "()"]),
    ],
)  # fmt: skip
def test_errors_name_the_argument_what_came_and_what_was_expected(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("alpha", [0, 1])
def test_a_leaky_relu_may_leak_nothing_or_all(alpha):
    z = np.array([[-2.0, 0.0, 3.0]])
    layer = nn.LeakyReLU(alpha)
    assert layer.alpha == alpha and layer.settings() == {"alpha": alpha}
    np.testing.assert_array_equal(layer.forward(z), [[-2.0 * alpha, 0, 3]])
    np.testing.assert_array_equal(nn.leaky_relu(z, alpha), layer.forward(z))
    np.testing.assert_array_equal(nn.leaky_relu_derivative(z, alpha), [[alpha, alpha, 1]])
    for call in (nn.LeakyReLU, lambda a: nn.leaky_relu(z, a), lambda a: nn.leaky_relu_derivative(z, a)):
        with pytest.raises(ValueError, match=r"^alpha must be in \[0, 1\], got 1.5$"):
            call(1.5)
