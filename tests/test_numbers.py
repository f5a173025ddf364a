"""Every activation, loss and derivative beside mpmath's 50 digits, over the whole range of floats, in both widths."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from mpmath import mp

import nnlearn as nn
from nnlearn.autograd import Value
from tests import test_optimizers

DIGITS = 50

# ---- Inputs: the whole range of floats ---------------------------------------------------------------------------------
# Of a few hundred numbers each, by fixed seeds. Every exponent region is there, and so is what lies close to a branch.


def sizes(dtype, rng, up_to):
    """Positive floats from the smallest subnormal up to about 2^up_to, spread evenly over the exponents."""
    info = np.finfo(dtype)
    exponents = np.linspace(info.minexp - info.nmant, up_to, 60).astype(int)
    spread = np.ldexp(rng.uniform(1, 2, exponents.size).astype(dtype), exponents)
    edges = np.array([info.smallest_subnormal, info.tiny, np.nextafter(info.tiny, dtype(0)), info.eps], dtype)
    return np.concatenate([spread, edges])


def random_bits(dtype, rng, count=100):
    """Floats of random bit patterns, without inf and nan."""
    bits = np.dtype(dtype).str.replace("f", "u")
    numbers = rng.integers(0, np.iinfo(bits).max, count, dtype=bits, endpoint=True).view(dtype)
    return np.resize(numbers[np.isfinite(numbers)], count)


def around(points, dtype):
    """These points, and the nearest floats on both sides of each."""
    points = np.array(points, dtype)
    return np.concatenate([points, np.nextafter(points, dtype(-np.inf)), np.nextafter(points, dtype(np.inf))])


def real_numbers(dtype, seed=0):
    """Any finite floats: what an activation or a logit can be."""
    rng, info = np.random.default_rng(seed), np.finfo(dtype)
    far = -np.log(float(info.smallest_subnormal))  # where exponentials vanish
    positive = np.concatenate([
        sizes(dtype, rng, info.maxexp - 1), [info.max],
        rng.uniform(0, 2, 100), rng.uniform(0, 40, 100), rng.uniform(0, 1.2 * far, 50),
    ]).astype(dtype)  # fmt: skip
    branches = around([0.5, 1, -1, far, -far, far / 2, -far / 2, 1000, -1000], dtype)
    return np.concatenate([[0.0, -0.0], positive, -positive, branches, random_bits(dtype, rng)]).astype(dtype)


def from_0_to_1(dtype, seed=0):
    """Floats from 0 to 1, close to both ends too."""
    rng, info = np.random.default_rng(seed), np.finfo(dtype)
    near_one = 1 - np.ldexp(rng.uniform(1, 2, 30), np.linspace(-info.nmant, -2, 30).astype(int))
    ends = [0.0, 1.0, 1 - info.epsneg]
    return np.concatenate([ends, around([0.5], dtype), sizes(dtype, rng, -2), near_one, rng.uniform(0, 1, 60)]).astype(dtype)


def probabilities(dtype):
    """Those of them for which a loss of probabilities has its formula: below the smallest normal float they are kept up."""
    p = from_0_to_1(dtype)
    return p[(p >= np.finfo(dtype).tiny) & (p < 1)]


def shuffled(numbers, count):
    """So many of these numbers (all, if there are fewer, and again), in an order by chance."""
    return np.resize(np.random.default_rng(1).permutation(numbers), count)


def logits_and_targets(dtype):
    """Logits with targets from 0 to 1; half of these are exactly 0 or 1, as labels are."""
    z = real_numbers(dtype)
    y = shuffled(from_0_to_1(dtype, 2), z.size)
    return z, np.where(np.arange(z.size) % 2, y, np.round(y)).astype(dtype)


def probabilities_and_targets(dtype):
    """Probabilities with targets from 0 to 1: labels, anything, and the probability itself."""
    p = probabilities(dtype)
    y = shuffled(from_0_to_1(dtype, 2), p.size)
    return np.tile(p, 3), np.concatenate([np.round(y), y, p])


def predictions_and_targets(dtype):
    """Any numbers with any targets: far apart, near each other and the same."""
    out = real_numbers(dtype)
    y = shuffled(real_numbers(dtype, 2), out.size)
    near = np.nextafter(out, y)
    return np.tile(out, 3), np.concatenate([y, near, out])


def sigmoids_and_gradients(dtype):
    """What a sigmoid has given, with what comes back to it."""
    out = from_0_to_1(dtype)
    return out, shuffled(real_numbers(dtype, 2), out.size)


def tanhs_and_gradients(dtype):
    out, d_out = sigmoids_and_gradients(dtype)
    return np.concatenate([out, -out]), np.tile(d_out, 2)


def inputs_and_gradients(dtype):
    z = real_numbers(dtype)
    return z, shuffled(real_numbers(dtype, 2), z.size)


def rows(dtype, seed=0):
    """Rows of four logits: on one scale and on many, with ties, and with one that is far above the others."""
    rng, numbers = np.random.default_rng(seed), real_numbers(dtype, seed)
    moderate = rng.normal(size=(100, 4)) * rng.uniform(0.1, 60, (100, 1))
    ties = np.repeat(rng.normal(size=(10, 2)) * 5, 2, axis=1)
    confident = rng.normal(size=(20, 4)) + np.linspace(5, 90, 20)[:, None] * np.eye(4)[rng.integers(0, 4, 20)]
    any_numbers = rng.choice(numbers, (40, 4))
    return np.concatenate([moderate, ties, confident, any_numbers]).astype(dtype)


def target_rows(like, seed=1):
    """Rows of probabilities: one class in every second row, soft ones with very unequal parts in the others."""
    rng = np.random.default_rng(seed)
    soft = rng.dirichlet(np.full(like.shape[-1], 0.2), len(like))
    hard = np.eye(like.shape[-1])[rng.integers(0, like.shape[-1], len(like))]
    return np.where(np.arange(len(like))[:, None] % 2, soft, hard).astype(like.dtype)


def logit_rows_and_targets(dtype):
    z = rows(dtype)
    return z, target_rows(z)


def probability_rows_and_targets(dtype):
    p = shuffled(probabilities(dtype), 400).reshape(-1, 4)
    return p, target_rows(p)


def softmaxes_and_gradients(dtype):
    p = nn.softmax(rows(dtype))
    return p, np.random.default_rng(1).normal(size=p.shape).astype(dtype)


def exponents(dtype):
    """Numbers whose exponential is a float."""
    z = real_numbers(dtype)
    return z[np.abs(z) < 700]


def middling_numbers(dtype):
    """Numbers whose cube and whose inverse square are floats."""
    z = real_numbers(dtype)
    return z[(np.abs(z) > 1e-100) & (np.abs(z) < 1e100)]


def positive_numbers(dtype):
    z = real_numbers(dtype)
    return z[z > 0]


# ---- The formulas, for numbers of mpmath -------------------------------------------------------------------------------
# Each is given the numbers of one example (of a row: all of them, and then the other row) and returns one number or a list.


def sigmoid(z):
    return 1 / (1 + mp.exp(-z))


def softplus(z):
    return mp.log1p(mp.exp(z))


def softmax(*z):
    total = mp.fsum(map(mp.exp, z))
    return [mp.exp(value) / total for value in z]


def log_softmax(*z):
    """By log1p, since even 50 digits cannot hold 1 + e⁻²⁰⁰."""
    z = list(z)
    largest = z.pop(z.index(max(z)))
    rest = mp.log1p(mp.fsum(mp.exp(value - largest) for value in z))
    return lambda value: value - largest - rest


def halves(numbers):
    middle = len(numbers) // 2
    return numbers[:middle], numbers[middle:]


def softmax_jacobian(*z):
    p = softmax(*z)
    return [a * ((i == j) - b) for i, a in enumerate(p) for j, b in enumerate(p)]


def softmax_backward(*numbers):
    p, d_out = halves(numbers)
    return [a * (d - mp.fdot(p, d_out)) for a, d in zip(p, d_out, strict=True)]


def binary_cross_entropy(p, y):
    return -y * mp.log(p) - (1 - y) * mp.log1p(-p)


def cross_entropy(*numbers):
    p, y = halves(numbers)
    return -mp.fdot(y, map(mp.log, p))


def cross_entropy_slope(*numbers):
    return [-y / p for p, y in zip(*halves(numbers), strict=True)]


def softmax_cross_entropy(*numbers):
    z, y = halves(numbers)
    return -mp.fdot(y, map(log_softmax(*z), z))


def softmax_cross_entropy_slope(*numbers):
    z, y = halves(numbers)
    return [p - target for p, target in zip(softmax(*z), y, strict=True)]


# ---- What is promised --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promise:
    """A function of the package, its formula, the inputs to try, and how many units of the last place it may be off."""

    name: str
    ours: Callable
    formula: Callable
    inputs: Callable
    #: How many units of the last place: a number, or a function of the numbers that returns one for each result.
    units: float | Callable
    #: The sizes whose last place is meant, where it is not that of the result: a function of the numbers.
    of: Callable | None = None


def below_largest(*z):
    """How far each of a row lies below the largest, which is what rounding the difference costs its exponential."""
    return [4 + (max(z) - value) for value in z]


def lead(*z):
    """The same for a logarithm: only that of the largest, whose whole content is how far it leads."""
    *_, second, largest = sorted(z)
    return [4 + (largest - second if value == largest else 0) for value in z]


def product_of_two(*z):
    return [a + b for a in below_largest(*z) for b in below_largest(*z)]


def in_the_jacobian(*z):
    p = softmax(*z)
    return [a * (1 if i == j else b) for i, a in enumerate(p) for j, b in enumerate(p)]


def in_softmax_backward(*numbers):
    p, d_out = halves(numbers)
    return [a * (abs(d) + mp.fdot(p, map(abs, d_out))) for a, d in zip(p, d_out, strict=True)]


def both_terms(p, y):
    return max(y / p, (1 - y) / (1 - p))


def probability_or_target(*numbers):
    z, y = halves(numbers)
    return [max(p, target) for p, target in zip(softmax(*z), y, strict=True)]


ALPHA = 0.125  # exact in both widths
MSE, MAE, CE, BCE = nn.MeanSquaredError(), nn.MeanAbsoluteError(), nn.CrossEntropy(), nn.BinaryCrossEntropy()
SOFTMAX_CE, SIGMOID_CE = nn.SoftmaxCrossEntropy(), nn.SigmoidCrossEntropy()


def back(layer):
    """The layer's way back, as a function of its output (for one that looks at its input: of that) and of d_out."""
    return lambda x, d_out: layer.backward(x, x, d_out)[0]


