"""The exercises of chapter 4, Measuring the error."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _apart(rng, shape):
    """Return predictions and targets that are nowhere closer than 0.3, so that 32 bits are enough to tell their difference."""
    y = rng.normal(0, 2, shape)
    return y + rng.choice([-1.0, 1.0], shape) * rng.uniform(0.3, 3, shape), y


def _number_cases(rng):
    fixed = [
        (np.array([[2.0], [5.0]]), np.array([[3.0], [2.0]])),
        (np.array([[1.0, 1.0]]), np.array([[1.0, 3.0]])),
        (np.array([[0.0, 4.0], [2.0, 2.5], [1.0, 0.5]]), np.array([[1.0, 2.0], [2.0, 2.0], [0.0, 0.0]])),
    ]
    return fixed + [_apart(rng, shape) for shape in ((5, 1), (4, 4), (3, 2))]


def _logit_cases(rng):
    fixed = [
        (np.array([[0.0]]), np.array([[0.0]])),
        (np.array([[2.0], [-1.0]]), np.array([[1.0], [1.0]])),
        (np.array([[1000.0], [-1000.0]]), np.array([[0.0], [1.0]])),
        (np.array([[800.0], [-900.0], [0.5]]), np.array([[1.0], [0.0], [0.0]])),
    ]
    random = [(rng.normal(0, 2, (n, 1)), rng.integers(0, 2, (n, 1)).astype(float)) for n in (1, 4, 7)]
    return fixed + random


def _one_hot(rng, n, k):
    return np.eye(k)[rng.integers(0, k, n)]


def _probability_cases(rng):
    fixed = [
        (np.array([[0.25, 0.75]]), np.array([[1.0, 0.0]])),
        (np.array([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]]), np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])),
    ]
    random = []
    for n, k in ((3, 4), (4, 4), (6, 2)):
        p = rng.uniform(0.2, 1, (n, k))
        random.append((p / p.sum(axis=1, keepdims=True), _one_hot(rng, n, k)))
    return fixed + random


def _row_cases(rng):
    fixed = [
        (np.array([[0.0, 0.0]]), np.array([[1.0, 0.0]])),
        (np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 1.0]]), np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])),
        (np.array([[1000.0, 0.0], [3.0, 1000.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])),
    ]
    return fixed + [(rng.normal(0, 1.5, (n, k)), _one_hot(rng, n, k)) for n, k in ((3, 4), (4, 4), (5, 2))]


def _binary_cases(rng):
    fixed = [
        (np.array([[0.25]]), np.array([[0.0]])),
        (np.array([[0.9], [0.2]]), np.array([[1.0], [0.0]])),
        (np.array([[0.6], [0.3], [0.8]]), np.array([[1.0], [1.0], [0.0]])),
    ]
    random = [(rng.uniform(0.1, 0.9, (n, 1)), rng.permutation(np.arange(n) % 2)[:, None].astype(float)) for n in (4, 5, 8)]
    return fixed + random


# ---- References --------------------------------------------------------------------------------------------------


def mse(y_hat, y):
    return np.mean((y_hat - y) ** 2)


def mse_gradient(y_hat, y):
    return 2 * (y_hat - y) / y.size


def mae_gradient(y_hat, y):
    return np.sign(y_hat - y) / y.size


def bce_from_logits(z, y):
    return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))


def cross_entropy(p, y):
    return -np.mean(np.sum(y * np.log(p), axis=-1))


def logit_gradient(z, y):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return (p - y) / len(z)


def binary_cross_entropy(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def _softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _plain_softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


def _plain_bce(z, y):
    return binary_cross_entropy(1 / (1 + np.exp(-z)), y)


def _mse_by_loop(y_hat, y):
    total = 0.0
    for predicted, right in zip(y_hat.ravel(), y.ravel(), strict=True):
        total += (predicted - right) ** 2
    return total / y.size


def _mae_gradient_by_loop(y_hat, y):
    gradient = np.zeros(y_hat.shape)
    for place in np.ndindex(y_hat.shape):
        if y_hat[place] != y[place]:
            gradient[place] = (1 if y_hat[place] > y[place] else -1) / y.size
    return gradient


def _cross_entropy_by_rows(p, y):
    return sum(-np.log(row[label.argmax()]) for row, label in zip(p, y, strict=True)) / len(p)


EXERCISES = (
    Exercise(
        id="04-mse",
        title="Mean squared error",
        task=(
            "Return the mean squared error of the predictions y_hat for the right numbers y. Both have shape (n, k); the "
            "mean is over all entries."
        ),
        starter="""
            def my_mse(y_hat, y):
                ...
        """,
        reference=mse,
        accepted=(
            _mse_by_loop,
            lambda y_hat, y: np.square(y - y_hat).sum() / y.size,
            lambda y_hat, y: np.average((y - y_hat) ** 2),
        ),
        cases=_number_cases,
        hints=(
            Hint("For the predictions 2 and 5 and the right numbers 3 and 2, what should come out?", "loss-mse"),
            Hint("The differences first, then square each of them, then take the mean.", "loss-mse"),
            Hint("`return np.mean((y_hat - y) ** 2)`"),
        ),
        misconceptions=(
            Misconception(
                lambda y_hat, y: np.sum((y_hat - y) ** 2),
                "That is the sum. The mean divides it by the number of entries.",
                "loss-mse",
            ),
            Misconception(
                lambda y_hat, y: np.mean((y_hat - y) ** 2) / 2,
                "You have a factor of 1/2, which some books write to get rid of the 2 in the gradient. Here the loss is "
                "the mean itself.",
                "loss-mse",
            ),
            Misconception(lambda y_hat, y: np.sqrt(np.mean((y_hat - y) ** 2)), "That is its square root, called RMSE.", "loss-mse"),
            Misconception(lambda y_hat, y: np.mean(np.abs(y_hat - y)), "That is the mean absolute error.", "loss-mae"),
            Misconception(
                lambda y_hat, y: np.mean(y_hat - y) ** 2,
                "You squared the mean of the errors, in which positive and negative ones cancel. Square each error first.",
                "loss-mse",
            ),
            Misconception(
                lambda y_hat, y: (y_hat - y) ** 2,
                "Those are the squares, one for each entry. Their mean, one number, is asked.",
                "loss-mse",
            ),
            Misconception(
                lambda y_hat, y: np.mean((y_hat - y) ** 2, axis=0),
                "That is a mean for each column. One number is asked, the mean over all entries: np.mean without an axis.",
                "loss-mse",
            ),
            Misconception(
                lambda y_hat, y: np.sum((y_hat - y) ** 2) / len(y),
                "You divided by the number of rows. With several outputs the mean is over all entries, y.size of them.",
                "loss-mse",
            ),
        ),
    ),
    Exercise(
        id="04-mse-gradient",
        title="The gradient of the mean squared error",
        task=(
            "Return the gradient of the mean squared error with respect to y_hat, in the shape of y_hat. The mean is over "
            "all entries."
        ),
        starter="""
            def my_mse_gradient(y_hat, y):
                ...
        """,
        reference=mse_gradient,
        accepted=(
            lambda y_hat, y: (y_hat - y) * (2 / np.size(y)),
            lambda y_hat, y: -2 * (y - y_hat) / (y.shape[0] * y.shape[1]),
        ),
        cases=_number_cases,
        hints=(
            Hint(
                "Nudge one prediction upwards. By how much does its own square change, and how much of that is left in the mean?",
                "loss-mse",
            ),
            Hint("The slope of (ŷ - y)² is 2 (ŷ - y), and the mean divides by the number of entries.", "loss-mse"),
            Hint("`return 2 * (y_hat - y) / y.size`"),
        ),
        misconceptions=(
            Misconception(
                lambda y_hat, y: 2 * (y_hat - y),
                "The 1/n of the mean is missing: each prediction has only its share in it.",
                "loss-mse",
            ),
            Misconception(lambda y_hat, y: (y_hat - y) / y.size, "The factor 2 from the square is missing.", "loss-mse"),
            Misconception(
                lambda y_hat, y: 2 * (y - y_hat) / y.size,
                "The sign is turned round. A prediction that is too large must get a positive gradient: more of it, more loss.",
                "loss-mse",
            ),
            Misconception(
                lambda y_hat, y: np.mean(2 * (y_hat - y)),
                "You took the mean of the slopes. Each prediction has a slope of its own: the gradient has the shape of y_hat.",
                "loss-mse",
            ),
            Misconception(
                lambda y_hat, y: 2 * np.abs(y_hat - y) / y.size,
                "The sign got lost. A prediction that is too small needs a negative gradient, so that a step against it raises it.",
                "loss-mse",
            ),
            Misconception(
                lambda y_hat, y: (y_hat - y) ** 2 / y.size,
                "Those are the squares, each with its share in the mean: the loss, and not its slope. The slope of u² is 2u.",
                "loss-mse",
            ),
            Misconception(
                lambda y_hat, y: y_hat - y,
                "Both the factor 2 from the square and the 1/n of the mean are missing.",
                "loss-mse",
            ),
            Misconception(
                lambda y_hat, y: 2 * (y_hat - y) / len(y),
                "You divided by the number of rows. The mean is over all entries, y.size of them.",
                "loss-mse",
            ),
            Misconception(
                lambda y_hat, y: 2 * (y_hat - y) / y.shape[1],
                "You divided by the number of columns. The mean is over all entries, y.size of them.",
                "loss-mse",
            ),
        ),
    ),
    Exercise(
        id="04-mae-gradient",
        title="The gradient of the mean absolute error",
        task="Return the gradient of the mean absolute error with respect to y_hat, with 0 where a prediction is exactly right.",
        starter="""
            def my_mae_gradient(y_hat, y):
                ...
        """,
        reference=mae_gradient,
        accepted=(
            _mae_gradient_by_loop,
            lambda y_hat, y: (1.0 * (y_hat > y) - 1.0 * (y_hat < y)) / y.size,
        ),
        cases=_number_cases,
        hints=(
            Hint("An error of 3 and an error of 300: which of them pulls harder?", "loss-mae"),
            Hint("The slope of |ŷ - y| is 1 above y and -1 below it. The mean divides by the number of entries.", "loss-mae"),
            Hint("`return np.sign(y_hat - y) / y.size`"),
        ),
        misconceptions=(
            Misconception(
                lambda y_hat, y: (y_hat - y) / y.size,
                "Yours grows with the error, as for squares. The slope of |ŷ - y| is 1 or -1, however large the error is.",
                "loss-mae",
            ),
            Misconception(lambda y_hat, y: np.sign(y_hat - y), "The 1/n of the mean is missing.", "loss-mae"),
            Misconception(
                lambda y_hat, y: np.sign(y - y_hat) / y.size,
                "The sign is turned round. A prediction that is too large must get a positive gradient.",
                "loss-mae",
            ),
            Misconception(
                lambda y_hat, y: np.where(y_hat >= y, 1.0, -1.0) / y.size,
                "Where a prediction is exactly right, you push it downwards. The convention there is 0.",
                "loss-mae",
            ),
            Misconception(
                lambda y_hat, y: np.where(y_hat > y, 1.0, -1.0) / y.size,
                "Where a prediction is exactly right, you push it upwards. The convention there is 0.",
                "loss-mae",
            ),
            Misconception(
                lambda y_hat, y: np.where(y_hat > y, 1.0, 0.0) / y.size,
                "Predictions that are too small get 0 in yours. Below y the slope is -1: more of the prediction, less loss.",
                "loss-mae",
            ),
            Misconception(
                lambda y_hat, y: np.mean(np.sign(y_hat - y)),
                "You took the mean of the slopes. Each prediction has a slope of its own: the gradient has the shape of y_hat.",
                "loss-mae",
            ),
            Misconception(
                lambda y_hat, y: 2 * (y_hat - y) / y.size,
                "That is the gradient of the mean squared error. Of the absolute error only the sign is left.",
                "loss-mae",
            ),
            Misconception(
                lambda y_hat, y: np.sign(y_hat - y) / len(y),
                "You divided by the number of rows. The mean is over all entries, y.size of them.",
                "loss-mae",
            ),
            Misconception(
                lambda y_hat, y: np.abs(y_hat - y) / y.size, "That is the loss of each entry. Its slope is asked.", "loss-mae"
            ),
        ),
    ),
    Exercise(
        id="04-find-the-bug",
        title="Find the bug: a loss that forgets a class",
        task=(
            "The function should return the binary cross-entropy of the probabilities p for the labels y, 0 or 1, of shape "
            "(n, 1). Mend it."
        ),
        starter="""
            def my_binary_cross_entropy(p, y):
                return -np.mean(y * np.log(p))
        """,
        reference=binary_cross_entropy,
        accepted=(
            lambda p, y: -np.mean(np.log(np.where(y == 1, p, 1 - p))),
            lambda p, y: float(sum(-np.log(a if b == 1 else 1 - a) for a, b in zip(p[:, 0], y[:, 0], strict=True)) / len(p)),
        ),
        cases=_binary_cases,
        hints=(
            Hint("What does the function say for y = 0 and p = 0.99?", "loss-binary"),
            Hint("p is the probability of class 1, so 1 - p is that of class 0. Each class needs its own term.", "loss-binary"),
            Hint("`return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))`"),
        ),
        misconceptions=(
            Misconception(
                lambda p, y: -np.mean(np.log(p)),
                "Now every example is charged for log p, as if it were of class 1. Class 0 has the probability 1 - p.",
                "loss-binary",
            ),
            Misconception(
                lambda p, y: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)),
                "Both classes count now. What is left is the mean over the examples: yours is the sum.",
                "loss-binary",
            ),
            Misconception(
                lambda p, y: np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)),
                "Both classes count now. The minus got lost: logarithms of probabilities are negative, a loss is not.",
                "loss-binary",
            ),
            Misconception(
                lambda p, y: -np.mean((1 - y) * np.log(1 - p)),
                "Now class 1 is forgotten. Both terms are needed: add them.",
                "loss-binary",
            ),
            Misconception(
                lambda p, y: -np.mean(y * np.log(1 - p) + (1 - y) * np.log(p)),
                "The two classes are swapped: p is the probability of class 1, and so log p belongs to y.",
                "loss-binary",
            ),
            Misconception(
                lambda p, y: -np.mean(y * np.log(p) + np.log(1 - p)),
                "The second term has to be switched off for class 1: multiply it by 1 - y.",
                "loss-binary",
            ),
            Misconception(
                lambda p, y: -(y * np.log(p) + (1 - y) * np.log(1 - p)),
                "Both classes count now. What is left is the mean over the examples: yours is a cost for each.",
                "loss-binary",
            ),
            Misconception(
                lambda p, y: -np.mean(y * np.log(p) - (1 - y) * np.log(1 - p)),
                "The second term has the wrong sign: it is a cost as the first one is.",
                "loss-binary",
            ),
        ),
    ),
    Exercise(
        id="04-cross-entropy",
        title="Cross-entropy of many examples",
        task=(
            "p holds a row of probabilities for each example, shape (n, k), and y the labels, one-hot. Return the "
            "cross-entropy, the mean over the examples."
        ),
        starter="""
            def my_cross_entropy(p, y):
                ...
        """,
        reference=cross_entropy,
        accepted=(
            _cross_entropy_by_rows,
            lambda p, y: -np.mean(np.log((p * y).sum(axis=1))),
            lambda p, y: -(y * np.log(p)).sum() / p.shape[0],
        ),
        cases=_probability_cases,
        hints=(
            Hint("For one example: which of its k probabilities matters?", "loss-ce"),
            Hint("Sum over the classes of each row, the last axis; then the mean over the rows; and a minus.", "loss-ce"),
            Hint("`return -np.mean(np.sum(y * np.log(p), axis=-1))`"),
        ),
        misconceptions=(
            Misconception(
                lambda p, y: -np.sum(y * np.log(p)),
                "The mean over the examples is missing: yours grows with their number.",
                "loss-ce",
            ),
            Misconception(
                lambda p, y: -np.mean(y * np.log(p)),
                "You took the mean over all entries, classes too. Add up over the classes, and take the mean over the examples.",
                "loss-ce",
            ),
            Misconception(
                lambda p, y: -np.sum(y * np.log(p)) / p.shape[1],
                "You divided by the number of classes. Examples are the rows: divide by their number.",
                "loss-ce",
            ),
            Misconception(
                lambda p, y: np.mean(np.sum(y * np.log(p), axis=-1)),
                "The minus is missing. The logarithm of a probability is negative, and a loss should not be.",
                "loss-ce",
            ),
            Misconception(
                lambda p, y: -np.sum(y * np.log(p), axis=-1),
                "That is the cost of each example. Take the mean of them, one number.",
                "loss-ce",
            ),
            Misconception(
                lambda p, y: -np.mean(np.sum(np.log(p), axis=-1)),
                "Every class is charged in yours. Only the true class counts: multiply by y before you add up.",
                "loss-ce",
            ),
            Misconception(
                lambda p, y: -np.mean(np.sum(p * np.log(p), axis=-1)),
                "The label y is not in yours, so no answer could be wrong. The weights of the sum are y, and not p.",
                "loss-ce",
            ),
            Misconception(
                lambda p, y: -np.mean(np.sum(y * np.log2(p), axis=-1)),
                "That is the logarithm to base 2. The losses here use the natural one, np.log.",
                "loss-ce",
            ),
            Misconception(
                lambda p, y: -np.mean(np.sum(y * np.log10(p), axis=-1)),
                "That is the logarithm to base 10. The losses here use the natural one, np.log.",
                "loss-ce",
            ),
            Misconception(
                lambda p, y: 1 - np.mean((p * y).sum(axis=1)),
                "That is 1 minus the probability of the true class. The logarithm is missing, which makes being sure and "
                "wrong dear.",
                "loss-ce",
            ),
            Misconception(
                lambda p, y: -np.log(np.mean((p * y).sum(axis=1))),
                "You took the mean of the probabilities and then the logarithm. Logarithm first: each example pays for itself.",
                "loss-ce",
            ),
        ),
    ),
    Exercise(
        id="04-bce-logits",
        title="Binary cross-entropy that never overflows",
        task=(
            "Return the binary cross-entropy, the mean over the examples, for logits z and labels y of shape (n, 1). Logits "
            "may be 1000."
        ),
        starter="""
            def my_bce_from_logits(z, y):
                ...
        """,
        reference=bce_from_logits,
        accepted=(
            lambda z, y: np.mean(np.logaddexp(0, z) - z * y),
            lambda z, y: np.mean(np.logaddexp(0, np.where(y == 1, -z, z))),
        ),
        cases=_logit_cases,
        hints=(
            Hint("What is σ(1000) in floating point, and what is the logarithm of 1 - σ(1000)?", "loss-logits"),
            Hint(
                "Write the loss with z in place of p: log(1 + e^z) - z y. Then take the larger part out of the logarithm.",
                "loss-logits",
            ),
            Hint("`np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))`, and the mean of it"),
        ),
        misconceptions=(
            Misconception(
                _plain_bce,
                "For z = 1000 the probability rounds to 1, and the logarithm of 0 follows. Compute the loss from z, without p.",
                "loss-logits",
            ),
            Misconception(
                lambda z, y: np.mean(y * (np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z))))),
                "Examples of class 0 cost nothing in yours. The term for y = 0 is missing.",
                "loss-binary",
            ),
            Misconception(
                lambda z, y: np.sum(np.logaddexp(0, z) - z * y),
                "That is the sum. The loss is the mean over the examples.",
                "loss-binary",
            ),
            Misconception(
                lambda z, y: np.mean(np.logaddexp(0, -z) + z * y),
                "The two classes are swapped: a large z should be cheap for y = 1.",
                "loss-logits",
            ),
            Misconception(
                lambda z, y: np.mean(np.log(1 + np.exp(z)) - z * y),
                "The formula is right, and e^z overflows for z = 1000. Take the larger part out of the logarithm first.",
                "loss-logits",
            ),
            Misconception(
                lambda z, y: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))),
                "Each example is right. What is left is the mean over them, one number.",
                "loss-binary",
            ),
            Misconception(
                lambda z, y: np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-z))),
                "The exponential has to be that of -|z|: e^(-z) overflows for a large negative z.",
                "loss-logits",
            ),
            Misconception(
                lambda z, y: np.mean(np.logaddexp(0, z)),
                "The label is not in yours: that is the loss if all were of class 0. The term - z y is missing.",
                "loss-logits",
            ),
            Misconception(
                lambda z, y: np.mean(np.maximum(z, 0) - z * y),
                "That is the loss far from 0 only. The term log(1 + e^(-|z|)) rounds the corner off.",
                "loss-logits",
            ),
        ),
    ),
    Exercise(
        id="04-logit-gradient",
        title="The gradient at the logits",
        task=(
            "Return the gradient of softmax with cross-entropy, the mean over the examples, with respect to the logits z, "
            "shape (n, k). y is one-hot."
        ),
        starter="""
            def my_logit_gradient(z, y):
                ...
        """,
        reference=logit_gradient,
        accepted=(
            lambda z, y: (np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True)) - y) / z.shape[0],
            lambda z, y: np.array([(_softmax(row) - label) / len(z) for row, label in zip(z, y, strict=True)]),
        ),
        cases=_row_cases,
        hints=(
            Hint(
                "How much would the true class's loss fall if its logit rose a little? And what does a wrong class want?",
                "loss-fused-gradient",
            ),
            Hint(
                "For one example it is p - y with p the softmax of its row. The mean over n examples divides by n.",
                "loss-fused-gradient",
            ),
            Hint("`p` from `np.exp(z - z.max(axis=-1, keepdims=True))`, each row divided by its sum; then `(p - y) / len(z)`"),
        ),
        misconceptions=(
            Misconception(lambda z, y: _softmax(z) - y, "The 1/n of the mean over the examples is missing.", "loss-fused-gradient"),
            Misconception(
                lambda z, y: (_softmax(z) - y) / z.size,
                "You divided by all entries. The mean is over the examples, len(z) of them; over the classes it is a sum.",
                "loss-ce",
            ),
            Misconception(
                lambda z, y: (y - _softmax(z)) / len(z),
                "The sign is turned round. The true class must get a negative gradient, so that a step against it raises "
                "its logit.",
                "loss-fused-gradient",
            ),
            Misconception(
                lambda z, y: (_softmax(z) - y) * _softmax(z) * (1 - _softmax(z)) / len(z),
                "You multiplied by p (1 - p) as well. p - y is the gradient at z already; the softmax's derivative is in it.",
                "loss-fused-gradient",
            ),
            Misconception(
                lambda z, y: (z - y) / len(z),
                "You compared the logits with the labels. The softmax makes probabilities of them first: p - y.",
                "loss-fused-gradient",
            ),
            Misconception(
                lambda z, y: (0.5 * (1 + np.tanh(z / 2)) - y) / len(z),
                "That is a sigmoid of each logit by itself. The classes exclude each other here: use the softmax of each row.",
                "loss-fused-gradient",
            ),
            Misconception(
                lambda z, y: (_softmax(z) - y) / z.shape[1],
                "You divided by the number of classes. The mean is over the examples, len(z) of them.",
                "loss-ce",
            ),
            Misconception(
                lambda z, y: y * (_softmax(z) - y) / len(z),
                "Only the true class's logit gets a gradient in yours. For a wrong class it is p - 0, so that its logit falls.",
                "loss-fused-gradient",
            ),
            Misconception(
                lambda z, y: np.mean(_softmax(z) - y, axis=0),
                "You took the mean down the rows. Each example keeps its own row: divide by their number, and add up nothing.",
                "loss-fused-gradient",
            ),
            Misconception(
                lambda z, y: (_softmax(z, axis=0) - y) / len(z),
                "Your softmax runs down the columns, over the examples. Each row must add up to 1: axis=-1.",
                "loss-ce",
            ),
            Misconception(
                lambda z, y: (_softmax(_softmax(z)) - y) / len(z),
                "You applied the softmax twice. z are logits: once is enough.",
                "loss-fused-gradient",
            ),
            Misconception(
                lambda z, y: (_plain_softmax(z) - y) / len(z),
                "For a logit of 1000 this is inf / inf. Subtract each row's largest logit before the exponential.",
                "loss-logits",
            ),
        ),
    ),
)
