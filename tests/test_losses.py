"""Losses: values by hand, gradients by differences, the two routes to cross-entropy, targets and errors."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlearn as nn

NUMBERS = [nn.MeanSquaredError(), nn.MeanAbsoluteError()]
ROWS = [nn.CrossEntropy(), nn.SoftmaxCrossEntropy()]
ENTRIES = [nn.BinaryCrossEntropy(), nn.SigmoidCrossEntropy()]
ALL = NUMBERS + ROWS + ENTRIES
DTYPES = [np.float32, np.float64]


def example(loss, rng, shape=(5, 3), dtype=np.float64):
    """Return (out, y) that are valid for this loss; for the absolute error no difference is near 0."""
    y = rng.uniform(0.1, 0.9, shape[-2:])
    if loss in ROWS:
        y /= y.sum(axis=-1, keepdims=True)
    out = rng.normal(size=shape)
    if isinstance(loss, nn.MeanAbsoluteError):
        out = y + np.sign(out) * (0.1 + np.abs(out))
    if isinstance(loss, (nn.CrossEntropy, nn.BinaryCrossEntropy)):
        out = nn.sigmoid(out)
    return out.astype(dtype), y.astype(dtype)


# ---- Values ------------------------------------------------------------------------------------------------------


def test_values_by_hand():
    out, y = [[1.0, 2.0], [3.0, -1.0]], [[0.0, 2.0], [1.0, 1.0]]
    assert nn.MeanSquaredError()(out, y) == (1 + 0 + 4 + 4) / 4
    assert nn.MeanAbsoluteError()(out, y) == (1 + 0 + 2 + 2) / 4
    np.testing.assert_array_equal(nn.MeanSquaredError().gradient(out, y), [[0.5, 0], [1, -1]])
    np.testing.assert_array_equal(nn.MeanAbsoluteError().gradient(out, y), [[0.25, 0], [0.25, -0.25]])
    p, labels = [[0.25, 0.75], [0.5, 0.5]], [[1.0, 0.0], [0.5, 0.5]]
    assert nn.CrossEntropy()(p, labels) == pytest.approx((math.log(4) + math.log(2)) / 2, rel=1e-15)
    np.testing.assert_allclose(nn.CrossEntropy().gradient(p, labels), [[-2, 0], [-0.5, -0.5]], rtol=1e-15)
    expected = (math.log(4) + math.log(4) + 2 * math.log(2)) / 4
    assert nn.BinaryCrossEntropy()(p, labels) == pytest.approx(expected, rel=1e-15)
    np.testing.assert_allclose(nn.BinaryCrossEntropy().gradient(p, labels), [[-1, 1], [0, 0]], atol=1e-15)
    z = [[math.log(3), 0.0]]
    assert nn.SoftmaxCrossEntropy()(z, [1]) == pytest.approx(math.log(4), rel=1e-15)
    np.testing.assert_allclose(nn.SoftmaxCrossEntropy().gradient(z, [1]), [[0.75, -0.75]], rtol=1e-15)
    assert nn.SigmoidCrossEntropy()(z, [[0, 1]]) == pytest.approx((math.log(4) + math.log(2)) / 2, rel=1e-15)
    np.testing.assert_allclose(nn.SigmoidCrossEntropy().gradient(z, [[0, 1]]), [[0.375, -0.25]], rtol=1e-15)


def test_the_sources_first_example():
    z, x, w, lr = 0.1, 0.5, 0.2, 0.1
    assert round(float(nn.BinaryCrossEntropy()([[nn.sigmoid(z)]], [[1]])), 6) == 0.644397
    d_z = nn.SigmoidCrossEntropy().gradient([[z]], [[1]]).item()
    assert round(d_z, 6) == -0.475021
    assert round(w - lr * d_z * x, 6) == 0.223751


@pytest.mark.parametrize("loss", ALL, ids=repr)
@pytest.mark.parametrize("n", [1, 4, 7])
def test_a_batch_is_the_mean_of_its_rows(loss, n):
    out, y = example(loss, np.random.default_rng(n), (n, 3))
    rows = [loss(out[i : i + 1], y[i : i + 1]) for i in range(n)]
    assert loss(out, y) == pytest.approx(np.mean(rows), rel=1e-14)
    gradient = np.concatenate([loss.gradient(out[i : i + 1], y[i : i + 1]) for i in range(n)]) / n
    np.testing.assert_allclose(loss.gradient(out, y), gradient, rtol=1e-14, atol=1e-17)


@pytest.mark.parametrize("loss", ALL, ids=repr)
def test_gradient_against_centred_differences(loss):
    out, y = example(loss, np.random.default_rng(3))
    gradient, h = loss.gradient(out, y), 1e-6
    for index in np.ndindex(out.shape):
        up, down = out.copy(), out.copy()
        up[index] += h
        down[index] -= h
        assert gradient[index] == pytest.approx((loss(up, y) - loss(down, y)) / (up[index] - down[index]), abs=2e-9)


@pytest.mark.parametrize("loss", ALL, ids=repr)
def test_no_prediction_is_better_than_the_target_for_losses_with_a_least_value(loss):
    rng = np.random.default_rng(8)
    _, y = example(loss, rng)
    if isinstance(loss, nn.SoftmaxCrossEntropy):
        best = np.log(y)
    elif isinstance(loss, nn.SigmoidCrossEntropy):
        best = np.log(y / (1 - y))
    else:
        best = y
    least = loss(best, y)
    np.testing.assert_allclose(loss.gradient(best, y) - loss.gradient(best, y).mean(-1, keepdims=True), 0, atol=1e-15)
    for _ in range(20):
        other, _ = example(loss, rng)
        if isinstance(loss, nn.CrossEntropy):
            other /= other.sum(axis=-1, keepdims=True)
        assert loss(other, y) > least


def test_absolute_error_has_slope_0_at_its_corner():
    np.testing.assert_array_equal(nn.MeanAbsoluteError().gradient([[2.0, 3.0]], [[2.0, 1.0]]), [[0, 0.5]])
    assert nn.MeanAbsoluteError().kinks == (0.0,)


# ---- Plain and fused ---------------------------------------------------------------------------------------------


def routes(z, y, activation, plain, fused):
    """Return loss and gradient at the logits, by the chain rule and fused."""
    p = activation.forward(z)
    chained, _ = activation.backward(z, p, plain.gradient(p, y))
    return (plain(p, y), chained), (fused(z, y), fused.gradient(z, y))


SOFTMAX = nn.Softmax(), nn.CrossEntropy(), nn.SoftmaxCrossEntropy()
SIGMOID = nn.Sigmoid(), nn.BinaryCrossEntropy(), nn.SigmoidCrossEntropy()


@pytest.mark.parametrize("parts", [SOFTMAX, SIGMOID], ids=["softmax", "sigmoid"])
@pytest.mark.parametrize("seed", range(20))
def test_both_routes_agree_on_moderate_logits(parts, seed):
    rng = np.random.default_rng(seed)
    z = rng.uniform(-4, 4, (8, 3))
    hard = np.eye(3)[rng.integers(0, 3, 8)]
    soft = nn.softmax(rng.normal(size=(8, 3)))
    for y in (hard, soft):
        plain, fused = routes(z, y, *parts)
        np.testing.assert_allclose(plain[0], fused[0], rtol=1e-14, atol=1e-14)
        np.testing.assert_allclose(plain[1], fused[1], rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("n", [1, 4])
def test_softmax_the_plain_route_breaks_where_the_true_class_trails_by_104_in_float32(n):
    z = np.tile(np.array([[0, 104]], np.float32), (n, 1))
    plain, fused = routes(z, np.zeros(n, int), *SOFTMAX)
    np.testing.assert_array_equal(plain[1], np.zeros((n, 2)))  # the worst of errors, and nothing is learned from it
    np.testing.assert_array_equal(fused[1], np.tile([[-1 / n, 1 / n]], (n, 1)))
    assert fused[0] == 104
    assert plain[0] == pytest.approx(-math.log(np.finfo(np.float32).tiny), rel=1e-6)


def test_softmax_in_float64_the_plain_route_breaks_at_a_gap_of_746():
    plain, fused = routes(np.array([[0.0, 746.0]]), [0], *SOFTMAX)
    np.testing.assert_array_equal(plain[1], [[0, 0]])
    np.testing.assert_array_equal(fused[1], [[-1, 1]])


@pytest.mark.parametrize(("dtype", "z"), [(np.float32, 17), (np.float64, 37)])
def test_sigmoid_the_plain_route_breaks_where_p_rounds_to_1(dtype, z):
    z = np.array([[z]], dtype)
    plain, fused = routes(z, [[0.0]], *SIGMOID)
    np.testing.assert_array_equal(plain[1], [[0]])
    np.testing.assert_array_equal(fused[1], [[1]])
    assert fused[0] == z.item()


@pytest.mark.parametrize("dtype", DTYPES)
def test_fused_losses_are_finite_and_silent_up_to_the_largest_float(dtype):
    top = np.finfo(dtype).max
    with np.errstate(all="raise", under="ignore"):
        for a in (0, 1, -1, 1e30, -1e30, top, -top):
            for b in (0, 1e30, top, -top):
                z = np.array([[a, b]], dtype)
                for label in (0, 1):
                    assert np.isfinite(nn.SoftmaxCrossEntropy()(z, [label]))
                    assert np.isfinite(nn.SoftmaxCrossEntropy().gradient(z, [label])).all()
                    entry = np.array([[b]], dtype)
                    assert np.isfinite(nn.SigmoidCrossEntropy()(entry, [[label]]))
                    assert np.isfinite(nn.SigmoidCrossEntropy().gradient(entry, [[label]])).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("p", [0.0, 1.0, "subnormal"])
def test_losses_of_probabilities_are_finite_and_silent_for_every_probability(dtype, p):
    p = np.finfo(dtype).smallest_subnormal if p == "subnormal" else p
    with np.errstate(all="raise", under="ignore"):
        out = np.array([[p, 1 - p]], dtype)
        for y in ([[1.0, 0.0]], [[0.0, 1.0]], [[0.5, 0.5]]):
            for loss in (nn.CrossEntropy(), nn.BinaryCrossEntropy()):
                assert np.isfinite(loss(out, y))
                assert np.isfinite(loss.gradient(out, y)).all()


def test_a_perfect_prediction_costs_exactly_nothing():
    assert str(nn.CrossEntropy()([[0.0, 1.0]], [1])) == "0.0"
    assert str(nn.BinaryCrossEntropy()([[0.0, 1.0]], [[0, 1]])) == "0.0"
    assert str(nn.SoftmaxCrossEntropy()([[0.0, 1000.0]], [1])) == "0.0"
    assert nn.SigmoidCrossEntropy()([[-1000.0, 1000.0]], [[0, 1]]) == 0


def test_nan_in_gives_nan_out_so_that_training_can_say_what_happened():
    for loss in ALL:
        y = np.array([[0.5, 0.5]])
        assert np.isnan(loss(np.array([[np.nan, 0.5]]), y))


# ---- Targets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ROWS, ids=repr)
@pytest.mark.parametrize("kind", [int, np.uint8, np.int64])
def test_labels_are_one_hot_rows(loss, kind):
    out, _ = example(loss, np.random.default_rng(0), (4, 3))
    labels = np.array([2, 0, 1, 2], kind)
    rows = np.eye(3)[labels]
    assert loss(out, labels) == loss(out, rows) == loss(out, labels.tolist())
    np.testing.assert_array_equal(loss.gradient(out, labels), loss.gradient(out, rows))


@pytest.mark.parametrize("loss", NUMBERS + ENTRIES, ids=repr)
def test_a_column_may_be_compared_with_a_list_of_targets(loss):
    out, y = example(loss, np.random.default_rng(0), (4, 1))
    assert loss(out, y[:, 0]) == loss(out, y)
    np.testing.assert_array_equal(loss.gradient(out, y[:, 0]), loss.gradient(out, y))
    assert loss.gradient(out, y[:, 0]).shape == (4, 1)


@pytest.mark.parametrize("loss", NUMBERS + ENTRIES, ids=repr)
def test_predictions_without_rows(loss):
    out, y = example(loss, np.random.default_rng(0), (4, 1))
    assert loss(out[:, 0], y[:, 0]) == pytest.approx(loss(out, y), rel=1e-15)
    np.testing.assert_allclose(loss.gradient(out[:, 0], y[:, 0]), loss.gradient(out, y)[:, 0], rtol=1e-15)


@pytest.mark.parametrize("loss", ROWS, ids=repr)
def test_one_row_without_a_batch(loss):
    out, y = example(loss, np.random.default_rng(0), (1, 3))
    assert loss(out[0], y[0]) == pytest.approx(loss(out, y), rel=1e-15)
    np.testing.assert_allclose(loss.gradient(out[0], y[0]), loss.gradient(out, y)[0], rtol=1e-15)


@pytest.mark.parametrize("loss", ALL, ids=repr)
@pytest.mark.parametrize("shared", [True, False])
def test_a_population_gives_each_member_its_own_loss_and_gradient(loss, shared):
    out, y = example(loss, np.random.default_rng(1), (4, 5, 3))
    y = y if shared else np.stack([y, y[::-1], y[[1, 1, 0, 2, 3]], y])
    losses, gradients = loss(out, y), loss.gradient(out, y)
    assert losses.shape == (4,) and gradients.shape == out.shape
    for k in range(4):
        y_k = y if shared else y[k]
        np.testing.assert_allclose(losses[k], loss(out[k], y_k), rtol=1e-14)
        np.testing.assert_allclose(gradients[k], loss.gradient(out[k], y_k), rtol=1e-14)


@pytest.mark.parametrize("loss", ROWS, ids=repr)
def test_a_population_shares_labels(loss):
    out, _ = example(loss, np.random.default_rng(1), (4, 5, 3))
    labels = np.array([0, 2, 1, 1, 0])
    np.testing.assert_allclose(loss(out, labels), [loss(out[k], labels) for k in range(4)], rtol=1e-14)


@pytest.mark.parametrize("loss", ALL, ids=repr)
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_dtype_of_the_output_is_kept_whatever_y_is(loss, dtype):
    out, y = example(loss, np.random.default_rng(1), dtype=dtype)
    for targets in (y, y.astype(np.float64), np.eye(3, dtype=int)[[0, 1, 2, 0, 1]]):
        assert loss(out, targets).dtype == dtype
        assert loss.gradient(out, targets).dtype == dtype


@pytest.mark.parametrize("loss", ALL, ids=repr)
@given(seed=st.integers(0, 1000), n=st.integers(1, 5), m=st.integers(1, 4), dtype=st.sampled_from(DTYPES))
def test_nothing_that_is_given_is_changed(loss, seed, n, m, dtype):
    out, y = example(loss, np.random.default_rng(seed), (n, m), dtype)
    kept = out.copy(), y.copy()
    out.flags.writeable = y.flags.writeable = False
    value, gradient = loss(out, y), loss.gradient(out, y)
    gradient += 1  # must be an array of its own
    np.testing.assert_array_equal(out, kept[0])
    np.testing.assert_array_equal(y, kept[1])
    strided, wide = np.zeros((2 * n, 2 * m), dtype), np.zeros((m, n), dtype)
    strided[::2, ::2], wide[:] = out, y.T
    assert loss(strided[::2, ::2], wide.T) == pytest.approx(value, rel=float(4 * np.finfo(dtype).eps))


@given(
    hnp.arrays(np.float64, (3, 2), elements=st.floats(-700, 700)),
    hnp.arrays(np.int64, 3, elements=st.integers(0, 1)),
)
def test_softmax_and_sigmoid_cross_entropy_are_never_negative(z, labels):
    assert nn.SoftmaxCrossEntropy()(z, labels) >= 0
    assert nn.SigmoidCrossEntropy()(z[:, :1], labels[:, None]) >= 0
    assert (np.abs(nn.SoftmaxCrossEntropy().gradient(z, labels)) <= 1 / 3).all()


def test_rounding_beyond_1_is_forgiven():
    above = np.array([[1 + 1e-15]])
    assert nn.BinaryCrossEntropy()(above, [[1.0]]) == 0
    assert np.isfinite(nn.BinaryCrossEntropy().gradient(above, [[0.0]])).all()


def test_a_loss_of_ones_own_needs_two_formulas():
    class FourthPower(nn.Loss):
        def each(self, out, y):
            return (out - y) ** 4

        def slope(self, out, y):
            return 4 * (out - y) ** 3

    assert FourthPower()([[3.0, 1.0]], [[1.0, 0.0]]) == 17 / 2
    np.testing.assert_array_equal(FourthPower().gradient([[3.0, 1.0]], [[1.0, 0.0]]), [[16, 2]])

    class Unfinished(nn.Loss):
        pass

    with pytest.raises(NotImplementedError, match=r"Unfinished has to define each\(out, y\)"):
        Unfinished()([[1.0]], [[1.0]])
    with pytest.raises(NotImplementedError, match=r"Unfinished has to define slope\(out, y\)"):
        Unfinished().gradient([[1.0]], [[1.0]])


# ---- Errors ------------------------------------------------------------------------------------------------------

MSE, CE, BCE = nn.MeanSquaredError(), nn.CrossEntropy(), nn.BinaryCrossEntropy()
SOFT, SIG = nn.SoftmaxCrossEntropy(), nn.SigmoidCrossEntropy()


@pytest.mark.parametrize(
    ("loss", "out", "y", "error", "words"),
    [
        (MSE, [[1.0], [2.0]], [[1.0, 2.0]], ValueError, ["y", "(2, 1)", "(1, 2)"]),
        (MSE, np.ones((3, 2)), np.ones(3), ValueError, ["y", "(3, 2)", "(3,)"]),
        (MSE, np.ones((3, 1)), np.ones(2), ValueError, ["y", "(3, 1)", "(2, 1)"]),
        (MSE, np.ones(3), np.ones((3, 1)), ValueError, ["y", "(3,)", "(3, 1)"]),
        (MSE, 3.0, 3.0, ValueError, ["out", "at least one prediction", "()"]),
        (MSE, np.ones((0, 2)), np.ones((0, 2)), ValueError, ["out", "at least one", "(0, 2)"]),
        (MSE, [["a"]], [[1.0]], TypeError, ["out", "real numbers"]),
        (MSE, [[1.0]], [["a"]], TypeError, ["y", "real numbers"]),
        (MSE, [[1.0]], [[np.nan]], ValueError, ["y", "finite", "nan"]),
        (MSE, [[1.0]], [[np.inf]], ValueError, ["y", "finite", "inf"]),
        (MSE, [[1.0, 2.0], [3.0]], [[1.0]], TypeError, ["out", "ragged"]),
        (CE, [[1.5, -0.5]], [0], ValueError, ["out", "probabilities", "-0.5", "1.5", "SoftmaxCrossEntropy"]),
        (BCE, [[2.0]], [[1]], ValueError, ["out", "probabilities", "2", "SigmoidCrossEntropy"]),
        (BCE, [[-1e-9]], [[1]], ValueError, ["out", "from 0 to 1", "-1e-09"]),
        (BCE, [[0.5]], [[1.5]], ValueError, ["y", "[0, 1]", "1.5"]),
        (SIG, [[0.5]], [[-1.0]], ValueError, ["y", "[0, 1]", "-1"]),
        (CE, [[0.5, 0.5]], [2], ValueError, ["y", "labels from 0 to 1", "2"]),
        (SOFT, [[0.5, 0.5]], [-1], ValueError, ["y", "labels from 0 to 1", "-1"]),
        (SOFT, [[0.5, 0.5]], [[1.0, 1.0]], ValueError, ["y", "sum to 1"]),
        (SOFT, [[0.5, 0.5, 0.5]], [[-0.5, 0.5, 1.0]], ValueError, ["y", "probabilities that sum to 1"]),
        (SOFT, [0.5, 0.5], 1, ValueError, ["y", "shape of out, (2,)", "got ()"]),
        (SOFT, [[0.5, 0.5]], [[1.5, -0.5]], ValueError, ["y", "rows of probabilities"]),
        (SOFT, np.ones((3, 2)), [0, 1], ValueError, ["y", "(3, 2)", "(2,)"]),
        (SOFT, np.ones((3, 2)), [[0], [1], [1]], ValueError, ["y", "(3, 2)", "(3, 1)"]),
    ],
)  # fmt: skip
def test_errors_name_the_argument_what_came_and_what_was_expected(loss, out, y, error, words):
    for call in (loss, loss.gradient):
        with pytest.raises(error) as caught:
            call(out, y)
        for word in words:
            assert word in str(caught.value)


def test_a_population_of_columns_may_share_a_list_of_targets():
    rng = np.random.default_rng(0)
    out, y = rng.normal(size=(3, 4, 1)), rng.normal(size=4)
    for loss in NUMBERS:
        np.testing.assert_array_equal(loss(out, y), [loss(one, y[:, None]) for one in out])
        np.testing.assert_array_equal(loss.gradient(out, y), [loss.gradient(one, y[:, None]) for one in out])


@pytest.mark.parametrize("loss", ROWS, ids=repr)
def test_rows_of_targets_may_miss_a_sum_of_1_by_what_rounding_and_printing_do(loss):
    for total in (0.9991, 1.0009):
        assert np.isfinite(loss([[0.25, 0.75]], [[0.5 * total, 0.5 * total]]))
    assert np.isfinite(loss([[0.25, 0.75]], [[0.0, 1.0005]]))
    for y in ([0.4989, 0.5], [0.5011, 0.5], [0.0, 1.0011], [-1e-9, 1.0]):
        with pytest.raises(ValueError) as caught:
            loss([[0.25, 0.75]], [y])
        assert str(caught.value) == "y must hold class labels, or rows of probabilities that sum to 1"


def test_the_ends_of_the_unit_interval_belong_to_it_and_what_lies_beyond_is_told():
    eps = np.finfo(float).eps
    for loss in (BCE, SIG):
        assert np.isfinite(loss([[0.0, 1.0]], [[1.0, 0.0]]))
        for y, words in (([-eps, 0.5], "from -2.22e-16 to 0.5"), ([0.25, 1 + eps], "from 0.25 to 1")):
            with pytest.raises(ValueError) as caught:
                loss([[0.5, 0.5]], [y])
            assert str(caught.value) == f"y must lie in [0, 1], got values {words}"
    forgiven, too_much = 1 + 8 * eps, 1 + 9 * eps
    for loss in (BCE, CE):
        assert np.isfinite(loss([[0.0, forgiven]], [[0.0, 1.0]]))
        for out, words in (([0.5, too_much], "from 0.5 to 1"), ([-eps, 0.5], "from -2.22e-16 to 0.5")):
            with pytest.raises(ValueError) as caught:
                loss([out], [[0.0, 1.0]])
            assert str(caught.value) == (
                f"out must hold probabilities, from 0 to 1, got values {words}; for logits use SigmoidCrossEntropy or "
                "SoftmaxCrossEntropy"
            )


def test_labels_are_told_from_the_first_to_the_last():
    for labels, words in (([0, 3, 1], "from 0 to 3"), ([-1, 2, 2], "from -1 to 2"), ([True, 5, 2], "from 1 to 5")):
        with pytest.raises(ValueError) as caught:
            SOFT(np.ones((3, 3)), labels)
        assert str(caught.value) == f"y must hold labels from 0 to 2, got labels {words}"


@pytest.mark.parametrize("loss", NUMBERS + ENTRIES, ids=repr)
def test_one_prediction_and_one_target_without_rows(loss):
    assert loss([0.5], [1.0]) == loss([[0.5]], [[1.0]]) and loss.gradient([0.5], [1.0]).shape == (1,)