# A function that numpy does not give exactly (exp, log1p, tanh) is right to about one unit of the last place, in float32 to about
# two; what is made of them, to four. Where more is lost, no way of computing it from these floats alone would do much better:
# - softmax sees z only through differences, which are rounded before their exponential is taken: a relative error of half as
#   many units as the difference is large;
# - what is a difference of two terms (a slope p - y, a way back written with the layer's own output) is as exact as the larger one.
PROMISES = [
    Promise("step", nn.step, lambda z: z >= 0, real_numbers, 0),
    Promise("step_derivative", nn.step_derivative, lambda z: 0, real_numbers, 0),
    Promise("sigmoid", nn.sigmoid, sigmoid, real_numbers, 4),
    Promise("sigmoid_derivative", nn.sigmoid_derivative, lambda z: 1 / (2 * mp.cosh(z / 2)) ** 2, real_numbers, 4),
    Promise("tanh", nn.tanh, mp.tanh, real_numbers, 4),
    Promise("tanh_derivative", nn.tanh_derivative, lambda z: mp.sech(z) ** 2, real_numbers, 4),
    Promise("relu", nn.relu, lambda z: max(z, 0), real_numbers, 0),
    Promise("relu_derivative", nn.relu_derivative, lambda z: z > 0, real_numbers, 0),
    Promise("leaky_relu", lambda z: nn.leaky_relu(z, ALPHA), lambda z: max(z, ALPHA * z), real_numbers, 1),
    Promise("leaky_relu_derivative", lambda z: nn.leaky_relu_derivative(z, ALPHA), lambda z: 1 if z > 0 else ALPHA,
            real_numbers, 0),
    Promise("softmax", nn.softmax, softmax, rows, below_largest),
    Promise("log_softmax", nn.log_softmax, lambda *z: list(map(log_softmax(*z), z)), rows, lead),
    Promise("softmax_jacobian", nn.softmax_jacobian, softmax_jacobian, rows, product_of_two, of=in_the_jacobian),
    # ---- The ways back: written with the layer's output, which is taken as exact here
    Promise("Step.backward", back(nn.Step()), lambda x, d: 0, inputs_and_gradients, 0),
    Promise("Sigmoid.backward", back(nn.Sigmoid()), lambda out, d: d * out * (1 - out), sigmoids_and_gradients, 4),
    Promise("Tanh.backward", back(nn.Tanh()), lambda out, d: d * (1 - out**2), tanhs_and_gradients, 4, of=lambda out, d: d),
    Promise("ReLU.backward", back(nn.ReLU()), lambda x, d: d if x > 0 else 0, inputs_and_gradients, 0),
    Promise("LeakyReLU.backward", back(nn.LeakyReLU(ALPHA)), lambda x, d: d if x > 0 else ALPHA * d, inputs_and_gradients, 1),
    Promise("Softmax.backward", back(nn.Softmax()), softmax_backward, softmaxes_and_gradients, 4, of=in_softmax_backward),
    # ---- Losses
    Promise("MeanSquaredError.each", MSE.each, lambda out, y: (out - y) ** 2, predictions_and_targets, 4),
    Promise("MeanSquaredError.slope", MSE.slope, lambda out, y: 2 * (out - y), predictions_and_targets, 1),
    Promise("MeanAbsoluteError.each", MAE.each, lambda out, y: abs(out - y), predictions_and_targets, 1),
    Promise("MeanAbsoluteError.slope", MAE.slope, lambda out, y: mp.sign(out - y), predictions_and_targets, 0),
    Promise("BinaryCrossEntropy.each", BCE.each, binary_cross_entropy, probabilities_and_targets, 4),
    Promise("BinaryCrossEntropy.slope", BCE.slope, lambda p, y: (1 - y) / (1 - p) - y / p, probabilities_and_targets, 4,
            of=both_terms),
    Promise("CrossEntropy.each", CE.each, cross_entropy, probability_rows_and_targets, 4),
    Promise("CrossEntropy.slope", CE.slope, cross_entropy_slope, probability_rows_and_targets, 1),
    Promise("SigmoidCrossEntropy.each", SIGMOID_CE.each, lambda z, y: y * softplus(-z) + (1 - y) * softplus(z),
            logits_and_targets, 4),
    Promise("SigmoidCrossEntropy.slope", SIGMOID_CE.slope, lambda z, y: sigmoid(z) - y, logits_and_targets, 4,
            of=lambda z, y: max(sigmoid(z), y)),
    Promise("SoftmaxCrossEntropy.each", SOFTMAX_CE.each, softmax_cross_entropy, logit_rows_and_targets,
            lambda *numbers: [max(lead(*halves(numbers)[0]))]),
    Promise("SoftmaxCrossEntropy.slope", SOFTMAX_CE.slope, softmax_cross_entropy_slope, logit_rows_and_targets,
            lambda *numbers: below_largest(*halves(numbers)[0]), of=probability_or_target),
]  # fmt: skip


