"""Optimizers: two steps by hand, scales, populations, paths, and one optimizer for one network."""

import copy
import math

import numpy as np
import pytest

import nnlearn as nn

# Two steps from w with the gradients G, at η = 0.1, computed with 40 decimal digits apart from this package;
# tests/test_numbers.py works them out from the rules.
START = {"w": [1.0, -2.0], "b": [0.5]}
G = [{"w": [0.5, -1.0], "b": [3.0]}, {"w": [0.25, 2.0], "b": [-1.0]}]
BY_HAND = {
    "SGD": (lambda lr: nn.SGD(lr),
            {"w": [0.95, -1.9], "b": [0.2]}, {"w": [0.925, -2.1], "b": [0.3]}),
    "Momentum": (lambda lr: nn.Momentum(lr),
                 {"w": [0.995, -1.99], "b": [0.47]}, {"w": [0.988, -2.001], "b": [0.453]}),
    "classical": (lambda lr: nn.Momentum(lr, classical=True),
                  {"w": [0.95, -1.9], "b": [0.2]}, {"w": [0.88, -2.01], "b": [0.03]}),
    "Nesterov": (lambda lr: nn.Momentum(lr, nesterov=True),
                 {"w": [0.9905, -1.981], "b": [0.443]}, {"w": [0.9817, -2.0109], "b": [0.4377]}),
    "classical Nesterov": (lambda lr: nn.Momentum(lr, classical=True, nesterov=True),
                           {"w": [0.905, -1.81], "b": [-0.07]}, {"w": [0.817, -2.109], "b": [-0.123]}),
    "RMSprop": (lambda lr: nn.RMSprop(lr),
                {"w": [0.683772253983161, -1.68377224398316], "b": [0.183772237316495]},
                {"w": [0.536330306523915, -1.96948652561581], "b": [0.288600719889786]}),
    "Adam": (lambda lr: nn.Adam(lr),
             {"w": [0.900000002, -1.900000001], "b": [0.400000000333333]},
             {"w": [0.806782040477462, -1.93661035347208], "b": [0.35997814331691]}),
}  # fmt: skip
KINDS = pytest.mark.parametrize("make", [kind[0] for kind in BY_HAND.values()], ids=list(BY_HAND))
DTYPES = [np.float32, np.float64]


def arrays(numbers, dtype=float):
    return {name: np.array(values, dtype) for name, values in numbers.items()}


# ---- The rules ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", BY_HAND)
def test_two_steps_on_two_parameters_by_hand(name, dtype):
    make, first, second = BY_HAND[name]
    optimizer, params = make(0.1), arrays(START, dtype)
    owned = dict(params)
    for t, (gradients, expected) in enumerate(zip(G, (first, second), strict=True)):
        assert optimizer.t == t
        optimizer.step(params, arrays(gradients, dtype))
        for key in params:
            assert params[key] is owned[key] and params[key].dtype == dtype
            np.testing.assert_allclose(params[key], expected[key], rtol=2e-14 if dtype is np.float64 else 1e-6)
    assert optimizer.t == 2


def test_the_classical_velocity_is_ten_times_the_averaged_one():
    rng = np.random.default_rng(0)
    for beta in (0.5, 0.9, 0.99):
        averaged, classical = np.zeros(3), np.zeros(3)
        slow, fast = nn.Momentum(1.0, beta), nn.Momentum(1.0 - beta, beta, classical=True)
        for _ in range(10):
            g = rng.normal(size=3)
            slow.step(averaged, g)
            fast.step(classical, g)
            np.testing.assert_allclose(averaged, classical, rtol=1e-12)


def test_under_a_constant_gradient_the_averaged_velocity_becomes_the_gradient():
    w, optimizer = np.zeros(1), nn.Momentum(1.0, 0.5)
    for _ in range(60):
        optimizer.step(w, np.array([3.0]))
    before = w.copy()
    optimizer.step(w, np.array([3.0]))
    np.testing.assert_allclose(before - w, 3.0, rtol=1e-12)


