"""The exercises of chapter 8, the third worked example: softmax and cross-entropy."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _numbers(rng, k):
    """Random (x, w) for k classes, with no number near 0 and no logit that drowns the others."""
    sizes, signs = rng.uniform(0.4, 1.4, (2, k)), rng.choice([-1.0, 1.0], (2, k))
    return tuple(sizes * signs)


def _label(k, true):
    y = np.zeros(k)
    y[true] = 1.0
    return y


_FIXED = [
    (np.array([1.0, 2.0]), np.array([0.3, -0.2]), np.array([0.0, 1.0])),
    (np.array([0.5, -1.0]), np.array([0.8, -0.6]), np.array([1.0, 0.0])),
    (np.array([1.0, 1.0, 1.0]), np.array([0.5, 0.25, -0.5]), np.array([0.0, 0.0, 1.0])),
]


def _probability_cases(rng):
    return [case[:2] for case in _FIXED] + [_numbers(rng, k) for k in (2, 4, 5)]


def _loss_cases(rng):
    return _FIXED + [(*_numbers(rng, k), _label(k, int(rng.integers(k)))) for k in (2, 4, 5)]


def _update_cases(rng):
    return [(*case, float(lr)) for case, lr in zip(_loss_cases(rng), (0.1, 0.5, 0.2, 0.3, 0.8, 0.4), strict=True)]


def _dense_cases(rng):
    """Batches; the labels lie on the classes in turn, so that there is more than one class in each."""
    cases = [(np.array([[1.0, 2.0]]), np.array([[0.3, 0.0], [0.0, -0.2]]), np.array([0.0, 0.0]), np.array([[0.0, 1.0]]))]
    for n, d, k in ((3, 3, 3), (5, 2, 4), (12, 4, 3)):
        x, W, b = rng.normal(0, 1, (n, d)), rng.normal(0, 0.7, (d, k)), rng.normal(0, 0.5, k)
        cases.append((x, W, b, np.eye(k)[np.arange(n) % k]))
    return cases


# ---- References and slips ----------------------------------------------------------------------------------------


def probabilities(x, w):
    e = np.exp(x * w)                       # each class has an input and a weight of its own
    return e / e.sum()


def loss(x, w, y):
    e = np.exp(x * w)
    p = e / e.sum()
    return -np.sum(y * np.log(p))


def new_weights(x, w, y, lr):
    e = np.exp(x * w)
    p = e / e.sum()
    return w - lr * (p - y) * x


def dense_gradient(x, W, b, y):
    e = np.exp(x @ W + b)
    p = e / e.sum(axis=-1, keepdims=True)   # one row for each example
    return x.T @ (p - y) / len(x)


def _rows(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _loss_by_loop(x, w, y):
    z = [a * b for a, b in zip(x, w, strict=True)]
    total = sum(np.exp(v) for v in z)
    return sum(-t * (v - np.log(total)) for t, v in zip(y, z, strict=True))


def _through_jacobian(x, w, y, lr):
    """The same step with the softmax's whole derivative written out."""
    p = probabilities(x, w)
    jacobian = np.diag(p) - np.outer(p, p)
    return w - lr * (jacobian @ (-y / p)) * x


def _dense_by_loop(x, W, b, y):
    total = np.zeros_like(W)
    for row, label in zip(x, y, strict=True):
        total += np.outer(row, _rows(row @ W + b) - label)
    return total / len(x)


_P, _B, _D = "softmax-example-forward", "softmax-example-backward", "softmax-example-dense"