def listed(result):
    return [mp.mpf(value) for value in (result if isinstance(result, list) else [result])]


def unit(size, dtype):
    """The distance between neighbouring floats at this size."""
    info = np.finfo(dtype)
    exponent = max(mp.frexp(size)[1] - 1, info.minexp) if size else info.minexp
    return mp.ldexp(mp.mpf(1), int(exponent) - info.nmant)


def units_off(got, exact, size, dtype):
    """By how many units of the last place of `size` the float differs; an overflow is right where there is no such float."""
    largest = mp.mpf(float(np.finfo(dtype).max))
    if abs(exact) > largest:
        return 0 if abs(got) >= largest and got * exact > 0 else mp.inf
    return abs(mp.mpf(float(got)) - exact) / unit(size, dtype)


def assert_kept(promise, dtype):
    arrays = promise.inputs(dtype)
    arrays = arrays if isinstance(arrays, tuple) else (arrays,)
    with np.errstate(over="ignore", under="ignore"):
        results = promise.ours(*arrays)
    assert results.dtype == dtype
    examples = np.concatenate([array.reshape(len(array), -1) for array in arrays], axis=1)
    with mp.workdps(DIGITS):
        for example, got in zip(examples, results.reshape(len(examples), -1), strict=True):
            numbers = [mp.mpf(float(number)) for number in example]
            exact = listed(promise.formula(*numbers))
            of = exact if promise.of is None else listed(promise.of(*numbers))
            allowed = promise.units(*numbers) if callable(promise.units) else [promise.units] * len(got)
            for value, wanted, size, most in zip(got, exact, of, allowed, strict=True):
                off = units_off(value, wanted, size, dtype)
                assert off <= most, f"{promise.name}{tuple(example.tolist())}: {value}, off by {mp.nstr(off, 3)} units"


