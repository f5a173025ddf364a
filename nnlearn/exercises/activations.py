"""The exercises of chapter 3, Activation functions."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _vectors(rng, *edges, spread=3):
    """Fixed edge cases, then random arrays of several shapes, square and not."""
    random = [rng.normal(0, spread, shape) for shape in ((5,), (3, 4), (4, 4), (2, 3, 2))]
    return [(np.array(edge, float),) for edge in edges] + [(z,) for z in random]


def _step_cases(rng):
    return _vectors(rng, [0.0], [-1.0, 0.0, 1.0], [-1e-9, 1e-9])


def _sigmoid_cases(rng):
    return _vectors(rng, [0.0], [-1.0, 2.0], [-1000.0, 1000.0], [-40.0, 40.0])


def _slope_cases(rng):
    # Near 0: where a slope is tiny, 1 - tanh(z)² is right in 64 bits and mere rounding in 32.
    return _vectors(rng, [0.0], [-2.0, 1.0], [-4.0, 0.5, 4.0], spread=1.2)


def _relu_cases(rng):
    return _vectors(rng, [0.0], [-2.0, 0.0, 3.0], [-0.5, 0.25])


def _leaky_cases(rng):
    alphas = (0.1, 0.01, 0.3)
    edges = [(np.array([-2.0, 0.0, 3.0]), 0.1), (np.array([-1.0]), 0.25), (np.array([0.2, 0.05, -0.05]), 0.1)]
    return edges + [(rng.normal(0, 2, shape), float(a)) for a, shape in zip(alphas, ((10, 7), (3, 5), (4, 4)), strict=True)]


def _rows_cases(rng):
    plain = [np.array([[0.0, 0.0]]), np.array([[1.0, 2.0, 3.0]])]
    large = [np.array([[1000.0, -1000.0, 0.0]]), np.array([[1000.0, 999.0], [997.0, 1000.0]]), np.array([[-1000.0, -999.0]])]
    return [(z,) for z in plain + large] + [(rng.normal(0, 2, shape),) for shape in ((2, 5), (4, 4), (6, 3))]


def _row_cases(rng):
    edges = [np.array([0.0, 0.0]), np.array([1.0, -1.0, 0.5])]
    return [(z,) for z in edges] + [(rng.normal(0, 1.5, k),) for k in (3, 4, 6)]


def _backward_cases(rng):
    edges = [(np.array([[0.0]]), np.array([[1.0]])), (np.array([[1.0, -2.0]]), np.array([[0.5, -3.0]]))]
    random = [(rng.normal(0, 2, shape), rng.normal(0, 1, shape)) for shape in ((3, 2), (4, 4), (2, 5))]
    return edges + random


def _dead_cases(rng):
    edges = [np.array([[-1.0, 1.0], [-2.0, 0.5]]), np.array([[0.0, -1.0, 2.0]]), np.array([[3.0, -3.0], [-1.0, 1.0]])]
    random = [rng.normal(-0.5, 1, shape) for shape in ((5, 4), (4, 4), (2, 6))]
    for z in random:
        z[:, rng.integers(z.shape[1])] = -np.abs(z[:, 0]) - 0.1  # at least one unit that is dead for sure
    return [(z,) for z in edges + random]


def _chain_cases(rng):
    fixed = [(0.0, 1), (0.0, 10), (2.0, 3)]
    return fixed + [(float(rng.uniform(-2.5, 2.5)), int(k)) for k in rng.integers(2, 9, 3)]


def _choice_cases(rng):
    fixed = [(np.array([0.1, -0.1, 0.2]), 2), (np.array([2.0, 3.0, -0.5, 1.0]), 3), (np.array([-1.0, -2.0, -0.5]), 2)]
    return fixed + [(rng.normal(mean, 1.5, 8), int(rng.integers(2, 6))) for mean in (-1.5, 0.0, 1.5)]


# ---- References and slips ----------------------------------------------------------------------------------------


def step(z):
    return np.where(z >= 0, 1.0, 0.0)


def sigmoid(z):
    e = np.exp(-np.abs(z))                  # never overflows
    return np.where(z >= 0, 1, e) / (1 + e)


def sigmoid_derivative(z):
    p = 1 / (1 + np.exp(-z))
    return p * (1 - p)


def tanh_derivative(z):
    return 1 - np.tanh(z) ** 2


def relu_derivative(z):
    return np.where(z > 0, 1.0, 0.0)


def leaky_relu(z, alpha):
    return np.where(z > 0, z, alpha * z)


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_jacobian(z):
    e = np.exp(z - z.max())
    p = e / e.sum()
    return np.diag(p) - np.outer(p, p)


def sigmoid_backward(z, d_a):
    a = 1 / (1 + np.exp(-z))
    return d_a * a * (1 - a)


def dead_units(z):
    return (z <= 0).all(axis=0).astype(float)


def gradient_left(z, k):
    p = 1 / (1 + np.exp(-z))
    return (p * (1 - p)) ** k


def choice(z, k):
    p = 1 / (1 + np.exp(-z))
    slopes = [p * (1 - p), 1 - np.tanh(z) ** 2, np.where(z > 0, 1.0, 0.0)]
    left = [np.mean(slope) ** k for slope in slopes]
    best = int(np.argmax(left))
    return np.array([best, left[best]])


def _choice_by(score, z, k, power=True):
    """Return the choice that a wrong score leads to."""
    scores = [score(f) ** k if power else score(f) for f in _three(z)]
    best = int(np.argmax(scores))
    return np.array([best, scores[best]])


def _three(z):
    """Return (value, slope) of sigmoid, tanh and ReLU at z."""
    p, t = _p(z), np.tanh(z)
    return [(p, p * (1 - p)), (t, 1 - t**2), (np.maximum(z, 0), np.where(z > 0, 1.0, 0.0))]


def _p(z):
    return 1 / (1 + np.exp(-z))


def _by_loop(function):
    """Return a right form that goes through the numbers one by one, as a beginner may write it."""

    def loop(z, *more):
        out = np.empty_like(z)
        for place in np.ndindex(z.shape):
            out[place] = function(z[place], *more)
        return out

    return loop


def _plain_softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def _softmax_by_rows(z):
    rows = []
    for row in z.tolist():
        exponentials = [np.exp(value - max(row)) for value in row]
        rows.append([e / sum(exponentials) for e in exponentials])
    return rows


def _jacobian_by_loop(z):
    p, k = softmax(z), len(z)
    return [[p[i] * ((i == j) - p[j]) for j in range(k)] for i in range(k)]


_TWICE = (
    "You multiplied by the sigmoid's derivative a second time. Each activation on the way back contributes its slope once."
)

EXERCISES = (
    Exercise(
        id="03-step",
        title="The step function",
        task="Return 1 where z is at least 0, and 0 elsewhere, for an array z of any shape.",
        starter="""
            def my_step(z):
                ...
        """,
        reference=step,
        accepted=(lambda z: (z >= 0) * 1, _by_loop(lambda v: 1.0 if v >= 0 else 0.0)),
        cases=_step_cases,
        hints=(
            Hint("What does the definition say about z = 0 itself?", "step"),
            Hint("`z >= 0` is an array of True and False. np.where turns that into two values.", "step"),
            Hint("`return np.where(z >= 0, 1.0, 0.0)`"),
        ),
        misconceptions=(
            Misconception(
                lambda z: np.where(z > 0, 1.0, 0.0),
                "At z = 0 you return 0. The definition puts the jump so that f(0) = 1: use >= and not >.",
                "step",
            ),
            Misconception(
                lambda z: np.where(z < 0, 1.0, 0.0), "The two sides are swapped: 1 belongs to z ≥ 0.", "step"
            ),
            Misconception(
                np.sign,
                "That is the sign, with -1 for negative numbers. The step function gives 0 there, and 1 at z = 0.",
                "step",
            ),
            Misconception(
                lambda z: np.maximum(z, 0.0), "That is ReLU: it keeps the positive value. The step returns 1.", "relu"
            ),
        ),
    ),
    Exercise(
        id="03-sigmoid",
        title="A sigmoid that does not overflow",
        task="Return σ(z) for an array z of any shape, also where z is -1000.",
        starter="""
            def my_sigmoid(z):
                ...
        """,
        reference=sigmoid,
        accepted=(
            _p,
            lambda z: 0.5 * (1 + np.tanh(z / 2)),
            _by_loop(lambda v: 1 / (1 + np.exp(-v)) if v >= 0 else np.exp(v) / (1 + np.exp(v))),
        ),
        cases=_sigmoid_cases,
        hints=(
            Hint("For z = 0 the result must be 0.5. Which sign stands in the exponent?", "sigmoid"),
            Hint(
                "Multiply numerator and denominator by e^z where z is negative; then only exponentials of negative "
                "numbers occur.",
                "sigmoid",
            ),
            Hint("`e = np.exp(-np.abs(z))`, then `np.where(z >= 0, 1, e) / (1 + e)`"),
        ),
        misconceptions=(
            Misconception(
                lambda z: 1 / (1 + np.exp(z)),
                "The exponent needs a minus: σ(z) = 1 / (1 + e^(-z)). Yours falls where it should rise.",
                "sigmoid",
            ),
            Misconception(
                lambda z: np.exp(z) / (1 + np.exp(z)),
                "For z = 1000 this is inf / inf, which is nan. The form is right for negative z; for positive z use "
                "1 / (1 + e^(-z)).",
                "sigmoid",
            ),
            Misconception(
                lambda z: 1 / 1 + np.exp(-z),
                "Brackets are missing: 1 / 1 + e^(-z) divides first. Write 1 / (1 + np.exp(-z)).",
                "sigmoid",
            ),
            Misconception(
                np.tanh, "That is tanh, which runs from -1 to 1. The sigmoid runs from 0 to 1.", "tanh"
            ),
        ),
    ),
    Exercise(
        id="03-sigmoid-derivative",
        title="The slope of the sigmoid",
        task="Return σ′(z) for an array z of any shape. You are given z, not σ(z).",
        starter="""
            def my_sigmoid_derivative(z):
                ...
        """,
        reference=sigmoid_derivative,
        accepted=(
            lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2,
            lambda z: (1 - np.tanh(z / 2) ** 2) / 4,
            _by_loop(lambda v: _p(v) * _p(-v)),
        ),
        cases=_slope_cases,
        hints=(
            Hint("At z = 0 the slope is 1/4. What does your function say there?", "sigmoid"),
            Hint("The rule is σ′ = σ (1 - σ). Compute σ(z) first and use it twice.", "sigmoid"),
            Hint("`p = 1 / (1 + np.exp(-z))`, then `return p * (1 - p)`"),
        ),
        misconceptions=(
            Misconception(
                lambda z: z * (1 - z),
                "You used z (1 - z). That formula holds when z is already the sigmoid's output. Here z is the input: "
                "compute p = σ(z) first.",
                "sigmoid",
            ),
            Misconception(
                lambda z: _p(_p(z)) * (1 - _p(_p(z))),
                "You took the derivative at the output σ(z) in place of at z. The formula needs σ(z) itself, not σ(σ(z)).",
                "sigmoid",
            ),
            Misconception(
                lambda z: _p(z) * (1 - z),
                "One factor is right. The other is 1 - z in yours; it is 1 - σ(z): both are made of the output.",
                "sigmoid",
            ),
            Misconception(lambda z: (_p(z) * (1 - _p(z))) ** 2, _TWICE, "sigmoid"),
            Misconception(
                lambda z: -_p(z) * (1 - _p(z)),
                "The sign is wrong: the sigmoid rises everywhere, so its slope is never negative. The two minus signs of "
                "the chain rule cancel.",
                "sigmoid",
            ),
            Misconception(_p, "That is the value σ(z). Its slope is asked.", "sigmoid"),
            Misconception(
                lambda z: 1 - _p(z) ** 2, "1 - a² is the slope of tanh. The sigmoid's is a (1 - a).", "tanh"
            ),
        ),
    ),
    Exercise(
        id="03-tanh-derivative",
        title="The slope of tanh",
        task="Return tanh′(z) for an array z of any shape.",
        starter="""
            def my_tanh_derivative(z):
                ...
        """,
        reference=tanh_derivative,
        accepted=(
            lambda z: 1 / np.cosh(z) ** 2,
            lambda z: 4 * _p(2 * z) * (1 - _p(2 * z)),
            _by_loop(lambda v: 1 - np.tanh(v) * np.tanh(v)),
        ),
        cases=_slope_cases,
        hints=(
            Hint("At z = 0 tanh is as steep as the line y = z.", "tanh"),
            Hint("The rule is 1 - tanh(z)².", "tanh"),
            Hint("`return 1 - np.tanh(z) ** 2`"),
        ),
        misconceptions=(
            Misconception(
                lambda z: 1 - z**2,
                "You used 1 - z². That formula wants the output of tanh. Here z is the input: use np.tanh(z).",
                "tanh",
            ),
            Misconception(
                lambda z: np.tanh(z) * (1 - np.tanh(z)),
                "a (1 - a) is the slope of the sigmoid. For tanh it is 1 - a².",
                "tanh",
            ),
            Misconception(
                lambda z: 1 - np.tanh(np.tanh(z)) ** 2,
                "You took the derivative at the output tanh(z) in place of at z: tanh stands twice in it.",
                "tanh",
            ),
            Misconception(lambda z: 1 - np.tanh(z), "The square is missing: 1 - tanh(z)².", "tanh"),
            Misconception(lambda z: (1 - np.tanh(z)) ** 2, "The square belongs to tanh(z) alone: 1 - tanh(z)².", "tanh"),
        ),
    ),
    Exercise(
        id="03-relu-derivative",
        title="The slope of ReLU",
        task="Return the slope of ReLU for an array z of any shape, with 0 at the corner z = 0.",
        starter="""
            def my_relu_derivative(z):
                ...
        """,
        reference=relu_derivative,
        accepted=(lambda z: (z > 0) * 1.0, lambda z: np.heaviside(z, 0), _by_loop(lambda v: 1.0 if v > 0 else 0.0)),
        cases=_relu_cases,
        hints=(
            Hint("Draw ReLU. How steep is it left of 0, and how steep right of it?", "relu"),
            Hint("The slope is 1 where z > 0 and 0 elsewhere, also at z = 0, as this book chooses.", "relu"),
            Hint("`return np.where(z > 0, 1.0, 0.0)`"),
        ),
        misconceptions=(
            Misconception(
                lambda z: np.where(z >= 0, 1.0, 0.0),
                "At z = 0 you return 1. Any number from 0 to 1 would do there, but this exercise asks for 0.",
                "relu",
            ),
            Misconception(
                lambda z: np.maximum(z, 0), "That is ReLU itself. Its slope is asked: how steep it is at z.", "relu"
            ),
            Misconception(
                lambda z: np.where(z > 0, z, 0.0) * 2,
                "That is the slope of z² on the right side. ReLU is a straight line there, with slope 1.",
                "relu",
            ),
            Misconception(np.sign, "Left of 0 ReLU is flat: its slope there is 0 and not -1.", "relu"),
        ),
    ),
    Exercise(
        id="03-leaky-relu",
        title="Leaky ReLU without a loop",
        task="Return leaky ReLU with the slope alpha on the negative side, for an array z of any shape.",
        starter="""
            def my_leaky_relu(z, alpha):
                ...
        """,
        reference=leaky_relu,
        accepted=(
            lambda z, alpha: np.maximum(z, alpha * z),
            lambda z, alpha: np.maximum(z, 0) + alpha * np.minimum(z, 0),
            lambda z, alpha: z * np.where(z > 0, 1, alpha),
        ),
        cases=_leaky_cases,
        vectorised=True,
        hints=(
            Hint("For z = -2 and α = 0.1 the result is -0.2. What does yours give?", "leaky-relu"),
            Hint("np.where(condition, this, that) chooses for each entry by itself.", "leaky-relu"),
            Hint("`return np.where(z > 0, z, alpha * z)`"),
        ),
        misconceptions=(
            Misconception(
                lambda z, alpha: np.where(z > 0, alpha * z, z),
                "The leak is on the wrong side: positive values pass whole, negative ones are multiplied by α.",
                "leaky-relu",
            ),
            Misconception(
                lambda z, alpha: np.where(z > 0, 1.0, alpha),
                "That is the slope of leaky ReLU. Its value is asked.",
                "leaky-relu",
            ),
            Misconception(
                lambda z, alpha: np.where(z > 0, z, alpha),
                "Left of 0 you return α itself. It is a slope: multiply z by it.",
                "leaky-relu",
            ),
            Misconception(
                lambda z, alpha: np.where(z > alpha, z, 0.0),
                "You used α as a threshold. It is the slope on the negative side; the bend stays at 0.",
                "leaky-relu",
            ),
            Misconception(
                lambda z, alpha: np.maximum(z, alpha),
                "You compared z with α. The larger of z and α z is right, as long as α is below 1.",
                "leaky-relu",
            ),
            Misconception(
                lambda z, alpha: np.where(z > 0, z, 0.01 * z),
                "The slope is always 0.01 in yours. It has to be alpha, whatever that is.",
                "leaky-relu",
            ),
            Misconception(
                lambda z, alpha: np.where(z > 0, z, -alpha * z),
                "The negative side goes up in yours. α z is negative where z is: no extra minus.",
                "leaky-relu",
            ),
        ),
    ),
    Exercise(
        id="03-softmax",
        title="Softmax of every row",
        task="Return the softmax of each row of z, shape (n, k). Logits may be as large as 1000.",
        starter="""
            def my_softmax(z):
                ...
        """,
        reference=softmax,
        accepted=(
            lambda z: np.exp(z - z.max(axis=1)[:, None]) / np.exp(z - z.max(axis=1)[:, None]).sum(axis=1)[:, None],
            lambda z: 1 / np.exp(z[:, None, :] - z[:, :, None]).sum(axis=2),
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=1, keepdims=True),
            _softmax_by_rows,
        ),
        cases=_rows_cases,
        hints=(
            Hint("Each row is one example. What must each row of the result sum to?", "softmax"),
            Hint("Subtract the largest logit of each row first; keepdims=True keeps the shapes fitting.", "softmax"),
            Hint("`e = np.exp(z - z.max(axis=-1, keepdims=True))`, then divide by `e.sum(axis=-1, keepdims=True)`"),
        ),
        misconceptions=(
            Misconception(
                _plain_softmax,
                "Right, until a logit is large: e^1000 is inf, and inf / inf is nan. Subtract each row's maximum first; the "
                "result does not change.",
                "softmax",
            ),
            Misconception(
                lambda z: softmax(z.T).T,
                "Your columns sum to 1. Each row is an example, and the classes of one example share its probability: "
                "use the last axis.",
                "softmax",
            ),
            Misconception(
                lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
                "All entries together sum to 1 in yours. Each row is an example of its own and sums to 1 by itself.",
                "softmax",
            ),
            Misconception(
                lambda z: softmax(softmax(z)),
                "The softmax is applied twice: probabilities of probabilities. Once is enough.",
                "softmax",
            ),
            Misconception(
                lambda z: np.exp(z - z.max(axis=-1, keepdims=True)),
                "The exponentials are there, the division by their sum is missing.",
                "softmax",
            ),
            Misconception(
                lambda z: z / z.sum(axis=-1, keepdims=True),
                "You divided the logits by their sum. Softmax takes the exponentials first, which makes all of them positive.",
                "softmax",
            ),
        ),
    ),
    Exercise(
        id="03-softmax-jacobian",
        title="The derivative of softmax is a matrix",
        task="Return the matrix J with J[i, j] = ∂p_i/∂z_j for one vector z of k logits.",
        starter="""
            def my_softmax_jacobian(z):
                ...
        """,
        reference=softmax_jacobian,
        accepted=(
            _jacobian_by_loop,
            lambda z: softmax(z)[:, None] * (np.eye(len(z)) - softmax(z)),
            lambda z: np.diag(softmax(z)) - softmax(z)[:, None] @ softmax(z)[None, :],
        ),
        cases=_row_cases,
        hints=(
            Hint("Raise one logit a little. Which of the k probabilities change?", "softmax"),
            Hint("On the diagonal stands p_i (1 - p_i), everywhere else -p_i p_j.", "softmax"),
            Hint("`return np.diag(p) - np.outer(p, p)` with p the softmax of z"),
        ),
        misconceptions=(
            Misconception(
                lambda z: np.diag(softmax(z) * (1 - softmax(z))),
                "Only the diagonal is filled. Raising one logit also takes probability from all other classes: off the "
                "diagonal stands -p_i p_j.",
                "softmax",
            ),
            Misconception(
                lambda z: np.outer(softmax(z), softmax(z)) - np.diag(softmax(z)),
                "The sign is wrong: raising a logit raises its own probability, so the diagonal is positive.",
                "softmax",
            ),
            Misconception(
                lambda z: np.diag(softmax(z)) + np.outer(softmax(z), softmax(z)),
                "Off the diagonal a minus is missing. Check with the sums: each row must sum to 0.",
                "softmax",
            ),
            Misconception(
                lambda z: softmax(z) * (1 - softmax(z)),
                "That is a vector, p (1 - p), which is the diagonal alone. A matrix is asked: how each p_i answers to each "
                "z_j.",
                "softmax",
            ),
            Misconception(
                lambda z: np.diag(z) - np.outer(z, z),
                "You used the logits z. The formula is made of the probabilities: p = softmax(z) first.",
                "softmax",
            ),
        ),
    ),
    Exercise(
        id="03-find-the-bug",
        title="Find the bug: a sigmoid's way back",
        task="The function should turn d_a = ∂L/∂a into ∂L/∂z, where a = σ(z). It holds one mistake. Mend it.",
        starter="""
            def my_sigmoid_backward(z, d_a):
                a = 1 / (1 + np.exp(-z))
                slope = z * (1 - z)
                return d_a * slope
        """,
        reference=sigmoid_backward,
        accepted=(
            lambda z, d_a: d_a * np.exp(-z) / (1 + np.exp(-z)) ** 2,
            lambda z, d_a: d_a * _p(z) - d_a * _p(z) ** 2,
        ),
        cases=_backward_cases,
        hints=(
            Hint("One of the variables is computed and then never used.", "sigmoid"),
            Hint("σ′(z) = σ(z) (1 - σ(z)): the formula is made of the output, and the output is called a.", "sigmoid"),
            Hint("`slope = a * (1 - a)`"),
        ),
        misconceptions=(
            Misconception(
                lambda z, d_a: _p(z) * (1 - _p(z)),
                "The slope is right now, but d_a got lost. The chain rule multiplies what comes back by the slope.",
                "saturation",
            ),
            Misconception(lambda z, d_a: d_a * (_p(z) * (1 - _p(z))) ** 2, _TWICE, "sigmoid"),
            Misconception(
                lambda z, d_a: d_a + _p(z) * (1 - _p(z)),
                "You added the slope to d_a. Slopes along a chain are multiplied.",
                "saturation",
            ),
            Misconception(
                lambda z, d_a: d_a * _p(_p(z)) * (1 - _p(_p(z))),
                "The slope is taken at the output a in place of at z: a (1 - a) is the slope, σ′(a) is not.",
                "sigmoid",
            ),
            Misconception(
                lambda z, d_a: d_a * _p(z), "You multiplied by the value σ(z). On the way back the slope counts.", "sigmoid"
            ),
        ),
    ),
    Exercise(
        id="03-dead-units",
        title="Count the dead units",
        task="z holds the raw values of a ReLU layer, shape (n examples, units). Return 1 for each dead unit, else 0.",
        starter="""
            def my_dead_units(z):
                ...
        """,
        reference=dead_units,
        accepted=(
            lambda z: (z.max(axis=0) <= 0) * 1,
            lambda z: [float(max(column) <= 0) for column in z.T],
            lambda z: 1.0 - np.any(np.maximum(z, 0) > 0, axis=0),
        ),
        cases=_dead_cases,
        hints=(
            Hint("Dead means: no example gets through. For how many rows must z be at most 0?", "relu"),
            Hint("Each column is a unit. Ask of each column whether all of its entries are at most 0.", "relu"),
            Hint("`return (z <= 0).all(axis=0).astype(float)`"),
        ),
        misconceptions=(
            Misconception(
                lambda z: (z <= 0).any(axis=0).astype(float),
                "You marked units that are 0 for some example. That is usual and healthy; dead is 0 for all of them.",
                "relu",
            ),
            Misconception(
                lambda z: (z <= 0).all(axis=1).astype(float),
                "You looked along the rows: that tells which examples reach no unit. Units are the columns, axis=0.",
                "relu",
            ),
            Misconception(
                lambda z: (z.mean(axis=0) <= 0).astype(float),
                "You looked at the mean. A unit with a negative mean still learns from each example that is above 0.",
                "relu",
            ),
            Misconception(
                lambda z: (z > 0).any(axis=0).astype(float),
                "These are the units that are alive. Dead ones are asked: the other way round.",
                "relu",
            ),
        ),
    ),
    Exercise(
        id="03-gradient-left",
        title="What is left of the gradient",
        task="Return the share of a gradient that is left after k sigmoids, all at the same number z, with weights of 1.",
        starter="""
            def my_gradient_left(z, k):
                ...
        """,
        reference=gradient_left,
        accepted=(
            lambda z, k: float(np.prod([_p(z) * (1 - _p(z))] * k)),
            lambda z, k: np.exp(k * (np.log(_p(z)) + np.log(1 - _p(z)))),
        ),
        cases=_chain_cases,
        hints=(
            Hint("After one sigmoid σ′(z) is left. What happens to that at the second?", "saturation"),
            Hint("Each activation multiplies by its slope, so k of them multiply k times.", "saturation"),
            Hint("`p = 1 / (1 + np.exp(-z))`, then `return (p * (1 - p)) ** k`"),
        ),
        misconceptions=(
            Misconception(
                lambda z, k: _p(z) * (1 - _p(z)) * k,
                "You multiplied by k, as if the layers added up. They multiply: the slope to the power of k.",
                "saturation",
            ),
            Misconception(
                lambda z, k: _p(z) * (1 - _p(z)) / k,
                "You divided by k, as if the layers shared the loss. Each multiplies what is left: to the power of k.",
                "saturation",
            ),
            Misconception(
                lambda z, k: _p(z) ** k, "You used the value σ(z). On the way back the slope σ′(z) counts.", "saturation"
            ),
            Misconception(
                lambda z, k: _p(z) * (1 - _p(z)),
                "That is what one sigmoid leaves. There are k of them.",
                "saturation",
            ),
        ),
    ),
    Exercise(
        id="03-choose",
        title="Choose, and justify it by a run",
        task=(
            "Which activation passes most of a gradient back? For the raw values z of a layer and k layers, take the mean slope "
            "over z to the power of k. Return [the best activation, its number], with 0 for sigmoid, 1 for tanh and 2 for ReLU."
        ),
        starter="""
            def my_choice(z, k):
                ...
        """,
        reference=choice,
        accepted=(
            lambda z, k: max(((i, float(np.mean(slope)) ** k) for i, (_, slope) in enumerate(_three(z))), key=lambda c: c[1]),
            lambda z, k: _choice_by(lambda f: np.sum(f[1]) / len(f[1]), z, k),
        ),
        cases=_choice_cases,
        hints=(
            Hint("Which of the three would you choose for z near 0, and which for large positive z?", "saturation"),
            Hint("For each activation: the slope at every z, the mean of these, to the power of k. Then np.argmax.", "saturation"),
            Hint("`left = [np.mean(s) ** k for s in (p * (1 - p), 1 - np.tanh(z) ** 2, (z > 0) * 1.0)]`"),
        ),
        misconceptions=(
            Misconception(
                lambda z, k: _choice_by(lambda f: np.mean(f[1]), z, k, power=False),
                "You left out the power: one layer passes on the mean slope, k layers its k-th power.",
                "saturation",
            ),
            Misconception(
                lambda z, k: _choice_by(lambda f: np.max(f[1]), z, k),
                "You took the largest slope. A layer passes on the slopes of all its units, so take their mean.",
                "saturation",
            ),
            Misconception(
                lambda z, k: _choice_by(lambda f: np.mean(f[0]), z, k),
                "You compared the values. What passes back is multiplied by the slopes.",
                "saturation",
            ),
            Misconception(
                lambda z, k: choice(z, k)[::-1],
                "Both numbers are right, in the wrong order: first which activation, then its number.",
                "saturation",
            ),
        ),
    ),
)