def test_momentum_without_memory_is_plain_descent():
    for options in ({}, {"classical": True}, {"nesterov": True}):
        plain, w = np.ones(3), np.ones(3)
        a, b = nn.SGD(0.1), nn.Momentum(0.1, beta=0.0, **options)
        for g in np.random.default_rng(0).normal(size=(4, 3)):
            a.step(plain, g)
            b.step(w, g)
        np.testing.assert_allclose(w, plain, rtol=1e-14)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e6, 1e100])
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradients_scale(scale):
    w = np.zeros(4)
    nn.Adam(lr=0.01).step(w, scale * np.array([1.0, -2.0, 0.5, 30.0]))
    np.testing.assert_allclose(w, [-0.01, 0.01, -0.01, -0.01], rtol=3e-4)


def test_rmsprops_first_step_is_larger_by_its_missing_correction():
    w = np.zeros(1)
    nn.RMSprop(lr=0.01, rho=0.9).step(w, np.array([123.0]))
    np.testing.assert_allclose(w, -0.01 / np.sqrt(0.1), rtol=1e-9)


@KINDS
def test_a_gradient_of_zero_at_the_start_moves_nothing(make):
    w = np.array([1.0, 2.0])
    make(0.1).step(w, np.zeros(2))
    np.testing.assert_array_equal(w, [1, 2])


# ---- What it works on --------------------------------------------------------------------------------------------


@KINDS
def test_dicts_lists_and_single_arrays_take_the_same_steps(make):
    as_dict, as_list, alone = arrays(START), list(arrays(START).values()), np.array(START["w"])
    three = make(0.1), make(0.1), make(0.1)
    for gradients in G:
        gradients = arrays(gradients)
        three[0].step(as_dict, gradients)
        three[1].step(as_list, list(gradients.values()))
        three[2].step(alone, gradients["w"])
    np.testing.assert_array_equal(as_dict["w"], as_list[0])
    np.testing.assert_array_equal(as_dict["b"], as_list[1])
    np.testing.assert_array_equal(as_dict["w"], alone)


@KINDS
def test_the_gradient_is_never_changed_and_may_be_read_only_or_a_view(make):
    optimizer, w, same = make(0.1), np.ones((2, 3)), np.ones((2, 3))
    other = make(0.1)
    whole = np.random.default_rng(0).normal(size=(4, 6))
    kept = whole.copy()
    whole.flags.writeable = False
    for _ in range(3):
        optimizer.step(w, whole[::2, ::2])
        other.step(same, kept[::2, ::2].copy())
    np.testing.assert_array_equal(whole, kept)
    np.testing.assert_array_equal(w, same)


@KINDS
def test_parameters_that_are_views_are_changed_in_place(make):
    flat = np.arange(6.0)
    W, expected = flat[:6].reshape(2, 3).T, np.arange(6.0).reshape(2, 3).T.copy()
    optimizer, other = make(0.1), make(0.1)
    for _ in range(2):
        optimizer.step([W], [np.ones((3, 2))])
        other.step([expected], [np.ones((3, 2))])
    np.testing.assert_array_equal(flat.reshape(2, 3).T, expected)


@KINDS
def test_a_float64_gradient_leaves_float32_parameters_float32(make):
    w = np.ones(3, np.float32)
    optimizer = make(0.1)
    optimizer.step(w, np.ones(3))
    optimizer.step(w, np.ones(3))
    assert w.dtype == np.float32 and (w < 1).all()


# ---- Populations -------------------------------------------------------------------------------------------------


@KINDS
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_rate_for_each_network(make, dtype):
    rng = np.random.default_rng(1)
    rates = [0.1, 0.02, 1.5]
    many = {"W": rng.normal(size=(3, 4, 2)).astype(dtype), "b": rng.normal(size=(3, 1, 2)).astype(dtype)}
    singles = [{name: array[k].copy() for name, array in many.items()} for k in range(3)]
    optimizer, others = make(rates), [make(rate) for rate in rates]
    for _ in range(3):
        gradients = {name: rng.normal(size=array.shape).astype(dtype) for name, array in many.items()}
        optimizer.step(many, gradients)
        for k in range(3):
            others[k].step(singles[k], {name: gradients[name][k] for name in gradients})
    for k in range(3):
        for name in many:
            assert many[name].dtype == dtype
            np.testing.assert_array_equal(many[name][k], singles[k][name])


def test_the_rates_are_the_optimizers_own():
    rates = np.array([0.1, 0.2])
    optimizer = nn.SGD(rates)
    rates[:] = 9
    w = np.zeros((2, 1, 1))
    optimizer.step(w, np.ones((2, 1, 1)))
    np.testing.assert_array_equal(w.ravel(), [-0.1, -0.2])