BOTH_WIDTHS = pytest.mark.parametrize("dtype", [np.float64, np.float32])


@BOTH_WIDTHS
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_what_is_promised_of_a_function_is_kept(promise, dtype):
    assert_kept(promise, dtype)


# ---- Automatic differentiation: single numbers, in float64 ---------------------------------------------------------------


def with_slope(operation):
    """The operation as a function of an array of numbers; its results are a value and a slope for each."""
    def of_each(numbers):
        results = [operation(Value(number)) for number in numbers.tolist()]
        return np.array([[result.data, *result.slopes] for result in results])

    return of_each


VALUES = [
    Promise("exp", with_slope(Value.exp), lambda z: [mp.exp(z)] * 2, exponents, 4),
    Promise("log", with_slope(Value.log), lambda z: [mp.log(z), 1 / z], positive_numbers, 4),
    Promise("power 3", with_slope(lambda z: z**3), lambda z: [z**3, 3 * z**2], middling_numbers, 4),
    Promise("power -1", with_slope(lambda z: z**-1), lambda z: [1 / z, -1 / z**2], middling_numbers, 4),
    Promise("tanh", with_slope(Value.tanh), lambda z: [mp.tanh(z), mp.sech(z) ** 2], real_numbers, 4,
            of=lambda z: [mp.tanh(z), 1]),
    Promise("sigmoid", with_slope(Value.sigmoid), lambda z: [sigmoid(z), 1 / (2 * mp.cosh(z / 2)) ** 2], real_numbers, 4),
    Promise("relu", with_slope(Value.relu), lambda z: [max(z, 0), z > 0], real_numbers, 0),
]  # fmt: skip


