"""Layers: Dense against sums written out, Dropout's mask and statistics, and the base class."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlearn as nn

# ---- Dense -------------------------------------------------------------------------------------------------------


def test_dense_against_sums_written_out():
    rng = np.random.default_rng(0)
    layer = nn.Dense(3, 2, rng=rng)
    layer.params["b"][:] = [[0.5, -1.0]]
    W, b = layer.params["W"], layer.params["b"]
    x, d_out = rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    out = layer.forward(x)
    d_x, gradients = layer.backward(x, out, d_out)
    assert sorted(gradients) == ["W", "b"]
    for i in range(4):
        for j in range(2):
            assert out[i, j] == pytest.approx(sum(x[i, k] * W[k, j] for k in range(3)) + b[0, j], rel=1e-14)
        for k in range(3):
            assert d_x[i, k] == pytest.approx(sum(d_out[i, j] * W[k, j] for j in range(2)), rel=1e-13)
    for k in range(3):
        for j in range(2):
            assert gradients["W"][k, j] == pytest.approx(sum(x[i, k] * d_out[i, j] for i in range(4)), rel=1e-13)
    np.testing.assert_allclose(gradients["b"], [[sum(d_out[:, j]) for j in range(2)]], rtol=1e-14)


def test_dense_starts_with_zero_biases_and_the_weights_of_init():
    layer = nn.Dense(5, 4, rng=np.random.default_rng(1), init=nn.he_normal)
    np.testing.assert_array_equal(layer.params["W"], nn.he_normal(np.random.default_rng(1), (5, 4)))
    np.testing.assert_array_equal(layer.params["b"], np.zeros((1, 4)))
    assert repr(layer) == "Dense(n_in=5, n_out=4)"
    assert layer.settings() == {"n_in": 5, "n_out": 4}


def test_dense_default_is_glorot_uniform_in_float64():
    layer = nn.Dense(5, 4, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(layer.params["W"], nn.glorot_uniform(np.random.default_rng(1), (5, 4)))
    assert layer.params["W"].dtype == layer.params["b"].dtype == np.float64


def test_dense_may_be_wide():
    layer = nn.Dense(1000, 600, rng=np.random.default_rng(0))
    x = np.ones((2, 1000))
    assert layer.backward(x, layer.forward(x), np.ones((2, 600)))[0].shape == x.shape


def test_dense_owns_its_weights():
    given_weights = np.ones((2, 3))
    layer = nn.Dense(2, 3, rng=np.random.default_rng(0), init=lambda rng, shape: given_weights)
    layer.params["W"] += 1
    np.testing.assert_array_equal(given_weights, np.ones((2, 3)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dense_keeps_its_dtype(dtype):
    layer = nn.Dense(3, 2, rng=np.random.default_rng(0), dtype=dtype)
    x = np.ones((4, 3), dtype)
    out = layer.forward(x)
    d_x, gradients = layer.backward(x, out, np.ones_like(out))
    assert {array.dtype for array in (out, d_x, *gradients.values(), *layer.params.values())} == {np.dtype(dtype)}


@pytest.mark.parametrize("shared_x", [True, False])
def test_dense_as_a_population_is_its_members(shared_x):
    rng = np.random.default_rng(2)
    members = [nn.Dense(3, 2, rng=rng) for _ in range(4)]
    many = nn.Dense(3, 2, rng=rng)
    for name in ("W", "b"):
        many.params[name] = np.stack([layer.params[name] for layer in members])
    many.params["b"] += rng.normal(size=(4, 1, 2))
    x = rng.normal(size=(5, 3) if shared_x else (4, 5, 3))
    d_out = rng.normal(size=(4, 5, 2))
    out = many.forward(x)
    d_x, gradients = many.backward(x, out, d_out)
    assert out.shape == (4, 5, 2) and d_x.shape == (4, 5, 3)
    assert gradients["W"].shape == (4, 3, 2) and gradients["b"].shape == (4, 1, 2)
    for k, layer in enumerate(members):
        layer.params["b"] = many.params["b"][k]
        x_k = x if shared_x else x[k]
        np.testing.assert_allclose(out[k], layer.forward(x_k), rtol=1e-14, atol=1e-15)
        d_x_k, gradients_k = layer.backward(x_k, out[k], d_out[k])
        np.testing.assert_allclose(d_x[k], d_x_k, rtol=1e-14, atol=1e-15)
        for name in ("W", "b"):
            np.testing.assert_allclose(gradients[name][k], gradients_k[name], rtol=1e-14, atol=1e-15)


def test_dense_takes_lists_whole_numbers_views_and_read_only_arrays():
    layer = nn.Dense(2, 1, rng=np.random.default_rng(0))
    x = np.array([[1.0, 2.0], [3.0, -1.0]])
    expected = layer.forward(x)
    np.testing.assert_array_equal(layer.forward([[1, 2], [3, -1]]), expected)
    np.testing.assert_array_equal(layer.forward(x.astype(int)), expected)
    wide = np.zeros((4, 4))
    wide[::2, ::2] = x
    wide.flags.writeable = False
    np.testing.assert_array_equal(layer.forward(wide[::2, ::2]), expected)
    d_out = np.ones((2, 1))
    np.testing.assert_array_equal(
        layer.backward(wide[::2, ::2], expected, d_out)[1]["W"], layer.backward(x, expected, d_out)[1]["W"]
    )


@given(data=st.data(), n=st.integers(1, 4), n_in=st.integers(1, 4), n_out=st.integers(1, 4))
def test_dense_changes_nothing_that_it_is_given(data, n, n_in, n_out):
    layer = nn.Dense(n_in, n_out, rng=np.random.default_rng(0))
    numbers = st.floats(-1e6, 1e6)
    x = data.draw(hnp.arrays(np.float64, (n, n_in), elements=numbers))
    d_out = data.draw(hnp.arrays(np.float64, (n, n_out), elements=numbers))
    out = layer.forward(x)
    kept = x.copy(), d_out.copy(), out.copy(), *(array.copy() for array in layer.params.values())
    layer.backward(x, out, d_out)
    layer.forward(x)
    for array, before in zip((x, d_out, out, *layer.params.values()), kept, strict=True):
        np.testing.assert_array_equal(array, before)


def test_param_gradients_are_those_of_backward():
    rng = np.random.default_rng(0)
    layer = nn.Dense(3, 2, rng=rng)
    x, d_out = rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    alone, both = layer.param_gradients(x, None, d_out), layer.backward(x, None, d_out)[1]
    for name in ("W", "b"):
        np.testing.assert_array_equal(alone[name], both[name])
    assert nn.Tanh().param_gradients(x, nn.tanh(x), x) == {}


# ---- Dropout -----------------------------------------------------------------------------------------------------


def dropout(rate, seed=0):
    layer = nn.Dropout(rate, rng=np.random.default_rng(seed))
    layer.training = True
    return layer


def test_dropout_is_off_at_first_and_then_passes_everything():
    layer = nn.Dropout(0.5, rng=np.random.default_rng(0))
    x, d_out = np.array([[1.0, -2.0, 0.0]]), np.array([[3.0, 4.0, 5.0]])
    assert layer.training is False
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x, x, d_out)[0], d_out)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_dropout_statistics(rate):
    n = 200_000
    x = np.full((n, 1), 3.0)
    out = dropout(rate).forward(x)
    silenced = (out == 0).mean()
    assert abs(silenced - rate) < 5 * np.sqrt(rate * (1 - rate) / n)
    np.testing.assert_allclose(out[out != 0], 3 / (1 - rate), rtol=1e-15)
    deviation = 3 * np.sqrt(rate / (1 - rate) / n)
    assert abs(out.mean() - 3) < 5 * deviation


def test_dropout_draws_the_mask_from_its_generator_and_a_new_one_each_time():
    layer, x = dropout(0.4, seed=9), np.ones((5, 6))
    rng = np.random.default_rng(9)
    for _ in range(3):
        np.testing.assert_array_equal(layer.forward(x) != 0, rng.random((5, 6)) >= 0.4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_mask_can_be_read_from_the_output_also_where_inputs_are_zero(dtype):
    x = np.tile(np.array([0.0, -0.0, 1.0, -1.0, np.finfo(dtype).smallest_subnormal], dtype), (2000, 1))
    x[:, -1] *= np.where(np.arange(2000) % 2, 1, -1)
    layer = dropout(0.3, seed=4)
    kept = np.random.default_rng(4).random(x.shape) >= 0.3
    out = layer.forward(x)
    assert out.dtype == dtype
    d_out = np.random.default_rng(5).normal(size=x.shape).astype(dtype)
    d_x, gradients = layer.backward(x, out, d_out)
    np.testing.assert_allclose(d_x, d_out * kept / (1 - 0.3), rtol=4 * np.finfo(dtype).eps)
    assert d_x.dtype == dtype and gradients == {}
    for column in range(5):
        assert 0 < kept[:, column].mean() < 1


def test_dropout_gradient_is_right_for_whole_numbers_too():
    layer, x = dropout(0.5, seed=1), np.arange(-8, 8).reshape(4, 4)
    kept = np.random.default_rng(1).random((4, 4)) >= 0.5
    d_x, _ = layer.backward(x, layer.forward(x), np.ones((4, 4)))
    np.testing.assert_array_equal(d_x, 2.0 * kept)


@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e300, 1e300)), st.integers(0, 100))
def test_dropout_changes_nothing_that_it_is_given_and_its_gradient_matches_its_output(x, seed):
    layer = dropout(0.5, seed)
    before = x.copy()
    x.flags.writeable = False
    out = layer.forward(x)
    d_x, _ = layer.backward(x, out, np.ones((3, 4)))
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(np.signbit(x), np.signbit(before))
    np.testing.assert_array_equal(out, x * d_x)


def test_dropout_with_rate_0_keeps_all():
    x = np.random.default_rng(0).normal(size=(50, 4))
    layer = dropout(0.0)
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x, layer.forward(x), x)[0], x)


# ---- The base class ----------------------------------------------------------------------------------------------


def test_the_base_class_says_what_is_missing():
    class Half(nn.Layer):
        pass

    assert Half().params == {} and Half().settings() == {} and repr(Half()) == "Half()"
    with pytest.raises(NotImplementedError, match=r"Half has to define forward\(x\)"):
        Half().forward(np.ones((1, 1)))
    with pytest.raises(NotImplementedError, match=r"Half has to define backward\(x, out, d_out\)"):
        Half().backward(None, None, None)


def test_a_layer_of_ones_own_works_in_a_network():
    class Double(nn.Layer):
        def forward(self, x):
            return 2 * x

        def backward(self, x, out, d_out):
            return 2 * d_out, {}

    network = nn.Network([nn.Dense(2, 2, rng=np.random.default_rng(0)), Double()])
    report = nn.gradient_check(network, nn.MeanSquaredError(), np.eye(2), np.ones((2, 2)))
    assert report.ok


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.Dense(0, 2, rng=RNG), ValueError, ["n_in", "at least 1", "got 0"]),
        (lambda: nn.Dense(2, -1, rng=RNG), ValueError, ["n_out", "at least 1", "got -1"]),
        (lambda: nn.Dense(2.0, 1, rng=RNG), TypeError, ["n_in", "whole number", "2.0"]),
        (lambda: nn.Dense(True, 1, rng=RNG), TypeError, ["n_in", "whole number", "True"]),
        (lambda: nn.Dense(2, 1, rng=0), TypeError, ["rng", "default_rng(0)", "got 0"]),
        (lambda: nn.Dense(2, 1, rng=np.random.RandomState(0)), TypeError, ["rng", "Generator", "RandomState"]),
        (lambda: nn.Dense(2, 1, rng=RNG, dtype=np.float16), TypeError, ["dtype", "float32", "float16"]),
        (lambda: nn.Dense(2, 1, rng=RNG, dtype="double trouble"), TypeError, ["dtype", "float64", "double trouble"]),
        (lambda: nn.Dense(2, 1, rng=RNG, dtype=int), TypeError, ["dtype", "float64", "int"]),
        (lambda: nn.Dense(2, 1, rng=RNG, init="he"), TypeError, ["init", "he_uniform", "'he'"]),
        (lambda: nn.Dense(2, 1, rng=RNG, init=lambda r, s: np.ones(2)), ValueError, ["init", "(2, 1)", "(2,)"]),
        (lambda: nn.Dense(2, 1, rng=RNG).forward(np.ones((3, 4))), ValueError, ["x", "(n, 2)", "(3, 4)"]),
        (lambda: nn.Dense(2, 1, rng=RNG).forward(np.ones(2)), ValueError, ["x", "(n, 2)", "(2,)"]),
        (lambda: nn.Dense(2, 1, rng=RNG).forward("x"), TypeError, ["x", "real numbers", "'x'"]),
        (lambda: nn.Dropout(1.0, rng=RNG), ValueError, ["rate", "[0, 1)", "1.0"]),
        (lambda: nn.Dropout(-0.1, rng=RNG), ValueError, ["rate", "[0, 1)", "-0.1"]),
        (lambda: nn.Dropout(np.nan, rng=RNG), ValueError, ["rate", "finite", "nan"]),
        (lambda: nn.Dropout("half", rng=RNG), TypeError, ["rate", "number", "half"]),
        (lambda: nn.Dropout(0.5, rng=None), TypeError, ["rng", "Generator", "None"]),
    ],
)
def test_errors_name_the_argument_what_came_and_what_was_expected(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