def test_rates_that_do_not_fit_leave_every_parameter_as_it_was():
    params = {"W": np.ones((2, 3)), "b": np.ones((1, 3))}
    optimizer = nn.Adam(lr=[0.1, 0.2])
    with pytest.raises(ValueError, match=r"lr holds 2 rates, which needs parameters of shape \(2, ...\), got \(1, 3\)"):
        optimizer.step(params, {"W": np.ones((2, 3)), "b": np.ones((1, 3))})
    np.testing.assert_array_equal(params["W"], np.ones((2, 3)))
    assert optimizer.t == 0


# ---- One optimizer, one network ----------------------------------------------------------------------------------


def network(seed=0, width=3):
    rng = np.random.default_rng(seed)
    return nn.Network([nn.Dense(2, width, rng=rng), nn.Tanh(), nn.Dense(width, 1, rng=rng)])


@KINDS
@pytest.mark.parametrize("other", [network(1), network(0, width=5), nn.Network(network(0).layers[:1])],
                         ids=["the same form", "other shapes", "other names"])  # fmt: skip
def test_an_optimizer_is_not_used_for_another_network(make, other):
    optimizer, first = make(0.1), network()
    optimizer.step(first.params, {name: np.ones_like(w) for name, w in first.params.items()})
    before = {name: w.copy() for name, w in other.params.items()}
    with pytest.raises(ValueError, match=r"has taken steps with other parameters .* use optimizer.fresh\(\)"):
        optimizer.step(other.params, {name: np.ones_like(w) for name, w in other.params.items()})
    for name, w in other.params.items():
        np.testing.assert_array_equal(w, before[name])
    assert optimizer.t == 1
    optimizer.fresh().step(other.copy().params, {name: np.ones_like(w) for name, w in other.params.items()})


@KINDS
def test_the_same_parameters_are_known_again_through_new_views(make):
    optimizer, w = make(0.1), np.ones(6)
    for _ in range(2):
        optimizer.step([w.reshape(2, 3)], [np.ones((2, 3))])
    assert optimizer.t == 2


@KINDS
def test_fresh_has_the_settings_and_nothing_else(make):
    optimizer = make(0.1)
    expected = make(0.1)
    optimizer.step(np.ones(2), np.ones(2))
    fresh = optimizer.fresh()
    assert (fresh.t, optimizer.t) == (0, 1)
    assert type(fresh) is type(optimizer) and fresh.settings() == optimizer.settings() == expected.settings()
    a, b = np.ones(2), np.ones(2)
    fresh.step(a, np.ones(2))
    expected.step(b, np.ones(2))
    np.testing.assert_array_equal(a, b)


def test_an_optimizer_can_be_copied_together_with_its_parameters():
    optimizer, w = nn.Adam(0.1), np.ones(2)
    optimizer.step(w, np.ones(2))
    other, v = copy.deepcopy((optimizer, w))
    optimizer.step(w, np.ones(2))
    other.step(v, np.ones(2))
    np.testing.assert_array_equal(v, w)


def test_settings_and_repr():
    assert list(nn.Adam().settings()) == ["lr", "beta1", "beta2", "eps"]
    assert repr(nn.Adam()) == "Adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08)"
    assert repr(nn.RMSprop()) == "RMSprop(lr=0.001, rho=0.9, eps=1e-08)"
    assert repr(nn.SGD(0.5)) == "SGD(lr=0.5)"
    assert repr(nn.Momentum(1, nesterov=True)) == "Momentum(lr=1.0, beta=0.9, classical=False, nesterov=True)"


# ---- Paths -------------------------------------------------------------------------------------------------------


def slope(w):
    return w * np.array([1.0, 10.0])


@KINDS
def test_a_path_is_stepping_by_hand_and_leaves_the_optimizer_fresh(make):
    optimizer, start = make(0.05), np.array([3.0, -1.0])
    points = optimizer.path(slope, start, 5)
    assert points.shape == (6, 2) and optimizer.t == 0
    w, walker = start.copy(), make(0.05)
    for point in points:
        np.testing.assert_array_equal(point, w)
        walker.step(w, slope(w))
    np.testing.assert_array_equal(start, [3, -1])
    np.testing.assert_array_equal(optimizer.path(slope, start, 5), points)