@pytest.mark.parametrize("promise", VALUES, ids=lambda promise: promise.name)
def test_what_is_promised_of_a_value_is_kept(promise):
    assert_kept(promise, np.float64)


# ---- A whole batch -------------------------------------------------------------------------------------------------------


@BOTH_WIDTHS
@pytest.mark.parametrize("loss", [MSE, MAE, BCE, SIGMOID_CE, CE, SOFTMAX_CE], ids=repr)
def test_the_mean_of_a_batch_loses_no_more_than_its_terms(loss, dtype):
    rng = np.random.default_rng(0)
    y = rng.dirichlet(np.ones(3), 1000).astype(dtype)
    out = rng.dirichlet(np.ones(3), 1000).astype(dtype)
    each, count = loss.each(out, y), loss.averaged_over(out)
    exact = math.fsum(each.ravel().tolist()) / count  # each is not negative, and so nothing cancels
    assert abs(float(loss(out, y)) - exact) <= 4 * np.finfo(dtype).eps * exact
    slopes = loss.slope(out, y).astype(np.float64)
    np.testing.assert_allclose(loss.gradient(out, y), slopes / count, rtol=np.finfo(dtype).eps)


@BOTH_WIDTHS
def test_a_probability_that_vanishes_costs_what_the_smallest_normal_float_costs(dtype):
    tiny = np.finfo(dtype).tiny
    p, y = np.array([[0, 1], [tiny / 8, 1], [tiny, 1]], dtype), np.array([[1, 0]] * 3, dtype)
    most = -math.log(tiny)
    np.testing.assert_allclose(CE.each(p, y), [[most]] * 3, rtol=np.finfo(dtype).eps)
    np.testing.assert_allclose(BCE.each(p, y), [[most, most]] * 3, rtol=np.finfo(dtype).eps)


# ---- Optimizers: two steps, with the rules as the docstrings state them --------------------------------------------------
# Each is given the gradient, what is remembered (a dict, empty at first), the step t = 1, 2 and the settings; all in decimals.


