"""The exercises of chapter 9, A whole network."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _rows_cases(rng):
    edges = [np.array([[1.0, 2.0], [3.0, -4.0]]), np.array([[0.5, -1.0, 2.0]]), np.array([[1.0], [2.0], [4.0]])]
    return [(d_z,) for d_z in edges] + [(rng.normal(0, 1, shape),) for shape in ((5, 3), (4, 4), (2, 6), (30, 3))]


def _activation_cases(rng):
    edges = [(np.array([[1.0, -2.0]]), np.array([[0.5, -0.8]])), (np.array([[3.0]]), np.array([[0.0]]))]
    random = [(rng.normal(0, 1, shape), np.tanh(rng.normal(0, 1, shape))) for shape in ((3, 2), (4, 4), (2, 5), (20, 3))]
    return edges + random


def _dense_cases(rng):
    edge = (
        np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]]),
        np.array([[1.0, 0.0], [2.0, -1.0], [0.5, 4.0]]),
        np.array([[0.5, -0.5], [1.0, 2.0]]),
    )
    sizes = ((4, 3, 2), (3, 3, 3), (2, 5, 3), (6, 2, 4))
    random = [(rng.normal(size=(n, i)), rng.normal(size=(i, o)), rng.normal(size=(n, o))) for n, i, o in sizes]
    return [edge, *random]


def _update_cases(rng):
    edge = (np.array([[0.2, -0.4], [0.3, 0.1]]), np.array([[0.1, -0.2]]), np.array([[1.0, 2.0], [-1.0, 0.5]]),
            np.array([[2.0, -1.0]]), 0.5)  # fmt: skip
    random = []
    for (i, o), lr in zip(((3, 2), (4, 4), (2, 5)), (0.1, 0.01, 0.3), strict=True):
        random.append((*(rng.normal(0, 1, shape) for shape in ((i, o), (1, o), (i, o), (1, o))), lr))
    return [edge, *random]


def _error_cases(rng):
    edges = [
        (np.array([3.0, 4.0]), np.array([0.0, 0.0])),
        (np.zeros((2, 2)), np.zeros((2, 2))),
        (np.array([1.0, 0.001]), np.array([1.0, 0.002])),
    ]
    random = []
    for shape in ((4,), (3, 2), (4, 4)):
        right = rng.normal(0, 1, shape)
        random.append((right, right + rng.normal(0, 0.3, shape)))
    return edges + random


def _step_cases(rng):
    def case(n, i, h, lr, rng):
        x, y = rng.normal(size=(n, i)), (rng.random((n, 1)) < 0.5) * 1.0
        params = [rng.normal(0, 1, shape) for shape in ((i, h), (1, h), (h, 1))]
        b2 = rng.uniform(1, 2, (1, 1))  # far from 0 after the step too: a difference near 0 is mere rounding in 32 bits
        return (x, y, *params, b2, lr)

    fixed = case(2, 2, 2, 1.0, np.random.default_rng(0))
    return [fixed, *(case(n, i, h, lr, rng) for n, i, h, lr in ((4, 2, 3, 0.5), (3, 3, 3, 1.0), (5, 4, 2, 0.8)))]


# ---- References and slips ----------------------------------------------------------------------------------------


def bias_gradient(d_z):
    """Every example used the same bias, so its gradient is the sum of what comes back from each."""
    return d_z.sum(axis=0, keepdims=True)


def tanh_backward(d_a, a):
    """The slope of tanh at z is 1 - tanh(z)², and tanh(z) is the output a."""
    return d_a * (1 - a**2)


def dense_backward(x, W, d_z):
    """Each product is the only one whose shape fits."""
    d_x = d_z @ W.T                          # (n, n_out) @ (n_out, n_in)
    d_W = x.T @ d_z                          # (n_in, n) @ (n, n_out)
    d_b = d_z.sum(axis=0, keepdims=True)     # (1, n_out)
    return d_x, d_W, d_b


def update(W, b, d_W, d_b, lr):
    """Downhill, for every parameter alike."""
    return W - lr * d_W, b - lr * d_b


def relative_error(backward, numeric):
    """The length of the difference, against the lengths of the two."""
    size = np.linalg.norm(backward) + np.linalg.norm(numeric)
    return np.linalg.norm(backward - numeric) / size if size > 0 else 0.0


def training_step(x, y, W1, b1, W2, b2, lr):
    """Forward, all the way back, and only then the update."""
    a1 = np.tanh(x @ W1 + b1)
    p = 1 / (1 + np.exp(-(a1 @ W2 + b2)))

    d_z2 = (p - y) / len(x)
    d_z1 = (d_z2 @ W2.T) * (1 - a1**2)       # with the W2 of the forward pass
    d_W2, d_b2 = a1.T @ d_z2, d_z2.sum(axis=0, keepdims=True)
    d_W1, d_b1 = x.T @ d_z1, d_z1.sum(axis=0, keepdims=True)
    return W1 - lr * d_W1, b1 - lr * d_b1, W2 - lr * d_W2, b2 - lr * d_b2


def _step(x, y, W1, b1, W2, b2, lr, *, n=None, slope=None, early=False, sign=-1, biases=True, per_bias=1, twice=False):
    """Return what `training_step` gives, with one thing or another wrong."""
    z1 = x @ W1 + b1
    a1 = np.tanh(z1)
    p = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    d_z2 = (p - y) / (len(x) if n is None else n) * (p * (1 - p) if twice else 1)
    d_W2, d_b2 = a1.T @ d_z2, d_z2.sum(axis=0, keepdims=True) / per_bias
    V2 = W2 + sign * lr * d_W2
    d_z1 = (d_z2 @ (V2 if early else W2).T) * (1 - a1**2 if slope is None else slope(z1, a1))
    d_W1, d_b1 = x.T @ d_z1, d_z1.sum(axis=0, keepdims=True) / per_bias
    if not biases:
        return W1 + sign * lr * d_W1, b1, V2, b2
    return W1 + sign * lr * d_W1, b1 + sign * lr * d_b1, V2, b2 + sign * lr * d_b2


def _by_sums(x, W, d_z):
    """Return the three gradients from their definitions, without a matrix product."""
    (n, n_in), n_out = x.shape, d_z.shape[1]
    d_W = [[sum(x[e, i] * d_z[e, j] for e in range(n)) for j in range(n_out)] for i in range(n_in)]
    d_x = [[sum(d_z[e, j] * W[i, j] for j in range(n_out)) for i in range(n_in)] for e in range(n)]
    return d_x, d_W, [[sum(d_z[e, j] for e in range(n)) for j in range(n_out)]]


def _by_elements(backward, numeric):
    size = np.abs(backward) + np.abs(numeric)
    return np.abs(backward - numeric) / np.where(size > 0, size, 1)


EXERCISES = (
    Exercise(
        id="09-bias-gradient",
        title="The gradient of the biases",
        task=(
            "d_z = ∂L/∂z has the shape (n, units), and the 1/n of the loss is in it already. Return d_b, shape (1, units), without "
            "a loop."
        ),
        starter="""
            def my_bias_gradient(d_z):
                ...
        """,
        reference=bias_gradient,
        accepted=(lambda d_z: np.ones((1, len(d_z)), d_z.dtype) @ d_z, lambda d_z: d_z.sum(0)[None, :]),
        cases=_rows_cases,
        vectorised=True,
        hints=(
            Hint("The same bias was added in every row. How often does it enter the loss?", "matrix-form"),
            Hint("What is used in n places gets the sum over these places. Here they are the examples, the rows.", "matrix-form"),
            Hint("`return d_z.sum(axis=0, keepdims=True)`"),
        ),
        misconceptions=(
            Misconception(
                lambda d_z: d_z.mean(axis=0, keepdims=True),
                "You took the mean over the examples. The loss has taken it already, and the 1/n is in d_z: you divide twice.",
                "one-over-n",
            ),
            Misconception(
                lambda d_z: d_z.sum(axis=1, keepdims=True),
                "You summed along each row, over the units: that gives a number for each example. A bias belongs to a unit, so sum "
                "over the examples, axis=0.",
                "matrix-form",
            ),
            Misconception(
                lambda d_z: d_z,
                "That is d_z itself, with a row for each example. It is d_b for a single example; with n of them, sum the rows.",
                "matrix-form",
            ),
            Misconception(
                lambda d_z: np.full((1, d_z.shape[1]), d_z.sum()),
                "You summed everything. Each unit has a bias of its own and needs the sum of its own column.",
                "matrix-form",
            ),
            Misconception(
                lambda d_z: d_z[:1],
                "That is the first example alone. All rows used the bias, so all of them count.",
                "matrix-form",
            ),
            Misconception(
                lambda d_z: np.zeros((1, d_z.shape[1])),
                "With a gradient of 0 the biases would never learn. A bias is a weight whose input is 1: its gradient is 1 · d_z, "
                "summed over the examples.",
                "one-update",
            ),
        ),
    ),
    Exercise(
        id="09-tanh-backward",
        title="Back through an activation",
        task="A tanh layer gave a = tanh(z), and d_a = ∂L/∂a has come back. Return d_z. You are given a, not z.",
        starter="""
            def my_tanh_backward(d_a, a):
                ...
        """,
        reference=tanh_backward,
        accepted=(
            lambda d_a, a: d_a * (1 - a) * (1 + a),
            lambda d_a, a: [
                [float(d) * (1 - float(v) ** 2) for d, v in zip(*rows, strict=True)] for rows in zip(d_a, a, strict=True)
            ],
        ),
        cases=_activation_cases,
        hints=(
            Hint("Each number of a came from one z alone. By what is its d_a multiplied?", "matrix-form"),
            Hint("By the slope at z, entry by entry: 1 - tanh(z)². And tanh(z) is what you have.", "matrix-form"),
            Hint("`return d_a * (1 - a**2)`"),
        ),
        misconceptions=(
            Misconception(
                lambda d_a, a: d_a * (1 - np.tanh(a) ** 2),
                "You took the tanh of a once more. a is the output already: the slope at z is 1 - a², and not the derivative at "
                "the output.",
                "matrix-form",
            ),
            Misconception(
                lambda d_a, a: d_a * a * (1 - a), "a (1 - a) is the slope of the sigmoid. That of tanh is 1 - a².", "matrix-form"
            ),
            Misconception(
                lambda d_a, a: 1 - a**2,
                "That is the slope alone. It has to be multiplied with what came back, d_a.",
                "matrix-form",
            ),
            Misconception(
                lambda d_a, a: d_a * a,
                "You multiplied by the value a. Forward the value counts, on the way back the slope.",
                "matrix-form",
            ),
            Misconception(
                lambda d_a, a: d_a,
                "You passed d_a on as it is. Only at the output, where p - y is d_z already, is no slope multiplied in; a hidden "
                "layer keeps its own.",
                "one-update",
            ),
            Misconception(
                lambda d_a, a: d_a * (1 - a**2) / len(a),
                "The slope is right, but you divided by the number of examples. That 1/n comes from the loss, once.",
                "one-over-n",
            ),
        ),
    ),
    Exercise(
        id="09-dense-backward",
        title="Back through a dense layer",
        task="The layer computed z = x @ W + b. Return d_x, d_W and d_b, in this order, given d_z; d_b has the shape (1, n_out).",
        starter="""
            def my_dense_backward(x, W, d_z):
                ...
        """,
        reference=dense_backward,
        accepted=(
            _by_sums,
            lambda x, W, d_z: (
                np.einsum("nj,ij->ni", d_z, W),
                np.einsum("ni,nj->ij", x, d_z),
                np.einsum("nj->j", d_z)[None],
            ),
        ),
        cases=_dense_cases,
        hints=(
            Hint("Write down the shapes of x, W and b. A gradient has the shape of what it belongs to.", "matrix-form"),
            Hint("d_x is made of d_z and W, d_W of x and d_z, d_b of d_z alone. Turn what does not fit.", "matrix-form"),
            Hint("`return d_z @ W.T, x.T @ d_z, d_z.sum(axis=0, keepdims=True)`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, W, d_z: (d_z @ W.T, d_z.T @ x, d_z.sum(axis=0, keepdims=True)),
                "Your d_W lies on its side, (n_out, n_in). It has to have the shape of W: x.T @ d_z.",
                "matrix-form",
            ),
            Misconception(
                lambda x, W, d_z: (d_z @ W.T, x.T @ d_z / len(x), d_z.sum(axis=0, keepdims=True) / len(x)),
                "You divided the parameters' gradients by the number of examples. The 1/n of the loss is in d_z already.",
                "one-over-n",
            ),
            Misconception(
                lambda x, W, d_z: (d_z @ W.T, x.T @ d_z, d_z.mean(axis=0, keepdims=True)),
                "d_x and d_W are right. d_b is averaged where it should be summed: the 1/n is in d_z already.",
                "one-over-n",
            ),
            Misconception(
                lambda x, W, d_z: (d_z @ W.T, x.T @ d_z, d_z.sum(axis=1, keepdims=True)),
                "d_x and d_W are right. d_b is summed over the units; each unit needs the sum over the examples, axis=0.",
                "matrix-form",
            ),
            Misconception(
                lambda x, W, d_z: (d_z @ W.T, x.T @ d_z, d_z),
                "d_x and d_W are right. d_b still has a row for each example: sum over them.",
                "matrix-form",
            ),
            Misconception(
                lambda x, W, d_z: (x.T @ d_z, d_z @ W.T, d_z.sum(axis=0, keepdims=True)),
                "The three are right and in another order: d_x comes first, then d_W, then d_b.",
                "matrix-form",
            ),
            Misconception(
                lambda x, W, d_z: (x.T @ d_z, d_z.sum(axis=0, keepdims=True), d_z @ W.T),
                "The three are right and in another order: d_x is asked first, then d_W, then d_b.",
                "matrix-form",
            ),
            Misconception(
                lambda x, W, d_z: (d_z @ W.T / len(x), x.T @ d_z, d_z.sum(axis=0, keepdims=True)),
                "d_W and d_b are right. d_x is divided by the number of examples; the 1/n comes from the loss, once.",
                "one-over-n",
            ),
        ),
    ),
    Exercise(
        id="09-update",
        title="One update of all parameters",
        task="Return W and b after one step of gradient descent with the learning rate lr. Leave the given arrays as they are.",
        starter="""
            def my_update(W, b, d_W, d_b, lr):
                ...
        """,
        reference=update,
        accepted=(
            lambda W, b, d_W, d_b, lr: tuple(old + (-lr) * slope for old, slope in ((W, d_W), (b, d_b))),
            lambda W, b, d_W, d_b, lr: [np.subtract(W, np.multiply(d_W, lr)), np.subtract(b, np.multiply(d_b, lr))],
        ),
        cases=_update_cases,
        hints=(
            Hint("The gradient points uphill. Which way is the step?", "one-update"),
            Hint("New = old - lr · gradient, for the weights and for the biases alike.", "one-update"),
            Hint("`return W - lr * d_W, b - lr * d_b`"),
        ),
        misconceptions=(
            Misconception(
                lambda W, b, d_W, d_b, lr: (W + lr * d_W, b + lr * d_b),
                "The sign: you added the gradient, and the loss would grow. Learning goes downhill: minus.",
                "one-update",
            ),
            Misconception(
                lambda W, b, d_W, d_b, lr: (W - lr * d_W, b),
                "The weights are right, the bias was left as it is. It has a gradient and learns too.",
                "one-update",
            ),
            Misconception(
                lambda W, b, d_W, d_b, lr: (W - d_W, b - d_b),
                "The learning rate is missing: the step is lr times the gradient.",
                "one-update",
            ),
            Misconception(
                lambda W, b, d_W, d_b, lr: (-lr * d_W, -lr * d_b),
                "That is the step alone. The new value is the old one plus the step.",
                "one-update",
            ),
            Misconception(
                lambda W, b, d_W, d_b, lr: (lr * W - d_W, lr * b - d_b),
                "The learning rate belongs to the gradient. You multiplied the old weights by it.",
                "one-update",
            ),
            Misconception(
                lambda W, b, d_W, d_b, lr: (W - lr * d_W / len(W), b - lr * d_b / len(b)),
                "You divided by the length of the array. The only average is that over the examples, and the loss has taken it.",
                "one-over-n",
            ),
        ),
    ),
    Exercise(
        id="09-relative-error",
        title="The error of a gradient check",
        task=(
            "Return the norm-wise relative error of two gradients, ‖backward - numeric‖ / (‖backward‖ + ‖numeric‖), and 0 where "
            "both are all zeros."
        ),
        starter="""
            def my_relative_error(backward, numeric):
                ...
        """,
        reference=relative_error,
        accepted=(
            lambda a, b: 0.0 if not (a.any() or b.any()) else np.sqrt(((a - b) ** 2).sum())
            / (np.sqrt((a**2).sum()) + np.sqrt((b**2).sum())),
            lambda a, b: np.linalg.norm((a - b).ravel())
            / max(np.linalg.norm(a.ravel()) + np.linalg.norm(b.ravel()), np.finfo(np.float32).tiny),
        ),
        cases=_error_cases,
        hints=(
            Hint("A norm is a length: one number for a whole array. Three lengths are needed.", "gradient-check"),
            Hint("np.linalg.norm gives a length. Above the bar that of the difference, below the sum of both.", "gradient-check"),
            Hint("`size = np.linalg.norm(backward) + np.linalg.norm(numeric)`; then the difference's norm over it, if size > 0"),
        ),
        misconceptions=(
            Misconception(
                lambda a, b: np.linalg.norm(a - b),
                "That is the length of the difference. Only against the size of the gradients does it say whether that is much.",
                "gradient-check",
            ),
            Misconception(
                lambda a, b: _by_elements(a, b).max(),
                "You took the largest relative error of an entry. One entry near zero decides then, and it drowns in rounding; "
                "take the norms first, and divide once.",
                "gradient-check",
            ),
            Misconception(
                lambda a, b: _by_elements(a, b).mean(),
                "You divided entry by entry and took the mean. Take the norms of the whole arrays first, and divide once.",
                "gradient-check",
            ),
            Misconception(
                lambda a, b: abs(np.linalg.norm(a) - np.linalg.norm(b)) / max(np.linalg.norm(a) + np.linalg.norm(b), 1e-30),
                "You compared the two lengths. Two gradients of the same length can point in different directions: take the "
                "length of the difference.",
                "gradient-check",
            ),
            Misconception(
                lambda a, b: abs((a - b).sum()) / max(np.abs(a).sum() + np.abs(b).sum(), 1e-30),
                "You added up the differences with their signs, so that they can cancel. A norm squares them first.",
                "gradient-check",
            ),
            Misconception(
                lambda a, b: np.abs(a - b).sum() / max(np.abs(a).sum() + np.abs(b).sum(), 1e-30),
                "You added up absolute values, which is another norm. Here the length is asked, the root of the sum of squares.",
                "gradient-check",
            ),
            Misconception(
                lambda a, b: np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b), 1e-30),
                "You divided by the larger of the two lengths. That is a measure in use, too; here their sum is asked.",
                "gradient-check",
            ),
            Misconception(
                lambda a, b: ((a - b) ** 2).sum() / max((a**2).sum() + (b**2).sum(), 1e-30),
                "The root is missing: a length is the root of the sum of the squares.",
                "gradient-check",
            ),
        ),
    ),
    Exercise(
        id="09-find-the-bug",
        title="Find the bug: a training step",
        task=(
            "One step for a network x → tanh → sigmoid with binary cross-entropy, averaged over the examples. It runs, but its "
            "gradients are not right. Mend the one mistake."
        ),
        starter="""
            def my_training_step(x, y, W1, b1, W2, b2, lr):
                a1 = np.tanh(x @ W1 + b1)
                p = 1 / (1 + np.exp(-(a1 @ W2 + b2)))

                d_z2 = (p - y) / len(x)
                W2 = W2 - lr * a1.T @ d_z2
                b2 = b2 - lr * d_z2.sum(axis=0, keepdims=True)

                d_z1 = (d_z2 @ W2.T) * (1 - a1**2)
                W1 = W1 - lr * x.T @ d_z1
                b1 = b1 - lr * d_z1.sum(axis=0, keepdims=True)
                return W1, b1, W2, b2
        """,
        reference=training_step,
        accepted=(
            lambda *arguments: _step(*arguments),
            lambda *arguments: _step(*arguments, slope=lambda z, a: (1 - a) * (1 + a)),
        ),
        cases=_step_cases,
        hints=(
            Hint("Every line computes what it should, from what it is given. What is it given?", "update-last"),
            Hint("The error has to be passed back with the weights of the forward pass. Which W2 does d_z1 see?", "update-last"),
            Hint("Compute `d_z1 = (d_z2 @ W2.T) * (1 - a1**2)` before W2 is changed."),
        ),
        misconceptions=(
            Misconception(
                lambda *arguments: _step(*arguments, n=1),
                "Now the 1/n is missing. The loss is a mean over the examples, so d_z2 = (p - y) / n was right.",
                "one-over-n",
            ),
            Misconception(
                lambda *arguments: _step(*arguments, n=len(arguments[0]) ** 2),
                "Now it is divided by n twice. The 1/n comes in once, in d_z2.",
                "one-over-n",
            ),
            Misconception(
                lambda *arguments: _step(*arguments, slope=lambda z, a: 1 - np.tanh(a) ** 2),
                "The slope is taken at the output now. a1 is tanh(z1) already, and 1 - a1² was right.",
                "matrix-form",
            ),
            Misconception(
                lambda *arguments: _step(*arguments, slope=lambda z, a: 1.0),
                "The slope of the hidden tanh got lost. The cancellation that gives p - y is at the output alone.",
                "one-update",
            ),
            Misconception(
                lambda *arguments: _step(*arguments, twice=True),
                "You multiplied by the sigmoid's slope p (1 - p). At the output p - y contains it already; this counts it twice.",
                "one-update",
            ),
            Misconception(
                lambda *arguments: _step(*arguments, sign=1),
                "The sign of the update: this goes uphill. The order was the mistake, not the minus.",
                "one-update",
            ),
            Misconception(
                lambda *arguments: _step(*arguments, biases=False),
                "The biases do not change any more. They have gradients and learn too.",
                "one-update",
            ),
            Misconception(
                lambda *arguments: _step(*arguments, per_bias=len(arguments[0])),
                "The gradients of the biases are averaged now. The 1/n is in d_z2 already: sum them.",
                "one-over-n",
            ),
            Misconception(
                lambda *arguments: _step(*arguments, early=True, slope=lambda z, a: 1 - np.tanh(z) ** 2 + 0 * a, sign=1),
                "Uphill, and with the W2 that was changed already: pass the error back first, then subtract.",
                "update-last",
            ),
        ),
    ),
)