EXERCISES = (
    Exercise(
        id="08-probabilities",
        title="From inputs to probabilities",
        task="Return the probabilities of all k classes for inputs x and weights w, both of shape (k,) (steps 2a and 2b).",
        starter="""
            def my_probabilities(x, w):
                ...
        """,
        reference=probabilities,
        accepted=(
            lambda x, w: _rows(x * w),
            lambda x, w: [1 / sum(np.exp(a * b - x[k] * w[k]) for a, b in zip(x, w, strict=True)) for k in range(len(x))],
        ),
        cases=_probability_cases,
        hints=(
            Hint("For the document's numbers the result must be [0.6682, 0.3318], and the ratio of the two e^0.7.", _P),
            Hint("Multiply each input by its own weight, take the exponential of each product, divide by their sum.", _P),
            Hint("`e = np.exp(x * w)`, then `return e / e.sum()`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w: np.exp(x * w),
                "These are the exponentials. They are not normalised: divide by their sum, so that they sum to 1.",
                _P,
            ),
            Misconception(
                lambda x, w: x * w / np.sum(x * w),
                "You divided the logits themselves. Take their exponentials first: these are never negative.",
                _P,
            ),
            Misconception(
                lambda x, w: _rows(w), "You took the softmax of the weights. The inputs are missing: z = x w.", _P
            ),
            Misconception(
                lambda x, w: _rows(x + w), "You added input and weight. A weight multiplies its input.", _P
            ),
            Misconception(
                lambda x, w: 1 / (1 + np.exp(-x * w)),
                "That is the sigmoid of each. It treats every class by itself, and the results do not sum to 1.",
                _P,
            ),
            Misconception(
                lambda x, w: np.exp(x * w) / np.exp(x * w).max(),
                "You divided by the largest exponential. Divide by the sum of all of them.",
                _P,
            ),
        ),
    ),
    Exercise(
        id="08-loss",
        title="The loss of the true class",
        task="Return the cross-entropy for inputs x, weights w and a one-hot label y, all of shape (k,) (steps 2a to 2c).",
        starter="""
            def my_loss(x, w, y):
                ...
        """,
        reference=loss,
        accepted=(_loss_by_loop, lambda x, w, y: np.log(np.exp(x * w).sum()) - (x * w) @ y),
        cases=_loss_cases,
        hints=(
            Hint("For the document's numbers the result must be 1.1032. Its own 1.034 is what you must not get.", _P),
            Hint("The label is 1 for the true class and 0 for the others, so the sum holds one term: -log of that class's p.", _P),
            Hint("`e = np.exp(x * w)`, `p = e / e.sum()`, then `return -np.sum(y * np.log(p))`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w, y: -np.sum((1 - y) * np.log(probabilities(x, w))),
                "That is the loss of the wrong classes. The term of the true class counts, the one with y = 1.",
                _P,
            ),
            Misconception(
                lambda x, w, y: -np.sum(np.log(probabilities(x, w))),
                "You summed over all classes. The label takes away the terms of all classes but the true one.",
                _P,
            ),
            Misconception(
                lambda x, w, y: -np.mean(y * np.log(probabilities(x, w))),
                "That is the mean over the classes. Cross-entropy sums over the classes; the mean is over examples.",
                _P,
            ),
            Misconception(
                lambda x, w, y: -np.sum(probabilities(x, w) * np.log(np.maximum(y, 1e-12))),
                "y and p are swapped: the logarithm belongs to the probabilities. log 0 of a label is minus infinity.",
                _P,
            ),
            Misconception(
                lambda x, w, y: -np.sum(y * x * w),
                "The exponentials are not normalised: -log e^z is -z. Divide by their sum before you take the logarithm.",
                _P,
            ),
            Misconception(
                lambda x, w, y: np.sum(y * np.log(probabilities(x, w))),
                "The sign: logarithms of probabilities are negative, and the minus in front makes the loss positive.",
                _P,
            ),
            Misconception(
                lambda x, w, y: np.sum((probabilities(x, w) - y) ** 2), "That is a squared error. Cross-entropy is asked.", _P
            ),
        ),
    ),
    Exercise(
        id="08-new-weights",
        title="All steps at once",
        task="Return the weights after one step with the learning rate lr, for x, w and a one-hot label y of shape (k,).",
        starter="""
            def my_new_weights(x, w, y, lr):
                ...
        """,
        reference=new_weights,
        accepted=(_through_jacobian, lambda x, w, y, lr: w + lr * x * (y - _rows(x * w))),
        cases=_update_cases,
        hints=(
            Hint("For the document's numbers the result must be [0.2332, -0.0664].", _B),
            Hint("p - y at the logits, times the input of each class for its weight; the new weight is w - lr times that.", _B),
            Hint("`e = np.exp(x * w)`, `p = e / e.sum()`, then `return w - lr * (p - y) * x`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w, y, lr: w + lr * y * (1 - probabilities(x, w)) * x,
                "You took the diagonal of the softmax's derivative alone, p (1 - p): then only the true class moves. Every logit "
                "moves every p. All of it together is p - y.",
                _B,
            ),
            Misconception(
                lambda x, w, y, lr: w - lr * (probabilities(x, w) - y) * probabilities(x, w) * (1 - probabilities(x, w)) * x,
                "You multiplied by p (1 - p). p - y is the gradient at the logits and contains the softmax's derivative.",
                _B,
            ),
            Misconception(
                lambda x, w, y, lr: w + lr * (probabilities(x, w) - y) * x,
                "Your step goes uphill. The update subtracts lr times the gradient.",
                _B,
            ),
            Misconception(
                lambda x, w, y, lr: w - (probabilities(x, w) - y) * x, "The learning rate is missing.", _B
            ),
            Misconception(
                lambda x, w, y, lr: w - lr * (probabilities(x, w) - y),
                "The inputs are missing. p - y is the gradient at the logits; each weight's has its input as a factor.",
                _B,
            ),
            Misconception(
                lambda x, w, y, lr: w - lr * (probabilities(x, w) - y) * w,
                "You multiplied by the weights. That is the gradient of the inputs; a weight's has its input as a factor.",
                _B,
            ),
            Misconception(
                lambda x, w, y, lr: w - lr * (np.exp(x * w) - y) * x,
                "The exponentials are not normalised: divide by their sum before you subtract the label.",
                _P,
            ),
            Misconception(
                lambda x, w, y, lr: w - lr * probabilities(x, w) * x,
                "The label is missing: the error is p - y.",
                _B,
            ),
        ),
    ),
    Exercise(
        id="08-dense",
        title="The dense version, for a batch",
        task=(
            "Return ∂L/∂W of the mean cross-entropy for x (n, d), W (d, k), b (k,) and one-hot labels y (n, k), with the logits "
            "x @ W + b."
        ),
        starter="""
            def my_dense_gradient(x, W, b, y):
                ...
        """,
        reference=dense_gradient,
        accepted=(_dense_by_loop, lambda x, W, b, y: np.einsum("nd,nk->dk", x, _rows(x @ W + b) - y) / x.shape[0]),
        cases=_dense_cases,
        hints=(
            Hint("What shape must the result have? Which product of x (n, d) and p - y (n, k) has it?", _D),
            Hint("Softmax of each row, p - y, then x.T @ (p - y): it sums over the examples. The loss is their mean.", _D),
            Hint("`p = e / e.sum(axis=-1, keepdims=True)`, then `return x.T @ (p - y) / len(x)`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, W, b, y: x.T @ (_rows(x @ W + b) - y),
                "That is the sum over the examples. The loss is their mean: divide by n.",
                _D,
            ),
            Misconception(
                lambda x, W, b, y: x.T @ (_rows(x @ W) - y) / len(x), "The biases are missing in the logits: x @ W + b.", _D
            ),
            Misconception(
                lambda x, W, b, y: x.T @ (_rows((x @ W + b).T).T - y) / len(x),
                "You normalised over the examples. Softmax runs over the classes of one example: axis=-1.",
                _D,
            ),
            Misconception(
                lambda x, W, b, y: x.T @ (np.exp(x @ W + b) / np.exp(x @ W + b).sum() - y) / len(x),
                "You divided by the sum over the whole batch. Each row has a sum of its own: axis=-1, keepdims=True.",
                _D,
            ),
            Misconception(
                lambda x, W, b, y: (_rows(x @ W + b) - y).T @ x / len(x),
                "That is the transpose: a row for each class. W has a row for each input, (d, k).",
                _D,
            ),
            Misconception(
                lambda x, W, b, y: x.T @ (y - _rows(x @ W + b)) / len(x),
                "The sign is the wrong way round: p - y.",
                _D,
            ),
            Misconception(
                lambda x, W, b, y: -x.T @ (y * (1 - _rows(x @ W + b))) / len(x),
                "You took the diagonal of the softmax's derivative alone: only the true class gets a gradient. All of it is p - y.",
                _B,
            ),
            Misconception(
                lambda x, W, b, y: x.T @ (np.exp(x @ W + b) - y) / len(x),
                "The exponentials are not normalised: divide each row by its sum.",
                _P,
            ),
        ),
    ),
)