def test_a_path_with_an_optimizer_in_use_disturbs_neither():
    optimizer, w = nn.Adam(0.1), np.ones(2)
    optimizer.step(w, np.ones(2))
    points = optimizer.path(slope, [1, 1], 3)
    np.testing.assert_array_equal(points, nn.Adam(0.1).path(slope, [1, 1], 3))
    other, v = nn.Adam(0.1), np.ones(2)
    for _ in range(2):
        other.step(v, np.ones(2))
    optimizer.step(w, np.ones(2))
    np.testing.assert_array_equal(w, v)


@KINDS
def test_several_walks_at_once(make):
    starts, rates = np.array([[3.0, -1.0], [0.5, 2.0]]), [0.05, 0.01]
    both = make(rates).path(slope, starts, 4)
    assert both.shape == (5, 2, 2)
    for k in range(2):
        np.testing.assert_array_equal(both[:, k], make(rates[k]).path(slope, starts[k], 4))


def test_a_path_from_one_number_with_no_steps_or_in_float32():
    np.testing.assert_array_equal(nn.SGD(0.25).path(lambda w: 2 * w, 8, 2), [8, 4, 2])
    np.testing.assert_array_equal(nn.SGD(0.25).path(slope, [1, 2], 0), [[1, 2]])
    assert nn.Adam().path(slope, np.ones(2, np.float32), 3).dtype == np.float32


def test_a_gradient_that_returns_its_argument_is_safe():
    for make, *_ in BY_HAND.values():
        np.testing.assert_array_equal(
            make(0.1).path(lambda w: w, [1.0, 2.0], 4), make(0.1).path(lambda w: w.copy(), [1.0, 2.0], 4)
        )


def test_momentum_helps_in_a_long_narrow_valley():
    """Curvatures 1 and 100, each method with its best numbers: 99/101 a step against about 9/11 (Polyak 1964)."""
    def valley(w):
        return w * np.array([1.0, 100.0])

    plain = nn.SGD(2 / 101).path(valley, [10.0, 1.0], 60)[-1]
    heavy = nn.Momentum(4 / 11**2, (9 / 11) ** 2, classical=True).path(valley, [10.0, 1.0], 60)[-1]
    np.testing.assert_allclose(np.abs(plain), [10 * (99 / 101) ** 60, (99 / 101) ** 60], rtol=1e-10)
    assert np.linalg.norm(heavy) < np.linalg.norm(plain) / 100


# ---- Schedules as lr ---------------------------------------------------------------------------------------------


@KINDS
def test_a_schedule_gives_the_rate_of_each_step_from_0_on(make):
    asked = []

    def schedule(t):
        asked.append(t)
        return 0.1 / (t + 1)

    w, expected = np.ones(2), np.ones(2)
    optimizer, other = make(schedule), make(0.1)
    for t, g in enumerate(np.random.default_rng(0).normal(size=(3, 2))):
        optimizer.step(w, g)
        other.lr = 0.1 / (t + 1)
        other.step(expected, g)
    np.testing.assert_array_equal(w, expected)
    assert asked == [0, 1, 2]


def test_a_schedule_may_reach_0_and_give_a_rate_for_each_network():
    w = np.ones((2, 1))
    nn.SGD(lambda t: [0.0, 0.5]).step(w, np.ones((2, 1)))
    np.testing.assert_array_equal(w, [[1], [0.5]])


# ---- Errors ------------------------------------------------------------------------------------------------------


def read_only():
    w = np.ones(2)
    w.flags.writeable = False
    return w