def descent(g, memory, t):
    return g


def momentum(g, memory, t, beta="0.9", classical=False, nesterov=False):
    beta = mp.mpf(beta)
    push = g if classical else (1 - beta) * g
    memory["v"] = beta * memory.get("v", 0) + push
    return beta * memory["v"] + push if nesterov else memory["v"]


def rmsprop(g, memory, t, rho="0.9", eps="1e-8"):
    rho = mp.mpf(rho)
    memory["s"] = rho * memory.get("s", 0) + (1 - rho) * g**2
    return g / (mp.sqrt(memory["s"]) + mp.mpf(eps))


def adam(g, memory, t, beta1="0.9", beta2="0.999", eps="1e-8"):
    beta1, beta2 = mp.mpf(beta1), mp.mpf(beta2)
    memory["m"] = beta1 * memory.get("m", 0) + (1 - beta1) * g
    memory["s"] = beta2 * memory.get("s", 0) + (1 - beta2) * g**2
    return memory["m"] / (1 - beta1**t) / (mp.sqrt(memory["s"] / (1 - beta2**t)) + mp.mpf(eps))


def two_steps(rule, lr, **settings):
    """The parameters after each of the two steps that tests/test_optimizers.py takes, each number by itself."""
    params = {name: [mp.mpf(value) for value in values] for name, values in test_optimizers.START.items()}
    memories = {name: [{} for _ in values] for name, values in params.items()}
    after = []
    for t, gradients in enumerate(test_optimizers.G, start=1):
        params = {
            name: [w - mp.mpf(lr) * rule(mp.mpf(g), memory, t, **settings)
                   for w, g, memory in zip(values, gradients[name], memories[name], strict=True)]
            for name, values in params.items()
        }  # fmt: skip
        after.append(params)
    return after


WORKED = {
    "SGD": (descent, {}),
    "Momentum": (momentum, {}),
    "classical": (momentum, {"classical": True}),
    "Nesterov": (momentum, {"nesterov": True}),
    "classical Nesterov": (momentum, {"classical": True, "nesterov": True}),
    "RMSprop": (rmsprop, {}),
    "Adam": (adam, {}),
}


@pytest.mark.parametrize("name", test_optimizers.BY_HAND)
def test_the_two_steps_by_hand_are_the_rules_in_decimals(name):
    rule, settings = WORKED[name]
    with mp.workdps(DIGITS):
        for worked, written in zip(two_steps(rule, "0.1", **settings), test_optimizers.BY_HAND[name][1:], strict=True):
            for key, values in worked.items():
                np.testing.assert_allclose(np.array(values, float), written[key], rtol=5e-15)


# With settings of which none is a default and a large ε, so that nothing passes that is only nearly the rule.
@BOTH_WIDTHS
@pytest.mark.parametrize(("kind", "rule", "settings"), [
    (nn.SGD, descent, {}),
    (nn.Momentum, momentum, {"beta": "0.75"}),
    (nn.Momentum, momentum, {"beta": "0.75", "classical": True}),
    (nn.Momentum, momentum, {"beta": "0.75", "nesterov": True}),
    (nn.Momentum, momentum, {"beta": "0.75", "classical": True, "nesterov": True}),
    (nn.RMSprop, rmsprop, {"rho": "0.6", "eps": "0.3"}),
    (nn.Adam, adam, {"beta1": "0.7", "beta2": "0.8", "eps": "0.3"}),
])  # fmt: skip
def test_two_steps_with_other_settings_are_the_rules_in_decimals(kind, rule, settings, dtype):
    with mp.workdps(DIGITS):
        after = two_steps(rule, "0.3", **settings)
    optimizer = kind(0.3, **{name: float(value) if isinstance(value, str) else value for name, value in settings.items()})
    params = test_optimizers.arrays(test_optimizers.START, dtype)
    for worked, gradients in zip(after, test_optimizers.G, strict=True):
        optimizer.step(params, test_optimizers.arrays(gradients, dtype))
        for name, values in worked.items():
            # Each step is rounded a few times, beside weights of up to 2.
            np.testing.assert_allclose(params[name], np.array(values, float), rtol=0, atol=4 * np.finfo(dtype).eps)