ONE = np.ones(2)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.SGD(lr=-0.1), ValueError, ["lr", "positive", "-0.1"]),
        (lambda: nn.SGD(lr=0), ValueError, ["lr", "positive", "0"]),
        (lambda: nn.SGD(lr=np.nan), ValueError, ["lr", "finite", "nan"]),
        (lambda: nn.SGD(lr="fast"), TypeError, ["lr", "number", "'fast'"]),
        (lambda: nn.SGD(lr=True), TypeError, ["lr", "number", "True"]),
        (lambda: nn.SGD(lr=[0.1, -0.1]), ValueError, ["lr", "positive", "-0.1"]),
        (lambda: nn.SGD(lr=[[0.1], [0.2]]), ValueError, ["lr", "one finite number for each network", "(2, 1)"]),
        (lambda: nn.SGD(lr=[]), ValueError, ["lr", "one finite number for each network", "(0,)"]),
        (lambda: nn.SGD(lr=[0.1, np.inf]), ValueError, ["lr", "finite"]),
        (lambda: nn.SGD(lr=None), TypeError, ["lr", "number", "None"]),
        (lambda: nn.SGD(lr=lambda t: -1.0).step(ONE.copy(), ONE), ValueError, ["lr(t)", "at least 0", "-1"]),
        (lambda: nn.SGD(lr=lambda t: "x").step(ONE.copy(), ONE), TypeError, ["lr(t)", "number", "'x'"]),
        (lambda: nn.Momentum(0.1, beta=1.0), ValueError, ["beta", "[0, 1)", "1.0"]),
        (lambda: nn.Momentum(0.1, beta=-0.1), ValueError, ["beta", "[0, 1)", "-0.1"]),
        (lambda: nn.RMSprop(rho=1), ValueError, ["rho", "[0, 1)", "1"]),
        (lambda: nn.RMSprop(eps=0), ValueError, ["eps", "positive", "0"]),
        (lambda: nn.Adam(beta1=1.0), ValueError, ["beta1", "[0, 1)"]),
        (lambda: nn.Adam(beta2="b"), TypeError, ["beta2", "number", "'b'"]),
        (lambda: nn.Adam(eps=-1), ValueError, ["eps", "positive", "-1"]),
        (lambda: nn.SGD(0.1).step(1.0, 2.0), TypeError, ["params", "array", "1.0"]),
        (lambda: nn.SGD(0.1).step([1.0], [ONE]), TypeError, ["params", "float arrays", "1.0"]),
        (lambda: nn.SGD(0.1).step(np.array([1]), np.array([1.0])), TypeError, ["params", "float arrays", "int64"]),
        (lambda: nn.SGD(0.1).step(ONE.copy(), "g"), TypeError, ["gradients", "array", "'g'"]),
        (lambda: nn.SGD(0.1).step(ONE.copy(), np.ones(3)), ValueError, ["gradients", "(2,)", "(3,)"]),
        (lambda: nn.SGD(0.1).step({"w": ONE}, {"v": ONE}), ValueError, ["gradients", "['w']", "['v']"]),
        (lambda: nn.SGD(0.1).step({"w": ONE, "b": ONE}, {"w": ONE}), ValueError, ["gradients", "'b'", "['w']"]),
        (lambda: nn.SGD(0.1).step(read_only(), ONE), ValueError, ["params", "in place", "read-only"]),
        (lambda: nn.SGD([0.1, 0.2]).step(np.ones((3, 1)), np.ones((3, 1))), ValueError, ["lr", "2 rates", "(3, 1)"]),
        (lambda: nn.SGD([0.1, 0.2]).step(ONE.copy(), ONE), ValueError, ["lr", "2 rates", "(2,)"]),
        (lambda: nn.SGD(0.1).path(slope, "start", 3), TypeError, ["start", "real numbers"]),
        (lambda: nn.SGD(0.1).path(slope, [1, 1], -1), ValueError, ["steps", "at least 0", "-1"]),
        (lambda: nn.SGD(0.1).path(slope, [1, 1], 1.5), TypeError, ["steps", "whole number", "1.5"]),
        (lambda: nn.SGD(0.1).path(lambda w: w[:1], [1, 1], 1), ValueError, ["gradients", "(2,)", "(1,)"]),
        (lambda: nn.Optimizer(0.1).step(ONE.copy(), ONE), NotImplementedError, ["Optimizer", "rule"]),
    ],
)
def test_errors_name_the_argument_what_came_and_what_was_expected(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("make", [nn.SGD, nn.Momentum, nn.RMSprop, nn.Adam])
def test_a_gradient_that_is_not_finite_changes_nothing(make, bad):
    optimizer, params = make(0.1), {"W": np.ones((2, 2)), "b": np.ones((1, 2))}
    gradients = {"W": np.ones((2, 2)), "b": np.array([[0.0, bad]])}
    with pytest.raises(ValueError, match="gradients must be finite, got nan or inf in that of b"):
        optimizer.step(params, gradients)
    assert optimizer.t == 0 and all((array == 1).all() for array in params.values())


def test_one_array_under_two_names_is_refused():
    w = np.ones(2)
    with pytest.raises(ValueError, match=r"params must be different arrays, got one array more than once .*\['0', '1'\]"):
        nn.SGD(0.1).step([w, w], [w, w])


@pytest.mark.parametrize("lr", [0.5, np.float32(0.5), np.array(0.5), 1])
def test_a_rate_that_is_one_number_becomes_a_plain_float(lr):
    optimizer = nn.SGD(lr)
    assert type(optimizer.lr) is float and optimizer.lr == lr
    assert type(nn.SGD(lambda t: lr).rate(0)) is float


def test_rates_that_are_none_are_told_whole():
    for lr, words in (
        (0, "lr must be positive, got 0.0"),
        ([0.1, 0.0], r"lr must be positive, got [0.1 0. ]"),
        ([], "lr must be a number or one finite number for each network, got an array of shape (0,) and dtype float64"),
        ([[0.1]], "lr must be a number or one finite number for each network, got an array of shape (1, 1) and dtype float64"),
        ([0.1, np.inf], "lr must be a number or one finite number for each network, got an array of shape (2,) and dtype float64"),
    ):
        with pytest.raises(ValueError) as caught:
            nn.SGD(lr)
        assert str(caught.value) == words
    assert nn.SGD(lambda t: 0.0).rate(3) == 0, "a schedule may end at 0"
    with pytest.raises(ValueError) as caught:
        nn.SGD(lambda t: -1e-9).rate(3)
    assert str(caught.value) == "lr(t) must be at least 0.0, got -1e-09"


def test_the_rates_of_a_population_are_a_copy():
    rates = np.array([0.1, 0.2])
    optimizer = nn.SGD(rates)
    rates[0] = 9
    assert optimizer.lr.tolist() == [0.1, 0.2]


def test_an_optimizer_remembers_as_many_arrays_for_each_parameter_as_its_rule_needs():
    for optimizer, arrays in ((nn.SGD(0.1), 0), (nn.Momentum(0.1), 1), (nn.RMSprop(), 1), (nn.Adam(), 2)):
        optimizer.step({"w": np.ones((2, 3)), "b": np.ones(2)}, {"w": np.ones((2, 3)), "b": np.ones(2)})
        assert {name: [array.shape for array in kept] for name, kept in optimizer._memories.items()} == {
            "w": [(2, 3)] * arrays, "b": [(2,)] * arrays,
        }  # fmt: skip
    assert nn.Optimizer.memory == 0


def test_adam_and_rmsprop_by_hand_with_settings_of_ones_own():
    gradients, w = [2.0, -1.0, 0.5, 3.0], np.array([1.0])
    adam, rms = nn.Adam(0.1, beta1=0.6, beta2=0.3, eps=0.01), nn.RMSprop(0.1, rho=0.4, eps=0.02)
    m = s = r = 0.0
    by_adam = by_rms = 1.0
    v = np.array([1.0])
    for t, g in enumerate(gradients, 1):
        m, s, r = 0.6 * m + 0.4 * g, 0.3 * s + 0.7 * g * g, 0.4 * r + 0.6 * g * g
        by_adam -= 0.1 * (m / (1 - 0.6**t)) / (math.sqrt(s / (1 - 0.3**t)) + 0.01)
        by_rms -= 0.1 * g / (math.sqrt(r) + 0.02)
        adam.step(w, np.array([g]))
        rms.step(v, np.array([g]))
        assert w[0] == pytest.approx(by_adam, rel=1e-13) and v[0] == pytest.approx(by_rms, rel=1e-13)


def test_views_of_the_same_numbers_are_the_same_parameter_only_in_the_same_shape():
    w = np.ones((2, 3))
    optimizer = nn.SGD(0.1)
    optimizer.step(w, np.ones((2, 3)))
    optimizer.step(w[:], np.ones((2, 3)))
    for other in (w.reshape(3, 2), w[:1], w.copy()):
        with pytest.raises(ValueError, match="^this optimizer has taken steps with other parameters and remembers those"):
            optimizer.step(other, np.ones(other.shape))
    assert optimizer.t == 2 and (w == 0.8).all()
